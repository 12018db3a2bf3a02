//! The data keys in memory: the one that each topic is sealed with today, and those that were opened to read. Both are bounded and may be
//! forgotten at any time: a topic gets a new key, and what is read is unwrapped again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::{Topic, TopicPattern};
use tokio::sync::Notify;
use zeroize::Zeroizing;

use super::Unfit;
use super::data_key::DataKey;
use super::limits::{DATA_KEY_BYTES, KEYS_OPENED_MAX, MESSAGES_PER_KEY_MAX, TOPICS_SEALED_MAX};
use super::recipients::{Identity, Recipient, unwrap, wrap};
use crate::daemon::clock::random_bytes;

const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// The day that an event belongs to, counted from 1970.
pub fn day(at: Timestamp) -> u64 {
    at.as_ms() / DAY_MS
}

/// To whom keys are wrapped. A change of it makes the next generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapping {
    /// Counts the changes.
    pub generation: u64,
    /// The daemon's own, and those of recovery.
    pub recipients: Vec<Recipient>,
}

/// A data key that is to be written before it is used.
pub struct NewKey {
    /// The key's bytes.
    pub bytes: Zeroizing<[u8; DATA_KEY_BYTES]>,
    /// The same, wrapped.
    pub wrapped: Vec<u8>,
    /// To whom.
    pub generation: u64,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the key itself.
        f.debug_struct("NewKey").field("generation", &self.generation).finish_non_exhaustive()
    }
}

/// See the module.
#[derive(Debug)]
pub struct Ring {
    sealed: Vec<TopicPattern>,
    identities: ArcSwap<Vec<Identity>>,
    wrapping: ArcSwap<Wrapping>,
    keys: Mutex<Keys>,
    /// Wakes whoever wraps keys anew.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Keys {
    today: HashMap<Topic, Today>,
    opened: HashMap<i64, Arc<DataKey>>,
}

#[derive(Debug)]
struct Today {
    day: u64,
    sealed: u64,
    key: Arc<DataKey>,
}

impl Ring {
    /// Seals what is published to these topics.
    pub fn new(sealed: Vec<TopicPattern>, identities: Vec<Identity>, wrapping: Wrapping) -> Self {
        Self {
            sealed,
            identities: ArcSwap::from_pointee(identities),
            wrapping: ArcSwap::from_pointee(wrapping),
            keys: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Whether a topic's payloads are sealed. The daemon's own never are: what they tell stands in other tables too.
    pub fn seals(&self, topic: &Topic) -> bool {
        !topic.is_reserved() && self.sealed.iter().any(|pattern| pattern.matches(topic))
    }

    /// The patterns of the topics that are sealed.
    pub fn sealed(&self) -> &[TopicPattern] {
        &self.sealed
    }

    /// The key that a topic is sealed with on a day, for one payload more; `None` where it needs a new one.
    pub fn today(&self, topic: &Topic, day: u64) -> Option<Arc<DataKey>> {
        let mut keys = self.lock();
        let today = keys.today.get_mut(topic).filter(|today| today.day == day && today.sealed < MESSAGES_PER_KEY_MAX)?;
        today.sealed += 1;
        Some(Arc::clone(&today.key))
    }

    /// A new key, wrapped.
    ///
    /// # Errors
    /// A recipient cannot be read.
    pub fn new_key(&self) -> Result<NewKey, Unfit> {
        let bytes = Zeroizing::new(random_bytes::<DATA_KEY_BYTES>());
        let wrapping = self.wrapping.load();
        Ok(NewKey { wrapped: wrap(bytes.as_slice(), &wrapping.recipients)?, bytes, generation: wrapping.generation })
    }

    /// A new key was written under this number: it seals the topic's payloads from now on, this one included.
    pub fn keep(&self, topic: &Topic, day: u64, id: i64, new: &NewKey) -> Arc<DataKey> {
        let key = Arc::new(DataKey::new(id, &new.bytes));
        let mut keys = self.lock();
        if keys.today.len() >= TOPICS_SEALED_MAX {
            keys.today.clear();
        }
        keys.today.insert(topic.clone(), Today { day, sealed: 1, key: Arc::clone(&key) });
        keys.remember(Arc::clone(&key));
        key
    }

    /// A key that was opened before.
    pub fn opened(&self, id: i64) -> Option<Arc<DataKey>> {
        self.lock().opened.get(&id).cloned()
    }

    /// Opens a key as the store has it.
    ///
    /// # Errors
    /// No identity that is here can.
    pub fn open(&self, id: i64, wrapped: &[u8]) -> Result<Arc<DataKey>, Unfit> {
        let key = Arc::new(DataKey::new(id, &*self.unwrap(wrapped)?));
        self.lock().remember(Arc::clone(&key));
        Ok(key)
    }

    /// The bytes of a wrapped key.
    ///
    /// # Errors
    /// No identity that is here can open it.
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<[u8; DATA_KEY_BYTES]>, Unfit> {
        unwrap(wrapped, &self.identities.load())
    }

    /// Forgets all keys: after a step that could not be written, some of them are not in the store.
    pub fn forget(&self) {
        *self.lock() = Keys::default();
    }

    /// To whom keys are wrapped now.
    pub fn wrapping(&self) -> Arc<Wrapping> {
        self.wrapping.load_full()
    }

    /// Keys are wrapped to others from now on: it is on disk.
    pub fn set_wrapping(&self, wrapping: Wrapping) {
        self.wrapping.store(Arc::new(wrapping));
        self.changed.notify_one();
    }

    /// Opens keys with these from now on.
    pub fn set_identities(&self, identities: Vec<Identity>) {
        self.identities.store(Arc::new(identities));
    }

    /// Waits until [`Ring::set_wrapping`] is called.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn remember(&mut self, key: Arc<DataKey>) {
        if self.opened.len() >= KEYS_OPENED_MAX {
            self.opened.clear();
        }
        self.opened.insert(key.id, key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(identity: &Identity) -> Ring {
        let wrapping = Wrapping { generation: 1, recipients: vec![identity.recipient()] };
        Ring::new(vec!["order.>".parse().unwrap()], Vec::new(), wrapping)
    }

    #[test]
    fn a_topic_has_one_key_a_day() {
        let ring = ring(&Identity::generate());
        let topic: Topic = "order.paid".parse().unwrap();

        assert!(ring.today(&topic, 7).is_none());
        let new = ring.new_key().unwrap();
        ring.keep(&topic, 7, 3, &new);
        assert_eq!(ring.today(&topic, 7).unwrap().id, 3);
        assert!(ring.today(&topic, 8).is_none(), "the next day has another");
        assert!(ring.today(&"order.sent".parse().unwrap(), 7).is_none(), "and so has every topic");
        ring.forget();
        assert!(ring.today(&topic, 7).is_none() && ring.opened(3).is_none());
    }

    #[test]
    fn what_is_sealed_is_said_by_patterns_and_the_daemons_own_events_never_are() {
        let ring = Ring::new(vec![">".parse().unwrap()], Vec::new(), Wrapping { generation: 1, recipients: Vec::new() });

        assert!(ring.seals(&"order.paid".parse().unwrap()));
        assert!(!ring.seals(&"panotti.delivery.dead".parse().unwrap()));
        assert!(!self::ring(&Identity::generate()).seals(&"audio.recorded".parse().unwrap()));
    }

    #[test]
    fn a_key_is_never_shown() {
        let new = ring(&Identity::generate()).new_key().unwrap();
        let topic: Topic = "order.paid".parse().unwrap();
        let kept = ring(&Identity::generate()).keep(&topic, 1, 1, &new);

        let bytes = format!("{:?}", new.bytes.as_slice());
        assert!(!format!("{new:?} {kept:?}").contains(bytes.trim_matches(['[', ']'])));
    }

    #[test]
    fn keys_in_memory_are_bounded() {
        let identity = Identity::generate();
        let ring = ring(&identity);
        let new = ring.new_key().unwrap();
        for number in 0..KEYS_OPENED_MAX + 10 {
            ring.keep(&format!("order.{number}").parse().unwrap(), 1, number as i64, &new);
        }

        assert!(ring.lock().opened.len() <= KEYS_OPENED_MAX);
        assert_eq!(ring.open(1, &new.wrapped).unwrap_err(), Unfit::Key, "nothing opens without an identity");
        ring.set_identities(vec![identity]);
        assert_eq!(ring.open(1, &new.wrapped).unwrap().id, 1);
    }
}
