//! Data keys: each wrapped to whoever can open it; and the changes of who that is.

use std::sync::Arc;

use panotti_core::event::StoredEvent;
use panotti_core::sealing::SealChange;
use panotti_protocol::api::{RecipientKind, SealStatus};
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::database::Database;
use super::{events, identities, pages};
use crate::daemon::seal::Unfit;
use crate::daemon::seal::data_key::DataKey;
use crate::daemon::seal::ring::day;
use crate::daemon::store::failure::{StoreError, StoreResult};

/// The key that an event's payload is sealed with; nothing where its topic is not sealed. Where the topic has none for the day one is made
/// and written, in the transaction of the event.
pub fn of_new(database: &Database, topic_id: i64, event: &StoredEvent) -> StoreResult<Option<Arc<DataKey>>> {
    let ring = database.seals().ring();
    let (topic, day) = (&event.draft.topic, day(event.accepted_at));
    if !ring.seals(topic) {
        return Ok(None);
    }
    if let Some(key) = ring.today(topic, day) {
        return Ok(Some(key));
    }
    let new = ring.new_key().map_err(|_| StoreError::Corrupt("a recipient of its sealed payloads is none".to_owned()))?;
    database.prepare_cached("INSERT INTO data_keys (topic_id, day, wrapped, generation) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        topic_id,
        day,
        new.wrapped,
        new.generation
    ])?;
    Ok(Some(ring.keep(topic, day, database.last_insert_rowid(), &new)))
}

/// The key of a stored event. Leans on the primary key; most are in memory.
pub fn of_stored(database: &Database, id: i64) -> StoreResult<Result<Arc<DataKey>, Unfit>> {
    let ring = database.seals().ring();
    if let Some(key) = ring.opened(id) {
        return Ok(Ok(key));
    }
    let mut statement = database.prepare_cached("SELECT wrapped FROM data_keys WHERE key_id = ?1")?;
    let wrapped: Option<Vec<u8>> = statement.query_row([id], |row| row.get(0)).optional()?;
    Ok(wrapped.ok_or(Unfit::Key).and_then(|wrapped| ring.open(id, &wrapped)))
}

/// Keys after one that are not wrapped to those of a generation, with what they are now. Leans on the primary key.
pub fn behind(connection: &Connection, generation: u64, after: i64, limit: u32) -> StoreResult<Vec<(i64, Vec<u8>)>> {
    let mut statement = connection
        .prepare_cached("SELECT key_id, wrapped FROM data_keys WHERE generation < ?1 AND key_id > ?2 ORDER BY key_id LIMIT ?3")?;
    let rows = statement.query_map(params![generation, after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether keys are still to be wrapped to those of the newest generation.
pub fn is_unfinished(connection: &Connection) -> StoreResult<bool> {
    Ok(pages::meta(connection, "seal_finished")? < pages::meta(connection, "seal_generation")?)
}

/// How sealing stands, but for what is set.
pub fn status(database: &Database) -> StoreResult<SealStatus> {
    let generation = pages::meta(database, "seal_generation")?;
    let count = |sql: &str| -> StoreResult<u64> { Ok(database.prepare_cached(sql)?.query_row([generation], |row| row.get(0))?) };
    Ok(SealStatus {
        topics: database.seals().ring().sealed().to_vec(),
        recipients: identities::recipients(database)?,
        generation,
        data_keys: count("SELECT count(*) FROM data_keys WHERE ?1 = ?1")?,
        keys_left: count("SELECT count(*) FROM data_keys WHERE generation < ?1")?,
        rotating: is_unfinished(database)?,
        tag_key: database.seals().tag_key_fingerprint(),
    })
}

/// Writes a change. What was there is overwritten on disk.
pub fn change(connection: &Connection, change: &SealChange, now: Timestamp) -> StoreResult<()> {
    connection.pragma_update(None, "secure_delete", true)?;
    let written = write(connection, change, now);
    connection.pragma_update(None, "secure_delete", false)?;
    written
}

fn write(connection: &Connection, change: &SealChange, now: Timestamp) -> StoreResult<()> {
    match change {
        SealChange::Recipients { recipients, actor, .. } => {
            for gone in identities::recipients(connection)?.iter().filter(|one| !recipients.iter().any(|(kept, _)| *kept == one.recipient))
            {
                connection.execute("DELETE FROM seal_recipients WHERE recipient = ?1", [&gone.recipient])?;
            }
            for (recipient, kind) in recipients {
                identities::insert(connection, recipient, *kind, actor, now)?;
            }
            connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'seal_generation'", [])?;
        }
        SealChange::Rewrapped { keys, generation } => {
            let mut statement = connection.prepare_cached("UPDATE data_keys SET wrapped = ?2, generation = ?3 WHERE key_id = ?1")?;
            for (id, wrapped) in keys {
                statement.execute(params![id, wrapped, generation])?;
            }
        }
        SealChange::Finished { tag_key, generation } => {
            if pages::meta(connection, "seal_generation")? != *generation {
                return Ok(());
            }
            connection.execute("DELETE FROM seal_recipients WHERE kind = ?1", [RecipientKind::Retiring.number()])?;
            connection.execute("UPDATE meta SET value = ?1 WHERE name = 'tag_key_wrapped'", [tag_key])?;
            connection.execute("UPDATE meta SET value = ?1 WHERE name = 'seal_finished'", [generation])?;
        }
    }
    Ok(())
}

/// Forgets keys of days before that of the oldest event, which no event has any more: what was sealed with them opens nowhere now, not in an
/// old copy either. Nothing happens where the oldest event cannot be believed. Whether any was there. Leans on `data_keys_by_day`.
pub fn forget_unused(database: &Database) -> StoreResult<bool> {
    let Some(oldest) = events::oldest(database)? else { return Ok(false) };
    let day = day(oldest.accepted_at);
    let mut unused = database.prepare_cached("SELECT EXISTS (SELECT 1 FROM data_keys WHERE day < ?1)")?;
    let any = unused.query_row([day], |row| row.get::<_, bool>(0))?;
    if any {
        database.pragma_update(None, "secure_delete", true)?;
        database.execute("DELETE FROM data_keys WHERE day < ?1", [day])?;
        database.pragma_update(None, "secure_delete", false)?;
    }
    Ok(any)
}
