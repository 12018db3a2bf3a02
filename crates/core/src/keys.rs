//! The busy ordering keys of one subscription in memory (semantics rule 11): who is first in each, and who is in flight. Bounded: of a
//! key only its first deliveries are here, the rest is read from the store when its turn comes; keys that only wait can be forgotten,
//! and then what memory does not know is read before anything of it is handed out.
//!
//! The store keeps an entry for each delivery of a key that is not resolved. Only the first of a key may be handed out, one at a time.
//! First deliveries without a row, the heads, stand in lanes: each where the best of its key belongs (rule 12).

use std::collections::{BTreeMap, BTreeSet};

use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::busy::{Busy, Known, Place};
use crate::defect::{Defect, Defects};
use crate::delivery::{DeliveryKey, HasRow, Owed};
use crate::key_pages::{Head, HeldKeys, KeyEntry, Rank, Stands};
use crate::lanes::lane_of;
use crate::limits::{KEYS_MAX, LANES, WINDOW_LOW, WINDOW_MAX};
use crate::order::OrderKey;
use crate::reach::Reach;

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
    pub(crate) busy: BTreeMap<OrderKey, Busy>,
    /// Of each lane, the heads by the place of their keys in it.
    pub(crate) heads: [BTreeMap<Sequence, Owed>; LANES],
    /// Of each lane, how far every key whose first delivery is pending is in memory.
    pub(crate) known: [Reach<Sequence>; LANES],
    /// Every key that is held is in `busy`.
    pub(crate) held_known: bool,
    /// Keys whose entries are to be read after this step.
    wanted: BTreeSet<OrderKey>,
    /// Keys whose entries were read for this step: not forgotten before it has looked at them, or it would ask for them for ever.
    pub(crate) just_read: BTreeSet<OrderKey>,
    /// Keys that may be over: looked at when the step ends.
    idle: Vec<OrderKey>,
    /// Deliveries with a row whose turn it is: taken by the subscription.
    ready: Vec<Owed>,
    /// Keys that belong to another lane now: what the subscription has of them moves too.
    moved: Vec<OrderKey>,
    /// Keys of which something was resolved or is no longer in flight: replays look whether they waited for it.
    freed: Vec<OrderKey>,
    /// Deliveries kept here until it is their turn.
    pub(crate) parked: usize,
    /// The key that was forgotten last.
    pub(crate) forgotten: OrderKey,
    pub(crate) defects: Defects,
}

impl Keys {
    /// Of a new subscription: nothing is owed to it.
    pub(crate) fn new(defects: Defects) -> Self {
        Self {
            busy: BTreeMap::new(),
            heads: std::array::from_fn(|_| BTreeMap::new()),
            known: [Reach::everything(); LANES],
            held_known: true,
            wanted: BTreeSet::new(),
            just_read: BTreeSet::new(),
            idle: Vec::new(),
            ready: Vec::new(),
            moved: Vec::new(),
            freed: Vec::new(),
            parked: 0,
            forgotten: OrderKey(0),
            defects,
        }
    }

    /// After a start: held keys are known to be busy; the first pending delivery of each other key is found by a scan of its lane.
    pub(crate) fn load(held: HeldKeys, defects: Defects) -> Self {
        let busy = held.keys.into_iter().map(|held| (held.order, Busy { stuck: held.stuck, ..Busy::unread() })).collect();
        Self { busy, known: [Reach::up_to(Sequence(0)); LANES], held_known: held.all, ..Self::new(defects) }
    }

    /// Whether every key with an unresolved delivery is in memory.
    fn all_are_known(&self) -> bool {
        self.held_known && self.known.iter().all(Reach::is_everything)
    }

    /// Whether no key has anything unresolved.
    pub(crate) fn are_free(&self) -> bool {
        self.busy.is_empty() && self.all_are_known()
    }

    /// The highest priority of a key's unresolved deliveries, as far as memory knows.
    pub(crate) fn priority_of(&self, order: OrderKey) -> Option<Priority> {
        Some(self.busy.get(&order)?.rank()?.priority)
    }

    /// The first head of a lane.
    pub(crate) fn first_head(&self, lane: usize) -> Option<&Owed> {
        self.heads[lane].first_key_value().map(|(_, owed)| owed)
    }

    /// Takes out the first head of a lane.
    pub(crate) fn pop_head(&mut self, lane: usize) -> Option<Owed> {
        let (_, owed) = self.heads[lane].pop_first()?;
        if let Some(busy) = owed.order.and_then(|order| self.busy.get_mut(&order)) {
            busy.head = None;
        }
        Some(owed)
    }

    /// The oldest event among the heads.
    pub(crate) fn oldest_head(&self) -> Option<Sequence> {
        self.heads.iter().flat_map(BTreeMap::values).map(|owed| owed.key.sequence).min()
    }

    pub(crate) fn has_heads(&self) -> bool {
        self.heads.iter().any(|heads| !heads.is_empty())
    }

    /// Forgets a head: it has ended.
    pub(crate) fn forget_head(&mut self, order: OrderKey, key: DeliveryKey) {
        let Some(rank) = self.busy.get(&order).and_then(|busy| busy.head) else { return };
        if self.heads[lane_of(rank.priority)].get(&rank.sequence).is_some_and(|owed| owed.key == key) {
            self.take_head(order);
        }
    }

    pub(crate) fn take_head(&mut self, order: OrderKey) -> Option<Owed> {
        let rank = self.busy.get_mut(&order)?.head.take()?;
        self.heads[lane_of(rank.priority)].remove(&rank.sequence)
    }

    /// Puts a delivery without a row among the heads, where its key belongs.
    pub(crate) fn enter_head(&mut self, order: OrderKey, owed: Owed) {
        self.take_head(order);
        let own = Rank { priority: owed.priority, sequence: owed.key.sequence };
        let rank = self.busy.get(&order).and_then(Busy::rank).unwrap_or(own);
        if let Some(busy) = self.busy.get_mut(&order) {
            busy.head = Some(rank);
        }
        self.stand_at(rank, owed);
    }

    fn stand_at(&mut self, rank: Rank, owed: Owed) {
        let lane = lane_of(rank.priority);
        self.heads[lane].insert(rank.sequence, owed);
        if self.heads[lane].len() > self.defects.bound(WINDOW_MAX) {
            self.put_off(lane);
        }
    }

    /// What belongs to a key whose rank has changed moves to where the key belongs now: its head here, the rest at the subscription.
    fn follow_rank(&mut self, order: OrderKey, before: Option<Rank>) {
        let Some(busy) = self.busy.get(&order) else { return };
        let rank = busy.rank();
        if rank == before {
            return;
        }
        if before.map(|before| before.priority) != rank.map(|rank| rank.priority) {
            self.moved.push(order);
        }
        if rank.is_some()
            && busy.head.is_some_and(|stands| Some(stands) != rank)
            && !self.defects.has(Defect::RaisedKeyLeft)
            && let Some(owed) = self.take_head(order)
        {
            self.enter_head(order, owed);
        }
    }

    /// A delivery that was just made, without a row. Its key may be free.
    pub(crate) fn offer(&mut self, order: OrderKey, owed: Owed) {
        let (at, priority) = (owed.key, owed.priority);
        if let Some(busy) = self.busy.get_mut(&order) {
            let before = busy.rank();
            let known = Known { priority, place: Place::Here(Box::new(owed), HasRow::No) };
            busy.insert(at, known, &mut self.parked, &self.defects);
            self.advance(order);
            self.follow_rank(order, before);
        } else if self.all_are_known() {
            self.make_room();
            self.busy.insert(order, Busy::with(at, priority, Place::Head));
            self.enter_head(order, owed);
        } else {
            self.look_again(priority, at.sequence);
        }
    }

    /// The store has the first delivery of a key at this place of a lane, or may have moved it there: it is looked for.
    pub(crate) fn look_again(&mut self, priority: Priority, sequence: Sequence) {
        self.known[lane_of(priority)].go_back(Sequence(sequence.0.saturating_sub(1)));
    }

    /// Whether a delivery that has an entry in the store may be handed out now. One that may not is kept until it is its turn, or read
    /// again then.
    pub(crate) fn is_its_turn(&mut self, order: OrderKey, owed: &Owed, row: HasRow) -> bool {
        let Some(busy) = self.busy.get_mut(&order) else {
            if !self.all_are_known() {
                self.ask(order);
            }
            return false;
        };
        if busy.is_unread() {
            self.ask(order);
            return false;
        }
        let first = busy.first();
        let Some(known) = busy.front.get_mut(&owed.key) else { return false };
        // What is being read is handed out by what is read.
        if busy.flight.is_none() && first == Some(owed.key.sequence) && !busy.asked {
            if known.place.is_here() {
                known.place = if row == HasRow::Yes { Place::Held } else { Place::Head };
                self.parked -= 1;
            }
            return true;
        }
        if !known.place.is_here() {
            known.place = Place::Here(Box::new(owed.clone()), row);
            self.parked += 1;
        }
        false
    }

    /// Whether a delivery is kept here until it is its turn.
    pub(crate) fn keeps(&self, owed: &Owed) -> bool {
        let busy = owed.order.and_then(|order| self.busy.get(&order));
        busy.and_then(|busy| busy.front.get(&owed.key)).is_some_and(|known| known.place.is_here())
    }

    /// Whether a replay may release an item of this key: nothing before it is unresolved, and nothing of its key is in flight.
    pub(crate) fn could_claim(&self, order: OrderKey, at: DeliveryKey) -> bool {
        match self.busy.get(&order) {
            None => true,
            Some(busy) if busy.is_unread() => !busy.asked,
            Some(busy) => busy.flight.is_none() && busy.first().is_none_or(|first| first >= at.sequence),
        }
    }

    /// Whether an item of a replay is known to wait for something of its key. What is being read is not known.
    pub(crate) fn is_held(&self, order: OrderKey, at: DeliveryKey) -> bool {
        let Some(busy) = self.busy.get(&order) else { return false };
        let is_known = !busy.is_unread() && !busy.asked;
        busy.flight.is_some() || (is_known && busy.first().is_some_and(|first| first < at.sequence))
    }

    /// Releases an item of a replay: from now on it counts as in flight. Where the key is not known it is read first.
    pub(crate) fn claim(&mut self, order: OrderKey, at: DeliveryKey) -> bool {
        match self.busy.get(&order) {
            None if self.all_are_known() => self.make_room(),
            Some(busy) if !busy.is_unread() => {}
            _ => {
                self.ask(order);
                return false;
            }
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
        busy.flight == Some(at) && !busy.is_unread() && !busy.asked && busy.first().is_none_or(|first| first >= at.sequence)
    }

    /// A delivery of this key is in flight.
    pub(crate) fn begin(&mut self, order: OrderKey, at: DeliveryKey) {
        self.busy.entry(order).or_default().flight = Some(at);
    }

    /// It is no longer.
    pub(crate) fn end(&mut self, order: OrderKey, at: DeliveryKey) {
        if let Some(busy) = self.busy.get_mut(&order).filter(|busy| busy.flight == Some(at)) {
            busy.flight = None;
            self.freed.push(order);
            self.advance(order);
        }
    }

    /// A delivery's row was written: it holds its key from now on.
    pub(crate) fn hold(&mut self, order: OrderKey, at: DeliveryKey, priority: Priority, turn: Turn) {
        let place = if turn == Turn::Blocks { Place::Blocking } else { Place::Held };
        if let Some(busy) = self.busy.get_mut(&order) {
            let before = busy.rank();
            if let Some(known) = busy.front.remove(&at) {
                self.parked -= usize::from(known.place.is_here());
            }
            busy.insert(at, Known { priority, place }, &mut self.parked, &self.defects);
            self.follow_rank(order, before);
        } else if self.all_are_known() {
            self.make_room();
            self.busy.insert(order, Busy::with(at, priority, place));
        } else {
            // Held keys are known, whatever else is not. A pending delivery before it may have been raised.
            self.make_room();
            self.busy.insert(order, Busy::unread());
            self.look_again(priority, at.sequence);
        }
    }

    /// A delivery's row was written: it is resolved, and the next of its key may go.
    pub(crate) fn resolve(&mut self, order: OrderKey, at: DeliveryKey) {
        self.freed.push(order);
        let Some(busy) = self.busy.get_mut(&order) else {
            if !self.all_are_known() {
                self.ask(order);
            }
            return;
        };
        let before = busy.rank();
        if let Some(known) = busy.front.remove(&at) {
            self.parked -= usize::from(known.place.is_here());
        }
        if busy.flight == Some(at) {
            busy.flight = None;
        }
        // What the rest of its key is worth without it only the store knows, and whether it has more of the event that is first now.
        let is_worth_less = busy.rest.is_some_and(|rest| rest.sequence == at.sequence);
        if busy.more && (is_worth_less || busy.is_one_event()) {
            self.ask(order);
        }
        self.advance(order);
        self.follow_rank(order, before);
    }

    /// A replay of this delivery succeeded. Where it was dead and blocked its key, it is resolved; a waiting one stays what it is.
    pub(crate) fn recover(&mut self, order: OrderKey, at: DeliveryKey) {
        match self.busy.get(&order) {
            Some(busy) if busy.is_unread() => {
                self.freed.push(order);
                self.ask(order);
            }
            // What is not among the first may block too: it is read again when its turn comes.
            Some(busy) if busy.front.get(&at).is_some_and(|known| !matches!(known.place, Place::Blocking)) => {}
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
        let mut head = None;
        for (_, known) in busy.front.iter_mut().take_while(|(at, _)| at.sequence == first) {
            if let Place::Here(owed, row) = &known.place {
                self.parked -= 1;
                let (owed, row) = ((**owed).clone(), *row);
                known.place = if row == HasRow::Yes { Place::Held } else { Place::Head };
                match row {
                    HasRow::Yes => self.ready.push(owed),
                    HasRow::No => head = Some(owed),
                }
            }
        }
        if let Some(owed) = head {
            self.enter_head(order, owed);
        }
    }

    fn ask(&mut self, order: OrderKey) {
        if !self.busy.contains_key(&order) {
            self.make_room();
        }
        let busy = self.busy.entry(order).or_insert_with(Busy::unread);
        if !busy.asked {
            busy.asked = true;
            self.wanted.insert(order);
        }
    }

    /// The keys to read after this step. Forgets those that are over.
    pub(crate) fn wanted(&mut self) -> BTreeSet<OrderKey> {
        for order in std::mem::take(&mut self.idle) {
            if self.busy.get(&order).is_some_and(|busy| busy.flight.is_none() && busy.front.is_empty() && !busy.more && !busy.asked) {
                self.take_head(order);
                self.busy.remove(&order);
            }
        }
        self.just_read.clear();
        std::mem::take(&mut self.wanted)
    }

    /// Takes a key's first entries as the store has them, and the best rank of those after them. What waits for its time is returned, to
    /// be kept until then.
    pub(crate) fn take_page(&mut self, order: OrderKey, entries: Vec<KeyEntry>, last: bool, rest: Option<Rank>) -> Vec<(Timestamp, Owed)> {
        self.take_head(order);
        let Some(busy) = self.busy.get_mut(&order) else { return Vec::new() };
        self.just_read.insert(order);
        let before = busy.rank();
        self.parked -= busy.parked();
        (busy.asked, busy.stuck, busy.more, busy.rest) = (false, false, !last, rest);
        busy.front.clear();
        let mut waiting = Vec::new();
        for KeyEntry { owed, stands } in entries {
            let (at, priority) = (owed.key, owed.priority);
            let place = match stands {
                Stands::Pending if busy.flight != Some(at) => {
                    self.parked += 1;
                    Place::Here(Box::new(owed), HasRow::No)
                }
                Stands::Pending => Place::Head,
                Stands::Waiting(due) if busy.flight != Some(at) => {
                    waiting.push((due, owed));
                    Place::Held
                }
                Stands::Waiting(_) => Place::Held,
                Stands::Blocking => Place::Blocking,
            };
            busy.front.insert(at, Known { priority, place });
        }
        self.advance(order);
        self.follow_rank(order, before);
        waiting
    }

    /// After which place of a lane the first pending deliveries of keys are looked for, and how many may come, if they are.
    pub(crate) fn wants_heads(&mut self, lane: usize) -> Option<(Sequence, usize)> {
        let here = self.heads[lane].len();
        if here >= self.defects.bound(WINDOW_LOW) {
            return None;
        }
        let after = self.known[lane].ask()?;
        Some((after, self.defects.bound(WINDOW_MAX) - here))
    }

    /// Takes a page of a lane's first pending deliveries.
    pub(crate) fn take_heads(&mut self, lane: usize, heads: Vec<Head>, scanned_to: Sequence, newest: Sequence) {
        self.known[lane].answered((scanned_to < newest).then_some(scanned_to));
        for Head { owed, order, more, rank } in heads {
            if let Some(busy) = self.busy.get(&order) {
                // Known to be held, but perhaps behind this one.
                if busy.is_unread() {
                    self.ask(order);
                }
                continue;
            }
            // Where no key can be forgotten they are all in flight or among the heads, which bounds them.
            if self.busy.len() >= self.defects.bound(KEYS_MAX) {
                self.forget_one();
            }
            let rest = more.then_some(rank);
            self.busy.insert(order, Busy { more, rest, ..Busy::with(owed.key, owed.priority, Place::Head) });
            self.enter_head(order, owed);
        }
    }

    /// Deliveries with a row whose turn it is.
    pub(crate) fn take_ready(&mut self) -> Vec<Owed> {
        std::mem::take(&mut self.ready)
    }

    /// Keys that belong to another lane now.
    pub(crate) fn take_moved(&mut self) -> Vec<OrderKey> {
        std::mem::take(&mut self.moved)
    }

    /// Keys of which something was resolved or is no longer in flight since this was last asked.
    pub(crate) fn take_freed(&mut self) -> Vec<OrderKey> {
        std::mem::take(&mut self.freed)
    }

    /// Whether something of its keys could be handled now, as far as it is not among the heads, or is kept from it by a dead letter.
    pub(crate) fn owe(&self) -> bool {
        !self.known.iter().all(Reach::is_everything) || self.busy.values().any(Busy::is_stuck)
    }

    /// Entries in memory.
    pub(crate) fn in_memory(&self) -> usize {
        self.busy.len() + self.parked + self.heads.iter().map(BTreeMap::len).sum::<usize>()
    }
}
