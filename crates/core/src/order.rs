//! Ordering keys (semantics rule 11): the path by which a subscription reads one from an event, and the number that stands for it.
//! Two keys with one number only wait for each other more than they need.

use std::fmt;
use std::str::FromStr;

use panotti_protocol::json::Value;

use crate::event::Draft;
use crate::limits::{KEY_PATH_BYTES_MAX, KEY_PATH_WORDS_MAX};
use crate::random::Random;

/// A key of one subscription, as it is kept in memory and in the store: a hash that never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey(pub u64);

impl OrderKey {
    /// The number of a key: FNV-1a, mixed.
    pub fn of(text: &str) -> Self {
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(Random::new(hash).next())
    }
}

/// What a subscription's key comes to for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyed {
    /// This one.
    By(OrderKey),
    /// The event's own id, which is not known before the bus takes it.
    ByOwnId,
    /// The path leads to nothing: no key, counted.
    Missing,
}

/// Where a subscription finds its key in an event: an attribute, or a dotted path into JSON data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPath {
    written: String,
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Type,
    Source,
    Subject,
    Id,
    CorrelationId,
    OrderingKey,
    /// An attribute that Panotti does not know.
    Extension(String),
    /// Names of objects' members, or numbers of lists' items, from the payload on.
    Data(Vec<String>),
}

/// Why a text is not a path to a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyPathError {
    /// Nothing, or something between two dots.
    #[error("a word of the path is empty")]
    Empty,
    /// Limits are named in `limits.rs`.
    #[error("it is longer than {KEY_PATH_BYTES_MAX} bytes or {KEY_PATH_WORDS_MAX} words")]
    TooLong,
    /// Attributes have no parts.
    #[error("`{0}` is an attribute and has no parts; only `data` has")]
    NoParts(String),
    /// Not an attribute's name.
    #[error("`{0}` is no attribute of an event; a path into the payload begins with `data.`")]
    NoAttribute(String),
}

impl FromStr for KeyPath {
    type Err = KeyPathError;

    fn from_str(written: &str) -> Result<Self, KeyPathError> {
        let words: Vec<&str> = written.split('.').collect();
        if written.len() > KEY_PATH_BYTES_MAX || words.len() > KEY_PATH_WORDS_MAX {
            return Err(KeyPathError::TooLong);
        }
        if words.iter().any(|word| word.is_empty()) {
            return Err(KeyPathError::Empty);
        }
        let (first, rest) = (words[0], &words[1..]);
        if first != "data" && !rest.is_empty() {
            return Err(KeyPathError::NoParts(first.to_owned()));
        }
        let place = match first {
            "data" => Place::Data(rest.iter().map(|word| (*word).to_owned()).collect()),
            "type" => Place::Type,
            "source" => Place::Source,
            "subject" => Place::Subject,
            "id" => Place::Id,
            "correlationid" => Place::CorrelationId,
            "orderingkey" => Place::OrderingKey,
            other if is_extension(other) => Place::Extension(other.to_owned()),
            other => return Err(KeyPathError::NoAttribute(other.to_owned())),
        };
        Ok(Self { written: written.to_owned(), place })
    }
}

/// Whether an attribute can have this name and is none that is known and useless as a key.
fn is_extension(name: &str) -> bool {
    let known = ["specversion", "time", "datacontenttype", "dataschema", "priority", "causationid", "traceparent", "expires"];
    let ours = panotti_protocol::event::DAEMON_ATTRIBUTES;
    let letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    letters && !known.contains(&name) && !ours.contains(&name)
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl KeyPath {
    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it looks into the payload, which then has to be parsed.
    pub fn reads_data(&self) -> bool {
        matches!(self.place, Place::Data(_))
    }

    /// What it leads to. `data` is the payload where it is JSON. Texts, numbers and booleans are keys; anything else is none.
    pub fn find(&self, event: &Draft, data: Option<&Value>) -> Keyed {
        let text = |text: Option<&str>| text.map_or(Keyed::Missing, |text| Keyed::By(OrderKey::of(text)));
        let own = |text: Option<&str>| text.map_or(Keyed::ByOwnId, |text| Keyed::By(OrderKey::of(text)));
        match &self.place {
            Place::Type => text(Some(event.topic.as_str())),
            Place::Source => text(Some(&event.source)),
            Place::Subject => text(event.subject.as_deref()),
            Place::Id => own(event.id.as_deref()),
            Place::CorrelationId => own(event.correlationid.as_deref()),
            Place::OrderingKey => text(event.orderingkey.as_deref()),
            Place::Extension(name) => event.extensions.get(name).map_or(Keyed::Missing, scalar),
            Place::Data(path) => {
                let found = data.and_then(|data| path.iter().try_fold(data, |value, word| member(value, word)));
                found.map_or(Keyed::Missing, scalar)
            }
        }
    }
}

fn member<'a>(value: &'a Value, word: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(word),
        Value::Array(items) => items.get(word.parse::<usize>().ok()?),
        _ => None,
    }
}

fn scalar(value: &Value) -> Keyed {
    match value {
        Value::String(text) => Keyed::By(OrderKey::of(text)),
        Value::Number(number) => Keyed::By(OrderKey::of(&number.to_string())),
        Value::Bool(truth) => Keyed::By(OrderKey::of(if *truth { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => Keyed::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Draft {
        let mut draft = Draft::new("order.paid".parse().unwrap(), "/shop", "test", Vec::new());
        draft.subject = Some("customer-7".to_owned());
        draft.extensions.insert("tenant".to_owned(), Value::from("north"));
        draft
    }

    fn found(path: &str, data: &Value) -> Keyed {
        path.parse::<KeyPath>().unwrap().find(&event(), Some(data))
    }

    #[test]
    fn rule_11_a_key_is_a_text_a_number_or_a_truth_of_the_event() {
        let data: Value = [("id", Value::from(7)), ("lines", Value::from(vec!["a", "b"])), ("none", Value::Null)].into_iter().collect();
        let by = |text: &str| Keyed::By(OrderKey::of(text));

        assert_eq!(found("data.id", &data), by("7"));
        assert_eq!(found("data.lines.1", &data), by("b"));
        assert_eq!(found("subject", &data), by("customer-7"));
        assert_eq!(found("source", &data), by("/shop"));
        assert_eq!(found("type", &data), by("order.paid"));
        assert_eq!(found("tenant", &data), by("north"));
        assert_eq!(found("correlationid", &data), Keyed::ByOwnId, "an event begins its own story");
    }

    #[test]
    fn rule_11_a_path_that_leads_to_nothing_gives_no_key() {
        let data: Value = [("none", Value::Null), ("list", Value::from(vec![1]))].into_iter().collect();

        for path in ["data.missing", "data.none", "data.list", "data.list.9", "data.list.x", "data", "orderingkey", "region"] {
            assert_eq!(found(path, &data), Keyed::Missing, "{path}");
        }
        assert_eq!("data.id".parse::<KeyPath>().unwrap().find(&event(), None), Keyed::Missing, "the payload is not JSON");
    }

    #[test]
    fn rule_11_the_number_of_a_key_never_changes() {
        assert_eq!(OrderKey::of(""), OrderKey(14087677454934409008));
        assert_eq!(OrderKey::of("customer-7"), OrderKey(11023951394402422505));
    }

    #[test]
    fn a_path_that_is_none_is_told_why() {
        let why = |written: &str| written.parse::<KeyPath>().unwrap_err().to_string();

        assert_eq!(why(""), "a word of the path is empty");
        assert_eq!(why("data..id"), "a word of the path is empty");
        assert_eq!(why("subject.id"), "`subject` is an attribute and has no parts; only `data` has");
        assert_eq!(why("customer_id"), "`customer_id` is no attribute of an event; a path into the payload begins with `data.`");
        assert_eq!(why("eventid"), "`eventid` is no attribute of an event; a path into the payload begins with `data.`");
        assert!(why(&format!("data.{}", "x".repeat(300))).starts_with("it is longer than"));
    }
}
