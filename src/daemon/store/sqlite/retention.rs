//! The room that the store takes, how long its limit holds, how far the clock is believed, and the deliveries that housekeeping ends.
//! Every read is bounded.

use std::time::Duration;

use panotti_core::command::{Command, StoredDelivery};
use panotti_core::delivery::{DeliveryKey, Owed};
use panotti_core::poison::Crashes;
use panotti_core::replay::ReplayNumber;
use panotti_core::retention::{Room, TrustedTime, days_held};
use panotti_core::routing::SubscriptionId;
use panotti_protocol::api::{ReplaySelection, StoreStatus};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::database::Database;
use super::{deliveries, events, lanes, pages};
use crate::daemon::store::failure::StoreResult;

/// Deliveries ended in one transaction.
pub const CANCEL_DELIVERIES_MAX: usize = 500;

/// The pages of the database file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Space {
    /// All of them.
    pub file_bytes: u64,
    /// Of those, the ones that hold nothing.
    pub free_bytes: u64,
}

impl Space {
    /// Bytes that hold something.
    pub fn used_bytes(&self) -> u64 {
        self.file_bytes.saturating_sub(self.free_bytes)
    }
}

/// Counts the pages: three numbers of the file's header.
pub fn space(connection: &Connection) -> StoreResult<Space> {
    let number = |pragma: &str| -> StoreResult<u64> { Ok(connection.prepare_cached(pragma)?.query_row([], |row| row.get(0))?) };
    let page_bytes = number("PRAGMA page_size")?;
    Ok(Space { file_bytes: number("PRAGMA page_count")? * page_bytes, free_bytes: number("PRAGMA freelist_count")? * page_bytes })
}

/// Gives pages that hold nothing back, so many at most. The file is shorter after the next checkpoint.
pub fn vacuum(connection: &Connection, pages: u32) -> StoreResult<()> {
    // One page a row: it has to be stepped to its end.
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// What is needed to say how long the limit will hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rate {
    /// Events stored.
    pub stored: u64,
    /// Events accepted within the span.
    pub accepted: u64,
    /// From the first of them until now.
    pub span: Duration,
}

/// Counts the events of the last day, from the counters and one look into `events_by_time`.
pub fn rate(connection: &Database, now: Timestamp) -> StoreResult<Rate> {
    let day = Duration::from_secs(86_400);
    let head = pages::head(connection)?;
    let lost: Option<u64> = connection.query_row("SELECT value FROM meta WHERE name = 'lost_to'", [], |row| row.get(0)).optional()?;
    let since = "SELECT sequence, accepted_ms FROM events WHERE accepted_ms >= ?1 ORDER BY accepted_ms, sequence LIMIT 1";
    let first: Option<(u64, u64)> =
        connection.prepare_cached(since)?.query_row([(now - day).as_ms()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let stored = head.saturating_sub(pages::meta(connection, "trimmed")?);
    let Some((sequence, accepted_ms)) = first else { return Ok(Rate { stored, ..Rate::default() }) };
    // Sequences that were given up as lost were never accepted.
    let from = sequence.max(lost.unwrap_or(0));
    Ok(Rate { stored, accepted: head.saturating_sub(from) + 1, span: now.since(Timestamp::from_ms(accepted_ms)) })
}

/// Adds the numbers that the database knows of its room.
pub fn complete(connection: &Database, store: StoreStatus, now: Timestamp) -> StoreResult<StoreStatus> {
    let used_bytes = space(connection)?.used_bytes();
    let rate = rate(connection, now)?;
    let room = Room { used_bytes, bytes_max: store.bytes_max };
    let days_held = days_held(room, rate.stored, rate.accepted, rate.span).map(|days| (days * 10.0).round() / 10.0);
    let used_percent = room.percent();
    Ok(StoreStatus { used_bytes, used_percent, events: rate.stored, days_held, ..store })
}

/// How far the clock is believed from this start on. Written down, so that another start confirms nothing. To be asked before this
/// start writes anything of its own.
pub fn trusted_time(connection: &Database, now: Timestamp) -> StoreResult<TrustedTime> {
    let up: Option<u64> = connection.query_row("SELECT max(minute) * 60000 FROM uptime", [], |row| row.get(0))?;
    let seen = up.map(Timestamp::from_ms).max(events::newest_intact(connection)?.map(|event| event.accepted_at));
    let before = TrustedTime {
        behind: Duration::from_millis(pages::meta(connection, "clock_behind_ms")?),
        believed_from: Timestamp::from_ms(pages::meta(connection, "clock_believed_ms")?),
    };
    let trusted = TrustedTime::new(seen, before, now);
    let mut write = connection.prepare("UPDATE meta SET value = ?2 WHERE name = ?1")?;
    write.execute(("clock_behind_ms", u64::try_from(trusted.behind.as_millis()).unwrap_or(u64::MAX)))?;
    write.execute(("clock_believed_ms", trusted.believed_from.as_ms()))?;
    Ok(trusted)
}

/// Dead letters that ended before a time, in key order. Leans on `deliveries_failed`.
pub fn old_failures(connection: &Connection, before: Timestamp, after: DeliveryKey) -> StoreResult<Vec<DeliveryKey>> {
    let mut statement = connection.prepare_cached(
        "SELECT sequence, subscription_id, replay_no FROM deliveries
         WHERE open_failure = 1 AND (sequence, subscription_id, replay_no) > (?1, ?2, ?3) AND ended_ms < ?4
         ORDER BY sequence, subscription_id, replay_no LIMIT ?5",
    )?;
    let place = params![after.sequence.0, after.subscription.0, after.replay.0, before.as_ms(), CANCEL_DELIVERIES_MAX];
    let rows = statement.query_map(place, |row| deliveries::key(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Subscriptions that their plugins no longer name since before a time and that are still owed something.
pub fn old_backlogs(connection: &Connection, before: Timestamp) -> StoreResult<Vec<(SubscriptionId, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT subscription_id, plugin || '/' || name FROM subscriptions
         WHERE NOT active AND inactive_ms < ?1 AND (owed > 0 OR waiting > 0) ORDER BY subscription_id",
    )?;
    let rows = statement.query_map([before.as_ms()], |row| Ok((SubscriptionId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Deliveries by their keys, as they stand now. Those without a row are owed where their event matched.
pub fn stored(connection: &Database, keys: &[DeliveryKey]) -> StoreResult<Vec<StoredDelivery>> {
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(event) = events::intact(events::by_sequence_unchecked(connection, key.sequence))?.flatten() else { continue };
        let row = deliveries::of_event(connection, key.sequence)?.into_iter().find(|row| row.key == *key);
        found.extend(match row {
            Some(row) => Some(pages::stored_delivery(connection, &event, row)?),
            None => implied(&event, *key),
        });
    }
    Ok(found)
}

/// The delivery that an event owes although it has no row.
fn implied(event: &panotti_core::event::StoredEvent, key: DeliveryKey) -> Option<StoredDelivery> {
    let matched = event.matches.as_ref().is_some_and(|matches| matches.contains(&key.subscription));
    let owed = Owed {
        key,
        eventid: event.eventid,
        topic: event.draft.topic.clone(),
        priority: event.draft.priority,
        since: event.accepted_at,
        order: event.order(key.subscription),
        expires: event.draft.expires,
        attempts: 0,
        tries: 0,
        crashes: Crashes::default(),
        repeats: None,
    };
    (matched && key.replay == ReplayNumber::LIVE).then_some(StoredDelivery { owed, state: DeliveryState::Pending })
}

/// Every delivery of an event that has not begun or waits; those to one plugin, where one is named.
pub fn not_begun(connection: &Database, sequence: Sequence, plugin: Option<&str>) -> StoreResult<Vec<StoredDelivery>> {
    let Some(event) = events::by_sequence_unchecked(connection, sequence)? else { return Ok(Vec::new()) };
    let mut found = pages::stored_deliveries(connection, sequence, plugin)?;
    let live: Vec<DeliveryKey> = found.iter().map(|stored| stored.owed.key).collect();
    let selection = ReplaySelection { plugin: plugin.map(str::to_owned), ..ReplaySelection::default() };
    let wanted = pages::subscriptions_of(connection, &selection)?;
    let owed = event.matches.iter().flatten().filter(|id| wanted.contains(id)).map(|id| DeliveryKey::live(sequence, *id));
    found.extend(owed.filter(|key| !live.contains(key)).filter_map(|key| implied(&event, key)));
    Ok(found)
}

/// The next deliveries of a subscription that have not ended: what it is owed, of ordering keys and without, and what waits.
pub fn backlog(connection: &Database, subscription: SubscriptionId) -> StoreResult<Vec<StoredDelivery>> {
    let floor = "SELECT floor FROM subscriptions WHERE subscription_id = ?1";
    let floor = Sequence(connection.prepare_cached(floor)?.query_row([subscription.0], |row| row.get(0))?);
    let mut found = Vec::new();
    for priority in Priority::ALL {
        if let Command::PendingPage { entries, .. } = lanes::pending(connection, subscription, *priority, floor, CANCEL_DELIVERIES_MAX)? {
            found.extend(entries.into_iter().map(|owed| StoredDelivery { owed, state: DeliveryState::Pending }));
        }
        if let Command::WaitingPage { entries, .. } = lanes::waiting(connection, subscription, *priority, None, CANCEL_DELIVERIES_MAX)? {
            found.extend(entries.into_iter().map(|(_, owed)| StoredDelivery { owed, state: DeliveryState::Waiting }));
        }
    }
    let mut keyed =
        connection.prepare_cached("SELECT sequence FROM keyed WHERE subscription_id = ?1 AND mark < 2 AND replay_no = 0 LIMIT ?2")?;
    let live = |row: &rusqlite::Row<'_>| Ok(DeliveryKey::live(Sequence(row.get(0)?), subscription));
    let keys = keyed.query_map(params![subscription.0, CANCEL_DELIVERIES_MAX], live)?.collect::<Result<Vec<_>, _>>()?;
    found.extend(stored(connection, &keys)?);
    Ok(found)
}
