//! Ordering keys: an entry for each delivery of a key that is not resolved, and the pages that find who is next (semantics rule 11).

use std::collections::BTreeMap;

use panotti_core::command::Command;
use panotti_core::delivery::DeliveryKey;
use panotti_core::key_pages::{Head, HeldKey, HeldKeys, KeyEntry, Rank, Stands};
use panotti_core::limits::KEYS_HELD_MAX;
use panotti_core::order::{KeyPath, Keyed, OrderKey};
use panotti_core::replay::ReplayNumber;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::database::Database;
use super::events;
use super::lanes::{OWED, owed, with_row};
use crate::daemon::store::failure::StoreResult;

/// Held keys that the oldest pending delivery is looked for in.
const HELD_LOOKED_AT_MAX: u32 = 1_000;

/// Packs keys, twelve bytes each; nothing where there are none.
pub fn pack(keys: &[(SubscriptionId, OrderKey)]) -> Option<Vec<u8>> {
    let bytes = |(subscription, order): &(SubscriptionId, OrderKey)| {
        let mut packed = [0; 12];
        packed[..4].copy_from_slice(&subscription.0.to_le_bytes());
        packed[4..].copy_from_slice(&order.0.to_le_bytes());
        packed
    };
    (!keys.is_empty()).then(|| keys.iter().flat_map(bytes).collect())
}

/// Reads packed keys.
pub fn unpack(packed: &[u8]) -> Vec<(SubscriptionId, OrderKey)> {
    let (chunks, _) = packed.as_chunks::<12>();
    let key =
        |[a, b, c, d, rest @ ..]: &[u8; 12]| (SubscriptionId(u32::from_le_bytes([*a, *b, *c, *d])), OrderKey(u64::from_le_bytes(*rest)));
    chunks.iter().map(key).collect()
}

/// A subscription's key among packed ones.
pub fn of(packed: Option<&[u8]>, subscription: SubscriptionId) -> Option<OrderKey> {
    unpack(packed?).into_iter().find(|(of, _)| *of == subscription).map(|(_, order)| order)
}

/// The first entry of a key.
struct First {
    sequence: Sequence,
    replay: ReplayNumber,
    mark: u8,
    rank: Option<Rank>,
}

/// Leans on the primary key.
fn first(connection: &Connection, subscription: SubscriptionId, order: OrderKey) -> StoreResult<Option<First>> {
    let mut statement = connection.prepare_cached(
        "SELECT sequence, replay_no, mark, rank_priority, rank_sequence FROM keyed WHERE subscription_id = ?1 AND key = ?2
         ORDER BY sequence, replay_no LIMIT 1",
    )?;
    let first = statement.query_row(params![subscription.0, order.0.cast_signed()], |row| {
        let rank = row.get::<_, Option<u8>>(3)?.and_then(Priority::from_number).zip(row.get::<_, Option<u64>>(4)?);
        Ok(First {
            sequence: Sequence(row.get(0)?),
            replay: ReplayNumber(row.get(1)?),
            mark: row.get(2)?,
            rank: rank.map(|(priority, sequence)| Rank { priority, sequence: Sequence(sequence) }),
        })
    });
    Ok(first.optional()?)
}

/// Marks the first entry of a key as one, with its key's rank.
fn mark(connection: &Connection, subscription: SubscriptionId, order: OrderKey, first: &First, rank: Rank) -> StoreResult<()> {
    let sql = "UPDATE keyed SET mark = 1, rank_priority = ?5, rank_sequence = ?6
         WHERE subscription_id = ?1 AND key = ?2 AND sequence = ?3 AND replay_no = ?4";
    let place = params![subscription.0, order.0.cast_signed(), first.sequence.0, first.replay.0, rank.priority.number(), rank.sequence.0];
    connection.prepare_cached(sql)?.execute(place)?;
    Ok(())
}

/// A delivery has come into a key: where the first of it is pending, its key may be raised.
fn raise(connection: &Connection, subscription: SubscriptionId, order: OrderKey, first: &First, by: Rank) -> StoreResult<()> {
    match first.rank.map(|rank| (rank, rank.better(by))) {
        Some((rank, better)) if first.mark == 1 && better != rank => mark(connection, subscription, order, first, better),
        _ => Ok(()),
    }
}

/// A key's rank. Leans on `keyed_by_priority`.
fn rank(connection: &Connection, subscription: SubscriptionId, order: OrderKey) -> StoreResult<Option<Rank>> {
    let mut statement = connection.prepare_cached(
        "SELECT priority, sequence FROM keyed INDEXED BY keyed_by_priority WHERE subscription_id = ?1 AND key = ?2
         ORDER BY priority DESC, sequence LIMIT 1",
    )?;
    let found = statement.query_row(params![subscription.0, order.0.cast_signed()], |row| {
        let priority = Priority::from_number(row.get(0)?).unwrap_or(Priority::Normal);
        Ok(Rank { priority, sequence: Sequence(row.get(1)?) })
    });
    Ok(found.optional()?)
}

/// The rank of a key's entries after an event. Leans on `keyed_by_priority`: a look for each priority.
fn rank_after(connection: &Connection, subscription: SubscriptionId, order: OrderKey, after: Sequence) -> StoreResult<Option<Rank>> {
    let mut statement = connection.prepare_cached(
        "SELECT sequence FROM keyed INDEXED BY keyed_by_priority
         WHERE subscription_id = ?1 AND key = ?2 AND priority = ?3 AND sequence > ?4 ORDER BY sequence LIMIT 1",
    )?;
    for priority in Priority::ALL.iter().rev().copied() {
        let place = params![subscription.0, order.0.cast_signed(), priority.number(), after.0];
        if let Some(sequence) = statement.query_row(place, |row| row.get(0)).optional()? {
            return Ok(Some(Rank { priority, sequence: Sequence(sequence) }));
        }
    }
    Ok(None)
}

/// The ordering key of an event for a subscription that it never matched, and so has no key recorded for.
pub fn found(connection: &Database, sequence: Sequence, path: Option<&KeyPath>) -> StoreResult<Option<OrderKey>> {
    let Some(event) = events::intact(events::by_sequence(connection, sequence))?.flatten() else { return Ok(None) };
    let Some(path) = path else { return Ok(event.draft.orderingkey.as_deref().map(OrderKey::of)) };
    let data = if path.reads_data() { serde_json::from_slice(&event.draft.payload).ok() } else { None };
    Ok(match path.find(&event.draft, data.as_ref()) {
        Keyed::By(order) => Some(order),
        Keyed::ByOwnId => Some(OrderKey::of(&event.eventid.to_string())),
        Keyed::Missing => None,
    })
}

/// Enters the deliveries that an event's keys make.
pub fn owe(connection: &Connection, sequence: Sequence, priority: Priority, keys: &[(SubscriptionId, OrderKey)]) -> StoreResult<()> {
    let own = Rank { priority, sequence };
    for (subscription, order) in keys {
        let of_key = match first(connection, *subscription, *order)? {
            Some(first) if first.sequence < sequence => {
                raise(connection, *subscription, *order, &first, own)?;
                None
            }
            Some(_) => Some(rank(connection, *subscription, *order)?.map_or(own, |rank| rank.better(own))),
            None => Some(own),
        };
        connection
            .prepare_cached(
                "INSERT INTO keyed (subscription_id, key, sequence, replay_no, priority, mark, rank_priority, rank_sequence)
                 VALUES (?1, ?2, ?3, 0, ?4, ?5 IS NOT NULL, ?5, ?6)",
            )?
            .execute(params![
                subscription.0,
                order.0.cast_signed(),
                sequence.0,
                priority.number(),
                of_key.map(|rank| rank.priority.number()),
                of_key.map(|rank| rank.sequence.0),
            ])?;
    }
    Ok(())
}

/// A delivery has begun and is not resolved: it holds its key.
pub fn hold(connection: &Connection, key: DeliveryKey, order: OrderKey, priority: Priority) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT INTO keyed (subscription_id, key, sequence, replay_no, priority, mark) VALUES (?1, ?2, ?3, ?4, ?5, 2)
             ON CONFLICT DO UPDATE SET mark = 2",
        )?
        .execute(params![key.subscription.0, order.0.cast_signed(), key.sequence.0, key.replay.0, priority.number()])?;
    match first(connection, key.subscription, order)? {
        Some(first) => raise(connection, key.subscription, order, &first, Rank { priority, sequence: key.sequence }),
        None => Ok(()),
    }
}

/// A delivery is resolved: the next of its key is the first now, and its key may be worth less without it.
pub fn resolve(connection: &Connection, key: DeliveryKey, order: OrderKey) -> StoreResult<()> {
    connection
        .prepare_cached("DELETE FROM keyed WHERE subscription_id = ?1 AND key = ?2 AND sequence = ?3 AND replay_no = ?4")?
        .execute(params![key.subscription.0, order.0.cast_signed(), key.sequence.0, key.replay.0])?;
    let Some(first) = first(connection, key.subscription, order)?.filter(|first| first.mark < 2) else { return Ok(()) };
    match rank(connection, key.subscription, order)? {
        Some(rank) if first.mark == 0 || first.rank != Some(rank) => mark(connection, key.subscription, order, &first, rank),
        _ => Ok(()),
    }
}

/// Whether a pending delivery waits for an earlier one of its key. Leans on the primary key.
pub fn is_blocked(connection: &Connection, key: DeliveryKey, order: OrderKey) -> StoreResult<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM keyed WHERE subscription_id = ?1 AND key = ?2 AND sequence < ?3)";
    let place = params![key.subscription.0, order.0.cast_signed(), key.sequence.0];
    Ok(connection.prepare_cached(sql)?.query_row(place, |row| row.get(0))?)
}

/// The oldest pending delivery with a key. Leans on `keyed_first`, and on `keyed_held` for what waits behind held ones.
pub fn oldest_pending(connection: &Connection, subscription: SubscriptionId) -> StoreResult<Option<Sequence>> {
    let mut statement = connection.prepare_cached(
        "SELECT min(sequence) FROM (
             SELECT * FROM (SELECT sequence FROM keyed INDEXED BY keyed_first WHERE subscription_id = ?1 AND mark = 1 ORDER BY sequence LIMIT 1)
             UNION ALL
             SELECT (SELECT sequence FROM keyed AS behind WHERE behind.subscription_id = ?1 AND behind.key = held.key AND behind.mark = 0
                 ORDER BY sequence LIMIT 1)
             FROM (SELECT DISTINCT key FROM keyed INDEXED BY keyed_held WHERE subscription_id = ?1 AND mark = 2 LIMIT ?2) AS held)",
    )?;
    let oldest: Option<Option<u64>> = statement.query_row(params![subscription.0, HELD_LOOKED_AT_MAX], |row| row.get(0)).optional()?;
    Ok(oldest.flatten().map(Sequence))
}

/// The keys that a start begins with: of each subscription those that are held, up to a bound. Leans on `keyed_held`, and for those that
/// are stuck on the primary keys.
pub fn held(
    connection: &Connection,
    subscriptions: impl Iterator<Item = SubscriptionId>,
) -> StoreResult<BTreeMap<SubscriptionId, HeldKeys>> {
    let sql = "SELECT key, EXISTS (
             SELECT 1 FROM keyed AS dead JOIN deliveries ON deliveries.sequence = dead.sequence
                 AND deliveries.subscription_id = dead.subscription_id AND deliveries.replay_no = dead.replay_no
             WHERE dead.subscription_id = ?1 AND dead.key = held.key AND dead.mark = 2 AND deliveries.state <> ?3
                 AND EXISTS (SELECT 1 FROM keyed AS behind WHERE behind.subscription_id = ?1 AND behind.key = held.key
                     AND behind.sequence > dead.sequence))
         FROM (SELECT DISTINCT key FROM keyed INDEXED BY keyed_held WHERE subscription_id = ?1 AND mark = 2 LIMIT ?2) AS held";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = BTreeMap::new();
    for subscription in subscriptions {
        let rows = statement.query_map(params![subscription.0, KEYS_HELD_MAX + 1, DeliveryState::Waiting.number()], |row| {
            Ok(HeldKey { order: OrderKey(row.get::<_, i64>(0)?.cast_unsigned()), stuck: row.get(1)? })
        })?;
        let mut keys: Vec<HeldKey> = rows.collect::<Result<_, _>>()?;
        let all = keys.len() <= KEYS_HELD_MAX;
        keys.truncate(KEYS_HELD_MAX);
        found.insert(subscription, HeldKeys { keys, all });
    }
    Ok(found)
}

/// The next pending deliveries that are the first of their keys, of the keys whose rank has a priority, in the order of their ranks. Leans
/// on `keyed_lanes`, so that what waits behind a busy key is not even looked at.
pub fn heads(
    connection: &Connection,
    subscription: SubscriptionId,
    priority: Priority,
    after: Sequence,
    limit: usize,
) -> StoreResult<Command> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OWED}, key, rank_sequence,
             EXISTS (SELECT 1 FROM keyed AS later WHERE later.subscription_id = ?1 AND later.key = keyed.key
                 AND (later.sequence, later.replay_no) > (keyed.sequence, 0))
         FROM keyed INDEXED BY keyed_lanes JOIN events ON events.sequence = keyed.sequence LEFT JOIN topics USING (topic_id)
         WHERE subscription_id = ?1 AND mark = 1 AND rank_priority = ?4 AND rank_sequence > ?2
             AND NOT EXISTS (SELECT 1 FROM keyed AS earlier WHERE earlier.subscription_id = ?1 AND earlier.key = keyed.key
                 AND earlier.sequence < keyed.sequence)
         ORDER BY rank_sequence LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![subscription.0, after.0, limit, priority.number()], |row| {
        let order = OrderKey(row.get::<_, i64>(6)?.cast_unsigned());
        let owed = owed(row, 0, subscription, ReplayNumber::LIVE, Some(order))?;
        Ok(Head { owed, order, rank: Rank { priority, sequence: Sequence(row.get(7)?) }, more: row.get(8)? })
    })?;
    let heads: Vec<Head> = rows.collect::<Result<_, _>>()?;
    let full_to = (heads.len() == limit).then(|| heads.last().map(|head| head.rank.sequence)).flatten();
    Ok(Command::HeadsPage { subscription, priority, heads, scanned_to: full_to.unwrap_or(Sequence(i64::MAX as u64)) })
}

/// The first unresolved deliveries of a key, and the rank of the rest. Leans on the primary key.
pub fn key(connection: &Connection, subscription: SubscriptionId, order: OrderKey, limit: usize) -> StoreResult<Command> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OWED}, keyed.replay_no, deliveries.state, due_ms, attempts, tries, attempt_of, replay_id, name, crashes
         FROM keyed JOIN events ON events.sequence = keyed.sequence LEFT JOIN topics USING (topic_id)
             LEFT JOIN deliveries ON deliveries.sequence = keyed.sequence AND deliveries.subscription_id = keyed.subscription_id
                 AND deliveries.replay_no = keyed.replay_no
             LEFT JOIN replays ON replays.replay_no = keyed.replay_no
         WHERE keyed.subscription_id = ?1 AND key = ?2 ORDER BY keyed.sequence, keyed.replay_no LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![subscription.0, order.0.cast_signed(), limit + 1], |row| {
        let owed = owed(row, 0, subscription, ReplayNumber(row.get(6)?), Some(order))?;
        let Some(state) = row.get::<_, Option<u8>>(7)?.and_then(DeliveryState::from_number) else {
            return Ok(KeyEntry { owed, stands: Stands::Pending });
        };
        let due = row.get::<_, Option<u64>>(8)?.filter(|_| state == DeliveryState::Waiting).map(Timestamp::from_ms);
        let owed = with_row(owed, row, 9)?;
        Ok(KeyEntry { owed, stands: due.map_or(Stands::Blocking, Stands::Waiting) })
    })?;
    let mut entries: Vec<KeyEntry> = rows.collect::<Result<_, _>>()?;
    let last = entries.len() <= limit;
    entries.truncate(limit);
    let rest = match entries.last() {
        Some(entry) if !last => rank_after(connection, subscription, order, entry.owed.key.sequence)?,
        _ => None,
    };
    Ok(Command::KeyPage { subscription, order, entries, last, rest })
}
