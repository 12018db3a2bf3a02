//! `GET /events/export`: stored events as lines that publishing takes, oldest first. Read page by page, sent as the client takes them.

use std::io;

use axum::body::Body;
use axum::extract::State;
use bytes::Bytes;
use panotti_filter::expression::Filter;
use panotti_protocol::api::{EventsQuery, Order, RevealQuery};
use panotti_protocol::event::NewEvent;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::permission::Verb;
use panotti_protocol::topic::Topic;

use super::answers::Lines;
use super::limits::{EXPORT_PAGE, EXPORT_PAGE_BYTES_MAX, STREAM_BYTES_MAX};
use super::principal::Principal;
use super::problem::{Parameters, Problem};
use super::room::{PieceSender, queue};
use super::{Api, filters, revealing};
use crate::daemon::event_json;
use crate::daemon::store::failure::StoreResult;
use crate::daemon::store::sqlite::database::Database;
use crate::daemon::store::sqlite::events;
use crate::daemon::store::sqlite::masks::Masks;
use crate::daemon::store::sqlite::views::{self, Listed, Names};

/// Sends every event that fits, but for the daemon's own, which nobody else may publish.
pub async fn export(
    State(api): State<Api>,
    principal: Principal,
    Parameters(query): Parameters<EventsQuery>,
) -> Result<Lines<NewEvent>, Problem> {
    if query.limit.is_some() || query.cursor.is_some() || query.order.is_some() {
        let detail = "an export has no `limit`, `cursor` or `order`: it is all that fits, oldest first";
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, detail)));
    }
    let filter = filters::compiled(query.filter.as_deref())?;
    let asked = RevealQuery { reveal: query.reveal, reason: query.reason.clone() };
    revealing::all(&api, &principal, query.topic.as_ref(), &asked, "an export").await?;
    let (sender, receiver) = queue(api.rooms.streams.share(STREAM_BYTES_MAX));
    tokio::spawn(async move {
        let sending = api.stopping.run_until_cancelled(send((&api, &principal), (query, filter), &sender));
        let Ok(sent) = sender.while_taken(sending).await else { return };
        if let Err(broken) = sent.unwrap_or_else(|| Err(io::Error::other("the daemon is stopping"))) {
            // The body breaks off, so that the client does not take what it has for everything.
            let _ = sender.send(Err(broken), 0).await;
        }
    });
    Ok(Lines::new(Body::from_stream(receiver.into_stream())))
}

async fn send(
    (api, principal): (&Api, &Principal),
    (query, filter): (EventsQuery, Option<Filter>),
    sender: &PieceSender<io::Result<Bytes>>,
) -> io::Result<()> {
    let query = EventsQuery { order: Some(Order::Oldest), ..query };
    let mut place = None;
    loop {
        let leased = api.bus.leased().await.map_err(|failure| io::Error::other(failure.detail))?;
        let turn = api.turns.take(&principal.actor).await;
        let (query, filter, principal) = (query.clone(), filter.clone(), principal.clone());
        let reading = api.readers.read_much(move |connection| {
            let _until_it_is_read = turn;
            let names = Names::read(connection, leased)?;
            page(connection, (&names, &principal), (&query, filter.as_ref()), place)
        });
        let page = reading.await;
        let (lines, next) = page.map_err(|error| {
            tracing::error!(code = %error.code(), %error, "an export could not read the store");
            io::Error::other("the store could not be read")
        })?;
        let bytes = lines.len();
        if !lines.is_empty() && sender.send(Ok(lines), bytes).await.is_err() {
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
    let goes = |topic: &Topic| !topic.is_reserved() && principal.may_topic(Verb::Read, topic);
    let Listed { items: found, place: next, .. } = views::list(connection, names, wanted, &goes, place, EXPORT_PAGE)?;
    let mut lines = Vec::new();
    let masks = Masks::new(connection);
    for summary in &found {
        if let Some(mut event) = events::by_sequence(connection, summary.sequence)? {
            if !wanted.0.reveal {
                masks.mask(&mut event)?;
            }
            lines.extend_from_slice(event_json::for_publishing(&event).get().as_bytes());
            lines.push(b'\n');
        }
        if lines.len() >= EXPORT_PAGE_BYTES_MAX {
            return Ok((lines.into(), Some(summary.sequence)));
        }
    }
    Ok((lines.into(), next))
}
