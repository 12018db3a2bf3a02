//! What is written down in the bus's transaction, so that it is ordered with events: plugins wanted on or off, changes of their state and
//! configuration, the store's warning.

use panotti_protocol::api::Decision;
use panotti_protocol::notice;

use crate::action::{Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, AuditEntry, Record, Switch};
use crate::origin::Stamped;
use crate::sealing::SealChange;

impl Bus {
    pub(crate) fn switch(&mut self, switch: Switch, step: &mut Step) -> Answer {
        let before = self.disabled.get(&switch.plugin).copied();
        let after = (!switch.enabled).then_some(switch.on_disabled);
        if before == after {
            return Answer::Changed(0);
        }
        match after {
            Some(on_disabled) => self.disabled.insert(switch.plugin.clone(), on_disabled),
            None => self.disabled.remove(&switch.plugin),
        };
        step.writes.push(Write::Audit(AuditEntry {
            actor: switch.actor.clone(),
            action: if switch.enabled { "plugin.enable" } else { "plugin.disable" }.to_owned(),
            object: switch.plugin.clone(),
            reason: switch.reason.clone(),
            detail: String::new(),
        }));
        step.writes.push(Write::Switch(switch));
        Answer::Changed(1)
    }

    pub(crate) fn record(&mut self, record: Record, step: &mut Step) -> Answer {
        match &record {
            Record::Transition { plugin, from, to, reason, actor } => {
                self.own_event(notice::PLUGIN_STATE, notice::plugin_state(plugin, from, to, reason, actor), step);
            }
            Record::PluginConfig { plugin, actor, reason, revision, .. } => step.writes.push(Write::Audit(AuditEntry {
                actor: actor.clone(),
                action: "plugin.configure".to_owned(),
                object: plugin.clone(),
                reason: reason.clone(),
                detail: format!("revision {revision}"),
            })),
            Record::Secrets(change) => {
                let (action, object) = change.change.audited();
                step.writes.push(Write::Audit(AuditEntry {
                    actor: change.actor.clone(),
                    action: action.to_owned(),
                    object,
                    reason: change.reason.clone(),
                    detail: String::new(),
                }));
            }
            Record::Configuration(change) => step.writes.push(Write::Audit(change.audit_entry())),
            Record::Watermark { room, over: true } => {
                let percent = room.percent();
                self.own_event(notice::STORE_WATERMARK, notice::store_watermark(percent, room.used_bytes, room.bytes_max), step);
            }
            Record::Seal(SealChange::Recipients { recipients, action, actor, reason }) => {
                let detail: Vec<&str> = recipients.iter().map(|(recipient, _)| recipient.as_str()).collect();
                step.writes.push(Write::Audit(AuditEntry {
                    actor: actor.clone(),
                    action: (*action).to_owned(),
                    object: "seal".to_owned(),
                    reason: reason.clone(),
                    detail: detail.join(", "),
                }));
            }
            Record::Corrupt(sequence) => self.own_event(notice::STORE_CORRUPT, notice::store_corrupt(*sequence), step),
            // A plugin that is found switched off is as one that somebody has switched off: it can be switched on.
            Record::PluginFound { plugin, wanted: false, .. } => drop(self.disabled.entry(plugin.clone()).or_insert(None)),
            Record::Audit(_)
            | Record::Denied(_)
            | Record::PluginFound { wanted: true, .. }
            | Record::Seal(_)
            | Record::Uptime
            | Record::Measured(_)
            | Record::ForgetKeys { .. }
            | Record::Watermark { over: false, .. } => {}
        }
        step.writes.push(match record {
            Record::Audit(entry) => Write::Audit(entry),
            Record::Denied(entry) => Write::Stamped(Box::new(Stamped { entry, decision: Decision::Denied, origin: None })),
            other => Write::Record(other),
        });
        Answer::Done
    }
}
