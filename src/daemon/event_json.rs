//! A stored event as JSON, as plugins and clients get it: the form of [`panotti_protocol::event::Event`], written without reading the
//! payload, whose bytes go out as they came in.

use std::fmt::Write as _;

use panotti_core::event::StoredEvent;
use serde::Serialize;
use serde_json::value::RawValue;

/// Whether a media type is JSON: `application/json`, or anything that ends with `+json`.
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

/// Whether a media type is text, so that the payload can stand as a JSON string.
pub fn is_text(media_type: &str) -> bool {
    media_type.trim().to_ascii_lowercase().starts_with("text/")
}

/// With or without the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// In `data`, or in `data_base64` where it is neither JSON nor text.
    Included,
    /// In `data_base64`, whatever it is.
    Encoded,
    /// Neither.
    LeftOut,
}

/// The event as one JSON object.
pub fn event_json(event: &StoredEvent, payload: Payload) -> Box<RawValue> {
    let mut text = String::with_capacity(event.draft.payload.len() + 512);
    text.push('{');
    let draft = &event.draft;
    envelope(&mut text, event);
    optional(&mut text, "causationid", draft.causationid.as_ref());
    field(&mut text, "eventid", &event.eventid);
    field(&mut text, "sequence", &event.sequence);
    field(&mut text, "actor", &draft.actor);
    optional(&mut text, "schema", event.schema.as_ref());
    field(&mut text, "rules", &event.rules);
    rest(text, event, payload)
}

/// The event as one JSON object that publishing takes: without what only the daemon sets. The ids stay, so that it is the same event again
/// where it is still known, and its story stays one.
pub fn for_publishing(event: &StoredEvent) -> Box<RawValue> {
    let mut text = String::with_capacity(event.draft.payload.len() + 512);
    text.push('{');
    envelope(&mut text, event);
    rest(text, event, Payload::Included)
}

/// What a publisher says.
fn envelope(text: &mut String, event: &StoredEvent) {
    let draft = &event.draft;
    field(text, "specversion", "1.0");
    field(text, "id", &event.id());
    field(text, "source", &draft.source);
    field(text, "type", &draft.topic);
    optional(text, "subject", draft.subject.as_ref());
    field(text, "time", &draft.time.unwrap_or(event.accepted_at));
    field(text, "datacontenttype", &draft.datacontenttype);
    optional(text, "dataschema", draft.dataschema.as_ref());
    field(text, "priority", &draft.priority);
    field(text, "correlationid", &event.correlation());
    optional(text, "orderingkey", draft.orderingkey.as_ref());
    optional(text, "traceparent", draft.traceparent.as_ref());
    optional(text, "expires", draft.expires.as_ref());
}

/// Extensions and payload, and the end.
fn rest(mut text: String, event: &StoredEvent, payload: Payload) -> Box<RawValue> {
    for (name, value) in &event.draft.extensions {
        field(&mut text, name, value);
    }
    match payload {
        _ if event.draft.payload.is_empty() => {}
        Payload::Included => write_payload(&mut text, event),
        Payload::Encoded => write_encoded(&mut text, event),
        Payload::LeftOut => {}
    }
    text.push('}');
    RawValue::from_string(text).expect("every part is JSON: fields are serialised, a JSON payload was checked when it came in")
}

fn write_payload(text: &mut String, event: &StoredEvent) {
    let draft = &event.draft;
    match std::str::from_utf8(&draft.payload) {
        Ok(json) if is_json(&draft.datacontenttype) => {
            text.push_str(",\"data\":");
            // A line is a frame: a line break between two JSON tokens would end it.
            if json.contains(['\n', '\r']) {
                text.extend(json.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
            } else {
                text.push_str(json);
            }
        }
        Ok(plain) if is_text(&draft.datacontenttype) => field(text, "data", plain),
        _ => write_encoded(text, event),
    }
}

fn write_encoded(text: &mut String, event: &StoredEvent) {
    field(text, "data_base64", &data_encoding::BASE64.encode(&event.draft.payload));
}

fn field<T: Serialize + ?Sized>(text: &mut String, name: &str, value: &T) {
    let separator = if text.len() > 1 { "," } else { "" };
    let value = serde_json::to_string(value).expect("attributes are strings, numbers and JSON values");
    write!(text, "{separator}\"{name}\":{value}").expect("writing to a string does not fail");
}

fn optional<T: Serialize>(text: &mut String, name: &str, value: Option<&T>) {
    if let Some(value) = value {
        field(text, name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use panotti_core::event::Draft;
    use panotti_protocol::event::Event;
    use panotti_protocol::id::{EventId, Sequence, uuid_v7};
    use panotti_protocol::time::Timestamp;

    fn stored(payload: &[u8], media_type: &str) -> StoredEvent {
        let mut draft = Draft::new("a.b".parse().unwrap(), "/cli/x", "user:x", payload.to_vec());
        draft.datacontenttype = media_type.to_owned();
        draft.extensions.insert("tenant".to_owned(), "x".into());
        StoredEvent {
            sequence: Sequence(7),
            eventid: EventId::from_bytes(uuid_v7(1, [1; 10])),
            accepted_at: Timestamp::from_ms(5),
            rules: 2,
            schema: Some(3),
            matches: Some(Vec::new()),
            keys: Vec::new(),
            draft,
        }
    }

    #[test]
    fn what_is_written_reads_back_as_the_events_type_says() {
        let text = event_json(&stored(b"{\"b\": 1,\n\"a\":\"x\\ny\"}", "application/json"), Payload::Included);

        let event: Event = serde_json::from_str(text.get()).unwrap();
        assert!(!text.get().contains('\n'), "one line");
        assert_eq!(event.data.unwrap()["a"], "x\ny");
        assert_eq!(event.sequence, Sequence(7));
        assert_eq!(event.extensions["tenant"], "x");
        assert_eq!(event.correlationid, event.eventid.to_string());
    }

    #[test]
    fn text_stands_as_a_string_and_anything_else_in_base64() {
        let text: Event = serde_json::from_str(event_json(&stored(b"a\"b", "text/plain"), Payload::Included).get()).unwrap();
        let binary: Event = serde_json::from_str(event_json(&stored(&[0, 255], "audio/wav"), Payload::Included).get()).unwrap();

        assert_eq!(text.data.unwrap(), "a\"b");
        assert_eq!(binary.data_base64.unwrap(), "AP8=");
    }
}
