//! Bodies of the HTTP API, the same on the local socket and on the network. `docs/api.md` lists path, request and response.
//!
//! Lists answer [`Page`]; failures answer [`crate::failure::Failure`] as `application/problem+json`. Unknown request fields are
//! refused; readers must ignore unknown response fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::delivery::{Attempt, AttemptError, Cause, DeliveryState, ReplayMark};
use crate::event::{Event, Priority};
use crate::id::{DeliveryId, EventId, Sequence};
use crate::time::Timestamp;
use crate::topic::{Topic, TopicPattern};

mod access;
mod audit;
mod checks;
mod configuration;
mod daemon;
mod failures;
mod filters;
mod housekeeping;
mod http;
mod plugins;
mod publishing;
mod reading;
mod replays;
mod revealing;
mod schemas;
mod seal;
mod secrets;
mod watching;

pub use access::*;
pub use audit::*;
pub use checks::*;
pub use configuration::*;
pub use daemon::*;
pub use failures::*;
pub use filters::*;
pub use housekeeping::*;
pub use http::*;
pub use plugins::*;
pub use publishing::*;
pub use reading::*;
pub use replays::*;
pub use revealing::*;
pub use schemas::*;
pub use seal::*;
pub use secrets::*;
pub use watching::*;

/// The API's version: the first part of every path, optional.
pub const API_VERSION: u32 = 1;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "{T}Page"))]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// `GET /events/status`: the event system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventsStatus {
    /// Events accepted since the store was made: the newest sequence.
    pub accepted: u64,
    /// Events that matched no subscription.
    pub unrouted: u64,
    /// Deliveries by state, counted since the store was made; `pending`, `held`, `leased` and `waiting` are as of now.
    pub deliveries: BTreeMap<DeliveryState, u64>,
    /// One entry a subscription.
    pub subscriptions: Vec<SubscriptionStatus>,
    /// The store.
    pub store: StoreStatus,
    /// Replays that are running.
    pub replays_running: u64,
    /// Those jobs.
    #[serde(default)]
    pub replays: Vec<Replay>,
    /// How fast it goes.
    #[serde(default)]
    pub rates: Rates,
}

/// One subscription's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SubscriptionStatus {
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// Topic pattern.
    pub topic: TopicPattern,
    /// Of these topics only the events that match this filter. Absent: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Events of which the filter asked for a field that was missing or of another type, counted since the store was made.
    #[serde(default)]
    pub filter_missing: u64,
    /// Events on which the filter took too many steps and gave up: they did not match.
    #[serde(default)]
    pub filter_gave_up: u64,
    /// Dotted path to its ordering key in an event. Absent: the event's `orderingkey`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What a dead letter does to its ordering key.
    #[serde(default)]
    pub on_dead: OnDead,
    /// How its priorities take turns.
    #[serde(default, rename = "priority")]
    pub turns: Turns,
    /// Events in which the path to the ordering key led to nothing: they have none.
    #[serde(default)]
    pub without_key: u64,
    /// How it stands.
    #[serde(default)]
    pub state: SubscriptionState,
    /// Owed and not handed out; `held` where the plugin is disabled.
    pub pending: u64,
    /// Handed out now.
    pub leased: u64,
    /// Waiting for the next attempt.
    pub waiting: u64,
    /// Handled.
    pub done: u64,
    /// Dead or quarantined, and not resolved.
    pub dead: u64,
    /// When the oldest pending event was accepted. Absent where nothing is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_pending_at: Option<Timestamp>,
}

/// The store's numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreStatus {
    /// Bytes of the database file.
    pub database_bytes: u64,
    /// Bytes of the write-ahead log.
    pub wal_bytes: u64,
    /// Bytes free on the disk.
    pub free_bytes: u64,
    /// Publishing is refused below this.
    pub free_bytes_min: u64,
    /// Bytes of it that hold something: the rest is free for what comes next.
    #[serde(default)]
    pub used_bytes: u64,
    /// Bytes the store may use.
    pub bytes_max: u64,
    /// Events that are stored.
    #[serde(default)]
    pub events: u64,
    /// Events that were read since the start and do not read back as they were written.
    #[serde(default)]
    pub corrupt: u64,
    /// Days that resolved events are kept.
    #[serde(default)]
    pub retention_days: u64,
    /// Days of events that `bytes_max` holds at the rate of the last day. Absent where there is too little to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_held: Option<f64>,
    /// Hundredths of the limit that are used; at 100 publishing is refused.
    #[serde(default)]
    pub used_percent: u64,
    /// Whether publishing is refused now, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusing: Option<String>,
}

/// One delivery of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delivery {
    /// Its id.
    pub deliveryid: DeliveryId,
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// The plugin.
    pub plugin: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it died. Absent unless dead or quarantined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Attempts counted so far.
    pub attempts: u32,
    /// Attempts in all before it dies.
    pub attempts_max: u32,
    /// When the next attempt is due. Absent unless waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// When it ended. Absent while it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Milliseconds of the last attempt. Absent before the first ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// The last attempt's error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
    /// Groups failures that are alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Set when a replay made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayMark>,
    /// Every attempt; only in `GET /events/{id}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Attempt>,
}

/// One row of `GET /events`: the event without its payload, and its deliveries (those asked for, when a filter names some).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventSummary {
    /// Panotti's id.
    pub eventid: EventId,
    /// Its place in the log.
    pub sequence: Sequence,
    /// The topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// Who said so.
    pub source: String,
    /// The publisher's id.
    pub id: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it happened.
    pub time: Timestamp,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Its priority.
    pub priority: Priority,
    /// The story it belongs to.
    pub correlationid: String,
    /// The event whose handling emitted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<EventId>,
    /// The principal that published it.
    pub actor: String,
    /// Media type of the payload.
    pub datacontenttype: String,
    /// Bytes of the payload.
    pub size_bytes: u64,
    /// Its deliveries.
    pub deliveries: Vec<Delivery>,
}

/// `GET /events/{id}`: the event with its payload, and its deliveries with every attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventDetail {
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Bytes of the payload.
    pub size_bytes: u64,
    /// Values of the payload that are masked, because a schema of the topic marks them as sensitive.
    #[serde(default)]
    pub masked: u64,
    /// Its deliveries, every attempt included.
    pub deliveries: Vec<Delivery>,
    /// What stored filters tagged it with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The event. Its fields stand beside the others.
    #[serde(flatten)]
    pub event: Event,
}

/// One page of `GET /events`. A page looks at 2,000 events at most, whatever fits, so that it can have few items, or none, and not be
/// the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventsPage {
    /// The items.
    pub items: Vec<EventSummary>,
    /// Events that were looked at for it.
    #[serde(default)]
    pub scanned: u64,
    /// Those of them that do not read back as they were written and so are not among the items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrupt: Vec<Sequence>,
    /// Where the next page begins; absent on the last. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Query of `GET /events`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Topic pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Only events that match this filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Only events that a stored filter tagged so: `KEY:VALUE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Only events with a delivery to this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Only events with a delivery in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<DeliveryState>,
    /// Only events with a delivery that is dead or quarantined and not resolved.
    #[serde(default)]
    pub failed: bool,
    /// Only events with a dead or quarantined delivery of this group of errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Only events that no subscription matched when they were published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unrouted: bool,
    /// Only events of this story.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// Accepted at or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Accepted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// `newest` (default) or `oldest` first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Rows of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Exports only: with the values that are masked otherwise. Needs `reveal:events` for all topics that fit, and is audited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reveal: bool,
    /// Why something is revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Direction of a list of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}

/// Query of `GET /events/stream`. Server-sent events: `published` ([`EventSummary`], or [`Event`] with `payload=true`), `outcome`
/// ([`OutcomeNotice`]), `gap` ([`Gap`]), `goodbye`. The `id` of a `published` is its sequence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// Topic pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Only events that match this filter, and outcomes of those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Only outcomes of this plugin, and only events that it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Only this event and its outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Begin after this sequence instead of now. `Last-Event-ID` does the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Sequence>,
    /// Send whole events.
    #[serde(default)]
    pub payload: bool,
    /// With the values that are masked otherwise. Needs `payload`, `reveal:events` for all topics that fit, and is audited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reveal: bool,
    /// Why something is revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
