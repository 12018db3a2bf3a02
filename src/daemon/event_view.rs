//! Events as filters see them: a draft that is about to be published, or an event that is stored.

use panotti_core::event::{Draft, StoredEvent};
use panotti_filter::expression::{Evaluation, Explanation, Filter};
use panotti_filter::view::{Attributes, EventView};
use panotti_protocol::time::Timestamp;

use super::event_json::is_json;

/// A draft. What only the bus gives is missing: the event's own id, and where the publisher gave none the `id` and the `correlationid`
/// that follow from it. Without a time of its own the event happens `now`.
pub fn of_draft(draft: &Draft, now: Timestamp) -> EventView<'_> {
    view(draft, now, Ids { eventid: None, id: draft.id.as_deref(), correlationid: draft.correlationid.as_deref() })
}

/// A stored event, whole. `eventid` is its id as text, which also stands for the ids that its publisher did not give.
pub fn of_stored<'a>(event: &'a StoredEvent, eventid: &'a str) -> EventView<'a> {
    let draft = &event.draft;
    let known = Ids {
        eventid: Some(eventid),
        id: Some(draft.id.as_deref().unwrap_or(eventid)),
        correlationid: Some(draft.correlationid.as_deref().unwrap_or(eventid)),
    };
    view(draft, event.accepted_at, known)
}

/// Judges a stored event.
pub fn evaluate(filter: &Filter, event: &StoredEvent) -> Evaluation {
    filter.evaluate(&of_stored(event, &event.eventid.to_string()))
}

/// Why a stored event does not match; `None` where it does.
pub fn explain(filter: &Filter, event: &StoredEvent) -> Option<Explanation> {
    filter.explain(&of_stored(event, &event.eventid.to_string()))
}

struct Ids<'a> {
    eventid: Option<&'a str>,
    id: Option<&'a str>,
    correlationid: Option<&'a str>,
}

fn view<'a>(draft: &'a Draft, accepted_at: Timestamp, ids: Ids<'a>) -> EventView<'a> {
    let attributes = Attributes {
        topic: draft.topic.as_str(),
        source: &draft.source,
        subject: draft.subject.as_deref(),
        time: draft.time.unwrap_or(accepted_at),
        priority: draft.priority,
        correlationid: ids.correlationid,
        id: ids.id,
        eventid: ids.eventid,
        orderingkey: draft.orderingkey.as_deref(),
        datacontenttype: &draft.datacontenttype,
        dataschema: draft.dataschema.as_deref(),
        actor: &draft.actor,
    };
    EventView::new(attributes, is_json(&draft.datacontenttype).then_some(draft.payload.as_slice()))
}
