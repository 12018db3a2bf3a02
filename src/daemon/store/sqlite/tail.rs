//! Whether the database is what the seal says that it was: nothing is missing at its end, and it is no other history.

use panotti_core::origin::AuditEntry;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::database::Database;
use super::{audit, events};
use crate::audit::chain::ChainHead;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::seal::HighWater;

/// Events that are read at a start to follow the chain from the seal's last entry on; more were never committed between two syncs of it.
const FOLLOWED_MAX: u64 = 1_000_000;

/// How far the database goes, as it says itself. One that an earlier version wrote says nothing; then only its sequences count.
pub fn high_water(connection: &Connection, sealed: HighWater) -> StoreResult<HighWater> {
    let written: Option<Vec<u8>> =
        connection.query_row("SELECT value FROM meta WHERE name = 'high_water'", [], |row| row.get(0)).optional()?;
    if let Some(written) = written {
        return HighWater::from_bytes(&written).ok_or_else(|| StoreError::Corrupt("it does not hold how far it goes".to_owned()));
    }
    let sql = "SELECT max(coalesce((SELECT max(sequence) FROM events), 0), coalesce((SELECT value FROM meta WHERE name = 'lost_to'), 0))";
    let sequence = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(HighWater { sequence, commits: 0, chain: sealed.chain })
}

/// Writes how far the database goes, in the transaction that makes it so.
pub fn write(connection: &Connection, high_water: HighWater) -> StoreResult<()> {
    let sql = "INSERT INTO meta (name, value) VALUES ('high_water', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection.prepare_cached(sql)?.execute([high_water.to_bytes()])?;
    Ok(())
}

/// What of that which the seal knows is not in the database, if anything.
pub fn loss(found: HighWater, sealed: HighWater) -> Option<StoreError> {
    if sealed.sequence > found.sequence || sealed.commits > found.commits {
        let commits = sealed.commits.saturating_sub(found.commits);
        return Some(StoreError::TailLost { first: found.sequence + 1, last: sealed.sequence, commits });
    }
    (sealed.commits > 0 && sealed.commits == found.commits && sealed.chain != found.chain)
        .then_some(StoreError::OtherHistory { sequence: sealed.sequence })
}

/// Where the seal is behind, because a crash came between commits and their entries: whether the events since lead from one to the other.
/// Not known, and so not refused, where one of them is gone or does not read back.
pub fn follows(database: &Database, found: HighWater, sealed: HighWater) -> StoreResult<bool> {
    let number = found.sequence - sealed.sequence.min(found.sequence);
    if sealed.commits == 0 || sealed.commits >= found.commits || number > FOLLOWED_MAX {
        return Ok(true);
    }
    let columns = events::COLUMNS;
    let sql =
        format!("SELECT {columns} FROM events LEFT JOIN topics USING (topic_id) WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence");
    let mut statement = database.prepare(&sql)?;
    let mut rows = statement.query([sealed.sequence, found.sequence])?;
    let (mut reached, mut seen) = (sealed, 0);
    while let Some(row) = rows.next()? {
        let Some(event) = events::intact(events::from_row(database, row))? else { return Ok(true) };
        reached = reached.with(event.event.sequence.0, &event.event.eventid);
        seen += 1;
    }
    Ok(seen != number || reached.chain == found.chain)
}

/// Goes on although something is missing: that is written down, and the places of what is missing are not given again.
pub fn accept(
    connection: &Connection,
    audited: &mut ChainHead,
    loss: &StoreError,
    (sealed, found): (HighWater, HighWater),
    now: Timestamp,
) -> StoreResult<HighWater> {
    let detail = match loss {
        StoreError::TailLost { first, last, .. } if first <= last => format!("sequences {first} to {last} are gone"),
        other => other.to_string(),
    };
    let entry = AuditEntry {
        actor: "daemon".to_owned(),
        action: "store.accept_loss".to_owned(),
        object: "events".to_owned(),
        reason: String::new(),
        detail,
    };
    let transaction = connection.unchecked_transaction()?;
    audit::append(&transaction, audited, &entry, now)?;
    let sequence = sealed.sequence.max(found.sequence);
    // Their receipts are out: what comes next must not be taken for them.
    transaction.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('lost_to', ?1)", [sequence])?;
    let high_water = HighWater { sequence, commits: sealed.commits.max(found.commits) + 1, chain: sealed.chain };
    write(&transaction, high_water)?;
    transaction.commit()?;
    Ok(high_water)
}
