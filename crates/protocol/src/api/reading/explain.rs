//! `GET /events/{id}/explain`: for every subscription why it did or did not get an event, by the rules of then.

use serde::{Deserialize, Serialize};

use super::Routed;
use crate::api::SchemaExplained;
use crate::delivery::DeliveryState;
use crate::id::EventId;
use crate::time::Timestamp;
use crate::topic::Topic;

/// Query of `GET /events/{id}/explain`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExplainQuery {
    /// Only this plugin's subscriptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The event.
    pub eventid: EventId,
    /// Its topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Version of the rules in force then.
    pub rules: u64,
    /// Version of the rules in force now.
    pub rules_now: u64,
    /// What the schema of its topic said. Absent where it was not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaExplained>,
    /// Every subscription of then and of now, those that got it first.
    pub items: Vec<Explained>,
}

/// One subscription and the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explained {
    /// Whether it got a delivery, and why.
    #[serde(flatten)]
    pub routed: Routed,
    /// Where its delivery stands. Absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DeliveryState>,
}
