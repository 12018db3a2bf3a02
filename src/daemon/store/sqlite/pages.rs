//! What the bus reads: the snapshot at a start, the pages it asks for, and rows right before a person's command. Each page is bounded
//! by its limit and by the rows it looks at.

use std::collections::BTreeMap;
use std::sync::Arc;

use panotti_core::bus::Snapshot;
use panotti_core::command::{Command, StoredDelivery};
use panotti_core::delivery::{DeliveryKey, Owed, Repeats};
use panotti_core::order::KeyPath;
use panotti_core::replay::{ReplayItem, ReplayNumber};
use panotti_core::routing::SubscriptionId;
use panotti_filter::expression::Filter;
use panotti_protocol::api::ReplaySelection;
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::id::{EventId, ReplayId, Sequence};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use rusqlite::{Connection, OptionalExtension, params};

use super::database::Database;
use super::deliveries::DeliveryRow;
use super::lanes::{self, OWED, owed};
use super::masks::Masks;
use super::plugins::SubscriptionRow;
use super::{access, deliveries, events, filters, keyed, plugins, replays, schemas};
use crate::daemon::store::failure::StoreResult;

/// Rows that one page of a replay looks at, whatever matches.
pub const REPLAY_SCAN_MAX: u32 = 10_000;

/// Events that one page of a selection judges by its filter.
pub const FILTER_EVENTS_MAX: u32 = 250;
/// Bytes of payload after which such a page ends.
pub const FILTER_BYTES_MAX: usize = 1024 * 1024;

/// Events that do not read back and are taken for the newest all the same: more were never written since the newest that does.
const SEQUENCES_AHEAD_MAX: u64 = 1_000_000;

/// A number kept in `meta`.
pub fn meta(connection: &Connection, name: &str) -> StoreResult<u64> {
    Ok(connection.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))?)
}

/// The newest sequence ever given: that of the newest event, or of the newest one that was given up as lost. A row that was changed and
/// stands far above everything else is none: sequences would go on from there.
pub fn head(database: &Database) -> StoreResult<u64> {
    let believed = events::newest_intact(database)?.map_or(i64::MAX as u64, |event| event.sequence.0 + SEQUENCES_AHEAD_MAX);
    let sql = "SELECT max(coalesce((SELECT max(sequence) FROM events WHERE sequence <= ?1), 0),
        coalesce((SELECT value FROM meta WHERE name = 'lost_to'), 0))";
    Ok(database.query_row(sql, [believed], |row| row.get(0))?)
}

/// Everything the bus needs after a start. Small whatever the store holds.
pub fn snapshot(connection: &Database, epoch: u64) -> StoreResult<Snapshot> {
    let last_replay: Option<u32> = connection.query_row("SELECT max(replay_no) FROM replays", [], |row| row.get(0))?;
    let mut unmatched = connection.prepare("SELECT sequence FROM events WHERE matches IS NULL ORDER BY sequence")?;
    let unmatched = unmatched.query_map([], |row| row.get(0).map(Sequence))?.collect::<Result<_, _>>()?;
    Ok(Snapshot {
        epoch,
        leases_given: 0,
        head: Sequence(head(connection)?),
        last_accepted: events::newest_intact(connection)?.map(|event| event.accepted_at).unwrap_or_default(),
        rules: meta(connection, "rules")?,
        subscriptions: plugins::subscriptions(connection)?.into_iter().map(|row| row.stored).collect(),
        filters: filters::all(connection)?,
        schemas: schemas::all(connection)?,
        access: access::all(connection)?,
        disabled: plugins::plugins(connection)?.into_iter().filter(|row| !row.enabled).map(|row| (row.plugin, row.on_disabled)).collect(),
        replays: replays::open_jobs(connection)?,
        last_replay: ReplayNumber(last_replay.unwrap_or(0)),
        unmatched,
        held_keys: keyed::held(connection, plugins::subscriptions(connection)?.into_iter().map(|row| row.stored.id))?,
        stalled: plugins::stalls(connection)?,
    })
}

/// Which deliveries a selection asks for: those in a state of their own, or those that publishing made of the selected events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// Dead letters that stand for themselves, in both states or in one.
    Failed(Option<u8>),
    State(u8),
    Events,
}

fn target(selection: &ReplaySelection) -> Target {
    // What crashed its plugin too often is left out unless it is asked for (rule 9).
    let failed = Target::Failed((!selection.include_quarantined).then_some(DeliveryState::Dead.number()));
    match (selection.failed, selection.status) {
        (true, _) => failed,
        (false, None) if selection.error.is_some() => failed,
        (false, Some(state)) if state.is_failed() => Target::Failed(Some(state.number())),
        (false, Some(state)) => Target::State(state.number()),
        (false, None) => Target::Events,
    }
}

/// One delivery that a selection asks for, found by a scan in key order.
#[derive(Debug, Clone)]
pub struct Selected {
    /// The delivery that would be repeated.
    pub original: DeliveryKey,
    /// Its event, as the repeating delivery.
    pub owed: Owed,
    /// When the event was accepted.
    pub accepted_at: Timestamp,
}

/// One page of a selection's scan.
#[derive(Debug, Clone)]
pub struct SelectedPage {
    /// What was found.
    pub items: Vec<Selected>,
    /// Rows looked at, at most [`REPLAY_SCAN_MAX`].
    pub scanned: u64,
    /// Everything up to here was looked at.
    pub scanned_to: DeliveryKey,
    /// Whether there is no more.
    pub last: bool,
}

/// Scans a selection from a place on. `replay` is the job it is for: what it already repeated is left out.
pub fn select(
    connection: &Database,
    selection: &ReplaySelection,
    until: Sequence,
    replay: ReplayNumber,
    after: DeliveryKey,
    limit: usize,
) -> StoreResult<SelectedPage> {
    match target(selection) {
        Target::Events => select_events(connection, selection, until, replay, after, limit),
        by_state => select_deliveries(connection, selection, by_state, until, replay, after, limit),
    }
}

fn fits(selection: &ReplaySelection, topic: &Topic, eventid: &EventId, accepted_at: Timestamp) -> bool {
    selection.topic.as_ref().is_none_or(|pattern| pattern.matches(topic))
        && (selection.events.is_empty() || selection.events.contains(eventid))
        && selection.since.is_none_or(|since| accepted_at >= since)
        && selection.until.is_none_or(|until| accepted_at < until)
}

/// Judges the events of one page by a selection's filter. It reads payloads, on the bus's thread where a replay asks, so its page ends
/// early rather than hold that up.
struct Judge {
    filter: Wanted,
    events: u32,
    bytes: usize,
    verdict: Option<(Sequence, bool)>,
}

enum Wanted {
    Everything,
    Nothing,
    Matching(Filter),
}

impl Judge {
    fn of(selection: &ReplaySelection) -> Self {
        let filter = match selection.filter.as_deref().map(Filter::compile) {
            Some(Ok(filter)) => Wanted::Matching(filter),
            // It compiled when the replay was started, by another version perhaps: nothing is repeated that was not asked for.
            Some(Err(problem)) => {
                tracing::error!(%problem, "a replay's filter does not compile; it selects nothing");
                Wanted::Nothing
            }
            None => Wanted::Everything,
        };
        Self { filter, events: 0, bytes: 0, verdict: None }
    }

    fn matches(&mut self, connection: &Database, sequence: Sequence) -> StoreResult<bool> {
        let filter = match &self.filter {
            Wanted::Everything => return Ok(true),
            Wanted::Nothing => return Ok(false),
            Wanted::Matching(filter) => filter,
        };
        if let Some((_, verdict)) = self.verdict.filter(|(judged, _)| *judged == sequence) {
            return Ok(verdict);
        }
        let Some(event) = events::intact(events::by_sequence(connection, sequence))?.flatten() else { return Ok(false) };
        self.events += 1;
        self.bytes += event.draft.payload.len();
        let verdict = Masks::new(connection).evaluate(filter, &event)?.matched;
        self.verdict = Some((sequence, verdict));
        Ok(verdict)
    }

    fn has_enough(&self) -> bool {
        self.events >= FILTER_EVENTS_MAX || self.bytes >= FILTER_BYTES_MAX
    }
}

/// Whether an event belongs to a selection's story, where it names one: ?8 is its id, ?9 the event that began it.
const OF_STORY: &str = "(?8 IS NULL OR events.correlationid = ?8 OR (events.correlationid IS NULL AND events.eventid = ?9))";

/// The event that began a story whose id is that event's own.
fn first_of_story(correlation: &str) -> Option<[u8; 16]> {
    correlation.parse::<EventId>().ok().map(|eventid| *eventid.as_bytes())
}

pub(super) fn subscriptions_of(connection: &Connection, selection: &ReplaySelection) -> StoreResult<Vec<SubscriptionId>> {
    let rows = plugins::subscriptions(connection)?.into_iter();
    let named = |row: &SubscriptionRow| row.stored.active && selection.names(&row.stored.plugin, &row.stored.spec.name);
    let wanted = rows
        .filter(|row| selection.plugin.as_ref().is_none_or(|plugin| *plugin == row.stored.plugin))
        .filter(|row| selection.to.is_empty() || named(row));
    Ok(wanted.map(|row| row.stored.id).collect())
}

/// Leans on `deliveries_failed`, or on `deliveries_by_state` for another state.
fn select_deliveries(
    connection: &Database,
    selection: &ReplaySelection,
    target: Target,
    until: Sequence,
    replay: ReplayNumber,
    after: DeliveryKey,
    limit: usize,
) -> StoreResult<SelectedPage> {
    let condition = match target {
        Target::Failed(None) => "deliveries.open_failure = 1".to_owned(),
        Target::Failed(Some(number)) => format!("deliveries.open_failure = 1 AND deliveries.state = {number}"),
        Target::State(number) => format!("deliveries.state = {number} AND deliveries.replay_no = 0"),
        Target::Events => return select_events(connection, selection, until, replay, after, limit),
    };
    let query = format!(
        "SELECT {OWED}, subscription_id, replay_no,
             EXISTS (SELECT 1 FROM deliveries AS own WHERE own.sequence = deliveries.sequence
                 AND own.subscription_id = deliveries.subscription_id AND own.replay_no = ?4), keys, crashes, order_key
         FROM deliveries JOIN events USING (sequence) LEFT JOIN topics USING (topic_id)
         WHERE {condition} AND (deliveries.sequence, subscription_id, replay_no) > (?1, ?2, ?3) AND deliveries.sequence <= ?5
             AND replay_no < ?4 AND (?7 IS NULL OR deliveries.fingerprint = ?7) AND {OF_STORY}
         ORDER BY deliveries.sequence, subscription_id, replay_no LIMIT ?6"
    );
    let wanted = subscriptions_of(connection, selection)?;
    let mut statement = connection.prepare_cached(&query)?;
    let story = selection.correlation.as_deref();
    let (first, error) = (story.and_then(first_of_story), selection.error.as_deref());
    let place = params![after.sequence.0, after.subscription.0, after.replay.0, replay.0, until.0, REPLAY_SCAN_MAX, error, story, first];
    let mut rows = statement.query(place)?;
    let mut page = SelectedPage { items: Vec::new(), scanned: 0, scanned_to: after, last: true };
    let mut judge = Judge::of(selection);
    while let Some(row) = rows.next()? {
        page.scanned += 1;
        let subscription = SubscriptionId(row.get(6)?);
        let original = DeliveryKey { sequence: Sequence(row.get(0)?), subscription, replay: ReplayNumber(row.get(7)?) };
        page.scanned_to = original;
        let order = keyed::of(lanes::packed(row, 9).as_deref(), subscription).or(deliveries::order(row, 11)?);
        let owed = owed(row, 0, subscription, replay, order)?;
        let owed = Owed { crashes: deliveries::crashes(row, 10)?, ..owed };
        let accepted_at = owed.since;
        let repeated = row.get::<_, bool>(8)?;
        if !repeated
            && wanted.contains(&subscription)
            && fits(selection, &owed.topic, &owed.eventid, accepted_at)
            && judge.matches(connection, original.sequence)?
        {
            page.items.push(Selected { original, owed, accepted_at });
        }
        if page.items.len() == limit || page.scanned == u64::from(REPLAY_SCAN_MAX) || judge.has_enough() {
            page.last = false;
            break;
        }
    }
    Ok(page)
}

/// Every recorded match of every selected event. Leans on the primary key of events.
fn select_events(
    connection: &Database,
    selection: &ReplaySelection,
    until: Sequence,
    replay: ReplayNumber,
    after: DeliveryKey,
    limit: usize,
) -> StoreResult<SelectedPage> {
    let wanted = subscriptions_of(connection, selection)?;
    // Bound as in the other query, so that the part about the story is the same.
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OWED}, matches, keys FROM events LEFT JOIN topics USING (topic_id)
         WHERE sequence >= ?1 AND sequence <= ?5 AND {OF_STORY} ORDER BY sequence LIMIT ?6"
    ))?;
    let mut repeated = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM deliveries WHERE sequence = ?1 AND subscription_id = ?2 AND replay_no = ?3)")?;
    let mut live = connection
        .prepare_cached("SELECT state, crashes FROM deliveries WHERE sequence = ?1 AND subscription_id = ?2 AND replay_no = 0")?;
    let story = selection.correlation.as_deref();
    let first = story.and_then(first_of_story);
    let named = if selection.to.is_empty() { Vec::new() } else { plugins::subscriptions(connection)? };
    let paths: BTreeMap<SubscriptionId, KeyPath> =
        named.into_iter().filter_map(|row| Some((row.stored.id, row.stored.spec.key?))).collect();
    let nothing = rusqlite::types::Null;
    let place = params![after.sequence.0, nothing, nothing, nothing, until.0, REPLAY_SCAN_MAX, nothing, story, first];
    let mut rows = statement.query(place)?;
    let mut page = SelectedPage { items: Vec::new(), scanned: 0, scanned_to: after, last: true };
    let mut judge = Judge::of(selection);
    while let Some(row) = rows.next()? {
        page.scanned += 1;
        let sequence = Sequence(row.get(0)?);
        let event = owed(row, 0, SubscriptionId(0), replay, None)?;
        let keys = lanes::packed(row, 7);
        let accepted_at = event.since;
        let packed = lanes::packed(row, 6);
        let matches = match selection.to.is_empty() {
            true => packed.as_deref().map(events::unpack_matches).unwrap_or_default(),
            false => wanted.clone(),
        };
        let concerns = matches.iter().any(|id| wanted.contains(id)) && fits(selection, &event.topic, &event.eventid, accepted_at);
        let selected = concerns && judge.matches(connection, sequence)?;
        for subscription in matches.into_iter().filter(|id| selected && wanted.contains(id)) {
            let original = DeliveryKey::live(sequence, subscription);
            if original <= after || repeated.query_row(params![sequence.0, subscription.0, replay.0], |row| row.get::<_, bool>(0))? {
                continue;
            }
            page.scanned_to = original;
            let row = live.query_row(params![sequence.0, subscription.0], |row| Ok((row.get::<_, u8>(0)?, deliveries::crashes(row, 1)?)));
            let (state, crashes) = row.optional()?.unwrap_or_default();
            if state == DeliveryState::Quarantined.number() && !selection.include_quarantined {
                continue;
            }
            let key = DeliveryKey { replay, ..original };
            let order = match (keyed::of(keys.as_deref(), subscription), selection.to.is_empty()) {
                (None, false) => keyed::found(connection, sequence, paths.get(&subscription))?,
                (recorded, _) => recorded,
            };
            page.items.push(Selected { original, owed: Owed { key, order, crashes, ..event.clone() }, accepted_at });
            if page.items.len() == limit {
                page.last = false;
                return Ok(page);
            }
        }
        page.scanned_to = page.scanned_to.max(DeliveryKey { sequence, subscription: SubscriptionId(u32::MAX), replay: ReplayNumber::LIVE });
        if page.scanned == u64::from(REPLAY_SCAN_MAX) || judge.has_enough() {
            page.last = false;
            break;
        }
    }
    Ok(page)
}

/// The next items of a replay.
pub fn replay(connection: &Database, replay: ReplayNumber, after: DeliveryKey, limit: usize) -> StoreResult<Command> {
    let page = match replays::selection(connection, replay)? {
        Some((selection, until)) => select(connection, &selection, until, replay, after, limit)?,
        None => SelectedPage { items: Vec::new(), scanned: 0, scanned_to: after, last: true },
    };
    let items = page.items.into_iter().map(|item| ReplayItem { original: item.original, owed: item.owed }).collect();
    Ok(Command::ReplayPage { replay, items, scanned_to: page.scanned_to, last: page.last })
}

/// The deliveries of an event that a person's command is about, as they stand. Those of a plugin, where one is named.
pub fn stored_deliveries(connection: &Database, sequence: Sequence, plugin: Option<&str>) -> StoreResult<Vec<StoredDelivery>> {
    let Some(event) = events::by_sequence_unchecked(connection, sequence)? else { return Ok(Vec::new()) };
    let selection = ReplaySelection { plugin: plugin.map(str::to_owned), ..ReplaySelection::default() };
    let wanted = subscriptions_of(connection, &selection)?;
    let rows = deliveries::of_event(connection, sequence)?.into_iter();
    let mut found = Vec::new();
    // A dead letter whose original is dead too does not stand for itself: the original is the one to act on.
    for row in rows.filter(|row| wanted.contains(&row.key.subscription) && (row.open_failure || !row.state.is_failed())) {
        found.push(stored_delivery(connection, &event, row)?);
    }
    Ok(found)
}

pub(super) fn stored_delivery(
    connection: &Connection,
    event: &panotti_core::event::StoredEvent,
    row: DeliveryRow,
) -> StoreResult<StoredDelivery> {
    let repeats = match row.attempt_of {
        Some(original) => {
            let mut statement = connection.prepare_cached("SELECT replay_id, name FROM replays WHERE replay_no = ?1")?;
            let found =
                statement.query_row([row.key.replay.0], |replay| Ok((ReplayId::from_bytes(replay.get(0)?), replay.get(1)?))).optional()?;
            found.map(|(replay, name)| Arc::new(Repeats { original, replay, name }))
        }
        None => None,
    };
    let owed = Owed {
        key: row.key,
        eventid: event.eventid,
        topic: event.draft.topic.clone(),
        priority: event.draft.priority,
        since: event.accepted_at,
        order: event.order(row.key.subscription).or(row.order),
        expires: event.draft.expires,
        attempts: row.attempts,
        tries: row.tries,
        crashes: row.crashes,
        repeats,
    };
    Ok(StoredDelivery { owed, state: row.state })
}
