//! What is written down of keys besides their changes: when one was used, to the minute, and that too many did not let in. Each that did not
//! is in the audit as a request that was refused.

use panotti_core::access::AccessCommand;
use panotti_protocol::key::KeyId;
use panotti_protocol::time::Timestamp;
use tokio::sync::mpsc;

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
    /// Too many did not let in.
    Alarm {
        /// Where the last one came from.
        source: String,
        /// How many within a minute.
        attempts: u32,
    },
}

/// Writes down what comes, until nothing more can come.
pub async fn write_down(mut notes: mpsc::Receiver<Note>, bus: BusHandle) {
    while let Some(note) = notes.recv().await {
        let written = match note {
            Note::Used { id, at } => bus.change_access(AccessCommand::KeyUsed { id, at }).await.map(drop),
            Note::Alarm { source, attempts } => bus.change_access(AccessCommand::Alarm { attempts, source }).await.map(drop),
        };
        if let Err(failure) = written {
            tracing::warn!(code = failure.code, detail = failure.detail, "what happened to a key could not be written down");
        }
    }
}
