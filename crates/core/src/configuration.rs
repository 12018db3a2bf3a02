//! A change of what is set over the configuration while the daemon runs. The core keeps none of it: it is written down with its audit
//! entry in one transaction.

use std::collections::BTreeMap;

use panotti_protocol::json::Value;

use crate::command::AuditEntry;

/// One revision of what is set over the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigurationChange {
    /// Its number: the one before and one.
    pub revision: u64,
    /// Everything that is set, by key.
    pub overlay: BTreeMap<String, Value>,
    /// What was done: `config.set`, `config.rollback`, ...
    pub action: String,
    /// Who.
    pub actor: String,
    /// Why. Empty where nothing was said.
    pub reason: String,
    /// What it changes, for people: `log.level: info -> debug`.
    pub detail: String,
}

impl ConfigurationChange {
    /// Its entry in the audit.
    pub fn audit_entry(&self) -> AuditEntry {
        AuditEntry {
            actor: self.actor.clone(),
            action: self.action.clone(),
            object: format!("revision {}", self.revision),
            reason: self.reason.clone(),
            detail: self.detail.clone(),
        }
    }
}
