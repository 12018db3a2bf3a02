//! What the store tells memory of ordering keys: who is held at a start, who is first, what is next in one key.

use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::delivery::Owed;
use crate::order::OrderKey;

/// Keys whose first delivery waits for its retry or is dead and blocks, at a start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldKeys {
    /// The keys.
    pub keys: Vec<HeldKey>,
    /// Whether these are all of them.
    pub all: bool,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldKey {
    /// The key.
    pub order: OrderKey,
    /// Whether deliveries wait behind a dead letter of it.
    pub stuck: bool,
}

impl HeldKeys {
    /// None are held.
    pub fn none() -> Self {
        Self { keys: Vec::new(), all: true }
    }
}

/// What a key's turn goes by (semantics rule 12): the highest priority among its unresolved deliveries, and the first event that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// The lane.
    pub priority: Priority,
    /// The place in the lane.
    pub sequence: Sequence,
}

impl Rank {
    /// The one of two whose turn comes first.
    #[must_use]
    pub fn better(self, other: Self) -> Self {
        let is_better = other.priority > self.priority || (other.priority == self.priority && other.sequence < self.sequence);
        if is_better { other } else { self }
    }
}

/// A delivery of a key as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// Which one.
    pub owed: Owed,
    /// Whether it has begun.
    pub stands: Stands,
}

/// Where a delivery of a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Without a row: nobody has seen it.
    Pending,
    /// It is due again then.
    Waiting(Timestamp),
    /// Dead, and its key waits for somebody to resolve it.
    Blocking,
}

/// The first pending delivery of a key, found by a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which one.
    pub owed: Owed,
    /// Its key.
    pub order: OrderKey,
    /// Whether more of its key comes after it.
    pub more: bool,
    /// Its key's rank, by all of its unresolved deliveries.
    pub rank: Rank,
}
