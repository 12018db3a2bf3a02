//! Entries of the audit, and on whose behalf a command comes, beyond the actor that it names: what is recorded of the request.

use std::sync::Arc;

use panotti_protocol::api::Decision;

use crate::action::{Step, Write};
use crate::command::Command;

/// Who did what to what, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditEntry {
    /// The principal.
    pub actor: String,
    /// What was done: `plugin.enable`, `delivery.discard`.
    pub action: String,
    /// To what.
    pub object: String,
    /// Why, as the person said. Empty where nothing was said.
    pub reason: String,
    /// Details, for people.
    pub detail: String,
}

/// The request behind a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The id of the API key that was used.
    pub key: Option<String>,
    /// Where the request came from.
    pub peer: Option<String>,
    /// The request's id.
    pub request: Option<String>,
}

/// A command with the request behind it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The command.
    pub command: Command,
    /// The request; `None` for what the daemon does by itself.
    pub origin: Option<Arc<Origin>>,
}

impl From<Command> for Asked {
    fn from(command: Command) -> Self {
        Self { command, origin: None }
    }
}

/// An audit entry with what is not in it: how it was decided, and the request behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The entry.
    pub entry: AuditEntry,
    /// How it was decided.
    pub decision: Decision,
    /// The request behind it.
    pub origin: Option<Arc<Origin>>,
}

/// Adds the request to every entry of the audit that a command has written: those from this place on.
pub(crate) fn stamp(step: &mut Step, from: usize, origin: &Arc<Origin>) {
    for write in &mut step.writes[from..] {
        match write {
            Write::Audit(entry) => {
                let entry = std::mem::take(entry);
                *write = Write::Stamped(Box::new(Stamped { entry, decision: Decision::Allowed, origin: Some(Arc::clone(origin)) }));
            }
            Write::Stamped(stamped) => stamped.origin = Some(Arc::clone(origin)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use panotti_protocol::time::Timestamp;

    use super::*;
    use crate::bus::{Bus, Snapshot};
    use crate::command::{Record, Switch};
    use crate::defect::Defects;

    fn entry(action: &str) -> AuditEntry {
        AuditEntry { actor: "user:ana".to_owned(), action: action.to_owned(), ..AuditEntry::default() }
    }

    fn switch(plugin: &str) -> Command {
        let (plugin, actor) = (plugin.to_owned(), "user:ana".to_owned());
        Command::Switch(Switch { plugin, enabled: false, on_disabled: None, actor, reason: String::new() })
    }

    #[test]
    fn rule_21_each_entry_has_the_request_that_it_comes_from_and_no_other() {
        let mut bus = Bus::load(Snapshot::default(), Timestamp::from_ms(1), Defects::default());
        let origin = |request: &str| Some(Arc::new(Origin { request: Some(request.to_owned()), ..Origin::default() }));
        let commands = [
            Asked { command: switch("a"), origin: origin("first") },
            Asked::from(switch("b")),
            Asked { command: Command::Record(Record::Denied(entry("config.set"))), origin: origin("second") },
        ];

        let (step, _) = bus.step(Timestamp::from_ms(2), 1, commands);

        let audited = step.writes.iter().filter_map(|write| match write {
            Write::Audit(entry) => Some((entry.action.as_str(), Decision::Allowed, None)),
            Write::Stamped(stamped) => {
                let request = stamped.origin.as_ref().and_then(|origin| origin.request.as_deref());
                Some((stamped.entry.action.as_str(), stamped.decision, request))
            }
            _ => None,
        });
        let expected = [
            ("plugin.disable", Decision::Allowed, Some("first")),
            ("plugin.disable", Decision::Allowed, None),
            ("config.set", Decision::Denied, Some("second")),
        ];
        assert_eq!(audited.collect::<Vec<_>>(), expected);
    }
}
