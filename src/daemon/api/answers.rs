//! What handlers answer where a JSON body alone does not say it: something that was made and where it is, a state and its tag, lines, a
//! stream of events. What each means in HTTP is written here once, and the OpenAPI document reads it off these types.

use std::convert::Infallible;
use std::marker::PhantomData;

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::openapi::headers::{self, Header, Sent};
use super::openapi::shape::{Answers, Content, Read, Reply, Shape, Takes, schema_of};

/// Media type of lines of JSON.
pub const LINES: &str = "application/x-ndjson";
/// Media type of server-sent events.
pub const EVENT_STREAM: &str = "text/event-stream";
const NOT_BUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Something that was made, with its path: 201.
#[derive(Debug)]
pub struct Made<T> {
    /// What is told of it.
    pub made: T,
    /// Its path.
    pub path: String,
}

impl<T: Serialize> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        at(self.path, (StatusCode::CREATED, Json(self.made)).into_response())
    }
}

impl<T: JsonSchema> Answers for Made<T> {
    fn describe(shape: &mut Shape) {
        shape.json::<T>(201, "Made; `Location` has its path.", &[Sent::Always(&headers::LOCATION)]);
    }
}

/// Something that was made, or was there already and is as it was, or was only tried: 201 or 200, with its path.
#[derive(Debug)]
pub enum MadeOnce<T> {
    /// It was made now.
    Made(Made<T>),
    /// It was there already, or nothing was to be made.
    Unchanged(Made<T>),
}

impl<T> MadeOnce<T> {
    /// One or the other.
    pub fn new(is_new: bool, made: T, path: String) -> Self {
        let made = Made { made, path };
        if is_new { Self::Made(made) } else { Self::Unchanged(made) }
    }
}

impl<T: Serialize> IntoResponse for MadeOnce<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Made(made) => made.into_response(),
            Self::Unchanged(Made { made, path }) => at(path, Json(made).into_response()),
        }
    }
}

impl<T: JsonSchema> Answers for MadeOnce<T> {
    fn describe(shape: &mut Shape) {
        Made::<T>::describe(shape);
        shape.json::<T>(200, "Nothing new was made: it was there already, or only tried out.", &[Sent::Always(&headers::LOCATION)]);
    }
}

/// Something that has begun and goes on, with its path, or that there was nothing to begin: 202 or 200.
#[derive(Debug)]
pub enum Begun<T> {
    /// It goes on.
    Begun(Made<T>),
    /// Nothing was begun.
    Not(T),
}

impl<T: Serialize> IntoResponse for Begun<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Begun(Made { made, path }) => at(path, (StatusCode::ACCEPTED, Json(made)).into_response()),
            Self::Not(told) => Json(told).into_response(),
        }
    }
}

impl<T: JsonSchema> Answers for Begun<T> {
    fn describe(shape: &mut Shape) {
        shape.json::<T>(202, "Begun; `Location` has the path at which it can be followed.", &[Sent::Always(&headers::LOCATION)]);
        shape.json::<T>(200, "Nothing was begun: it was only asked for, or comes to nothing.", &[]);
    }
}

fn at(path: String, mut response: Response) -> Response {
    if let Ok(path) = HeaderValue::try_from(path) {
        response.headers_mut().insert(LOCATION, path);
    }
    response
}

/// An answer that no cache may keep.
#[derive(Debug)]
pub struct NotKept<R>(pub R);

impl<R: IntoResponse> IntoResponse for NotKept<R> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl<R: Answers> Answers for NotKept<R> {
    fn describe(shape: &mut Shape) {
        R::describe(shape);
        shape.heading(Sent::Always(&headers::CACHE_CONTROL));
    }
}

/// An answer with the tag of the state that it shows.
#[derive(Debug)]
pub struct Tagged<T> {
    /// The tag, with its quotes.
    pub tag: String,
    /// The state.
    pub state: T,
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        tagged(self.tag, Json(self.state).into_response())
    }
}

impl<T: JsonSchema> Answers for Tagged<T> {
    fn describe(shape: &mut Shape) {
        shape.json::<T>(200, "", &[Sent::Always(&headers::ETAG)]);
    }
}

fn tagged(tag: String, mut response: Response) -> Response {
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// An answer that stands for its tag, byte for byte: 304 without a body where the client has it already.
#[derive(Debug)]
pub enum Unless<R> {
    /// The client has it.
    Known(String),
    /// It does not.
    New(String, R),
}

impl<R> Unless<R> {
    /// One or the other, by what the client says it has.
    pub fn new(known: &IfNoneMatch, tag: String, answer: R) -> Self {
        if known.has(&tag) { Self::Known(tag) } else { Self::New(tag, answer) }
    }
}

impl<R: IntoResponse> IntoResponse for Unless<R> {
    fn into_response(self) -> Response {
        match self {
            Self::Known(tag) => tagged(tag, StatusCode::NOT_MODIFIED.into_response()),
            Self::New(tag, answer) => tagged(tag, answer.into_response()),
        }
    }
}

impl<R: Answers> Answers for Unless<R> {
    fn describe(shape: &mut Shape) {
        R::describe(shape);
        let about = "It is as `If-None-Match` names it; without a body.";
        shape.replies.push(Reply { status: 304, about, content: None, headers: Vec::new() });
        shape.heading(Sent::Always(&headers::ETAG));
    }
}

/// The tags of what a client has already: `If-None-Match`.
#[derive(Debug, Default)]
pub struct IfNoneMatch(Vec<String>);

impl IfNoneMatch {
    fn read(headers: &HeaderMap) -> Self {
        let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let tags = values.flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/").to_owned());
        Self(tags.collect())
    }

    /// Whether the client has what a tag stands for (RFC 9110 13.1.2: compared weakly).
    fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|known| known == tag || known == "*")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::read(&parts.headers))
    }
}

const IF_NONE_MATCH_READ: Header = Header {
    name: "If-None-Match",
    about: "The `ETag` of what the client has: the answer is 304 without a body where it is still so.",
    schema: r#"{"type": "string", "minLength": 1}"#,
    example: "\"17\"",
};

impl Takes for IfNoneMatch {
    fn describe(shape: &mut Shape) {
        shape.headers.push(Read { header: IF_NONE_MATCH_READ, required: false });
    }
}

/// Lines of JSON, sent as the client takes them; `T` is one of them. The body breaks off where it cannot be completed.
#[derive(Debug)]
pub struct Lines<T>(Body, PhantomData<fn() -> T>);

impl<T> Lines<T> {
    /// Of a body that has them.
    pub fn new(body: Body) -> Self {
        Self(body, PhantomData)
    }
}

impl<T> IntoResponse for Lines<T> {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, HeaderValue::from_static(LINES))], self.0).into_response()
    }
}

impl<T: JsonSchema> Answers for Lines<T> {
    fn describe(shape: &mut Shape) {
        let content = Some(Content { media_type: LINES, schema: Some(schema_of::<T>) });
        shape.replies.push(Reply { status: 200, about: "Lines of JSON, each of which fits the schema.", content, headers: Vec::new() });
    }
}

/// Server-sent events: no cache keeps them, and proxies that collect answers before they pass them on are told not to.
#[derive(Debug)]
pub struct EventStream<R>(pub R);

impl<R: IntoResponse> IntoResponse for EventStream<R> {
    fn into_response(self) -> Response {
        let mut response = NotKept(self.0).into_response();
        response.headers_mut().insert(NOT_BUFFERED, HeaderValue::from_static("no"));
        response
    }
}

impl<R> Answers for EventStream<R> {
    fn describe(shape: &mut Shape) {
        let content = Some(Content { media_type: EVENT_STREAM, schema: Some(schema_of::<String>) });
        let headers = vec![Sent::Always(&headers::CACHE_CONTROL), Sent::Always(&headers::NOT_BUFFERED)];
        shape.replies.push(Reply { status: 200, about: "Server-sent events.", content, headers });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(values: &[&str]) -> IfNoneMatch {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IF_NONE_MATCH, HeaderValue::from_str(value).unwrap());
        }
        IfNoneMatch::read(&headers)
    }

    #[test]
    fn a_client_has_what_one_of_its_tags_names() {
        for held in [&["\"17\""][..], &["\"16\", \"17\""], &["\"16\"", "W/\"17\""], &["*"]] {
            assert!(known(held).has("\"17\""), "{held:?}");
        }
        for other in [&[][..], &["\"1\""], &["17"], &["\"17"], &[""]] {
            assert!(!known(other).has("\"17\""), "{other:?}");
        }
    }
}
