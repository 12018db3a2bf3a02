//! API keys: made, shown, rotated, revoked; and who calls. A key's secret is in the answer to making it, and nowhere else.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::access::{Access, AccessCommand, Rotation, StoredKey};
use panotti_core::granter::Granter;
use panotti_protocol::api::{AccessReason, ApiKey, KeyChanged, KeyMade, KeyRequest, KeyRotation, Page, WhoAmI};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::key::{ApiKeyText, KeyId};
use panotti_protocol::limits::{
    ACCESS_NAME_BYTES_MAX, KEY_LABEL_BYTES_MAX, KEY_LIFE_DEFAULT, KEY_LIFE_MAX, KEY_NETWORKS_MAX, KEY_OVERLAP_DEFAULT, KEY_OVERLAP_MAX,
    KEY_SCOPE_MAX, REASON_BYTES_MAX,
};
use panotti_protocol::permission::{Resource, Verb};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use zeroize::Zeroizing;

use super::Api;
use super::answers::{Made, NotKept};
use super::principal::{Identity, Principal};
use super::problem::{Answer, JsonBody, Problem};
use crate::daemon::clock::random_bytes;

/// `GET /keys`: those that the caller may see, by name; of one name the newest first.
pub async fn list(State(api): State<Api>, principal: Principal) -> Json<Page<ApiKey>> {
    let access = api.gate.access();
    let mut keys: Vec<&Arc<StoredKey>> =
        access.keys.values().filter(|key| principal.grants.allows(Verb::Read, Resource::Keys, &key.name)).collect();
    keys.sort_by(|one, other| one.name.cmp(&other.name).then(other.created_at.cmp(&one.created_at)));
    Json(Page { items: keys.into_iter().map(|key| shown(&api, &access, key)).collect(), next_cursor: None })
}

/// `GET /keys/{id}`
pub async fn show(State(api): State<Api>, principal: Principal, Path(id): Path<String>) -> Answer<ApiKey> {
    let access = api.gate.access();
    let key = load(&access, &principal, Verb::Read, &id)?;
    Ok(Json(shown(&api, &access, &key)))
}

/// `POST /keys`
pub async fn create(
    State(api): State<Api>,
    principal: Principal,
    JsonBody(request): JsonBody<KeyRequest>,
) -> Result<NotKept<Made<KeyMade>>, Problem> {
    check(&request)?;
    principal.check(Verb::Manage, Resource::Keys, &request.name)?;
    let life = life(request.expires_in_seconds)?;
    let text = fresh();
    let key = StoredKey {
        id: text.id(),
        name: request.name,
        role: request.role,
        scope: request.scope,
        networks: request.cidr,
        label: request.label,
        verifier: api.gate.verifier(&text),
        created_at: Timestamp::default(),
        created_by: principal.actor.clone(),
        expires_at: Timestamp::default(),
        revoked_at: None,
        last_used_at: None,
        replaces: None,
    };
    let granter = granter(&principal, request.reason)?;
    let (role, may_read) = (key.role.clone(), principal.grants.allows(Verb::Read, Resource::Keys, &key.role));
    let made_key = api.bus.change_access(AccessCommand::CreateKey { key, life, granter }).await;
    made_key.map_err(|failure| if may_read { failure } else { without_what_it_allows(failure, &role, &principal) })?;
    made(&api, &text)
}

/// What a role allows is not for those who may not look at it: the failure does not tell them what of it they do not hold.
fn without_what_it_allows(failure: Failure, role: &str, principal: &Principal) -> Failure {
    if !failure.is(ErrorCode::PERMISSION_EXCEEDED) {
        return failure;
    }
    let detail = format!("{} does not hold all that a key with the role `{role}` would", principal.actor);
    Failure { errors: Vec::new(), ..Failure::new(ErrorCode::PERMISSION_EXCEEDED, detail) }
}

/// `POST /keys/{id}/rotate`
pub async fn rotate(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    JsonBody(request): JsonBody<KeyRotation>,
) -> Result<NotKept<Made<KeyMade>>, Problem> {
    let old = load(&api.gate.access(), &principal, Verb::Manage, &id)?.id;
    let overlap = bounded("overlap_seconds", request.overlap_seconds, Duration::ZERO, (KEY_OVERLAP_DEFAULT, KEY_OVERLAP_MAX))?;
    let text = fresh();
    let rotation = Rotation { old, new: text.id(), verifier: api.gate.verifier(&text), life: life(request.expires_in_seconds)?, overlap };
    let granter = granter(&principal, request.reason)?;
    api.bus.change_access(AccessCommand::RotateKey { rotation, granter }).await?;
    made(&api, &text)
}

/// `POST /keys/{id}/revoke`
pub async fn revoke(
    State(api): State<Api>,
    principal: Principal,
    Path(id): Path<String>,
    JsonBody(request): JsonBody<AccessReason>,
) -> Answer<KeyChanged> {
    let found = load(&api.gate.access(), &principal, Verb::Manage, &id)?.id;
    // A name may look like an id.
    let (whole_name, id) = (found.as_str() != id, found);
    let granter = granter(&principal, request.reason)?;
    let changed = api.bus.change_access(AccessCommand::RevokeKey { id, whole_name, granter }).await?;
    let access = api.gate.access();
    let key = access.keys.get(&id).ok_or_else(|| not_found(id.as_str()))?;
    Ok(Json(KeyChanged { changed, key: shown(&api, &access, key) }))
}

/// `GET /whoami`
pub async fn whoami(principal: Principal) -> Json<WhoAmI> {
    let mut answer = WhoAmI {
        principal: principal.actor,
        kind: "local_user".to_owned(),
        role: String::new(),
        key: None,
        expires_at: None,
        allow: principal.grants.allow.clone(),
        deny: principal.grants.deny.clone(),
    };
    match principal.identity {
        Identity::Key(key) => {
            answer =
                WhoAmI { kind: "key".to_owned(), role: key.role.clone(), key: Some(key.id), expires_at: Some(key.expires_at), ..answer };
        }
        Identity::LocalUser { roles, .. } => answer.role = roles.join(", "),
    }
    Json(answer)
}

/// Who asks for a change of keys or roles.
///
/// # Errors
/// `request.invalid` where the reason is too long.
pub fn granter(principal: &Principal, reason: Option<String>) -> Result<Granter, Failure> {
    let reason = reason.unwrap_or_default();
    if reason.len() > REASON_BYTES_MAX {
        return Err(invalid(format!("`reason` is longer than {REASON_BYTES_MAX} bytes"), "say it in fewer words"));
    }
    let key = match &principal.identity {
        Identity::LocalUser { .. } => None,
        Identity::Key(key) => Some(Arc::clone(key)),
    };
    Ok(Granter { actor: principal.actor.clone(), grants: Arc::clone(&principal.grants), key, reason })
}

/// Checks the name of a key or a role.
///
/// # Errors
/// `request.invalid`, with the form it must have.
pub fn check_name(name: &str, what: &str) -> Result<(), Failure> {
    if name.len() <= ACCESS_NAME_BYTES_MAX && name.parse::<Topic>().is_ok() {
        return Ok(());
    }
    let next = format!("use letters, digits, `_` and `-`, with dots between words, at most {ACCESS_NAME_BYTES_MAX} bytes");
    Err(invalid(format!("`{name}` is not the name of a {what}"), &next))
}

/// The failure of a request that does not hold.
pub fn invalid(detail: String, next: &str) -> Failure {
    Failure::new(ErrorCode::REQUEST_INVALID, detail).next(next)
}

fn check(request: &KeyRequest) -> Result<(), Failure> {
    check_name(&request.name, "key")?;
    if request.scope.len() > KEY_SCOPE_MAX {
        return Err(invalid(format!("`scope` has more than {KEY_SCOPE_MAX} permissions"), "make a role of them: `panotti role create`"));
    }
    if request.cidr.len() > KEY_NETWORKS_MAX {
        return Err(invalid(format!("`cidr` has more than {KEY_NETWORKS_MAX} networks"), "name larger networks"));
    }
    if request.label.len() > KEY_LABEL_BYTES_MAX || request.label.chars().any(char::is_control) {
        let detail = format!("`label` is longer than {KEY_LABEL_BYTES_MAX} bytes or has control characters");
        return Err(invalid(detail, "write one short line"));
    }
    Ok(())
}

fn life(seconds: Option<u64>) -> Result<Duration, Failure> {
    bounded("expires_in_seconds", seconds, Duration::from_secs(1), (KEY_LIFE_DEFAULT, KEY_LIFE_MAX))
}

fn bounded(name: &str, seconds: Option<u64>, least: Duration, (default, most): (Duration, Duration)) -> Result<Duration, Failure> {
    let duration = seconds.map_or(default, Duration::from_secs);
    if (least..=most).contains(&duration) {
        return Ok(duration);
    }
    let detail = format!("`{name}` is {}; it must be from {} to {}", duration.as_secs(), least.as_secs(), most.as_secs());
    Err(invalid(detail, &format!("{} days at most", most.as_secs() / 86_400)))
}

fn fresh() -> ApiKeyText {
    let secret = Zeroizing::new(random_bytes::<32>());
    ApiKeyText::new(KeyId::from_random(random_bytes()), *secret)
}

/// The key that an id or a name stands for, if the caller may do that to it: otherwise it is as if there were none.
fn load(access: &Access, principal: &Principal, verb: Verb, id: &str) -> Result<Arc<StoredKey>, Failure> {
    let key = access.find(id).filter(|key| principal.grants.allows(verb, Resource::Keys, &key.name));
    key.cloned().ok_or_else(|| not_found(id))
}

fn not_found(id: &str) -> Failure {
    Failure::new(ErrorCode::KEY_NOT_FOUND, format!("there is no key `{id}`"))
}

/// The one answer that has a key's secret in it. No cache may keep it.
fn made(api: &Api, text: &ApiKeyText) -> Result<NotKept<Made<KeyMade>>, Problem> {
    let access = api.gate.access();
    let key = access.keys.get(&text.id()).ok_or_else(|| not_found(text.id().as_str()))?;
    let answer = KeyMade { key: text.reveal().to_owned(), made: shown(api, &access, key) };
    Ok(NotKept(Made { made: answer, path: format!("/keys/{}", text.id()) }))
}

fn shown(api: &Api, access: &Access, key: &StoredKey) -> ApiKey {
    ApiKey {
        id: key.id,
        name: key.name.clone(),
        state: access.state_of(key, api.clock.now()),
        role: key.role.clone(),
        scope: key.scope.clone(),
        cidr: key.networks.clone(),
        label: key.label.clone(),
        created_at: key.created_at,
        created_by: key.created_by.clone(),
        expires_at: key.expires_at,
        last_used_at: api.gate.last_used(key),
        revoked_at: key.revoked_at,
        replaces: key.replaces,
    }
}
