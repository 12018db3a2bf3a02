//! The busy ordering keys of one subscription in memory (semantics rule 11): who is first in each, and who is in flight. Bounded: of a
//! key only its first deliveries are here, the rest is read from the store when its turn comes; keys that only wait can be forgotten,
//! and then what memory does not know is read before anything of it is handed out.
//!
//! The store keeps an entry for each delivery of a key that is not resolved. Only the first of a key may be handed out, one at a time.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::defect::Defects;
use crate::delivery::{DeliveryKey, HasRow, Owed};
use crate::key_pages::{Head, HeldKeys, KeyEntry, Stands};
use crate::limits::{KEY_FRONT_MAX, KEYS_MAX, KEYS_PARKED_MAX};
use crate::order::OrderKey;

/// What became of a delivery that has a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It waits for its next attempt, and its key with it.
    Waits,
    /// It is dead, and its key waits until somebody resolves it.
    Blocks,
    /// It is resolved.
    Resolved,
    /// A replay of it succeeded: it is resolved if it was dead.
    Recovered,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    busy: BTreeMap<OrderKey, Busy>,
    known: Known,
    /// Every key that is held is in `busy`.
    held_known: bool,
    heads_asked: bool,
    /// Keys whose entries are to be read after this step.
    wanted: BTreeSet<OrderKey>,
    /// Keys that may be over: looked at when the step ends.
    idle: Vec<OrderKey>,
    /// Deliveries whose turn it is: taken by the subscription.
    ready: Vec<(Owed, HasRow)>,
    /// Deliveries kept here until it is their turn.
    parked: usize,
    /// The key that was forgotten last.
    forgotten: OrderKey,
    defects: Defects,
}

/// How much of the store memory stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Every key with an unresolved delivery is in memory.
    All,
    /// Every key whose first delivery is pending and not after this event is. Others may not be.
    UpTo(Sequence),
}

#[derive(Debug, Clone, Default)]
struct Busy {
    /// In flight, or released to be by a replay.
    flight: Option<DeliveryKey>,
    /// The key's first unresolved deliveries.
    front: BTreeMap<DeliveryKey, Place>,
    /// Whether the store may have more after those.
    more: bool,
    asked: bool,
    /// As a start found it, and until it is read: something waits behind a dead letter.
    stuck: bool,
}

#[derive(Debug, Clone)]
enum Place {
    /// Kept until it is its turn.
    Here(Box<Owed>, HasRow),
    /// Without a row: in the window or in flight.
    Window,
    /// With a row: waiting for its time, in flight, or in the store.
    Held,
    /// Dead, until somebody resolves it.
    Blocking,
}

impl Busy {
    fn is_unread(&self) -> bool {
        self.front.is_empty() && self.more
    }

    /// Whether it goes on only when somebody resolves a dead letter, or is being read. What waits for its next attempt is not stuck.
    fn is_stuck(&self) -> bool {
        let known = self.front.first_key_value().is_some_and(|(at, place)| {
            let behind = self.more || self.front.last_key_value().is_some_and(|(last, _)| last.sequence > at.sequence);
            matches!(place, Place::Blocking) && behind
        });
        self.asked || known || (self.stuck && self.is_unread())
    }

    fn first(&self) -> Option<Sequence> {
        self.front.first_key_value().map(|(at, _)| at.sequence)
    }

    /// Takes an entry in. What is after the last known stays in the store, and so does the last where there are too many.
    fn insert(&mut self, at: DeliveryKey, place: Place, parked: &mut usize, defects: &Defects) {
        let last = self.front.last_key_value().map(|(last, _)| *last);
        // Deliveries of one event are first together: they are all here.
        let behind = last.is_none_or(|last| at > last) && self.first() != Some(at.sequence);
        if behind && (self.more || (*parked >= defects.bound(KEYS_PARKED_MAX) && matches!(place, Place::Here(..)))) {
            self.more = true;
            return;
        }
        if let Entry::Vacant(entry) = self.front.entry(at) {
            *parked += usize::from(matches!(place, Place::Here(..)));
            entry.insert(place);
        }
        let (first, last) = (self.first(), self.front.last_key_value().map(|(last, _)| last.sequence));
        if self.front.len() > defects.bound(KEY_FRONT_MAX)
            && first != last
            && let Some((_, place)) = self.front.pop_last()
        {
            *parked -= usize::from(matches!(place, Place::Here(..)));
            self.more = true;
        }
    }

    fn parked(&self) -> usize {
        self.front.values().filter(|place| matches!(place, Place::Here(..))).count()
    }
}

impl Keys {
    /// Of a new subscription: nothing is owed to it.
    pub(crate) fn new(defects: Defects) -> Self {
        Self {
            busy: BTreeMap::new(),
            known: Known::All,
            held_known: true,
            heads_asked: false,
            wanted: BTreeSet::new(),
            idle: Vec::new(),
            ready: Vec::new(),
            parked: 0,
            forgotten: OrderKey(0),
            defects,
        }
    }

    /// After a start: held keys are known to be busy; the first pending delivery of each other key is found by a scan.
    pub(crate) fn load(held: HeldKeys, defects: Defects) -> Self {
        let busy = held.keys.into_iter().map(|held| (held.order, Busy { more: true, stuck: held.stuck, ..Busy::default() })).collect();
        Self { busy, known: Known::UpTo(Sequence(0)), held_known: held.all, ..Self::new(defects) }
    }

    /// Whether no key has anything unresolved.
    pub(crate) fn are_free(&self) -> bool {
        self.busy.is_empty() && self.known == Known::All
    }

    /// A delivery that was just made, without a row. Its key may be free.
    pub(crate) fn offer(&mut self, order: OrderKey, owed: Owed) {
        let at = owed.key;
        match (self.busy.get_mut(&order), self.known) {
            (Some(busy), _) => {
                busy.insert(at, Place::Here(Box::new(owed), HasRow::No), &mut self.parked, &self.defects);
                self.advance(order);
            }
            (None, Known::All) => {
                self.make_room(at.sequence);
                self.busy.insert(order, Busy { front: BTreeMap::from([(at, Place::Window)]), ..Busy::default() });
                self.ready.push((owed, HasRow::No));
            }
            (None, Known::UpTo(scanned)) if at.sequence > scanned => {}
            (None, Known::UpTo(_)) => self.ask(order),
        }
    }

    /// Whether a delivery that has an entry in the store may be handed out now. One that may not is kept until it is its turn, or read
    /// again then.
    pub(crate) fn is_its_turn(&mut self, order: OrderKey, owed: &Owed, row: HasRow) -> bool {
        let Some(busy) = self.busy.get_mut(&order) else {
            if self.known != Known::All {
                self.ask(order);
            }
            return false;
        };
        if busy.is_unread() {
            self.ask(order);
            return false;
        }
        let first = busy.first();
        let Some(place) = busy.front.get_mut(&owed.key) else { return false };
        if busy.flight.is_none() && first == Some(owed.key.sequence) {
            if matches!(place, Place::Here(..)) {
                *place = if row == HasRow::Yes { Place::Held } else { Place::Window };
                self.parked -= 1;
            }
            return true;
        }
        if !matches!(place, Place::Here(..)) {
            *place = Place::Here(Box::new(owed.clone()), row);
            self.parked += 1;
        }
        false
    }

    /// Whether a delivery is kept here until it is its turn.
    pub(crate) fn keeps(&self, owed: &Owed) -> bool {
        let busy = owed.order.and_then(|order| self.busy.get(&order));
        busy.is_some_and(|busy| matches!(busy.front.get(&owed.key), Some(Place::Here(..))))
    }

    /// Whether a replay may release an item of this key: nothing before it is unresolved, and nothing of its key is in flight.
    pub(crate) fn could_claim(&self, order: OrderKey, at: DeliveryKey) -> bool {
        match self.busy.get(&order) {
            None => true,
            Some(busy) if busy.is_unread() => !busy.asked,
            Some(busy) => busy.flight.is_none() && busy.first().is_none_or(|first| first >= at.sequence),
        }
    }

    /// Releases an item of a replay: from now on it counts as in flight. Where the key is not known it is read first.
    pub(crate) fn claim(&mut self, order: OrderKey, at: DeliveryKey) -> bool {
        match (self.busy.get_mut(&order), self.known) {
            (None, Known::All) => self.make_room(at.sequence),
            (None, Known::UpTo(_)) => {
                self.ask(order);
                return false;
            }
            (Some(busy), _) if busy.is_unread() => {
                self.ask(order);
                return false;
            }
            (Some(_), _) => {}
        }
        if !self.could_claim(order, at) {
            return false;
        }
        self.busy.entry(order).or_default().flight = Some(at);
        true
    }

    /// Whether an item that was released may still go: nothing before it has come in between.
    pub(crate) fn claim_holds(&self, order: OrderKey, at: DeliveryKey) -> bool {
        let Some(busy) = self.busy.get(&order) else { return false };
        busy.flight == Some(at) && !busy.is_unread() && busy.first().is_none_or(|first| first >= at.sequence)
    }

    /// A delivery of this key is in flight.
    pub(crate) fn begin(&mut self, order: OrderKey, at: DeliveryKey) {
        self.busy.entry(order).or_default().flight = Some(at);
    }

    /// It is no longer.
    pub(crate) fn end(&mut self, order: OrderKey, at: DeliveryKey) {
        if let Some(busy) = self.busy.get_mut(&order).filter(|busy| busy.flight == Some(at)) {
            busy.flight = None;
            self.advance(order);
        }
    }

    /// A delivery's row was written: it holds its key from now on.
    pub(crate) fn hold(&mut self, order: OrderKey, at: DeliveryKey, turn: Turn) {
        let place = if turn == Turn::Blocks { Place::Blocking } else { Place::Held };
        match (self.busy.get_mut(&order), self.known) {
            (Some(busy), _) => {
                if let Some(place) = busy.front.remove(&at) {
                    self.parked -= usize::from(matches!(place, Place::Here(..)));
                }
                busy.insert(at, place, &mut self.parked, &self.defects);
            }
            (None, Known::All) => {
                self.make_room(at.sequence);
                self.busy.insert(order, Busy { front: BTreeMap::from([(at, place)]), ..Busy::default() });
            }
            // Held keys are known, whatever else is not.
            (None, Known::UpTo(_)) => {
                self.make_room(at.sequence);
                self.busy.insert(order, Busy { more: true, ..Busy::default() });
            }
        }
    }

    /// A delivery's row was written: it is resolved, and the next of its key may go.
    pub(crate) fn resolve(&mut self, order: OrderKey, at: DeliveryKey) {
        let Some(busy) = self.busy.get_mut(&order) else {
            if self.known != Known::All {
                self.ask(order);
            }
            return;
        };
        if let Some(place) = busy.front.remove(&at) {
            self.parked -= usize::from(matches!(place, Place::Here(..)));
        }
        if busy.flight == Some(at) {
            busy.flight = None;
        }
        self.advance(order);
    }

    /// A replay of this delivery succeeded. Where it was dead and blocked its key, it is resolved; a waiting one stays what it is.
    pub(crate) fn recover(&mut self, order: OrderKey, at: DeliveryKey) {
        match self.busy.get(&order) {
            Some(busy) if busy.is_unread() => self.ask(order),
            Some(busy) if !matches!(busy.front.get(&at), Some(Place::Blocking)) => {}
            _ => self.resolve(order, at),
        }
    }

    /// Lets go what is first in a key that changed.
    fn advance(&mut self, order: OrderKey) {
        let Some(busy) = self.busy.get_mut(&order) else { return };
        if busy.flight.is_some() {
            return;
        }
        let Some(first) = busy.first() else {
            match busy.more {
                true => self.ask(order),
                false => self.idle.push(order),
            }
            return;
        };
        for (_, place) in busy.front.iter_mut().take_while(|(at, _)| at.sequence == first) {
            if let Place::Here(owed, row) = place {
                self.parked -= 1;
                self.ready.push(((**owed).clone(), *row));
                *place = if *row == HasRow::Yes { Place::Held } else { Place::Window };
            }
        }
    }

    fn ask(&mut self, order: OrderKey) {
        if !self.busy.contains_key(&order) {
            self.make_room(Sequence(0));
        }
        let busy = self.busy.entry(order).or_insert_with(|| Busy { more: true, ..Busy::default() });
        if !busy.asked {
            busy.asked = true;
            self.wanted.insert(order);
        }
    }

    /// The keys to read after this step. Forgets those that are over.
    pub(crate) fn wanted(&mut self) -> BTreeSet<OrderKey> {
        for order in std::mem::take(&mut self.idle) {
            if self.busy.get(&order).is_some_and(|busy| busy.flight.is_none() && busy.front.is_empty() && !busy.more) {
                self.busy.remove(&order);
            }
        }
        std::mem::take(&mut self.wanted)
    }

    /// Takes a key's first entries as the store has them. What waits for its time is returned, to be kept until then.
    pub(crate) fn take_page(&mut self, order: OrderKey, entries: Vec<KeyEntry>, last: bool) -> Vec<(Timestamp, Owed)> {
        let Some(busy) = self.busy.get_mut(&order) else { return Vec::new() };
        self.parked -= busy.parked();
        (busy.asked, busy.stuck) = (false, false);
        busy.more = !last;
        busy.front.clear();
        let mut waiting = Vec::new();
        for KeyEntry { owed, stands } in entries {
            let at = owed.key;
            let place = match stands {
                Stands::Pending if busy.flight != Some(at) => {
                    self.parked += 1;
                    Place::Here(Box::new(owed), HasRow::No)
                }
                Stands::Pending => Place::Window,
                Stands::Waiting(due) if busy.flight != Some(at) => {
                    waiting.push((due, owed));
                    Place::Held
                }
                Stands::Waiting(_) => Place::Held,
                Stands::Blocking => Place::Blocking,
            };
            busy.front.insert(at, place);
        }
        self.advance(order);
        waiting
    }

    /// After which event the first pending deliveries of keys are looked for, if they are.
    pub(crate) fn wants_heads(&mut self, head: Sequence) -> Option<Sequence> {
        let Known::UpTo(scanned) = self.known else { return None };
        let wants = !self.heads_asked && (scanned < head || self.held_known);
        self.heads_asked |= wants;
        wants.then_some(scanned)
    }

    /// Takes a page of first pending deliveries.
    pub(crate) fn take_heads(&mut self, heads: Vec<Head>, scanned_to: Sequence, newest: Sequence) {
        self.heads_asked = false;
        let Known::UpTo(before) = self.known else { return };
        for Head { owed, order, more } in heads {
            let at = owed.key;
            if let Some(busy) = self.busy.get(&order) {
                // Known to be held, but perhaps behind this one.
                if busy.is_unread() {
                    self.ask(order);
                }
                continue;
            }
            // Where no key can be forgotten they are all in flight or in the window, which bounds them.
            if self.busy.len() >= self.defects.bound(KEYS_MAX) {
                self.forget_one();
            }
            self.busy.insert(order, Busy { front: BTreeMap::from([(at, Place::Window)]), more, ..Busy::default() });
            self.ready.push((owed, HasRow::No));
        }
        let all = scanned_to >= newest && self.held_known;
        self.known = if all { Known::All } else { Known::UpTo(scanned_to.min(newest).max(before)) };
    }

    /// The window has no room for a key's first delivery: it is looked for again later.
    pub(crate) fn put_off(&mut self, order: OrderKey, owed: Owed) {
        let Some(busy) = self.busy.get_mut(&order) else { return };
        let at = owed.key;
        if busy.flight.is_some() {
            if let Some(place) = busy.front.get_mut(&at).filter(|place| matches!(place, Place::Window)) {
                *place = Place::Here(Box::new(owed), HasRow::No);
                self.parked += 1;
            }
            return;
        }
        self.parked -= busy.parked();
        let holds = busy.front.values().any(|place| matches!(place, Place::Held | Place::Blocking | Place::Here(_, HasRow::Yes)));
        // What comes after the first ones may hold too.
        self.held_known &= !holds && !busy.more;
        self.busy.remove(&order);
        self.know_up_to(Sequence(at.sequence.0 - 1));
    }

    fn know_up_to(&mut self, sequence: Sequence) {
        self.known = match self.known {
            Known::All => Known::UpTo(sequence),
            Known::UpTo(before) => Known::UpTo(before.min(sequence)),
        };
    }

    /// Forgets keys until another fits in. `sequence`: of the delivery that needs the room.
    fn make_room(&mut self, sequence: Sequence) {
        while self.busy.len() >= self.defects.bound(KEYS_MAX) && self.forget_one() {
            if self.known == Known::All {
                self.known = Known::UpTo(sequence);
            }
        }
    }

    /// Forgets a key whose first delivery is not in a window: what is held, or was never read. Whether there was one.
    fn forget_one(&mut self) -> bool {
        let can_go = |(_, busy): &(&OrderKey, &Busy)| {
            let first_is_pending = busy.front.first_key_value().is_some_and(|(_, place)| matches!(place, Place::Window));
            let just_read = busy.front.is_empty() && !busy.more;
            busy.flight.is_none() && !busy.asked && !first_is_pending && !just_read
        };
        let after = (Bound::Excluded(self.forgotten), Bound::Unbounded);
        let found = self.busy.range(after).find(can_go).or_else(|| self.busy.iter().find(can_go)).map(|(order, _)| *order);
        let Some(order) = found else { return false };
        if let Some(busy) = self.busy.remove(&order) {
            self.parked -= busy.parked();
        }
        self.forgotten = order;
        self.held_known = false;
        true
    }

    /// Deliveries whose turn it is.
    pub(crate) fn take_ready(&mut self) -> Vec<(Owed, HasRow)> {
        std::mem::take(&mut self.ready)
    }

    /// Whether something of its keys could be handled now, as far as it is not in a window, or is kept from it by a dead letter.
    pub(crate) fn owe(&self, newest: Sequence) -> bool {
        matches!(self.known, Known::UpTo(scanned) if scanned < newest) || self.busy.values().any(Busy::is_stuck)
    }

    /// Entries in memory.
    pub(crate) fn in_memory(&self) -> usize {
        self.busy.len() + self.parked
    }
}
