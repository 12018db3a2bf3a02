//! A few reading connections for everybody but the writer. Whoever reads waits for a free one; none is held over anything but a query.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::connection::open_reader;
use super::database::Database;
use crate::daemon::seal::Seals;
use crate::daemon::store::failure::{StoreError, StoreResult};

/// Reading connections at most.
pub const READERS_MAX: usize = 4;

/// Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    path: PathBuf,
    seals: Seals,
    idle: Arc<Mutex<Vec<Database>>>,
    room: Arc<Semaphore>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readers").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Readers {
    /// Readers of the database in a folder. Connections are opened when they are first needed.
    pub fn new(folder: &Path, seals: Seals) -> Self {
        Self { path: folder.join("panotti.db"), seals, idle: Arc::default(), room: Arc::new(Semaphore::new(READERS_MAX)) }
    }

    /// Runs a query on a reading connection, off the async threads.
    pub async fn read<T: Send + 'static>(&self, query: impl FnOnce(&Database) -> StoreResult<T> + Send + 'static) -> StoreResult<T> {
        let permit = Arc::clone(&self.room).acquire_owned().await.expect("the semaphore is never closed");
        let readers = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match idle {
                Some(connection) => connection,
                None => Database::new(open_reader(&readers.path)?, readers.seals.clone()),
            };
            let result = query(&connection);
            readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            drop(permit);
            result
        });
        match reading.await {
            Ok(result) => result,
            Err(error) => Err(StoreError::Corrupt(format!("a query ended early: {error}"))),
        }
    }

    /// What events are checked with.
    pub fn seals(&self) -> &Seals {
        &self.seals
    }

    /// Closes the idle connections, so that the last checkpoint finds no reader.
    pub fn close_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
