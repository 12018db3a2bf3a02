//! Plugins: listing, switching, configuring, their logs. What a plugin is comes from the host, its numbers and history from the store.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use panotti_protocol::api::{
    Gap, LogLine, LogsQuery, Page, Plugin, PluginChanged, PluginConfig, PluginConfigUpdate, PluginDetail, PluginSwitch, SubscriptionStatus,
};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::REASON_BYTES_MAX;
use panotti_protocol::permission::{Resource, Verb};

use super::answers::EventStream;
use super::limits::HISTORY_SHOWN_MAX;
use super::openapi::shape::{Answers, Shape};
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem};
use super::{Api, events};
use crate::daemon::host::Shown;
use crate::daemon::ring::Missed;
use crate::daemon::store::sqlite::plugins::transitions;

/// A comment is sent after so much silence.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Gives plugins the numbers of their subscriptions.
async fn with_numbers(api: &Api, mut plugins: Vec<Plugin>) -> Result<Vec<Plugin>, Problem> {
    let mut numbers = events::numbers(api).await?.subscriptions;
    for plugin in &mut plugins {
        let own = |status: &SubscriptionStatus| status.subscription.split('/').next() == Some(plugin.name.as_str());
        plugin.subscriptions = numbers.extract_if(.., |status| own(status)).collect();
    }
    Ok(plugins)
}

async fn one_with_numbers(api: &Api, plugin: Plugin) -> Result<Plugin, Problem> {
    let mut plugins = with_numbers(api, vec![plugin]).await?;
    plugins.pop().ok_or_else(|| Problem(Failure::new(ErrorCode::INTERNAL, "one plugin went in and none came out")))
}

/// `GET /plugins`
pub async fn list(State(api): State<Api>, principal: Principal) -> Answer<Page<Plugin>> {
    let mut plugins = api.host.list();
    plugins.retain(|plugin| principal.grants.allows(Verb::Read, Resource::Plugins, &plugin.name));
    let items = with_numbers(&api, plugins).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// `GET /plugins/{id}/status`
pub async fn status(State(api): State<Api>, Path(name): Path<String>) -> Answer<Plugin> {
    let plugin = api.host.status(&name)?;
    Ok(Json(one_with_numbers(&api, plugin).await?))
}

/// `GET /plugins/{id}`
pub async fn show(State(api): State<Api>, Path(name): Path<String>) -> Answer<PluginDetail> {
    let Shown { plugin, dependencies, emits } = api.host.show(&name)?;
    let history = api.readers.read(move |connection| transitions(connection, &name, HISTORY_SHOWN_MAX)).await?;
    Ok(Json(PluginDetail { plugin: one_with_numbers(&api, plugin).await?, dependencies, emits, history }))
}

/// Whether a reason is within its length.
///
/// # Errors
/// `request.invalid`.
pub fn check_reason(reason: Option<&String>) -> Result<(), Failure> {
    match reason {
        Some(reason) if reason.len() > REASON_BYTES_MAX => {
            Err(Failure::new(ErrorCode::REQUEST_INVALID, format!("`reason` is longer than {REASON_BYTES_MAX} bytes")))
        }
        _ => Ok(()),
    }
}

/// `POST /plugins/{id}/enable`
pub async fn enable(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    JsonBody(switch): JsonBody<PluginSwitch>,
) -> Answer<PluginChanged> {
    check_reason(switch.reason.as_ref())?;
    if switch.on_disabled.is_some() {
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, "`on_disabled` is for disabling")));
    }
    Ok(Json(api.host.enable(&name, switch, &principal.actor).await?))
}

/// `POST /plugins/{id}/disable`
pub async fn disable(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    JsonBody(switch): JsonBody<PluginSwitch>,
) -> Answer<PluginChanged> {
    check_reason(switch.reason.as_ref())?;
    Ok(Json(api.host.disable(&name, switch, &principal.actor).await?))
}

/// `GET /plugins/{id}/config`
pub async fn config(State(api): State<Api>, Path(name): Path<String>) -> Answer<PluginConfig> {
    Ok(Json(api.host.config_get(&name)?))
}

/// `PUT /plugins/{id}/config`
pub async fn set_config(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    JsonBody(update): JsonBody<PluginConfigUpdate>,
) -> Answer<PluginConfig> {
    check_reason(update.reason.as_ref())?;
    Ok(Json(api.host.config_put(&name, update, &principal.actor).await?))
}

/// Lines of a log.
#[derive(Debug)]
pub enum Logs {
    /// The newest.
    Newest(Json<Page<LogLine>>),
    /// Those, and new ones as they come.
    Following(EventStream<Response>),
}

impl IntoResponse for Logs {
    fn into_response(self) -> Response {
        match self {
            Self::Newest(page) => page.into_response(),
            Self::Following(stream) => stream.into_response(),
        }
    }
}

impl Answers for Logs {
    fn describe(shape: &mut Shape) {
        shape.json::<Page<LogLine>>(200, "The newest lines.", &[]);
        EventStream::<Response>::describe(shape);
    }
}

/// `GET /plugins/{id}/logs`: a page of the newest lines, or those and every new one as server-sent events.
pub async fn logs(State(api): State<Api>, Path(name): Path<String>, Parameters(query): Parameters<LogsQuery>) -> Result<Logs, Problem> {
    // Before the newest lines are read, so that none is missed between.
    let follow = api.host.logs_follow(&name)?;
    let newest = api.host.logs(&name, &query)?;
    if !query.follow {
        return Ok(Logs::Newest(Json(Page { items: newest, next_cursor: None })));
    }
    let state = (newest.into_iter(), follow, query.event, api.stopping.clone());
    let lines = futures_util::stream::unfold(state, |(mut newest, mut follow, event, stopping)| async move {
        if let Some(line) = newest.next() {
            return Some((sse("line", &line), (newest, follow, event, stopping)));
        }
        loop {
            let received = tokio::select! {
                () = stopping.cancelled() => return None,
                received = follow.next() => received,
            };
            let shown = match received {
                Ok(line) if event.is_some() && line.eventid != event => continue,
                Ok(line) => sse("line", &line),
                Err(Missed(missed)) => sse("gap", &Gap { missed }),
            };
            return Some((shown, (newest, follow, event, stopping)));
        }
    });
    Ok(Logs::Following(EventStream(Sse::new(lines).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())))
}

fn sse<T: serde::Serialize>(name: &str, value: &T) -> Result<SseEvent, Infallible> {
    let text = serde_json::to_string(value).unwrap_or_default();
    Ok(SseEvent::default().event(name).data(text))
}
