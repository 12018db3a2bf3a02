//! Settings, what is set over them while the daemon runs, and every revision of that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::Timestamp;

/// One setting: `GET /config`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Setting {
    /// Dotted key.
    pub key: String,
    /// Its value in force.
    pub value: Value,
    /// Where the value comes from: `default`, a file with its line (`overlay.yaml` holds what was set), or a variable.
    pub origin: String,
    /// What it is, in a sentence.
    pub description: String,
    /// Whether a change counts at once. Otherwise it counts from the next start on.
    #[serde(default)]
    pub live: bool,
    /// Its value from the next start on, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_restart: Option<Value>,
}

/// What is set over files and defaults: `GET /config/overlay`. Its revision is the `ETag` too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigurationOverlay {
    /// Counts every change up; 0 where nothing was ever set.
    pub revision: u64,
    /// Everything that is set, by dotted key.
    pub overlay: BTreeMap<String, Value>,
}

/// Body of `PUT /config`, which replaces what is set, and of `PATCH /config`, where `null` takes a key out and what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfigurationUpdate {
    /// Values by dotted key.
    pub overlay: BTreeMap<String, Value>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Check everything and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// Body of `POST /config/rollback`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfigurationRollback {
    /// The revision whose values are set again; 0 for none.
    pub revision: u64,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Check everything and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// Body of `POST /config/reload`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfigurationReload {
    /// Tell what would change and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// A setting that has, or would have, another value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettingChange {
    /// Dotted key.
    pub key: String,
    /// The value before.
    pub from: Value,
    /// The value after.
    pub to: Value,
    /// Where the new value comes from.
    pub origin: String,
    /// Whether it counts at once. Otherwise it counts from the next start on.
    pub live: bool,
}

/// Answer to every change of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigurationChanged {
    /// Whether anything changed, or would change.
    pub changed: bool,
    /// Whether it was only looked at.
    pub dry_run: bool,
    /// The revision of what is set.
    pub revision: u64,
    /// What has, or would have, another value.
    pub changes: Vec<SettingChange>,
}

/// One revision of what was set: `GET /config/history`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigurationRevision {
    /// Its number.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// `config.set`, `config.replace`, `config.rollback`, `config.reset`.
    pub action: String,
    /// Why. Empty where nothing was said.
    pub reason: String,
    /// What it changed, for people.
    pub detail: String,
    /// Everything that was set from then on.
    pub overlay: BTreeMap<String, Value>,
}

/// Query of `GET /config/history`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// Rows of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
