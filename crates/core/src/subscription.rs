//! One subscription in memory: what it is owed, in four lanes (`lane.rs`), its ordering keys (`keys.rs`), and how much is in flight.
//! Everything is bounded; what does not fit stays in the store and is read again page by page, so that a backlog costs no memory.
//! Which delivery goes next is decided in `picking.rs`.

use std::collections::BTreeSet;
use std::time::Duration;

use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::batch::Calls;
use crate::defect::{Defect, Defects};
use crate::delivery::{DeliveryKey, HasRow, Owed};
use crate::key_pages::{Head, HeldKeys, KeyEntry, Rank};
use crate::keys::{Keys, Turn};
use crate::lane::{Lane, WaitingPlace};
use crate::lanes::{CRITICAL, Picker, lane_of};
use crate::limits::{LANES, WAITING_MAX};
use crate::order::OrderKey;
use crate::replay::ReplayNumber;
use crate::routing::{SubscriptionId, SubscriptionSpec};
use crate::stall::Owes;

/// A subscription as the store has it, at a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSubscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Its plugin.
    pub plugin: String,
    /// What it is.
    pub spec: SubscriptionSpec,
    /// Whether it matches new events.
    pub active: bool,
    /// Every event up to here is resolved for it or has a row; those with an ordering key are kept track of by their entries.
    pub floor: Sequence,
}

#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) plugin: String,
    pub(crate) spec: SubscriptionSpec,
    pub(crate) active: bool,
    /// By priority, lowest first.
    pub(crate) lanes: [Lane; LANES],
    pub(crate) keys: Keys,
    pub(crate) picker: Picker,
    /// Items of replays whose key was taken before they were handed out: the replay releases them again.
    pub(crate) turned_away: Vec<Owed>,
    /// Deliveries in flight.
    leased: BTreeSet<DeliveryKey>,
    /// Calls of its handler that are under way.
    pub(crate) calls: Calls,
    /// Of those, the ones that publishing made and that have no row yet.
    leased_without_row: BTreeSet<Sequence>,
    /// The floor as it was last stored.
    pub(crate) stored_floor: Sequence,
    pub(crate) defects: Defects,
}

impl Subscription {
    /// A new one: events up to `head` are not owed to it.
    pub(crate) fn new(plugin: String, spec: SubscriptionSpec, head: Sequence, defects: Defects) -> Self {
        Self {
            plugin,
            spec,
            active: true,
            lanes: std::array::from_fn(|_| Lane::new()),
            keys: Keys::new(defects.clone()),
            picker: Picker::default(),
            turned_away: Vec::new(),
            leased: BTreeSet::new(),
            calls: Calls::default(),
            leased_without_row: BTreeSet::new(),
            stored_floor: head,
            defects,
        }
    }

    /// One that was there before this start: nothing of it is in memory yet.
    pub(crate) fn load(stored: StoredSubscription, held: HeldKeys, head: Sequence, defects: Defects) -> Self {
        let (look_for_waiting, look_for_keys) = (!defects.has(Defect::TimerLostAtRestart), !defects.has(Defect::KeysForgottenAtRestart));
        let floor = (stored.floor < head).then_some(stored.floor);
        let mut subscription = Self::new(stored.plugin, stored.spec, stored.floor, defects);
        if look_for_keys {
            subscription.keys = Keys::load(held, subscription.defects.clone());
        }
        subscription.active = stored.active;
        subscription.lanes = std::array::from_fn(|_| Lane::load(floor, look_for_waiting));
        subscription
    }

    /// Takes an event that was just published.
    pub(crate) fn offer(&mut self, owed: Owed) {
        self.lanes[lane_of(owed.priority)].offer(owed, &self.defects);
    }

    /// Takes an event that was just published or matched, with an ordering key.
    pub(crate) fn offer_keyed(&mut self, order: OrderKey, owed: Owed) {
        if self.defects.has(Defect::BlockedKeyFillsWindow) {
            self.keys.enter_head(order, owed.clone());
        }
        self.keys.offer(order, owed);
        self.place_ready();
    }

    /// Lets a key follow what becomes of one of its deliveries.
    pub(crate) fn follow(&mut self, order: OrderKey, key: DeliveryKey, priority: Priority, turn: Turn) {
        match turn {
            Turn::Waits if !self.defects.has(Defect::RetryFreesKey) => self.keys.hold(order, key, priority, turn),
            Turn::Blocks => self.keys.hold(order, key, priority, turn),
            Turn::Waits | Turn::Resolved => self.keys.resolve(order, key),
            Turn::Recovered => self.keys.recover(order, key),
        }
        self.place_ready();
    }

    /// Puts what its keys let go where it is picked from, and what belongs to a key that moved where the key is now.
    fn place_ready(&mut self) {
        for owed in self.keys.take_ready() {
            // A page may have brought it too while it was kept with its key.
            self.forget_waiting(owed.key);
            self.take_back(owed);
        }
        for order in self.keys.take_moved() {
            for lane in 0..LANES {
                let (due, repeats) = self.lanes[lane].take_of_key(order);
                for owed in due {
                    self.take_back(owed);
                }
                for owed in repeats {
                    let lane = self.lane_of(&owed);
                    self.lanes[lane].repeats.push_back(owed);
                }
            }
        }
    }

    /// The lane that a delivery goes in: its own, or that of its key where it is higher.
    pub(crate) fn lane_of(&self, owed: &Owed) -> usize {
        let of_key = owed.order.and_then(|order| self.keys.priority_of(order));
        lane_of(of_key.map_or(owed.priority, |priority| priority.max(owed.priority)))
    }

    /// Takes back a delivery without a row: it is the next to be handed out.
    pub(crate) fn give_back(&mut self, owed: Owed) {
        match owed.order {
            Some(order) => self.keys.enter_head(order, owed),
            None => self.insert(owed),
        }
    }

    /// After which place of a lane the next first deliveries of keys are looked for and how many may come, if they are wanted.
    pub(crate) fn wants_heads(&mut self, lane: usize) -> Option<(Sequence, usize)> {
        self.keys.wants_heads(lane)
    }

    pub(crate) fn take_heads(&mut self, lane: usize, heads: Vec<Head>, scanned_to: Sequence, newest: Sequence) {
        self.keys.take_heads(lane, heads, scanned_to, newest);
        self.place_ready();
    }

    /// The keys whose entries are to be read after this step.
    pub(crate) fn wanted_keys(&mut self) -> BTreeSet<OrderKey> {
        self.keys.wanted()
    }

    /// Takes the first entries of a key. A time further away than any retry can be was written under another clock and is cut.
    pub(crate) fn take_key(&mut self, order: OrderKey, entries: Vec<KeyEntry>, last: bool, rest: Option<Rank>, now: Timestamp) {
        for (due, owed) in self.keys.take_page(order, entries, last, rest) {
            let key = owed.key;
            if !self.is_leased(&key) && !self.lanes.iter().any(|lane| lane.has_with_row(key)) {
                self.wait(due.min(now + owed.longest_wait()), owed);
            }
        }
        self.place_ready();
    }

    /// Takes an event that is older than the newest: one of the daemon's own that was matched late, or one that was returned.
    pub(crate) fn insert(&mut self, owed: Owed) {
        if !self.is_leased(&owed.key) {
            self.lanes[lane_of(owed.priority)].insert(owed, &self.defects);
        }
    }

    /// Where the next page of a lane's owed events begins and how long it may be, if one is wanted.
    pub(crate) fn wants_pending(&mut self, lane: usize) -> Option<(Sequence, usize)> {
        self.lanes[lane].wants_pending(&self.defects)
    }

    pub(crate) fn take_pending(&mut self, lane: usize, mut entries: Vec<Owed>, scanned_to: Sequence, head: Sequence) {
        entries.retain(|owed| !self.is_leased(&owed.key));
        self.lanes[lane].take_pending(entries, scanned_to, head, &self.defects);
    }

    /// Where the next page of a lane's waiting deliveries begins and how long it may be, if one is wanted.
    pub(crate) fn wants_waiting(&mut self, lane: usize) -> Option<(WaitingPlace, usize)> {
        let due = self.due_of(lane);
        let after = self.lanes[lane].wants_waiting(due, &self.defects)?;
        Some((after, self.defects.bound(WAITING_MAX) / 2))
    }

    /// How many deliveries of a priority are due, in whatever lane they stand for their keys' sake.
    fn due_of(&self, lane: usize) -> usize {
        self.lanes.iter().flat_map(|known| &known.due).filter(|owed| lane_of(owed.priority) == lane).count()
    }

    /// Takes a page of waiting deliveries. A time further away than any can be was written under another clock and is cut.
    pub(crate) fn take_waiting(&mut self, lane: usize, entries: Vec<(Timestamp, Owed)>, last: bool, now: Timestamp) {
        let end = entries.last().map(|(due, owed)| (*due, owed.key));
        self.lanes[lane].looked_for_waiting(end, last);
        let mut known = self.leased.clone();
        self.lanes.iter().for_each(|lane| lane.add_with_row(&mut known));
        for (due, owed) in entries {
            if !known.contains(&owed.key) && !self.keys.keeps(&owed) {
                self.lanes[lane].keep_waiting(due.min(now + owed.longest_wait()), owed);
            }
        }
    }

    /// Takes a delivery that waits until `due`. Its row is written in the same step.
    pub(crate) fn wait(&mut self, due: Timestamp, owed: Owed) {
        let lane = lane_of(owed.priority);
        let due_now = self.due_of(lane);
        self.lanes[lane].wait(due, owed, due_now, &self.defects);
    }

    /// Forgets a waiting delivery, because it will be kept at another time or has ended.
    pub(crate) fn forget_waiting(&mut self, key: DeliveryKey) {
        self.lanes.iter_mut().for_each(|lane| lane.forget_waiting(key));
    }

    /// Forgets a delivery that is owed and was not handed out: it has ended.
    pub(crate) fn forget_pending(&mut self, owed: &Owed) {
        match owed.order {
            Some(order) => self.keys.forget_head(order, owed.key),
            None => self.lanes[lane_of(owed.priority)].forget_pending(owed.key),
        }
    }

    /// Takes back a delivery that has a row and waits for nothing: it is the next to be handed out.
    pub(crate) fn take_back(&mut self, owed: Owed) {
        let lane = self.lane_of(&owed);
        self.lanes[lane].due.push_back(owed);
    }

    /// Takes an item that a replay released.
    pub(crate) fn repeat(&mut self, owed: Owed) {
        if let Some(order) = owed.order {
            self.keys.begin(order, owed.key);
        }
        let lane = self.lane_of(&owed);
        self.lanes[lane].repeats.push_back(owed);
    }

    /// Whether a replay may release another item to it.
    pub(crate) fn has_room_for_repeat(&self, owed: &Owed) -> bool {
        self.lanes[self.lane_of(owed)].repeats.len() < self.spec.in_flight_max()
    }

    /// What replays released to it.
    pub(crate) fn released(&self) -> impl Iterator<Item = &Owed> {
        self.lanes.iter().flat_map(|lane| &lane.repeats)
    }

    pub(crate) fn drop_repeats(&mut self, replay: ReplayNumber) -> usize {
        let dropped: Vec<Owed> = self.lanes.iter_mut().flat_map(|lane| lane.take_repeats(replay)).collect();
        for owed in &dropped {
            self.end_of_flight(owed);
        }
        dropped.len()
    }

    /// Whether a replay may release an item to it as far as its key goes.
    pub(crate) fn could_claim(&self, owed: &Owed) -> bool {
        owed.order.is_none_or(|order| self.keys.could_claim(order, owed.key))
    }

    /// Whether an item of a replay is known to wait for something of its key.
    pub(crate) fn is_held(&self, owed: &Owed) -> bool {
        owed.order.is_some_and(|order| self.keys.is_held(order, owed.key))
    }

    /// Whether a replay may release it, and its key is taken then.
    pub(crate) fn claim(&mut self, owed: &Owed) -> bool {
        owed.order.is_none_or(|order| self.keys.claim(order, owed.key) || self.defects.has(Defect::ReplayIgnoresKeys))
    }

    /// Items whose key was taken before they were handed out.
    pub(crate) fn turned_away(&mut self) -> Vec<Owed> {
        std::mem::take(&mut self.turned_away)
    }

    /// Its key counts as in flight from now on.
    pub(crate) fn hold_key(&mut self, owed: &Owed) {
        let Some(order) = owed.order else { return };
        self.keys.begin(order, owed.key);
    }

    /// Whether it may still go as far as its key goes, which it holds.
    pub(crate) fn keeps_its_key(&self, owed: &Owed) -> bool {
        owed.order.is_none_or(|order| self.keys.claim_holds(order, owed.key))
    }

    pub(crate) fn end_of_flight(&mut self, owed: &Owed) {
        if let Some(order) = owed.order {
            self.keys.end(order, owed.key);
            self.place_ready();
        }
    }

    /// Takes out what replays released to it and nobody will take, because its plugin no longer subscribes.
    pub(crate) fn unwanted_repeats(&mut self) -> Vec<Owed> {
        if self.active { Vec::new() } else { self.lanes.iter_mut().flat_map(|lane| std::mem::take(&mut lane.repeats)).collect() }
    }

    /// Most calls of its handler at once.
    pub(crate) fn concurrency(&self) -> usize {
        usize::try_from(self.spec.concurrency).unwrap_or(usize::MAX)
    }

    pub(crate) fn is_leased(&self, key: &DeliveryKey) -> bool {
        self.leased.contains(key)
    }

    /// A delivery is handed out; whether it goes as a critical one.
    pub(crate) fn lease(&mut self, owed: &Owed, row: HasRow) -> bool {
        let key = owed.key;
        let is_critical = self.lane_of(owed) == CRITICAL;
        self.leased.insert(key);
        if let Some(order) = owed.order {
            self.keys.begin(order, key);
            if self.defects.has(Defect::HandingOutFreesKey) {
                self.follow(order, key, owed.priority, Turn::Resolved);
            }
        } else if row == HasRow::No && key.replay == ReplayNumber::LIVE {
            self.leased_without_row.insert(key.sequence);
        }
        is_critical
    }

    pub(crate) fn release(&mut self, owed: &Owed) {
        let key = owed.key;
        self.leased.remove(&key);
        self.end_of_flight(owed);
        if key.replay == ReplayNumber::LIVE {
            self.leased_without_row.remove(&key.sequence);
        }
    }

    /// When something of it is due next, if a delivery could then be handed out.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.lanes.iter().filter_map(Lane::next_due).min().filter(|_| self.has_room())
    }

    /// Every event up to here without an ordering key is resolved for it or has a row.
    pub(crate) fn floor(&self, head: Sequence, oldest_unmatched: Option<Sequence>) -> Sequence {
        let lanes = self.lanes.iter().filter_map(Lane::oldest_without_row);
        let leased = self.leased_without_row.first().copied();
        let oldest = lanes.chain(leased).chain(oldest_unmatched).min();
        oldest.map_or(head, |oldest| Sequence(oldest.0 - 1))
    }

    /// The oldest event that is owed and not handed out, as far as memory has it.
    pub(crate) fn oldest(&self) -> Option<Sequence> {
        let due = self.lanes.iter().flat_map(|lane| &lane.due).filter(|owed| owed.key.replay == ReplayNumber::LIVE);
        let plain = self.lanes.iter().filter_map(Lane::first_in_window);
        plain.chain(self.keys.oldest_head()).chain(due.map(|owed| owed.key.sequence)).min()
    }

    /// Whether there is something that could be handled now.
    pub(crate) fn owes(&self, now: Timestamp) -> Owes {
        let waiting = self.lanes.iter().filter_map(Lane::next_due).min();
        let queued = self.lanes.iter().any(Lane::owes) || self.keys.has_heads() || self.keys.owe();
        if queued || !self.leased.is_empty() || waiting.is_some_and(|due| due <= now) {
            Owes::Now
        } else if self.lanes.iter().any(Lane::waits) || !self.keys.are_free() {
            Owes::Later
        } else {
            Owes::Nothing
        }
    }

    /// How many deliveries are in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.leased.len()
    }

    /// How many entries memory holds for it: bounded, whatever the backlog.
    pub(crate) fn in_memory(&self) -> usize {
        self.lanes.iter().map(Lane::in_memory).sum::<usize>() + self.keys.in_memory() + self.leased.len()
    }

    /// The hard limit of its handler.
    pub(crate) fn timeout(&self) -> Duration {
        self.spec.timeout
    }
}
