//! Settings: what is in force, what is set over the files, every revision of that, and changes of it. Whoever changes something says which
//! revision they have seen (`If-Match`), so that no change undoes another unseen.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use panotti_core::command::Record;
use panotti_core::origin::AuditEntry;
use panotti_protocol::api::{
    ConfigurationChanged, ConfigurationOverlay, ConfigurationReload, ConfigurationRevision, ConfigurationRollback, ConfigurationUpdate,
    HistoryQuery, Page, Setting,
};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::{PAGE_MAX, REASON_BYTES_MAX};
use panotti_protocol::permission::{Resource, Verb};
use serde_json::Value;

use super::answers::{IfNoneMatch, Tagged, Unless};
use super::openapi::headers::Header;
use super::openapi::shape::{Read, Shape, Takes};
use super::pages::{PageAnswer, Paged};
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem};
use super::tls::Certificates;
use super::{Api, pages};
use crate::config::schema::json_schema;
use crate::daemon::configuration::{Change, To};
use crate::daemon::store::sqlite::configuration as revisions;

/// The kind of cursor of the history.
const CURSOR: char = 'h';

/// `GET /config`
pub async fn list(State(api): State<Api>, principal: Principal) -> Tagged<Page<Setting>> {
    let mut items = api.configuration.rows();
    items.retain(|setting| principal.grants.allows(Verb::Read, Resource::Config, &setting.key));
    items.truncate(PAGE_MAX as usize);
    Tagged { tag: tag(api.configuration.set().revision), state: Page { items, next_cursor: None } }
}

/// `GET /config/overlay`
pub async fn overlay(State(api): State<Api>, known: IfNoneMatch) -> Unless<Json<ConfigurationOverlay>> {
    let set = api.configuration.set();
    Unless::new(&known, tag(set.revision), Json(set))
}

/// `PUT /config`: these values and no others are set.
pub async fn replace(
    State(api): State<Api>,
    principal: Principal,
    IfMatch(expected): IfMatch,
    JsonBody(update): JsonBody<ConfigurationUpdate>,
) -> Result<Tagged<ConfigurationChanged>, Problem> {
    let ConfigurationUpdate { overlay, reason, dry_run } = update;
    apply(&api, principal, expected, To::Replaced(overlay), reason, dry_run).await
}

/// `PATCH /config`: these values are set, those that are null no longer.
pub async fn change(
    State(api): State<Api>,
    principal: Principal,
    IfMatch(expected): IfMatch,
    JsonBody(update): JsonBody<ConfigurationUpdate>,
) -> Result<Tagged<ConfigurationChanged>, Problem> {
    let ConfigurationUpdate { overlay, reason, dry_run } = update;
    apply(&api, principal, expected, To::Merged(overlay), reason, dry_run).await
}

/// `POST /config/rollback`: the values of an older revision are set, as a new one.
pub async fn roll_back(
    State(api): State<Api>,
    principal: Principal,
    IfMatch(expected): IfMatch,
    JsonBody(rollback): JsonBody<ConfigurationRollback>,
) -> Result<Tagged<ConfigurationChanged>, Problem> {
    let ConfigurationRollback { revision, reason, dry_run } = rollback;
    apply(&api, principal, expected, To::Revision(revision), reason, dry_run).await
}

async fn apply(
    api: &Api,
    principal: Principal,
    expected: Option<u64>,
    to: To,
    reason: Option<String>,
    dry_run: bool,
) -> Result<Tagged<ConfigurationChanged>, Problem> {
    let reason = reason.unwrap_or_default();
    if reason.len() > REASON_BYTES_MAX {
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, format!("`reason` is longer than {REASON_BYTES_MAX} bytes"))));
    }
    let may_everything = principal.grants.are_everything();
    let change = Change { to, expected, actor: principal.actor, may_everything, reason, dry_run };
    let changed = api.configuration.change(change).await?;
    Ok(Tagged { tag: tag(changed.revision), state: changed })
}

/// Reads again what can be, files of the configuration and of the certificate; with `dry_run` nothing counts.
///
/// # Errors
/// Why the configuration does not hold; `http.tls` where the certificate or its key does not.
pub async fn read_again(api: &Api, dry_run: bool, actor: &str) -> Result<ConfigurationChanged, Failure> {
    // Everything is read before anything counts.
    let read = |certificates| Ok::<_, Failure>((certificates, Certificates::read_again(certificates)?));
    let next = api.certificates.as_deref().map(read).transpose()?;
    let answer = api.configuration.reload(dry_run, actor).await?;
    if let Some((certificates, next)) = next.filter(|_| !dry_run)
        && certificates.take(next, api.clock.now())
    {
        let entry = AuditEntry {
            actor: actor.to_owned(),
            action: "config.reload".to_owned(),
            object: "certificate".to_owned(),
            reason: String::new(),
            detail: format!("valid until {}", certificates.status().valid_until),
        };
        api.bus.record(Record::Audit(entry)).await?;
    }
    Ok(answer)
}

/// `POST /config/reload`: files are read anew; what does not hold is refused whole.
pub async fn reload(
    State(api): State<Api>,
    principal: Principal,
    JsonBody(reload): JsonBody<ConfigurationReload>,
) -> Answer<ConfigurationChanged> {
    Ok(Json(read_again(&api, reload.dry_run, &principal.actor).await?))
}

/// `GET /config/history`: newest first.
pub async fn history(State(api): State<Api>, Parameters(query): Parameters<HistoryQuery>) -> PageAnswer<Page<ConfigurationRevision>> {
    let limit = pages::limit(query.limit)?;
    let [before] = pages::read(CURSOR, query.cursor.as_deref())?.unwrap_or([i64::MAX as u64]);
    let items = api.readers.read(move |connection| revisions::page(connection, before, limit)).await?;
    let full = items.len() == limit as usize;
    let next_cursor = items.last().filter(|_| full).map(|last| pages::write(CURSOR, &[last.revision]));
    Ok(Paged(Page { items, next_cursor }))
}

/// `GET /config/schema`: the JSON Schema of `panotti.yaml`.
pub async fn schema() -> Json<Value> {
    Json(json_schema())
}

fn tag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// The revision that a change was made on; none for `*`, which takes any.
#[derive(Debug)]
pub struct IfMatch(Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IF_MATCH) else {
            return Err(Problem(Failure::new(ErrorCode::CONFIG_REVISION_MISSING, "the request has no `If-Match`")));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
        // A tag that was never given stands for no present revision.
        let stale = || Problem(Failure::new(ErrorCode::CONFIG_CHANGED, format!("`If-Match: {text}` is no revision of what is set")));
        number.map(|number| Self(Some(number))).ok_or_else(stale)
    }
}

impl Takes for IfMatch {
    fn describe(shape: &mut Shape) {
        let header = Header {
            name: "If-Match",
            about: "The `ETag` of what the change was made on: the revision in quotes; `*` for any.",
            schema: r#"{"type": "string", "pattern": "^(\\*|\"[0-9]+\")$"}"#,
            example: "\"17\"",
        };
        shape.headers.push(Read { header, required: true });
    }
}
