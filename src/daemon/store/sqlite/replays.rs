//! Replay jobs: writing one and its progress, reading them for the bus and for people.

use panotti_core::action::Write;
use panotti_core::command::StartReplay;
use panotti_core::delivery::DeliveryKey;
use panotti_core::replay::{ReplayNumber, StoredReplay};
use panotti_protocol::api::{Replay, ReplaySelection};
use panotti_protocol::delivery::{DeliveryState, ReplayState};
use panotti_protocol::id::{ReplayId, Sequence};
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::visible::{self, SCAN_MAX, Visible};
use crate::daemon::store::failure::{StoreError, StoreResult};

/// Writes a new job.
pub fn insert(
    connection: &Connection,
    replay: ReplayNumber,
    id: ReplayId,
    start: &StartReplay,
    until: Sequence,
    now: Timestamp,
) -> StoreResult<()> {
    let selection = serde_json::to_string(&start.selection).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    connection.execute(
        "INSERT INTO replays (replay_no, replay_id, name, reason, state, selection, rate, selected, until_sequence, started_ms, actor)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            replay.0,
            id.as_bytes(),
            start.name,
            start.reason,
            ReplayState::Running.number(),
            selection,
            start.rate,
            start.selected,
            until.0,
            now.as_ms(),
            start.actor,
        ],
    )?;
    Ok(())
}

/// Writes how far a job is. Only for [`Write::ReplayProgress`].
pub fn progress(connection: &Connection, write: &Write) -> StoreResult<()> {
    let Write::ReplayProgress { replay, state, cursor, ok, failed, skipped, ended_at } = write else { return Ok(()) };
    connection
        .prepare_cached(
            "UPDATE replays SET state = ?2, cursor_sequence = ?3, cursor_subscription = ?4, cursor_replay = ?5, ok = ok + ?6,
                 failed = failed + ?7, skipped = skipped + ?8, ended_ms = ?9
             WHERE replay_no = ?1",
        )?
        .execute(params![
            replay.0,
            state.number(),
            cursor.sequence.0,
            cursor.subscription.0,
            cursor.replay.0,
            ok,
            failed,
            skipped,
            ended_at.map(Timestamp::as_ms),
        ])?;
    Ok(())
}

/// What the bus needs of the jobs that have not ended, at a start. Leans on `replays_open` and `deliveries_of_replay`.
pub fn open_jobs(connection: &Connection) -> StoreResult<Vec<StoredReplay>> {
    let mut statement = connection.prepare(
        "SELECT replay_no, replay_id, name, rate, cursor_sequence, cursor_subscription, cursor_replay, state, ok, failed,
             (SELECT count(*) FROM deliveries WHERE deliveries.replay_no = replays.replay_no AND deliveries.state = ?1)
         FROM replays WHERE ended_ms IS NULL ORDER BY replay_no",
    )?;
    let rows = statement.query_map([DeliveryState::Waiting.number()], |row| {
        Ok(StoredReplay {
            number: ReplayNumber(row.get(0)?),
            id: ReplayId::from_bytes(row.get(1)?),
            name: row.get(2)?,
            rate: row.get(3)?,
            cursor: super::deliveries::key(row, 4)?,
            cancelled: row.get::<_, u8>(7)? == ReplayState::Cancelled.number(),
            paused: row.get::<_, u8>(7)? == ReplayState::Paused.number(),
            ok: row.get(8)?,
            failed: row.get(9)?,
            open: row.get(10)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a job selects, and the newest event it may select.
pub fn selection(connection: &Connection, replay: ReplayNumber) -> StoreResult<Option<(ReplaySelection, Sequence)>> {
    let mut statement = connection.prepare_cached("SELECT selection, until_sequence FROM replays WHERE replay_no = ?1")?;
    let found = statement.query_row([replay.0], |row| Ok((row.get::<_, String>(0)?, Sequence(row.get(1)?)))).optional()?;
    let Some((text, until)) = found else { return Ok(None) };
    let selection = serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(format!("a replay's selection: {error}")))?;
    Ok(Some((selection, until)))
}

const COLUMNS: &str =
    "replay_no, replay_id, name, state, selection, selected, ok, failed, skipped, rate, started_ms, ended_ms, actor, reason";

fn from_row(row: &Row<'_>) -> rusqlite::Result<(ReplayNumber, Replay)> {
    let selection: String = row.get(4)?;
    let (ok, failed, skipped): (u64, u64, u64) = (row.get(6)?, row.get(7)?, row.get(8)?);
    let replay = Replay {
        replayid: ReplayId::from_bytes(row.get(1)?),
        name: row.get(2)?,
        state: ReplayState::from_number(row.get(3)?).unwrap_or(ReplayState::Running),
        selection: serde_json::from_str(&selection).unwrap_or_default(),
        // Counted before it began, perhaps in part only, and events may have come since.
        selected: row.get::<_, u64>(5)?.max(ok + failed + skipped),
        ok,
        failed,
        skipped,
        rate: row.get(9)?,
        started_at: Timestamp::from_ms(row.get(10)?),
        ended_at: super::events::time(row, 11)?,
        by: row.get(12)?,
        reason: row.get(13)?,
    };
    Ok((ReplayNumber(row.get(0)?), replay))
}

/// One job.
pub fn by_id(connection: &Connection, id: ReplayId) -> StoreResult<Option<(ReplayNumber, Replay)>> {
    let query = format!("SELECT {COLUMNS} FROM replays WHERE replay_id = ?1");
    Ok(connection.prepare_cached(&query)?.query_row([id.as_bytes()], from_row).optional()?)
}

/// One page of the jobs that somebody may see, newest first, before a number.
pub fn page(
    connection: &Connection,
    state: Option<ReplayState>,
    (before, limit): (u32, u32),
    may_see: impl Fn(&Replay) -> bool,
) -> StoreResult<Visible<ReplayNumber, Replay>> {
    let query =
        format!("SELECT {COLUMNS} FROM replays WHERE replay_no < ?1 AND (?2 IS NULL OR state = ?2) ORDER BY replay_no DESC LIMIT ?3");
    let mut statement = connection.prepare_cached(&query)?;
    let rows = statement.query_map(params![before, state.map(ReplayState::number), SCAN_MAX], from_row)?;
    visible::take(rows, limit, may_see)
}

/// The newest job's id, and jobs whose id ends with a text (two at most).
pub fn by_suffix(connection: &Connection, suffix: Option<&str>) -> StoreResult<Vec<ReplayId>> {
    let mut statement = connection.prepare_cached("SELECT replay_id FROM replays ORDER BY replay_no DESC LIMIT 10000")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id = ReplayId::from_bytes(row.get(0)?);
        if suffix.is_none_or(|suffix| id.to_string().ends_with(suffix)) {
            found.push(id);
        }
        if found.len() == 2 || (suffix.is_none() && found.len() == 1) {
            break;
        }
    }
    Ok(found)
}

/// One page of a job's items that have a row, in key order. Leans on `deliveries_of_replay`.
pub fn items(
    connection: &Connection,
    replay: ReplayNumber,
    failed: bool,
    after: DeliveryKey,
    limit: u32,
) -> StoreResult<Vec<super::deliveries::DeliveryRow>> {
    let columns = super::deliveries::COLUMNS;
    let query = format!(
        "SELECT {columns} FROM deliveries LEFT JOIN builds USING (build_id)
         WHERE replay_no = ?1 AND (sequence, subscription_id) > (?2, ?3) AND (NOT ?4 OR state IN (7, 8))
         ORDER BY sequence, subscription_id LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&query)?;
    let place = params![replay.0, after.sequence.0, after.subscription.0, failed, limit];
    let rows = statement.query_map(place, super::deliveries::from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
