//! Stored filters, and what they tagged events with.

use panotti_protocol::api::{StoredFilter, Tag};
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::daemon::store::failure::{StoreError, StoreResult};

/// Writes a new filter.
pub fn insert(connection: &Connection, filter: &StoredFilter) -> StoreResult<()> {
    let plugins = serde_json::to_string(&filter.to).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    connection.execute(
        "INSERT INTO filters (name, filter, pattern, plugins, tag_key, tag_value, created_ms, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            filter.name,
            filter.filter,
            filter.topic.as_str(),
            plugins,
            filter.tag.as_ref().map(|tag| &tag.key),
            filter.tag.as_ref().map(|tag| &tag.value),
            filter.created_at.as_ms(),
            filter.by,
        ],
    )?;
    Ok(())
}

/// Removes a filter.
pub fn remove(connection: &Connection, name: &str) -> StoreResult<()> {
    connection.execute("DELETE FROM filters WHERE name = ?1", [name])?;
    Ok(())
}

/// Tags an event.
pub fn tag(connection: &Connection, sequence: Sequence, tags: &[Tag]) -> StoreResult<()> {
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO event_tags (sequence, key, value) VALUES (?1, ?2, ?3)")?;
    for tag in tags {
        insert.execute(params![sequence.0, tag.key, tag.value])?;
    }
    Ok(())
}

/// The tags of an event, by key. Leans on the primary key.
pub fn tags_of(connection: &Connection, sequence: Sequence) -> StoreResult<Vec<Tag>> {
    let mut statement = connection.prepare_cached("SELECT key, value FROM event_tags WHERE sequence = ?1 ORDER BY key, value")?;
    let rows = statement.query_map([sequence.0], |row| Ok(Tag { key: row.get(0)?, value: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const COLUMNS: &str = "name, filter, pattern, plugins, tag_key, tag_value, created_ms, actor";

fn from_row(row: &Row<'_>) -> rusqlite::Result<StoredFilter> {
    let (key, value): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    Ok(StoredFilter {
        name: row.get(0)?,
        filter: row.get(1)?,
        topic: super::events::parsed(row, 2)?,
        to: serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default(),
        tag: key.zip(value).map(|(key, value)| Tag { key, value }),
        created_at: Timestamp::from_ms(row.get(6)?),
        by: row.get(7)?,
    })
}

/// Every filter, by name: 1,000 at most.
pub fn all(connection: &Connection) -> StoreResult<Vec<StoredFilter>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM filters ORDER BY name"))?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One filter.
pub fn by_name(connection: &Connection, name: &str) -> StoreResult<Option<StoredFilter>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM filters WHERE name = ?1"))?;
    Ok(statement.query_row([name], from_row).optional()?)
}
