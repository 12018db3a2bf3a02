//! Stored events as people are shown them: without the values of the fields that a schema of their topic marks as sensitive. Plugins get
//! events as they are.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use panotti_core::event::StoredEvent;
use panotti_filter::expression::{Evaluation, Filter};
use panotti_filter::schema::sensitive::{self, MASKED, Sensitive};
use panotti_protocol::topic::Topic;
use rusqlite::Connection;
use serde_json::Value;

use super::schemas;
use crate::daemon::event_json::is_json;
use crate::daemon::event_view;
use crate::daemon::store::failure::StoreResult;

/// Versions of schemas whose marks are kept while one question is answered.
const KNOWN_MAX: usize = 256;

/// What one version of a schema marks; `None` where it marks nothing.
type Marks = Option<Arc<Sensitive>>;

/// What is masked in events, read as it is needed. Made for each question that is answered, so that a new schema counts at once.
#[derive(Debug)]
pub struct Masks<'c> {
    connection: &'c Connection,
    known: RefCell<HashMap<(Topic, u32), Marks>>,
    in_force: RefCell<HashMap<Topic, Option<u32>>>,
}

impl<'c> Masks<'c> {
    /// Reads from this connection.
    pub fn new(connection: &'c Connection) -> Self {
        Self { connection, known: RefCell::default(), in_force: RefCell::default() }
    }

    /// Masks what the schema that the event is stamped with marks, and what the one in force does. How many values that were. An event
    /// that was read without its payload stays as it is.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn mask(&self, event: &mut StoredEvent) -> StoreResult<u64> {
        let marked = self.marked(event)?;
        let draft = &mut event.draft;
        if marked.is_empty() || draft.payload.is_empty() {
            return Ok(0);
        }
        let json = is_json(&draft.datacontenttype);
        let data = if json { serde_json::from_slice::<Value>(&draft.payload).ok() } else { None };
        let Some(mut data) = data else {
            // What cannot be looked into may be anything.
            draft.payload = if json { Value::from(MASKED).to_string().into_bytes() } else { MASKED.as_bytes().to_vec() };
            return Ok(1);
        };
        let masked = sensitive::mask(&mut data, marked.iter().map(Arc::as_ref));
        if masked > 0 {
            draft.payload = data.to_string().into_bytes();
        }
        Ok(masked)
    }

    /// Judges an event by a person's filter, which sees what the person is shown: whoever may not see a value could ask for it bit by bit
    /// otherwise.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn evaluate(&self, filter: &Filter, event: &StoredEvent) -> StoreResult<Evaluation> {
        if !filter.reads_data() || self.marked(event)?.is_empty() {
            return Ok(event_view::evaluate(filter, event));
        }
        let mut shown = event.clone();
        self.mask(&mut shown)?;
        Ok(event_view::evaluate(filter, &shown))
    }

    /// What is marked in events like this one.
    fn marked(&self, event: &StoredEvent) -> StoreResult<Vec<Arc<Sensitive>>> {
        let topic = &event.draft.topic;
        if topic.is_reserved() {
            return Ok(Vec::new());
        }
        let in_force = self.in_force(topic)?;
        let mut marked = Vec::new();
        for version in in_force.into_iter().chain(event.schema.filter(|version| Some(*version) != in_force)) {
            marked.extend(self.marks(topic, version)?);
        }
        Ok(marked)
    }

    fn in_force(&self, topic: &Topic) -> StoreResult<Option<u32>> {
        if let Some(known) = self.in_force.borrow().get(topic) {
            return Ok(*known);
        }
        let found = schemas::of_topic(self.connection, topic)?.and_then(|row| row.in_force);
        keep(&mut self.in_force.borrow_mut(), topic.clone(), found);
        Ok(found)
    }

    fn marks(&self, topic: &Topic, version: u32) -> StoreResult<Marks> {
        let place = (topic.clone(), version);
        if let Some(known) = self.known.borrow().get(&place) {
            return Ok(known.clone());
        }
        let found = schemas::text(self.connection, topic, version)?.and_then(|text| Sensitive::of(&text)).map(Arc::new);
        keep(&mut self.known.borrow_mut(), place, found.clone());
        Ok(found)
    }
}

fn keep<K: std::hash::Hash + Eq, V>(known: &mut HashMap<K, V>, key: K, value: V) {
    if known.len() >= KNOWN_MAX {
        known.clear();
    }
    known.insert(key, value);
}
