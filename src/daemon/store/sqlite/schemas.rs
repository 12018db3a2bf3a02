//! Schemas of topics: every version, what is in force, and the payloads that one is inferred from.

use std::sync::Arc;

use panotti_core::event::StoredEvent;
use panotti_core::schemas::{SchemaWrite, StoredSchema, TopicSchema};
use panotti_protocol::api::{Compatibility, SchemaMode, SchemaSummary, SchemaVersion};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::database::Database;
use super::events::{COLUMNS, from_row, intact, parsed};
use super::readers::READ_BYTES_MAX;
use super::visible::{self, SCAN_MAX, Visible};
use crate::daemon::store::failure::StoreResult;

/// Versions that are listed of one topic, the newest first.
const VERSIONS_LISTED_MAX: u32 = 100;

/// Writes what a step says of schemas.
pub fn write(connection: &Connection, write: &SchemaWrite, now: Timestamp) -> StoreResult<()> {
    match write {
        SchemaWrite::Version { topic, version, text, compatibility, by } => {
            connection.execute(
                "INSERT INTO schemas (topic, version, schema, compatibility, created_ms, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![topic.as_str(), version, &**text, compatibility.number(), now.as_ms(), by],
            )?;
        }
        SchemaWrite::InForce { topic, version, mode, last } => {
            connection.execute(
                "INSERT INTO schema_topics (topic, in_force, mode, last) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (topic) DO UPDATE SET in_force = excluded.in_force, mode = excluded.mode, last = excluded.last",
                params![topic.as_str(), version, mode.number(), last],
            )?;
        }
        SchemaWrite::Warned { topic } => {
            connection.prepare_cached("UPDATE schema_topics SET warned = warned + 1 WHERE topic = ?1")?.execute([topic.as_str()])?;
        }
    }
    Ok(())
}

fn mode(row: &Row<'_>, column: usize) -> rusqlite::Result<SchemaMode> {
    Ok(SchemaMode::from_number(row.get(column)?).unwrap_or(SchemaMode::Off))
}

/// What the bus keeps in memory. What is in force is bounded by [`panotti_core::limits::SCHEMAS_BYTES_MAX`].
pub fn all(connection: &Connection) -> StoreResult<Vec<StoredSchema>> {
    let mut statement = connection.prepare(
        "SELECT schema_topics.topic, mode, last, in_force, schema FROM schema_topics
             LEFT JOIN schemas ON schemas.topic = schema_topics.topic AND schemas.version = in_force ORDER BY schema_id",
    )?;
    let rows = statement.query_map([], |row| {
        let (version, text): (Option<u32>, Option<String>) = (row.get(3)?, row.get(4)?);
        let mode = mode(row, 1)?;
        let in_force = version.zip(text).map(|(version, text)| TopicSchema { version, mode, text: Arc::from(text) });
        Ok(StoredSchema { topic: parsed(row, 0)?, last: row.get(2)?, in_force })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One page of what is in force and somebody may see, in the order in which topics got their first schema.
pub fn page(
    connection: &Connection,
    (after, limit): (i64, u32),
    may_see: impl Fn(&SchemaSummary) -> bool,
) -> StoreResult<Visible<i64, SchemaSummary>> {
    let mut statement = connection.prepare_cached(
        "SELECT schema_id, schema_topics.topic, in_force, mode, created_ms, actor, warned FROM schema_topics
             JOIN schemas ON schemas.topic = schema_topics.topic AND schemas.version = in_force
             WHERE schema_id > ?1 ORDER BY schema_id LIMIT ?2",
    )?;
    let rows = statement.query_map(params![after, SCAN_MAX], |row| {
        let summary = SchemaSummary {
            topic: parsed(row, 1)?,
            version: row.get(2)?,
            mode: mode(row, 3)?,
            created_at: Timestamp::from_ms(row.get(4)?),
            by: row.get(5)?,
            warned: row.get(6)?,
        };
        Ok((row.get(0)?, summary))
    })?;
    visible::take(rows, limit, may_see)
}

/// A topic that has a schema, or had one.
#[derive(Debug, Clone)]
pub struct TopicRow {
    /// The version in force; `None` after it was removed.
    pub in_force: Option<u32>,
    /// What it does to an event that does not fit.
    pub mode: SchemaMode,
    /// The highest version ever given.
    pub last: u32,
    /// Events that were accepted although they did not fit.
    pub warned: u64,
}

/// What is known of a topic. Leans on the unique index.
pub fn of_topic(connection: &Connection, topic: &Topic) -> StoreResult<Option<TopicRow>> {
    let mut statement = connection.prepare_cached("SELECT in_force, mode, last, warned FROM schema_topics WHERE topic = ?1")?;
    let found = statement.query_row([topic.as_str()], |row| {
        Ok(TopicRow { in_force: row.get(0)?, mode: mode(row, 1)?, last: row.get(2)?, warned: row.get(3)? })
    });
    Ok(found.optional()?)
}

/// The schema of a version, as it was written. Leans on the primary key.
pub fn text(connection: &Connection, topic: &Topic, version: u32) -> StoreResult<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT schema FROM schemas WHERE topic = ?1 AND version = ?2")?;
    Ok(statement.query_row(params![topic.as_str(), version], |row| row.get(0)).optional()?)
}

/// The newest version that somebody brought for a topic, as it was written. Reads the topic's versions, the newest first.
pub fn newest_by(connection: &Connection, topic: &Topic, by: &str) -> StoreResult<Option<String>> {
    let find = "SELECT schema FROM schemas WHERE topic = ?1 AND actor = ?2 ORDER BY version DESC LIMIT 1";
    Ok(connection.prepare_cached(find)?.query_row([topic.as_str(), by], |row| row.get(0)).optional()?)
}

/// The newest versions of a topic.
pub fn versions(connection: &Connection, topic: &Topic) -> StoreResult<Vec<SchemaVersion>> {
    let mut statement = connection
        .prepare_cached("SELECT version, compatibility, created_ms, actor FROM schemas WHERE topic = ?1 ORDER BY version DESC LIMIT ?2")?;
    let rows = statement.query_map(params![topic.as_str(), VERSIONS_LISTED_MAX], |row| {
        Ok(SchemaVersion {
            version: row.get(0)?,
            compatibility: Compatibility::from_number(row.get(1)?).unwrap_or(Compatibility::None),
            created_at: Timestamp::from_ms(row.get(2)?),
            by: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Shows the newest events of a topic, the newest first, until there were so many or [`READ_BYTES_MAX`] of payload. Whether there are older
/// ones. Leans on `events_by_topic`.
pub fn newest(
    connection: &Database,
    topic: &Topic,
    since: Timestamp,
    from: u32,
    mut seen: impl FnMut(StoredEvent) -> StoreResult<()>,
) -> StoreResult<bool> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, payload FROM events JOIN topics USING (topic_id)
             WHERE topic = ?1 AND accepted_ms >= ?2 ORDER BY sequence DESC LIMIT ?3",
    ))?;
    let mut rows = statement.query(params![topic.as_str(), since.as_ms(), u64::from(from) + 1])?;
    let (mut number, mut bytes) = (0, 0);
    while let Some(row) = rows.next()? {
        if number == from || bytes >= READ_BYTES_MAX {
            return Ok(true);
        }
        number += 1;
        let Some(found) = intact(from_row(connection, row))? else { continue };
        bytes += found.size_bytes;
        seen(found.event)?;
    }
    Ok(false)
}
