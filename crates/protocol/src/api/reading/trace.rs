//! `GET /events/trace`: the events of one story and what became of each.

use serde::{Deserialize, Serialize};

use crate::api::Delivery;
use crate::event::Priority;
use crate::id::{EventId, Sequence};
use crate::time::Timestamp;
use crate::topic::Topic;

/// Query of `GET /events/trace`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TraceQuery {
    /// A correlation id, or an event of the story: its id, the end of it, or `@last`.
    pub of: String,
    /// Do not take the end of an event's id.
    #[serde(default)]
    pub exact: bool,
}

/// A story: every event with its correlation id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trace {
    /// What the events have in common.
    pub correlationid: String,
    /// In the order in which they were accepted: what caused an event stands before it.
    pub events: Vec<TracedEvent>,
    /// Deliveries of these events.
    pub deliveries: u64,
    /// Of those, dead or quarantined and not resolved.
    pub dead: u64,
    /// Of those, not ended.
    pub open: u64,
    /// When the first event was accepted.
    pub began_at: Timestamp,
    /// When the last thing of it happened that is known.
    pub last_at: Timestamp,
    /// The story has more than is shown: its limit is 1,000 events and 10,000 deliveries.
    pub cut: bool,
}

/// One event of a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TracedEvent {
    /// Panotti's id.
    pub eventid: EventId,
    /// Its place in the log.
    pub sequence: Sequence,
    /// The topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// Who said so.
    pub source: String,
    /// The principal that published it.
    pub actor: String,
    /// Its priority.
    pub priority: Priority,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The event whose handling emitted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<EventId>,
    /// Its cause is no longer stored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cause_gone: bool,
    /// Its deliveries.
    pub deliveries: Vec<TracedDelivery>,
}

/// One delivery of a story's event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TracedDelivery {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// Events that its handler emitted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emitted: Vec<EventId>,
    /// Of those, the ones that are no longer stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<EventId>,
}
