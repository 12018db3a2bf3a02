//! An event inside the daemon: as a publisher drafted it, and as it is stored.

use std::sync::Arc;

use panotti_protocol::event::{Extensions, Priority};
use panotti_protocol::id::{EventId, Sequence};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;

use crate::order::OrderKey;
use crate::routing::SubscriptionId;

/// An event before the bus has taken it. Whoever makes one has checked its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The topic.
    pub topic: Topic,
    /// The publisher's id; `None` where none was given, and then nothing needs to be looked up.
    pub id: Option<String>,
    /// Who says so.
    pub source: String,
    /// What it is about.
    pub subject: Option<String>,
    /// When it happened; `None` is the time of acceptance.
    pub time: Option<Timestamp>,
    /// Media type of the payload.
    pub datacontenttype: String,
    /// Where the payload's schema is described.
    pub dataschema: Option<String>,
    /// The payload's bytes, as they came.
    pub payload: Vec<u8>,
    /// Orders due deliveries.
    pub priority: Priority,
    /// The story it belongs to; `None` begins one.
    pub correlationid: Option<String>,
    /// The event whose handling emitted it.
    pub causationid: Option<EventId>,
    /// Events of one key are handled one after another.
    pub orderingkey: Option<String>,
    /// W3C Trace Context.
    pub traceparent: Option<String>,
    /// A delivery past it is dead.
    pub expires: Option<Timestamp>,
    /// Its deliveries wait until then. Kept with them, not with the event.
    pub deliver_at: Option<Timestamp>,
    /// Attributes that Panotti does not know.
    pub extensions: Extensions,
    /// The principal that publishes it.
    pub actor: String,
}

impl Draft {
    /// A draft of JSON with nothing but topic, source, actor and payload.
    pub fn new(topic: Topic, source: impl Into<String>, actor: impl Into<String>, payload: Vec<u8>) -> Self {
        Self {
            topic,
            id: None,
            source: source.into(),
            subject: None,
            time: None,
            datacontenttype: JSON.to_owned(),
            dataschema: None,
            payload,
            priority: Priority::Normal,
            correlationid: None,
            causationid: None,
            orderingkey: None,
            traceparent: None,
            expires: None,
            deliver_at: None,
            extensions: Extensions::new(),
            actor: actor.into(),
        }
    }
}

impl Draft {
    /// The same without its payload, whose bytes are not copied.
    pub fn without_payload(&self) -> Self {
        Self {
            topic: self.topic.clone(),
            id: self.id.clone(),
            source: self.source.clone(),
            subject: self.subject.clone(),
            time: self.time,
            datacontenttype: self.datacontenttype.clone(),
            dataschema: self.dataschema.clone(),
            payload: Vec::new(),
            priority: self.priority,
            correlationid: self.correlationid.clone(),
            causationid: self.causationid,
            orderingkey: self.orderingkey.clone(),
            traceparent: self.traceparent.clone(),
            expires: self.expires,
            deliver_at: self.deliver_at,
            extensions: self.extensions.clone(),
            actor: self.actor.clone(),
        }
    }
}

impl Draft {
    /// Bytes that it takes in memory: its texts, its payload, and itself.
    pub fn bytes(&self) -> usize {
        let optional = [&self.id, &self.subject, &self.dataschema, &self.correlationid, &self.orderingkey, &self.traceparent];
        let texts = self.topic.as_str().len() + self.source.len() + self.datacontenttype.len() + self.actor.len();
        let extensions = self.extensions.iter().map(|(name, value)| {
            let text = value.as_str().map_or(0, str::len);
            size_of_val(name) + name.len() + size_of_val(value) + text
        });
        size_of::<Self>()
            + self.payload.len()
            + texts
            + optional.into_iter().flatten().map(String::len).sum::<usize>()
            + extensions.sum::<usize>()
    }
}

/// Media type of a payload when nothing is said.
pub const JSON: &str = "application/json";

/// An event as it is stored. Immutable and shared.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Its place in the log.
    pub sequence: Sequence,
    /// Our id of it.
    pub eventid: EventId,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Version of the rules in force.
    pub rules: u64,
    /// Version of its topic's schema that it was checked against.
    pub schema: Option<u32>,
    /// The subscriptions it matched; `None` until the daemon's own event has been matched.
    pub matches: Option<Vec<SubscriptionId>>,
    /// Their ordering keys, for those that have one.
    pub keys: Vec<(SubscriptionId, OrderKey)>,
    /// Everything the publisher said.
    pub draft: Draft,
}

impl StoredEvent {
    /// The story it belongs to: the one given, else its own id.
    pub fn correlation(&self) -> String {
        self.draft.correlationid.clone().unwrap_or_else(|| self.eventid.to_string())
    }

    /// Its ordering key at a subscription.
    pub fn order(&self, subscription: SubscriptionId) -> Option<OrderKey> {
        self.keys.iter().find(|(of, _)| *of == subscription).map(|(_, order)| *order)
    }

    /// Bytes that it takes in memory, its draft included.
    pub fn bytes(&self) -> usize {
        let matches = self.matches.as_ref().map_or(0, Vec::len) * size_of::<SubscriptionId>();
        size_of::<Self>() - size_of::<Draft>() + self.draft.bytes() + matches + self.keys.len() * size_of::<(SubscriptionId, OrderKey)>()
    }

    /// The publisher's id, else our own.
    pub fn id(&self) -> String {
        self.draft.id.clone().unwrap_or_else(|| self.eventid.to_string())
    }
}

/// Shared, because the store, the sessions and the live feed all hold it.
pub type SharedEvent = Arc<StoredEvent>;
