//! Failures as RFC 9457 problems, request ids, and bodies read within their limits.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use futures_util::StreamExt;
use http_body_util::Limited;
use hyper::body::Body as _;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::strict_json;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use super::Api;
use super::http::body;
use super::http::limits::RETRY_AFTER_SECONDS;
use super::limits::{BODY_BYTES_FREE, BODY_BYTES_MAX, BODY_ROOM_WAIT};
use super::room::Room;
use crate::daemon::clock::random_bytes;
use crate::daemon::redact;
use crate::daemon::store::failure::StoreError;

/// Failures of the daemon or its machine, beside those that never cross HTTP in the order of things: their details have paths, keys' names, or
/// what the database says.
const OF_THE_MACHINE: [ErrorCode; 6] = [
    ErrorCode::DAEMON_CANNOT_CREATE,
    ErrorCode::DAEMON_FILES_UNSAFE,
    ErrorCode::HTTP_TLS,
    ErrorCode::INTERNAL,
    ErrorCode::STORE_CORRUPT,
    ErrorCode::STORE_UNAVAILABLE,
];
/// The header with the request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Statuses of failures that go by: their answers say when to try again.
pub const RETRIED: [u16; 3] = [429, 503, 507];

/// The id of a request, for those that answer it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// A failure on its way to the client.
#[derive(Debug)]
pub struct Problem(pub Failure);

/// What handlers answer.
pub type Answer<T> = Result<Json<T>, Problem>;

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(code = %error.code(), %error, "a query failed");
        let code = error.code();
        if let StoreError::Event { .. } = error {
            return Self(error.into());
        }
        // Paths and SQL are for the log, not for the client.
        Self(Failure::new(code, code.row().title))
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        if RETRIED.contains(&self.0.status) {
            self.0.retry_after.get_or_insert(RETRY_AFTER_SECONDS);
        }
        // One that does not come of requests in the order of things.
        if self.0.status == 0 {
            self.0.status = StatusCode::INTERNAL_SERVER_ERROR.as_u16();
        }
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self.0)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = challenge(&self.0) {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = self.0.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.0);
        response
    }
}

/// What a client that came without the right key is told in the header that is meant for it (RFC 6750).
fn challenge(failure: &Failure) -> Option<&'static str> {
    if failure.is(ErrorCode::KEY_MISSING) {
        Some("Bearer realm=\"panotti\"")
    } else if failure.status == StatusCode::UNAUTHORIZED.as_u16() {
        Some("Bearer realm=\"panotti\", error=\"invalid_token\"")
    } else if failure.is(ErrorCode::PERMISSION_DENIED) {
        Some("Bearer realm=\"panotti\", error=\"insufficient_scope\"")
    } else {
        None
    }
}

/// Gives every request an id, echoes it, and puts it into the problem where there is one.
pub async fn with_request_id(mut request: Request, next: Next) -> Response {
    let request_id = data_encoding::HEXLOWER.encode(&random_bytes::<8>());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(RequestId(request_id.clone()));
    let mut response = next.run(request).await;
    tracing::debug!(%request_id, %method, path, status = response.status().as_u16(), "request");
    if let Some(mut failure) = response.extensions_mut().remove::<Failure>() {
        redact_failure(&mut failure);
        if failure.status >= 500 {
            tracing::warn!(%request_id, %method, path, code = failure.code, detail = failure.detail, "request failed");
        }
        let failure = Failure { request_id: request_id.clone(), ..failure };
        if let Ok(text) = serde_json::to_vec(&failure) {
            response.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
            *response.body_mut() = Body::from(text);
        }
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Takes out of a failure what is nobody's business but of those who may do everything: the log has it, under the request's id.
pub fn keep_inside(failure: &mut Failure, request_id: Option<&str>) {
    let Some(row) = ErrorCode::TABLE.iter().find(|row| row.code == failure.code) else { return };
    if row.status != 0 && !OF_THE_MACHINE.iter().any(|code| failure.is(*code)) {
        return;
    }
    tracing::warn!(request_id, code = failure.code, detail = failure.detail, why = failure.why, "the client is not told what failed");
    (failure.detail, failure.why, failure.next) = (row.title.to_owned(), row.why.to_owned(), row.next.to_owned());
    failure.errors.clear();
}

/// Failures quote what they were given: a secret in a request must not come back in an answer, or stand in the log.
fn redact_failure(failure: &mut Failure) {
    let Failure { detail, why, next, errors, .. } = failure;
    let parts = errors.iter_mut().flat_map(|part| [&mut part.pointer, &mut part.detail, &mut part.next]);
    [detail, why, next].into_iter().chain(parts).for_each(redact::owned);
}

/// No such route.
pub async fn no_such_route(uri: Uri) -> Problem {
    Problem(Failure::new(ErrorCode::ROUTE_NOT_FOUND, format!("there is no route {}", uri.path())))
}

/// The route does not take this method.
pub async fn no_such_method(method: Method, uri: Uri) -> Problem {
    Problem(Failure::new(ErrorCode::REQUEST_METHOD, format!("{} does not take {method}", uri.path())))
}

/// Reads a whole body. One that is not small takes of the room that there is for the bodies of all clients, as soon as so much of it has come,
/// and holds that for as long as its bytes are there.
pub async fn read_body(room: &Room, body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let declared = body.size_hint().upper().and_then(|bytes| usize::try_from(bytes).ok());
    let wanted = declared.unwrap_or(bytes_max).min(bytes_max);
    let mut chunks = Body::new(Limited::new(body, bytes_max)).into_data_stream();
    let (mut bytes, mut taken) = (BytesMut::new(), None);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Problem(body::failure(&error, bytes_max)))?;
        if taken.is_none() && bytes.len() + chunk.len() > BODY_BYTES_FREE {
            taken = Some(room.take_within(wanted, BODY_ROOM_WAIT).await.ok_or_else(|| no_room(wanted))?);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Bytes::from_owner(InRoom { bytes, _taken: taken }))
}

fn no_room(bytes: usize) -> Problem {
    let seconds = BODY_ROOM_WAIT.as_secs();
    let detail = format!("for {seconds} s there was no room for a body of {bytes} bytes beside those of others");
    Problem(Failure { retry_after: Some(1), ..Failure::new(ErrorCode::OVERLOADED, detail) })
}

/// Bytes and the room they are in.
struct InRoom {
    bytes: BytesMut,
    _taken: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for InRoom {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A JSON body. An empty one is an empty object, so that `curl -X POST` is enough where nothing must be said.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Api> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let bytes = read_body(&api.rooms.bodies, request.into_body(), BODY_BYTES_MAX).await?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        strict_json::check_body(text).map_err(|why| Failure::new(ErrorCode::REQUEST_INVALID, format!("the body does not hold: {why}")))?;
        serde_json::from_slice(text)
            .map(JsonBody)
            .map_err(|error| Problem(Failure::new(ErrorCode::REQUEST_INVALID, format!("the body does not hold: {error}"))))
    }
}

/// The query. Unknown parameters are refused.
#[derive(Debug)]
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(error) => Err(Problem(Failure::new(ErrorCode::REQUEST_INVALID, format!("the query does not hold: {}", error.body_text())))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_by_says_when_to_try_again_and_its_own_time_counts() {
        let seconds =
            |failure: Failure| Problem(failure).into_response().headers().get(RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
        for code in [ErrorCode::STORE_UNAVAILABLE, ErrorCode::STORE_FULL, ErrorCode::DAEMON_STOPPING] {
            assert_eq!(seconds(Failure::new(code, "")), Some(RETRY_AFTER_SECONDS.to_string()), "{code}");
        }
        assert_eq!(seconds(Failure { retry_after: Some(17), ..Failure::new(ErrorCode::OVERLOADED, "") }).as_deref(), Some("17"));
        assert_eq!(seconds(Failure::new(ErrorCode::REQUEST_INVALID, "")), None);
    }

    #[tokio::test]
    async fn a_large_body_holds_its_room_for_as_long_as_its_bytes_are_there_and_a_small_one_none() {
        const ROOM: usize = 1 << 20;
        let room = Room::new(ROOM);
        let free = async |bytes: usize| room.take_within(bytes, std::time::Duration::ZERO).await.is_some();
        for (bytes, held) in [(0, 0), (BODY_BYTES_FREE - 1, 0), (BODY_BYTES_FREE, 0), (BODY_BYTES_FREE + 1, BODY_BYTES_FREE + 1)] {
            let body = read_body(&room, Body::from(vec![b'x'; bytes]), ROOM).await.unwrap();
            assert_eq!(body.len(), bytes);
            assert!(free(ROOM - held).await && (held == 0 || !free(ROOM - held + 1).await), "a body of {bytes} bytes");
            drop(body);
            assert!(free(ROOM).await);
        }
        let too_large = read_body(&room, Body::from(vec![b'x'; BODY_BYTES_MAX + 1]), BODY_BYTES_MAX).await.unwrap_err();
        assert!(too_large.0.is(ErrorCode::REQUEST_TOO_LARGE), "{too_large:?}");
        assert!(free(ROOM).await);
    }
}
