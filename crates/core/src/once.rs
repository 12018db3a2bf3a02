//! Publishing under a key of the publisher's (semantics rule 13): for a day the same key gives the same receipts, and another body under
//! it is refused. Decided within the step, so that nothing can come between the look and the write.

use std::collections::BTreeMap;

use panotti_protocol::event::Receipt;
use panotti_protocol::time::Timestamp;

use crate::action::{Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, FirstPublished, Publish, Refusal};
use crate::defect::{Defect, Defects};
use crate::limits::PUBLISHER_KEY_KEPT;
use crate::publish::id_taken;

/// A publisher's key with what it is given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublisherKey {
    /// The principal: keys of different publishers have nothing to do with each other.
    pub actor: String,
    /// The key.
    pub key: String,
    /// SHA-256 of the body, so that another one under the same key is noticed.
    pub digest: [u8; 32],
}

/// What was published under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// SHA-256 of the body.
    pub digest: [u8; 32],
    /// In the order of the events.
    pub receipts: Vec<Receipt>,
    /// When.
    pub at: Timestamp,
}

impl StoredKey {
    /// Whether it still decides what the key gives. Where the clock went back it does.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        now.since(self.at) < PUBLISHER_KEY_KEPT
    }
}

/// Accept events under a key: all of them or none.
#[derive(Debug, Clone)]
pub struct PublishOnce {
    /// The key.
    pub key: PublisherKey,
    /// The events.
    pub publishes: Vec<Publish>,
    /// What the store has under the key.
    pub known: Option<StoredKey>,
}

/// What one step has accepted: not yet in the store when the step's next commands are applied.
#[derive(Debug, Clone)]
pub(crate) struct Recent {
    pub(crate) ids: BTreeMap<(String, String), FirstPublished>,
    keys: BTreeMap<(String, String), StoredKey>,
    loaded_at: Timestamp,
}

impl Recent {
    pub(crate) fn new(loaded_at: Timestamp) -> Self {
        Self { ids: BTreeMap::new(), keys: BTreeMap::new(), loaded_at }
    }

    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        self.keys.clear();
    }

    fn is_forgotten(&self, stored: &StoredKey, defects: &Defects) -> bool {
        defects.has(Defect::PublisherKeysForgottenAtRestart) && stored.at < self.loaded_at
    }
}

impl Bus {
    pub(crate) fn publish_once(&mut self, once: PublishOnce, step: &mut Step) -> Answer {
        let PublishOnce { key, publishes, known } = once;
        let place = (key.actor.clone(), key.key.clone());
        let stored = self.recent.keys.get(&place).cloned().or(known);
        let stored = stored.filter(|stored| stored.is_in_force(self.now) && !self.recent.is_forgotten(stored, &self.defects));
        if let Some(stored) = stored {
            if stored.digest != key.digest {
                return Answer::Refused(Refusal::KeyReused(key.key));
            }
            return Answer::Receipts(stored.receipts.into_iter().map(|receipt| Receipt { duplicate: true, ..receipt }).collect());
        }
        let refused = publishes.iter().filter(|publish| !self.is_again(publish)).find_map(|publish| self.refuses(&publish.draft));
        if let Some(refusal) = refused {
            return Answer::Refused(refusal);
        }
        if publishes.iter().any(|publish| publish.matches.rules != self.rules.version) {
            return Answer::MatchAgain;
        }
        match self.refused_by_schema(publishes.iter()) {
            Some((place, Refusal::Schema(misfit))) if publishes.len() > 1 => {
                return Answer::Refused(Refusal::SchemaOfOne { place, misfit });
            }
            Some((_, refusal)) => return Answer::Refused(refusal),
            None => {}
        }
        let taken = publishes.iter().find_map(|publish| self.id_taken(publish));
        if let Some(refusal) = taken.or_else(|| taken_by_another(&publishes)) {
            return Answer::Refused(refusal);
        }
        let receipts: Vec<Receipt> = publishes.into_iter().map(|publish| self.take_in(publish, step)).collect();
        let stored = StoredKey { digest: key.digest, receipts: receipts.clone(), at: self.now };
        self.recent.keys.insert(place, stored.clone());
        step.writes.push(Write::PublisherKey { actor: key.actor, key: key.key, stored });
        Answer::Receipts(receipts)
    }
}

/// None of a body is in the store when all of it is judged: an id that an event before it has, of another topic, is taken all the same.
fn taken_by_another(publishes: &[Publish]) -> Option<Refusal> {
    let mut topics = BTreeMap::new();
    publishes.iter().find_map(|Publish { draft, .. }| {
        let place = (&draft.source, draft.id.as_ref()?);
        (*topics.entry(place).or_insert(&draft.topic) != &draft.topic).then(|| id_taken(draft))
    })
}
