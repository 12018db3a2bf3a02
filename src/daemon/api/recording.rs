//! What the audit records of every request: on whose behalf changes are made, and what was refused. Around all routes, so that none can
//! forget it.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use panotti_core::command::Record;
use panotti_core::origin::{AuditEntry, Origin};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::limits::REFUSAL_BYTES_MAX;
use super::principal::{self, Identity, Principal};
use super::problem::{self, RequestId};
use super::refusals::Share;
use super::{Api, auth};
use crate::daemon::access::attempts::Source;
use crate::daemon::{origin, redact};

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
    let principal = request.extensions().get::<Principal>();
    let asker = principal.map(Asker::of);
    let grants = principal.map(|principal| Arc::clone(&principal.grants));
    let origin = Origin { key: asker.as_ref().and_then(|asker| asker.key.clone()), ..origin_of(&request) };
    let origin = Arc::new(origin);
    let mut response = origin::within(Arc::clone(&origin), next.run(request)).await;
    if let Some(failure) = response.extensions_mut().get_mut::<Failure>()
        && !grants.is_some_and(|grants| grants.are_everything())
    {
        problem::keep_inside(failure, origin.request.as_deref());
    }
    if let Some(asker) = asker {
        response.extensions_mut().insert(asker);
    }
    response
}

fn origin_of(request: &Request) -> Origin {
    let extensions = request.extensions();
    Origin { key: None, peer: principal::peer(extensions), request: extensions.get::<RequestId>().map(|RequestId(id)| id.clone()) }
}

/// A method as it is written down: one that nobody has defined is whatever its sender likes, of any length.
pub fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => "other",
    }
}

/// Whose share of what is recorded a refusal is.
fn share(asker: Option<&Asker>, failure: &Failure, source: Option<Source>) -> Share {
    match (asker, source) {
        (Some(asker), _) => Share::Principal(asker.actor.clone()),
        (None, Some(source)) if !failure.is(ErrorCode::KEY_MISSING) => Share::Stranger(source),
        (None, _) => Share::WithoutKey,
    }
}

/// Records what was refused for want of a principal or a permission, and a key in a URL, before it is answered. Outside of [`super::auth::identify`].
pub async fn refusals(State(api): State<Api>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str);
    let object = format!("{} {}", method_name(request.method()), route.strip_prefix("/v1").unwrap_or(route));
    let (origin, source) = (origin_of(&request), auth::source_of(request.extensions()));
    let response = next.run(request).await;
    let Some(failure) = response.extensions().get::<Failure>() else { return response };
    let in_url = failure.is(ErrorCode::KEY_IN_URL);
    if !in_url && !matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return response;
    }
    let asker = response.extensions().get::<Asker>().cloned();
    let share = share(asker.as_ref(), failure, source);
    let Some(left_out) = api.refusals.next(share, Instant::now()) else { return response };
    if in_url {
        tracing::error!(code = failure.code, peer = origin.peer, left_out, "a key was sent in a URL; it is to be rotated");
    }
    let entry = AuditEntry {
        actor: asker.as_ref().map_or("unknown".to_owned(), |asker| asker.actor.clone()),
        action: action(failure).to_owned(),
        object,
        reason: String::new(),
        detail: detail(failure, left_out),
    };
    let origin = Origin { key: asker.and_then(|asker| asker.key), ..origin };
    let recorded = origin::within(Arc::new(origin), api.bus.record(Record::Denied(entry))).await;
    if let Err(failure) = recorded {
        // It stays refused; nothing has happened that must not.
        tracing::warn!(code = failure.code, detail = failure.detail, "a refusal was not recorded");
    }
    response
}

/// What was done that was refused.
fn action(failure: &Failure) -> &'static str {
    if failure.is(ErrorCode::KEY_INVALID) {
        "key.refused"
    } else if failure.is(ErrorCode::KEY_IN_URL) {
        "key.in_url"
    } else {
        "request"
    }
}

/// What is said of a refusal, and how many like it before were only counted.
fn detail(failure: &Failure, left_out: u64) -> String {
    // Redacted before it is cut: a piece of a secret is not known as one.
    let mut detail = redact::text(&format!("{}: {}", failure.code, failure.detail)).into_owned();
    detail.truncate(detail.floor_char_boundary(REFUSAL_BYTES_MAX));
    if left_out > 0 {
        detail.push_str(&format!("; {left_out} more before were only counted"));
    }
    detail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_21_what_is_said_of_a_refusal_is_cut_and_how_many_were_left_out_is_not() {
        let failure = Failure::new(ErrorCode::PERMISSION_DENIED, "é".repeat(50_000));

        let said = detail(&failure, 7);

        assert!(said.starts_with("permission.denied: éé") && said.ends_with("é; 7 more before were only counted"), "{said}");
        assert!(said.len() < REFUSAL_BYTES_MAX + 50, "{} bytes", said.len());
    }

    #[test]
    fn rule_21_of_methods_only_those_that_are_defined_are_written_down() {
        assert_eq!(method_name(&Method::DELETE), "DELETE");
        assert_eq!(method_name(&Method::from_bytes("X".repeat(12_000).as_bytes()).unwrap()), "other");
    }
}
