//! `GET /events/stats` and `GET /slo`: numbers from counters that are kept with the writes they count.

use serde::{Deserialize, Serialize};

use crate::delivery::words;
use crate::time::Timestamp;

words! {
    /// What numbers are broken down by.
    StatsBy {
        /// One row for everything.
        All = 1 "all",
        /// Topics: what was published.
        Topic = 2 "topic",
        /// Priorities: what was published.
        Priority = 3 "priority",
        /// Plugins: what became of their deliveries.
        Plugin = 4 "plugin",
        /// States of deliveries: how many came to each, or are in it now.
        Status = 5 "status",
    }
}

/// Query of `GET /events/stats`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatsQuery {
    /// Default: `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StatsBy>,
    /// Counted from here on; default: one hour ago. Up to 3 hours back it is exact to a minute, further back to an hour, up to 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Only stored events that match this filter, and their deliveries as they are now. Then events are looked at, a page at a time, and
    /// not counters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// From the page before; only with a filter. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Numbers of a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stats {
    /// What they are broken down by.
    pub by: StatsBy,
    /// They count from here on: the beginning of a minute or an hour.
    pub from: Timestamp,
    /// Up to here.
    pub to: Timestamp,
    /// The rows, largest first; states in their order.
    pub items: Vec<StatsRow>,
    /// Events that were looked at for a filter: the rows count what of these matched. Absent without a filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned: Option<u64>,
    /// Where the next page begins; absent after the last. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// One row. What makes no sense for what it is broken down by is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatsRow {
    /// A topic, a priority, a plugin, a state; `all` for everything; `(others)` for the topics beyond the 200 that are counted in an hour.
    pub key: String,
    /// Events accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
    /// Bytes of their payloads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Deliveries in this state: that came to it in this time, or that are in it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliveries: Option<u64>,
    /// Deliveries handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<u64>,
    /// Deliveries that died.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead: Option<u64>,
    /// Failed attempts that were followed by another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
    /// Deliveries skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<u64>,
    /// Milliseconds of an attempt, on average. Absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt_ms: Option<f64>,
    /// Events or ended deliveries a second, on average over the time. Absent for a state that is of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
}

/// Query of `GET /slo`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SloQuery {
    /// Counted from here on; default and furthest: 30 days ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// How well it went, by the definitions in docs/watching.md. A share or a time of nothing is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Slo {
    /// The numbers count from here on.
    pub from: Timestamp,
    /// Up to here.
    pub to: Timestamp,
    /// Deliveries done / deliveries ended.
    pub success: Share,
    /// Deliveries that failed at least once and later succeeded / deliveries that failed at least once and are resolved.
    pub recovery: Share,
    /// Publisher's call to handler's start, in milliseconds.
    pub latency_ms: Quantiles,
    /// Plugin's `enable` to `running`, in milliseconds: the mean and the longest.
    pub plugin_load_ms: MeanMax,
    /// Starts of plugins that reached `running` / starts.
    pub plugin_load: Share,
    /// Minutes ready / minutes since the first start.
    pub uptime: Share,
    /// Share of one processor that the daemon used in the last whole minute; more than 1 is more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<f64>,
    /// Share of `store.bytes_max` that the database uses.
    pub store: f64,
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Share {
    /// The part.
    pub part: u64,
    /// The whole.
    pub of: u64,
    /// The part divided by the whole. Absent where there is no whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

impl Share {
    /// Of these two.
    pub fn new(part: u64, of: u64) -> Self {
        Self { part, of, share: (of > 0).then(|| part as f64 / of as f64) }
    }
}

/// Quantiles of measured times, each at most a quarter above the true one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quantiles {
    /// How many were measured.
    pub measured: u64,
    /// Half are no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// 95 of 100 are no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// 99 of 100 are no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
}

/// A mean and a largest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MeanMax {
    /// The mean. Absent where nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The largest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

/// How fast it goes: a second, over the last one to two minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rates {
    /// Events accepted.
    pub accepted: f64,
    /// Deliveries handled.
    pub done: f64,
    /// Deliveries that died.
    pub dead: f64,
}
