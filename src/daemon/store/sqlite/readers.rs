//! A few reading connections for everybody but the writer. Whoever reads waits for a free one; none is held over anything but a query.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connection::open_reader;
use crate::daemon::store::failure::{StoreError, StoreResult};

/// Reading connections at most.
pub const READERS_MAX: usize = 4;

/// Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    room: Arc<Semaphore>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readers").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Readers {
    /// Readers of the database in a folder. Connections are opened when they are first needed.
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.join("panotti.db"), idle: Arc::default(), room: Arc::new(Semaphore::new(READERS_MAX)) }
    }

    /// Runs a query on a reading connection, off the async threads.
    pub async fn read<T: Send + 'static>(&self, query: impl FnOnce(&Connection) -> StoreResult<T> + Send + 'static) -> StoreResult<T> {
        let permit = Arc::clone(&self.room).acquire_owned().await.expect("the semaphore is never closed");
        let readers = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match idle {
                Some(connection) => connection,
                None => open_reader(&readers.path)?,
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

    /// Closes the idle connections, so that the last checkpoint finds no reader.
    pub fn close_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
