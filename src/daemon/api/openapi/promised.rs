//! Holds every failure that the daemon answers against the document, in builds for tests: one that the document does not tell of becomes an
//! `internal` failure, so that whichever test met it fails. Builds for users have nothing of this.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::problems;
use crate::daemon::api::problem::Problem;
use crate::daemon::api::routes::operations;

/// The codes of each route's failures, by its method and path.
static PROMISED: LazyLock<BTreeMap<(&str, &str), BTreeSet<&str>>> =
    LazyLock::new(|| operations().iter().map(|operation| ((operation.method, operation.path), problems::codes(operation))).collect());

/// Lets an answer through that the document tells of.
pub async fn hold(request: Request, next: Next) -> Response {
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let (Some(path), Some(failure)) = (path, response.extensions().get::<Failure>()) else { return response };
    let path = path.strip_prefix("/v1").unwrap_or(&path);
    match PROMISED.get(&(method.as_str(), path)) {
        Some(codes) if !codes.contains(failure.code.as_str()) => {
            let detail = format!("the document does not say that {method} {path} can fail with `{}`: {}", failure.code, failure.detail);
            Problem(Failure::new(ErrorCode::INTERNAL, detail)).into_response()
        }
        _ => response,
    }
}
