//! Filters: those of requests, those that are kept, and what one would have matched.

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::command::CreateFilter;
use panotti_core::manifest::routed;
use panotti_filter::expression::Filter;
use panotti_protocol::api::{
    EventFiltered, EventFilteredQuery, FilterChanged, FilterExplanation, FilterRequest, Filtered, FilteredQuery, Page, RevealQuery,
    StoredFilter, Tag,
};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::limits::{FILTER_NAME_BYTES_MAX, PLUGINS_MAX, REASON_BYTES_MAX, TAG_BYTES_MAX};
use panotti_protocol::permission::{Resource, Verb};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::TopicPattern;
use serde::Deserialize;

use super::answers::MadeOnce;
use super::pages::{PageAnswer, Paged};
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem};
use super::revealing::{self, Shown};
use super::{Api, events, pages};
use crate::config::manifest::is_plugin_name;
use crate::daemon::event_view;
use crate::daemon::store::sqlite::{filters, views};

/// Compiles the filter of a query, if it has one.
///
/// # Errors
/// `filter.invalid`, with the place.
pub fn compiled(text: Option<&str>) -> Result<Option<Filter>, Failure> {
    text.map(compile).transpose()
}

fn compile(text: &str) -> Result<Filter, Failure> {
    Filter::compile(text).map_err(|problem| problem.failure())
}

/// `POST /events/filter`
pub async fn create(
    State(api): State<Api>,
    principal: Principal,
    JsonBody(request): JsonBody<FilterRequest>,
) -> Result<MadeOnce<FilterChanged>, Problem> {
    let topic = check(&request)?;
    principal.check(Verb::Manage, Resource::Filters, &request.name)?;
    // What a filter hands to a plugin, or tags, tells of the events that it looks at.
    principal.check_all(Verb::Read, Resource::Events, Some(&topic))?;
    request.to.iter().try_for_each(|plugin| principal.check(Verb::Read, Resource::Plugins, plugin))?;
    let filter = StoredFilter {
        name: request.name,
        filter: request.filter,
        topic,
        to: request.to,
        tag: request.tag,
        created_at: Timestamp::default(),
        by: principal.actor,
    };
    let mut subscriptions = Vec::with_capacity(filter.to.len());
    for plugin in &filter.to {
        subscriptions.push((plugin.clone(), routed(api.host.manifest(plugin)?, &filter)));
    }
    let name = filter.name.clone();
    let changed = api.bus.create_filter(CreateFilter { filter, subscriptions, reason: request.reason.unwrap_or_default() }).await?;
    let filter = load(&api, &name).await?;
    Ok(MadeOnce::new(changed, FilterChanged { changed, filter }, format!("/events/filter/{name}")))
}

/// Checks a request. Gives the topics that the filter looks at: by default every one.
fn check(request: &FilterRequest) -> Result<TopicPattern, Failure> {
    let invalid = |detail: String, next: &str| Err(Failure::new(ErrorCode::REQUEST_INVALID, detail).next(next));
    if !is_plugin_name(&request.name) || request.name.len() > FILTER_NAME_BYTES_MAX {
        return invalid(format!("`{}` is not a filter's name", request.name), "use lower-case letters, digits, `-` and `_`, at most 64");
    }
    if request.to.is_empty() && request.tag.is_none() {
        return invalid("the filter would do nothing".to_owned(), "name plugins with `to`, or a `tag`");
    }
    if request.to.len() > PLUGINS_MAX || (1..request.to.len()).any(|place| request.to[..place].contains(&request.to[place])) {
        return invalid(format!("`to` has a plugin twice, or more than {PLUGINS_MAX}"), "name each plugin once");
    }
    if let Some(Tag { key, value }) = &request.tag {
        let fits = |text: &str| !text.is_empty() && text.len() <= TAG_BYTES_MAX && !text.chars().any(char::is_control);
        if !fits(key) || !fits(value) || key.contains(':') {
            return invalid(format!("`{key}:{value}` is not a tag"), "write KEY:VALUE, each at most 128 bytes, the key without a colon");
        }
    }
    if request.reason.as_ref().is_some_and(|reason| reason.len() > REASON_BYTES_MAX) {
        return invalid(format!("`reason` is longer than {REASON_BYTES_MAX} bytes"), "say it in fewer words");
    }
    if compile(&request.filter)?.asks_for_eventid() {
        let detail = "an event has no `eventid` yet when its subscriptions are decided";
        return Err(Failure::new(ErrorCode::FILTER_INVALID, detail).next("use `id`, which the publisher gives"));
    }
    match &request.topic {
        Some(topic) => Ok(topic.clone()),
        None => ">".parse().map_err(|why| Failure::new(ErrorCode::INTERNAL, format!("`>` is a pattern: {why}"))),
    }
}

async fn load(api: &Api, name: &str) -> Result<StoredFilter, Problem> {
    let wanted = name.to_owned();
    let found = api.readers.read(move |connection| filters::by_name(connection, &wanted)).await?;
    found.ok_or_else(|| Problem(Failure::new(ErrorCode::FILTER_NOT_FOUND, format!("there is no filter `{name}`"))))
}

/// `GET /events/filter`
pub async fn list(State(api): State<Api>, principal: Principal) -> Answer<Page<StoredFilter>> {
    let mut items = api.readers.read(|database| filters::all(database)).await?;
    items.retain(|filter| principal.grants.allows(Verb::Read, Resource::Filters, &filter.name));
    Ok(Json(Page { items, next_cursor: None }))
}

/// `GET /events/filter/{name}`
pub async fn show(State(api): State<Api>, Path(name): Path<String>) -> Answer<StoredFilter> {
    Ok(Json(load(&api, &name).await?))
}

/// Query of `DELETE /events/filter/{name}`.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveQuery {
    /// Why; stored in the audit.
    reason: Option<String>,
}

/// `DELETE /events/filter/{name}`
pub async fn remove(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    Parameters(query): Parameters<RemoveQuery>,
) -> Answer<FilterChanged> {
    let reason = query.reason.unwrap_or_default();
    if reason.len() > REASON_BYTES_MAX {
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, format!("`reason` is longer than {REASON_BYTES_MAX} bytes"))));
    }
    let filter = load(&api, &name).await?;
    let changed = api.bus.remove_filter(&name, &principal.actor, reason).await?;
    Ok(Json(FilterChanged { changed, filter }))
}

/// `GET /events/filtered`: what a filter would have matched, the oldest events first.
pub async fn filtered(State(api): State<Api>, principal: Principal, Parameters(query): Parameters<FilteredQuery>) -> PageAnswer<Filtered> {
    principal.check_all(Verb::Read, Resource::Events, query.topic.as_ref())?;
    let filter = compile(&query.filter)?;
    let place = pages::read::<1>('f', query.cursor.as_deref())?.map(|[sequence]| Sequence(sequence));
    let page = api.readers.read_much(move |connection| views::filtered(connection, &query, &filter, place)).await?;
    let (mut numbers, place) = page;
    if !principal.may_all(Verb::Read, Resource::Events, None) {
        // How many others there are is not for everybody.
        numbers.scanned = numbers.events;
    }
    numbers.next_cursor = place.map(|place| pages::write('f', &[place.0]));
    Ok(Paged(numbers))
}

/// `GET /events/{id}/filtered`: whether one event matches, and why not.
pub async fn event_filtered(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    Parameters(query): Parameters<EventFilteredQuery>,
) -> Answer<EventFiltered> {
    let filter = compile(&query.filter)?;
    let event = events::load(&api, &principal, Verb::Read, &id).await?;
    let Shown { event, .. } = revealing::show(&api, &principal, event, &RevealQuery::default()).await?;
    let found = event_view::evaluate(&filter, &event);
    let why = event_view::explain(&filter, &event);
    let why = why.map(|why| FilterExplanation { clause: why.clause, expected: why.expected, actual: why.actual });
    Ok(Json(EventFiltered { matched: found.matched, missing: found.missing, why }))
}
