//! What the API lists: events with their deliveries, one event whole, the numbers. Every page looks at a bounded number of rows and
//! says where the next begins, so that a filter that fits nothing costs a page and not the store.

use std::collections::{BTreeMap, BTreeSet};

use panotti_core::delivery::DeliveryKey;
use panotti_core::event::StoredEvent;
use panotti_core::limits::REPLAYS_RUNNING_MAX;
use panotti_core::look::Look;
use panotti_core::poison::Crashes;
use panotti_core::replay::ReplayNumber;
use panotti_core::routing::SubscriptionId;
use panotti_filter::expression::Filter;
use panotti_protocol::api::{
    Delivery, EventSummary, EventsQuery, EventsStatus, Filtered, FilteredQuery, Order, Replay, SubscriptionStatus,
};
use panotti_protocol::delivery::{DeliveryState, ReplayMark, ReplayState};
use panotti_protocol::id::{EventId, ReplayId, Sequence};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::{Topic, TopicPattern};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::database::Database;
use super::deliveries::DeliveryRow;
use super::events::Found;
use super::masks::Masks;
use super::plugins::SubscriptionRow;
use super::readers::READ_BYTES_MAX;
use super::subscriptions::{self, Disabled};
use super::{deliveries, events, keyed, pages, plugins, replays, statistics};
use crate::daemon::store::failure::StoreResult;

/// Events that one page of a list looks at, whatever fits: with a filter that reads payloads this many take about 20 ms.
pub const LIST_SCAN_MAX: u32 = 2_000;

/// What turns rows into what people see: names of subscriptions, which plugins are off, what is handed out now.
#[derive(Debug, Default)]
pub struct Names {
    subscriptions: BTreeMap<SubscriptionId, SubscriptionRow>,
    disabled: BTreeSet<String>,
    leased: BTreeSet<DeliveryKey>,
}

impl Names {
    /// Reads them. `leased` comes from the bus.
    pub fn read(connection: &Connection, leased: BTreeSet<DeliveryKey>) -> StoreResult<Self> {
        let subscriptions = plugins::subscriptions(connection)?.into_iter().map(|row| (row.stored.id, row)).collect();
        let disabled = plugins::plugins(connection)?.into_iter().filter(|row| !row.enabled).map(|row| row.plugin).collect();
        Ok(Self { subscriptions, disabled, leased })
    }

    fn names(&self, id: SubscriptionId) -> (String, String, u32) {
        match self.subscriptions.get(&id) {
            Some(row) => {
                let stored = &row.stored;
                (stored.plugin.clone(), format!("{}/{}", stored.plugin, stored.spec.name), stored.spec.retry.attempts_max())
            }
            None => (String::new(), format!("?/{}", id.0), 0),
        }
    }

    /// The state of a delivery that has no row, or whose row only waits.
    fn state_now(&self, key: DeliveryKey, plugin: &str, stored: DeliveryState) -> DeliveryState {
        match stored {
            DeliveryState::Pending | DeliveryState::Waiting if self.leased.contains(&key) => DeliveryState::Leased,
            DeliveryState::Pending if self.disabled.contains(plugin) => DeliveryState::Held,
            other => other,
        }
    }

    fn implied(&self, connection: &Connection, event: &StoredEvent, id: SubscriptionId) -> StoreResult<Delivery> {
        let key = DeliveryKey::live(event.sequence, id);
        let (plugin, subscription, attempts_max) = self.names(id);
        let state = match (self.state_now(key, &plugin, DeliveryState::Pending), event.order(id)) {
            (DeliveryState::Pending, Some(order)) if keyed::is_blocked(connection, key, order)? => DeliveryState::Blocked,
            (state, _) => state,
        };
        Ok(Delivery {
            deliveryid: key.id(event.eventid),
            subscription,
            state,
            plugin,
            cause: None,
            attempts: 0,
            attempts_max,
            next_attempt_at: None,
            ended_at: None,
            duration_ms: None,
            error: None,
            fingerprint: None,
            replay: None,
            history: Vec::new(),
        })
    }

    /// One delivery as the API shows it.
    pub fn delivery(&self, connection: &Connection, event: &StoredEvent, row: &DeliveryRow) -> StoreResult<Delivery> {
        let (plugin, subscription, _) = self.names(row.key.subscription);
        let last = deliveries::last_attempt(connection, row)?;
        let replay = match row.attempt_of {
            Some(original) => mark(connection, row, DeliveryKey { replay: original, ..row.key }.id(event.eventid))?,
            None => None,
        };
        let failed = row.state != DeliveryState::Done;
        Ok(Delivery {
            deliveryid: row.key.id(event.eventid),
            subscription,
            state: self.state_now(row.key, &plugin, row.state),
            plugin,
            cause: row.cause,
            attempts: row.attempts,
            attempts_max: row.attempts_max,
            next_attempt_at: row.due,
            ended_at: row.ended_at,
            duration_ms: last.as_ref().map(|attempt| attempt.duration_ms),
            error: last.and_then(|attempt| attempt.error).filter(|_| failed),
            fingerprint: row.fingerprint.clone().filter(|_| failed),
            replay,
            history: Vec::new(),
        })
    }

    /// All deliveries of an event: those with a row and those its matches imply, the implied ones of unmatched events excepted.
    pub fn deliveries(&self, connection: &Connection, event: &StoredEvent) -> StoreResult<Vec<(DeliveryRow, Delivery)>> {
        let rows = deliveries::of_event(connection, event.sequence)?;
        let mut found = Vec::with_capacity(rows.len());
        for id in event.matches.iter().flatten() {
            if !rows.iter().any(|row| row.key == DeliveryKey::live(event.sequence, *id)) {
                found.push((no_row(DeliveryKey::live(event.sequence, *id)), self.implied(connection, event, *id)?));
            }
        }
        for row in rows {
            let delivery = self.delivery(connection, event, &row)?;
            found.push((row, delivery));
        }
        found.sort_by_key(|(row, _)| row.key);
        Ok(found)
    }
}

fn no_row(key: DeliveryKey) -> DeliveryRow {
    DeliveryRow {
        key,
        state: DeliveryState::Pending,
        cause: None,
        attempts: 0,
        attempts_max: 0,
        tries: 0,
        due: None,
        ended_at: None,
        fingerprint: None,
        attempt_of: None,
        open_failure: false,
        crashes: Crashes::default(),
        order: None,
        first: None,
    }
}

fn mark(connection: &Connection, row: &DeliveryRow, attempt_of: panotti_protocol::id::DeliveryId) -> StoreResult<Option<ReplayMark>> {
    let mut statement = connection.prepare_cached("SELECT replay_id, name FROM replays WHERE replay_no = ?1")?;
    let found = statement
        .query_row([row.key.replay.0], |row| Ok(ReplayMark { id: ReplayId::from_bytes(row.get(0)?), name: row.get(1)?, attempt_of }))
        .optional()?;
    Ok(found)
}

/// An event without its payload, with the deliveries asked for.
pub fn summary(event: &StoredEvent, size_bytes: u64, deliveries: Vec<Delivery>) -> EventSummary {
    EventSummary {
        eventid: event.eventid,
        sequence: event.sequence,
        topic: event.draft.topic.clone(),
        source: event.draft.source.clone(),
        id: event.id(),
        subject: event.draft.subject.clone(),
        time: event.draft.time.unwrap_or(event.accepted_at),
        accepted_at: event.accepted_at,
        priority: event.draft.priority,
        correlationid: event.correlation(),
        causationid: event.draft.causationid,
        actor: event.draft.actor.clone(),
        datacontenttype: event.draft.datacontenttype.clone(),
        size_bytes,
        deliveries,
    }
}

/// One page of events.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Those that fit.
    pub items: Vec<EventSummary>,
    /// Events that were looked at, of those that the caller may see.
    pub scanned: u64,
    /// Those of them that do not read back as they were written: whether they fit the query is not known.
    pub corrupt: Vec<Sequence>,
    /// Where the page ended, if there is more.
    pub place: Option<Sequence>,
}

/// The events that a page looks at, as a query with a condition that more can be added to and the values from `?4` on. Where an index has
/// what is asked for, only that is looked at.
fn candidates(query: &EventsQuery) -> (&'static str, Vec<Value>) {
    let text = |text: &str| Value::Text(text.to_owned());
    let state = query.status.map(|state| Value::Integer(i64::from(state.number())));
    // A pattern without wildcards is a topic.
    let topic = query.topic.as_ref().map(TopicPattern::as_str).filter(|pattern| pattern.parse::<Topic>().is_ok());
    if let Some((key, value)) = query.tag.as_deref().and_then(|tag| tag.split_once(':')) {
        ("SELECT sequence FROM event_tags WHERE key = ?4 AND value = ?5", vec![text(key), text(value)])
    } else if let Some(story) = &query.correlation {
        let own_id = story.parse::<EventId>().map_or(Value::Null, |eventid| Value::Blob(eventid.as_bytes().to_vec()));
        let sql = "SELECT sequence FROM (SELECT sequence FROM events WHERE correlationid = ?4
             UNION ALL SELECT sequence FROM events WHERE eventid = ?5 AND correlationid IS NULL) WHERE 1";
        (sql, vec![text(story), own_id])
    } else if query.failed || query.error.is_some() || query.status == Some(DeliveryState::Dead) {
        ("SELECT DISTINCT sequence FROM deliveries WHERE open_failure = 1", Vec::new())
    } else if query.status.is_some_and(|state| state.is_ended() && state != DeliveryState::Done) {
        ("SELECT DISTINCT sequence FROM deliveries WHERE state = ?4 AND state <> 6", state.into_iter().collect())
    } else if let Some(topic) = topic {
        ("SELECT sequence FROM events WHERE topic_id = (SELECT topic_id FROM topics WHERE topic = ?4)", vec![text(topic)])
    } else {
        ("SELECT sequence FROM events WHERE 1", Vec::new())
    }
}

/// A page of candidates: between two sequences, in their order, at most so many.
fn page_of(candidates: &str, newest_first: bool) -> String {
    let direction = if newest_first { "DESC" } else { "ASC" };
    format!("{candidates} AND sequence > ?1 AND sequence < ?2 ORDER BY sequence {direction} LIMIT ?3")
}

/// One page of events. `place` is the sequence that the page before ended at. `filter` is the query's, compiled.
///
/// An event that the caller may not see is as if it were not there: no filter is asked about it, and nothing counts it.
///
/// Each event is read by itself, in the order of the candidates: a join of both sorts all rows of a page before it gives the first.
pub fn list(
    connection: &Database,
    names: &Names,
    (query, filter): (&EventsQuery, Option<&Filter>),
    may_see: &dyn Fn(&Topic) -> bool,
    place: Option<Sequence>,
    limit: u32,
) -> StoreResult<Listed> {
    let newest_first = query.order != Some(Order::Oldest);
    let (low, high) = bounds(connection, query, place, newest_first)?;
    let (candidates, values) = candidates(query);
    let mut statement = connection.prepare_cached(&page_of(candidates, newest_first))?;
    let place = [low.cast_signed(), high.cast_signed(), i64::from(LIST_SCAN_MAX)].into_iter().map(Value::Integer);
    let mut rows = statement.query(params_from_iter(place.chain(values)))?;
    // Payloads are read only for a filter that looks into them.
    let looks_inside = filter.is_some_and(Filter::reads_data);
    let payload = if looks_inside { ", payload" } else { "" };
    let sql = format!("SELECT {}{payload} FROM events LEFT JOIN topics USING (topic_id) WHERE sequence = ?1", events::COLUMNS);
    let mut event_of = connection.prepare_cached(&sql)?;
    let masks = Masks::new(connection);
    let mut listed = Listed { items: Vec::new(), scanned: 0, corrupt: Vec::new(), place: None };
    let (mut looked_at, mut bytes) = (0, 0);
    while bytes < READ_BYTES_MAX
        && let Some(row) = rows.next()?
    {
        let sequence = Sequence(row.get(0)?);
        looked_at += 1;
        listed.place = Some(sequence);
        let mut found = event_of.query([sequence.0])?;
        let Some(row) = found.next()? else { continue };
        let Some(Found { event, size_bytes }) = events::intact(events::from_row(connection, row))? else {
            listed.corrupt.push(sequence);
            continue;
        };
        bytes += if looks_inside { size_bytes } else { 0 };
        if !may_see(&event.draft.topic) {
            continue;
        }
        listed.scanned += 1;
        if let Some(filter) = filter
            && !masks.evaluate(filter, &event)?.matched
        {
            continue;
        }
        if let Some(fitting) = fitting(connection, names, query, &event)? {
            listed.items.push(summary(&event, size_bytes, fitting));
            if listed.items.len() >= limit as usize {
                return Ok(listed);
            }
        }
    }
    listed.place = listed.place.filter(|_| looked_at == LIST_SCAN_MAX || bytes >= READ_BYTES_MAX);
    Ok(listed)
}

/// One page of what a filter would have matched, the oldest events first, and where it ended, if there is more.
pub fn filtered(
    connection: &Database,
    query: &FilteredQuery,
    filter: &Filter,
    place: Option<Sequence>,
) -> StoreResult<(Filtered, Option<Sequence>)> {
    let span = EventsQuery { since: query.since, ..EventsQuery::default() };
    let (low, _) = bounds(connection, &span, place, false)?;
    let looks_inside = filter.reads_data();
    let columns = format!("{}{}", events::COLUMNS, if looks_inside { ", payload" } else { "" });
    let sql = format!("SELECT {columns} FROM events LEFT JOIN topics USING (topic_id) WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![low, LIST_SCAN_MAX])?;
    let mut numbers = Filtered::default();
    let masks = Masks::new(connection);
    let (mut last, mut bytes) = (None, 0);
    while bytes < READ_BYTES_MAX
        && let Some(row) = rows.next()?
    {
        numbers.scanned += 1;
        last = Some(Sequence(row.get(0)?));
        let Some(Found { event, size_bytes }) = events::intact(events::from_row(connection, row))? else { continue };
        bytes += if looks_inside { size_bytes } else { 0 };
        if query.topic.as_ref().is_none_or(|pattern| pattern.matches(&event.draft.topic)) {
            let found = masks.evaluate(filter, &event)?;
            numbers.events += 1;
            numbers.matched += u64::from(found.matched);
            numbers.missing += u64::from(found.missing);
            numbers.gave_up += u64::from(found.gave_up);
        }
    }
    let last = last.filter(|_| numbers.scanned == u64::from(LIST_SCAN_MAX) || bytes >= READ_BYTES_MAX);
    Ok((numbers, last))
}

/// The sequences between which a page looks, both excluded. Leans on `events_by_time`.
pub fn bounds(connection: &Connection, query: &EventsQuery, place: Option<Sequence>, newest_first: bool) -> StoreResult<(u64, u64)> {
    let first_at = |at: Timestamp| -> StoreResult<Option<u64>> {
        let sql = "SELECT sequence FROM events WHERE accepted_ms >= ?1 ORDER BY accepted_ms, sequence LIMIT 1";
        Ok(connection.prepare_cached(sql)?.query_row([at.as_ms()], |row| row.get(0)).optional()?)
    };
    const END: u64 = i64::MAX as u64;
    let mut low = match query.since {
        Some(since) => first_at(since)?.map_or(END, |sequence| sequence - 1),
        None => 0,
    };
    let mut high = match query.until {
        Some(until) => first_at(until)?.unwrap_or(END),
        None => END,
    };
    match place {
        Some(place) if newest_first => high = high.min(place.0),
        Some(place) => low = low.max(place.0),
        None => {}
    }
    Ok((low, high))
}

/// The deliveries to show where the event fits the query; `None` where it does not.
fn fitting(connection: &Connection, names: &Names, query: &EventsQuery, event: &StoredEvent) -> StoreResult<Option<Vec<Delivery>>> {
    let routed = event.matches.as_ref().is_none_or(|matches| !matches.is_empty());
    if query.topic.as_ref().is_some_and(|pattern| !pattern.matches(&event.draft.topic)) || (query.unrouted && routed) {
        return Ok(None);
    }
    let narrowed = query.plugin.is_some() || query.status.is_some() || query.failed || query.error.is_some();
    let all = names.deliveries(connection, event)?.into_iter();
    let fits = |row: &DeliveryRow, delivery: &Delivery| {
        query.plugin.as_ref().is_none_or(|plugin| delivery.plugin == *plugin)
            && query.status.is_none_or(|state| delivery.state == state)
            && (!query.failed || row.open_failure)
            && query.error.as_ref().is_none_or(|group| row.open_failure && row.fingerprint.as_ref() == Some(group))
    };
    let fitting: Vec<Delivery> = all.filter(|(row, delivery)| fits(row, delivery)).map(|(_, delivery)| delivery).collect();
    Ok((!narrowed || !fitting.is_empty()).then_some(fitting))
}

/// An event's deliveries with every attempt.
pub fn deliveries_with_history(connection: &Connection, names: &Names, event: &StoredEvent) -> StoreResult<Vec<Delivery>> {
    let mut found = Vec::new();
    for (row, mut delivery) in names.deliveries(connection, event)? {
        delivery.history.extend(row.first.clone());
        delivery.history.extend(deliveries::later_attempts(connection, row.key)?);
        found.push(delivery);
    }
    Ok(found)
}

/// The numbers of the event system, from counters kept with the writes.
pub fn status(
    connection: &Connection,
    look: &Look,
    store: panotti_protocol::api::StoreStatus,
    now: Timestamp,
) -> StoreResult<EventsStatus> {
    let leased = &look.leased;
    let mut totals: BTreeMap<DeliveryState, u64> = BTreeMap::new();
    let mut shown = Vec::new();
    let disabled = Disabled::read(connection)?;
    for mut row in plugins::subscriptions(connection)? {
        leave_out_leased(connection, &mut row, leased)?;
        let is_disabled = disabled.fate(&row.stored.plugin, row.stored.spec.on_disabled).is_some();
        for (state, count) in row.counts.by_state() {
            let held = state == DeliveryState::Pending && is_disabled;
            *totals.entry(if held { DeliveryState::Held } else { state }).or_default() += u64::try_from(count).unwrap_or(0);
        }
        shown.push(subscription_status(connection, &row, &disabled, look)?);
    }
    *totals.entry(DeliveryState::Leased).or_default() += leased.len() as u64;
    let replays: Vec<Replay> =
        replays::page(connection, Some(ReplayState::Running), (u32::MAX, REPLAYS_RUNNING_MAX as u32), |_| true)?.items;
    let accepted: u64 = connection.query_row("SELECT coalesce(max(sequence), 0) FROM events", [], |row| row.get(0))?;
    Ok(EventsStatus {
        accepted,
        unrouted: pages::meta(connection, "unrouted")?,
        deliveries: totals,
        subscriptions: shown.into_iter().flatten().collect(),
        store,
        replays_running: replays.len() as u64,
        replays,
        rates: statistics::rates(connection, now)?,
    })
}

/// The counters know nothing of leases: what is handed out now still counts as what it was before.
pub fn leave_out_leased(connection: &Connection, row: &mut SubscriptionRow, leased: &BTreeSet<DeliveryKey>) -> StoreResult<()> {
    let mut state_of =
        connection.prepare_cached("SELECT state FROM deliveries WHERE sequence = ?1 AND subscription_id = ?2 AND replay_no = ?3")?;
    for key in leased.iter().filter(|key| key.subscription == row.stored.id) {
        let found: Option<u8> =
            state_of.query_row(params![key.sequence.0, key.subscription.0, key.replay.0], |row| row.get(0)).optional()?;
        let counter = match found.map(DeliveryState::from_number) {
            // What a replay hands out first has no row and was not counted.
            None if key.replay != ReplayNumber::LIVE => continue,
            None | Some(Some(DeliveryState::Pending)) => &mut row.counts.owed,
            Some(Some(DeliveryState::Waiting)) => &mut row.counts.waiting,
            // It has ended since it was asked what is leased.
            _ => continue,
        };
        *counter = (*counter - 1).max(0);
    }
    Ok(())
}

/// One subscription's numbers; nothing for one that is no longer named and owes nothing.
fn subscription_status(
    connection: &Connection,
    row: &SubscriptionRow,
    disabled: &Disabled,
    look: &Look,
) -> StoreResult<Option<SubscriptionStatus>> {
    let (stored, counts) = (&row.stored, row.counts);
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let handed_out = look.leased.iter().filter(|key| key.subscription == stored.id).count() as u64;
    if !stored.active && counts.owed == 0 && counts.waiting == 0 && counts.dead == 0 && handed_out == 0 {
        return Ok(None);
    }
    let oldest_pending_at = subscriptions::oldest_pending_at(connection, row, look)?;
    Ok(Some(SubscriptionStatus {
        subscription: format!("{}/{}", stored.plugin, stored.spec.name),
        topic: stored.spec.pattern.clone(),
        filter: stored.spec.filter.clone(),
        filter_missing: number(counts.filter_missing),
        filter_gave_up: number(counts.filter_gave_up),
        key: stored.spec.key.as_ref().map(ToString::to_string),
        on_dead: stored.spec.on_dead,
        turns: stored.spec.turns,
        without_key: row.without_key,
        state: subscriptions::state(row, disabled, look),
        pending: number(counts.owed),
        leased: handed_out,
        waiting: number(counts.waiting),
        done: number(counts.done),
        dead: number(counts.dead + counts.quarantined),
        oldest_pending_at,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_asked_for_an_index_gives_its_page_in_order_and_nothing_is_sorted() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(concat!(include_str!("0001.sql"), include_str!("0002.sql"))).unwrap();
        let asked = |query: EventsQuery| [true, false].map(|newest_first| (query.clone(), newest_first));
        let queries = [
            EventsQuery::default(),
            EventsQuery { tag: Some("a:b".to_owned()), ..EventsQuery::default() },
            EventsQuery { correlation: Some("story".to_owned()), ..EventsQuery::default() },
            EventsQuery { failed: true, ..EventsQuery::default() },
            EventsQuery { status: Some(DeliveryState::Cancelled), ..EventsQuery::default() },
            EventsQuery { topic: Some("recording.ended".parse().unwrap()), ..EventsQuery::default() },
        ];
        for (query, newest_first) in queries.into_iter().flat_map(asked) {
            let (candidates, values) = candidates(&query);
            let sql = format!("EXPLAIN QUERY PLAN {}", page_of(candidates, newest_first));
            let mut statement = connection.prepare(&sql).unwrap();
            let place = [0, i64::MAX, 10].map(Value::Integer).into_iter().chain(values);
            let plan = statement.query_map(params_from_iter(place), |row| row.get::<_, String>(3));
            let plan: Vec<String> = plan.unwrap().map(Result::unwrap).collect();
            assert!(plan.iter().any(|step| step.starts_with("SEARCH")), "{query:?}: {plan:?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP B-TREE")), "{query:?}: {plan:?}");
        }
    }
}
