//! Keys, roles, and who calls.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::key::KeyId;
use crate::network::Network;
use crate::permission::Permission;
use crate::time::Timestamp;

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// In force.
    Active,
    /// Another secret has taken its place; it stays in force until it expires.
    Replaced,
    /// Its time has passed.
    Expired,
    /// Somebody has ended it.
    Revoked,
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Active => "active",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        })
    }
}

/// `GET /keys`, `GET /keys/{id}`: a key without its secret, which nobody can read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApiKey {
    /// The part of it that is no secret.
    pub id: KeyId,
    /// Its name, which it shares only with the key that replaces it.
    pub name: String,
    /// Where it stands.
    pub state: KeyState,
    /// What it may do ...
    pub role: String,
    /// ... narrowed to these. Empty where the whole role is meant.
    pub scope: Vec<Permission>,
    /// Networks it may be used from. Empty for everywhere.
    pub cidr: Vec<Network>,
    /// For people. Empty where nothing was said.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was used last, to the minute. Absent where it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// The key whose place it has taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<KeyId>,
}

/// `POST /keys`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// Its name: dotted words of letters, digits, `_` and `-`.
    pub name: String,
    /// The role.
    pub role: String,
    /// Permissions that the role is narrowed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<Permission>,
    /// Networks it may be used from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cidr: Vec<Network>,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Seconds until it is over; 90 days where it is absent, 366 days at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_seconds: Option<u64>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /keys/{id}/rotate`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// Seconds that the old secret stays in force; a day where it is absent, 7 days at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_seconds: Option<u64>,
    /// Seconds until the new key is over; 90 days where it is absent, 366 days at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_seconds: Option<u64>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /keys/{id}/revoke`, and removing a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessReason {
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Answer to making and rotating a key: the only time that its secret is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyMade {
    /// The whole key.
    pub key: String,
    /// What it is.
    #[serde(flatten)]
    pub made: ApiKey,
}

/// Answer to revoking a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The key as it stands now.
    pub key: ApiKey,
}

/// `GET /roles`, `GET /roles/{name}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Whether it comes with Panotti and cannot be changed.
    pub built_in: bool,
    /// What it allows.
    pub allow: Vec<Permission>,
    /// What it takes away again.
    pub deny: Vec<Permission>,
    /// Keys in force that have it.
    pub keys: u64,
    /// Who changed it last. Empty for one that comes with Panotti.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub changed_by: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
}

/// `POST /roles`, and with the name of the path `PUT /roles/{name}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleRequest {
    /// Its name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// A role that it begins with: what that allows and denies is copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it allows besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Permission>,
    /// What it takes away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<Permission>,
    /// Why; stored in the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Answer to changing a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoleChanged {
    /// Whether anything changed.
    pub changed: bool,
    /// The role as it stands now, or as it was where it is gone.
    pub role: Role,
}

/// `GET /whoami`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhoAmI {
    /// As whom the caller is known: `user:ana`, `key:ci`.
    pub principal: String,
    /// `local_user` or `key`.
    pub kind: String,
    /// The role, where one was given; those of a local user with commas between them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// The key's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// When the key is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What it may do.
    pub allow: Vec<Permission>,
    /// What is taken away again.
    pub deny: Vec<Permission>,
}

/// `GET /permissions/check`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PermissionQuery {
    /// Whose: `key:NAME`, `role:NAME`, `user:NAME` or `user:UID`.
    pub principal: String,
    /// One permission about one object: `publish:events:recording.ended`.
    pub permission: String,
}

/// Answer to asking who may do what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PermissionVerdict {
    /// Whose.
    pub principal: String,
    /// What was asked.
    pub permission: String,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Where that was decided: `allow`, `deny`, or `default` where nothing allows it.
    pub decided_by: String,
    /// The permission that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Permission>,
    /// The role it comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
}
