//! One lane of a subscription in memory: a bounded window of what is owed at this priority, a bounded set of what waits for its time,
//! what is due again, and what replays released. What does not fit stays in the store and is read again page by page, lane by lane, so
//! that a long lane keeps nothing of another out. First deliveries of ordering keys stand in `keys.rs`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::defect::{Defect, Defects};
use crate::delivery::{DeliveryKey, Owed};
use crate::limits::{WAITING_MAX, WINDOW_LOW, WINDOW_MAX};
use crate::order::OrderKey;
use crate::reach::Reach;
use crate::replay::ReplayNumber;

/// A place among what waits; `None` is before everything.
pub(crate) type WaitingPlace = Option<(Timestamp, DeliveryKey)>;

/// Where a lane's next delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// It has a row and is due.
    Due,
    /// In the window.
    Window,
    /// The first of an ordering key.
    Head,
    /// Released by a replay.
    Repeat,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    /// Owed and not handed out, in sequence order. Without ordering keys.
    window: VecDeque<Owed>,
    pending: Reach<Sequence>,
    /// Waiting for their time, soonest first.
    waiting: BTreeMap<(Timestamp, DeliveryKey), Owed>,
    later: Reach<WaitingPlace>,
    /// With a row, and to be handed out now: their time has come, they were given back, or their key let them go. No page would bring
    /// them again.
    pub(crate) due: VecDeque<Owed>,
    /// Items that replays released.
    pub(crate) repeats: VecDeque<Owed>,
    /// Whose turn it is when both live and repeated deliveries are there.
    repeats_turn: bool,
}

impl Lane {
    /// Of a new subscription: nothing is owed.
    pub(crate) fn new() -> Self {
        Self {
            window: VecDeque::new(),
            pending: Reach::everything(),
            waiting: BTreeMap::new(),
            later: Reach::everything(),
            due: VecDeque::new(),
            repeats: VecDeque::new(),
            repeats_turn: false,
        }
    }

    /// After a start: nothing after `floor` is in memory, and nothing that waits.
    pub(crate) fn load(floor: Option<Sequence>, look_for_waiting: bool) -> Self {
        let pending = floor.map_or(Reach::everything(), Reach::up_to);
        let later = if look_for_waiting { Reach::up_to(None) } else { Reach::everything() };
        Self { pending, later, ..Self::new() }
    }

    /// Takes an event that was just published.
    pub(crate) fn offer(&mut self, owed: Owed, defects: &Defects) {
        if !self.pending.is_everything() {
            return;
        }
        if self.window.len() < defects.bound(WINDOW_MAX) {
            self.window.push_back(owed);
        } else if !defects.has(Defect::FullWindowForgets) {
            self.pending.go_back(Sequence(owed.key.sequence.0 - 1));
        }
    }

    /// Takes an event that is older than the newest: one of the daemon's own that was matched late, or one that was returned.
    pub(crate) fn insert(&mut self, owed: Owed, defects: &Defects) {
        let sequence = owed.key.sequence;
        if self.pending.place().is_some_and(|looked_at| sequence > looked_at) {
            return;
        }
        let place = self.window.partition_point(|known| known.key.sequence < sequence);
        if self.window.get(place).is_some_and(|known| known.key == owed.key) {
            return;
        }
        self.window.insert(place, owed);
        if self.window.len() > defects.bound(WINDOW_MAX)
            && let Some(last) = self.window.pop_back()
        {
            self.pending.go_back(Sequence(last.key.sequence.0 - 1));
        }
    }

    /// Where the next page of owed events begins and how long it may be, if one is wanted.
    pub(crate) fn wants_pending(&mut self, defects: &Defects) -> Option<(Sequence, usize)> {
        if self.window.len() >= defects.bound(WINDOW_LOW) {
            return None;
        }
        let after = self.pending.ask()?;
        Some((after, defects.bound(WINDOW_MAX) - self.window.len()))
    }

    /// Takes a page of owed events. What is in flight has left the window and is not taken again.
    pub(crate) fn take_pending(&mut self, entries: Vec<Owed>, scanned_to: Sequence, head: Sequence, defects: &Defects) {
        self.pending.answered((scanned_to < head).then_some(scanned_to));
        for owed in entries {
            self.insert(owed, defects);
        }
    }

    /// Where the next page of waiting deliveries begins, if one is wanted. `due`: those of this lane's that are due, wherever they stand.
    pub(crate) fn wants_waiting(&mut self, due: usize, defects: &Defects) -> Option<WaitingPlace> {
        if self.waiting.len() + due >= defects.bound(WINDOW_LOW) {
            return None;
        }
        self.later.ask()
    }

    /// A page of waiting deliveries has come, which ends here.
    pub(crate) fn looked_for_waiting(&mut self, end: WaitingPlace, last: bool) {
        self.later.answered((!last).then_some(end));
    }

    /// Takes a delivery of that page: it waits until `due`.
    pub(crate) fn keep_waiting(&mut self, due: Timestamp, owed: Owed) {
        self.waiting.insert((due, owed.key), owed);
    }

    /// Takes a delivery that waits until `until`. Its row is written in the same step. `due`: as for [`Lane::wants_waiting`].
    pub(crate) fn wait(&mut self, until: Timestamp, owed: Owed, due: usize, defects: &Defects) {
        let place = (until, owed.key);
        if self.later.place().is_some_and(|to| Some(place) > to) {
            return;
        }
        self.waiting.insert(place, owed);
        if self.waiting.len() + due > defects.bound(WAITING_MAX) {
            self.waiting.pop_last();
            self.later.go_back(self.waiting.last_key_value().map(|(place, _)| *place));
        }
    }

    /// The soonest that waits, if its time has come.
    pub(crate) fn come_due(&mut self, now: Timestamp) -> Option<Owed> {
        let ((due, _), _) = self.waiting.first_key_value().filter(|((due, _), _)| *due <= now)?;
        let since = *due;
        self.waiting.pop_first().map(|(_, owed)| Owed { since, ..owed })
    }

    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// Forgets a delivery with a row.
    pub(crate) fn forget_waiting(&mut self, key: DeliveryKey) {
        self.waiting.retain(|(_, known), _| *known != key);
        self.due.retain(|owed| owed.key != key);
    }

    /// Forgets a delivery without a row.
    pub(crate) fn forget_pending(&mut self, key: DeliveryKey) {
        self.window.retain(|owed| owed.key != key);
    }

    /// Deliveries with a row that are here.
    pub(crate) fn with_row(&self) -> impl Iterator<Item = DeliveryKey> + '_ {
        self.waiting.keys().map(|(_, key)| *key).chain(self.due.iter().map(|owed| owed.key))
    }

    /// Takes out what is due or released of an ordering key that moves to another lane.
    pub(crate) fn take_of_key(&mut self, order: OrderKey) -> (Vec<Owed>, Vec<Owed>) {
        let of_key = |owed: &Owed| owed.order == Some(order);
        (take_out(&mut self.due, of_key), take_out(&mut self.repeats, of_key))
    }

    /// Takes out what a replay released.
    pub(crate) fn take_repeats(&mut self, replay: ReplayNumber) -> Vec<Owed> {
        take_out(&mut self.repeats, |owed| owed.key.replay == replay)
    }

    /// Where the next delivery stands, and since when the oldest live one waits, if there is one. `head`: the first of the ordering keys of this lane. First-in
    /// first-out, and what is live takes turns with what replays released.
    pub(crate) fn next(&self, head: Option<&Owed>) -> Option<(Timestamp, Stand)> {
        let stands = [(self.due.front(), Stand::Due), (self.window.front(), Stand::Window), (head, Stand::Head)];
        let live =
            stands.into_iter().filter_map(|(owed, stand)| Some(((owed?.since, owed?.key.sequence), stand))).min_by_key(|(at, _)| *at);
        match (live, self.repeats.front()) {
            (Some(((since, _), _)), Some(_)) if self.repeats_turn => Some((since, Stand::Repeat)),
            (Some(((since, _), stand)), _) => Some((since, stand)),
            (None, Some(repeat)) => Some((repeat.since, Stand::Repeat)),
            (None, None) => None,
        }
    }

    /// Takes out what stands there. Heads are with the keys.
    pub(crate) fn pop(&mut self, stand: Stand) -> Option<Owed> {
        self.repeats_turn = stand != Stand::Repeat;
        match stand {
            Stand::Due => self.due.pop_front(),
            Stand::Window => self.window.pop_front(),
            Stand::Repeat => self.repeats.pop_front(),
            Stand::Head => None,
        }
    }

    /// The oldest event of it that has no row and is not in flight; one that memory does not know of, too.
    pub(crate) fn oldest_without_row(&self) -> Option<Sequence> {
        let unlooked = self.pending.place().map(|looked_at| Sequence(looked_at.0 + 1));
        self.first_in_window().into_iter().chain(unlooked).min()
    }

    pub(crate) fn first_in_window(&self) -> Option<Sequence> {
        self.window.front().map(|owed| owed.key.sequence)
    }

    /// Whether something could be handed out now, or the store has to be looked at.
    pub(crate) fn owes(&self) -> bool {
        !self.window.is_empty() || !self.due.is_empty() || !self.repeats.is_empty() || !self.pending.is_everything()
    }

    /// Whether something waits for its time.
    pub(crate) fn waits(&self) -> bool {
        !self.waiting.is_empty() || !self.later.is_everything()
    }

    /// Entries in memory.
    pub(crate) fn in_memory(&self) -> usize {
        self.window.len() + self.waiting.len() + self.due.len() + self.repeats.len()
    }

    /// Whether a delivery with a row is here.
    pub(crate) fn has_with_row(&self, key: DeliveryKey) -> bool {
        self.with_row().any(|known| known == key)
    }

    /// Adds the deliveries with a row that are here.
    pub(crate) fn add_with_row(&self, known: &mut BTreeSet<DeliveryKey>) {
        known.extend(self.with_row());
    }
}

fn take_out(queue: &mut VecDeque<Owed>, which: impl Fn(&Owed) -> bool) -> Vec<Owed> {
    if !queue.iter().any(&which) {
        return Vec::new();
    }
    let (taken, kept): (VecDeque<Owed>, VecDeque<Owed>) = std::mem::take(queue).into_iter().partition(which);
    *queue = kept;
    taken.into()
}
