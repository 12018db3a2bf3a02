//! Secrets: setting, listing, removing them, and a new key for all. No route gives a value back.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use panotti_protocol::api::{Page, RotateSecretsRequest, SecretChanged, SecretRemoval, SecretSummary, SecretUpdate, SecretsRotated};
use panotti_protocol::permission::{Resource, Verb};

use super::Api;
use super::plugins::check_reason;
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters};
use crate::daemon::secrets::By;
use crate::daemon::secrets::secret::Secret;
use crate::daemon::store::sqlite::secrets;

/// The object of a permission about a secret.
fn object(name: &str) -> String {
    format!("secrets.{name}")
}

/// `GET /config/secrets`. Their number is bounded by that of a page.
pub async fn list(State(api): State<Api>, principal: Principal) -> Answer<Page<SecretSummary>> {
    let stored = api.readers.read(|database| secrets::all(database)).await?;
    let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (plugin, names) in api.host.secrets_used() {
        names.into_iter().for_each(|name| used.entry(name).or_default().push(plugin.clone()));
    }
    let allowed = |name: &str| principal.check(Verb::Read, Resource::Config, &object(name)).is_ok();
    let items = stored.into_iter().filter(|stored| allowed(&stored.secret.name)).map(|stored| SecretSummary {
        used_by: used.remove(&stored.secret.name).unwrap_or_default(),
        name: stored.secret.name,
        set_at: stored.set_at,
        set_by: stored.set_by,
    });
    Ok(Json(Page { items: items.collect(), next_cursor: None }))
}

/// `PUT /config/secrets/{name}`
pub async fn set(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    JsonBody(update): JsonBody<SecretUpdate>,
) -> Answer<SecretChanged> {
    principal.check(Verb::Manage, Resource::Config, &object(&name))?;
    check_reason(update.reason.as_ref())?;
    let by = By { actor: principal.actor, reason: update.reason.unwrap_or_default() };
    let changed = api.secrets.set(&name, Secret::new(update.value), by).await?;
    let restarted = if changed { api.host.secret_changed(&name) } else { Vec::new() };
    Ok(Json(SecretChanged { changed, name, restarted }))
}

/// `DELETE /config/secrets/{name}`: plugins that run with it go on with it until they are started again.
pub async fn remove(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    Parameters(removal): Parameters<SecretRemoval>,
) -> Answer<SecretChanged> {
    principal.check(Verb::Manage, Resource::Config, &object(&name))?;
    check_reason(removal.reason.as_ref())?;
    api.secrets.remove(&name, By { actor: principal.actor, reason: removal.reason.unwrap_or_default() }).await?;
    Ok(Json(SecretChanged { changed: true, name, restarted: Vec::new() }))
}

/// `POST /config/secrets/rotate`
pub async fn rotate(
    State(api): State<Api>,
    principal: Principal,
    JsonBody(request): JsonBody<RotateSecretsRequest>,
) -> Answer<SecretsRotated> {
    principal.check(Verb::Manage, Resource::Config, "secrets")?;
    check_reason(request.reason.as_ref())?;
    let (secrets, key) = api.secrets.rotate(By { actor: principal.actor, reason: request.reason.unwrap_or_default() }).await?;
    Ok(Json(SecretsRotated { changed: true, secrets, key }))
}
