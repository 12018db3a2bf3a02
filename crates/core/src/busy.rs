//! One busy ordering key in memory: its first unresolved deliveries, and the best rank among all of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;

use crate::defect::Defects;
use crate::delivery::{DeliveryKey, HasRow, Owed};
use crate::key_pages::Rank;
use crate::limits::{KEY_FRONT_MAX, KEYS_PARKED_MAX};

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Busy {
    /// In flight, or released to be by a replay.
    pub(crate) flight: Option<DeliveryKey>,
    /// The key's first unresolved deliveries.
    pub(crate) front: BTreeMap<DeliveryKey, Known>,
    /// Whether the store may have more after those.
    pub(crate) more: bool,
    /// The best rank among those, or one that is as good as the best of the front.
    pub(crate) rest: Option<Rank>,
    /// Its entries are being read.
    pub(crate) asked: bool,
    /// As a start found it, and until it is read: something waits behind a dead letter.
    pub(crate) stuck: bool,
    /// Where a delivery of it stands among the heads.
    pub(crate) head: Option<Rank>,
}

/// One of a key's first deliveries.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) priority: Priority,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// Kept until it is its turn.
    Here(Box<Owed>, HasRow),
    /// Without a row: among the heads or in flight.
    Head,
    /// With a row: waiting for its time, in flight, or in the store.
    Held,
    /// Dead, until somebody resolves it.
    Blocking,
}

impl Place {
    pub(crate) const fn is_here(&self) -> bool {
        matches!(self, Self::Here(..))
    }
}

impl Busy {
    /// A key with one delivery.
    pub(crate) fn with(at: DeliveryKey, priority: Priority, place: Place) -> Self {
        Self { front: BTreeMap::from([(at, Known { priority, place })]), ..Self::default() }
    }

    /// A key of which only the store knows what is in it.
    pub(crate) fn unread() -> Self {
        Self { more: true, ..Self::default() }
    }

    pub(crate) fn is_unread(&self) -> bool {
        self.front.is_empty() && self.more
    }

    /// Whether it goes on only when somebody resolves a dead letter, or is being read. What waits for its next attempt is not stuck.
    pub(crate) fn is_stuck(&self) -> bool {
        let known = self.front.first_key_value().is_some_and(|(at, known)| {
            let behind = self.more || self.front.last_key_value().is_some_and(|(last, _)| last.sequence > at.sequence);
            matches!(known.place, Place::Blocking) && behind
        });
        self.asked || known || (self.stuck && self.is_unread())
    }

    /// Whether all that is known of it belongs to one event.
    pub(crate) fn is_one_event(&self) -> bool {
        self.first() == self.front.last_key_value().map(|(last, _)| last.sequence)
    }

    pub(crate) fn first(&self) -> Option<Sequence> {
        self.front.first_key_value().map(|(at, _)| at.sequence)
    }

    /// The best rank among its unresolved deliveries: what its turn goes by. Out of date while its entries are being read.
    pub(crate) fn rank(&self) -> Option<Rank> {
        let front = self.front.iter().map(|(at, known)| Rank { priority: known.priority, sequence: at.sequence });
        front.chain(self.rest).reduce(Rank::better)
    }

    /// Takes an entry in. What is after the last known stays in the store, and so does the last where there are too many.
    pub(crate) fn insert(&mut self, at: DeliveryKey, known: Known, parked: &mut usize, defects: &Defects) {
        let last = self.front.last_key_value().map(|(last, _)| *last);
        // Deliveries of one event are first together: they are all here.
        let behind = last.is_none_or(|last| at > last) && self.first() != Some(at.sequence);
        if behind && (self.more || (*parked >= defects.bound(KEYS_PARKED_MAX) && known.place.is_here())) {
            self.leave(at, known.priority);
            return;
        }
        if let Entry::Vacant(entry) = self.front.entry(at) {
            *parked += usize::from(known.place.is_here());
            entry.insert(known);
        }
        let (first, last) = (self.first(), self.front.last_key_value().map(|(last, _)| last.sequence));
        if self.front.len() > defects.bound(KEY_FRONT_MAX)
            && first != last
            && let Some((at, known)) = self.front.pop_last()
        {
            *parked -= usize::from(known.place.is_here());
            self.leave(at, known.priority);
        }
    }

    /// Leaves an entry to the store.
    fn leave(&mut self, at: DeliveryKey, priority: Priority) {
        let rank = Rank { priority, sequence: at.sequence };
        self.more = true;
        self.rest = Some(self.rest.map_or(rank, |rest| rest.better(rank)));
    }

    pub(crate) fn parked(&self) -> usize {
        self.front.values().filter(|known| known.place.is_here()).count()
    }

    /// Whether something of it has a row: the store keeps it as held.
    pub(crate) fn holds(&self) -> bool {
        let held = |known: &Known| matches!(known.place, Place::Held | Place::Blocking | Place::Here(_, HasRow::Yes));
        self.front.values().any(held)
    }
}
