//! What proves that a stored event is the one that was written: a tag over every column of its row, made in the transaction that writes it
//! and checked at every read; and what keeps its payload to those who may read it (semantics rule 19, safety.md G5).
//!
//! - [`envelope`]: the one form of a row that tags are made of
//! - [`tag`]: the key, the tags, the checks
//! - [`data_key`]: sealing and opening a payload; [`ring`]: the data keys in memory; [`recipients`]: who can open them
//! - [`alarm`]: events that did not fit: each logged, counted and told once
//! - [`limits`]: the bounds of it all

pub mod alarm;
pub mod data_key;
pub mod envelope;
pub mod limits;
pub mod recipients;
pub mod ring;
pub mod tag;

use std::sync::Arc;

use panotti_protocol::id::{Sequence, StoreId};

use alarm::Alarm;
use envelope::Envelope;
use ring::Ring;
use tag::{Tag, TagKey};

/// Why an event is taken for changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has no tag, and is not one of those that an earlier version wrote.
    #[error("it has no tag")]
    NoTag,
    /// A column of its row is not as it was written.
    #[error("its tag does not fit its row")]
    Row,
    /// Its payload is not as it was written.
    #[error("its tag does not fit its payload")]
    Payload,
    /// Its data key is not there, or nobody who is here can open it.
    #[error("its data key cannot be opened")]
    Key,
    /// A column holds what nobody writes there.
    #[error("its row cannot be read")]
    Form,
}

/// What the tags of one store are made and checked with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Seals(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: StoreId,
    key: TagKey,
    untagged_to: Sequence,
    ring: Ring,
    alarm: Alarm,
}

impl Seals {
    /// Events up to `untagged_to` may be without a tag: a version that made none wrote them.
    pub fn new(store: StoreId, key: TagKey, untagged_to: Sequence, ring: Ring) -> Self {
        Self(Arc::new(Inner { store, key, untagged_to, ring, alarm: Alarm::default() }))
    }

    /// An envelope of this store, with nothing in it yet.
    pub fn envelope(&self) -> Envelope {
        Envelope::begin(self.0.store)
    }

    /// The tag of an event whose payload is stored as it is.
    pub fn tag(&self, envelope: &Envelope, payload: &[u8]) -> Tag {
        self.0.key.tag(envelope, payload)
    }

    /// The tag of an event whose payload is sealed: the payload has a code of its own.
    pub fn tag_of_sealed(&self, envelope: &Envelope) -> Vec<u8> {
        self.0.key.tag_of_sealed(envelope).to_vec()
    }

    /// The data keys.
    pub fn ring(&self) -> &Ring {
        &self.0.ring
    }

    /// Names the key of the tags.
    pub fn tag_key_fingerprint(&self) -> String {
        self.0.key.fingerprint()
    }

    /// Checks an event against its tag. Where the payload was not read only the rest is checked, which names its length; a sealed payload
    /// is checked when it is opened.
    ///
    /// # Errors
    /// Why it does not fit.
    pub fn check(&self, sequence: Sequence, envelope: &Envelope, payload: Option<&[u8]>, tag: Option<&[u8]>) -> Result<(), Unfit> {
        match tag {
            Some(tag) => self.0.key.check(envelope, payload, tag),
            None if sequence <= self.0.untagged_to => Ok(()),
            None => Err(Unfit::NoTag),
        }
    }

    /// Where events that do not fit are told of.
    pub fn alarm(&self) -> &Alarm {
        &self.0.alarm
    }
}
