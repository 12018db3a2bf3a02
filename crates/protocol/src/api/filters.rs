//! Bodies of the routes of filters.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;
use crate::topic::TopicPattern;

/// A word about an event, kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.key, self.value)
    }
}

/// `POST /events/filter`: a filter that the daemon keeps and applies to every event that is published from then on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FilterRequest {
    /// Its name: lower-case letters, digits, `-` and `_`.
    pub name: String,
    /// The filter.
    pub filter: String,
    /// Only events of these topics. Absent: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Plugins that get the events that match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// What the events that match are tagged with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A filter that the daemon keeps: `GET /events/filter`, `GET /events/filter/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoredFilter {
    /// Its name.
    pub name: String,
    /// The filter, as it was written.
    pub filter: String,
    /// The topics it looks at.
    pub topic: TopicPattern,
    /// Plugins that get the events that match, by the subscription `PLUGIN/filter:NAME`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// What the events that match are tagged with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub by: String,
}

/// Answer to `POST /events/filter` (201, or 200 where the same filter is there already) and `DELETE /events/filter/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FilterChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The filter.
    pub filter: StoredFilter,
}

/// Query of `GET /events/filtered`: what a filter would have matched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FilteredQuery {
    /// The filter.
    pub filter: String,
    /// Topic pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicPattern>,
    /// Accepted at or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// One page of `GET /events/filtered`, which looks at 2,000 events at most.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Filtered {
    /// Events that were looked at.
    pub scanned: u64,
    /// Of those, events of the topics.
    pub events: u64,
    /// Of those, events that match.
    pub matched: u64,
    /// Events of which the filter asked for a field that was missing or of another type.
    pub missing: u64,
    /// Events on which it took too many steps.
    pub gave_up: u64,
    /// Where the next page begins; absent on the last. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Query of `GET /events/{id}/filtered`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventFilteredQuery {
    /// The filter.
    pub filter: String,
}

/// The first clause of a filter that fails on an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FilterExplanation {
    /// The clause, in its plain form.
    pub clause: String,
    /// What it expects.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

/// Whether one event matches, and why it does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventFiltered {
    /// Whether it matches.
    pub matched: bool,
    /// Whether the filter asked for a field that is missing or of another type.
    pub missing: bool,
    /// The first clause that fails. Absent where it matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<FilterExplanation>,
}
