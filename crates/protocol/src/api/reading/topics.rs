//! `GET /topics`: the catalogue: who publishes to a topic, who gets it, how much.

use serde::{Deserialize, Serialize};

use crate::api::SchemaInForce;
use crate::delivery::words;
use crate::id::{EventId, Sequence};
use crate::time::Timestamp;
use crate::topic::{Topic, TopicPattern};

/// Query of `GET /topics`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TopicsQuery {
    /// Rows of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// One topic that events were published to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopicSummary {
    /// The topic.
    pub topic: Topic,
    /// Events published to it since the store was made.
    pub events: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// Events a second, over the last one to two minutes.
    pub rate: f64,
    /// When the last one was accepted.
    pub last_at: Timestamp,
    /// Sequence of the last one.
    pub last_sequence: Sequence,
    /// Subscriptions that would get one now, `PLUGIN/NAME`.
    pub consumers: Vec<String>,
    /// Its schema, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaInForce>,
}

/// `GET /topics/{topic}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopicDetail {
    /// The topic and its numbers.
    #[serde(flatten)]
    pub summary: TopicSummary,
    /// The last event, where it is still stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_eventid: Option<EventId>,
    /// Milliseconds that its events are kept once all their deliveries are resolved.
    pub kept_ms: u64,
    /// The pattern of `retention.topics` that says so. Absent where `retention.days` does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_by: Option<TopicPattern>,
    /// Who published to it, the most first: the first 50 that were seen, and one of empty names for all others.
    pub producers: Vec<Producer>,
}

/// Who published to a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Producer {
    /// The events' source. Empty for the ones beyond the bound.
    pub source: String,
    /// The principal.
    pub actor: String,
    /// How many events.
    pub events: u64,
    /// When the last one was accepted.
    pub last_at: Timestamp,
}

words! {
    /// Why a subscription gets an event, or not.
    Why {
        /// It matches.
        Matches = 1 "matches",
        /// Its pattern does not fit the topic.
        Topic = 2 "topic",
        /// It matches, and its plugin is disabled: the event is kept for it.
        Held = 3 "held",
        /// It matches, and its plugin is disabled and skips what comes meanwhile.
        Skipped = 4 "skipped",
        /// Its plugin did not name it (any more).
        NotSubscribed = 5 "not_subscribed",
        /// It got it, and its delivery died because the event expired.
        Expired = 6 "expired",
        /// The rules of that time are no longer known.
        Unknown = 7 "unknown",
        /// The event is one of the daemon's own and is about to be matched.
        NotMatchedYet = 8 "not_matched_yet",
        /// Its pattern fits the topic, its filter does not match.
        Filter = 9 "filter",
    }
}

/// `GET /topics/{topic}/route`: who would get an event of this topic now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopicRoute {
    /// The topic.
    pub topic: Topic,
    /// Version of the rules in force.
    pub rules: u64,
    /// The schema that the event would be checked against, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaInForce>,
    /// Every subscription, those that get it first.
    pub items: Vec<Routed>,
}

/// One subscription and an event that it gets or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Routed {
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// Its plugin.
    pub plugin: String,
    /// Its topic pattern, as it is or was.
    pub pattern: String,
    /// Whether it gets a delivery.
    pub gets: bool,
    /// Why, or why not.
    pub why: Why,
    /// The same in a sentence.
    pub detail: String,
}
