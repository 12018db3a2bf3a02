//! What `panotti doctor` looks at, and what the daemon says of itself when it is asked (`GET /daemon/checks`).

use serde::{Deserialize, Serialize};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// Nothing to look at: what is checked is not there yet.
    Skipped,
    /// It works, and will not always.
    Warning,
    /// It does not work, or is not safe.
    Failed,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// Its name, for example `disk-room`. Names are not changed.
    pub name: String,
    /// How it came out.
    pub status: CheckStatus,
    /// What was found, with the real names and numbers.
    pub detail: String,
    /// What to do. Empty where there is nothing to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next: String,
}

impl Check {
    /// As it should be.
    pub fn ok(name: &str, detail: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Ok, detail.into(), String::new())
    }

    /// Nothing to look at.
    pub fn skipped(name: &str, detail: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Skipped, detail.into(), String::new())
    }

    /// It works, and will not always.
    pub fn warning(name: &str, detail: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Warning, detail.into(), next.into())
    }

    /// It does not work, or is not safe.
    pub fn failed(name: &str, detail: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Failed, detail.into(), next.into())
    }

    fn new(name: &str, status: CheckStatus, detail: String, next: String) -> Self {
        Self { name: name.to_owned(), status, detail, next }
    }
}
