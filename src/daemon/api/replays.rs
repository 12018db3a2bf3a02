//! Replay jobs: the plan, starting, listing, cancelling.

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::command::{StartReplay, Steering};
use panotti_core::delivery::DeliveryKey;
use panotti_core::limits::REPLAY_RATE_PER_SECOND;
use panotti_core::replay::{BEGINNING, ReplayNumber};
use panotti_core::routing::SubscriptionId;
use panotti_protocol::api::{Page, Replay, ReplayItem, ReplayItemsQuery, ReplayRequest, ReplayStarted};
use panotti_protocol::delivery::ReplayState;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::{ReplayId, Sequence};
use panotti_protocol::limits::REASON_BYTES_MAX;
use panotti_protocol::permission::{Resource, Verb};
use serde::{Deserialize, Serialize};

use super::answers::{Begun, Made};
use super::limits::{REPLAY_EVENTS_NAMED_MAX, REPLAY_SUBSCRIPTIONS_NAMED_MAX, SUFFIX_CHARACTERS_MIN};
use super::pages::{PageAnswer, Paged};
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem};
use super::{Api, filters, pages, replay_plan};
use crate::daemon::store::sqlite::views::Names;
use crate::daemon::store::sqlite::visible::Visible;
use crate::daemon::store::sqlite::{events, replays};

/// Query of `GET /replays`.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaysQuery {
    /// Only jobs in this state.
    state: Option<ReplayState>,
    /// Rows of the page.
    limit: Option<u32>,
    /// From the page before.
    cursor: Option<String>,
}

/// Answer to cancelling, pausing and resuming.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct ReplayChanged {
    /// Whether anything changed.
    changed: bool,
    /// The job as it stands now.
    replay: Replay,
}

/// `POST /events/replay`
pub async fn start(
    State(api): State<Api>,
    principal: Principal,
    JsonBody(request): JsonBody<ReplayRequest>,
) -> Result<Begun<ReplayStarted>, Problem> {
    check(&request)?;
    let topic = request.selection.topic.as_ref();
    principal.check_all(Verb::Replay, Resource::Events, topic)?;
    if request.selection.filter.is_some() {
        // Counting what a filter matches is reading.
        principal.check_all(Verb::Read, Resource::Events, topic)?;
    }
    let rate = request.rate.unwrap_or(REPLAY_RATE_PER_SECOND);
    let plan = replay_plan::part((&api, &principal), &request.selection, rate, request.cursor.as_deref()).await?;
    let comes_to_nothing = plan.deliveries == 0 && plan.next_cursor.is_none();
    if request.dry_run || comes_to_nothing {
        return Ok(Begun::Not(ReplayStarted { changed: false, plan, replay: None }));
    }
    let start = StartReplay {
        selection: request.selection,
        name: request.name,
        reason: request.reason,
        rate,
        selected: request.selected.unwrap_or_default().max(plan.deliveries),
        actor: principal.actor,
    };
    let id = api.bus.start_replay(start).await?;
    let (_, replay) = read(&api, id).await?;
    Ok(Begun::Begun(Made { made: ReplayStarted { changed: true, plan, replay: Some(replay) }, path: format!("/replays/{id}") }))
}

fn check(request: &ReplayRequest) -> Result<(), Failure> {
    if request.selection.is_empty() {
        return Err(Failure::new(ErrorCode::REPLAY_SELECTOR_MISSING, "the replay selects nothing"));
    }
    filters::compiled(request.selection.filter.as_deref())?;
    if request.selection.events.len() > REPLAY_EVENTS_NAMED_MAX {
        let detail = format!("{} events are named, the limit is {REPLAY_EVENTS_NAMED_MAX}", request.selection.events.len());
        return Err(Failure::new(ErrorCode::SELECTION_INVALID, detail).next("select by topic, plugin or time instead"));
    }
    if request.cursor.is_some() && !request.dry_run {
        let failure = Failure::new(ErrorCode::REQUEST_INVALID, "`cursor` belongs to a plan, which is counted with `dry_run`");
        return Err(failure.next("leave `cursor` out to start the replay"));
    }
    if request.selected.is_some_and(|selected| i64::try_from(selected).is_err()) {
        return Err(Failure::new(ErrorCode::REQUEST_INVALID, format!("`selected` is more than {}", i64::MAX)));
    }
    if request.selection.failed && request.selection.status.is_some() {
        return Err(Failure::new(ErrorCode::SELECTION_INVALID, "`failed` and `status` exclude each other"));
    }
    let selection = &request.selection;
    if !selection.to.is_empty()
        && (selection.failed || selection.status.is_some() || selection.error.is_some() || selection.plugin.is_some())
    {
        let detail = "`to` sends events to subscriptions that you name; it excludes `failed`, `status`, `error` and `plugin`";
        return Err(Failure::new(ErrorCode::SELECTION_INVALID, detail));
    }
    if selection.to.len() > REPLAY_SUBSCRIPTIONS_NAMED_MAX {
        let detail = format!("`to` names {} subscriptions, the limit is {REPLAY_SUBSCRIPTIONS_NAMED_MAX}", selection.to.len());
        return Err(Failure::new(ErrorCode::SELECTION_INVALID, detail));
    }
    if let Some(state) = request.selection.status.filter(|state| !state.is_ended()) {
        let detail = format!("deliveries that are `{state}` have not ended: a replay would only double them");
        return Err(Failure::new(ErrorCode::SELECTION_INVALID, detail).next("retry waiting ones with `panotti event retry`"));
    }
    for (name, text) in [("name", &request.name), ("reason", &request.reason)] {
        if text.as_ref().is_some_and(|text| text.len() > REASON_BYTES_MAX) {
            return Err(Failure::new(ErrorCode::REQUEST_INVALID, format!("`{name}` is longer than {REASON_BYTES_MAX} bytes")));
        }
    }
    Ok(())
}

async fn find(api: &Api, id: &str) -> Result<ReplayId, Problem> {
    if let Ok(replay) = id.parse() {
        return Ok(replay);
    }
    let suffix = id.trim_start_matches("..").to_ascii_lowercase();
    let last = id == "@last";
    let not_found = || Problem(Failure::new(ErrorCode::REPLAY_NOT_FOUND, format!("no replay is called `{id}`")));
    if !last && suffix.len() < SUFFIX_CHARACTERS_MIN {
        return Err(not_found());
    }
    let found = api.readers.read(move |connection| replays::by_suffix(connection, (!last).then_some(suffix.as_str()))).await?;
    match found.as_slice() {
        [only] => Ok(*only),
        _ => Err(not_found()),
    }
}

async fn read(api: &Api, id: ReplayId) -> Result<(ReplayNumber, Replay), Problem> {
    let found = api.readers.read(move |connection| replays::by_id(connection, id)).await?;
    found.ok_or_else(|| not_found(id))
}

fn not_found(id: ReplayId) -> Problem {
    Problem(Failure::new(ErrorCode::REPLAY_NOT_FOUND, format!("there is no replay {id}")))
}

/// A job, if the caller may do that to every event that it can select: otherwise it is as if there were none.
async fn load(api: &Api, principal: &Principal, verb: Verb, id: ReplayId) -> Result<(ReplayNumber, Replay), Problem> {
    let (number, replay) = read(api, id).await?;
    if principal.may_all(verb, Resource::Events, replay.selection.topic.as_ref()) { Ok((number, replay)) } else { Err(not_found(id)) }
}

/// `GET /replays`
pub async fn list(State(api): State<Api>, principal: Principal, Parameters(query): Parameters<ReplaysQuery>) -> PageAnswer<Page<Replay>> {
    let limit = pages::limit(query.limit)?;
    let before = pages::read::<1>('r', query.cursor.as_deref())?.map_or(u32::MAX, |[number]| u32::try_from(number).unwrap_or(u32::MAX));
    let may_see = move |replay: &Replay| principal.may_all(Verb::Read, Resource::Events, replay.selection.topic.as_ref());
    let reading = api.readers.read(move |connection| replays::page(connection, query.state, (before, limit), may_see));
    let Visible { items, place } = reading.await?;
    Ok(Paged(Page { items, next_cursor: place.map(|number| pages::write('r', &[u64::from(number.0)])) }))
}

/// `GET /replays/{id}`
pub async fn show(State(api): State<Api>, principal: Principal, Path(id): Path<String>) -> Answer<Replay> {
    let id = find(&api, &id).await?;
    Ok(Json(load(&api, &principal, Verb::Read, id).await?.1))
}

/// `GET /replays/{id}/items`
pub async fn items(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    Parameters(query): Parameters<ReplayItemsQuery>,
) -> PageAnswer<Page<ReplayItem>> {
    let limit = pages::limit(query.limit)?;
    let id = find(&api, &id).await?;
    let (number, _) = load(&api, &principal, Verb::Read, id).await?;
    let after = match pages::read::<2>('i', query.cursor.as_deref())? {
        Some([sequence, subscription]) => DeliveryKey {
            sequence: Sequence(sequence),
            subscription: SubscriptionId(u32::try_from(subscription).unwrap_or(u32::MAX)),
            replay: number,
        },
        None => BEGINNING,
    };
    let leased = api.bus.leased().await?;
    let page = api.readers.read(move |connection| {
        let names = Names::read(connection, leased)?;
        let rows = replays::items(connection, number, query.failed, after, limit)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(event) = events::by_sequence(connection, row.key.sequence)? else { continue };
            let delivery = names.delivery(connection, &event, &row)?;
            found.push((row.key, ReplayItem { eventid: event.eventid, delivery }));
        }
        Ok(found)
    });
    let found = page.await?;
    let full = found.len() == limit as usize;
    let cursor = |key: &DeliveryKey| pages::write('i', &[key.sequence.0, u64::from(key.subscription.0)]);
    let next_cursor = found.last().filter(|_| full).map(|(key, _)| cursor(key));
    Ok(Paged(Page { items: found.into_iter().map(|(_, item)| item).collect(), next_cursor }))
}

/// `POST /replays/{id}/cancel`
pub async fn cancel(State(api): State<Api>, principal: Principal, Path(id): Path<String>) -> Answer<ReplayChanged> {
    let id = find(&api, &id).await?;
    load(&api, &principal, Verb::Replay, id).await?;
    let changed = api.bus.cancel_replay(id, &principal.actor).await?;
    let (_, replay) = read(&api, id).await?;
    Ok(Json(ReplayChanged { changed, replay }))
}

/// `POST /replays/{id}/pause`
pub async fn pause(State(api): State<Api>, principal: Principal, Path(id): Path<String>) -> Answer<ReplayChanged> {
    steer(&api, &principal, &id, Steering::Pause).await
}

/// `POST /replays/{id}/resume`
pub async fn resume(State(api): State<Api>, principal: Principal, Path(id): Path<String>) -> Answer<ReplayChanged> {
    steer(&api, &principal, &id, Steering::Resume).await
}

async fn steer(api: &Api, principal: &Principal, id: &str, steering: Steering) -> Answer<ReplayChanged> {
    let id = find(api, id).await?;
    load(api, principal, Verb::Replay, id).await?;
    let steered = api.bus.steer_replay(id, steering, &principal.actor).await?;
    let (_, replay) = read(api, id).await?;
    match steered {
        Some(changed) => Ok(Json(ReplayChanged { changed, replay })),
        None => Err(Problem(Failure::new(ErrorCode::REPLAY_STATE, format!("the replay {id} is {}", replay.state)))),
    }
}
