//! Bodies of the routes of replays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Delivery;
use crate::delivery::{DeliveryState, ReplayState};
use crate::id::{EventId, ReplayId};
use crate::time::Timestamp;
use crate::topic::TopicPattern;

/// What a replay selects. At least one selector must be set: none is an error, never everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplaySelection {
    /// These events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventId>,
    /// Deliveries that are dead and not resolved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// Deliveries in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<DeliveryState>,
    /// Events of these topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Events that match this filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Only the deliveries to this plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Accepted at or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Accepted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Failed deliveries of this group of errors: its fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Events of this story: its correlation id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// Delivers to these subscriptions instead, whether or not they ever asked for the events: `PLUGIN/NAME`, or `PLUGIN` for all of a
    /// plugin's. No selector by itself; it excludes `failed`, `status`, `error` and `plugin`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Everything stored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// Also deliveries that are quarantined, which crashed their plugin three times: each is run alone. No selector of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub include_quarantined: bool,
}

impl ReplaySelection {
    /// Whether nothing is selected: where it goes is no selector.
    pub fn is_empty(&self) -> bool {
        *self == Self { to: self.to.clone(), include_quarantined: self.include_quarantined, ..Self::default() }
    }

    /// Whether a subscription is one of those named in `to`.
    pub fn names(&self, plugin: &str, name: &str) -> bool {
        let is_named =
            |named: &String| named.strip_prefix(plugin).is_some_and(|rest| rest.is_empty() || rest.strip_prefix('/') == Some(name));
        self.to.iter().any(is_named)
    }
}

/// `POST /events/replay`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// What to replay.
    pub selection: ReplaySelection,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Deliveries started a second; 0 is without a limit. Default: 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Answer with the plan and start nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// With `dry_run`: where the plan's next part begins, from the part before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// To start it: the deliveries that all parts of its plan came to, which is what its progress is measured by. Without it the first
    /// part is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected: Option<u64>,
}

/// What a replay would do. A plan of very many is counted in parts, each of them bounded: the parts add up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayPlan {
    /// Events or deliveries looked at.
    #[serde(default)]
    pub scanned: u64,
    /// Events selected.
    pub events: u64,
    /// Deliveries it would make.
    pub deliveries: u64,
    /// Deliveries by plugin.
    pub plugins: BTreeMap<String, u64>,
    /// When the oldest selected event was accepted. Absent when none is selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<Timestamp>,
    /// When the newest was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_at: Option<Timestamp>,
    /// Deliveries started a second.
    pub rate: u32,
    /// Where the next part begins. Absent in the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl ReplayPlan {
    /// Adds the part that follows this one.
    pub fn add(&mut self, next: Self) {
        self.scanned += next.scanned;
        self.events += next.events;
        self.deliveries += next.deliveries;
        for (plugin, deliveries) in next.plugins {
            *self.plugins.entry(plugin).or_default() += deliveries;
        }
        self.oldest_at = self.oldest_at.into_iter().chain(next.oldest_at).min();
        self.newest_at = self.newest_at.into_iter().chain(next.newest_at).max();
        self.rate = next.rate;
        self.next_cursor = next.next_cursor;
    }
}

/// Answer to `POST /events/replay`: 200 with the plan alone for a dry run or an empty selection, 202 with the job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayStarted {
    /// Whether a job was started.
    pub changed: bool,
    /// What it does.
    pub plan: ReplayPlan,
    /// The job. Absent for a dry run or an empty selection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
}

/// A replay job: `GET /replays`, `GET /replays/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replay {
    /// Its id.
    pub replayid: ReplayId,
    /// The name given to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands.
    pub state: ReplayState,
    /// What it selects.
    pub selection: ReplaySelection,
    /// Deliveries planned, as counted before it began; at least as many as it has handled.
    pub selected: u64,
    /// Handled.
    pub ok: u64,
    /// Dead again.
    pub failed: u64,
    /// No longer there to repeat (resolved or trimmed meanwhile).
    pub skipped: u64,
    /// Deliveries started a second; 0 is without a limit.
    pub rate: u32,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended. Absent while running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who started it.
    pub by: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One item of a replay: `GET /replays/{id}/items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayItem {
    /// The event.
    pub eventid: EventId,
    /// The delivery, as the replay made it.
    pub delivery: Delivery,
}

/// Query of `GET /replays/{id}/items`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayItemsQuery {
    /// Only those that failed.
    #[serde(default)]
    pub failed: bool,
    /// Rows of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
