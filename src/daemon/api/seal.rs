//! Sealing: who can open payloads, and stored events held against their tags.

use axum::Json;
use axum::extract::State;
use panotti_protocol::api::{SealCheckQuery, SealChecked, SealRecoveryRequest, SealRotateRequest, SealStatus};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::REASON_BYTES_MAX;

use super::pages::{PageAnswer, Paged};
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem};
use super::{Api, pages};
use crate::daemon::store::sqlite::checking;

/// `GET /seal/check`: one page of it.
pub async fn check(State(api): State<Api>, Parameters(query): Parameters<SealCheckQuery>) -> PageAnswer<SealChecked> {
    let not_of_this_list = |_| Failure::new(ErrorCode::REQUEST_INVALID, "`cursor` is not one of this list");
    let from = match pages::read_text('k', query.cursor.as_deref())? {
        Some(row) => row.parse().map_err(not_of_this_list)?,
        None => i64::MIN,
    };
    let (page, next) = api.readers.read_much(move |database| checking::page(database, from)).await?;
    Ok(Paged(SealChecked { next_cursor: next.map(|row| pages::write_text('k', &row.to_string())), ..page }))
}

/// `GET /seal`
pub async fn show(State(api): State<Api>) -> Answer<SealStatus> {
    Ok(Json(api.sealer.status().await?))
}

/// `PUT /seal/recovery`
pub async fn set_recovery(
    State(api): State<Api>,
    principal: Principal,
    JsonBody(request): JsonBody<SealRecoveryRequest>,
) -> Answer<SealStatus> {
    check_reason(request.reason.as_deref())?;
    if !principal.grants.are_everything() {
        let detail = format!("{} may not say who can open every payload without holding everything", principal.actor);
        return Err(Problem(Failure::new(ErrorCode::PERMISSION_EXCEEDED, detail)));
    }
    api.sealer.set_recovery(request, &principal.actor).await?;
    show(State(api)).await
}

/// `POST /seal/rotate`: answers when the daemon has its new identity; keys are wrapped to it from then on.
pub async fn rotate(State(api): State<Api>, principal: Principal, JsonBody(request): JsonBody<SealRotateRequest>) -> Answer<SealStatus> {
    check_reason(request.reason.as_deref())?;
    api.sealer.rotate(&principal.actor, request.reason).await?;
    show(State(api)).await
}

fn check_reason(reason: Option<&str>) -> Result<(), Failure> {
    match reason {
        Some(reason) if reason.len() > REASON_BYTES_MAX => {
            Err(Failure::new(ErrorCode::REQUEST_INVALID, format!("`reason` is longer than {REASON_BYTES_MAX} bytes")))
        }
        _ => Ok(()),
    }
}
