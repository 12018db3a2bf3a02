//! What the audit records of every request: on whose behalf changes are made, and what was refused. Around all routes, so that none can
//! forget it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use panotti_core::command::Record;
use panotti_core::origin::{AuditEntry, Origin};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::Api;
use super::limits::REFUSALS_RECORDED_MAX;
use super::principal::{self, Identity, Principal};
use super::problem::RequestId;
use crate::daemon::origin;

const MINUTE: Duration = Duration::from_secs(60);

/// Who asked, for those around the routes who see only the response.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The principal.
    pub actor: String,
    /// The id of its key.
    pub key: Option<String>,
}

impl Asker {
    fn of(principal: &Principal) -> Self {
        let key = match &principal.identity {
            Identity::LocalUser { .. } => None,
            Identity::Key(stored) => Some(stored.id.to_string()),
        };
        Self { actor: principal.actor.clone(), key }
    }
}

/// Answers a request in its principal's name. Inside of [`super::auth::identify`].
pub async fn on_behalf(request: Request, next: Next) -> Response {
    let asker = request.extensions().get::<Principal>().map(Asker::of);
    let origin = Origin { key: asker.as_ref().and_then(|asker| asker.key.clone()), ..origin_of(&request) };
    let mut response = origin::within(Arc::new(origin), next.run(request)).await;
    if let Some(asker) = asker {
        response.extensions_mut().insert(asker);
    }
    response
}

fn origin_of(request: &Request) -> Origin {
    let extensions = request.extensions();
    Origin { key: None, peer: principal::peer(extensions), request: extensions.get::<RequestId>().map(|RequestId(id)| id.clone()) }
}

/// How many refusals were recorded in this minute.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    since: Option<Instant>,
    recorded: u32,
    left_out: u64,
}

impl Refusals {
    /// Whether the next one is recorded; then how many before it were not.
    fn next(&self, now: Instant) -> Option<u64> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.since.is_none_or(|since| now.duration_since(since) >= MINUTE) {
            (counted.since, counted.recorded) = (Some(now), 0);
        }
        if counted.recorded == REFUSALS_RECORDED_MAX {
            counted.left_out += 1;
            return None;
        }
        counted.recorded += 1;
        Some(std::mem::take(&mut counted.left_out))
    }
}

/// Records what was refused for want of a principal or a permission, before it is answered. Outside of [`super::auth::identify`].
pub async fn refusals(State(api): State<Api>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str);
    let object = format!("{} {}", request.method(), route.strip_prefix("/v1").unwrap_or(route));
    let origin = origin_of(&request);
    let response = next.run(request).await;
    let refused = matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let Some(failure) = response.extensions().get::<Failure>().filter(|_| refused) else { return response };
    let Some(left_out) = api.refusals.next(Instant::now()) else { return response };
    let more = if left_out > 0 { format!("; {left_out} more before were only counted") } else { String::new() };
    let asker = response.extensions().get::<Asker>().cloned();
    let entry = AuditEntry {
        actor: asker.as_ref().map_or("unknown".to_owned(), |asker| asker.actor.clone()),
        action: if failure.is(ErrorCode::KEY_INVALID) { "key.refused" } else { "request" }.to_owned(),
        object,
        reason: String::new(),
        detail: format!("{}: {}{more}", failure.code, failure.detail),
    };
    let origin = Origin { key: asker.and_then(|asker| asker.key), ..origin };
    let recorded = origin::within(Arc::new(origin), api.bus.record(Record::Denied(entry))).await;
    if let Err(failure) = recorded {
        // It stays refused; nothing has happened that must not.
        tracing::warn!(code = failure.code, detail = failure.detail, "a refusal was not recorded");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_21_refusals_are_recorded_up_to_a_number_in_a_minute_and_the_others_counted() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        let recorded = (0..REFUSALS_RECORDED_MAX + 5).filter(|_| refusals.next(now) == Some(0)).count();

        assert_eq!(recorded, REFUSALS_RECORDED_MAX as usize);
        assert_eq!(refusals.next(now), None);
        assert_eq!(refusals.next(now + MINUTE), Some(6), "the next one says how many were left out");
        assert_eq!(refusals.next(now + MINUTE), Some(0));
    }
}
