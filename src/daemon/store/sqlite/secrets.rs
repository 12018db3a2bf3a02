//! Secrets, sealed. What is removed or replaced is overwritten in the file, not only unlinked.

use panotti_core::secrets::{SealedSecret, SecretChange};
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, params};

use crate::daemon::store::failure::{StoreError, StoreResult};

/// A secret with who set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret {
    /// As it is sealed.
    pub secret: SealedSecret,
    /// When it was set.
    pub set_at: Timestamp,
    /// By whom.
    pub set_by: String,
}

/// Writes a change.
pub fn write(connection: &Connection, change: &SecretChange, actor: &str, now: Timestamp) -> StoreResult<()> {
    connection.pragma_update(None, "secure_delete", true)?;
    let written = match change {
        SecretChange::Set(secret) => connection.execute(
            "INSERT INTO secrets (name, key_id, sealed, set_ms, set_by) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (name) DO UPDATE SET key_id = ?2, sealed = ?3, set_ms = ?4, set_by = ?5",
            params![secret.name, secret.key_id.as_slice(), secret.sealed, now.as_ms(), actor],
        ),
        SecretChange::Remove(name) => connection.execute("DELETE FROM secrets WHERE name = ?1", [name]),
        SecretChange::Rotate(secrets) => secrets.iter().try_fold(0, |number, secret| {
            let update = "UPDATE secrets SET key_id = ?2, sealed = ?3 WHERE name = ?1";
            Ok(number + connection.execute(update, params![secret.name, secret.key_id.as_slice(), secret.sealed])?)
        }),
    };
    connection.pragma_update(None, "secure_delete", false)?;
    written.map(drop).map_err(StoreError::from)
}

/// Every secret, by name. Their number is bounded.
pub fn all(connection: &Connection) -> StoreResult<Vec<StoredSecret>> {
    let mut statement = connection.prepare_cached("SELECT name, key_id, sealed, set_ms, set_by FROM secrets ORDER BY name")?;
    let rows = statement.query_map([], |row| {
        Ok(StoredSecret {
            secret: SealedSecret { name: row.get(0)?, key_id: row.get(1)?, sealed: row.get(2)? },
            set_at: Timestamp::from_ms(row.get(3)?),
            set_by: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
