//! Stories: the events of one correlation id that somebody may see, with their deliveries and what those emitted. Leans on
//! `events_by_correlation`. Anybody can give an event any correlation id: what somebody may not see takes nothing from what they may.

use std::collections::BTreeSet;

use panotti_core::event::StoredEvent;
use panotti_protocol::api::{Trace, TracedDelivery, TracedEvent};
use panotti_protocol::id::EventId;
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use rusqlite::{Connection, OptionalExtension, params};

use super::database::Database;
use super::views::Names;
use super::visible::SCAN_MAX;
use super::{deliveries, events};
use crate::daemon::store::failure::StoreResult;

/// Most events of a story that are shown.
pub const TRACE_EVENTS_MAX: usize = 1_000;
/// Most deliveries of a story that are shown.
pub const TRACE_DELIVERIES_MAX: usize = 10_000;

/// The events of a story, oldest first, without payloads; one more than are shown tells that there are more. Looks at [`SCAN_MAX`] events.
fn events_of(connection: &Database, correlation: &str, may_see: &dyn Fn(&Topic) -> bool) -> StoreResult<Vec<StoredEvent>> {
    let columns = events::COLUMNS;
    let mut found = Vec::new();
    // The first event of a story has no correlation id written: it is its own.
    if let Ok(eventid) = correlation.parse::<EventId>() {
        let own = format!("SELECT {columns} FROM events LEFT JOIN topics USING (topic_id) WHERE eventid = ?1 AND correlationid IS NULL");
        let mut statement = connection.prepare_cached(&own)?;
        let mut rows = statement.query([eventid.as_bytes()])?;
        while let Some(row) = rows.next()? {
            found.push(events::from_row(connection, row)?.event);
        }
    }
    let others = format!(
        "SELECT {columns} FROM events LEFT JOIN topics USING (topic_id) WHERE correlationid = ?1 ORDER BY events.sequence LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&others)?;
    let mut rows = statement.query(params![correlation, SCAN_MAX])?;
    found.retain(|event: &StoredEvent| may_see(&event.draft.topic));
    while found.len() <= TRACE_EVENTS_MAX
        && let Some(row) = rows.next()?
    {
        found.extend(Some(events::from_row(connection, row)?.event).filter(|event| may_see(&event.draft.topic)));
    }
    found.sort_by_key(|event| event.sequence);
    Ok(found)
}

/// The topic of a stored event; none where it is not stored any more.
fn topic_of(connection: &Connection, eventid: EventId) -> StoreResult<Option<Topic>> {
    let mut statement = connection.prepare_cached("SELECT topics.topic FROM events JOIN topics USING (topic_id) WHERE eventid = ?1")?;
    Ok(statement.query_row([eventid.as_bytes()], |row| events::parsed(row, 0)).optional()?)
}

/// The story with this correlation id, as far as somebody may see it; nothing where no stored event of it may be seen.
pub fn trace(connection: &Database, names: &Names, correlation: &str, may_see: &dyn Fn(&Topic) -> bool) -> StoreResult<Option<Trace>> {
    let mut events = events_of(connection, correlation, may_see)?;
    let Some(first) = events.first() else { return Ok(None) };
    let began_at = first.accepted_at;
    let mut cut = events.len() > TRACE_EVENTS_MAX;
    events.truncate(TRACE_EVENTS_MAX);
    let known: BTreeSet<EventId> = events.iter().map(|event| event.eventid).collect();
    let mut trace = Trace {
        correlationid: correlation.to_owned(),
        events: Vec::with_capacity(events.len()),
        deliveries: 0,
        dead: 0,
        open: 0,
        began_at,
        last_at: began_at,
        cut: false,
    };
    for event in events {
        if trace.deliveries as usize >= TRACE_DELIVERIES_MAX {
            cut = true;
            break;
        }
        let traced = traced(connection, names, &event, &known, may_see)?;
        count(&mut trace, &traced);
        trace.events.push(traced);
    }
    trace.cut = cut;
    Ok(Some(trace))
}

fn traced(
    connection: &Connection,
    names: &Names,
    event: &StoredEvent,
    known: &BTreeSet<EventId>,
    may_see: &dyn Fn(&Topic) -> bool,
) -> StoreResult<TracedEvent> {
    let cause = event.draft.causationid;
    let cause_gone = match cause {
        Some(cause) if !known.contains(&cause) => topic_of(connection, cause)?.is_none(),
        _ => false,
    };
    let mut found = Vec::new();
    for (row, delivery) in names.deliveries(connection, event)? {
        // Emits take effect with the attempt that was done, and that is the last one.
        let emits = deliveries::last_attempt(connection, &row)?.map(|attempt| attempt.emitted).unwrap_or_default();
        let (mut emitted, mut gone) = (Vec::new(), Vec::new());
        for eventid in emits {
            if !known.contains(&eventid) {
                match topic_of(connection, eventid)? {
                    Some(topic) if !may_see(&topic) => continue,
                    Some(_) => {}
                    None => gone.push(eventid),
                }
            }
            emitted.push(eventid);
        }
        found.push(TracedDelivery { delivery, emitted, gone });
    }
    Ok(TracedEvent {
        eventid: event.eventid,
        sequence: event.sequence,
        topic: event.draft.topic.clone(),
        source: event.draft.source.clone(),
        actor: event.draft.actor.clone(),
        priority: event.draft.priority,
        accepted_at: event.accepted_at,
        causationid: cause,
        cause_gone,
        deliveries: found,
    })
}

fn count(trace: &mut Trace, event: &TracedEvent) {
    let ended = event.deliveries.iter().filter_map(|traced| traced.delivery.ended_at).max();
    trace.last_at = [trace.last_at, event.accepted_at, ended.unwrap_or(Timestamp::from_ms(0))].into_iter().max().unwrap_or(trace.last_at);
    for traced in &event.deliveries {
        trace.deliveries += 1;
        trace.dead += u64::from(traced.delivery.state.is_failed());
        trace.open += u64::from(!traced.delivery.state.is_ended());
    }
}
