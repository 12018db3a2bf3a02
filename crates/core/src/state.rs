//! A plugin's state changed by a person. What its handlers write comes with their outcomes.

use panotti_protocol::frame::StateWrite;
use panotti_protocol::json::Value;

use crate::action::{Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, AuditEntry};

/// Change one key of a plugin's state.
#[derive(Debug, Clone, PartialEq)]
pub struct SetState {
    /// The plugin.
    pub plugin: String,
    /// The key with its new value.
    pub write: StateWrite,
    /// What the store has under the key, read right before this command is applied.
    pub known: Option<Value>,
    /// Who asks.
    pub actor: String,
    /// Why.
    pub reason: String,
}

impl Bus {
    pub(crate) fn set_state(&mut self, set: SetState, step: &mut Step) -> Answer {
        if set.known == set.write.value {
            return Answer::Changed(0);
        }
        let action = if set.write.value.is_some() { "plugin.state.set" } else { "plugin.state.delete" };
        step.writes.push(Write::Audit(AuditEntry {
            actor: set.actor,
            action: action.to_owned(),
            object: format!("{}/{}", set.plugin, set.write.key),
            reason: set.reason,
            detail: String::new(),
        }));
        step.writes.push(Write::State { plugin: set.plugin, writes: vec![set.write] });
        Answer::Changed(1)
    }
}
