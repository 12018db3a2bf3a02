//! Frames about a plugin's durable state: reading a key, reading keys page by page, and the writes of an outcome.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Read a key of the plugin's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateGet {
    /// The plugin's number for the answer.
    pub request_id: u64,
    /// The key.
    pub key: String,
}

/// Answer to `state.get`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateValue {
    /// As in the `state.get`.
    pub request_id: u64,
    /// Whether the key is there.
    pub found: bool,
    /// Its value; null where it is not there.
    #[serde(default)]
    pub value: Value,
}

/// Read keys of the plugin's state, in the order of their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateList {
    /// The plugin's number for the answer.
    pub request_id: u64,
    /// Only keys that begin with this. Absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Only keys after this one. Absent: from the first on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most keys of the answer; more than 1,000 is 1,000. Default: 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Answer to `state.list`. It can have fewer keys than were asked for although there are more: a frame has its limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatePage {
    /// As in the `state.list`.
    pub request_id: u64,
    /// The keys with their values, in order.
    pub items: Vec<StateEntry>,
    /// Where there are more: give it as `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateEntry {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Value,
}

/// One write to the plugin's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateWrite {
    /// The key.
    pub key: String,
    /// Its new value; absent deletes the key.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub value: Option<Value>,
}

/// Reads `"value": null` as a null that is there, not as an absent value.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
