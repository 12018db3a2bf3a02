//! Pages of what a subscription is owed, lane by lane (semantics rule 12): events without a row, and deliveries that wait for their time.

use std::sync::Arc;

use panotti_core::command::Command;
use panotti_core::delivery::{DeliveryKey, Owed, Repeats};
use panotti_core::order::OrderKey;
use panotti_core::poison::Crashes;
use panotti_core::replay::ReplayNumber;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::event::Priority;
use panotti_protocol::id::{EventId, ReplayId, Sequence};
use panotti_protocol::notice;
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use rusqlite::{Connection, Row, params};

use super::{deliveries, events, keyed};
use crate::daemon::store::failure::StoreResult;

/// Events that one page of owed deliveries looks at, whatever matches.
pub const PENDING_SCAN_MAX: u32 = 10_000;

/// What [`owed`] reads: six columns of an event.
pub const OWED: &str = "events.sequence, eventid, topic, expires_ms, events.priority, accepted_ms";

/// Reads what memory keeps of an event: the columns of [`OWED`]. Where they hold what nobody wrote something else stands for it: the
/// delivery is handed out all the same, and dies when its event is read whole and does not fit its tag.
pub fn owed(
    row: &Row<'_>,
    column: usize,
    subscription: SubscriptionId,
    replay: ReplayNumber,
    order: Option<OrderKey>,
) -> rusqlite::Result<Owed> {
    Ok(Owed {
        key: DeliveryKey { sequence: Sequence(row.get(column)?), subscription, replay },
        eventid: EventId::from_bytes(row.get(column + 1).unwrap_or_default()),
        topic: events::parsed::<Topic>(row, column + 2).unwrap_or_else(|_| unreadable()),
        order,
        expires: events::time(row, column + 3).unwrap_or_default(),
        priority: priority_of(row, column + 4),
        since: Timestamp::from_ms(row.get(column + 5).unwrap_or_default()),
        attempts: 0,
        tries: 0,
        crashes: Crashes::default(),
        repeats: None,
    })
}

/// The topic of an event whose own cannot be read.
fn unreadable() -> Topic {
    notice::STORE_CORRUPT.parse().expect("the daemon's own topics are written in notice.rs, which tests them")
}

fn priority_of(row: &Row<'_>, column: usize) -> Priority {
    row.get(column).ok().and_then(Priority::from_number).unwrap_or(Priority::Normal)
}

/// Packed subscriptions or keys, where there are any.
pub fn packed(row: &Row<'_>, column: usize) -> Option<Vec<u8>> {
    row.get(column).unwrap_or_default()
}

/// Adds what its row says of a delivery: six columns: attempts, tries, attempt_of, the replay's id and name, crashes.
pub fn with_row(owed: Owed, row: &Row<'_>, column: usize) -> rusqlite::Result<Owed> {
    let repeats = match row.get::<_, Option<[u8; 16]>>(column + 3)? {
        Some(id) => Some(Arc::new(Repeats {
            original: ReplayNumber(row.get::<_, Option<u32>>(column + 2)?.unwrap_or(0)),
            replay: ReplayId::from_bytes(id),
            name: row.get(column + 4)?,
        })),
        None => None,
    };
    let crashes = deliveries::crashes(row, column + 5)?;
    Ok(Owed { attempts: row.get(column)?, tries: row.get(column + 1)?, crashes, repeats, ..owed })
}

/// The next events of a priority that a subscription matches, that have no delivery row, and no ordering key. Leans on the primary key for
/// normal ones, which most are, and on `events_urgent` for the others; looks at [`PENDING_SCAN_MAX`] events at most. Where there are no
/// more, everything counts as looked at.
pub fn pending(
    connection: &Connection,
    subscription: SubscriptionId,
    priority: Priority,
    after: Sequence,
    limit: usize,
) -> StoreResult<Command> {
    let of_priority = match priority {
        Priority::Normal => "events LEFT JOIN topics USING (topic_id) WHERE ?4 = ?4",
        _ => "events INDEXED BY events_urgent LEFT JOIN topics USING (topic_id) WHERE priority = ?4 AND priority <> 2",
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OWED}, matches,
             EXISTS (SELECT 1 FROM deliveries WHERE deliveries.sequence = events.sequence AND subscription_id = ?2 AND replay_no = 0),
             keys
         FROM {of_priority} AND sequence > ?1 ORDER BY sequence LIMIT ?3"
    ))?;
    let mut rows = statement.query(params![after.0, subscription.0, PENDING_SCAN_MAX, priority.number()])?;
    let mut entries = Vec::new();
    let mut scanned_to = after;
    let mut looked_at = 0;
    while let Some(row) = rows.next()? {
        looked_at += 1;
        scanned_to = Sequence(row.get(0)?);
        if priority_of(row, 4) != priority {
            continue;
        }
        let matched = packed(row, 6).is_some_and(|packed| events::unpack_matches(&packed).contains(&subscription));
        let has_key = || keyed::of(packed(row, 8).as_deref(), subscription).is_some();
        if matched && !row.get::<_, bool>(7)? && !has_key() {
            entries.push(owed(row, 0, subscription, ReplayNumber::LIVE, None)?);
            if entries.len() == limit {
                return Ok(Command::PendingPage { subscription, priority, entries, scanned_to });
            }
        }
    }
    if looked_at < PENDING_SCAN_MAX {
        scanned_to = Sequence(i64::MAX as u64);
    }
    Ok(Command::PendingPage { subscription, priority, entries, scanned_to })
}

/// The next waiting deliveries of a subscription and a priority, soonest first. Leans on `deliveries_waiting`.
pub fn waiting(
    connection: &Connection,
    subscription: SubscriptionId,
    priority: Priority,
    after: Option<(Timestamp, DeliveryKey)>,
    limit: usize,
) -> StoreResult<Command> {
    let (due, key) = after.map_or((-1, DeliveryKey::default()), |(due, key)| (i64::try_from(due.as_ms()).unwrap_or(i64::MAX), key));
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OWED}, due_ms, deliveries.replay_no, attempts, tries, attempt_of, replay_id, name, crashes, keys, order_key
         FROM deliveries JOIN events USING (sequence) LEFT JOIN topics USING (topic_id)
             LEFT JOIN replays ON replays.replay_no = deliveries.replay_no
         WHERE subscription_id = ?1 AND deliveries.priority = ?6 AND deliveries.state = 5
             AND (due_ms, deliveries.sequence, deliveries.replay_no) > (?2, ?3, ?4)
         ORDER BY due_ms, deliveries.sequence, deliveries.replay_no LIMIT ?5"
    ))?;
    let place = params![subscription.0, due, key.sequence.0, key.replay.0, limit, priority.number()];
    let rows = statement.query_map(place, |row| {
        let replay = ReplayNumber(row.get(7)?);
        let order = keyed::of(packed(row, 14).as_deref(), subscription).or(deliveries::order(row, 15)?);
        let entry = with_row(owed(row, 0, subscription, replay, order)?, row, 8)?;
        Ok((Timestamp::from_ms(row.get(6)?), entry))
    })?;
    let entries: Vec<_> = rows.collect::<Result<_, _>>()?;
    let last = entries.len() < limit;
    Ok(Command::WaitingPage { subscription, priority, entries, last })
}
