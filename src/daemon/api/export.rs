//! `GET /events/export`: stored events as lines that publishing takes, oldest first. Read page by page, sent as the client takes them.

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use panotti_filter::expression::Filter;
use panotti_protocol::api::{EventsQuery, Order, RevealQuery};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::permission::Verb;
use panotti_protocol::topic::Topic;
use tokio::sync::mpsc;

use super::principal::Principal;
use super::problem::{Parameters, Problem};
use super::{Api, filters, revealing};
use crate::daemon::event_json;
use crate::daemon::store::failure::StoreResult;
use crate::daemon::store::sqlite::database::Database;
use crate::daemon::store::sqlite::events;
use crate::daemon::store::sqlite::masks::Masks;
use crate::daemon::store::sqlite::views::{self, Listed, Names};

/// Events of one page: with their payloads at most 16 MiB.
const PAGE: u32 = 64;
/// Pages between the store and the client's connection.
const QUEUE_MAX: usize = 2;

/// Sends every event that fits, but for the daemon's own, which nobody else may publish.
pub async fn export(State(api): State<Api>, principal: Principal, Parameters(query): Parameters<EventsQuery>) -> Result<Response, Problem> {
    if query.limit.is_some() || query.cursor.is_some() || query.order.is_some() {
        let detail = "an export has no `limit`, `cursor` or `order`: it is all that fits, oldest first";
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, detail)));
    }
    let filter = filters::compiled(query.filter.as_deref())?;
    let asked = RevealQuery { reveal: query.reveal, reason: query.reason.clone() };
    revealing::all(&api, &principal, query.topic.as_ref(), &asked, "an export").await?;
    let (sender, receiver) = mpsc::channel(QUEUE_MAX);
    tokio::spawn(async move {
        if let Err(broken) = send((&api, &principal), (query, filter), &sender).await {
            // The body breaks off, so that the client does not take what it has for everything.
            let _ = sender.send(Err(broken)).await;
        }
    });
    let lines = futures_util::stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) });
    let mut response = Body::from_stream(lines).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(response)
}

async fn send(
    (api, principal): (&Api, &Principal),
    (query, filter): (EventsQuery, Option<Filter>),
    sender: &mpsc::Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    let query = EventsQuery { order: Some(Order::Oldest), ..query };
    let mut place = None;
    loop {
        if api.stopping.is_cancelled() {
            return Err(io::Error::other("the daemon is stopping"));
        }
        let leased = api.bus.leased().await.map_err(|failure| io::Error::other(failure.detail))?;
        let (query, filter, principal) = (query.clone(), filter.clone(), principal.clone());
        let reading = api.readers.read_much(move |connection| {
            let names = Names::read(connection, leased)?;
            page(connection, (&names, &principal), (&query, filter.as_ref()), place)
        });
        let page = reading.await;
        let (lines, next) = page.map_err(|error| {
            tracing::error!(code = %error.code(), %error, "an export could not read the store");
            io::Error::other("the store could not be read")
        })?;
        if !lines.is_empty() && sender.send(Ok(lines)).await.is_err() {
            return Ok(());
        }
        match next {
            Some(next) => place = Some(next),
            None => return Ok(()),
        }
    }
}

fn page(
    connection: &Database,
    (names, principal): (&Names, &Principal),
    wanted: (&EventsQuery, Option<&Filter>),
    place: Option<Sequence>,
) -> StoreResult<(Bytes, Option<Sequence>)> {
    let Listed { items: found, place: next, .. } = views::list(connection, names, wanted, place, PAGE)?;
    let mut lines = Vec::new();
    let masks = Masks::new(connection);
    let goes = |topic: &Topic| !topic.is_reserved() && principal.may_topic(Verb::Read, topic);
    for summary in found.iter().filter(|summary| goes(&summary.topic)) {
        if let Some(mut event) = events::by_sequence(connection, summary.sequence)? {
            if !wanted.0.reveal {
                masks.mask(&mut event)?;
            }
            lines.extend_from_slice(event_json::for_publishing(&event).get().as_bytes());
            lines.push(b'\n');
        }
    }
    Ok((lines.into(), next))
}
