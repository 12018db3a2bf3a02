//! Plugins' durable state: writing it, reading a key or a page of keys, and how much of it there is.

use std::ops::AddAssign;

use panotti_protocol::frame::StateWrite;
use panotti_protocol::limits::{STATE_BYTES_MAX, STATE_KEYS_MAX};
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use crate::daemon::store::failure::{StoreError, StoreResult};

/// Writes to a plugin's state, in order.
pub fn write(connection: &Connection, plugin: &str, writes: &[StateWrite], now: Timestamp) -> StoreResult<()> {
    for write in writes {
        match &write.value {
            Some(value) => connection
                .prepare_cached(
                    "INSERT INTO plugin_state (plugin, key, value, written_ms) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET value = ?3, written_ms = ?4",
                )?
                .execute(params![plugin, write.key, value.to_string(), now.as_ms()])?,
            None => {
                connection.prepare_cached("DELETE FROM plugin_state WHERE plugin = ?1 AND key = ?2")?.execute(params![plugin, write.key])?
            }
        };
    }
    Ok(())
}

/// One key of a plugin's state.
#[derive(Debug, Clone, PartialEq)]
pub struct StateRow {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Bytes of the value as JSON.
    pub value_bytes: usize,
    /// When it was written last.
    pub written_at: Timestamp,
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<(String, String, Timestamp)> {
    Ok((row.get(0)?, row.get(1)?, Timestamp::from_ms(row.get(2)?)))
}

fn parsed(plugin: &str, (key, text, written_at): (String, String, Timestamp)) -> StoreResult<StateRow> {
    let value = serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(format!("state of {plugin}: {error}")))?;
    Ok(StateRow { key, value, value_bytes: text.len(), written_at })
}

/// One key. Leans on the primary key.
pub fn find(connection: &Connection, plugin: &str, key: &str) -> StoreResult<Option<StateRow>> {
    let mut statement = connection.prepare_cached("SELECT key, value, written_ms FROM plugin_state WHERE plugin = ?1 AND key = ?2")?;
    let found = statement.query_row([plugin, key], row).optional()?;
    found.map(|found| parsed(plugin, found)).transpose()
}

/// One page of keys.
#[derive(Debug, Clone, PartialEq)]
pub struct StatePage {
    /// In the order of the keys' bytes.
    pub rows: Vec<StateRow>,
    /// Whether there are more.
    pub more: bool,
}

/// Keys that begin with `prefix`, after a key, in the order of their bytes. Ends where `limit` keys or `bytes_max` bytes are full, and
/// has one key at least where there is one. Leans on the primary key.
pub fn page(
    connection: &Connection,
    plugin: &str,
    prefix: &str,
    after: Option<&str>,
    limit: u32,
    bytes_max: usize,
) -> StoreResult<StatePage> {
    let mut statement = connection.prepare_cached(
        "SELECT key, value, written_ms FROM plugin_state WHERE plugin = ?1 AND key >= ?2 AND (?3 IS NULL OR key > ?3) ORDER BY key",
    )?;
    let mut rows = statement.query(params![plugin, prefix.max(after.unwrap_or("")), after])?;
    let mut page = StatePage { rows: Vec::new(), more: false };
    let mut bytes = 0;
    while let Some(next) = rows.next()? {
        let next = row(next)?;
        if !next.0.starts_with(prefix) {
            break;
        }
        bytes += next.0.len() + next.1.len();
        if page.rows.len() == limit as usize || (bytes > bytes_max && !page.rows.is_empty()) {
            page.more = true;
            break;
        }
        page.rows.push(parsed(plugin, next)?);
    }
    Ok(page)
}

/// How much a state holds, or how much more it will.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateSize {
    /// Keys.
    pub keys: i64,
    /// Bytes of keys, and of values as JSON.
    pub bytes: i64,
}

impl AddAssign for StateSize {
    fn add_assign(&mut self, other: Self) {
        self.keys += other.keys;
        self.bytes += other.bytes;
    }
}

impl StateSize {
    fn of(key: &str, value_bytes: usize) -> Self {
        Self { keys: 1, bytes: i64::try_from(key.len() + value_bytes).unwrap_or(i64::MAX) }
    }

    fn is_over(self) -> bool {
        u64::try_from(self.keys).is_ok_and(|keys| keys > STATE_KEYS_MAX)
            || u64::try_from(self.bytes).is_ok_and(|bytes| bytes > STATE_BYTES_MAX)
    }
}

/// How much a plugin's state holds. Leans on the primary key.
pub fn size(connection: &Connection, plugin: &str) -> StoreResult<StateSize> {
    let mut statement = connection.prepare_cached("SELECT keys, bytes FROM plugin_state_sizes WHERE plugin = ?1")?;
    let found = statement.query_row([plugin], |row| Ok(StateSize { keys: row.get(0)?, bytes: row.get(1)? })).optional()?;
    Ok(found.unwrap_or_default())
}

/// How much these writes add, at most, or why they would take the state over its limits. `meanwhile` is what other writes of the same
/// step add. What is there under the keys is looked at only where it decides.
pub fn growth(
    connection: &Connection,
    plugin: &str,
    writes: &[StateWrite],
    meanwhile: StateSize,
) -> StoreResult<Result<StateSize, String>> {
    let mut before = size(connection, plugin)?;
    before += meanwhile;
    let mut growth = StateSize::default();
    for write in writes {
        if let Some(value) = &write.value {
            growth += StateSize::of(&write.key, value.to_string().len());
        }
    }
    let fits = |growth: StateSize| {
        let mut after = before;
        after += growth;
        // A state that is over its limits for another reason may still shrink.
        !after.is_over() || (growth.keys <= 0 && growth.bytes <= 0)
    };
    if fits(growth) {
        return Ok(Ok(growth));
    }
    let keys: std::collections::BTreeSet<&str> = writes.iter().map(|write| write.key.as_str()).collect();
    let mut exact = StateSize::default();
    for key in keys {
        let last = writes.iter().rfind(|write| write.key == key).and_then(|write| write.value.as_ref());
        exact += last.map_or_else(StateSize::default, |value| StateSize::of(key, value.to_string().len()));
        if let Some(found) = find(connection, plugin, key)? {
            let there = StateSize::of(key, found.value_bytes);
            exact += StateSize { keys: -there.keys, bytes: -there.bytes };
        }
    }
    if fits(exact) {
        return Ok(Ok(exact));
    }
    Ok(Err(format!(
        "the state of `{plugin}` holds {} keys and {} bytes; these writes would add {} and {}, the limits are {STATE_KEYS_MAX} and {STATE_BYTES_MAX}",
        before.keys, before.bytes, exact.keys, exact.bytes
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use panotti_protocol::id::StoreId;
    use serde_json::json;

    use crate::daemon::store::sqlite::connection::{Durability, open_writer};

    fn store() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_writer(&folder.path().join("panotti.db"), Durability::Full, StoreId::from_bytes([0; 16]), 1).unwrap();
        (folder, connection)
    }

    fn set(key: &str, value: impl Into<Value>) -> StateWrite {
        StateWrite { key: key.to_owned(), value: Some(value.into()) }
    }

    fn delete(key: &str) -> StateWrite {
        StateWrite { key: key.to_owned(), value: None }
    }

    #[test]
    fn the_size_of_a_state_follows_every_write() {
        let (_folder, connection) = store();
        let now = Timestamp::from_ms(1);

        write(&connection, "p", &[set("a", 1), set("bb", "four"), set("a", 12_345)], now).unwrap();
        let full = size(&connection, "p").unwrap();
        write(&connection, "p", &[delete("bb"), delete("nothing")], now).unwrap();

        assert_eq!(full, StateSize { keys: 2, bytes: 1 + 5 + 2 + 6 });
        assert_eq!(size(&connection, "p").unwrap(), StateSize { keys: 1, bytes: 1 + 5 });
        assert_eq!(size(&connection, "other").unwrap(), StateSize::default());
    }

    #[test]
    fn a_page_has_the_keys_of_a_prefix_in_order_and_ends_at_its_limits() {
        let (_folder, connection) = store();
        let writes: Vec<StateWrite> = ["b", "user:1", "user:2", "user:3", "userx", "ü"].map(|key| set(key, json!({"n": 1}))).into();
        write(&connection, "p", &writes, Timestamp::from_ms(7)).unwrap();
        write(&connection, "q", &[set("user:9", 1)], Timestamp::from_ms(7)).unwrap();
        let keys = |prefix: &str, after: Option<&str>, limit: u32, bytes_max: usize| {
            let page = page(&connection, "p", prefix, after, limit, bytes_max).unwrap();
            (page.rows.into_iter().map(|row| row.key).collect::<Vec<_>>().join(" "), page.more)
        };

        assert_eq!(keys("", None, 10, 10_000), ("b user:1 user:2 user:3 userx ü".to_owned(), false));
        assert_eq!(keys("user:", None, 2, 10_000), ("user:1 user:2".to_owned(), true));
        assert_eq!(keys("user:", Some("user:2"), 2, 10_000), ("user:3".to_owned(), false));
        assert_eq!(keys("user:", None, 10, 20), ("user:1".to_owned(), true), "the bytes are full");
        assert_eq!(keys("user:", None, 10, 1), ("user:1".to_owned(), true), "one always fits");
        assert_eq!(keys("user:", Some("v"), 10, 10_000), (String::new(), false));
    }

    #[test]
    fn a_state_at_its_limit_takes_what_does_not_make_it_larger() {
        let (_folder, connection) = store();
        write(&connection, "p", &[set("old", "x".repeat(100))], Timestamp::from_ms(1)).unwrap();
        let limit = i64::try_from(STATE_BYTES_MAX).unwrap();
        connection.execute("UPDATE plugin_state_sizes SET bytes = ?1", [limit - 10]).unwrap();
        let judged = |writes: &[StateWrite], meanwhile: StateSize| growth(&connection, "p", writes, meanwhile).unwrap();
        let nothing = StateSize::default();

        assert!(judged(&[set("k", 1)], nothing).is_ok());
        assert!(judged(&[set("old", "y".repeat(100))], nothing).is_ok(), "as large as before");
        assert!(judged(&[set("new", "y".repeat(50)), delete("old")], nothing).is_ok(), "in all it shrinks");
        let refused = judged(&[set("new", "y".repeat(50))], nothing).unwrap_err();
        assert!(refused.contains("the state of `p` holds 1 keys") && refused.contains(&STATE_BYTES_MAX.to_string()), "{refused}");
        assert!(judged(&[set("k", 1)], StateSize { keys: 1, bytes: 10 }).is_err(), "others of the step count");
        connection.execute("UPDATE plugin_state_sizes SET bytes = 1, keys = ?1", [STATE_KEYS_MAX]).unwrap();
        assert!(judged(&[set("new", 1)], nothing).is_err());
        assert!(judged(&[set("old", 1)], nothing).is_ok());
    }
}
