//! Bodies of the routes of plugins.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SubscriptionStatus;
use crate::id::EventId;
use crate::time::Timestamp;

/// One plugin: `GET /plugins`, `GET /plugins/{id}/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plugin {
    /// Its name, which is its id.
    pub name: String,
    /// Version from the manifest. Empty where the manifest does not hold.
    pub version: String,
    /// What it does, from the manifest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it stands (semantics rule 15).
    pub state: String,
    /// `ok`, or `degraded` with the reason after it.
    pub health: String,
    /// Why it is in this state; empty where there is nothing to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Whether it is wanted on.
    pub enabled: bool,
    /// `python`, `node`, `native` or `exec`.
    pub runtime: String,
    /// Its folder.
    pub folder: String,
    /// SHA-256 of its folder, in hexadecimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// Process id of the plugin's init. Absent where no process runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// Milliseconds from start to `running`, of the last start. Absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_ms: Option<u64>,
    /// What keeps its process tree together: `pid-namespace` or `subreaper`. Empty where no process runs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub process_tree: String,
    /// Problems of its manifest, where it has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<crate::failure::FailurePart>,
    /// Its subscriptions with their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<SubscriptionStatus>,
}

/// `GET /plugins/{id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PluginDetail {
    /// The plugin. Its fields stand beside the others.
    #[serde(flatten)]
    pub plugin: Plugin,
    /// Names of plugins it needs, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<String>,
    /// Topics it says it emits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emits: Vec<String>,
    /// Its newest changes of state, newest first (20 at most).
    pub history: Vec<PluginTransition>,
}

/// One change of a plugin's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PluginTransition {
    /// When.
    pub at: Timestamp,
    /// From this state.
    pub from: String,
    /// To this state.
    pub to: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who.
    pub actor: String,
}

/// `POST /plugins/{id}/enable`, `POST /plugins/{id}/disable`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PluginSwitch {
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Disable only: what becomes of events that arrive meanwhile. Default: what the manifest says, else hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_disabled: Option<OnDisabled>,
}

/// What becomes of events that match a disabled plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnDisabled {
    /// Kept for it.
    Hold,
    /// Recorded as skipped.
    Skip,
}

/// What a dead letter does to the ordering key it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnDead {
    /// The next of its key goes on.
    #[default]
    Continue,
    /// Its key waits until somebody retries, replays or discards it.
    Block,
}

/// How the priorities of a subscription take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Turns {
    /// By weight, 8:4:2:1, and what has waited over a minute moves up: none starves.
    #[default]
    Weighted,
    /// The highest first, always: a lower one waits as long as there is a higher one.
    Strict,
}

/// Answer to enable and disable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PluginChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The plugin as it stands now.
    pub plugin: Plugin,
}

/// `GET /plugins/{id}/config` and the answer to `PUT`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PluginConfig {
    /// What the plugin gets: the manifest's values with the overlay over them.
    pub config: BTreeMap<String, Value>,
    /// What was set over the manifest.
    pub overlay: BTreeMap<String, Value>,
    /// The manifest's values.
    pub defaults: BTreeMap<String, Value>,
    /// Counts up with every change.
    pub revision: u64,
    /// Whether this request changed anything.
    pub changed: bool,
    /// What became of the change: `live`, `needs_restart`, `not_running`, or `unchanged`.
    pub effect: String,
}

/// `PUT /plugins/{id}/config`: the whole overlay; a key left out falls back to the manifest's value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PluginConfigUpdate {
    /// The overlay.
    pub overlay: BTreeMap<String, Value>,
    /// Refused with a conflict unless this is the present revision. Absent: not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One line of a plugin's log: `GET /plugins/{id}/logs`, and `line` in its stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// `debug`, `info`, `warning`, `error`; `info` for stdout and `warning` for stderr.
    pub level: String,
    /// `stdout`, `stderr` or `log`; `host` for what the daemon says about it.
    pub stream: String,
    /// The line.
    pub message: String,
    /// The event being handled, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eventid: Option<EventId>,
}

/// Query of `GET /plugins/{id}/logs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LogsQuery {
    /// The newest so many lines. Default: 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<u32>,
    /// Stay and send new lines as server-sent events.
    #[serde(default)]
    pub follow: bool,
    /// Only lines of this event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
}

/// One key of a plugin's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StateItem {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Bytes of the value as JSON.
    pub value_bytes: u64,
    /// When it was written last.
    pub written_at: Timestamp,
}

/// Query of `GET /plugins/{id}/state`. Keys come in the order of their bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StateQuery {
    /// Only keys that begin with this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Rows of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `PUT /plugins/{id}/state/{key}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StateUpdate {
    /// The new value; null is one.
    pub value: Value,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Query of `DELETE /plugins/{id}/state/{key}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StateRemoval {
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Answer to a change of a plugin's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StateChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The key.
    pub key: String,
    /// Its value now; absent where it is not there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}
