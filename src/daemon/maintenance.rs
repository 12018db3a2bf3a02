//! What happens by itself: checkpoints when the log has grown, a row of uptime a minute, publishers' keys forgotten after a day.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use panotti_core::command::Record;
use panotti_protocol::failure::{ErrorCode, Failure};

use super::bus::handle::BusHandle;
use super::bus::limits::KEYS_FORGOTTEN_MAX;
use super::clock::Clock;
use super::start::end_at_once;
use super::store::failure::StoreError;
use super::store::sqlite::checkpoint::Checkpointer;
use super::store::sqlite::publisher_keys;
use super::store::sqlite::readers::Readers;

/// A row of uptime is written this often.
const UPTIME: Duration = Duration::from_secs(60);

/// Publishers' keys that are over are looked for this often.
const FORGETTING: Duration = Duration::from_secs(60);

/// Starts the checkpointer's thread, the clock of uptime and the forgetting of keys. All end with the process.
///
/// # Errors
/// Where the database cannot be opened once more.
pub fn start(bus: BusHandle, readers: Readers, clock: Clock, folder: &Path, asked: Receiver<()>) -> Result<(), Failure> {
    let checkpointer = Checkpointer::open(folder)?;
    let spawned = std::thread::Builder::new().name("panotti-checkpoint".to_owned()).spawn(move || {
        while asked.recv().is_ok() {
            match checkpointer.run() {
                Ok(()) => {}
                // The log stays as it is; the next checkpoint tries again.
                Err(StoreError::Full(error)) => tracing::warn!(%error, "no room for a checkpoint"),
                Err(error) => end_at_once(&error),
            }
        }
    });
    spawned.map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("no thread for checkpoints: {error}")))?;
    tokio::spawn(forget_keys(bus.clone(), readers, clock));
    tokio::spawn(async move {
        loop {
            // On a full disk the row is missing; the next one is tried all the same.
            match bus.record(Record::Uptime).await {
                Err(failure) if failure.is(ErrorCode::DAEMON_STOPPING) => return,
                _ => tokio::time::sleep(UPTIME).await,
            }
        }
    });
    Ok(())
}

/// Forgets publishers' keys that are over, in chunks: between two of them others have their turn.
async fn forget_keys(bus: BusHandle, readers: Readers, clock: Clock) {
    loop {
        let now = clock.now();
        // Where the store cannot be read or written, it is tried again a minute later.
        let any = readers.read(move |connection| publisher_keys::any_to_forget(connection, now)).await.unwrap_or(false);
        let forgotten = any && bus.record(Record::ForgetKeys { limit: KEYS_FORGOTTEN_MAX }).await.is_ok();
        if !forgotten {
            tokio::time::sleep(FORGETTING).await;
        }
    }
}
