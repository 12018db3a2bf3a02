//! The catalogue of topics: what was published to each and by whom, from totals kept with the writes.

use panotti_protocol::api::{Producer, SchemaInForce, SchemaMode, TopicDetail, TopicSummary};
use panotti_protocol::id::{EventId, Sequence};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::visible::{self, SCAN_MAX, Visible};
use super::{events, statistics};
use crate::daemon::store::failure::StoreResult;

const COLUMNS: &str = "topic_id, topics.topic, events, bytes, last_sequence, last_ms, schema_topics.in_force, schema_topics.mode";
const TABLES: &str = "topic_totals JOIN topics USING (topic_id) LEFT JOIN schema_topics ON schema_topics.topic = topics.topic";

fn in_force(row: &Row<'_>, version: u32) -> rusqlite::Result<SchemaInForce> {
    Ok(SchemaInForce { version, mode: SchemaMode::from_number(row.get(7)?).unwrap_or(SchemaMode::Off) })
}

fn summary(row: &Row<'_>) -> rusqlite::Result<(i64, TopicSummary)> {
    let summary = TopicSummary {
        topic: events::parsed(row, 1)?,
        events: row.get(2)?,
        bytes: row.get(3)?,
        rate: 0.0,
        last_sequence: Sequence(row.get(4)?),
        last_at: Timestamp::from_ms(row.get(5)?),
        consumers: Vec::new(),
        schema: row.get::<_, Option<u32>>(6)?.map(|version| in_force(row, version)).transpose()?,
    };
    Ok((row.get(0)?, summary))
}

/// One page of the topics that somebody may see, by their numbers, which are given in the order in which topics appear. The consumers are the
/// caller's business.
pub fn page(
    connection: &Connection,
    (after, limit): (i64, u32),
    may_see: &dyn Fn(&Topic) -> bool,
    now: Timestamp,
) -> StoreResult<Visible<i64, TopicSummary>> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE topic_id > ?1 ORDER BY topic_id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![after, SCAN_MAX], |row| summary(row).map(|(number, topic)| (number, (number, topic))))?;
    let Visible { items, place } = visible::take(rows, limit, |(_, topic)| may_see(&topic.topic))?;
    let with_rate =
        |(number, topic): (i64, TopicSummary)| Ok(TopicSummary { rate: statistics::topic_rate(connection, number, now)?, ..topic });
    Ok(Visible { items: items.into_iter().map(with_rate).collect::<StoreResult<_>>()?, place })
}

/// One topic; nothing where no event was ever published to it. Consumers and ages are the caller's business.
pub fn by_name(connection: &Connection, topic: &Topic, now: Timestamp) -> StoreResult<Option<TopicDetail>> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE topics.topic = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([topic.as_str()], summary).optional()?;
    let Some((topic_id, mut summary)) = found else { return Ok(None) };
    summary.rate = statistics::topic_rate(connection, topic_id, now)?;
    let find = "SELECT eventid FROM events WHERE sequence = ?1";
    let last: Option<[u8; 16]> = connection.prepare_cached(find)?.query_row([summary.last_sequence.0], |row| row.get(0)).optional()?;
    let mut statement = connection.prepare_cached(
        "SELECT source, actor, events, last_ms FROM topic_producers WHERE topic_id = ?1 ORDER BY events DESC, source, actor",
    )?;
    let producers = statement.query_map([topic_id], |row| {
        Ok(Producer { source: row.get(0)?, actor: row.get(1)?, events: row.get(2)?, last_at: Timestamp::from_ms(row.get(3)?) })
    })?;
    let producers = producers.collect::<Result<_, _>>()?;
    Ok(Some(TopicDetail { summary, last_eventid: last.map(EventId::from_bytes), kept_ms: 0, kept_by: None, producers }))
}
