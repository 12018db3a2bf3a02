//! The CloudEvents HTTP binding where it is more than a JSON body. Binary mode, in and out: attributes in `ce-` fields, the payload as the
//! body, its media type as `Content-Type`. Structured mode, out.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use panotti_core::event::StoredEvent;
use panotti_protocol::event::NewEvent;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::strict_json::{self, NotStrict};
use serde_json::{Map, Value};

use super::http::gate::percent_decoded;
use super::openapi::headers::{Header, Sent};
use crate::daemon::event_json::{Payload, event_json, is_json};

/// Media type of an event in structured mode.
pub const STRUCTURED: &str = "application/cloudevents+json";
const PREFIX: &str = "ce-";
/// Where a request has an event without its own attributes being in the body.
const VERSION: HeaderName = HeaderName::from_static("ce-specversion");

/// The fields of binary mode that CloudEvents names. Every other attribute is a field likewise.
pub const FIELDS: [Header; 7] = [
    field(
        "ce-specversion",
        "Makes the body the payload of an event, whatever its media type, and the `ce-` fields its attributes.",
        VERSION_1,
        "1.0",
    ),
    field("ce-type", "Binary mode: the topic. Must be there.", TOPIC, "recording.ended"),
    field("ce-id", "Binary mode: the publisher's id.", TEXT, "rec-43"),
    field("ce-source", "Binary mode: who says so.", TEXT, "/studio"),
    field("ce-subject", "Binary mode: what it is about.", TEXT, "meeting.wav"),
    field("ce-time", "Binary mode: when it happened.", TIME, "2026-11-22T10:04:11.204Z"),
    field("ce-dataschema", "Binary mode: where the payload's schema is described.", TEXT, "urn:studio:recording"),
];
/// The fields that every event has that is given out in binary mode.
pub const GIVEN: [Sent; 4] =
    [Sent::Always(&GIVEN_VERSION), Sent::Always(&GIVEN_TYPE), Sent::Always(&GIVEN_ID), Sent::Always(&GIVEN_EVENTID)];
static GIVEN_VERSION: Header = field("ce-specversion", "The version of CloudEvents.", VERSION_1, "1.0");
static GIVEN_TYPE: Header = field("ce-type", "The topic.", TOPIC, "recording.ended");
static GIVEN_ID: Header = field("ce-id", "The publisher's id; the `eventid` where none was given.", TEXT, "rec-43");
static GIVEN_EVENTID: Header =
    field("ce-eventid", "Panotti's id of it. Every other attribute is a field likewise.", TEXT, "evt_01m81e7thtfct8g2mjg15efpc6");
/// As RFC 3339 writes it. Without `format`, since generators of clients take no times in headers.
const TIME: &str = r#"{"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}"}"#;
const TEXT: &str = r#"{"type": "string"}"#;
const VERSION_1: &str = r#"{"type": "string", "pattern": "^1\\.0$"}"#;
const TOPIC: &str = r#"{"type": "string", "maxLength": 255, "pattern": "^[0-9A-Za-z_-]+(\\.[0-9A-Za-z_-]+)*$"}"#;

const fn field(name: &'static str, about: &'static str, schema: &'static str, example: &'static str) -> Header {
    Header { name, about, schema, example }
}

/// Whether a request is an event in binary mode.
pub fn is_binary(headers: &HeaderMap) -> bool {
    headers.contains_key(VERSION)
}

/// The event that fields and body are.
///
/// # Errors
/// `event.attribute_invalid` where a field does not hold, `event.payload_invalid` where the body is not what its type says.
pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<NewEvent, Failure> {
    let mut attributes = Map::new();
    for (name, value) in headers {
        let Some(name) = name.as_str().strip_prefix(PREFIX) else { continue };
        let text = text(name, value)?;
        if attributes.insert(name.to_owned(), Value::String(text)).is_some() {
            return Err(invalid(format!("`{PREFIX}{name}` is there twice")));
        }
    }
    for own in ["data", "data_base64", "datacontenttype"] {
        if attributes.contains_key(own) {
            return Err(invalid(format!("`{PREFIX}{own}` is no field: the payload is the body, its type `Content-Type`")));
        }
    }
    let mut event: NewEvent = serde_json::from_value(Value::Object(attributes)).map_err(|error| invalid(error.to_string()))?;
    event.datacontenttype = match headers.get(CONTENT_TYPE) {
        Some(value) => Some(value.to_str().map_err(|_| invalid("`Content-Type` is not plain text".to_owned()))?.to_owned()),
        None => None,
    };
    if body.is_empty() {
        return Ok(event);
    }
    match &event.datacontenttype {
        Some(media_type) if !is_json(media_type) => event.data_base64 = Some(data_encoding::BASE64.encode(body)),
        _ => {
            let hold = |why: NotStrict| Failure::new(ErrorCode::REQUEST_INVALID, format!("the body does not hold: {why}"));
            strict_json::check_event(body).map_err(hold)?;
            let not_json =
                |error: serde_json::Error| Failure::new(ErrorCode::EVENT_PAYLOAD_INVALID, format!("the body is not JSON: {error}"));
            event.data = Some(serde_json::from_slice(body).map_err(not_json)?);
        }
    }
    Ok(event)
}

/// An event in structured mode.
pub fn structured(event: &StoredEvent) -> Response {
    let mut response = Body::from(String::from(Box::<str>::from(event_json(event, Payload::Included)))).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(STRUCTURED));
    response
}

/// An event in binary mode: its payload, byte for byte.
pub fn binary(mut event: StoredEvent) -> Response {
    let attributes = serde_json::from_str::<Map<String, Value>>(event_json(&event, Payload::LeftOut).get());
    let mut response = std::mem::take(&mut event.draft.payload).into_response();
    let media_type = HeaderValue::from_str(&event.draft.datacontenttype).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    for (name, value) in attributes.unwrap_or_default().iter().filter(|(name, _)| name.as_str() != "datacontenttype") {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let field = (HeaderName::try_from(format!("{PREFIX}{name}")), HeaderValue::try_from(percent_encoded(&text)));
        if let (Ok(name), Ok(value)) = field {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

const HEXADECIMAL: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];

/// A value as a field has it (binding, 3.1.3.2): printable ASCII but space, `"` and `%` as it is, every other byte in hexadecimal.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            0x21 | 0x23 | 0x24 | 0x26..=0x7e => encoded.push(char::from(byte)),
            _ => encoded.extend(['%', HEXADECIMAL[usize::from(byte >> 4)], HEXADECIMAL[usize::from(byte & 15)]]),
        }
    }
    encoded
}

fn invalid(detail: String) -> Failure {
    Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, detail)
}

/// The text of a field: percent-encoded where it is not printable ASCII (binding, 3.1.3.2), perhaps in quotes as older senders write it.
fn text(name: &str, value: &HeaderValue) -> Result<String, Failure> {
    let written = value.to_str().map_err(|_| invalid(format!("`{PREFIX}{name}` has bytes that are not percent-encoded")))?;
    let unquoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let plain = unquoted.map_or_else(|| written.to_owned(), |inner| inner.replace("\\\"", "\"").replace("\\\\", "\\"));
    // A sender that does not encode may write a `%` that stands for itself.
    let Some(decoded) = percent_decoded(&plain) else { return Ok(plain) };
    String::from_utf8(decoded).map_err(|_| invalid(format!("`{PREFIX}{name}` is not UTF-8")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn fields_are_attributes_and_the_body_is_the_payload() {
        let fields = [
            ("ce-specversion", "1.0"),
            ("ce-type", "order.paid"),
            ("ce-id", "17"),
            ("ce-source", "/shop"),
            ("ce-subject", "Euro%20%E2%82%AC%20%F0%9F%98%80"),
            ("ce-tenant", "a"),
            ("content-type", "application/json; charset=utf-8"),
            ("x-other", "y"),
        ];
        let event = read(&headers(&fields), br#"{"n": 1}"#).unwrap();

        assert_eq!((event.topic.as_str(), event.id.as_deref(), event.source.as_deref()), ("order.paid", Some("17"), Some("/shop")));
        assert_eq!(event.subject.as_deref(), Some("Euro € 😀"), "the example of the binding");
        assert_eq!(event.data.unwrap().get(), r#"{"n": 1}"#);
        assert_eq!(event.extensions.keys().collect::<Vec<_>>(), ["tenant"]);
        let bytes = read(&headers(&[("ce-specversion", "1.0"), ("ce-type", "a"), ("content-type", "image/png")]), &[0, 255]).unwrap();
        assert_eq!((bytes.data_base64.as_deref(), bytes.data.is_none()), (Some("AP8="), true));
        assert!(read(&headers(&[("ce-specversion", "1.0"), ("ce-type", "a")]), b"").unwrap().data.is_none());
    }

    #[test]
    fn what_does_not_hold_is_refused() {
        let refused = |pairs: &[(&str, &str)], body: &[u8]| read(&headers(pairs), body).unwrap_err();
        let plain = [("ce-specversion", "1.0"), ("ce-type", "a")];
        assert!(refused(&[("ce-specversion", "0.3"), ("ce-type", "a")], b"").is(ErrorCode::EVENT_ATTRIBUTE_INVALID));
        assert!(refused(&[("ce-specversion", "1.0")], b"").is(ErrorCode::EVENT_ATTRIBUTE_INVALID), "no type");
        assert!(refused(&plain, b"{").is(ErrorCode::EVENT_PAYLOAD_INVALID));
        for bad in [("ce-sequence", "1"), ("ce-data", "1"), ("ce-datacontenttype", "a/b"), ("ce-subject", "%ff"), ("ce-time", "now")] {
            assert!(refused(&[&plain[..], &[bad]].concat(), b"").is(ErrorCode::EVENT_ATTRIBUTE_INVALID), "{bad:?}");
        }
    }
}
