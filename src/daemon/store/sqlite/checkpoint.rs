//! Moves the write-ahead log into the database on a connection of its own, passively: it never waits for the writer and the writer
//! never waits for it (design decision 3).

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;

use super::connection::open_writing_helper;
use crate::daemon::store::failure::{StoreError, StoreResult};

/// Whether a checkpoint has failed, which begins with a sync of the log: from then on the writer says of no commit that it is on disk, although
/// the process takes a moment to end (safety.md G6). Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct CheckpointFailed(Arc<AtomicBool>);

impl CheckpointFailed {
    /// Refuses where one has.
    ///
    /// # Errors
    /// [`StoreError::Checkpoint`], which ends the daemon like a sync of its own that failed.
    pub fn refuse(&self) -> StoreResult<()> {
        if self.0.load(Ordering::SeqCst) { Err(StoreError::Checkpoint) } else { Ok(()) }
    }
}

/// The checkpointing connection.
#[derive(Debug)]
pub struct Checkpointer {
    connection: Connection,
    failed: CheckpointFailed,
}

impl Checkpointer {
    /// Opens it. Whoever writes looks at `failed`.
    pub fn open(folder: &Path, failed: CheckpointFailed) -> StoreResult<Self> {
        Ok(Self { connection: open_writing_helper(&folder.join("panotti.db"))?, failed })
    }

    /// Moves what can be moved without waiting for anybody.
    ///
    /// # Errors
    /// What the disk said. But for a full disk, after which it can be tried again, the writer has heard of it when this returns.
    pub fn run(&self) -> StoreResult<()> {
        let done = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(StoreError::from);
        if done.as_ref().is_err_and(|error| !matches!(error, StoreError::Full(_))) {
            self.failed.0.store(true, Ordering::SeqCst);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g6_after_a_checkpoint_that_failed_nothing_is_said_to_be_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("panotti.db"), vec![7; 8_192]).unwrap();
        let failed = CheckpointFailed::default();
        let connection = Connection::open(folder.path().join("panotti.db")).unwrap();
        let checkpointer = Checkpointer { connection, failed: failed.clone() };
        assert!(failed.refuse().is_ok());

        checkpointer.run().expect_err("it is no database");

        assert!(matches!(failed.refuse(), Err(StoreError::Checkpoint)));
    }
}
