//! Publishing, listing, showing; retry and discard of deliveries.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use panotti_core::event::StoredEvent;
use panotti_core::once::PublisherKey;
use panotti_protocol::api::{
    DeliveriesChanged, DiscardRequest, ErrorGroup, ErrorsQuery, EventDetail, EventsPage, EventsQuery, EventsStatus, LineAnswer, Page,
    PublishQuery, PublishSummary, Receipts, RetryRequest, RevealQuery,
};
use panotti_protocol::event::{NewEvent, Receipt};
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart};
use panotti_protocol::id::{EventId, Sequence};
use panotti_protocol::limits::{BATCH_BYTES_MAX, LINE_BYTES_MAX, REASON_BYTES_MAX};
use panotti_protocol::permission::{Resource, Verb};
use panotti_protocol::strict_json;
use panotti_protocol::topic::Topic;

use super::answers::{EVENT_STREAM, Lines, MadeOnce};
use super::limits::SUFFIX_CHARACTERS_MIN;
use super::openapi::headers::{self, Sent};
use super::openapi::shape::{Answers, Shape};
use super::pages::{PageAnswer, Paged};
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem, read_body};
use super::publisher::Publisher;
use super::revealing::{self, Shown};
use super::{Api, batch, cloudevents, filters, ndjson, pages};
use crate::daemon::bus::handle::DeliveryChange;
use crate::daemon::event_json::{self, Payload};
use crate::daemon::store::failure::StoreResult;
use crate::daemon::store::sqlite::views::{self, Listed, Names};
use crate::daemon::store::sqlite::{events, failures, filters as store_filters, retention};

/// `POST /events`: what the content type says: one event, a batch, or a stream of lines.
pub async fn publish(
    State(api): State<Api>,
    Parameters(query): Parameters<PublishQuery>,
    publisher: Publisher,
    request: Request,
) -> Result<Published, Problem> {
    let (parts, body) = request.into_parts();
    let media_type = media_type(&parts.headers);
    if !media_type.starts_with("application/cloudevents") && cloudevents::is_binary(&parts.headers) {
        let bytes = read_event_body(&api, body).await?;
        let new = cloudevents::read(&parts.headers, &bytes)?;
        // In this mode the body alone is not all that a key stands for.
        let whole = serde_json::to_vec(&new).map_err(|error| Failure::new(ErrorCode::INTERNAL, error.to_string()))?;
        return Ok(Published::One(publish_one(&api, &publisher, None, (new, &whole)).await?));
    }
    match media_type.as_str() {
        "" | "application/json" | "application/cloudevents+json" => {
            let bytes = read_event_body(&api, body).await?;
            Ok(Published::One(publish_one(&api, &publisher, None, (read_event(&bytes)?, &bytes)).await?))
        }
        "application/cloudevents-batch+json" => Ok(Published::Batch(publish_batch(&api, &publisher, body).await?)),
        "application/x-ndjson" | "application/jsonl" if publisher.key.is_some() => {
            let failure = Failure::new(ErrorCode::REQUEST_INVALID, "a stream of lines takes no `Idempotency-Key`");
            Err(Problem(failure.why("Lines are published before the body has ended.").next("give each line a `source` and an `id`")))
        }
        "application/x-ndjson" | "application/jsonl" => {
            Ok(Published::Lines(ndjson::publish(api, publisher, query.receipts == Some(Receipts::Summary), body)))
        }
        other => Err(Problem(
            Failure::new(ErrorCode::REQUEST_MEDIA_TYPE, format!("events don't come as `{other}`"))
                .next("send application/json, application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson"),
        )),
    }
}

/// What publishing is answered with.
#[derive(Debug)]
pub enum Published {
    /// One event: its receipt.
    One(MadeOnce<Receipt>),
    /// A batch: an answer for each of its events.
    Batch(Page<LineAnswer>),
    /// Lines: an answer for each as they come, or a summary when they have ended.
    Lines(Response),
}

impl IntoResponse for Published {
    fn into_response(self) -> Response {
        match self {
            Self::One(receipt) => receipt.into_response(),
            Self::Batch(answers) => Json(answers).into_response(),
            Self::Lines(response) => response,
        }
    }
}

impl Answers for Published {
    fn describe(shape: &mut Shape) {
        let one = "One event: its receipt; it is on disk.";
        let again = "One event that was published before: the first receipt, with `duplicate`. A batch: `items` with a receipt or a failure for \
                     each, in order. Lines: an answer for each, one a line, or with `receipts=summary` numbers when they have ended.";
        shape.json::<Receipt>(201, one, &[Sent::Always(&headers::LOCATION)]);
        shape.json::<Receipt>(200, again, &[Sent::Always(&headers::LOCATION)]);
        shape.json::<Page<LineAnswer>>(200, "", &[]);
        shape.json::<PublishSummary>(200, "", &[]);
        Lines::<LineAnswer>::describe(shape);
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    value.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// Reads an event as it was sent.
///
/// # Errors
/// `request.invalid` where it is no JSON, or too deep, too large or not of one meaning; `event.attribute_invalid`.
pub fn read_event(text: &[u8]) -> Result<NewEvent, Failure> {
    strict_json::check_event(text).map_err(|why| Failure::new(ErrorCode::REQUEST_INVALID, format!("the event does not hold: {why}")))?;
    serde_json::from_slice(text).map_err(|error| not_an_event(&error))
}

/// What a body that is no event means to whoever sent it.
fn not_an_event(error: &serde_json::Error) -> Failure {
    if error.is_data() {
        Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, error.to_string())
    } else {
        Failure::new(ErrorCode::REQUEST_INVALID, format!("this is not JSON: {error}"))
    }
}

/// `POST /events/{id}/republish`: a new event made from an old one, which it names as its cause.
pub async fn republish(
    State(api): State<Api>,
    Path(id): Path<String>,
    publisher: Publisher,
    request: Request,
) -> Result<MadeOnce<Receipt>, Problem> {
    let from = load(&api, &publisher.principal, Verb::Read, &id).await?;
    let bytes = read_event_body(&api, request.into_body()).await?;
    publish_one(&api, &publisher, Some(from), (read_event(&bytes)?, &bytes)).await
}

/// The body of one event.
async fn read_event_body(api: &Api, body: Body) -> Result<Bytes, Problem> {
    read_body(&api.rooms.bodies, body, LINE_BYTES_MAX).await.map_err(|Problem(failure)| match failure.is(ErrorCode::REQUEST_TOO_LARGE) {
        true => Problem(Failure::new(ErrorCode::EVENT_PAYLOAD_TOO_LARGE, format!("the event is over {LINE_BYTES_MAX} bytes"))),
        false => Problem(failure),
    })
}

/// Publishes an event, with the text that a key stands for.
async fn publish_one(
    api: &Api,
    publisher: &Publisher,
    from: Option<StoredEvent>,
    (new, text): (NewEvent, &[u8]),
) -> Result<MadeOnce<Receipt>, Problem> {
    let mut draft = publisher.draft(api, new)?;
    publisher.take(api, 1)?;
    let made_from = from.as_ref().map(|from| from.eventid);
    if let Some(from) = from {
        draft.causationid = made_from;
        draft.correlationid = draft.correlationid.or_else(|| Some(from.correlation()));
        draft.traceparent = draft.traceparent.or(from.draft.traceparent);
    }
    let receipt = match publisher.key.clone() {
        None => api.bus.publish(draft).await?,
        Some(key) => {
            let receipts = api.bus.publish_once(key.of(&publisher.principal.actor, text, made_from), vec![draft]).await?;
            receipts.into_iter().next().ok_or_else(|| Failure::new(ErrorCode::INTERNAL, "a key has no receipt"))?
        }
    };
    let path = format!("/events/{}", receipt.eventid);
    Ok(MadeOnce::new(!receipt.duplicate, receipt, path))
}

async fn publish_batch(api: &Api, publisher: &Publisher, body: Body) -> Result<Page<LineAnswer>, Problem> {
    let bytes = read_body(&api.rooms.bodies, body, BATCH_BYTES_MAX).await?;
    let items = batch::read(&bytes)?;
    publisher.take(api, items.len())?;
    let lines = items.iter().enumerate().map(|(index, item)| (index as u64 + 1, item.get().as_bytes()));
    let items = match publisher.key.clone() {
        None => publish_lines(api, publisher, lines).await,
        Some(key) => publish_batch_once(api, publisher, key.of(&publisher.principal.actor, &bytes, None), lines).await?,
    };
    Ok(Page { items, next_cursor: None })
}

/// Publishes a batch under a key: all of it or nothing, so that the key stands for the whole body.
async fn publish_batch_once<'a>(
    api: &Api,
    publisher: &Publisher,
    key: PublisherKey,
    lines: impl Iterator<Item = (u64, &'a [u8])>,
) -> Result<Vec<LineAnswer>, Problem> {
    let mut drafts = Vec::new();
    let mut errors = Vec::new();
    for (line, text) in lines {
        match read_event(text).and_then(|new| publisher.draft(api, new)) {
            Ok(draft) => drafts.push(draft),
            Err(failure) => errors.push(FailurePart { pointer: format!("/{}", line - 1), detail: failure.detail, next: failure.next }),
        }
    }
    if !errors.is_empty() {
        let detail = format!("{} of the batch's events do not hold, and a key publishes all or nothing", errors.len());
        return Err(Problem(Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, detail).errors(errors)));
    }
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let receipts = api.bus.publish_once(key, drafts).await?.into_iter();
    Ok((1..).zip(receipts).map(|(line, receipt)| LineAnswer { line, receipt: Some(receipt), failure: None }).collect())
}

/// Publishes lines in one transaction and answers each, in order. A line that does not hold leaves the others alone.
pub async fn publish_lines<'a>(api: &Api, publisher: &Publisher, lines: impl Iterator<Item = (u64, &'a [u8])>) -> Vec<LineAnswer> {
    let mut answers = Vec::new();
    let mut drafts = Vec::new();
    for (line, text) in lines {
        match read_event(text).and_then(|new| publisher.draft(api, new)) {
            Ok(draft) => {
                answers.push(LineAnswer { line, receipt: None, failure: None });
                drafts.push(draft);
            }
            Err(failure) => answers.push(LineAnswer { line, receipt: None, failure: Some(failure) }),
        }
    }
    let mut published = api.bus.publish_many(drafts).await.into_iter();
    for answer in answers.iter_mut().filter(|answer| answer.failure.is_none()) {
        match published.next() {
            Some(Ok(receipt)) => answer.receipt = Some(receipt),
            Some(Err(failure)) => answer.failure = Some(failure),
            None => answer.failure = Some(Failure::new(ErrorCode::INTERNAL, "the bus gave no answer")),
        }
    }
    answers
}

/// Finds the event that a path names: an id, `@last`, or the end of an id that only one of the newest has.
///
/// # Errors
/// `event.not_found`, in the same words where it is hidden from the caller: only who may see all events is told more.
pub async fn find(api: &Api, principal: &Principal, id: &str) -> Result<EventId, Problem> {
    let sees_all = principal.may_all(Verb::Read, Resource::Events, None);
    let not_found = |detail: String| Problem(Failure::new(ErrorCode::EVENT_NOT_FOUND, detail));
    let hidden = || not_found(format!("there is no event {id}"));
    if id == "@last" {
        let newest = api.readers.read(|database| events::newest(database)).await?;
        return newest.ok_or_else(|| if sees_all { not_found("the store has no events yet".to_owned()) } else { hidden() });
    }
    if let Ok(eventid) = id.parse() {
        return Ok(eventid);
    }
    let suffix = id.trim_start_matches("..").to_owned();
    if suffix.len() < SUFFIX_CHARACTERS_MIN || !suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(not_found(format!("`{id}` is not an event's id, nor its last {SUFFIX_CHARACTERS_MIN} characters or more")));
    }
    let lower = suffix.to_ascii_lowercase();
    match api.readers.read_much(move |connection| events::by_suffix(connection, &lower)).await?.as_slice() {
        [only] => Ok(*only),
        [] => Err(hidden()),
        _ if !sees_all => Err(hidden()),
        _ => Err(not_found(format!("more than one event's id ends with `{suffix}`")).0.next("give more characters").into()),
    }
}

/// The event that a path names, if the caller may do that to events of its topic: otherwise it is as if there were none.
pub async fn load(api: &Api, principal: &Principal, verb: Verb, id: &str) -> Result<StoredEvent, Problem> {
    let not_found = || Problem(Failure::new(ErrorCode::EVENT_NOT_FOUND, format!("there is no event {id}")));
    let eventid = find(api, principal, id).await?;
    let found = api.readers.read(move |connection| events::by_eventid(connection, eventid)).await?;
    found.filter(|event| principal.may_topic(verb, &event.draft.topic)).ok_or_else(not_found)
}

/// `GET /events/{id}`: with all that is known of it, or as a CloudEvent in structured mode where that is asked for.
pub async fn show(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    Parameters(query): Parameters<RevealQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let event = load(&api, &principal, Verb::Read, &id).await?;
    let size_bytes = event.draft.payload.len() as u64;
    let Shown { event, masked } = revealing::show(&api, &principal, event, &query).await?;
    if accepts(&headers, cloudevents::STRUCTURED) {
        return Ok(cloudevents::structured(&event));
    }
    let leased = api.bus.leased().await?;
    let detail = api.readers.read(move |connection| {
        let names = Names::read(connection, leased)?;
        let deliveries = views::deliveries_with_history(connection, &names, &event)?;
        let tags = store_filters::tags_of(connection, event.sequence)?;
        Ok((event, deliveries, tags))
    });
    let (event, deliveries, tags) = detail.await?;
    let shown_with = |payload| serde_json::from_str(event_json::event_json(&event, payload).get());
    // A payload that was stored before JSON was read strictly may be deeper than its readers go. Its bytes are shown then: nothing is wrong
    // with the store.
    let shown = shown_with(Payload::Included)
        .or_else(|_| shown_with(Payload::Encoded))
        .map_err(|error| Failure::new(ErrorCode::STORE_CORRUPT, format!("the event {} does not read back: {error}", event.eventid)))?;
    Ok(Json(EventDetail { accepted_at: event.accepted_at, size_bytes, masked, deliveries, tags, event: shown }).into_response())
}

/// `GET /events/{id}/payload`: its bytes, as they came unless something in them is masked, with its attributes as fields: a CloudEvent in
/// binary mode.
pub async fn payload(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    Parameters(query): Parameters<RevealQuery>,
) -> Result<Response, Problem> {
    let event = load(&api, &principal, Verb::Read, &id).await?;
    let Shown { event, .. } = revealing::show(&api, &principal, event, &query).await?;
    Ok(cloudevents::binary(event))
}

/// `GET /events`
pub async fn list(State(api): State<Api>, principal: Principal, Parameters(query): Parameters<EventsQuery>) -> PageAnswer<EventsPage> {
    let filter = filters::compiled(query.filter.as_deref())?;
    if query.reveal || query.reason.is_some() {
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, "a list shows no payloads, so it has nothing to reveal")));
    }
    if query.tag.as_ref().is_some_and(|tag| !tag.contains(':')) {
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, "a tag is written `KEY:VALUE`")));
    }
    let limit = pages::limit(query.limit)?;
    let place = pages::read::<1>('e', query.cursor.as_deref())?.map(|[sequence]| Sequence(sequence));
    let leased = api.bus.leased().await?;
    let asking = principal.clone();
    let page = api.readers.read_much(move |connection| {
        let names = Names::read(connection, leased)?;
        let may_see = |topic: &Topic| asking.may_topic(Verb::Read, topic);
        views::list(connection, &names, (&query, filter.as_ref()), &may_see, place, limit)
    });
    let Listed { items, scanned, mut corrupt, place } = page.await?;
    // Of what topic it is, is not known of what does not read back.
    if !principal.may_all(Verb::Read, Resource::Events, None) {
        corrupt.clear();
    }
    Ok(Paged(EventsPage { items, scanned, corrupt, next_cursor: place.map(|place| pages::write('e', &[place.0])) }))
}

/// `GET /events/status`
pub async fn status(State(api): State<Api>, principal: Principal) -> Answer<EventsStatus> {
    principal.check_all(Verb::Read, Resource::Events, None)?;
    Ok(Json(numbers(&api).await?))
}

/// The numbers of the event system.
pub async fn numbers(api: &Api) -> Result<EventsStatus, Problem> {
    let look = api.bus.look().await?;
    let (store, now) = (super::daemon::store_status(api), api.clock.now());
    let reading = api.readers.read(move |connection| views::status(connection, &look, retention::complete(connection, store, now)?, now));
    Ok(reading.await?)
}

/// `GET /events/errors`
pub async fn errors(State(api): State<Api>, principal: Principal, Parameters(query): Parameters<ErrorsQuery>) -> Answer<Page<ErrorGroup>> {
    principal.check_all(Verb::Read, Resource::Events, None)?;
    let limit = pages::limit(query.limit)?;
    let items = api.readers.read_much(move |connection| failures::groups(connection, &query, limit)).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// `POST /events/{id}/retry`
pub async fn retry(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    JsonBody(request): JsonBody<RetryRequest>,
) -> Answer<DeliveriesChanged> {
    let event = load(&api, &principal, Verb::Replay, &id).await?;
    let change = DeliveryChange::Retry { actor: principal.actor };
    change_deliveries(&api, event, request.plugin, change).await
}

/// `POST /events/{id}/discard`
pub async fn discard(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    JsonBody(request): JsonBody<DiscardRequest>,
) -> Answer<DeliveriesChanged> {
    if request.reason.trim().is_empty() || request.reason.len() > REASON_BYTES_MAX {
        let detail = format!("discarding needs a reason of at most {REASON_BYTES_MAX} bytes");
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, detail).next("say why with `--reason`")));
    }
    let event = load(&api, &principal, Verb::Manage, &id).await?;
    let change = DeliveryChange::Discard { actor: principal.actor, reason: request.reason };
    change_deliveries(&api, event, request.plugin, change).await
}

/// Changes deliveries of an event, and shows all of them as they stand then.
pub async fn change_deliveries(api: &Api, event: StoredEvent, plugin: Option<String>, change: DeliveryChange) -> Answer<DeliveriesChanged> {
    let changed = api.bus.change_deliveries(event.sequence, plugin.clone(), change).await? > 0;
    let leased = api.bus.leased().await?;
    let reading = api.readers.read(move |connection| -> StoreResult<_> {
        let names = Names::read(connection, leased)?;
        let all = names.deliveries(connection, &event)?.into_iter().map(|(_, delivery)| delivery);
        Ok(all.filter(|delivery| plugin.as_ref().is_none_or(|plugin| delivery.plugin == *plugin)).collect::<Vec<_>>())
    });
    let deliveries = reading.await?;
    if deliveries.is_empty() {
        return Err(Problem(Failure::new(ErrorCode::DELIVERY_NOT_FOUND, "the event has no such delivery")));
    }
    Ok(Json(DeliveriesChanged { changed, deliveries }))
}

/// Whether a client asks for server-sent events.
pub fn wants_event_stream(headers: &HeaderMap) -> bool {
    accepts(headers, EVENT_STREAM)
}

/// Whether a client names a media type among those that it takes.
fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let named = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    named.into_iter().any(|one| one.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(media_type))
}
