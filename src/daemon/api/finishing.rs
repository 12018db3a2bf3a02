//! What a request has begun to change is finished, also where its client goes away meanwhile: a handler that is dropped between two steps
//! would leave memory and store with different stories. Reading, and publishing, which is one step and may wait for its deliveries, end
//! with their client.

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::problem::Problem;
use crate::daemon::origin;

/// The route that publishes.
const PUBLISHING: &str = "/events";

/// Answers a request in a task of its own where it changes something. Inside of [`super::recording::on_behalf`].
pub async fn to_its_end(request: Request, next: Next) -> Response {
    if !changes_something(&request) {
        return next.run(request).await;
    }
    let answering = tokio::spawn(origin::maybe_within(origin::current(), next.run(request)));
    answering.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request ended in a defect");
        Problem(Failure::new(ErrorCode::INTERNAL, "the request ended in a defect, which is in the daemon's log")).into_response()
    })
}

fn changes_something(request: &Request) -> bool {
    let path = request.uri().path();
    let publishes = request.method() == Method::POST && path.strip_prefix("/v1").unwrap_or(path) == PUBLISHING;
    !(publishes || request.method().is_safe())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn what_changes_something_is_finished_and_who_reads_or_publishes_may_go() {
        let request = |method: Method, path: &str| Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        for (method, path, expected) in [
            (Method::GET, "/config", false),
            (Method::PATCH, "/config", true),
            (Method::PUT, "/v1/config/secrets/TOKEN", true),
            (Method::POST, "/v1/events", false),
            (Method::POST, "/events/replay", true),
            (Method::DELETE, "/events/filter/mine", true),
        ] {
            assert_eq!(changes_something(&request(method.clone(), path)), expected, "{method} {path}");
        }
    }
}
