//! Bodies of the routes of secrets. None of them has a value but the one that sets it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// One secret, without its value: nothing gives that back but a message to a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecretSummary {
    /// Its name.
    pub name: String,
    /// When it was set.
    pub set_at: Timestamp,
    /// Who set it.
    pub set_by: String,
    /// Plugins whose configuration refers to it.
    pub used_by: Vec<String>,
}

/// `PUT /config/secrets/{name}`
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SecretUpdate {
    /// The value.
    pub value: String,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl fmt::Debug for SecretUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretUpdate").field("reason", &self.reason).finish_non_exhaustive()
    }
}

/// `DELETE /config/secrets/{name}`, in the query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SecretRemoval {
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /config/secrets/rotate`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateSecretsRequest {
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Answer to a change of one secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecretChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The secret.
    pub name: String,
    /// Plugins that are restarted with the new value.
    pub restarted: Vec<String>,
}

/// Answer to `POST /config/secrets/rotate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecretsRotated {
    /// Whether anything changed.
    pub changed: bool,
    /// How many secrets are sealed with the new key.
    pub secrets: u64,
    /// Names the new key.
    pub key: String,
}
