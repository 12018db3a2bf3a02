//! What happens by itself: checkpoints when the log has grown; in every minute a row of uptime and what was measured; publishers' keys
//! forgotten after a day; events that do not read back are told of, and everything stored is read for them once a day.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use panotti_core::command::Record;
use panotti_protocol::failure::{ErrorCode, Failure};
use tokio_util::sync::CancellationToken;

use super::bus::handle::BusHandle;
use super::bus::limits::KEYS_FORGOTTEN_MAX;
use super::clock::Clock;
use super::meters::{Meters, processor_time};
use super::seal::Seals;
use super::seal::limits::{LOOKED_THROUGH_EVERY, LOOKED_THROUGH_REST, LOOKED_THROUGH_REST_MIN};
use super::start::end_at_once;
use super::store::failure::StoreError;
use super::store::sqlite::checkpoint::Checkpointer;
use super::store::sqlite::readers::Readers;
use super::store::sqlite::{checking, publisher_keys};

/// A row of uptime is written this often.
const MINUTE: Duration = Duration::from_secs(60);

/// Publishers' keys that are over are looked for this often.
const FORGETTING: Duration = Duration::from_secs(60);

/// Starts the checkpointer's thread, the clock of uptime and the forgetting of keys. All end with the process.
///
/// # Errors
/// Where there is no thread for checkpoints.
pub fn start(
    bus: BusHandle,
    readers: Readers,
    (checkpointer, asked): (Checkpointer, Receiver<()>),
    meters: Meters,
    clock: Clock,
) -> Result<(), Failure> {
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
    tokio::spawn(tell_of_corrupt(bus.clone(), readers.seals().clone()));
    tokio::spawn(forget_keys(bus.clone(), readers, clock));
    tokio::spawn(every_minute(bus, meters, clock));
    Ok(())
}

/// Tells of stored events that do not read back as they were written, as events.
async fn tell_of_corrupt(bus: BusHandle, seals: Seals) {
    loop {
        for sequence in seals.alarm().untold().await {
            if let Err(failure) = bus.record(Record::Corrupt(sequence)).await {
                tracing::warn!(%sequence, %failure, "the event that tells of a corrupt one was not written; the log has it");
            }
        }
    }
}

/// Begins to hold everything that is stored against its tags, at once and then once a day: an event that nobody reads, or that is owed to
/// nobody because its matches were changed away, would be noticed by nothing else. Whatever does not fit is told by the alarm. Ends when the
/// daemon stops, so that no reader is in the way of the last checkpoint.
pub fn start_looking_through(readers: Readers, stopping: CancellationToken) {
    tokio::spawn(async move { stopping.run_until_cancelled(look_through(readers)).await });
}

async fn look_through(readers: Readers) {
    loop {
        let mut from = Some(i64::MIN);
        while let Some(row) = from {
            let began = Instant::now();
            match readers.read(move |database| checking::page(database, row)).await {
                Ok((_, next)) => from = next,
                Err(error) => {
                    tracing::warn!(%error, "stored events were not all held against their tags; it is begun anew later");
                    break;
                }
            }
            // Others come first.
            tokio::time::sleep((began.elapsed() * LOOKED_THROUGH_REST).max(LOOKED_THROUGH_REST_MIN)).await;
        }
        tokio::time::sleep(LOOKED_THROUGH_EVERY).await;
    }
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

/// Writes a row of uptime in every minute, and what was measured in the last one.
async fn every_minute(bus: BusHandle, meters: Meters, clock: Clock) {
    loop {
        let measured = meters.take();
        // On a full disk the row is missing; the next one is tried all the same.
        let written = bus.record(Record::Uptime).await;
        if written.as_ref().is_err_and(|failure| failure.is(ErrorCode::DAEMON_STOPPING)) {
            return;
        }
        if bus.record(Record::Measured(measured.clone())).await.is_err() {
            meters.put_back(&measured);
        }
        let minute = u64::try_from(MINUTE.as_millis()).unwrap_or(u64::MAX);
        let rest = Duration::from_millis(minute - clock.now().as_ms() % minute);
        let used = processor_time();
        tokio::time::sleep(rest).await;
        if let (Some(before), Some(after)) = (used, processor_time()) {
            meters.set_processor_share(after.saturating_sub(before), rest);
        }
    }
}
