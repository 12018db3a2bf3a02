//! `GET /subscriptions`: what plugins subscribe to, how far behind each is, and how fast it goes.

use serde::{Deserialize, Serialize};

use crate::api::{OnDisabled, Turns};
use crate::delivery::words;
use crate::time::Timestamp;
use crate::topic::TopicPattern;

words! {
    /// How a subscription stands.
    SubscriptionState {
        /// Its plugin is wanted on; what matches is owed to it.
        Active = 1 "active",
        /// Its plugin is disabled; what matches is kept for it.
        Held = 2 "held",
        /// Its plugin is disabled; what matches is skipped.
        Skipped = 3 "skipped",
        /// Its plugin no longer names it; its backlog is kept, and nothing new matches.
        Removed = 4 "removed",
        /// Something is owed, and nothing of it has ended for too long.
        Stalled = 5 "stalled",
    }
}

/// A daemon that does not say has none that stand otherwise.
impl Default for SubscriptionState {
    fn default() -> Self {
        Self::Active
    }
}

/// One subscription with its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subscription {
    /// `PLUGIN/NAME`.
    pub subscription: String,
    /// Its plugin.
    pub plugin: String,
    /// Its name within the plugin.
    pub name: String,
    /// Topic pattern.
    pub topic: TopicPattern,
    /// How it stands.
    pub state: SubscriptionState,
    /// Since when nothing has ended. Absent unless stalled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stalled_since: Option<Timestamp>,
    /// Deliveries that have not ended: pending, in flight, or waiting for their next attempt.
    pub lag: u64,
    /// Deliveries that ended, a second, over the last one to two minutes.
    pub rate: f64,
    /// Owed and not handed out.
    pub pending: u64,
    /// When the oldest pending event was accepted. Absent where nothing is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_pending_at: Option<Timestamp>,
    /// Handed out now.
    pub in_flight: u64,
    /// Waiting for the next attempt.
    pub waiting: u64,
    /// Handled.
    pub done: u64,
    /// Dead and not resolved.
    pub dead: u64,
    /// Quarantined and not resolved.
    pub quarantined: u64,
    /// Skipped while the plugin was disabled.
    pub skipped: u64,
    /// Given up on purpose.
    pub cancelled: u64,
    /// Was dead, and a replay of it succeeded.
    pub recovered: u64,
    /// When a delivery last ended, since the daemon's start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_ended_at: Option<Timestamp>,
    /// Most calls of its handler at once.
    pub concurrency: u32,
    /// Most deliveries in one call: 1 where it takes one at a time.
    #[serde(default = "one")]
    pub batch: u32,
    /// A handler's hard limit, in milliseconds.
    pub timeout_ms: u64,
    /// Attempts in all before a delivery dies.
    pub attempts_max: u32,
    /// What becomes of events that match while the plugin is disabled.
    pub on_disabled: OnDisabled,
    /// How its priorities take turns.
    #[serde(default, rename = "priority")]
    pub turns: Turns,
}

/// A daemon that does not say knows no batches.
const fn one() -> u32 {
    1
}
