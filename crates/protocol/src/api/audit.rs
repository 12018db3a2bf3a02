//! Bodies of the routes of the audit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Order;
use crate::time::Timestamp;

/// How what was asked was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It was done.
    Allowed,
    /// It was refused.
    Denied,
}

impl Decision {
    /// The word that is stored and hashed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Decision {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "allowed" => Ok(Self::Allowed),
            "denied" => Ok(Self::Denied),
            _ => Err("a decision is `allowed` or `denied`"),
        }
    }
}

/// One record of the audit. `docs/audit.md` says how its hash is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditRecord {
    /// Its number, from 1 on without holes.
    pub number: u64,
    /// When it was written.
    pub at: Timestamp,
    /// The principal: `user:ana`, `key:ci`, `daemon`.
    pub actor: String,
    /// The id of the API key that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where the request came from: an address, or a user of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// What was done or refused: `plugin.enable`.
    pub action: String,
    /// To what.
    pub object: String,
    /// `allowed` or `denied`. A text, because a record that was tampered with must still be readable.
    pub decision: String,
    /// Why, as the person said. Empty where nothing was said.
    pub reason: String,
    /// Details, for people.
    pub detail: String,
    /// The request, as the access log and the answer name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The hash of the record before, in hexadecimal.
    pub previous_hash: String,
    /// SHA-256 of the previous hash and this record, in hexadecimal.
    pub hash: String,
}

/// `GET /audit`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only by this principal; `*` stands for any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only this action; `*` stands for any text: `plugin.*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Only about this; `*` stands for any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Only those decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Written then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Written before then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Only records with a higher number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// The newest first, which is the default, or the oldest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Records of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `GET /audit/export`: all records, or from one on. What is left out at the beginning is the only thing that may be left out: the chain
/// of an export is whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditExportQuery {
    /// From the first record that was written then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Only records with a higher number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// `GET /audit/verify`: one part of the chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditVerifyQuery {
    /// From the answer before: the chain is verified in parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Answer to `GET /audit/verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditVerified {
    /// Whether nothing is wrong in this part.
    pub ok: bool,
    /// Records verified in this part.
    pub records: u64,
    /// The last record that was verified, in this part or before; 0 where there is none.
    pub last: u64,
    /// Checkpoints that this part was compared with.
    pub checkpoints: u64,
    /// The newest signed checkpoint stands for this many records; 0 where there is none.
    pub signed_to: u64,
    /// The first thing that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<AuditProblem>,
    /// Where the next part begins; absent in the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What is wrong with the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditProblem {
    /// The first record that is not what was written, or is not there.
    pub number: u64,
    /// What is wrong.
    pub detail: String,
}

impl fmt::Display for AuditProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}: {}", self.number, self.detail)
    }
}

/// `GET /audit/checkpoints`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditCheckpoints {
    /// The key that checks the signatures, in the form of a signed note's verifier key.
    pub public_key: String,
    /// The newest checkpoints, the newest first, as they are in the file.
    pub items: Vec<String>,
}

/// How the audit stands, in `GET /status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditStatus {
    /// Records.
    pub records: u64,
    /// The newest signed checkpoint stands for this many records.
    pub signed_to: u64,
    /// When that was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// The key that checks the signatures.
    pub public_key: String,
    /// Files outside the data folder that checkpoints are copied to.
    pub copies: Vec<String>,
    /// What is not well: a copy that cannot be written, a history that does not fit its newest checkpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}
