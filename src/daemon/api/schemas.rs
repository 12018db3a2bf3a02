//! Schemas of topics: which are in force, bringing one into force, trying one out, inferring one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::schemas::SchemaCommand;
use panotti_filter::schema::compatible::breaks;
use panotti_filter::schema::infer::Inference;
use panotti_filter::schema::{Schema, invalid};
use panotti_protocol::api::{
    Compatibility, InferQuery, Inferred, Page, SchemaChanged, SchemaCheckRequest, SchemaChecked, SchemaDetail, SchemaMode,
    SchemaModeRequest, SchemaQuery, SchemaRequest, SchemaSummary, SchemaValidateRequest, SchemaValidated, TopicsQuery,
};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::REASON_BYTES_MAX;
use panotti_protocol::permission::{Resource, Verb};
use panotti_protocol::topic::Topic;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::answers::MadeOnce;
use super::limits::{INFER_EVENTS, INFER_EVENTS_MAX};
use super::pages::{PageAnswer, Paged};
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem};
use super::{Api, pages, revealing, topics};
use crate::daemon::event_json::is_json;
use crate::daemon::schemas::{Found, Registry, Wanted, told};
use crate::daemon::store::sqlite::masks::Masks;
use crate::daemon::store::sqlite::schemas;
use crate::daemon::store::sqlite::visible::Visible;

fn registry(api: &Api) -> Registry {
    Registry { bus: api.bus.clone(), readers: api.readers.clone(), rules: Arc::clone(&api.rules) }
}

fn checked_reason(reason: Option<String>) -> Result<String, Failure> {
    let reason = reason.unwrap_or_default();
    if reason.len() > REASON_BYTES_MAX {
        return Err(Failure::new(ErrorCode::REQUEST_INVALID, format!("`reason` is longer than {REASON_BYTES_MAX} bytes")));
    }
    Ok(reason)
}

/// `POST /schemas`
pub async fn create(
    State(api): State<Api>,
    principal: Principal,
    JsonBody(request): JsonBody<SchemaRequest>,
) -> Result<MadeOnce<SchemaChanged>, Problem> {
    let SchemaRequest { topic, schema, mode, compatibility, dry_run, reason } = request;
    principal.check(Verb::Manage, Resource::Schemas, topic.as_str())?;
    let wanted = Wanted {
        topic,
        text: String::from(Box::<str>::from(schema)),
        mode,
        fresh_mode: SchemaMode::Enforce,
        compatibility: compatibility.unwrap_or(Compatibility::Backward),
        by: principal.actor,
        reason: checked_reason(reason)?,
        dry_run,
    };
    let made = registry(&api).bring(wanted).await?;
    let path = format!("/schemas/{}", made.topic);
    Ok(MadeOnce::new(made.changed && !dry_run, made, path))
}

/// `GET /schemas`: those in force, in the order in which topics got their first.
pub async fn list(
    State(api): State<Api>,
    principal: Principal,
    Parameters(query): Parameters<TopicsQuery>,
) -> PageAnswer<Page<SchemaSummary>> {
    let limit = pages::limit(query.limit)?;
    let after = pages::read::<1>('s', query.cursor.as_deref())?.map_or(0, |[number]| i64::try_from(number).unwrap_or(i64::MAX));
    let may_see = move |summary: &SchemaSummary| principal.grants.allows(Verb::Read, Resource::Schemas, summary.topic.as_str());
    let Visible { items, place } = api.readers.read(move |connection| schemas::page(connection, (after, limit), may_see)).await?;
    let next_cursor = place.map(|number| pages::write('s', &[u64::try_from(number).unwrap_or(0)]));
    Ok(Paged(Page { items, next_cursor }))
}

fn not_found(topic: &Topic, version: Option<u32>) -> Problem {
    let what =
        version.map_or_else(|| format!("`{topic}` has no schema"), |version| format!("`{topic}` has no version {version} of a schema"));
    Problem(Failure::new(ErrorCode::SCHEMA_NOT_FOUND, what))
}

async fn load(api: &Api, topic: &Topic, version: Option<u32>) -> Result<Found, Problem> {
    registry(api).find(topic, version).await?.ok_or_else(|| not_found(topic, version))
}

/// `GET /schemas/{topic}`
pub async fn show(State(api): State<Api>, Path(name): Path<String>, Parameters(query): Parameters<SchemaQuery>) -> Answer<SchemaDetail> {
    let topic = topics::topic(&name)?;
    let wanted = topic.clone();
    let reading = api.readers.read(move |connection| {
        let Some(row) = schemas::of_topic(connection, &wanted)? else { return Ok(None) };
        // One that was removed is still shown: events are stamped with it.
        let version = query.version.or(row.in_force).unwrap_or(row.last);
        let Some(text) = schemas::text(connection, &wanted, version)? else { return Ok(None) };
        Ok(Some((row, version, text, schemas::versions(connection, &wanted)?)))
    });
    let (row, version, text, versions) = reading.await?.ok_or_else(|| not_found(&topic, query.version))?;
    let corrupt = |error: serde_json::Error| Failure::new(ErrorCode::STORE_CORRUPT, format!("the schema does not read back: {error}"));
    let schema = RawValue::from_string(text).map_err(corrupt)?;
    Ok(Json(SchemaDetail { topic, version, in_force: row.in_force, mode: row.mode, warned: row.warned, schema, versions }))
}

/// `PUT /schemas/{topic}/mode`
pub async fn set_mode(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    JsonBody(request): JsonBody<SchemaModeRequest>,
) -> Answer<SchemaChanged> {
    let topic = topics::topic(&name)?;
    let reason = checked_reason(request.reason)?;
    let version = load(&api, &topic, None).await?.version;
    let mode = request.mode;
    let command = SchemaCommand::Mode { topic: topic.clone(), mode, actor: principal.actor, reason };
    let changed = api.bus.change_schemas(command).await?;
    Ok(Json(SchemaChanged { changed, topic, version, mode, dry_run: false }))
}

/// Query of `DELETE /schemas/{topic}`.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveQuery {
    /// Why; stored in the audit.
    reason: Option<String>,
}

/// `DELETE /schemas/{topic}`: nothing is in force any more; the versions stay readable.
pub async fn remove(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    Parameters(query): Parameters<RemoveQuery>,
) -> Answer<SchemaChanged> {
    let topic = topics::topic(&name)?;
    let reason = checked_reason(query.reason)?;
    let found = load(&api, &topic, None).await?;
    let changed = api.bus.change_schemas(SchemaCommand::Remove { topic: topic.clone(), actor: principal.actor, reason }).await?;
    Ok(Json(SchemaChanged { changed, topic, version: found.version, mode: found.row.mode, dry_run: false }))
}

/// `POST /schemas/{topic}/check`: whether a schema could be the next version.
pub async fn check(
    State(api): State<Api>,
    Path(name): Path<String>,
    JsonBody(request): JsonBody<SchemaCheckRequest>,
) -> Answer<SchemaChecked> {
    let topic = topics::topic(&name)?;
    let compatibility = request.compatibility.unwrap_or(Compatibility::Backward);
    let new = Schema::compile(request.schema.get()).map_err(invalid)?;
    let before = match request.against {
        Some(version) => Some(load(&api, &topic, Some(version)).await?),
        None => registry(&api).find(&topic, None).await?,
    };
    let errors = match &before {
        Some(before) => told(breaks(&Schema::compile(&before.text).map_err(invalid)?, &new, compatibility)),
        None => Vec::new(),
    };
    Ok(Json(SchemaChecked { compatible: errors.is_empty(), against: before.map(|before| before.version), compatibility, errors }))
}

/// `POST /schemas/{topic}/validate`: whether a payload fits. Nothing is published.
pub async fn validate(
    State(api): State<Api>,
    Path(name): Path<String>,
    JsonBody(request): JsonBody<SchemaValidateRequest>,
) -> Answer<SchemaValidated> {
    let topic = topics::topic(&name)?;
    let found = load(&api, &topic, request.version).await?;
    let schema = Schema::compile(&found.text).map_err(invalid)?;
    let not_json =
        |error: serde_json::Error| Failure::new(ErrorCode::EVENT_PAYLOAD_INVALID, format!("the payload cannot be read: {error}"));
    let payload: Value = serde_json::from_str(request.data.get()).map_err(not_json)?;
    let errors = schema.violations(&payload).items;
    Ok(Json(SchemaValidated { valid: errors.is_empty(), version: found.version, errors }))
}

/// `GET /schemas/{topic}/infer`: a schema that describes the newest stored events.
pub async fn infer(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    Parameters(query): Parameters<InferQuery>,
) -> Answer<Inferred> {
    let topic = topics::topic(&name)?;
    let from = query.from.unwrap_or(INFER_EVENTS);
    if !(1..=INFER_EVENTS_MAX).contains(&from) {
        return Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, format!("`from` is {from}; it goes from 1 to {INFER_EVENTS_MAX}"))));
    }
    let wanted = topic.clone();
    let reading = api.readers.read_much(move |connection| {
        let (mut inference, mut without_json, mut masked) = (Inference::default(), 0, 0);
        let (masks, since) = (Masks::new(connection), query.since.unwrap_or_default());
        let more = schemas::newest(connection, &wanted, since, from, |mut event| {
            match is_json(&event.draft.datacontenttype).then(|| serde_json::from_slice(&event.draft.payload).ok()).flatten() {
                Some(value) => inference.add(&value),
                None => without_json += 1,
            }
            masked += masks.mask(&mut event)?;
            Ok(())
        })?;
        Ok((inference, without_json, more, masked))
    });
    let (inference, without_json, more, masked) = reading.await?;
    if masked > 0 {
        // Values stand in an inferred schema where they were few.
        revealing::of_topic(&api, &principal, &topic, "an inferred schema").await?;
    }
    if inference.seen() == 0 {
        let failure = Failure::new(ErrorCode::TOPIC_NOT_FOUND, format!("no event of `{topic}` with a JSON payload is stored"));
        return Err(Problem(failure.next("publish some first, or give an earlier `since`")));
    }
    Ok(Json(Inferred { topic, events: inference.seen(), without_json, more, schema: inference.schema() }))
}
