//! Every revision of what was set over the configuration, and its newest.

use std::collections::BTreeMap;

use panotti_core::configuration::ConfigurationChange;
use panotti_protocol::api::ConfigurationRevision;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use crate::daemon::store::failure::{StoreError, StoreResult};

/// Revisions that are kept; older ones go with each new one.
pub const REVISIONS_KEPT: u64 = 1_000;

const COLUMNS: &str = "revision, at_ms, actor, action, reason, detail, overlay";

/// Writes a revision, and forgets the oldest where there are more than [`REVISIONS_KEPT`].
pub fn write(connection: &Connection, change: &ConfigurationChange, now: Timestamp) -> StoreResult<()> {
    let overlay = serde_json::to_string(&change.overlay).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    connection.execute(
        "INSERT INTO configuration (revision, at_ms, actor, action, reason, detail, overlay) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![change.revision, now.as_ms(), change.actor, change.action, change.reason, change.detail, overlay],
    )?;
    connection.execute("DELETE FROM configuration WHERE revision <= ?1", [change.revision.saturating_sub(REVISIONS_KEPT)])?;
    Ok(())
}

/// The newest revision, where anything was ever set.
pub fn newest(connection: &Connection) -> StoreResult<Option<ConfigurationRevision>> {
    let sql = format!("SELECT {COLUMNS} FROM configuration ORDER BY revision DESC LIMIT 1");
    connection.query_row(&sql, [], revision).optional()?.transpose()
}

/// One revision, where it is still kept.
pub fn at(connection: &Connection, number: u64) -> StoreResult<Option<ConfigurationRevision>> {
    let sql = format!("SELECT {COLUMNS} FROM configuration WHERE revision = ?1");
    connection.query_row(&sql, [number], revision).optional()?.transpose()
}

/// A page of revisions before one, newest first. Leans on the primary key.
pub fn page(connection: &Connection, before: u64, limit: u32) -> StoreResult<Vec<ConfigurationRevision>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM configuration WHERE revision < ?1 ORDER BY revision DESC LIMIT ?2"))?;
    let rows = statement.query_map(params![before, limit], revision)?;
    rows.map(|row| row?).collect()
}

fn revision(row: &Row<'_>) -> rusqlite::Result<StoreResult<ConfigurationRevision>> {
    let text: String = row.get(6)?;
    let number: u64 = row.get(0)?;
    let overlay: BTreeMap<String, Value> = match serde_json::from_str(&text) {
        Ok(overlay) => overlay,
        Err(error) => return Ok(Err(StoreError::Corrupt(format!("revision {number} of the configuration: {error}")))),
    };
    Ok(Ok(ConfigurationRevision {
        revision: number,
        at: Timestamp::from_ms(row.get(1)?),
        actor: row.get(2)?,
        action: row.get(3)?,
        reason: row.get(4)?,
        detail: row.get(5)?,
        overlay,
    }))
}
