//! Bodies of the routes of sealing.

use serde::{Deserialize, Serialize};

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
