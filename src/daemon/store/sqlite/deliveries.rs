//! Deliveries and their attempts: writing an outcome, reading rows back.

use panotti_core::action::DeliveryWrite;
use panotti_core::delivery::{Counts, DeliveryKey};
use panotti_core::order::OrderKey;
use panotti_core::poison::Crashes;
use panotti_core::replay::ReplayNumber;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::delivery::{Attempt, AttemptError, AttemptOutcome, Cause, DeliveryState};
use panotti_protocol::id::{EventId, Sequence};
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::keyed;
use crate::daemon::store::failure::StoreResult;

const WRITE: &str =
    "INSERT INTO deliveries (sequence, subscription_id, replay_no, delivery_id, state, cause, attempts, attempts_max, tries,
         due_ms, ended_ms, fingerprint, attempt_of, open_failure, crashes, started_ms, duration_ms, outcome, counted, error_class,
         error_message, error_place, log_tail, build_id, emitted, order_key, priority)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)
     ON CONFLICT DO UPDATE SET state = ?5, cause = ?6, attempts = ?7, attempts_max = ?8, tries = ?9, due_ms = ?10, ended_ms = ?11,
         fingerprint = coalesce(?12, fingerprint), open_failure = ?14, crashes = ?15, started_ms = coalesce(?16, started_ms),
         duration_ms = coalesce(?17, duration_ms), outcome = coalesce(?18, outcome), counted = coalesce(?19, counted),
         error_class = coalesce(?20, error_class), error_message = coalesce(?21, error_message),
         error_place = coalesce(?22, error_place), log_tail = coalesce(?23, log_tail), build_id = coalesce(?24, build_id),
         emitted = coalesce(?25, emitted), priority = ?27";

/// Writes a delivery's row: new, or changed by a later outcome or a person. The first attempt is its columns, written once; later ones
/// are rows.
pub fn write(connection: &Connection, write: &DeliveryWrite) -> StoreResult<()> {
    let stands_for_itself = write.state.is_failed() && !original_is_dead(connection, write)?;
    let key = write.key;
    let first = write.attempt.as_ref().filter(|attempt| attempt.attempt == 1);
    let error = first.and_then(|attempt| attempt.error.as_ref());
    connection.prepare_cached(WRITE)?.execute(params![
        key.sequence.0,
        key.subscription.0,
        key.replay.0,
        write.id.as_bytes(),
        write.state.number(),
        write.cause.map(Cause::number),
        write.attempts,
        write.attempts_max,
        write.tries,
        write.due.map(Timestamp::as_ms),
        write.ended_at.map(Timestamp::as_ms),
        write.fingerprint,
        write.attempt_of.map(|original| original.replay.0),
        stands_for_itself,
        pack_crashes(&write.crashes),
        first.map(|attempt| attempt.started_at.as_ms()),
        first.map(|attempt| attempt.duration_ms),
        first.map(|attempt| attempt.outcome.number()),
        first.map(|attempt| attempt.counted),
        error.map(|error| &error.class),
        error.map(|error| &error.message),
        error.and_then(|error| error.place.as_ref()),
        first.map(|attempt| &attempt.log_tail).filter(|tail| !tail.is_empty()),
        first.map(|attempt| build_number(connection, attempt)).transpose()?,
        first.and_then(|attempt| pack_ids(&attempt.emitted)),
        write.order.filter(|_| key.replay != ReplayNumber::LIVE).map(|order| order.0.cast_signed()),
        write.priority.number(),
    ])?;
    if write.state.is_failed() && !stands_for_itself {
        let mut delta = Counts::default();
        delta.add(write.state, -1);
        add_counts(connection, key.subscription, &delta)?;
    }
    match write.order {
        Some(order) if write.holds_its_key() => keyed::hold(connection, key, order, write.priority)?,
        Some(order) => keyed::resolve(connection, key, order)?,
        None => {}
    }
    match &write.attempt {
        Some(attempt) if attempt.attempt > 1 => write_later_attempt(connection, key, attempt),
        _ => Ok(()),
    }
}

/// Whether a replay's delivery repeats one that is dead now: then that one stands for both.
fn original_is_dead(connection: &Connection, write: &DeliveryWrite) -> StoreResult<bool> {
    let Some(original) = write.attempt_of else { return Ok(false) };
    let state: Option<u8> = connection
        .prepare_cached("SELECT state FROM deliveries WHERE sequence = ?1 AND subscription_id = ?2 AND replay_no = ?3")?
        .query_row(params![original.sequence.0, original.subscription.0, original.replay.0], |row| row.get(0))
        .optional()?;
    Ok(state.and_then(DeliveryState::from_number).is_some_and(DeliveryState::is_failed))
}

fn build_number(connection: &Connection, attempt: &Attempt) -> StoreResult<i64> {
    let build = (&attempt.plugin_version, &attempt.plugin_digest);
    let find = "SELECT build_id FROM builds WHERE version = ?1 AND digest = ?2";
    let found = connection.prepare_cached(find)?.query_row(build, |row| row.get(0)).optional()?;
    match found {
        Some(number) => Ok(number),
        None => {
            connection.prepare_cached("INSERT INTO builds (version, digest) VALUES (?1, ?2)")?.execute(build)?;
            Ok(connection.last_insert_rowid())
        }
    }
}

fn write_later_attempt(connection: &Connection, key: DeliveryKey, attempt: &Attempt) -> StoreResult<()> {
    let build = build_number(connection, attempt)?;
    let error = attempt.error.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO attempts (sequence, subscription_id, replay_no, attempt, started_ms, duration_ms, outcome, counted, error_class,
                 error_message, error_place, log_tail, build_id, emitted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            key.sequence.0,
            key.subscription.0,
            key.replay.0,
            attempt.attempt,
            attempt.started_at.as_ms(),
            attempt.duration_ms,
            attempt.outcome.number(),
            attempt.counted,
            error.map(|error| &error.class),
            error.map(|error| &error.message),
            error.and_then(|error| error.place.as_ref()),
            (!attempt.log_tail.is_empty()).then_some(&attempt.log_tail),
            build,
            pack_ids(&attempt.emitted),
        ])?;
    Ok(())
}

/// A replay of it succeeded: it becomes `recovered` if it is still dead or quarantined. Whether it has.
pub fn recover(connection: &Connection, key: DeliveryKey, order: Option<OrderKey>, at: Timestamp) -> StoreResult<bool> {
    let find = "SELECT state, open_failure FROM deliveries WHERE sequence = ?1 AND subscription_id = ?2 AND replay_no = ?3";
    let place = params![key.sequence.0, key.subscription.0, key.replay.0];
    let found: Option<(u8, bool)> = connection.prepare_cached(find)?.query_row(place, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((state, open)) = found else { return Ok(false) };
    let Some(state) = DeliveryState::from_number(state).filter(|state| state.is_failed()) else { return Ok(false) };
    connection
        .prepare_cached(
            "UPDATE deliveries SET state = ?4, ended_ms = ?5, open_failure = 0
             WHERE sequence = ?1 AND subscription_id = ?2 AND replay_no = ?3",
        )?
        .execute(params![key.sequence.0, key.subscription.0, key.replay.0, DeliveryState::Recovered.number(), at.as_ms()])?;
    if let Some(order) = order {
        keyed::resolve(connection, key, order)?;
    }
    let mut delta = Counts { recovered: 1, ..Counts::default() };
    if open {
        delta.add(state, -1);
    }
    add_counts(connection, key.subscription, &delta)?;
    Ok(true)
}

/// Adds to a subscription's counts.
pub fn add_counts(connection: &Connection, subscription: SubscriptionId, delta: &Counts) -> StoreResult<()> {
    connection
        .prepare_cached(
            "UPDATE subscriptions SET owed = owed + ?2, waiting = waiting + ?3, done = done + ?4, dead = dead + ?5,
                 quarantined = quarantined + ?6, skipped = skipped + ?7, cancelled = cancelled + ?8, recovered = recovered + ?9,
                 filter_missing = filter_missing + ?10, filter_gave_up = filter_gave_up + ?11
             WHERE subscription_id = ?1",
        )?
        .execute(params![
            subscription.0,
            delta.owed,
            delta.waiting,
            delta.done,
            delta.dead,
            delta.quarantined,
            delta.skipped,
            delta.cancelled,
            delta.recovered,
            delta.filter_missing,
            delta.filter_gave_up,
        ])?;
    Ok(())
}

/// A delivery's row with its first attempt.
#[derive(Debug, Clone)]
pub struct DeliveryRow {
    /// Which one.
    pub key: DeliveryKey,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it died.
    pub cause: Option<Cause>,
    /// Attempts counted.
    pub attempts: u32,
    /// Attempts in all before it dies.
    pub attempts_max: u32,
    /// Attempts recorded.
    pub tries: u32,
    /// When it is due again.
    pub due: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Groups failures that are alike.
    pub fingerprint: Option<String>,
    /// Of the delivery that it repeats.
    pub attempt_of: Option<ReplayNumber>,
    /// A dead letter that stands for itself.
    pub open_failure: bool,
    /// When it crashed its plugin.
    pub crashes: Crashes,
    /// Its ordering key, for one that a replay made.
    pub order: Option<OrderKey>,
    /// Its first attempt; absent where it never had one.
    pub first: Option<Attempt>,
}

/// The columns that [`from_row`] reads, in its order. The query joins `builds` from the left.
pub const COLUMNS: &str = "deliveries.sequence, deliveries.subscription_id, deliveries.replay_no, deliveries.state, deliveries.cause,
    deliveries.attempts, deliveries.attempts_max, deliveries.tries, deliveries.due_ms, deliveries.ended_ms, deliveries.fingerprint,
    deliveries.attempt_of, deliveries.open_failure, 1, deliveries.started_ms, deliveries.duration_ms, deliveries.outcome,
    deliveries.counted, deliveries.error_class, deliveries.error_message, deliveries.error_place, deliveries.log_tail, builds.version,
    builds.digest, deliveries.emitted, deliveries.crashes, deliveries.order_key";

/// Reads one delivery.
pub fn from_row(row: &Row<'_>) -> rusqlite::Result<DeliveryRow> {
    Ok(DeliveryRow {
        key: key(row, 0)?,
        state: DeliveryState::from_number(row.get(3)?).unwrap_or(DeliveryState::Pending),
        cause: row.get::<_, Option<u8>>(4)?.and_then(Cause::from_number),
        attempts: row.get(5)?,
        attempts_max: row.get(6)?,
        tries: row.get(7)?,
        due: super::events::time(row, 8)?,
        ended_at: super::events::time(row, 9)?,
        fingerprint: row.get(10)?,
        attempt_of: row.get::<_, Option<u32>>(11)?.map(ReplayNumber),
        open_failure: row.get(12)?,
        crashes: crashes(row, 25)?,
        order: order(row, 26)?,
        first: if row.get::<_, Option<u64>>(14)?.is_some() { Some(attempt(row, 13)?) } else { None },
    })
}

/// Reads a delivery's key from three columns.
pub fn key(row: &Row<'_>, column: usize) -> rusqlite::Result<DeliveryKey> {
    Ok(DeliveryKey {
        sequence: Sequence(row.get(column)?),
        subscription: SubscriptionId(row.get(column + 1)?),
        replay: ReplayNumber(row.get(column + 2)?),
    })
}

/// Reads one attempt from twelve columns: attempt, start, duration, outcome, counted, error (three), log tail, version, digest, emitted.
fn attempt(row: &Row<'_>, column: usize) -> rusqlite::Result<Attempt> {
    let class: Option<String> = row.get(column + 5)?;
    let error = match class {
        Some(class) => Some(AttemptError {
            class,
            message: row.get::<_, Option<String>>(column + 6)?.unwrap_or_default(),
            place: row.get(column + 7)?,
        }),
        None => None,
    };
    let emitted: Option<Vec<u8>> = row.get(column + 11)?;
    Ok(Attempt {
        attempt: row.get(column)?,
        started_at: Timestamp::from_ms(row.get(column + 1)?),
        duration_ms: row.get(column + 2)?,
        outcome: AttemptOutcome::from_number(row.get(column + 3)?).unwrap_or(AttemptOutcome::Retry),
        counted: row.get(column + 4)?,
        error,
        log_tail: row.get::<_, Option<String>>(column + 8)?.unwrap_or_default(),
        plugin_version: row.get::<_, Option<String>>(column + 9)?.unwrap_or_default(),
        plugin_digest: row.get::<_, Option<String>>(column + 10)?.unwrap_or_default(),
        emitted: emitted.as_deref().map(unpack_ids).unwrap_or_default(),
    })
}

/// The rows of one event, in key order. Leans on the primary key.
pub fn of_event(connection: &Connection, sequence: Sequence) -> StoreResult<Vec<DeliveryRow>> {
    let query = format!("SELECT {COLUMNS} FROM deliveries LEFT JOIN builds USING (build_id) WHERE sequence = ?1");
    let mut statement = connection.prepare_cached(&query)?;
    let rows = statement.query_map([sequence.0], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Attempts after the first, in order. Leans on the primary key.
pub fn later_attempts(connection: &Connection, key: DeliveryKey) -> StoreResult<Vec<Attempt>> {
    let mut statement = connection.prepare_cached(
        "SELECT attempt, started_ms, duration_ms, outcome, counted, error_class, error_message, error_place, log_tail, version, digest,
             emitted
         FROM attempts LEFT JOIN builds USING (build_id)
         WHERE sequence = ?1 AND subscription_id = ?2 AND replay_no = ?3 ORDER BY attempt",
    )?;
    let rows = statement.query_map(params![key.sequence.0, key.subscription.0, key.replay.0], |row| attempt(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The last attempt's error and duration, where the delivery has more than one.
pub fn last_attempt(connection: &Connection, row: &DeliveryRow) -> StoreResult<Option<Attempt>> {
    if row.tries < 2 {
        return Ok(row.first.clone());
    }
    let mut statement = connection.prepare_cached(
        "SELECT attempt, started_ms, duration_ms, outcome, counted, error_class, error_message, error_place, log_tail, version, digest,
             emitted
         FROM attempts LEFT JOIN builds USING (build_id)
         WHERE sequence = ?1 AND subscription_id = ?2 AND replay_no = ?3 ORDER BY attempt DESC LIMIT 1",
    )?;
    let key = row.key;
    Ok(statement.query_row(params![key.sequence.0, key.subscription.0, key.replay.0], |row| attempt(row, 0)).optional()?)
}

/// Reads when a delivery crashed its plugin.
pub fn crashes(row: &Row<'_>, column: usize) -> rusqlite::Result<Crashes> {
    let Some(packed) = row.get::<_, Option<Vec<u8>>>(column)? else { return Ok(Crashes::default()) };
    let time = |bytes: &[u8]| Some(Timestamp::from_ms(u64::from_le_bytes(bytes.try_into().ok()?)));
    Ok(Crashes::new(packed.chunks_exact(8).filter_map(time).collect()))
}

/// Reads the ordering key that a replay's delivery keeps itself.
pub fn order(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<OrderKey>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(|order| OrderKey(order.cast_unsigned())))
}

fn pack_crashes(crashes: &Crashes) -> Option<Vec<u8>> {
    (!crashes.times().is_empty()).then(|| crashes.times().iter().flat_map(|at| at.as_ms().to_le_bytes()).collect())
}

fn pack_ids(ids: &[EventId]) -> Option<Vec<u8>> {
    (!ids.is_empty()).then(|| ids.iter().flat_map(|id| *id.as_bytes()).collect())
}

fn unpack_ids(packed: &[u8]) -> Vec<EventId> {
    packed.chunks_exact(16).filter_map(|bytes| Some(EventId::from_bytes(bytes.try_into().ok()?))).collect()
}
