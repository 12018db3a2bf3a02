//! What a stream of events carries besides events.

use serde::{Deserialize, Serialize};

use crate::delivery::{AttemptError, Cause, DeliveryState};
use crate::id::EventId;
use crate::time::Timestamp;
use crate::topic::Topic;

/// An attempt ended: what `outcome` in the stream carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomeNotice {
    /// When.
    pub at: Timestamp,
    /// The event.
    pub eventid: EventId,
    /// Its topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// The delivery's state now.
    pub state: DeliveryState,
    /// The attempt that ended.
    pub attempt: u32,
    /// Attempts in all before it dies.
    pub attempts_max: u32,
    /// Milliseconds it took.
    pub duration_ms: u64,
    /// Why it died. Absent unless dead or quarantined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
    /// When the next attempt is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
}

/// The reader was too slow: what it missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gap {
    /// How many notices were dropped.
    pub missed: u64,
}
