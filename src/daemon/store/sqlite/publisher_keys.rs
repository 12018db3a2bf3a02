//! Publishers' keys: what was published under each, and forgetting it after a day.

use panotti_core::limits::PUBLISHER_KEY_KEPT;
use panotti_core::once::StoredKey;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::daemon::store::failure::{StoreError, StoreResult};

/// What was published under a key, in force or not. Leans on the primary key.
pub fn find(connection: &Connection, actor: &str, key: &str) -> StoreResult<Option<StoredKey>> {
    let mut statement = connection.prepare_cached("SELECT digest, receipts, at_ms FROM publisher_keys WHERE actor = ?1 AND key = ?2")?;
    let found = statement
        .query_row([actor, key], |row| Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, String>(1)?, Timestamp::from_ms(row.get(2)?))))
        .optional()?;
    let Some((digest, receipts, at)) = found else { return Ok(None) };
    let receipts = serde_json::from_str(&receipts).map_err(|error| StoreError::Corrupt(format!("the receipts under a key: {error}")))?;
    Ok(Some(StoredKey { digest, receipts, at }))
}

/// Writes what was published under a key, over what is no longer in force.
pub fn write(connection: &Connection, actor: &str, key: &str, stored: &StoredKey) -> StoreResult<()> {
    let receipts = serde_json::to_string(&stored.receipts).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    connection
        .prepare_cached(
            "INSERT INTO publisher_keys (actor, key, digest, receipts, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET digest = ?3, receipts = ?4, at_ms = ?5",
        )?
        .execute(params![actor, key, stored.digest, receipts, stored.at.as_ms()])?;
    Ok(())
}

/// Forgets keys that are no longer in force, the oldest first. Leans on `publisher_keys_by_time`.
pub fn forget(connection: &Connection, now: Timestamp, limit: u32) -> StoreResult<()> {
    connection
        .prepare_cached(
            "DELETE FROM publisher_keys WHERE (actor, key) IN
                 (SELECT actor, key FROM publisher_keys WHERE at_ms <= ?1 ORDER BY at_ms LIMIT ?2)",
        )?
        .execute(params![(now - PUBLISHER_KEY_KEPT).as_ms(), limit])?;
    Ok(())
}

/// Whether there is a key that is no longer in force. Leans on `publisher_keys_by_time`.
pub fn any_to_forget(connection: &Connection, now: Timestamp) -> StoreResult<bool> {
    let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM publisher_keys WHERE at_ms <= ?1)")?;
    Ok(statement.query_row([(now - PUBLISHER_KEY_KEPT).as_ms()], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use panotti_protocol::id::StoreId;

    use crate::daemon::store::sqlite::connection::{Durability, open_writer};

    #[test]
    fn keys_are_forgotten_after_a_day_a_chunk_at_a_time_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_writer(&folder.path().join("panotti.db"), Durability::Full, StoreId::from_bytes([0; 16]), 1).unwrap();
        let published_at = Timestamp::from_ms(1_000_000_000);
        for number in 0..5_u8 {
            let stored = StoredKey { digest: [number; 32], receipts: Vec::new(), at: published_at };
            write(&connection, "user:ana", &format!("key-{number}"), &stored).unwrap();
        }
        let a_day_later = published_at + PUBLISHER_KEY_KEPT;
        let before = Timestamp::from_ms(a_day_later.as_ms() - 1);
        assert!(!any_to_forget(&connection, before).unwrap(), "and no key is out of force yet");
        let left = || (0..5).filter(|number| find(&connection, "user:ana", &format!("key-{number}")).unwrap().is_some()).count();

        forget(&connection, before, 10).unwrap();
        let after_none = left();
        forget(&connection, a_day_later, 3).unwrap();
        let after_a_chunk = left();
        forget(&connection, a_day_later, 3).unwrap();

        assert_eq!((after_none, after_a_chunk, left()), (5, 2, 0));
        assert!(!any_to_forget(&connection, a_day_later).unwrap());
    }
}
