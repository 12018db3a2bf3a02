//! Bodies of the routes of sealing.

use serde::{Deserialize, Serialize};

use crate::delivery::words;
use crate::time::Timestamp;
use crate::topic::TopicPattern;

words! {
    /// What a recipient of sealed payloads is.
    RecipientKind {
        /// The daemon itself.
        Daemon = 1 "daemon",
        /// Somebody offline, who can open everything when the daemon's keys are lost.
        Recovery = 2 "recovery",
        /// The daemon's last one, until every key is wrapped to the next.
        Retiring = 3 "retiring",
    }
}

/// Somebody who can open sealed payloads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SealRecipient {
    /// As `age` writes it: `age1...`. It is no secret, and names the identity that is needed.
    pub recipient: String,
    /// What it is.
    pub kind: RecipientKind,
    /// Since when.
    pub since: Timestamp,
}

/// How sealing stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SealStatus {
    /// Patterns of the topics whose payloads are sealed.
    pub topics: Vec<TopicPattern>,
    /// Who can open them.
    pub recipients: Vec<SealRecipient>,
    /// Counts the changes of that.
    pub generation: u64,
    /// Data keys that are stored: one for each topic and day.
    pub data_keys: u64,
    /// Those of them that are still to be wrapped to the recipients of now.
    pub keys_left: u64,
    /// Whether keys are being wrapped to them.
    pub rotating: bool,
    /// Names the key of the tags.
    pub tag_key: String,
}

impl SealStatus {
    /// Whether everything is lost with the daemon's keys folder.
    pub fn lacks_recovery(&self) -> bool {
        !self.recipients.iter().any(|one| one.kind == RecipientKind::Recovery)
    }
}

/// Body of `PUT /seal/recovery`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SealRecoveryRequest {
    /// The recipient, as `age` writes it: `age1...`. The identity itself never comes here.
    pub recipient: String,
    /// Whether it replaces the one that there is.
    #[serde(default)]
    pub replace: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of `POST /seal/rotate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SealRotateRequest {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Query of `GET /seal/check`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SealCheckQuery {
    /// `next_cursor` of the page before; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// One page of stored events, held against their tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SealChecked {
    /// Events that were looked at.
    pub checked: u64,
    /// Those of them that have no tag, because a version that made none wrote them.
    pub untagged: u64,
    /// Those of them that do not read back as they were written.
    pub corrupt: Vec<CorruptEvent>,
    /// Where the next page begins; absent on the last. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A stored event that does not read back as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CorruptEvent {
    /// Its place in the log, as far as that can be believed: where this was changed, it is what it was changed to.
    pub sequence: i64,
    /// What does not fit.
    pub why: String,
}
