//! One subscription in memory: a bounded window of what it is owed, a bounded set of what waits, and how much is in flight.
//! What does not fit stays in the store and is read again page by page, so that a backlog costs no memory. Of an ordering key only the
//! first delivery stands in a window; `keys.rs` knows which that is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::batch::Calls;
use crate::defect::{Defect, Defects};
use crate::delivery::{DeliveryKey, HasRow, Owed};
use crate::key_pages::{Head, HeldKeys, KeyEntry};
use crate::keys::{Keys, Turn};
use crate::limits::{WAITING_MAX, WINDOW_LOW, WINDOW_MAX};
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
    /// Owed and not handed out, in sequence order. Without ordering keys.
    pub(crate) window: VecDeque<Owed>,
    /// `None`: every event up to the newest is in the window, in flight or has a row. Otherwise: every event up to this one.
    behind: Option<Sequence>,
    pending_asked: bool,
    /// The first deliveries of ordering keys, where they have no row.
    pub(crate) heads: BTreeMap<Sequence, Owed>,
    keys: Keys,
    /// Waiting for their time, soonest first.
    waiting: BTreeMap<(Timestamp, DeliveryKey), Owed>,
    /// `None`: every waiting delivery is in memory. Otherwise: every one up to this place.
    waiting_to: Option<Option<(Timestamp, DeliveryKey)>>,
    waiting_asked: bool,
    /// Deliveries with a row that were given back. The store has them at a time that has passed: no page would bring them again.
    returned: VecDeque<Owed>,
    /// Items that replays released to it.
    pub(crate) repeats: VecDeque<Owed>,
    /// Those whose key was taken before they were handed out: the replay releases them again.
    turned_away: Vec<Owed>,
    /// Deliveries in flight.
    leased: BTreeSet<DeliveryKey>,
    /// Calls of its handler that are under way.
    pub(crate) calls: Calls,
    /// Of those, the ones that publishing made and that have no row yet.
    leased_without_row: BTreeSet<Sequence>,
    /// Whose turn it is when both live and repeated deliveries are there.
    repeats_turn: bool,
    /// The floor as it was last stored.
    pub(crate) stored_floor: Sequence,
    defects: Defects,
}

impl Subscription {
    /// A new one: events up to `head` are not owed to it.
    pub(crate) fn new(plugin: String, spec: SubscriptionSpec, head: Sequence, defects: Defects) -> Self {
        Self {
            plugin,
            spec,
            active: true,
            window: VecDeque::new(),
            behind: None,
            pending_asked: false,
            heads: BTreeMap::new(),
            keys: Keys::new(defects.clone()),
            waiting: BTreeMap::new(),
            waiting_to: None,
            waiting_asked: false,
            returned: VecDeque::new(),
            repeats: VecDeque::new(),
            turned_away: Vec::new(),
            leased: BTreeSet::new(),
            calls: Calls::default(),
            leased_without_row: BTreeSet::new(),
            repeats_turn: false,
            stored_floor: head,
            defects,
        }
    }

    /// One that was there before this start: nothing of it is in memory yet.
    pub(crate) fn load(stored: StoredSubscription, held: HeldKeys, head: Sequence, defects: Defects) -> Self {
        let (look_for_waiting, look_for_keys) = (!defects.has(Defect::TimerLostAtRestart), !defects.has(Defect::KeysForgottenAtRestart));
        let mut subscription = Self::new(stored.plugin, stored.spec, stored.floor, defects);
        if look_for_keys {
            subscription.keys = Keys::load(held, subscription.defects.clone());
        }
        subscription.active = stored.active;
        subscription.behind = (stored.floor < head).then_some(stored.floor);
        subscription.waiting_to = look_for_waiting.then_some(None);
        subscription
    }

    /// Takes an event that was just published.
    pub(crate) fn offer(&mut self, owed: Owed, forgets: bool) {
        if self.behind.is_some() {
            return;
        }
        if self.window.len() < WINDOW_MAX {
            self.window.push_back(owed);
        } else if !forgets {
            self.behind = Some(Sequence(owed.key.sequence.0 - 1));
        }
    }

    /// Takes an event that was just published or matched, with an ordering key.
    pub(crate) fn offer_keyed(&mut self, order: OrderKey, owed: Owed) {
        if self.defects.has(Defect::BlockedKeyFillsWindow) {
            self.enter_heads(owed.clone());
        }
        self.keys.offer(order, owed);
        self.place_ready();
    }

    /// Lets a key follow what becomes of one of its deliveries.
    pub(crate) fn follow(&mut self, order: OrderKey, key: DeliveryKey, turn: Turn) {
        match turn {
            Turn::Waits if !self.defects.has(Defect::RetryFreesKey) => self.keys.hold(order, key, turn),
            Turn::Blocks => self.keys.hold(order, key, turn),
            Turn::Waits | Turn::Resolved => self.keys.resolve(order, key),
            Turn::Recovered => self.keys.recover(order, key),
        }
        self.place_ready();
    }

    /// Puts what its keys let go where it is picked from.
    fn place_ready(&mut self) {
        for (owed, row) in self.keys.take_ready() {
            match row {
                HasRow::Yes => {
                    // A page may have brought it too while it was kept with its key.
                    self.forget_waiting(owed.key);
                    self.returned.push_back(owed);
                }
                HasRow::No => self.enter_heads(owed),
            }
        }
    }

    fn enter_heads(&mut self, owed: Owed) {
        self.heads.insert(owed.key.sequence, owed);
        if self.heads.len() > self.defects.bound(WINDOW_MAX)
            && let Some((_, last)) = self.heads.pop_last()
            && let Some(order) = last.order
        {
            self.keys.put_off(order, last);
        }
    }

    /// Takes back a delivery without a row: it is the next to be handed out.
    pub(crate) fn give_back(&mut self, owed: Owed) {
        match owed.order {
            Some(_) => self.enter_heads(owed),
            None => self.insert(owed),
        }
    }

    /// After which event the next first deliveries of keys are looked for and how many may come, if they are wanted.
    pub(crate) fn wants_heads(&mut self, head: Sequence) -> Option<(Sequence, usize)> {
        let room = self.defects.bound(WINDOW_MAX).saturating_sub(self.heads.len());
        let after = if self.heads.len() < self.defects.bound(WINDOW_LOW) { self.keys.wants_heads(head) } else { None };
        after.map(|after| (after, room))
    }

    pub(crate) fn take_heads(&mut self, heads: Vec<Head>, scanned_to: Sequence, newest: Sequence) {
        self.keys.take_heads(heads, scanned_to, newest);
        self.place_ready();
    }

    /// The keys whose entries are to be read after this step.
    pub(crate) fn wanted_keys(&mut self) -> BTreeSet<OrderKey> {
        self.keys.wanted()
    }

    /// Takes the first entries of a key. A time further away than any retry can be was written under another clock and is cut.
    pub(crate) fn take_key(&mut self, order: OrderKey, entries: Vec<KeyEntry>, last: bool, now: Timestamp) {
        for (due, owed) in self.keys.take_page(order, entries, last) {
            let key = owed.key;
            let known = self.leased.contains(&key) || self.returned.iter().any(|owed| owed.key == key);
            if !known && !self.waiting.keys().any(|(_, waiting)| *waiting == key) {
                self.wait(due.min(now + owed.longest_wait()), owed);
            }
        }
        self.place_ready();
    }

    /// Takes an event that is older than the newest: one of the daemon's own that was matched late, or one that was returned.
    pub(crate) fn insert(&mut self, owed: Owed) {
        let sequence = owed.key.sequence;
        if self.behind.is_some_and(|looked_at| sequence > looked_at) {
            return;
        }
        let place = self.window.partition_point(|known| known.key.sequence < sequence);
        if self.window.get(place).is_some_and(|known| known.key == owed.key) || self.leased.contains(&owed.key) {
            return;
        }
        self.window.insert(place, owed);
        if self.window.len() > WINDOW_MAX
            && let Some(last) = self.window.pop_back()
        {
            self.behind = Some(Sequence(last.key.sequence.0 - 1));
        }
    }

    /// Where the next page of owed events begins and how long it may be, if one is wanted.
    pub(crate) fn wants_pending(&mut self) -> Option<(Sequence, usize)> {
        let after = self.behind.filter(|_| !self.pending_asked && self.window.len() < WINDOW_LOW)?;
        self.pending_asked = true;
        Some((after, WINDOW_MAX - self.window.len()))
    }

    pub(crate) fn take_pending(&mut self, entries: Vec<Owed>, scanned_to: Sequence, head: Sequence) {
        self.pending_asked = false;
        let Some(looked_at) = self.behind else { return };
        self.behind = (scanned_to < head).then_some(scanned_to.max(looked_at));
        for owed in entries {
            self.insert(owed);
        }
    }

    /// Where the next page of waiting deliveries begins, if one is wanted.
    pub(crate) fn wants_waiting(&mut self) -> Option<Option<(Timestamp, DeliveryKey)>> {
        let after = self.waiting_to.filter(|_| !self.waiting_asked && self.waiting.len() < WINDOW_LOW)?;
        self.waiting_asked = true;
        Some(after)
    }

    /// Takes a page of waiting deliveries. A time further away than any can be was written under another clock and is cut.
    pub(crate) fn take_waiting(&mut self, entries: Vec<(Timestamp, Owed)>, last: bool, now: Timestamp) {
        self.waiting_asked = false;
        let end = entries.last().map(|(due, owed)| (*due, owed.key));
        if let Some(place) = self.waiting_to.as_mut() {
            *place = end.or(*place);
        }
        if last {
            self.waiting_to = None;
        }
        let known: BTreeSet<DeliveryKey> = self
            .waiting
            .keys()
            .map(|(_, key)| *key)
            .chain(self.returned.iter().map(|owed| owed.key))
            .chain(self.leased.iter().copied())
            .collect();
        for (due, owed) in entries {
            if !known.contains(&owed.key) && !self.keys.keeps(&owed) {
                self.waiting.insert((due.min(now + owed.longest_wait()), owed.key), owed);
            }
        }
    }

    /// Takes a delivery that waits until `due`. Its row is written in the same step.
    pub(crate) fn wait(&mut self, due: Timestamp, owed: Owed) {
        let place = (due, owed.key);
        if self.waiting_to.is_some_and(|to| Some(place) > to) {
            return;
        }
        self.waiting.insert(place, owed);
        if self.waiting.len() > WAITING_MAX {
            self.waiting.pop_last();
            self.waiting_to = Some(self.waiting.last_key_value().map(|(place, _)| *place));
        }
    }

    /// Forgets a waiting delivery, because it will be kept at another time or has ended. Whether memory had it.
    pub(crate) fn forget_waiting(&mut self, key: DeliveryKey) {
        self.waiting.retain(|(_, known), _| *known != key);
        self.returned.retain(|owed| owed.key != key);
    }

    /// Takes back a delivery that has a row and waits for nothing: it is the next to be handed out.
    pub(crate) fn take_back(&mut self, owed: Owed) {
        self.returned.push_back(owed);
    }

    pub(crate) fn repeat(&mut self, owed: Owed) {
        if let Some(order) = owed.order {
            self.keys.begin(order, owed.key);
        }
        self.repeats.push_back(owed);
    }

    pub(crate) fn drop_repeats(&mut self, replay: ReplayNumber) -> usize {
        let before = self.repeats.len();
        let (dropped, kept): (VecDeque<Owed>, _) =
            std::mem::take(&mut self.repeats).into_iter().partition(|owed| owed.key.replay == replay);
        self.repeats = kept;
        for owed in dropped {
            self.end_of_flight(&owed);
        }
        before - self.repeats.len()
    }

    /// Whether a replay may release an item to it as far as its key goes.
    pub(crate) fn could_claim(&self, owed: &Owed) -> bool {
        owed.order.is_none_or(|order| self.keys.could_claim(order, owed.key))
    }

    /// The same, and its key is taken.
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
    pub(crate) fn unwanted_repeats(&mut self) -> VecDeque<Owed> {
        if self.active { VecDeque::new() } else { std::mem::take(&mut self.repeats) }
    }

    pub(crate) fn is_leased(&self, key: &DeliveryKey) -> bool {
        self.leased.contains(key)
    }

    /// The next delivery to hand out, and whether it has a row. One whose key is busy stands back and lets others pass.
    pub(crate) fn take_next(&mut self, now: Timestamp) -> Option<(Owed, HasRow)> {
        let mut kept = Vec::new();
        let mut found = None;
        while let Some((owed, row)) = self.pop(now) {
            if self.may_go(&owed, row) {
                found = Some((owed, row));
                break;
            }
            if row == HasRow::No && owed.key.replay == ReplayNumber::LIVE && self.defects.has(Defect::BlockedKeyFillsWindow) {
                kept.push(owed);
            }
        }
        self.heads.extend(kept.into_iter().map(|owed| (owed.key.sequence, owed)));
        found
    }

    fn may_go(&mut self, owed: &Owed, row: HasRow) -> bool {
        let Some(order) = owed.order else { return true };
        if self.leased.contains(&owed.key) {
            return false;
        }
        if row == HasRow::No && owed.key.replay != ReplayNumber::LIVE {
            let goes = self.keys.claim_holds(order, owed.key) || self.defects.has(Defect::ReplayIgnoresKeys);
            if !goes {
                self.turned_away.push(owed.clone());
                self.end_of_flight(owed);
            }
            return goes;
        }
        if row == HasRow::Yes && self.defects.has(Defect::RetryFreesKey) {
            return true;
        }
        self.keys.is_its_turn(order, owed, row)
    }

    /// What was given back, what is due again, then live and repeated ones in turn.
    fn pop(&mut self, now: Timestamp) -> Option<(Owed, HasRow)> {
        if let Some(owed) = self.returned.pop_front() {
            return Some((owed, HasRow::Yes));
        }
        if self.waiting.first_key_value().is_some_and(|((due, _), _)| *due <= now) {
            return self.waiting.pop_first().map(|(_, owed)| (owed, HasRow::Yes));
        }
        self.repeats_turn = !self.repeats_turn;
        let next = match self.repeats_turn {
            true => self.repeats.pop_front().or_else(|| self.pop_live()),
            false => self.pop_live().or_else(|| self.repeats.pop_front()),
        };
        next.map(|owed| (owed, HasRow::No))
    }

    fn pop_live(&mut self) -> Option<Owed> {
        let keyed = self.heads.first_key_value().map(|(sequence, _)| *sequence);
        let plain = self.window.front().map(|owed| owed.key.sequence);
        match (plain, keyed) {
            (Some(plain), Some(keyed)) if plain < keyed => self.window.pop_front(),
            (_, Some(_)) => self.heads.pop_first().map(|(_, owed)| owed),
            (_, None) => self.window.pop_front(),
        }
    }

    pub(crate) fn lease(&mut self, owed: &Owed, row: HasRow) {
        let key = owed.key;
        self.leased.insert(key);
        if let Some(order) = owed.order {
            self.keys.begin(order, key);
            if self.defects.has(Defect::HandingOutFreesKey) {
                self.follow(order, key, Turn::Resolved);
            }
        } else if row == HasRow::No && key.replay == ReplayNumber::LIVE {
            self.leased_without_row.insert(key.sequence);
        }
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
        self.waiting.first_key_value().map(|((due, _), _)| *due).filter(|_| self.has_room())
    }

    /// Every event up to here without an ordering key is resolved for it or has a row.
    pub(crate) fn floor(&self, head: Sequence, oldest_unmatched: Option<Sequence>) -> Sequence {
        let window = self.window.front().map(|owed| owed.key.sequence);
        let unlooked = self.behind.map(|looked_at| Sequence(looked_at.0 + 1));
        let leased = self.leased_without_row.first().copied();
        let oldest = [window, unlooked, leased, oldest_unmatched].into_iter().flatten().min();
        oldest.map_or(head, |oldest| Sequence(oldest.0 - 1))
    }

    /// The oldest event that is owed and not handed out, as far as memory has it.
    pub(crate) fn oldest(&self) -> Option<Sequence> {
        let returned = self.returned.iter().filter(|owed| owed.key.replay == ReplayNumber::LIVE).map(|owed| owed.key.sequence);
        let first = self.window.front().map(|owed| owed.key.sequence);
        let keyed = self.heads.first_key_value().map(|(sequence, _)| *sequence);
        first.into_iter().chain(keyed).chain(returned).min()
    }

    /// Whether there is something that could be handled now.
    pub(crate) fn owes(&self, now: Timestamp, newest: Sequence) -> Owes {
        let waiting = self.waiting.first_key_value().map(|((due, _), _)| *due);
        let queued = !self.window.is_empty() || !self.heads.is_empty() || !self.returned.is_empty() || !self.repeats.is_empty();
        let at_once = queued || self.behind.is_some() || !self.leased.is_empty() || waiting.is_some_and(|due| due <= now);
        if at_once || self.keys.owe(newest) {
            Owes::Now
        } else if waiting.is_some() || self.waiting_to.is_some() || !self.keys.are_free() {
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
        self.window.len()
            + self.heads.len()
            + self.keys.in_memory()
            + self.waiting.len()
            + self.returned.len()
            + self.repeats.len()
            + self.leased.len()
    }

    /// The hard limit of its handler.
    pub(crate) fn timeout(&self) -> Duration {
        self.spec.timeout
    }
}
