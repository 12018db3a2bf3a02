//! Keys and roles. All of them are read once, at the start: they are few, and letting somebody in reads no store.

use panotti_core::access::{AccessWrite, StoredAccess, StoredKey};
use panotti_core::permission::Grants;
use panotti_core::roles::StoredRole;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::daemon::store::failure::{StoreError, StoreResult};

/// Writes a change.
pub fn write(connection: &Connection, write: &AccessWrite) -> StoreResult<()> {
    match write {
        AccessWrite::Key(key) => return write_key(connection, key),
        AccessWrite::ForgetKey(id) => connection.execute("DELETE FROM api_keys WHERE key_id = ?1", [id.as_str()])?,
        AccessWrite::KeyUsed(id, at) => connection
            .prepare_cached("UPDATE api_keys SET last_used_ms = ?2 WHERE key_id = ?1")?
            .execute(params![id.as_str(), at.as_ms()])?,
        AccessWrite::Role(role) => connection.execute(
            "INSERT OR REPLACE INTO roles (name, allow, deny, changed_by, changed_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![role.name, written(&role.grants.allow), written(&role.grants.deny), role.changed_by, role.changed_at.as_ms()],
        )?,
        AccessWrite::RemoveRole(name) => connection.execute("DELETE FROM roles WHERE name = ?1", [name])?,
    };
    Ok(())
}

/// When it was used last is written by itself, and stays as it is here.
fn write_key(connection: &Connection, key: &StoredKey) -> StoreResult<()> {
    connection.execute(
        "INSERT INTO api_keys (key_id, name, role, scope, networks, label, verifier, created_ms, created_by, expires_ms, revoked_ms, replaces)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (key_id) DO UPDATE SET expires_ms = ?10, revoked_ms = ?11",
        params![
            key.id.as_str(),
            key.name,
            key.role,
            written(&key.scope),
            written(&key.networks),
            key.label,
            key.verifier.as_slice(),
            key.created_at.as_ms(),
            key.created_by,
            key.expires_at.as_ms(),
            key.revoked_at.map(Timestamp::as_ms),
            key.replaces.map(|id| id.to_string()),
        ],
    )?;
    Ok(())
}

fn written<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}

/// What was written by [`written`]. What does not read back makes the row corrupt: less than what was denied would be more access.
fn list<T: std::str::FromStr<Err: std::fmt::Display>>(row: &Row<'_>, column: usize) -> rusqlite::Result<StoreResult<Vec<T>>> {
    let text: String = row.get(column)?;
    let parse = |word: &str| word.parse().map_err(|why: T::Err| StoreError::Corrupt(format!("`{word}` of keys and roles: {why}")));
    Ok(text.split_whitespace().map(parse).collect())
}

/// Every key and every role of the user's own.
pub fn all(connection: &Connection) -> StoreResult<StoredAccess> {
    let mut statement = connection.prepare(
        "SELECT key_id, name, role, scope, networks, label, verifier, created_ms, created_by, expires_ms, revoked_ms, last_used_ms, replaces
         FROM api_keys",
    )?;
    let keys = statement.query_map([], key)?.map(|row| row?).collect::<StoreResult<Vec<_>>>()?;
    let mut statement = connection.prepare("SELECT name, allow, deny, changed_by, changed_ms FROM roles")?;
    let roles = statement.query_map([], role)?.map(|row| row?).collect::<StoreResult<Vec<_>>>()?;
    Ok(StoredAccess { keys, roles })
}

fn key(row: &Row<'_>) -> rusqlite::Result<StoreResult<StoredKey>> {
    let time = |column: usize| row.get::<_, Option<u64>>(column).map(|ms| ms.map(Timestamp::from_ms));
    let (scope, networks) = match (list(row, 3)?, list(row, 4)?) {
        (Ok(scope), Ok(networks)) => (scope, networks),
        (Err(error), _) | (_, Err(error)) => return Ok(Err(error)),
    };
    Ok(Ok(StoredKey {
        id: super::events::parsed(row, 0)?,
        name: row.get(1)?,
        role: row.get(2)?,
        scope,
        networks,
        label: row.get(5)?,
        verifier: row.get(6)?,
        created_at: Timestamp::from_ms(row.get(7)?),
        created_by: row.get(8)?,
        expires_at: Timestamp::from_ms(row.get(9)?),
        revoked_at: time(10)?,
        last_used_at: time(11)?,
        replaces: row.get::<_, Option<String>>(12)?.and_then(|id| id.parse().ok()),
    }))
}

fn role(row: &Row<'_>) -> rusqlite::Result<StoreResult<StoredRole>> {
    let grants = match (list(row, 1)?, list(row, 2)?) {
        (Ok(allow), Ok(deny)) => Grants { allow, deny },
        (Err(error), _) | (_, Err(error)) => return Ok(Err(error)),
    };
    Ok(Ok(StoredRole { name: row.get(0)?, grants, changed_by: row.get(3)?, changed_at: Timestamp::from_ms(row.get(4)?) }))
}
