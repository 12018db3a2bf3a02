//! Who calls: on the local socket the user at the other end, known from the kernel.

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::serve::IncomingStream;
use panotti_protocol::failure::{ErrorCode, Failure};

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

/// Who acts, for the audit and for events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// `user:NAME`.
    pub actor: String,
    /// Source of the events it publishes, where it names none: `/cli/USER@HOST`.
    pub source: String,
}

impl Principal {
    fn local_user(uid: u32) -> Self {
        Self { actor: format!("user:{}", user_name(uid)), source: command_line_source(uid) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match ConnectInfo::<Peer>::from_request_parts(parts, state).await {
            Ok(ConnectInfo(peer)) => Ok(Self::local_user(peer.uid)),
            Err(_) => Err(Problem(Failure::new(ErrorCode::PERMISSION_DENIED, "the caller is not known"))),
        }
    }
}
