//! Subscriptions as objects: how far behind each is, how fast it goes, how it stands.

use axum::Json;
use axum::extract::{Path, State};
use panotti_protocol::api::{Page, Subscription};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::permission::{Resource, Verb};

use super::Api;
use super::principal::Principal;
use super::problem::{Answer, Problem};
use crate::config::suggest::did_you_mean;
use crate::daemon::store::sqlite::subscriptions;

/// `GET /subscriptions`: all of them, which are at most 1,000.
pub async fn list(State(api): State<Api>, principal: Principal) -> Answer<Page<Subscription>> {
    let look = api.bus.look().await?;
    let now = api.clock.now();
    let mut items = api.readers.read(move |connection| subscriptions::all(connection, &look, now)).await?;
    items.retain(|item| principal.grants.allows(Verb::Read, Resource::Plugins, &item.plugin));
    Ok(Json(Page { items, next_cursor: None }))
}

/// `GET /subscriptions/{plugin}/{name}`
pub async fn show(State(api): State<Api>, Path((plugin, name)): Path<(String, String)>) -> Answer<Subscription> {
    let look = api.bus.look().await?;
    let now = api.clock.now();
    let (wanted_plugin, wanted) = (plugin.clone(), name.clone());
    let reading = api.readers.read(move |connection| {
        let found = subscriptions::by_name(connection, &wanted_plugin, &wanted, &look, now)?;
        let names = if found.is_some() { Default::default() } else { subscriptions::names_of(connection, &wanted_plugin)? };
        Ok((found, names))
    });
    match reading.await? {
        (Some(found), _) => Ok(Json(found)),
        (None, names) => {
            let failure = Failure::new(ErrorCode::SUBSCRIPTION_NOT_FOUND, format!("there is no subscription `{plugin}/{name}`"));
            let suggestion = did_you_mean(&name, names.iter().map(String::as_str));
            Err(Problem(if suggestion.is_empty() { failure } else { failure.next(suggestion) }))
        }
    }
}
