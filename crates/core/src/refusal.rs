//! Why a command was refused.

use std::time::Duration;

use panotti_protocol::id::ReplayId;
use panotti_protocol::time::Timestamp;

use crate::access::AccessRefusal;
use crate::schemas::Misfit;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Limits are named in `limits.rs`.
    #[error("there are already {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Another filter has the name.
    #[error("there is another filter `{0}`")]
    FilterExists(String),
    /// The payload does not fit the schema of its topic, which is enforced.
    #[error("{0}")]
    Schema(Box<Misfit>),
    /// Of several events to be published together, the one at this place (from 0) does not fit the schema of its topic.
    #[error("event {place}: {misfit}")]
    SchemaOfOne {
        /// Its place.
        place: usize,
        /// How it does not fit.
        misfit: Box<Misfit>,
    },
    /// Another version came into force than the one that was compared with.
    #[error("the schema of `{0}` has changed meanwhile")]
    SchemaChanged(panotti_protocol::topic::Topic),
    /// What nobody is owed any more cannot be published.
    #[error("the event's `expires` has passed: {0}")]
    Expired(Timestamp),
    /// See [`crate::limits::DELIVER_AT_MAX`].
    #[error("`deliver_at` is {at}, more than {} days away", limit.as_secs() / 86_400)]
    DelayTooLong {
        /// What was asked for.
        at: Timestamp,
        /// The limit.
        limit: Duration,
    },
    /// No such replay is running.
    #[error("no replay {0} is running")]
    NoSuchReplay(ReplayId),
    /// A change of keys or roles.
    #[error(transparent)]
    Access(#[from] AccessRefusal),
    /// Another event has the source and id.
    #[error("an event of another topic has the id `{id}` of `{publisher}`")]
    IdTaken {
        /// The source.
        publisher: String,
        /// The id.
        id: String,
    },
    /// The publisher's key was used for another body.
    #[error("the key `{0}` was used for another body")]
    KeyReused(String),
}
