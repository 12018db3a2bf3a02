//! What is written down of keys besides their changes: when one was used, to the minute, and attempts that failed, for the audit.

use panotti_core::access::AccessCommand;
use panotti_core::command::{AuditEntry, Record};
use panotti_protocol::failure::Failure;
use panotti_protocol::key::KeyId;
use panotti_protocol::time::Timestamp;
use tokio::sync::mpsc;

use super::attempts::ALARM_ATTEMPTS;
use crate::daemon::bus::handle::BusHandle;

/// Notes that wait to be written; what comes beyond them is only in the log.
pub const NOTES_MAX: usize = 256;

/// One thing to write down.
#[derive(Debug)]
pub enum Note {
    /// A key was used.
    Used {
        /// Which.
        id: KeyId,
        /// When.
        at: Timestamp,
    },
    /// A key did not let in.
    Failed {
        /// Where it came from.
        source: String,
        /// Why not.
        why: String,
        /// When.
        at: Timestamp,
    },
    /// Too many did not.
    Alarm {
        /// Where the last one came from.
        source: String,
        /// How many within a minute.
        attempts: u32,
    },
}

/// Writes down what comes, until nothing more can come. In a minute at most [`ALARM_ATTEMPTS`] failures are in the audit: an attacker must
/// not be able to fill the store.
pub async fn write_down(mut notes: mpsc::Receiver<Note>, bus: BusHandle) {
    let (mut minute, mut within) = (0, 0);
    while let Some(note) = notes.recv().await {
        let written = match note {
            Note::Used { id, at } => bus.change_access(AccessCommand::KeyUsed { id, at }).await.map(drop),
            Note::Alarm { source, attempts } => bus.change_access(AccessCommand::Alarm { attempts, source }).await.map(drop),
            Note::Failed { source, why, at } => {
                let now = at.as_ms() / 60_000;
                if now != minute {
                    (minute, within) = (now, 0);
                }
                within += 1;
                if within > ALARM_ATTEMPTS { Ok(()) } else { failed(&bus, source, why).await }
            }
        };
        if let Err(failure) = written {
            tracing::warn!(code = failure.code, detail = failure.detail, "what happened to a key could not be written down");
        }
    }
}

async fn failed(bus: &BusHandle, source: String, why: String) -> Result<(), Failure> {
    let (actor, action) = ("nobody".to_owned(), "key.refused".to_owned());
    bus.record(Record::Audit(AuditEntry { actor, action, object: source, reason: String::new(), detail: why })).await
}
