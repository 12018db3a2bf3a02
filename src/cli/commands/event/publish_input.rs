//! The event of `panotti event publish` out of its flags, its payload and its key-value pairs; and the checks that need no daemon.

use std::io::Read;
use std::time::Duration;

use panotti_protocol::event::NewEvent;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::{ATTRIBUTE_BYTES_MAX, LINE_BYTES_MAX, PUBLISHER_KEY_BYTES_MAX};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::publish::PublishArgs;
use crate::client::publish::fresh_id;
use crate::config::units::parse_duration;
use crate::config::user::command_line_source;

/// Most bytes of a payload that is read: more than any daemon takes, so that the daemon's own limit is what refuses it.
const PAYLOAD_READ_MAX: u64 = 16 * 1024 * 1024;

/// A key of the payload with its value.
pub type Pair = (String, Value);

/// Reads `k=text` or `k:=json`.
///
/// # Errors
/// What is wrong with it.
pub fn parse_pair(text: &str) -> Result<Pair, String> {
    let (key, value) = text.split_once('=').ok_or("a pair looks like `key=text` or `key:=json`")?;
    let (key, value) = match key.strip_suffix(':') {
        Some(key) => (key, serde_json::from_str(value).map_err(|error| format!("`{value}` is not JSON: {error}; `{key}=...` takes text"))?),
        None => (key, Value::from(value)),
    };
    if key.is_empty() { Err("the key is empty".to_owned()) } else { Ok((key.to_owned(), value)) }
}

/// Reads a key under which something is published once.
///
/// # Errors
/// What is wrong with it.
pub fn parse_key(text: &str) -> Result<String, String> {
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if text.is_empty() || text.len() > PUBLISHER_KEY_BYTES_MAX || !visible {
        return Err(format!("a key is 1 to {PUBLISHER_KEY_BYTES_MAX} visible ASCII characters"));
    }
    Ok(text.to_owned())
}

/// A point in time to come, as typed.
#[derive(Debug, Clone, Copy)]
pub enum Expiry {
    /// At this time.
    At(Timestamp),
    /// So long from now.
    In(Duration),
}

impl Expiry {
    /// The point in time, seen from now.
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Expiry::At(at) => at,
            Expiry::In(duration) => now + duration,
        }
    }
}

/// Reads a time or a duration from now.
///
/// # Errors
/// With examples of both.
pub fn parse_expiry(text: &str) -> Result<Expiry, String> {
    if let Ok(at) = text.parse() {
        return Ok(Expiry::At(at));
    }
    parse_duration(text).map(Expiry::In).ok_or_else(|| "a time looks like `2026-11-22T10:00:00Z`, or is so long from now: `1h`".to_owned())
}

/// Puts the event together and checks it.
///
/// # Errors
/// `event.topic_invalid`, `event.payload_invalid`, `event.attribute_invalid`, or where the payload cannot be read.
pub fn event(args: &PublishArgs, now: Timestamp) -> Result<NewEvent, Failure> {
    let mut event = attributes(args, now)?;
    event.topic = args.topic.clone().unwrap_or_default();
    check_topic(&event.topic)?;
    let payload = read_payload(args)?;
    set_payload(&mut event, payload, args)?;
    // Under a key the whole event must be the same each time: then an id of our own would be in the way, and is not needed.
    if event.id.is_none() && args.idempotency_key.is_none() {
        event.id = Some(fresh_id()?);
    }
    Ok(event)
}

/// Changes a copy of an event by what the flags say: `--pair` sets single keys of its payload, a payload replaces the whole.
///
/// # Errors
/// As [`event`]; `event.payload_invalid` where keys are to be set in a payload that is no object.
pub fn change(copy: &mut NewEvent, args: &PublishArgs, now: Timestamp) -> Result<(), Failure> {
    let given = attributes(args, now)?;
    if let Some(topic) = &args.topic {
        check_topic(topic)?;
        copy.topic.clone_from(topic);
    }
    copy.source = given.source;
    copy.subject = given.subject.or(copy.subject.take());
    copy.priority = given.priority.or(copy.priority);
    copy.correlationid = given.correlationid.or(copy.correlationid.take());
    copy.orderingkey = given.orderingkey.or(copy.orderingkey.take());
    copy.expires = given.expires;
    match read_payload(args)? {
        Payload::None => copy.datacontenttype = args.content_type.clone().or(copy.datacontenttype.take()),
        Payload::Pairs(pairs) => copy.data = Some(raw(with_pairs(copy, pairs)?)?),
        payload @ Payload::Bytes(_) => {
            (copy.data, copy.data_base64) = (None, None);
            copy.datacontenttype.clone_from(&args.content_type);
            set_payload(copy, payload, args)?;
        }
    }
    copy.id = given.id;
    if copy.id.is_none() && args.idempotency_key.is_none() {
        copy.id = Some(fresh_id()?);
    }
    Ok(())
}

/// The copy's payload with these keys set, the others byte for byte as they were.
fn with_pairs(copy: &NewEvent, pairs: Map<String, Value>) -> Result<String, Failure> {
    let no_object =
        || Failure::new(ErrorCode::EVENT_PAYLOAD_INVALID, "keys are set with --pair in a payload that is a JSON object, and this is none");
    let mut fields: std::collections::BTreeMap<String, Box<RawValue>> = match &copy.data {
        Some(data) => serde_json::from_str(data.get()).map_err(|_| no_object())?,
        None => return Err(no_object()),
    };
    for (key, value) in pairs {
        fields.insert(key, raw(value.to_string())?);
    }
    serde_json::to_string(&fields).map_err(|error| not_json(&error.to_string()))
}

/// Everything but topic and payload, checked.
///
/// # Errors
/// `event.attribute_invalid`.
pub fn attributes(args: &PublishArgs, now: Timestamp) -> Result<NewEvent, Failure> {
    let texts = [
        ("--id", &args.id),
        ("--source", &args.source),
        ("--subject", &args.subject),
        ("--content-type", &args.content_type),
        ("--ordering-key", &args.ordering_key),
        ("--correlation", &args.correlation),
    ];
    for (flag, text) in texts {
        if let Some(text) = text
            && (text.is_empty() || text.len() > ATTRIBUTE_BYTES_MAX)
        {
            let detail = format!("{flag} is {} bytes; it must be 1 to {ATTRIBUTE_BYTES_MAX}", text.len());
            return Err(Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, detail));
        }
    }
    if args.idempotency_key.is_some() && matches!(args.expires, Some(Expiry::In(_))) {
        let failure = Failure::new(ErrorCode::USAGE, "--expires counts from now, so each try would be another event under the key");
        return Err(failure.next("give --expires as a time, for example 2030-01-02T03:04:05Z"));
    }
    Ok(NewEvent {
        id: args.id.clone(),
        source: Some(args.source.clone().unwrap_or_else(|| command_line_source(rustix::process::geteuid().as_raw()))),
        subject: args.subject.clone(),
        datacontenttype: args.content_type.clone(),
        priority: args.priority,
        correlationid: args.correlation.clone(),
        orderingkey: args.ordering_key.clone(),
        expires: args.expires.map(|expiry| expiry.resolve(now)),
        deliver_at: args.delay.map(|delay| delay.resolve(now)),
        ..NewEvent::default()
    })
}

/// Whether a topic may be published to, as far as can be told here.
///
/// # Errors
/// `event.topic_invalid`, `event.topic_reserved`.
pub fn check_topic(text: &str) -> Result<(), Failure> {
    let topic: Topic =
        text.parse().map_err(|why| Failure::new(ErrorCode::EVENT_TOPIC_INVALID, format!("`{text}` is not a topic: {why}")))?;
    if topic.is_reserved() {
        return Err(Failure::new(ErrorCode::EVENT_TOPIC_RESERVED, format!("`{topic}` is the daemon's own")));
    }
    Ok(())
}

enum Payload {
    None,
    Bytes(Vec<u8>),
    Pairs(Map<String, Value>),
}

fn read_payload(args: &PublishArgs) -> Result<Payload, Failure> {
    if args.pairs.is_empty() {
        return args.payload.as_deref().map_or(Ok(Payload::None), |text| read_source(text).map(Payload::Bytes));
    }
    if args.payload.is_some() {
        return Err(Failure::new(ErrorCode::USAGE, "a payload and --pair were both given").next("give one of the two"));
    }
    let mut fields = Map::new();
    for (key, value) in &args.pairs {
        if fields.insert(key.clone(), value.clone()).is_some() {
            return Err(
                Failure::new(ErrorCode::USAGE, format!("--pair gives `{key}` twice")).next("give each key once; `k:='[..]'` makes a list")
            );
        }
    }
    Ok(Payload::Pairs(fields))
}

/// `@FILE`, `-`, or the text itself.
///
/// # Errors
/// `input.unreadable`, or `event.payload_too_large`.
pub fn read_source(text: &str) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |what: &str, error: std::io::Error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("{what} cannot be read: {error}"));
    let (mut bytes, what) = (Vec::new(), text.strip_prefix('@').unwrap_or("standard input"));
    match text.strip_prefix('@') {
        Some(path) => {
            let file = std::fs::File::open(path).map_err(|error| unreadable(what, error))?;
            file.take(PAYLOAD_READ_MAX + 1).read_to_end(&mut bytes).map_err(|error| unreadable(what, error))?;
        }
        None if text == "-" => {
            std::io::stdin().lock().take(PAYLOAD_READ_MAX + 1).read_to_end(&mut bytes).map_err(|error| unreadable(what, error))?;
        }
        None => return Ok(text.as_bytes().to_vec()),
    }
    if bytes.len() as u64 > PAYLOAD_READ_MAX {
        return Err(Failure::new(ErrorCode::EVENT_PAYLOAD_TOO_LARGE, format!("{what} is over {PAYLOAD_READ_MAX} bytes")));
    }
    Ok(bytes)
}

fn set_payload(event: &mut NewEvent, payload: Payload, args: &PublishArgs) -> Result<(), Failure> {
    let bytes = match payload {
        Payload::None if args.content_type.is_none() => {
            event.data = Some(raw("{}".to_owned())?);
            return Ok(());
        }
        Payload::None => Vec::new(),
        Payload::Pairs(fields) => Value::Object(fields).to_string().into_bytes(),
        Payload::Bytes(bytes) => bytes,
    };
    match args.content_type.as_deref() {
        Some(kind) if !is_json(kind) => event.data_base64 = Some(data_encoding::BASE64.encode(&bytes)),
        _ => {
            let text = String::from_utf8(bytes).map_err(|_| not_json("it is not UTF-8 text"))?;
            event.data = Some(raw(text)?);
        }
    }
    Ok(())
}

/// Whether a media type says JSON: `application/json`, `text/json`, `application/anything+json`.
pub fn is_json(media_type: &str) -> bool {
    let kind = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "application/json" | "text/json") || kind.ends_with("+json")
}

fn raw(text: String) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(text.trim().to_owned()).map_err(|error| not_json(&error.to_string()))
}

fn not_json(why: &str) -> Failure {
    Failure::new(ErrorCode::EVENT_PAYLOAD_INVALID, format!("the payload is not JSON: {why}"))
        .next("put text in quotes inside the quotes: '\"text\"'; or say what it is: --content-type text/plain")
}

/// One line of `--jsonl` as an event: a whole CloudEvent, or a payload for `topic`. It has an id and a source afterwards.
///
/// # Errors
/// What is wrong with the line.
pub fn line_event(line: &str, template: &NewEvent) -> Result<NewEvent, Failure> {
    if line.len() > LINE_BYTES_MAX {
        return Err(Failure::new(
            ErrorCode::EVENT_PAYLOAD_TOO_LARGE,
            format!("the line is {} bytes, the limit is {LINE_BYTES_MAX}", line.len()),
        ));
    }
    let mut event = if template.topic.is_empty() {
        let invalid = |error: serde_json::Error| Failure::new(ErrorCode::EVENT_ATTRIBUTE_INVALID, format!("not an event: {error}"));
        let event: NewEvent = serde_json::from_str(line).map_err(invalid)?;
        check_topic(&event.topic)?;
        event
    } else {
        NewEvent { data: Some(raw(line.to_owned())?), topic: template.topic.clone(), ..NewEvent::default() }
    };
    event.source = event.source.or_else(|| template.source.clone());
    event.subject = event.subject.or_else(|| template.subject.clone());
    event.priority = event.priority.or(template.priority);
    event.correlationid = event.correlationid.or_else(|| template.correlationid.clone());
    event.orderingkey = event.orderingkey.or_else(|| template.orderingkey.clone());
    event.expires = event.expires.or(template.expires);
    event.deliver_at = event.deliver_at.or(template.deliver_at);
    if event.id.is_none() {
        event.id = Some(fresh_id()?);
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_text_with_an_equals_sign_and_json_with_a_colon_before_it() {
        assert_eq!(parse_pair("id=42"), Ok(("id".into(), Value::from("42"))));
        assert_eq!(parse_pair("id:=42"), Ok(("id".into(), Value::from(42))));
        assert_eq!(parse_pair("url=a=b"), Ok(("url".into(), Value::from("a=b"))));
        assert!(parse_pair("id").is_err() && parse_pair("=x").is_err() && parse_pair("id:=x").is_err());
    }

    #[test]
    fn a_line_is_a_whole_event_or_a_payload_and_gets_an_id_and_a_source() {
        let template = NewEvent { source: Some("/cli/ana@host".into()), ..NewEvent::default() };
        let event = line_event(r#"{"type":"a.b","source":"/mine","data":[1]}"#, &template).unwrap();
        assert_eq!((event.topic.as_str(), event.source.as_deref()), ("a.b", Some("/mine")));
        assert!(event.id.is_some());

        let template = NewEvent { topic: "a.b".into(), ..template };
        let event = line_event(r#" {"n": 1} "#, &template).unwrap();
        assert_eq!((event.data.unwrap().get(), event.source.as_deref()), (r#"{"n": 1}"#, Some("/cli/ana@host")));
        assert!(line_event("{oops", &template).unwrap_err().is(ErrorCode::EVENT_PAYLOAD_INVALID));
    }
}
