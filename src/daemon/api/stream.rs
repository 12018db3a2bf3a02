//! `GET /events/stream`: what is published and how attempts end, as server-sent events. Begins after a sequence where one is given, is
//! told of a gap where the reader was too slow, and ends with a word when the daemon stops.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use panotti_core::action::Notice;
use panotti_core::event::StoredEvent;
use panotti_filter::expression::Filter;
use panotti_protocol::api::{EventsQuery, Gap, Order, OutcomeNotice, RevealQuery, StreamQuery};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::permission::Verb;
use panotti_protocol::topic::Topic;

use super::answers::EventStream;
use super::limits::{PAST_PAGE, STREAM_BYTES_MAX};
use super::openapi::headers::Header;
use super::principal::Principal;
use super::problem::{Parameters, Problem};
use super::room::{PieceSender, queue};
use super::{Api, filters, pages, revealing};
use crate::daemon::bus::watch::FeedItem;
use crate::daemon::event_json::{Payload, event_json};
use crate::daemon::event_view;
use crate::daemon::ring::{Missed, Reader};
use crate::daemon::store::sqlite::events;
use crate::daemon::store::sqlite::masks::Masks;
use crate::daemon::store::sqlite::views::{self, Listed, Names};

/// How long a client waits before it connects again.
const RETRY: Duration = Duration::from_secs(3);
/// A comment is sent after so much silence.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// After which event a stream begins.
pub const LAST_EVENT_ID: Header = Header {
    name: "Last-Event-ID",
    about: "The `id` of the last event that was seen: the stream begins after it. Counts before `after`.",
    schema: r#"{"type": "string", "pattern": "^[0-9]{1,18}$"}"#,
    example: "17",
};

/// Streams until the client goes or the daemon stops.
pub async fn stream(
    State(api): State<Api>,
    principal: Principal,
    headers: HeaderMap,
    Parameters(query): Parameters<StreamQuery>,
) -> Result<EventStream<Response>, Problem> {
    let after = match headers.get("last-event-id").and_then(|value| value.to_str().ok()) {
        Some(text) => Some(text.parse().map_err(|_| not_of_this_stream("Last-Event-ID"))?),
        None => query.after.map(|after| after.0),
    };
    let after = match after {
        Some(after) if after > pages::STORED_MAX => return Err(Problem(not_of_this_stream("after"))),
        after => after.map(Sequence),
    };
    let filter = filters::compiled(query.filter.as_deref())?;
    if query.reveal && !query.payload {
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, "without `payload` there is nothing to reveal")));
    }
    let asked = RevealQuery { reveal: query.reveal, reason: query.reason.clone() };
    revealing::all(&api, &principal, query.topic.as_ref(), &asked, "a stream").await?;
    let feed = api.bus.feed().subscribe();
    let (sender, receiver) = queue(api.rooms.streams.share(STREAM_BYTES_MAX));
    tokio::spawn(async move {
        let watcher = Watcher { api, principal, query, filter, sender };
        // An error means that the client is gone or the store could not be read, which the log has.
        let _ = watcher.run(feed, after).await;
    });
    let events = receiver.into_stream().map(Ok::<_, Infallible>);
    let begin = futures_util::stream::once(std::future::ready(Ok(SseEvent::default().retry(RETRY))));
    Ok(EventStream(Sse::new(begin.chain(events)).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()))
}

fn not_of_this_stream(place: &str) -> Failure {
    Failure::new(ErrorCode::REQUEST_INVALID, format!("`{place}` is not one of this stream's ids"))
}

/// The stream is over.
struct Over;

/// One event of the stream, and the bytes of its text.
struct Piece {
    event: SseEvent,
    bytes: usize,
}

impl Piece {
    fn new(name: &str, id: Option<Sequence>, text: &str) -> Self {
        let event = SseEvent::default().event(name).data(text);
        let event = match id {
            Some(sequence) => event.id(sequence.to_string()),
            None => event,
        };
        Self { event, bytes: text.len() }
    }
}

struct Watcher {
    api: Api,
    principal: Principal,
    query: StreamQuery,
    filter: Option<Filter>,
    sender: PieceSender<SseEvent>,
}

impl Watcher {
    async fn run(self, mut feed: Reader<FeedItem>, after: Option<Sequence>) -> Result<(), Over> {
        let mut sent_to = match after {
            Some(after) => {
                let past = self.api.stopping.run_until_cancelled(self.past(after));
                match self.sender.while_taken(past).await.map_err(|_| Over)? {
                    Some(sent_to) => sent_to?,
                    None => return self.goodbye().await,
                }
            }
            None => Sequence(0),
        };
        loop {
            tokio::select! {
                () = self.api.stopping.cancelled() => return self.goodbye().await,
                () = self.sender.closed() => return Err(Over),
                item = feed.next() => match item {
                    Ok(FeedItem::Published { event, size_bytes }) if event.sequence > sent_to => {
                        sent_to = event.sequence;
                        self.published(&event, size_bytes).await?;
                    }
                    Ok(FeedItem::Published { .. }) => {}
                    Ok(FeedItem::Outcome(notice)) => self.outcome(&notice).await?,
                    Err(Missed(missed)) => self.send_json("gap", None, &Gap { missed }).await?,
                },
            }
        }
    }

    async fn goodbye(&self) -> Result<(), Over> {
        self.send(Piece::new("goodbye", None, "{\"why\":\"the daemon is stopping\"}")).await
    }

    async fn send(&self, Piece { event, bytes }: Piece) -> Result<(), Over> {
        self.sender.send(event, bytes).await.map_err(|_| Over)
    }

    async fn send_json<T: serde::Serialize>(&self, name: &str, id: Option<Sequence>, value: &T) -> Result<(), Over> {
        let piece = Piece::new(name, id, &serde_json::to_string(value).map_err(|_| Over)?);
        self.send(piece).await
    }

    /// Sends what the store has after a sequence, page by page. Returns the last sequence that was looked at.
    async fn past(&self, after: Sequence) -> Result<Sequence, Over> {
        let query = EventsQuery {
            topic: self.query.topic.clone(),
            plugin: self.query.plugin.clone(),
            filter: self.query.filter.clone(),
            order: Some(Order::Oldest),
            ..EventsQuery::default()
        };
        let mut place = after;
        loop {
            let turn = self.api.turns.take(&self.principal.actor).await;
            let (query, filter, principal) = (query.clone(), self.filter.clone(), self.principal.clone());
            let page = self.api.readers.read_much(move |connection| {
                let _until_it_is_read = turn;
                let names = Names::read(connection, Default::default())?;
                let may_see = |topic: &Topic| principal.may_topic(Verb::Read, topic);
                views::list(connection, &names, (&query, filter.as_ref()), &may_see, Some(place), PAST_PAGE)
            });
            let Listed { items, place: next, .. } = page.await.map_err(|error| {
                tracing::error!(code = %error.code(), %error, "a stream could not read the past");
                Over
            })?;
            for item in items {
                place = place.max(item.sequence);
                if self.query.event.is_some_and(|wanted| wanted != item.eventid) {
                    continue;
                }
                match self.query.payload {
                    true => self.whole(item.sequence).await?,
                    false => self.send_json("published", Some(item.sequence), &item).await?,
                }
            }
            match next {
                Some(next) => place = next,
                None => return Ok(place),
            }
        }
    }

    async fn whole(&self, sequence: Sequence) -> Result<(), Over> {
        let reveal = self.query.reveal;
        let reading = self.api.readers.read(move |connection| {
            let mut event = events::by_sequence(connection, sequence)?;
            if let Some(event) = event.as_mut().filter(|_| !reveal) {
                Masks::new(connection).mask(event)?;
            }
            Ok(event)
        });
        match reading.await {
            Ok(Some(event)) => {
                // While the piece waits for room, nothing else of the event is in memory.
                let piece = Piece::new("published", Some(sequence), event_json(&event, Payload::Included).get());
                drop(event);
                self.send(piece).await
            }
            Ok(None) => Ok(()),
            Err(_) => Err(Over),
        }
    }

    async fn published(&self, event: &StoredEvent, size_bytes: u64) -> Result<(), Over> {
        let wanted = self.query.event.is_none_or(|wanted| wanted == event.eventid);
        if !wanted
            || !self.principal.may_topic(Verb::Read, &event.draft.topic)
            || self.query.topic.as_ref().is_some_and(|pattern| !pattern.matches(&event.draft.topic))
            || !self.plugin_gets(event)
            || !self.filter_lets_through(event.sequence, Some(event)).await?
        {
            return Ok(());
        }
        match self.query.payload {
            true => self.whole(event.sequence).await,
            false => self.send_json("published", Some(event.sequence), &views::summary(event, size_bytes, Vec::new())).await,
        }
    }

    /// Whether the filter matches an event. The feed has events without their payload: where that is asked for, the store is.
    async fn filter_lets_through(&self, sequence: Sequence, known: Option<&StoredEvent>) -> Result<bool, Over> {
        let Some(filter) = &self.filter else { return Ok(true) };
        if let Some(event) = known.filter(|_| !filter.reads_data()) {
            return Ok(event_view::evaluate(filter, event).matched);
        }
        let filter = filter.clone();
        let reading = self.api.readers.read(move |connection| match events::by_sequence(connection, sequence)? {
            Some(event) => Ok(Masks::new(connection).evaluate(&filter, &event)?.matched),
            None => Ok(false),
        });
        reading.await.map_err(|_| Over)
    }

    fn plugin_gets(&self, event: &StoredEvent) -> bool {
        let Some(plugin) = &self.query.plugin else { return true };
        let rules = self.api.rules.current();
        let matched = event.matches.iter().flatten();
        matched.into_iter().any(|id| rules.rules.iter().any(|rule| rule.subscription == *id && rule.plugin == *plugin))
    }

    async fn outcome(&self, notice: &Notice) -> Result<(), Over> {
        let rules = self.api.rules.current();
        let Some(rule) = rules.rules.iter().find(|rule| rule.subscription == notice.subscription) else { return Ok(()) };
        if !self.principal.may_topic(Verb::Read, &notice.topic)
            || self.query.event.is_some_and(|wanted| wanted != notice.eventid)
            || self.query.plugin.as_ref().is_some_and(|plugin| *plugin != rule.plugin)
            || self.query.topic.as_ref().is_some_and(|pattern| !pattern.matches(&notice.topic))
        {
            return Ok(());
        }
        if !self.filter_lets_through(notice.sequence, None).await? {
            return Ok(());
        }
        let row = &notice.row;
        let attempt = row.attempt.as_ref();
        let notice = OutcomeNotice {
            at: attempt.map_or(self.api.clock.now(), |attempt| attempt.started_at + Duration::from_millis(attempt.duration_ms)),
            eventid: notice.eventid,
            topic: notice.topic.clone(),
            subscription: format!("{}/{}", rule.plugin, rule.name),
            state: row.state,
            attempt: attempt.map_or(row.tries, |attempt| attempt.attempt),
            attempts_max: row.attempts_max,
            duration_ms: attempt.map_or(0, |attempt| attempt.duration_ms),
            cause: row.cause,
            error: attempt.and_then(|attempt| attempt.error.clone()),
            next_attempt_at: row.due,
        };
        self.send_json("outcome", None, &notice).await
    }
}
