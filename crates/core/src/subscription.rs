//! One subscription in memory: a bounded window of what it is owed, a bounded set of what waits, and how much is in flight.
//! What does not fit stays in the store and is read again page by page, so that a backlog costs no memory.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::delivery::{DeliveryKey, Owed};
use crate::limits::{DELIVER_AT_MAX, RETRY_DELAY_MAX, WAITING_MAX, WINDOW_LOW, WINDOW_MAX};
use crate::replay::ReplayNumber;
use crate::routing::{SubscriptionId, SubscriptionSpec};

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
    /// Every event up to here is resolved for it or has a row.
    pub floor: Sequence,
}

#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) plugin: String,
    pub(crate) spec: SubscriptionSpec,
    pub(crate) active: bool,
    /// Owed and not handed out, in sequence order.
    window: VecDeque<Owed>,
    /// `None`: every event up to the newest is in the window, in flight or has a row. Otherwise: every event up to this one.
    behind: Option<Sequence>,
    pending_asked: bool,
    /// Waiting for their time, soonest first.
    waiting: BTreeMap<(Timestamp, DeliveryKey), Owed>,
    /// `None`: every waiting delivery is in memory. Otherwise: every one up to this place.
    waiting_to: Option<Option<(Timestamp, DeliveryKey)>>,
    waiting_asked: bool,
    /// Deliveries with a row that were given back. The store has them at a time that has passed: no page would bring them again.
    returned: VecDeque<Owed>,
    /// Items that replays released to it.
    repeats: VecDeque<Owed>,
    /// Deliveries in flight.
    leased: BTreeSet<DeliveryKey>,
    /// Of those, the ones that publishing made and that have no row yet.
    leased_without_row: BTreeSet<Sequence>,
    /// Whose turn it is when both live and repeated deliveries are there.
    repeats_turn: bool,
    /// The floor as it was last stored.
    pub(crate) stored_floor: Sequence,
}

impl Subscription {
    /// A new one: events up to `head` are not owed to it.
    pub(crate) fn new(plugin: String, spec: SubscriptionSpec, head: Sequence) -> Self {
        Self {
            plugin,
            spec,
            active: true,
            window: VecDeque::new(),
            behind: None,
            pending_asked: false,
            waiting: BTreeMap::new(),
            waiting_to: None,
            waiting_asked: false,
            returned: VecDeque::new(),
            repeats: VecDeque::new(),
            leased: BTreeSet::new(),
            leased_without_row: BTreeSet::new(),
            repeats_turn: false,
            stored_floor: head,
        }
    }

    /// One that was there before this start: nothing of it is in memory yet.
    pub(crate) fn load(stored: StoredSubscription, head: Sequence, look_for_waiting: bool) -> Self {
        let mut subscription = Self::new(stored.plugin, stored.spec, stored.floor);
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
            if !known.contains(&owed.key) {
                // What was never tried waits for the time that its publisher gave.
                let longest = if owed.tries == 0 { DELIVER_AT_MAX } else { RETRY_DELAY_MAX };
                self.waiting.insert((due.min(now + longest), owed.key), owed);
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
        self.repeats.push_back(owed);
    }

    /// Whether a replay may release another item to it.
    pub(crate) fn has_room_for_repeats(&self) -> bool {
        self.repeats.len() < usize::try_from(self.spec.concurrency).unwrap_or(usize::MAX)
    }

    /// The events of what replays released to it.
    pub(crate) fn released_repeats(&self) -> impl Iterator<Item = Sequence> + '_ {
        self.repeats.iter().map(|owed| owed.key.sequence)
    }

    /// Forgets a delivery that is owed and was not handed out: it has ended.
    pub(crate) fn forget_pending(&mut self, key: DeliveryKey) {
        self.window.retain(|owed| owed.key != key);
    }

    pub(crate) fn drop_repeats(&mut self, replay: ReplayNumber) -> usize {
        let before = self.repeats.len();
        self.repeats.retain(|owed| owed.key.replay != replay);
        before - self.repeats.len()
    }

    /// Takes out what replays released to it and nobody will take, because its plugin no longer subscribes.
    pub(crate) fn unwanted_repeats(&mut self) -> VecDeque<Owed> {
        if self.active { VecDeque::new() } else { std::mem::take(&mut self.repeats) }
    }

    pub(crate) fn has_room(&self) -> bool {
        self.leased.len() < usize::try_from(self.spec.concurrency).unwrap_or(usize::MAX)
    }

    pub(crate) fn is_leased(&self, key: &DeliveryKey) -> bool {
        self.leased.contains(key)
    }

    /// The next delivery to hand out, and whether it has a row: what was given back, what is due again, then live and repeated ones in
    /// turn.
    pub(crate) fn take_next(&mut self, now: Timestamp) -> Option<(Owed, HasRow)> {
        if let Some(owed) = self.returned.pop_front() {
            return Some((owed, HasRow::Yes));
        }
        if self.waiting.first_key_value().is_some_and(|((due, _), _)| *due <= now) {
            return self.waiting.pop_first().map(|(_, owed)| (owed, HasRow::Yes));
        }
        self.repeats_turn = !self.repeats_turn;
        let (first, second) = if self.repeats_turn { (&mut self.repeats, &mut self.window) } else { (&mut self.window, &mut self.repeats) };
        first.pop_front().or_else(|| second.pop_front()).map(|owed| (owed, HasRow::No))
    }

    pub(crate) fn lease(&mut self, key: DeliveryKey, row: HasRow) {
        self.leased.insert(key);
        if row == HasRow::No && key.replay == ReplayNumber::LIVE {
            self.leased_without_row.insert(key.sequence);
        }
    }

    pub(crate) fn release(&mut self, key: DeliveryKey) {
        self.leased.remove(&key);
        if key.replay == ReplayNumber::LIVE {
            self.leased_without_row.remove(&key.sequence);
        }
    }

    /// When something of it is due next, if a delivery could then be handed out.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.waiting.first_key_value().map(|((due, _), _)| *due).filter(|_| self.has_room())
    }

    /// Every event up to here is resolved for it or has a row.
    pub(crate) fn floor(&self, head: Sequence, oldest_unmatched: Option<Sequence>) -> Sequence {
        let window = self.window.front().map(|owed| owed.key.sequence);
        let unlooked = self.behind.map(|looked_at| Sequence(looked_at.0 + 1));
        let leased = self.leased_without_row.first().copied();
        let oldest = [window, unlooked, leased, oldest_unmatched].into_iter().flatten().min();
        oldest.map_or(head, |oldest| Sequence(oldest.0 - 1))
    }

    /// How many deliveries are in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.leased.len()
    }

    /// How many entries memory holds for it: bounded, whatever the backlog.
    pub(crate) fn in_memory(&self) -> usize {
        self.window.len() + self.waiting.len() + self.returned.len() + self.repeats.len() + self.leased.len()
    }

    /// The hard limit of its handler.
    pub(crate) fn timeout(&self) -> Duration {
        self.spec.timeout
    }
}

/// Whether a delivery has a row in the store: it has one from its first outcome on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HasRow {
    Yes,
    No,
}
