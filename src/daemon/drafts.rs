//! What a publisher sent becomes a draft, or a failure that says what is wrong with it. Nothing is stored here.

use panotti_core::event::{Draft, JSON};
use panotti_protocol::event::{NewEvent, Priority};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::EmitBody;
use panotti_protocol::limits::{ATTRIBUTE_BYTES_MAX, EXTENSION_BYTES_MAX, EXTENSION_NAME_BYTES_MAX, EXTENSIONS_MAX};
use panotti_protocol::strict_json;
use panotti_protocol::topic::Topic;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::daemon::event_json::{is_json, is_text};

/// What the sources of the plugins' events begin with, before a slash and their name.
pub const PLUGINS_SOURCE: &str = "/plugins";
/// Media type of a payload in base64 when nothing is said.
const BINARY: &str = "application/octet-stream";

/// Checks everything and completes what was left out.
///
/// # Errors
/// `event.*`, naming the attribute.
pub fn draft(new: NewEvent, source: &str, actor: &str, payload_bytes_max: usize) -> Result<Draft, Failure> {
    let topic = topic(&new.topic)?;
    for (name, value) in [
        ("id", &new.id),
        ("source", &new.source),
        ("subject", &new.subject),
        ("datacontenttype", &new.datacontenttype),
        ("dataschema", &new.dataschema),
        ("correlationid", &new.correlationid),
        ("orderingkey", &new.orderingkey),
        ("traceparent", &new.traceparent),
    ] {
        check_attribute(name, value.as_deref())?;
    }
    if let (Some(deliver_at), Some(expires)) = (new.deliver_at, new.expires)
        && deliver_at >= expires
    {
        let detail = format!("`deliver_at` is {deliver_at} and `expires` {expires}: every delivery would have expired");
        return Err(Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, detail));
    }
    check_extensions(&new)?;
    let (datacontenttype, payload) = payload(new.datacontenttype, new.data, new.data_base64, payload_bytes_max)?;
    Ok(Draft {
        topic,
        id: new.id,
        source: new.source.unwrap_or_else(|| source.to_owned()),
        subject: new.subject,
        time: new.time,
        datacontenttype,
        dataschema: new.dataschema,
        payload,
        priority: new.priority.unwrap_or(Priority::Normal),
        correlationid: new.correlationid,
        causationid: None,
        orderingkey: new.orderingkey,
        traceparent: new.traceparent,
        expires: new.expires,
        deliver_at: new.deliver_at,
        extensions: new.extensions,
        actor: actor.to_owned(),
    })
}

/// The same for what a plugin emits.
///
/// # Errors
/// `event.*`, naming the attribute.
pub fn emitted(emit: EmitBody, plugin: &str, payload_bytes_max: usize) -> Result<Draft, Failure> {
    let name = format!("{PLUGINS_SOURCE}/{plugin}");
    let new = NewEvent {
        topic: emit.topic,
        subject: emit.subject,
        datacontenttype: emit.datacontenttype,
        data: emit.data,
        data_base64: emit.data_base64,
        priority: emit.priority,
        orderingkey: emit.orderingkey,
        expires: emit.expires,
        ..NewEvent::default()
    };
    draft(new, &name, &format!("plugin:{plugin}"), payload_bytes_max)
}

fn topic(text: &str) -> Result<Topic, Failure> {
    let topic: Topic = text.parse().map_err(|why: panotti_protocol::topic::TopicInvalid| {
        Failure::new(ErrorCode::EVENT_TOPIC_INVALID, format!("`{text}` is not a topic")).why(why.to_string())
    })?;
    if topic.is_reserved() {
        return Err(Failure::new(ErrorCode::EVENT_TOPIC_RESERVED, format!("nobody but the daemon publishes to `{topic}`")));
    }
    Ok(topic)
}

fn check_attribute(name: &str, value: Option<&str>) -> Result<(), Failure> {
    let invalid = |detail: String| Err(Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, detail));
    match value {
        Some("") => invalid(format!("`{name}` is empty; leave it out")),
        Some(value) if value.len() > ATTRIBUTE_BYTES_MAX => {
            invalid(format!("`{name}` is {} bytes, the limit is {ATTRIBUTE_BYTES_MAX}", value.len()))
        }
        Some(value) if value.chars().any(char::is_control) => invalid(format!("`{name}` has a control character in it")),
        _ => Ok(()),
    }
}

fn check_extensions(new: &NewEvent) -> Result<(), Failure> {
    let invalid = |detail: String| Err(Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, detail));
    if new.extensions.len() > EXTENSIONS_MAX {
        return invalid(format!("there are {} extension attributes, the limit is {EXTENSIONS_MAX}", new.extensions.len()));
    }
    for (name, value) in &new.extensions {
        let named_well = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if name.is_empty() || name.len() > EXTENSION_NAME_BYTES_MAX || !named_well {
            return invalid(format!(
                "`{name}` is not an attribute: names are lower-case letters and digits, at most {EXTENSION_NAME_BYTES_MAX}"
            ));
        }
        if value.is_object() || value.is_array() {
            return invalid(format!("`{name}` is no single value; put structures into `data`"));
        }
        let bytes = value.as_str().map_or_else(|| value.to_string().len(), str::len);
        if bytes > EXTENSION_BYTES_MAX {
            return invalid(format!("`{name}` is {bytes} bytes, the limit is {EXTENSION_BYTES_MAX}"));
        }
    }
    Ok(())
}

fn payload(
    media_type: Option<String>,
    data: Option<Box<RawValue>>,
    base64: Option<String>,
    bytes_max: usize,
) -> Result<(String, Vec<u8>), Failure> {
    let invalid = |detail: String| Failure::new(ErrorCode::EVENT_PAYLOAD_INVALID, detail);
    let (media_type, payload) = match (data, base64) {
        (Some(_), Some(_)) => return Err(invalid("`data` and `data_base64` are both there; send one".to_owned())),
        (None, None) => (media_type.unwrap_or_else(|| JSON.to_owned()), Vec::new()),
        (None, Some(text)) => {
            let bytes =
                data_encoding::BASE64.decode(text.as_bytes()).map_err(|error| invalid(format!("`data_base64` is not base64: {error}")))?;
            let media_type = media_type.unwrap_or_else(|| BINARY.to_owned());
            if is_json(&media_type) {
                // As strictly as what comes in `data`: base64 is no way around it.
                strict_json::check_event(&bytes).map_err(|why| invalid(format!("the payload does not hold: {why}")))?;
                serde_json::from_slice::<IgnoredAny>(&bytes)
                    .map_err(|error| invalid(format!("the payload says `{media_type}` and is not JSON: {error}")))?;
            }
            (media_type, bytes)
        }
        (Some(data), None) => {
            let media_type = media_type.unwrap_or_else(|| JSON.to_owned());
            if is_json(&media_type) {
                (media_type, String::from(Box::<str>::from(data)).into_bytes())
            } else if is_text(&media_type) {
                let text: String = serde_json::from_str(data.get())
                    .map_err(|_| invalid(format!("`data` must be a JSON string where `datacontenttype` is `{media_type}`")))?;
                (media_type, text.into_bytes())
            } else {
                return Err(invalid(format!("a payload of type `{media_type}` goes into `data_base64`")));
            }
        }
    };
    if payload.len() > bytes_max {
        let detail = format!("payload is {} bytes, the limit is {bytes_max}", payload.len());
        return Err(Failure::new(ErrorCode::EVENT_PAYLOAD_TOO_LARGE, detail));
    }
    Ok((media_type, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Draft, Failure> {
        draft(serde_json::from_str(text).unwrap(), "/cli/x@y", "user:x", 20)
    }

    #[test]
    fn what_was_left_out_is_completed_and_the_payload_keeps_its_bytes() {
        let draft = read(r#"{"type":"a.b","data":{ "n" : 1.0}}"#).unwrap();

        assert_eq!(draft.payload, br#"{ "n" : 1.0}"#);
        assert_eq!((draft.datacontenttype.as_str(), draft.source.as_str()), (JSON, "/cli/x@y"));
        assert_eq!(read(r#"{"type":"a","datacontenttype":"text/plain","data":"hi"}"#).unwrap().payload, b"hi");
        assert_eq!(read(r#"{"type":"a","data_base64":"AP8="}"#).unwrap().payload, [0, 255]);
    }

    #[test]
    fn json_that_comes_in_base64_is_read_as_strictly_as_json() {
        let read = |json: &str| {
            let base64 = data_encoding::BASE64.encode(json.as_bytes());
            let text = format!(r#"{{"type":"a","datacontenttype":"application/json","data_base64":"{base64}"}}"#);
            draft(serde_json::from_str(&text).unwrap(), "/cli/x@y", "user:x", 1_000_000)
        };

        for bad in [r#"{"a":1,"a":2}"#.to_owned(), format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))] {
            assert!(read(&bad).unwrap_err().is(ErrorCode::EVENT_PAYLOAD_INVALID), "{bad:.20}");
        }
        assert_eq!(read(r#"{"a":{"a":1}}"#).unwrap().payload, br#"{"a":{"a":1}}"#);
    }

    #[test]
    fn what_does_not_hold_is_refused_by_a_code_that_says_so() {
        for (text, code) in [
            (r#"{"type":"a..b"}"#, ErrorCode::EVENT_TOPIC_INVALID),
            (r#"{"type":"panotti.x"}"#, ErrorCode::EVENT_TOPIC_RESERVED),
            (r#"{"type":"a","data":"123456789012345678901"}"#, ErrorCode::EVENT_PAYLOAD_TOO_LARGE),
            (r#"{"type":"a","data":1,"data_base64":"AP8="}"#, ErrorCode::EVENT_PAYLOAD_INVALID),
            (r#"{"type":"a","data_base64":"%"}"#, ErrorCode::EVENT_PAYLOAD_INVALID),
            (r#"{"type":"a","datacontenttype":"application/json","data_base64":"AP8="}"#, ErrorCode::EVENT_PAYLOAD_INVALID),
            (r#"{"type":"a","datacontenttype":"audio/wav","data":1}"#, ErrorCode::EVENT_PAYLOAD_INVALID),
            (r#"{"type":"a","Tenant":"x"}"#, ErrorCode::EVENT_ATTRIBUTE_INVALID),
            (r#"{"type":"a","tenant":{}}"#, ErrorCode::EVENT_ATTRIBUTE_INVALID),
            (r#"{"type":"a","subject":""}"#, ErrorCode::EVENT_ATTRIBUTE_INVALID),
            (r#"{"type":"a","deliver_at":"2026-11-22T10:00:00Z","expires":"2026-11-22T10:00:00Z"}"#, ErrorCode::EVENT_ATTRIBUTE_INVALID),
        ] {
            let failure = read(text).unwrap_err();
            assert!(failure.is(code), "{text}: {failure}");
        }
    }
}
