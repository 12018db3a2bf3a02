//! A plugin's durable state: keys page by page, one key, and changing it by hand (audited).

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::state::SetState;
use panotti_protocol::api::{Page, StateChanged, StateItem, StateQuery, StateRemoval, StateUpdate};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::StateWrite;
use panotti_protocol::limits::{STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX};
use serde_json::Value;

use super::limits::STATE_PAGE_BYTES_MAX;
use super::pages::{PageAnswer, Paged};
use super::plugins::check_reason;
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem};
use super::{Api, pages};
use crate::daemon::store::sqlite::plugin_state::{self, StateRow};

fn item(row: StateRow) -> StateItem {
    StateItem { key: row.key, value: row.value, value_bytes: row.value_bytes as u64, written_at: row.written_at }
}

/// `GET /plugins/{id}/state`
pub async fn list(
    State(api): State<Api>,
    Path(plugin): Path<String>,
    Parameters(query): Parameters<StateQuery>,
) -> PageAnswer<Page<StateItem>> {
    api.host.status(&plugin)?;
    let limit = pages::limit(query.limit)?;
    let after = pages::read_text('s', query.cursor.as_deref())?;
    let page = api.readers.read(move |connection| {
        let prefix = query.prefix.as_deref().unwrap_or_default();
        plugin_state::page(connection, &plugin, prefix, after.as_deref(), limit, STATE_PAGE_BYTES_MAX)
    });
    let page = page.await?;
    let next_cursor = page.rows.last().filter(|_| page.more).map(|row| pages::write_text('s', &row.key));
    Ok(Paged(Page { items: page.rows.into_iter().map(item).collect(), next_cursor }))
}

/// `GET /plugins/{id}/state/{key}`
pub async fn show(State(api): State<Api>, Path((plugin, key)): Path<(String, String)>) -> Answer<StateItem> {
    api.host.status(&plugin)?;
    let not_found = Failure::new(ErrorCode::PLUGIN_STATE_KEY_NOT_FOUND, format!("the state of `{plugin}` has no key `{key}`"));
    let found = api.readers.read(move |connection| plugin_state::find(connection, &plugin, &key)).await?;
    found.map(|row| Json(item(row))).ok_or(Problem(not_found))
}

/// `PUT /plugins/{id}/state/{key}`
pub async fn set(
    State(api): State<Api>,
    principal: Principal,
    Path((plugin, key)): Path<(String, String)>,
    JsonBody(update): JsonBody<StateUpdate>,
) -> Answer<StateChanged> {
    let too_large = |detail: String| Err(Problem(Failure::new(ErrorCode::PLUGIN_STATE_FULL, detail)));
    if key.len() > STATE_KEY_BYTES_MAX {
        return too_large(format!("the key is {} bytes; 1 to {STATE_KEY_BYTES_MAX} are allowed", key.len()));
    }
    let bytes = update.value.to_string().len();
    if bytes > STATE_VALUE_BYTES_MAX {
        return too_large(format!("the value is {bytes} bytes, the limit is {STATE_VALUE_BYTES_MAX}"));
    }
    change(&api, &principal, plugin, StateWrite { key, value: Some(update.value) }, update.reason).await
}

/// `DELETE /plugins/{id}/state/{key}`
pub async fn remove(
    State(api): State<Api>,
    principal: Principal,
    Path((plugin, key)): Path<(String, String)>,
    Parameters(removal): Parameters<StateRemoval>,
) -> Answer<StateChanged> {
    change(&api, &principal, plugin, StateWrite { key, value: None }, removal.reason).await
}

async fn change(api: &Api, principal: &Principal, plugin: String, write: StateWrite, reason: Option<String>) -> Answer<StateChanged> {
    check_reason(reason.as_ref())?;
    api.host.status(&plugin)?;
    let (key, value): (String, Option<Value>) = (write.key.clone(), write.value.clone());
    let set = SetState { plugin, write, known: None, actor: principal.actor.clone(), reason: reason.unwrap_or_default() };
    let changed = api.bus.set_state(set).await?;
    Ok(Json(StateChanged { changed, key, value }))
}
