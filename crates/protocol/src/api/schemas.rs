//! Bodies of the routes of schemas.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::delivery::words;
use crate::failure::FailurePart;
use crate::time::Timestamp;
use crate::topic::Topic;

words! {
    /// What a topic's schema does to an event that does not fit it.
    SchemaMode {
        /// Events are not checked.
        Off = 1 "off",
        /// The event is accepted, counted, and its receipt says what does not fit.
        Warn = 2 "warn",
        /// The event is refused.
        Enforce = 3 "enforce",
    }
}

words! {
    /// What a new version of a schema must keep.
    Compatibility {
        /// Nothing.
        None = 1 "none",
        /// What was valid stays valid.
        Backward = 2 "backward",
        /// Also what is valid now was valid before.
        Full = 3 "full",
    }
}

/// `POST /schemas`: a topic's first schema, or a new version of it, in force from then on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemaRequest {
    /// The topic.
    pub topic: Topic,
    /// JSON Schema 2020-12.
    pub schema: Box<RawValue>,
    /// Absent: as it is; `enforce` for a topic that has no schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<SchemaMode>,
    /// What the new version must keep. Absent: `backward`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility: Option<Compatibility>,
    /// Only say what would happen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A topic's schema: `GET /schemas`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchemaSummary {
    /// The topic.
    pub topic: Topic,
    /// The version in force.
    pub version: u32,
    /// What it does to an event that does not fit.
    pub mode: SchemaMode,
    /// When this version came into force.
    pub created_at: Timestamp,
    /// Who brought it: a principal, or `plugin:NAME`.
    pub by: String,
    /// Events that were accepted although they did not fit, since the topic has a schema.
    pub warned: u64,
}

/// `GET /schemas/{topic}`, of one version.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchemaDetail {
    /// The topic.
    pub topic: Topic,
    /// The version shown.
    pub version: u32,
    /// The version in force; absent where the schema was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<u32>,
    /// What the one in force does to an event that does not fit.
    pub mode: SchemaMode,
    /// Events that were accepted although they did not fit.
    pub warned: u64,
    /// The schema, as it was written.
    pub schema: Box<RawValue>,
    /// Every version, the newest first.
    pub versions: Vec<SchemaVersion>,
}

/// One version of a schema. It stays readable for the events that are stamped with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchemaVersion {
    /// Counts up by one; never used again for the topic.
    pub version: u32,
    /// What it was held to when it was made.
    pub compatibility: Compatibility,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who brought it.
    pub by: String,
}

/// Query of `GET /schemas/{topic}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemaQuery {
    /// Absent: the one in force, or the newest where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// Answer to `POST /schemas` (201 for a new version), `PUT /schemas/{topic}/mode` and `DELETE /schemas/{topic}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchemaChanged {
    /// Whether anything changed; of a dry run, whether anything would.
    pub changed: bool,
    /// The topic.
    pub topic: Topic,
    /// The version in force; after removing, the one that was.
    pub version: u32,
    /// What it does to an event that does not fit.
    pub mode: SchemaMode,
    /// It was only asked what would happen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// `PUT /schemas/{topic}/mode`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemaModeRequest {
    /// What the schema does from now on.
    pub mode: SchemaMode,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /schemas/{topic}/check`: whether a schema could be the next version.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemaCheckRequest {
    /// JSON Schema 2020-12.
    pub schema: Box<RawValue>,
    /// Absent: `backward`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility: Option<Compatibility>,
    /// Compare with this version. Absent: with the one in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<u32>,
}

/// Answer to `POST /schemas/{topic}/check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchemaChecked {
    /// Whether it could take the other's place.
    pub compatible: bool,
    /// The version it was compared with; absent where the topic has none, and then everything goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<u32>,
    /// What was asked for.
    pub compatibility: Compatibility,
    /// What broke, and what cannot be compared, by JSON pointers into the new schema (`old:` before one into the old schema).
    pub errors: Vec<FailurePart>,
}

/// `POST /schemas/{topic}/validate`: whether a payload fits. Nothing is published.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemaValidateRequest {
    /// The payload.
    pub data: Box<RawValue>,
    /// Absent: the version in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// Answer to `POST /schemas/{topic}/validate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchemaValidated {
    /// Whether it fits.
    pub valid: bool,
    /// The version it was checked against.
    pub version: u32,
    /// What does not fit, by JSON pointers into the payload: 20 at most.
    pub errors: Vec<FailurePart>,
}

/// Query of `GET /schemas/{topic}/infer`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InferQuery {
    /// How many of the newest events are looked at: 1,000 by default, 10,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// Accepted at or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// A schema that describes stored events: `GET /schemas/{topic}/infer`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inferred {
    /// The topic.
    pub topic: Topic,
    /// Events that were looked at and had a JSON payload.
    pub events: u64,
    /// Events that had none.
    pub without_json: u64,
    /// Of the events that were looked at, the newest ones came first: whether there are older ones.
    pub more: bool,
    /// The schema. Every one of these events fits it.
    pub schema: serde_json::Value,
}

/// The schema of a topic in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchemaInForce {
    /// The version in force.
    pub version: u32,
    /// What it does to an event that does not fit.
    pub mode: SchemaMode,
}

/// What the schema of its topic said of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SchemaExplained {
    /// The version it was checked against.
    pub version: u32,
    /// Whether it fits.
    pub fits: bool,
    /// What does not fit, by JSON pointers into the event: 20 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FailurePart>,
}
