//! Events: writing one, reading them back.

use std::collections::HashMap;

use panotti_core::event::{Draft, StoredEvent};
use panotti_core::order::OrderKey;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::event::{Priority, Receipt};
use panotti_protocol::id::{EventId, Sequence};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::{RESERVED_PREFIX, Topic};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::keyed;
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

/// Writes one event.
pub fn insert(connection: &Connection, topics: &mut TopicNumbers, event: &StoredEvent) -> StoreResult<()> {
    let topic_id = topics.number(connection, &event.draft.topic)?;
    let draft = &event.draft;
    let extensions = match draft.extensions.is_empty() {
        true => None,
        false => Some(serde_json::to_string(&draft.extensions).map_err(|error| StoreError::Corrupt(error.to_string()))?),
    };
    connection
        .prepare_cached(
            "INSERT INTO events (sequence, eventid, topic_id, source, id, subject, time_ms, accepted_ms, datacontenttype, dataschema,
                 priority, correlationid, causationid, orderingkey, traceparent, expires_ms, extensions, actor, rules, matches, keys, payload, schema)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
        )?
        .execute(params![
            event.sequence.0,
            event.eventid.as_bytes(),
            topic_id,
            draft.source,
            draft.id,
            draft.subject,
            draft.time.map(Timestamp::as_ms),
            event.accepted_at.as_ms(),
            draft.datacontenttype,
            draft.dataschema,
            draft.priority.number(),
            draft.correlationid,
            draft.causationid.as_ref().map(|id| id.as_bytes().as_slice()),
            draft.orderingkey,
            draft.traceparent,
            draft.expires.map(Timestamp::as_ms),
            extensions,
            draft.actor,
            event.rules,
            event.matches.as_deref().map(pack_matches),
            keyed::pack(&event.keys),
            draft.payload,
            event.schema.map(|version| version.to_string()),
        ])?;
    keyed::owe(connection, event.sequence, draft.priority, &event.keys)
}

/// Writes what one of the daemon's own events matched.
pub fn set_matches(
    connection: &Connection,
    sequence: Sequence,
    subscriptions: &[SubscriptionId],
    keys: &[(SubscriptionId, OrderKey)],
    rules: u64,
) -> StoreResult<()> {
    connection.prepare_cached("UPDATE events SET matches = ?2, keys = ?3, rules = ?4 WHERE sequence = ?1")?.execute(params![
        sequence.0,
        pack_matches(subscriptions),
        keyed::pack(keys),
        rules
    ])?;
    if keys.is_empty() {
        return Ok(());
    }
    let sql = "SELECT priority FROM events WHERE sequence = ?1";
    let priority: u8 = connection.prepare_cached(sql)?.query_row([sequence.0], |row| row.get(0))?;
    keyed::owe(connection, sequence, Priority::from_number(priority).unwrap_or(Priority::Normal), keys)
}

/// The receipt of the event that a publisher gave this source and id, if it is stored. Leans on `events_by_source_and_id`.
pub fn receipt_of(connection: &Connection, source: &str, id: &str) -> StoreResult<Option<Receipt>> {
    let mut statement = connection.prepare_cached("SELECT sequence, eventid, matches FROM events WHERE source = ?1 AND id = ?2")?;
    let found = statement.query_row([source, id], |row| {
        let matches: Option<Vec<u8>> = row.get(2)?;
        Ok(Receipt {
            sequence: Sequence(row.get(0)?),
            eventid: EventId::from_bytes(row.get(1)?),
            id: id.to_owned(),
            deliveries: u32::try_from(matches.map_or(0, |matches| matches.len() / 4)).unwrap_or(u32::MAX),
            duplicate: true,
            warnings: Vec::new(),
        })
    });
    Ok(found.optional()?)
}

/// The columns that [`from_row`] reads, in its order. The query joins `topics`.
pub const COLUMNS: &str = "events.sequence, events.eventid, topics.topic, events.source, events.id, events.subject, events.time_ms,
    events.accepted_ms, events.datacontenttype, events.dataschema, events.priority, events.correlationid, events.causationid,
    events.orderingkey, events.traceparent, events.expires_ms, events.extensions, events.actor, events.rules, events.matches,
    events.keys, events.schema";

/// Reads one event. The payload is column 22 where the query asked for it, else empty.
pub fn from_row(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let payload = match row.as_ref().column_count() > 22 && row.as_ref().column_name(22)? == "payload" {
        true => row.get(22)?,
        false => Vec::new(),
    };
    let matches: Option<Vec<u8>> = row.get(19)?;
    let keys: Option<Vec<u8>> = row.get(20)?;
    let extensions: Option<String> = row.get(16)?;
    let schema: Option<String> = row.get(21)?;
    Ok(StoredEvent {
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
    })
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
pub fn by_sequence(connection: &Connection, sequence: Sequence) -> StoreResult<Option<StoredEvent>> {
    let query = format!("SELECT {COLUMNS}, payload FROM events JOIN topics USING (topic_id) WHERE sequence = ?1");
    Ok(connection.prepare_cached(&query)?.query_row([sequence.0], from_row).optional()?)
}

/// One event with its payload. Leans on `events_by_eventid`.
pub fn by_eventid(connection: &Connection, eventid: EventId) -> StoreResult<Option<StoredEvent>> {
    let query = format!("SELECT {COLUMNS}, payload FROM events JOIN topics USING (topic_id) WHERE eventid = ?1");
    Ok(connection.prepare_cached(&query)?.query_row([eventid.as_bytes()], from_row).optional()?)
}

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
