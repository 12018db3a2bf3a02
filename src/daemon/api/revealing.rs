//! Showing events to people: with what is sensitive masked, or, to those who may and ask for it, with everything. That is written to the
//! audit before it is shown, and not shown where it cannot be.

use panotti_core::command::Record;
use panotti_core::event::StoredEvent;
use panotti_core::origin::AuditEntry;
use panotti_protocol::api::RevealQuery;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::REASON_BYTES_MAX;
use panotti_protocol::permission::{Resource, Verb};
use panotti_protocol::topic::{Topic, TopicPattern};

use super::Api;
use super::principal::Principal;
use super::problem::Problem;
use crate::daemon::store::sqlite::masks::Masks;

/// An event as it is shown.
#[derive(Debug)]
pub struct Shown {
    /// The event, masked where it is not revealed.
    pub event: StoredEvent,
    /// How many of its values are masked.
    pub masked: u64,
}

/// One event as the caller gets to see it.
///
/// # Errors
/// `permission.denied` where something is to be revealed that the caller may not see; or what the store says.
pub async fn show(api: &Api, principal: &Principal, event: StoredEvent, query: &RevealQuery) -> Result<Shown, Problem> {
    let reading = api.readers.read(move |connection| {
        let mut shown = event.clone();
        let masked = Masks::new(connection).mask(&mut shown)?;
        Ok((event, shown, masked))
    });
    let (event, shown, masked) = reading.await?;
    if masked == 0 {
        return Ok(Shown { event, masked });
    }
    if !query.reveal {
        return Ok(Shown { event: shown, masked });
    }
    principal.check(Verb::Reveal, Resource::Events, event.draft.topic.as_str())?;
    record(api, principal, event.eventid.to_string(), format!("{masked} values of {}", event.draft.topic), query).await?;
    Ok(Shown { event, masked: 0 })
}

/// Asks whether many events may be shown with everything in them, where that is wanted: only to those who may see it of all topics that fit.
///
/// # Errors
/// `permission.denied`, or what the store says.
pub async fn all(api: &Api, principal: &Principal, topics: Option<&TopicPattern>, query: &RevealQuery, how: &str) -> Result<(), Failure> {
    if !query.reveal {
        return Ok(());
    }
    principal.check_all(Verb::Reveal, Resource::Events, topics)?;
    let object = topics.map_or_else(|| ">".to_owned(), ToString::to_string);
    record(api, principal, object, how.to_owned(), query).await
}

/// What tells of the values of a topic's events, and is shown only to those who may see them.
///
/// # Errors
/// `permission.denied`, or what the store says.
pub async fn of_topic(api: &Api, principal: &Principal, topic: &Topic, how: &str) -> Result<(), Failure> {
    principal.check(Verb::Reveal, Resource::Events, topic.as_str())?;
    record(api, principal, topic.to_string(), how.to_owned(), &RevealQuery::default()).await
}

async fn record(api: &Api, principal: &Principal, object: String, detail: String, query: &RevealQuery) -> Result<(), Failure> {
    let reason = query.reason.clone().unwrap_or_default();
    if reason.len() > REASON_BYTES_MAX {
        return Err(Failure::new(ErrorCode::REQUEST_INVALID, format!("`reason` is longer than {REASON_BYTES_MAX} bytes")));
    }
    let entry = AuditEntry { actor: principal.actor.clone(), action: "event.reveal".to_owned(), object, reason, detail };
    api.bus.record(Record::Audit(entry)).await
}
