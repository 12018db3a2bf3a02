//! Moves the write-ahead log into the database on a connection of its own, passively: it never waits for the writer and the writer
//! never waits for it (design decision 3).

use std::path::Path;

use rusqlite::Connection;

use super::connection::open_writing_helper;
use crate::daemon::store::failure::StoreResult;

/// The checkpointing connection.
#[derive(Debug)]
pub struct Checkpointer {
    connection: Connection,
}

impl Checkpointer {
    /// Opens it.
    pub fn open(folder: &Path) -> StoreResult<Self> {
        Ok(Self { connection: open_writing_helper(&folder.join("panotti.db"))? })
    }

    /// Moves what can be moved without waiting for anybody.
    pub fn run(&self) -> StoreResult<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }
}
