//! Stories: every event with one correlation id, and what became of it.

use axum::Json;
use axum::extract::State;
use panotti_protocol::api::{Trace, TraceQuery};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::EventId;
use panotti_protocol::limits::ATTRIBUTE_BYTES_MAX;
use panotti_protocol::permission::Verb;

use super::principal::Principal;
use super::problem::{Answer, Parameters, Problem};
use super::{Api, events};
use crate::daemon::store::sqlite::events as stored;
use crate::daemon::store::sqlite::story;
use crate::daemon::store::sqlite::views::Names;

/// `GET /events/trace`: by an event of the story or by its correlation id. A whole id of a stored event is that event; anything else is
/// looked for as a correlation id first, then as the end of an event's id.
pub async fn trace(State(api): State<Api>, principal: Principal, Parameters(query): Parameters<TraceQuery>) -> Answer<Trace> {
    if query.of.is_empty() || query.of.len() > ATTRIBUTE_BYTES_MAX {
        let detail = format!("`of` is an event or a correlation id of at most {ATTRIBUTE_BYTES_MAX} bytes");
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, detail)));
    }
    let correlation = match query.of.parse::<EventId>() {
        Ok(eventid) => correlation_of(&api, eventid).await?.unwrap_or_else(|| query.of.clone()),
        Err(_) => query.of.clone(),
    };
    if let Some(found) = read(&api, &principal, correlation).await? {
        return Ok(Json(found));
    }
    let not_found = || hidden(&query.of);
    let is_ending = !query.exact || query.of == "@last";
    let eventid =
        if is_ending { events::find(&api, &principal, &query.of).await.map_err(|_| not_found())? } else { return Err(not_found()) };
    let correlation = correlation_of(&api, eventid).await?.ok_or_else(not_found)?;
    Ok(Json(read(&api, &principal, correlation).await?.ok_or_else(not_found)?))
}

fn hidden(of: &str) -> Problem {
    let detail = format!("no stored event has the id or the correlation id `{of}`");
    Problem(Failure::new(ErrorCode::EVENT_NOT_FOUND, detail))
}

async fn correlation_of(api: &Api, eventid: EventId) -> Result<Option<String>, Problem> {
    let found = api.readers.read(move |connection| stored::by_eventid(connection, eventid)).await?;
    Ok(found.map(|event| event.correlation()))
}

/// What of a story the caller may see. Anybody who publishes can give an event any correlation id: one that is hidden takes nothing away.
async fn read(api: &Api, principal: &Principal, correlation: String) -> Result<Option<Trace>, Problem> {
    let (leased, principal) = (api.bus.leased().await?, principal.clone());
    let reading = api.readers.read_much(move |connection| {
        let names = Names::read(connection, leased)?;
        story::trace(connection, &names, &correlation, &|topic| principal.may_topic(Verb::Read, topic))
    });
    Ok(reading.await?)
}
