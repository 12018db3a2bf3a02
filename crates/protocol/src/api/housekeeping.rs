//! Bodies of the routes that stop deliveries and remove events.

use serde::{Deserialize, Serialize};

use crate::delivery::DeliveryState;
use crate::time::Timestamp;
use crate::topic::TopicPattern;

/// `POST /events/{id}/cancel`: stops its deliveries that have not begun or wait. What is in flight is finished.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// Only the delivery to this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a purge selects: events for which all of this holds. At least one must be set: none is an error, never everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PurgeSelection {
    /// Events of these topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Accepted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Timestamp>,
    /// With a delivery that ended like this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<DeliveryState>,
    /// That match this filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

impl PurgeSelection {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `POST /events/purge`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PurgeRequest {
    /// What to remove.
    pub selection: PurgeSelection,
    /// Keep events with a dead letter. Otherwise their dead letters are cancelled, and that is written down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_failed: bool,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Count and remove nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// From the answer before: a purge goes through the store in parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Answer to `POST /events/purge`: what one part of the store came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Purged {
    /// Whether anything was removed.
    pub changed: bool,
    /// Events looked at.
    pub scanned: u64,
    /// Events removed; for a dry run, those that would be.
    pub events: u64,
    /// Dead letters cancelled with them; for a dry run, those that would be.
    pub failed: u64,
    /// Selected events that stay, because a delivery of theirs is owed, in flight or waits.
    pub kept_unresolved: u64,
    /// Selected events that stay for their dead letters, with `keep_failed`.
    pub kept_failed: u64,
    /// When the oldest of those that go was accepted. Absent where none goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<Timestamp>,
    /// When the newest was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_at: Option<Timestamp>,
    /// Where the next part begins; absent after the last. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl Purged {
    /// Adds what the next part came to.
    pub fn add(&mut self, next: Self) {
        self.changed |= next.changed;
        self.scanned += next.scanned;
        self.events += next.events;
        self.failed += next.failed;
        self.kept_unresolved += next.kept_unresolved;
        self.kept_failed += next.kept_failed;
        self.oldest_at = self.oldest_at.or(next.oldest_at);
        self.newest_at = next.newest_at.or(self.newest_at);
        self.next_cursor = next.next_cursor;
    }
}
