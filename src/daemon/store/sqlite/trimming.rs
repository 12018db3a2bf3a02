//! Trimming: which events may go, and removing them. Every read and every removal is bounded.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use panotti_core::ages::Ages;
use panotti_core::retention::{StoredFate, StoredRow, TrimWhy, Verdict};
use panotti_filter::expression::Filter;
use panotti_protocol::api::PurgeSelection;
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use rusqlite::{Connection, Row, Rows, params};

use super::database::Database;
use super::masks::Masks;
use super::readers::READ_BYTES_MAX;
use super::{deliveries, events};
use crate::daemon::store::failure::StoreResult;

/// Events that one search for what may go looks at.
pub const TRIM_SCAN_MAX: u32 = 10_000;
/// Events removed in one transaction.
pub const TRIM_EVENTS_MAX: usize = 500;
/// Which events a search is for.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Those that make room, until so many bytes are found.
    Room {
        /// The bytes.
        bytes: u64,
    },
    /// Those of the topics that are kept so long, accepted before then.
    Age {
        /// How long.
        age: Duration,
        /// Then.
        before: Timestamp,
        /// Which topics are kept how long.
        ages: Arc<Ages>,
    },
}

impl Reach {
    /// Why they go.
    pub fn why(&self) -> TrimWhy {
        match self {
            Self::Room { .. } => TrimWhy::Room,
            Self::Age { before, .. } => TrimWhy::Age { before: *before },
        }
    }

    fn is_for(&self, topic: &Topic) -> bool {
        match self {
            Self::Room { .. } => true,
            Self::Age { age, ages, .. } => ages.of(topic).0 == *age,
        }
    }
}

/// What an event takes beside its payload, about.
const OVERHEAD_BYTES: u64 = 400;

/// One page of a search for events that may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// What was found, in sequence order.
    pub events: Vec<Sequence>,
    /// Everything up to here was looked at.
    pub scanned_to: Sequence,
    /// Whether there is no more for now.
    pub last: bool,
    /// When the first event was accepted that is too young. Absent where none is, and where there is more to look at.
    pub too_young: Option<Timestamp>,
}

/// A stored event as trimming sees it.
struct Stored {
    fate: StoredFate,
    topic_id: i64,
    payload_bytes: u64,
}

/// Events with their deliveries, one after another in sequence order. Leans on the primary keys: reads each once.
struct Scan<'rows> {
    rows: Rows<'rows>,
    /// The next one, whose first row had to be read to know that the one before has no more.
    ahead: Option<Stored>,
}

const SCAN: &str =
    "SELECT events.sequence, subscription_id, replay_no, state, open_failure, accepted_ms, matches, topic_id, length(payload)
     FROM events LEFT JOIN deliveries ON deliveries.sequence = events.sequence
     WHERE events.sequence BETWEEN ?1 AND ?2 ORDER BY events.sequence";

impl Scan<'_> {
    fn next(&mut self) -> StoreResult<Option<Stored>> {
        let mut found = match self.ahead.take() {
            Some(found) => found,
            None => match self.rows.next()? {
                Some(row) => Stored::read(row)?,
                None => return Ok(None),
            },
        };
        while let Some(row) = self.rows.next()? {
            if row.get::<_, u64>(0)? != found.fate.sequence.0 {
                self.ahead = Some(Stored::read(row)?);
                break;
            }
            found.fate.rows.extend(delivery(row)?);
        }
        Ok(Some(found))
    }
}

impl Stored {
    fn read(row: &Row<'_>) -> StoreResult<Self> {
        // What cannot be read is checked, and kept, before anything is removed.
        let matches = row.get_ref(6)?.as_blob_or_null().ok().flatten().map(events::unpack_matches);
        let accepted_at = Timestamp::from_ms(row.get(5).unwrap_or_default());
        let fate = StoredFate { sequence: Sequence(row.get(0)?), accepted_at, matches, rows: delivery(row)?.into_iter().collect() };
        Ok(Self { fate, topic_id: row.get(7)?, payload_bytes: row.get(8)? })
    }
}

/// The delivery of a row of [`SCAN`], where it has one.
fn delivery(row: &Row<'_>) -> StoreResult<Option<StoredRow>> {
    let Some(state) = row.get::<_, Option<u8>>(3)? else { return Ok(None) };
    let state = DeliveryState::from_number(state).unwrap_or(DeliveryState::Pending);
    Ok(Some(StoredRow { key: deliveries::key(row, 0)?, state, open_failure: row.get(4)? }))
}

/// The newest event that may go: one older than the newest of all, on which the counting of sequences rests.
fn newest_to_go(connection: &Connection) -> StoreResult<u64> {
    let newest: Option<u64> = connection.prepare_cached("SELECT max(sequence) FROM events")?.query_row([], |row| row.get(0))?;
    Ok(newest.unwrap_or(0).saturating_sub(1))
}

/// Searches for events that may go, oldest first, from a place on; the bus decides again in the step that removes them. Leans on the
/// primary keys and looks at [`TRIM_SCAN_MAX`] events.
pub fn chunk(connection: &Connection, after: Sequence, reach: &Reach) -> StoreResult<Chunk> {
    let mut statement = connection.prepare_cached(SCAN)?;
    let mut scan = Scan { rows: statement.query(params![after.0 + 1, newest_to_go(connection)?])?, ahead: None };
    let (why, mut topics) = (reach.why(), TopicsOf::new(|topic| reach.is_for(topic)));
    let mut chunk = Chunk { events: Vec::new(), scanned_to: after, last: true, too_young: None };
    let (mut looked_at, mut bytes) = (0, 0);
    while let Some(Stored { fate, topic_id, payload_bytes }) = scan.next()? {
        // Times of acceptance never go back along the sequences: what comes next is no older.
        if matches!(why, TrimWhy::Age { before } if fate.accepted_at >= before) {
            chunk.too_young = Some(fate.accepted_at);
            return Ok(chunk);
        }
        looked_at += 1;
        chunk.scanned_to = fate.sequence;
        if fate.verdict(&why) == Verdict::Goes && topics.holds(connection, topic_id)? {
            chunk.events.push(fate.sequence);
            bytes += OVERHEAD_BYTES + payload_bytes;
        }
        let enough = matches!(reach, Reach::Room { bytes: wanted } if bytes >= *wanted);
        if enough || chunk.events.len() == TRIM_EVENTS_MAX || looked_at == TRIM_SCAN_MAX {
            chunk.last = false;
            return Ok(chunk);
        }
    }
    Ok(chunk)
}

/// Sequences that follow one another, as first and last.
fn runs(sequences: &[Sequence]) -> impl Iterator<Item = (Sequence, Sequence)> {
    let follow = |one: &Sequence, next: &Sequence| next.0 == one.0 + 1;
    sequences.chunk_by(follow).filter_map(|run| Some((*run.first()?, *run.last()?)))
}

/// What decides whether events may go, as it stands now; `sequences` ascend. Those that are no longer stored are left out; and unless a
/// person asked, those that do not read back as they were written: neither their age nor what they are owed is known.
pub fn fates(connection: &Database, sequences: &[Sequence], why: &TrimWhy) -> StoreResult<Vec<StoredFate>> {
    let checked = !matches!(why, TrimWhy::Purge { .. });
    let mut statement = connection.prepare_cached(SCAN)?;
    let mut found = Vec::with_capacity(sequences.len());
    for (first, last) in runs(sequences) {
        let mut scan = Scan { rows: statement.query(params![first.0, last.0])?, ahead: None };
        let intact = if checked { intact(connection, first, last)? } else { BTreeSet::new() };
        while let Some(stored) = scan.next()? {
            if !checked || intact.contains(&stored.fate.sequence) {
                found.push(stored.fate);
            }
        }
    }
    Ok(found)
}

/// The events of a span that read back as they were written, as far as that is known without their payloads. Leans on the primary key.
fn intact(connection: &Database, first: Sequence, last: Sequence) -> StoreResult<BTreeSet<Sequence>> {
    let columns = events::COLUMNS;
    let sql = format!("SELECT {columns} FROM events LEFT JOIN topics USING (topic_id) WHERE sequence BETWEEN ?1 AND ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([first.0, last.0])?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        found.extend(events::intact(events::from_row(connection, row))?.map(|found| found.event.sequence));
    }
    Ok(found)
}

/// Removes events with everything that belongs to them, and counts them; `sequences` ascend. Whoever adds a table with rows of an event
/// removes them here. Leans on the primary keys.
pub fn remove(connection: &Connection, sequences: &[Sequence]) -> StoreResult<()> {
    for table in ["attempts", "deliveries", "events"] {
        let mut statement = connection.prepare_cached(&format!("DELETE FROM {table} WHERE sequence BETWEEN ?1 AND ?2"))?;
        for (first, last) in runs(sequences) {
            statement.execute([first.0, last.0])?;
        }
    }
    connection.prepare_cached("UPDATE meta SET value = value + ?1 WHERE name = 'trimmed'")?.execute([sequences.len()])?;
    Ok(())
}

/// One page of what a purge selects.
#[derive(Debug, Clone)]
pub struct SelectedFates {
    /// The selected events, in sequence order.
    pub fates: Vec<StoredFate>,
    /// Events looked at.
    pub scanned: u64,
    /// Everything up to here was looked at.
    pub scanned_to: Sequence,
    /// Whether there is no more.
    pub last: bool,
}

/// Scans for what a purge selects, oldest first, from a place on. Leans on the primary keys; at most [`TRIM_EVENTS_MAX`] events are found
/// and [`TRIM_SCAN_MAX`] looked at, or [`READ_BYTES_MAX`] of payload. The newest event of all is left out. `filter` is the selection's, compiled.
pub fn select(connection: &Database, selection: &PurgeSelection, filter: Option<&Filter>, after: Sequence) -> StoreResult<SelectedFates> {
    let mut statement = connection.prepare_cached(SCAN)?;
    let mut scan = Scan { rows: statement.query(params![after.0 + 1, newest_to_go(connection)?])?, ahead: None };
    let mut topics = TopicsOf::new(|topic| selection.topic.as_ref().is_none_or(|pattern| pattern.matches(topic)));
    let mut page = SelectedFates { fates: Vec::new(), scanned: 0, scanned_to: after, last: true };
    let mut bytes = 0;
    while let Some(Stored { fate, topic_id, payload_bytes }) = scan.next()? {
        if selection.before.is_some_and(|before| fate.accepted_at >= before) {
            return Ok(page);
        }
        page.scanned += 1;
        page.scanned_to = fate.sequence;
        let of_its_status = selection.status.is_none_or(|state| fate.rows.iter().any(|row| row.state == state));
        if of_its_status && topics.holds(connection, topic_id)? {
            bytes += if filter.is_some() { payload_bytes } else { 0 };
            if is_let_through(connection, filter, fate.sequence)? {
                page.fates.push(fate);
            }
        }
        if page.fates.len() == TRIM_EVENTS_MAX || page.scanned == u64::from(TRIM_SCAN_MAX) || bytes >= READ_BYTES_MAX {
            page.last = false;
            return Ok(page);
        }
    }
    Ok(page)
}

/// Whether a filter, where there is one, matches an event. Leans on the primary key.
fn is_let_through(connection: &Database, filter: Option<&Filter>, sequence: Sequence) -> StoreResult<bool> {
    let Some(filter) = filter else { return Ok(true) };
    let event = events::intact(events::by_sequence(connection, sequence))?.flatten();
    match event {
        Some(event) => Ok(Masks::new(connection).evaluate(filter, &event)?.matched),
        None => Ok(false),
    }
}

/// Whether something holds for the topics of a scan, asked once for each of them.
struct TopicsOf<F> {
    asked: F,
    known: HashMap<i64, bool>,
}

impl<F: Fn(&Topic) -> bool> TopicsOf<F> {
    fn new(asked: F) -> Self {
        Self { asked, known: HashMap::new() }
    }

    /// For the topic of this number. Leans on the primary key.
    fn holds(&mut self, connection: &Connection, topic_id: i64) -> StoreResult<bool> {
        if let Some(known) = self.known.get(&topic_id) {
            return Ok(*known);
        }
        let mut statement = connection.prepare_cached("SELECT topic FROM topics WHERE topic_id = ?1")?;
        let topic: Topic = statement.query_row([topic_id], |row| events::parsed(row, 0))?;
        let holds = (self.asked)(&topic);
        self.known.insert(topic_id, holds);
        Ok(holds)
    }
}
