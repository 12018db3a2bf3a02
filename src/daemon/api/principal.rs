//! Who calls, and what they may do.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::Extensions;
use axum::http::request::Parts;
use panotti_core::access::{Access, StoredKey};
use panotti_core::permission::Grants;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::{Resource, Verb};
use tokio_util::sync::CancellationToken;

use super::local_users::LocalUsers;
use super::problem::Problem;
use crate::config::user::{command_line_source, user_name};
use crate::daemon::access::KnownKey;
use crate::daemon::access::rate::KeyPace;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The user's id.
    pub uid: u32,
    /// The ids of its groups; none where they do not matter.
    pub groups: Vec<u32>,
    /// Who it is to the audit: `user:NAME`.
    pub actor: Arc<str>,
    /// Source of the events it publishes, where it names none: `/cli/USER@HOST`.
    pub source: Arc<str>,
}

impl Peer {
    /// A user by its id. Looks its name up, which reads a file: once for a connection, not for each request.
    pub fn new(uid: u32, groups: Vec<u32>) -> Self {
        Self { uid, groups, actor: format!("user:{}", user_name(uid)).into(), source: command_line_source(uid).into() }
    }
}

/// Where a connection of the network comes from. A listener puts it into each request, as connect-info or as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RemoteAddress(pub SocketAddr);

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "uid {}", self.uid)
    }
}

/// Where a request comes from, in words: `uid 1000`, or an address with its port.
pub fn peer(extensions: &Extensions) -> Option<String> {
    let local = extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer.to_string());
    local.or_else(|| extensions.get::<RemoteAddress>().map(|RemoteAddress(address)| address.to_string()))
}

/// The source below which keys publish, each as itself: `/key/NAME`.
pub const KEYS_SOURCE: &str = "/key";

/// How a principal is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A user of this machine, told by the kernel.
    LocalUser {
        /// The user's id.
        uid: u32,
        /// The roles it has here; none for those who may do everything without.
        roles: Vec<String>,
    },
    /// A key.
    Key(Arc<StoredKey>),
}

/// Who acts, for the audit and for events, and what they may do.
#[derive(Debug, Clone)]
pub struct Principal {
    /// `user:NAME` or `key:NAME`.
    pub actor: String,
    /// Source of the events it publishes, where it names none: `/cli/USER@HOST` or `/key/NAME`.
    pub source: String,
    /// How it is known.
    pub identity: Identity,
    /// What it may do.
    pub grants: Arc<Grants>,
    /// How much it may ask for; `None` where that is not counted, as on the local socket.
    pub pace: Option<Arc<KeyPace>>,
    /// Cancelled when what it came with is in force no longer: its key, or the roles of those who have them here.
    pub over: CancellationToken,
}

impl Principal {
    /// A user of this machine.
    pub fn local_user(peer: &Peer, users: &LocalUsers, access: &Access, over: CancellationToken) -> Self {
        let grants = Arc::new(users.grants(peer, access));
        let roles = users.roles(peer).map(str::to_owned).collect();
        let identity = Identity::LocalUser { uid: peer.uid, roles };
        Self { actor: peer.actor.to_string(), source: peer.source.to_string(), identity, grants, pace: None, over }
    }

    /// Whoever has a key.
    pub fn of_key(known: &KnownKey) -> Self {
        let name = &known.stored.name;
        let identity = Identity::Key(Arc::clone(&known.stored));
        let (grants, pace) = (Arc::clone(&known.grants), Some(Arc::clone(&known.pace)));
        Self { actor: format!("key:{name}"), source: format!("{KEYS_SOURCE}/{name}"), identity, grants, pace, over: known.ended.clone() }
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

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let unknown = || Problem(Failure::new(ErrorCode::KEY_MISSING, "there is no key in the request"));
        parts.extensions.get::<Self>().cloned().ok_or_else(unknown)
    }
}
