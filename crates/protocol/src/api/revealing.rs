//! Asking for what is masked.

use serde::{Deserialize, Serialize};

/// Query of `GET /events/{id}` and `GET /events/{id}/payload`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RevealQuery {
    /// With the values that are masked otherwise, because a schema of the topic marks them as sensitive. Needs `reveal:events`, and is
    /// audited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reveal: bool,
    /// Why, for the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
