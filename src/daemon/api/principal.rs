//! Who calls, and what they may do: on the local socket the user at the other end, known from the kernel.

use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::IncomingStream;
use panotti_core::permission::Grants;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::{Resource, Verb};

use super::local::LocalListener;
use super::problem::Problem;
use crate::config::user::{command_line_source, user_name};

/// Who is at the other end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The user's id.
    pub uid: u32,
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "uid {}", self.uid)
    }
}

impl Connected<IncomingStream<'_, LocalListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, LocalListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// How a principal is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A user of this machine, told by the kernel.
    LocalUser {
        /// The user's id.
        uid: u32,
    },
}

/// Who acts, for the audit and for events, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// `user:NAME`.
    pub actor: String,
    /// Source of the events it publishes, where it names none: `/cli/USER@HOST`.
    pub source: String,
    /// How it is known.
    pub identity: Identity,
    /// What it may do.
    pub grants: Arc<Grants>,
}

impl Principal {
    /// A user of this machine. Only the daemon's own user and root get through the socket, and they may do everything.
    fn local_user(uid: u32) -> Self {
        let grants = Arc::new(Grants::everything());
        Self { actor: format!("user:{}", user_name(uid)), source: command_line_source(uid), identity: Identity::LocalUser { uid }, grants }
    }

    /// Whether it may do something to one object.
    ///
    /// # Errors
    /// `permission.denied`, with the permission that is missing.
    pub fn check(&self, verb: Verb, resource: Resource, object: &str) -> Result<(), Failure> {
        if self.grants.allows(verb, resource, object) { Ok(()) } else { Err(self.lacks(verb, resource, object)) }
    }

    /// The failure of somebody without a permission.
    pub fn lacks(&self, verb: Verb, resource: Resource, object: &str) -> Failure {
        Failure::new(ErrorCode::PERMISSION_DENIED, format!("{} lacks the permission {verb}:{resource}:{object}", self.actor))
    }
}

/// Finds out who calls, before anything else is looked at.
pub async fn identify(mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer.clone());
    if let Some(peer) = peer {
        request.extensions_mut().insert(Principal::local_user(peer.uid));
    }
    next.run(request).await
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let unknown = || Problem(Failure::new(ErrorCode::PERMISSION_DENIED, "the caller is not known"));
        parts.extensions.get::<Self>().cloned().ok_or_else(unknown)
    }
}
