//! An event as filters see it. The payload is read as JSON at most once, however many filters look into it, and not at all where none does.

use std::cell::OnceCell;

use panotti_protocol::event::Priority;
use panotti_protocol::time::Timestamp;
use serde_json::Value;

/// One event. Made for a few evaluations in one place; not shared between threads.
#[derive(Debug, Clone)]
pub struct EventView<'a> {
    /// What was published, as far as it is known: an event that is not accepted yet has no id of its own.
    pub attributes: Attributes<'a>,
    payload: &'a [u8],
    data: OnceCell<Option<Value>>,
}

/// What filters see of an event beside its payload. What is `None` is missing to them.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    /// `type`: the topic.
    pub topic: &'a str,
    /// `source`
    pub source: &'a str,
    /// `subject`
    pub subject: Option<&'a str>,
    /// `time`
    pub time: Timestamp,
    /// `priority`
    pub priority: Priority,
    /// `correlationid`
    pub correlationid: Option<&'a str>,
    /// `id`: the publisher's.
    pub id: Option<&'a str>,
    /// `eventid`: Panotti's.
    pub eventid: Option<&'a str>,
    /// `orderingkey`
    pub orderingkey: Option<&'a str>,
    /// `datacontenttype`
    pub datacontenttype: &'a str,
    /// `dataschema`
    pub dataschema: Option<&'a str>,
    /// `actor`: the principal that published it.
    pub actor: &'a str,
}

impl<'a> EventView<'a> {
    /// An event with its payload's bytes. `payload` is `None` where it is not JSON: then `data` is missing.
    pub fn new(attributes: Attributes<'a>, payload: Option<&'a [u8]>) -> Self {
        let data = OnceCell::new();
        if payload.is_none_or(<[u8]>::is_empty) {
            let _ = data.set(None);
        }
        Self { attributes, payload: payload.unwrap_or_default(), data }
    }

    /// The payload, read as JSON the first time it is asked for. `None` where it is not JSON, or nested deeper than the reader goes.
    pub fn data(&self) -> Option<&Value> {
        self.data.get_or_init(|| serde_json::from_slice(self.payload).ok()).as_ref()
    }

    /// Whether the payload was looked into.
    pub fn was_read(&self) -> bool {
        self.data.get().is_some_and(Option::is_some)
    }
}
