//! An event on the wire: CloudEvents 1.0 with Panotti's extension attributes (semantics section 2).

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::delivery::words;
use crate::failure::FailurePart;
use crate::id::{EventId, Sequence};
use crate::time::Timestamp;
use crate::topic::Topic;

words! {
    /// Orders due deliveries (semantics rule 12).
    Priority {
        /// Last.
        Low = 1 "low",
        /// When nothing is said.
        Normal = 2 "normal",
        /// Before normal.
        High = 3 "high",
        /// First.
        Critical = 4 "critical",
    }
}

/// Extension attributes that Panotti does not know, kept as they came. Names are lower-case letters and digits.
pub type Extensions = BTreeMap<String, serde_json::Value>;

/// What a publisher sends. Only `type` is required; the daemon completes the rest.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transform = crate::schema::new_event))]
pub struct NewEvent {
    /// The topic, as text: it is checked where the answer can name it.
    #[cfg_attr(feature = "schema", schemars(rename = "type", with = "Topic"))]
    pub topic: String,
    /// The publisher's id; `source` + `id` is unique as long as the event is stored.
    pub id: Option<String>,
    /// Who says so. Default: `/cli/USER@HOST`, `/keys/LABEL` or `/plugins/NAME`.
    pub source: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// When it happened, as the publisher says.
    pub time: Option<Timestamp>,
    /// Media type of the payload; `application/json` when absent.
    pub datacontenttype: Option<String>,
    /// Where the payload's schema is described.
    pub dataschema: Option<String>,
    /// JSON payload, or text where `datacontenttype` is text.
    pub data: Option<Box<RawValue>>,
    /// Any other payload, in base64. Excludes `data`.
    pub data_base64: Option<String>,
    /// Default: normal.
    pub priority: Option<Priority>,
    /// The story it belongs to. Default: its own `eventid`.
    pub correlationid: Option<String>,
    /// Events of one key are handled one after another.
    pub orderingkey: Option<String>,
    /// W3C Trace Context.
    pub traceparent: Option<String>,
    /// A delivery past it is dead with cause `expired`. One in the past is refused.
    pub expires: Option<Timestamp>,
    /// Its deliveries wait until then; at most 30 days away. In the past is now.
    pub deliver_at: Option<Timestamp>,
    /// Attributes that Panotti does not know.
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub extensions: Extensions,
}

/// Attributes that only the daemon sets; a publisher that sends one is refused.
pub const DAEMON_ATTRIBUTES: [&str; 6] = ["eventid", "sequence", "actor", "schema", "rules", "causationid"];

impl<'de> Deserialize<'de> for NewEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NewEventVisitor)
    }
}

struct NewEventVisitor;

impl<'de> Visitor<'de> for NewEventVisitor {
    type Value = NewEvent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event: an object with at least `type`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NewEvent, A::Error> {
        let mut event = NewEvent::default();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "specversion" => match map.next_value::<String>()?.as_str() {
                    "1.0" => {}
                    other => return Err(de::Error::custom(format!("specversion is `{other}`; this is CloudEvents 1.0"))),
                },
                "type" => event.topic = map.next_value()?,
                "id" => event.id = map.next_value()?,
                "source" => event.source = map.next_value()?,
                "subject" => event.subject = map.next_value()?,
                "time" => event.time = map.next_value()?,
                "datacontenttype" => event.datacontenttype = map.next_value()?,
                "dataschema" => event.dataschema = map.next_value()?,
                "data" => event.data = Some(map.next_value()?),
                "data_base64" => event.data_base64 = map.next_value()?,
                "priority" => event.priority = map.next_value()?,
                "correlationid" => event.correlationid = map.next_value()?,
                "orderingkey" => event.orderingkey = map.next_value()?,
                "traceparent" => event.traceparent = map.next_value()?,
                "expires" => event.expires = map.next_value()?,
                "deliver_at" => event.deliver_at = map.next_value()?,
                own if DAEMON_ATTRIBUTES.contains(&own) => {
                    return Err(de::Error::custom(format!("`{own}` is set by the daemon; leave it out")));
                }
                _ => {
                    event.extensions.insert(key.clone(), map.next_value()?);
                }
            }
            if let Some(twice) = seen.replace(key) {
                return Err(de::Error::custom(format!("`{twice}` is there twice")));
            }
        }
        if !seen.contains("type") {
            return Err(de::Error::missing_field("type"));
        }
        Ok(event)
    }
}

impl Serialize for NewEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.topic)?;
        optional(&mut map, "id", self.id.as_ref())?;
        optional(&mut map, "source", self.source.as_ref())?;
        optional(&mut map, "subject", self.subject.as_ref())?;
        optional(&mut map, "time", self.time.as_ref())?;
        optional(&mut map, "datacontenttype", self.datacontenttype.as_ref())?;
        optional(&mut map, "dataschema", self.dataschema.as_ref())?;
        optional(&mut map, "priority", self.priority.as_ref())?;
        optional(&mut map, "correlationid", self.correlationid.as_ref())?;
        optional(&mut map, "orderingkey", self.orderingkey.as_ref())?;
        optional(&mut map, "traceparent", self.traceparent.as_ref())?;
        optional(&mut map, "expires", self.expires.as_ref())?;
        optional(&mut map, "deliver_at", self.deliver_at.as_ref())?;
        for (name, value) in &self.extensions {
            map.serialize_entry(name, value)?;
        }
        optional(&mut map, "data", self.data.as_ref())?;
        optional(&mut map, "data_base64", self.data_base64.as_ref())?;
        map.end()
    }
}

fn optional<M: SerializeMap, T: Serialize>(map: &mut M, name: &'static str, value: Option<&T>) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, value),
        None => Ok(()),
    }
}

/// An event as the daemon gives it out: everything a publisher may send and what the daemon adds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Always `1.0`.
    pub specversion: String,
    /// The publisher's id; the `eventid` where none was given.
    pub id: String,
    /// Who said so.
    pub source: String,
    /// The topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it happened; when it was accepted where the publisher did not say.
    pub time: Timestamp,
    /// Media type of the payload.
    pub datacontenttype: String,
    /// Where the payload's schema is described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataschema: Option<String>,
    /// Orders due deliveries.
    pub priority: Priority,
    /// The story it belongs to.
    pub correlationid: String,
    /// `eventid` of the event whose handling emitted this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<EventId>,
    /// Events of one key are handled one after another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orderingkey: Option<String>,
    /// W3C Trace Context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// A delivery past it is dead with cause `expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Panotti's id of it.
    pub eventid: EventId,
    /// Its place in the log.
    pub sequence: Sequence,
    /// The principal that published it.
    pub actor: String,
    /// Version of its topic's schema that it was checked against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<u32>,
    /// Version of the rule set in force when it was committed.
    pub rules: u64,
    /// Attributes that Panotti does not know.
    #[serde(flatten)]
    pub extensions: Extensions,
    /// The payload as JSON (or as text). Absent in lists, and where the payload is binary or there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<serde_json::Value>,
    /// The payload in base64 where it is neither JSON nor text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_base64: Option<String>,
}

/// The publisher's proof: sent only after the transaction that holds the event was committed and synced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// Panotti's id of the event.
    pub eventid: EventId,
    /// Its place in the log.
    pub sequence: Sequence,
    /// The publisher's id, or the `eventid`.
    pub id: String,
    /// How many deliveries it made.
    pub deliveries: u32,
    /// The same `source` and `id` were published before: this is that event's receipt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicate: bool,
    /// What of the event does not fit the schema of its topic, where that only warns: by JSON pointers into the event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<FailurePart>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_event_needs_only_a_type_and_keeps_what_it_does_not_know() {
        let event: NewEvent =
            serde_json::from_str(r#"{"type":"recording.ended","data":{"b": 1,"a":2.50},"tenant":"x","priority":"high"}"#).unwrap();

        assert_eq!(event.topic, "recording.ended");
        assert_eq!(event.data.unwrap().get(), r#"{"b": 1,"a":2.50}"#, "the payload's bytes are kept as they came");
        assert_eq!(event.extensions["tenant"], "x");
        assert_eq!(event.priority, Some(Priority::High));
    }

    #[test]
    fn what_only_the_daemon_sets_and_what_is_there_twice_is_refused() {
        for (text, why) in [
            (r#"{"type":"a","eventid":"x"}"#, "`eventid` is set by the daemon"),
            (r#"{"type":"a","id":"1","id":"2"}"#, "`id` is there twice"),
            (r#"{"data":1}"#, "missing field `type`"),
            (r#"{"type":"a","specversion":"0.3"}"#, "this is CloudEvents 1.0"),
            (r#"[1]"#, "an event: an object"),
        ] {
            let error = serde_json::from_str::<NewEvent>(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
