//! A few reading connections for everybody but the writer. Whoever reads waits for a free one; none is held over anything but a query. What
//! may read much at a time shares a few of them, so that nobody who asks for much keeps those waiting who ask for little.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::connection::open_reader;
use super::database::Database;
use crate::daemon::seal::Seals;
use crate::daemon::store::failure::{StoreError, StoreResult};

/// Reading connections at most.
pub const READERS_MAX: usize = 4;
/// Of these, those that may read much at a time. The others are free for what is answered at once.
pub const READERS_OF_MUCH_MAX: usize = 2;
/// Payload that one query looks into at most, in bytes. It ends there and says where the next begins, or that there is more.
pub const READ_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    path: PathBuf,
    seals: Seals,
    idle: Arc<Mutex<Vec<Database>>>,
    room: Arc<Semaphore>,
    room_for_much: Arc<Semaphore>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readers").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Readers {
    /// Readers of the database in a folder. Connections are opened when they are first needed.
    pub fn new(folder: &Path, seals: Seals) -> Self {
        let room = |readers| Arc::new(Semaphore::new(readers));
        Self {
            path: folder.join("panotti.db"),
            seals,
            idle: Arc::default(),
            room: room(READERS_MAX),
            room_for_much: room(READERS_OF_MUCH_MAX),
        }
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

    /// The same for a query that looks at many rows or into many payloads: what people list, search, count and export.
    pub async fn read_much<T: Send + 'static>(&self, query: impl FnOnce(&Database) -> StoreResult<T> + Send + 'static) -> StoreResult<T> {
        let permit = Arc::clone(&self.room_for_much).acquire_owned().await.expect("the semaphore is never closed");
        let whole = move |database: &Database| {
            let result = query(database);
            drop(permit);
            result
        };
        self.read(whole).await
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use panotti_protocol::id::{Sequence, StoreId};

    use super::*;
    use crate::daemon::seal::ring::{Ring, Wrapping};
    use crate::daemon::seal::tag::TagKey;

    /// How long something may take that takes no time.
    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn who_reads_much_keeps_nobody_waiting_who_reads_little() {
        let folder = tempfile::tempdir().unwrap();
        rusqlite::Connection::open(folder.path().join("panotti.db")).unwrap().execute_batch("CREATE TABLE t (n)").unwrap();
        let ring = Ring::new(Vec::new(), Vec::new(), Wrapping { generation: 1, recipients: Vec::new() });
        let seals = Seals::new(StoreId::from_bytes([1; 16]), TagKey::new(&[2; 32]), Sequence(0), ring);
        let readers = Readers::new(folder.path(), seals);
        let (begun, beginnings) = mpsc::channel();
        let (end, ends) = mpsc::channel::<()>();
        let ends = Arc::new(Mutex::new(ends));
        let mut much = Vec::new();
        for number in 0..3 * READERS_MAX {
            let (readers, begun, ends) = (readers.clone(), begun.clone(), Arc::clone(&ends));
            much.push(tokio::spawn(async move {
                let long = move |_: &Database| {
                    begun.send(number).unwrap();
                    let _ = ends.lock().unwrap().recv();
                    Ok(())
                };
                readers.read_much(long).await.unwrap();
            }));
        }

        let little =
            tokio::time::timeout(PATIENCE, readers.read(|database| Ok(database.query_row("SELECT 7", [], |row| row.get::<_, u8>(0))?)));

        assert_eq!(little.await.expect("a reader is free").unwrap(), 7);
        drop(end);
        for one in much {
            one.await.unwrap();
        }
        assert_eq!(beginnings.try_iter().count(), 3 * READERS_MAX, "each has had its turn");
    }
}
