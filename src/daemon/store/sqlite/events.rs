//! Events: writing one, reading them back.

use std::collections::HashMap;

use panotti_core::command::FirstPublished;
use panotti_core::event::{Draft, StoredEvent};
use panotti_core::order::OrderKey;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::event::{Priority, Receipt};
use panotti_protocol::id::{EventId, Sequence};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::{RESERVED_PREFIX, Topic};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::database::Database;
use super::{data_keys, keyed};
use crate::daemon::seal::data_key::SEALED_BYTES_MORE;
use crate::daemon::seal::envelope::Envelope;
use crate::daemon::seal::{Seals, Unfit};
use crate::daemon::store::failure::{StoreError, StoreResult};

/// Numbers of the topics seen so far, so that an insert needs no look-up. Cleared when it has grown to its bound.
#[derive(Debug, Default)]
pub struct TopicNumbers(HashMap<Topic, i64>);

const TOPICS_REMEMBERED_MAX: usize = 10_000;

impl TopicNumbers {
    /// The number of a topic, which is given one where it has none.
    pub fn number(&mut self, connection: &Connection, topic: &Topic) -> StoreResult<i64> {
        if let Some(number) = self.0.get(topic) {
            return Ok(*number);
        }
        connection.prepare_cached("INSERT OR IGNORE INTO topics (topic) VALUES (?1)")?.execute([topic.as_str()])?;
        let number = connection
            .prepare_cached("SELECT topic_id FROM topics WHERE topic = ?1")?
            .query_row([topic.as_str()], |row| row.get::<_, i64>(0))?;
        if self.0.len() >= TOPICS_REMEMBERED_MAX {
            self.0.clear();
        }
        self.0.insert(topic.clone(), number);
        Ok(number)
    }

    /// Forgets everything: after a rollback a number may not be there.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

/// Columns of an event's row that have a tag over them, beside the payload: those of [`COLUMNS`] up to the tag's own.
const TAGGED: usize = 23;
/// Where the number of the data key is.
const KEY_ID: usize = TAGGED - 1;
/// Where the tag is.
pub const TAG: usize = TAGGED;

/// What is written of an event in another form than it has in memory.
struct Packed {
    extensions: Option<String>,
    matches: Option<Vec<u8>>,
    keys: Option<Vec<u8>>,
    schema: Option<String>,
}

impl Packed {
    fn new(event: &StoredEvent, matches: Option<&[SubscriptionId]>, keys: &[(SubscriptionId, OrderKey)]) -> StoreResult<Self> {
        let extensions = match event.draft.extensions.is_empty() {
            true => None,
            false => Some(serde_json::to_string(&event.draft.extensions).map_err(|error| StoreError::Corrupt(error.to_string()))?),
        };
        let schema = event.schema.map(|version| version.to_string());
        Ok(Self { extensions, matches: matches.map(pack_matches), keys: keyed::pack(keys), schema })
    }
}

fn number(number: u64) -> StoreResult<ValueRef<'static>> {
    let too_large = |error| StoreError::from(rusqlite::Error::ToSqlConversionFailure(Box::new(error)));
    Ok(ValueRef::Integer(i64::try_from(number).map_err(too_large)?))
}

fn text(text: Option<&str>) -> ValueRef<'_> {
    text.map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes()))
}

fn bytes(bytes: Option<&[u8]>) -> ValueRef<'_> {
    bytes.map_or(ValueRef::Null, ValueRef::Blob)
}

fn moment(at: Option<Timestamp>) -> StoreResult<ValueRef<'static>> {
    at.map_or(Ok(ValueRef::Null), |at| number(at.as_ms()))
}

/// The columns of an event's row in the order of [`COLUMNS`], as they are stored; but for the topic, which is stored as a number.
fn columns<'a>(event: &'a StoredEvent, rules: u64, packed: &'a Packed, key_id: Option<i64>) -> StoreResult<[ValueRef<'a>; TAGGED]> {
    let draft = &event.draft;
    Ok([
        number(event.sequence.0)?,
        bytes(Some(event.eventid.as_bytes())),
        text(Some(draft.topic.as_str())),
        text(Some(&draft.source)),
        text(draft.id.as_deref()),
        text(draft.subject.as_deref()),
        moment(draft.time)?,
        number(event.accepted_at.as_ms())?,
        text(Some(&draft.datacontenttype)),
        text(draft.dataschema.as_deref()),
        ValueRef::Integer(i64::from(draft.priority.number())),
        text(draft.correlationid.as_deref()),
        bytes(draft.causationid.as_ref().map(|id| id.as_bytes().as_slice())),
        text(draft.orderingkey.as_deref()),
        text(draft.traceparent.as_deref()),
        moment(draft.expires)?,
        text(packed.extensions.as_deref()),
        text(Some(&draft.actor)),
        number(rules)?,
        bytes(packed.matches.as_deref()),
        bytes(packed.keys.as_deref()),
        text(packed.schema.as_deref()),
        key_id.map_or(ValueRef::Null, ValueRef::Integer),
    ])
}

/// The envelope of a row with these columns and so many bytes of payload.
fn envelope<'a>(seals: &Seals, columns: impl Iterator<Item = ValueRef<'a>>, payload_bytes: i64) -> Envelope {
    let mut envelope = seals.envelope();
    for column in columns {
        match column {
            ValueRef::Null => envelope.nothing(),
            ValueRef::Integer(number) => envelope.number(number),
            ValueRef::Text(text) => envelope.text(text),
            ValueRef::Blob(bytes) => envelope.bytes(bytes),
            ValueRef::Real(number) => envelope.foreign(&number.to_be_bytes()),
        }
    }
    envelope.number(payload_bytes);
    envelope
}

/// Writes one event with its tag.
pub fn insert(database: &Database, topics: &mut TopicNumbers, event: &StoredEvent) -> StoreResult<()> {
    let topic_id = topics.number(database, &event.draft.topic)?;
    let packed = Packed::new(event, event.matches.as_deref(), &event.keys)?;
    let key = data_keys::of_new(database, topic_id, event)?;
    let mut columns = columns(event, event.rules, &packed, key.as_ref().map(|key| key.id))?;
    let (seals, payload) = (database.seals(), event.draft.payload.as_slice());
    let envelope = envelope(seals, columns.iter().copied(), payload.len() as i64);
    let sealed = key.map(|key| key.seal(&envelope, payload));
    let tag = match &sealed {
        Some(_) => seals.tag_of_sealed(&envelope),
        None => seals.tag(&envelope, payload).to_vec(),
    };
    columns[2] = ValueRef::Integer(topic_id);
    let mut statement = database.prepare_cached(
        "INSERT INTO events (sequence, eventid, topic_id, source, id, subject, time_ms, accepted_ms, datacontenttype, dataschema,
             priority, correlationid, causationid, orderingkey, traceparent, expires_ms, extensions, actor, rules, matches, keys, schema,
             key_id, tag, payload)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
    )?;
    let stored = columns.into_iter().chain([ValueRef::Blob(&tag), ValueRef::Blob(sealed.as_deref().unwrap_or(payload))]);
    statement.execute(params_from_iter(stored.map(ToSqlOutput::Borrowed)))?;
    keyed::owe(database, event.sequence, event.draft.priority, &event.keys)
}

/// Writes what one of the daemon's own events matched, and its tag anew.
pub fn set_matches(
    database: &Database,
    event: &StoredEvent,
    subscriptions: &[SubscriptionId],
    keys: &[(SubscriptionId, OrderKey)],
    rules: u64,
) -> StoreResult<()> {
    let packed = Packed::new(event, Some(subscriptions), keys)?;
    // The daemon's own events, and only they come here, are not sealed.
    let columns = columns(event, rules, &packed, None)?;
    let payload = &event.draft.payload;
    let tag = database.seals().tag(&envelope(database.seals(), columns.into_iter(), payload.len() as i64), payload);
    database.prepare_cached("UPDATE events SET matches = ?2, keys = ?3, rules = ?4, tag = ?5 WHERE sequence = ?1")?.execute(params![
        event.sequence.0,
        packed.matches,
        packed.keys,
        rules,
        tag,
    ])?;
    keyed::owe(database, event.sequence, event.draft.priority, keys)
}

/// Makes every event so much older, as if it had been written then. Only for tests.
#[cfg(feature = "defects")]
pub fn make_older_for_test(database: &Database, by: std::time::Duration) -> StoreResult<()> {
    let sql = format!("SELECT {COLUMNS}, events.payload FROM events LEFT JOIN topics USING (topic_id)");
    let mut statement = database.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (mut event, key_id) = (from_row(database, row)?.event, row.get::<_, Option<i64>>(KEY_ID)?);
        event.accepted_at = Timestamp::from_ms(event.accepted_at.as_ms() - u64::try_from(by.as_millis()).unwrap_or(u64::MAX));
        let packed = Packed::new(&event, event.matches.as_deref(), &event.keys)?;
        let (seals, payload) = (database.seals(), event.draft.payload.as_slice());
        let envelope = envelope(seals, columns(&event, event.rules, &packed, key_id)?.into_iter(), payload.len() as i64);
        let (tag, stored) = match key_id.map(|id| data_keys::of_stored(database, id)).transpose()? {
            Some(key) => {
                (seals.tag_of_sealed(&envelope), key.map_err(|why| corrupt(database, event.sequence, why))?.seal(&envelope, payload))
            }
            None => (seals.tag(&envelope, payload).to_vec(), payload.to_vec()),
        };
        let sql = "UPDATE events SET accepted_ms = ?2, tag = ?3, payload = ?4 WHERE sequence = ?1";
        database.execute(sql, params![event.sequence.0, event.accepted_at.as_ms(), tag, stored])?;
    }
    Ok(())
}

/// The event that a publisher gave a draft's source and this id, if it is stored. Leans on `events_by_source_and_id`.
pub fn known(connection: &Connection, draft: &Draft, id: &str) -> StoreResult<Option<FirstPublished>> {
    let sql = "SELECT sequence, eventid, matches, topic FROM events LEFT JOIN topics USING (topic_id) WHERE source = ?1 AND id = ?2";
    let found = connection.prepare_cached(sql)?.query_row([draft.source.as_str(), id], |row| {
        let matches: Option<Vec<u8>> = row.get(2)?;
        // A topic that is gone or was changed is found when the event is read.
        let topic: Option<String> = row.get(3)?;
        let topic = topic.and_then(|topic| topic.parse().ok()).unwrap_or_else(|| draft.topic.clone());
        let receipt = Receipt {
            sequence: Sequence(row.get(0)?),
            eventid: EventId::from_bytes(row.get(1)?),
            id: id.to_owned(),
            deliveries: u32::try_from(matches.map_or(0, |matches| matches.len() / 4)).unwrap_or(u32::MAX),
            duplicate: true,
            warnings: Vec::new(),
        };
        Ok(FirstPublished { receipt, topic })
    });
    Ok(found.optional()?)
}

/// The columns that [`from_row`] reads, in its order. The query joins `topics` from the left: an event whose topic is gone is found too.
pub const COLUMNS: &str = "events.sequence, events.eventid, topics.topic, events.source, events.id, events.subject, events.time_ms,
    events.accepted_ms, events.datacontenttype, events.dataschema, events.priority, events.correlationid, events.causationid,
    events.orderingkey, events.traceparent, events.expires_ms, events.extensions, events.actor, events.rules, events.matches,
    events.keys, events.schema, events.key_id, events.tag, length(events.payload)";
/// Where the payload is, in queries that ask for it as the last of all.
const PAYLOAD: usize = TAGGED + 2;

/// An event as it was read.
#[derive(Debug, Clone)]
pub struct Found {
    /// The event. Its payload is empty where the query did not ask for it.
    pub event: StoredEvent,
    /// Bytes of its payload.
    pub size_bytes: u64,
}

/// Reads one event, and checks it. The payload is column 25 where the query asked for it.
///
/// # Errors
/// [`StoreError::Event`] where it does not read back as it was written, which is also told to [`Seals::alarm`].
pub fn from_row(database: &Database, row: &Row<'_>) -> StoreResult<Found> {
    let seals = database.seals();
    let sequence = sequence(row)?;
    let columns = (0..TAGGED).map(|column| row.get_ref(column)).collect::<Result<Vec<_>, _>>()?;
    let key_id: Option<i64> = row.get(KEY_ID).unwrap_or_default();
    let payload = if has_payload(row)? { row.get_ref(PAYLOAD)?.as_bytes().ok() } else { None };
    let tag = row.get_ref(TAG)?.as_bytes().ok();
    let envelope = envelope(seals, columns.into_iter(), payload_bytes(row, key_id));
    if let Err(why) = seals.check(sequence, &envelope, payload, tag) {
        return Err(corrupt(database, sequence, why));
    }
    let opened = match (key_id, payload) {
        (Some(id), Some(payload)) => {
            let opened = data_keys::of_stored(database, id)?.and_then(|key| key.open(&envelope, payload));
            Some(opened.map_err(|why| corrupt(database, sequence, why))?)
        }
        _ => None,
    };
    let mut found = unchecked(database, row)?;
    if let Some(opened) = opened {
        found.event.draft.payload = opened;
    }
    Ok(found)
}

/// Bytes of the payload, as it was before it was sealed.
fn payload_bytes(row: &Row<'_>, key_id: Option<i64>) -> i64 {
    let stored: i64 = row.get(TAG + 1).unwrap_or(-1);
    if key_id.is_some() { stored - SEALED_BYTES_MORE as i64 } else { stored }
}

/// Reads one event without its tag being looked at: for what becomes of deliveries of an event that nobody will ever see.
fn unchecked(database: &Database, row: &Row<'_>) -> StoreResult<Found> {
    match parse(row) {
        Ok(found) => Ok(found),
        Err(error) if is_misread(&error) => Err(corrupt(database, sequence(row)?, Unfit::Form)),
        Err(error) => Err(error.into()),
    }
}

fn corrupt(database: &Database, sequence: Sequence, why: Unfit) -> StoreError {
    database.seals().alarm().raise(sequence, why);
    StoreError::Event { sequence, why }
}

/// The event that was read; nothing where it does not read back as it was written, which has been told.
pub fn intact<T>(read: StoreResult<T>) -> StoreResult<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(StoreError::Event { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_misread(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        error,
        Error::FromSqlConversionFailure(..) | Error::IntegralValueOutOfRange(..) | Error::InvalidColumnType(..) | Error::Utf8Error(..)
    )
}

/// The number of a row, which is an event's sequence unless somebody changed it.
fn sequence(row: &Row<'_>) -> rusqlite::Result<Sequence> {
    Ok(Sequence(row.get::<_, i64>(0)?.cast_unsigned()))
}

fn has_payload(row: &Row<'_>) -> rusqlite::Result<bool> {
    Ok(row.as_ref().column_count() > PAYLOAD && row.as_ref().column_name(PAYLOAD)? == "payload")
}

fn parse(row: &Row<'_>) -> rusqlite::Result<Found> {
    let payload = if has_payload(row)? { row.get(PAYLOAD)? } else { Vec::new() };
    let matches: Option<Vec<u8>> = row.get(19)?;
    let keys: Option<Vec<u8>> = row.get(20)?;
    let extensions: Option<String> = row.get(16)?;
    let schema: Option<String> = row.get(21)?;
    let event = StoredEvent {
        sequence: Sequence(row.get(0)?),
        eventid: EventId::from_bytes(row.get(1)?),
        accepted_at: Timestamp::from_ms(row.get(7)?),
        rules: row.get(18)?,
        schema: schema.and_then(|version| version.parse().ok()),
        matches: matches.as_deref().map(unpack_matches),
        keys: keys.as_deref().map(keyed::unpack).unwrap_or_default(),
        draft: Draft {
            topic: parsed(row, 2)?,
            id: row.get(4)?,
            source: row.get(3)?,
            subject: row.get(5)?,
            time: time(row, 6)?,
            datacontenttype: row.get(8)?,
            dataschema: row.get(9)?,
            payload,
            priority: Priority::from_number(row.get(10)?).unwrap_or(Priority::Normal),
            correlationid: row.get(11)?,
            causationid: row.get::<_, Option<[u8; 16]>>(12)?.map(EventId::from_bytes),
            orderingkey: row.get(13)?,
            traceparent: row.get(14)?,
            expires: time(row, 15)?,
            deliver_at: None,
            extensions: extensions.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            actor: row.get(17)?,
        },
    };
    let key_id: Option<i64> = row.get(KEY_ID)?;
    Ok(Found { event, size_bytes: u64::try_from(payload_bytes(row, key_id)).unwrap_or(0) })
}

/// Reads a point in time that may be absent.
pub fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<u64>>(column)?.map(Timestamp::from_ms))
}

/// Reads a text that we wrote from a type with the same form.
pub fn parsed<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error)))
}

/// One event with its payload. Leans on the primary key.
///
/// # Errors
/// [`StoreError::Event`] where it does not read back as it was written.
pub fn by_sequence(database: &Database, sequence: Sequence) -> StoreResult<Option<StoredEvent>> {
    one(database, "sequence", params![sequence.0], from_row)
}

/// One event with its payload, whatever its tag says. Leans on the primary key. For what becomes of its deliveries, never to show it.
pub fn by_sequence_unchecked(database: &Database, sequence: Sequence) -> StoreResult<Option<StoredEvent>> {
    one(database, "sequence", params![sequence.0], unchecked)
}

/// One event with its payload. Leans on `events_by_eventid`.
///
/// # Errors
/// [`StoreError::Event`] where it does not read back as it was written.
pub fn by_eventid(database: &Database, eventid: EventId) -> StoreResult<Option<StoredEvent>> {
    one(database, "eventid", params![eventid.as_bytes()], from_row)
}

fn one(
    database: &Database,
    column: &str,
    value: &[&dyn rusqlite::ToSql],
    read: fn(&Database, &Row<'_>) -> StoreResult<Found>,
) -> StoreResult<Option<StoredEvent>> {
    let query = format!("SELECT {COLUMNS}, payload FROM events LEFT JOIN topics USING (topic_id) WHERE {column} = ?1");
    let mut statement = database.prepare_cached(&query)?;
    let mut rows = statement.query(value)?;
    rows.next()?.map(|row| read(database, row).map(|found| found.event)).transpose()
}

/// The newest event that reads back as it was written, without its payload. Looks at [`NEWEST_LOOKED_AT_MAX`].
pub fn newest_intact(database: &Database) -> StoreResult<Option<StoredEvent>> {
    let query = format!("SELECT {COLUMNS} FROM events LEFT JOIN topics USING (topic_id) ORDER BY events.sequence DESC LIMIT ?1");
    let mut statement = database.prepare_cached(&query)?;
    let mut rows = statement.query([NEWEST_LOOKED_AT_MAX])?;
    while let Some(row) = rows.next()? {
        if let Some(found) = intact(from_row(database, row))? {
            return Ok(Some(found.event));
        }
    }
    Ok(None)
}

/// The oldest event, without its payload; nothing where there is none, or it does not read back as it was written.
pub fn oldest(database: &Database) -> StoreResult<Option<StoredEvent>> {
    let query = format!("SELECT {COLUMNS} FROM events LEFT JOIN topics USING (topic_id) ORDER BY events.sequence LIMIT 1");
    let mut statement = database.prepare_cached(&query)?;
    let mut rows = statement.query([])?;
    let oldest = rows.next()?.map(|row| intact(from_row(database, row))).transpose()?;
    Ok(oldest.flatten().map(|found| found.event))
}

/// Events that the newest intact one is looked for in.
const NEWEST_LOOKED_AT_MAX: u32 = 1_000;

/// The newest event's id, the daemon's own events left out: whoever asks means what was published. Looks at the newest `SUFFIX_SCAN_MAX`,
/// which the primary key gives in order, and stops at the first that fits.
pub fn newest(connection: &Connection) -> StoreResult<Option<EventId>> {
    let mut statement = connection.prepare_cached(
        "SELECT eventid FROM (SELECT eventid, sequence, topic_id FROM events ORDER BY sequence DESC LIMIT ?1) AS newest
         CROSS JOIN topics USING (topic_id) WHERE topic NOT GLOB ?2 ORDER BY sequence DESC LIMIT 1",
    )?;
    let own = format!("{RESERVED_PREFIX}*");
    Ok(statement.query_row(params![SUFFIX_SCAN_MAX, own], |row| Ok(EventId::from_bytes(row.get(0)?))).optional()?)
}

/// Events among the newest `SUFFIX_SCAN_MAX` whose id ends with this text; two at most, which is enough to know that it is not unique.
pub fn by_suffix(connection: &Connection, suffix: &str) -> StoreResult<Vec<EventId>> {
    let mut statement = connection.prepare_cached("SELECT eventid FROM events ORDER BY sequence DESC LIMIT ?1")?;
    let mut found = Vec::new();
    let mut rows = statement.query([SUFFIX_SCAN_MAX])?;
    while let Some(row) = rows.next()? {
        let eventid = EventId::from_bytes(row.get(0)?);
        if eventid.to_string().ends_with(suffix) {
            found.push(eventid);
            if found.len() == 2 {
                break;
            }
        }
    }
    Ok(found)
}

/// How many of the newest events a suffix is looked for in.
pub const SUFFIX_SCAN_MAX: u32 = 100_000;

/// Packs matched subscriptions, four bytes each.
pub fn pack_matches(subscriptions: &[SubscriptionId]) -> Vec<u8> {
    subscriptions.iter().flat_map(|subscription| subscription.0.to_le_bytes()).collect()
}

/// Reads packed subscriptions.
pub fn unpack_matches(packed: &[u8]) -> Vec<SubscriptionId> {
    packed.chunks_exact(4).map(|bytes| SubscriptionId(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))).collect()
}
