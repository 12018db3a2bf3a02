//! One replay job in memory (semantics rule 10): a page of its items, its pace, its place. It never moves on before every item up
//! to its place has a row, so that a restart repeats nothing that ended and loses nothing that did not. Which items it looks at next
//! where ordering keys are busy is in `passes.rs`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use panotti_protocol::delivery::ReplayState;
use panotti_protocol::id::{ReplayId, Sequence};
use panotti_protocol::time::Timestamp;

use crate::defect::Defects;
use crate::delivery::{DeliveryKey, Owed, Repeats};
use crate::limits::{REPLAY_WINDOW_LOW_PART, REPLAY_WINDOW_MAX, REPLAY_WINDOWS_MAX};
use crate::order::OrderKey;
use crate::pace::Pace;
use crate::passes::Passes;
use crate::routing::SubscriptionId;

/// A replay in the store: counts up from 1; 0 stands for the deliveries that publishing made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ReplayNumber(pub u32);

impl ReplayNumber {
    /// The deliveries that publishing made.
    pub const LIVE: Self = Self(0);
}

/// A place in a replay's selection: everything up to this delivery was looked at.
pub type ReplayCursor = DeliveryKey;

/// One delivery to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayItem {
    /// The delivery that is repeated.
    pub original: DeliveryKey,
    /// The delivery that repeats it. Its `repeats` is filled in by the job.
    pub owed: Owed,
}

/// A job as the store has it, at a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReplay {
    /// Its number.
    pub number: ReplayNumber,
    /// Its id.
    pub id: ReplayId,
    /// The name given to it.
    pub name: Option<String>,
    /// Deliveries started a second; 0 is without a limit.
    pub rate: u32,
    /// Its place.
    pub cursor: ReplayCursor,
    /// Whether it was cancelled and only finishes what it had handed out.
    pub cancelled: bool,
    /// Whether it begins nothing new until it is resumed.
    pub paused: bool,
    /// Items with a row that have not ended.
    pub open: u64,
    /// Items that succeeded.
    pub ok: u64,
    /// Items that died.
    pub failed: u64,
}

/// What a job may keep in memory while so many run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    /// Items.
    pub(crate) window_max: usize,
    /// Below this many it reads its next page. At least 2: what is passed over leaves one item.
    pub(crate) window_low: usize,
}

impl Share {
    pub(crate) fn of(running: usize, defects: &Defects) -> Self {
        let part = defects.bound(REPLAY_WINDOWS_MAX) / running.max(1);
        let window_max = part.clamp(2 * REPLAY_WINDOW_LOW_PART, REPLAY_WINDOW_MAX);
        Self { window_max, window_low: window_max / REPLAY_WINDOW_LOW_PART }
    }
}

/// What an item is about: one delivery of a replay stands for all earlier ones of that event to that subscription.
pub(crate) type ItemPlace = (Sequence, SubscriptionId);

pub(crate) fn place_of(key: DeliveryKey) -> ItemPlace {
    (key.sequence, key.subscription)
}

/// The last place of a selection that is before an item.
pub(crate) fn just_before((sequence, subscription): ItemPlace) -> ReplayCursor {
    let replay = ReplayNumber(u32::MAX);
    match (sequence.0, subscription.0) {
        (0, 0) => BEGINNING,
        (sequence, 0) => DeliveryKey { sequence: Sequence(sequence - 1), subscription: SubscriptionId(u32::MAX), replay },
        (_, subscription) => DeliveryKey { sequence, subscription: SubscriptionId(subscription - 1), replay },
    }
}

/// A running job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: ReplayId,
    pub(crate) repeats_name: Option<String>,
    /// Items read and not yet released to their subscription, in order.
    pub(crate) window: VecDeque<Owed>,
    /// Every item up to here has a row: what is stored.
    pub(crate) cursor: ReplayCursor,
    /// Every item up to here has a row, is under way, stands in the window, or its key was passed over before it.
    pub(crate) scanned: ReplayCursor,
    pub(crate) last_page: bool,
    pub(crate) page_asked: bool,
    pub(crate) cancelled: bool,
    pub(crate) paused: bool,
    /// Items released or with a row, and not ended.
    pub(crate) open: u64,
    pace: Pace,
    pub(crate) ok_total: u64,
    pub(crate) failed_total: u64,
    /// Since the last time it was written.
    pub(crate) ok: u64,
    pub(crate) failed: i64,
    pub(crate) skipped: u64,
    pub(crate) dirty: bool,
    /// Items under way without a row, and their keys.
    pub(crate) under_way: BTreeMap<ItemPlace, Option<OrderKey>>,
    /// What of the selection was passed over.
    pub(crate) passes: Passes,
}

impl Job {
    pub(crate) fn new(stored: StoredReplay, now: Timestamp, defects: &Defects) -> Self {
        Self {
            id: stored.id,
            repeats_name: stored.name,
            window: VecDeque::new(),
            cursor: stored.cursor,
            scanned: stored.cursor,
            last_page: stored.cancelled,
            page_asked: false,
            cancelled: stored.cancelled,
            paused: stored.paused,
            open: stored.open,
            pace: Pace::new(stored.rate as usize, now),
            ok_total: stored.ok,
            failed_total: stored.failed,
            ok: 0,
            failed: 0,
            skipped: 0,
            dirty: false,
            under_way: BTreeMap::new(),
            passes: Passes::new(now, defects),
        }
    }

    /// Takes a page of items. Those that already have a row of this job were left out by whoever read it.
    pub(crate) fn take_page(&mut self, mut items: Vec<ReplayItem>, mut scanned_to: ReplayCursor, last: bool) {
        self.page_asked = false;
        if self.cancelled {
            return;
        }
        // A delivery and earlier repeats of it can all be dead: one new delivery stands for them, and they are looked at together.
        let ends = [items.first(), items.last()].map(|item| item.map(|item| place_of(item.original)));
        if let [Some(first), Some(end)] = ends
            && first != end
            && !last
            && place_of(scanned_to) == end
        {
            items.retain(|item| place_of(item.original) != end);
            scanned_to = just_before(end);
        }
        let (number, mut in_vain) = (items.len(), 0);
        let mut before = place_of(self.scanned);
        for item in items {
            let place = place_of(item.original);
            let is_same = std::mem::replace(&mut before, place) == place;
            if !self.stands_in_window(place, &item.owed) && !is_same && !self.under_way.contains_key(&place) {
                in_vain += usize::from(!self.take_item(item));
            }
        }
        self.scanned = scanned_to;
        self.last_page = last;
        self.has_read(number, in_vain);
    }

    /// Whether an item is in the window; where it is, it has the crashes of whichever delivery it stands for had more.
    fn stands_in_window(&mut self, place: ItemPlace, owed: &Owed) -> bool {
        let found = self.window.binary_search_by_key(&place, |known| place_of(known.key));
        if let Ok(found) = found
            && owed.crashes.times().len() > self.window[found].crashes.times().len()
        {
            self.window[found].crashes = owed.crashes.clone();
        }
        found.is_ok()
    }

    /// Takes an item into the window unless its key is passed over.
    fn take_item(&mut self, ReplayItem { original, owed }: ReplayItem) -> bool {
        let is_passed = owed.order.is_some_and(|order| self.passes.pass_over((original.subscription, order), place_of(original)));
        if !is_passed {
            let repeats = Repeats { original: original.replay, replay: self.id, name: self.repeats_name.clone() };
            self.enter_window(Owed { repeats: Some(Arc::new(repeats)), ..owed });
        }
        !is_passed
    }

    fn enter_window(&mut self, owed: Owed) {
        let place = self.window.partition_point(|known| known.key < owed.key);
        self.window.insert(place, owed);
    }

    /// Notes that an item has a row now.
    pub(crate) fn has_row(&mut self, original: DeliveryKey) {
        self.under_way.remove(&place_of(original));
    }

    /// Moves the place on to the first item without a row.
    pub(crate) fn move_on(&mut self) {
        let in_window = self.window.front().map(|owed| place_of(owed.key));
        let under_way = self.under_way.first_key_value().map(|(place, _)| *place);
        let first = [in_window, under_way, self.passes.first()].into_iter().flatten().min();
        let cursor = first.map_or(self.scanned, |first| just_before(first).min(self.scanned));
        if cursor > self.cursor && !self.cancelled {
            self.cursor = cursor;
            self.dirty = true;
        }
    }

    /// The place as a job would store it that does not wait for its items.
    pub(crate) fn scanned_place(&self) -> ReplayCursor {
        self.scanned
    }

    /// Whether its pace lets it release an item now.
    pub(crate) fn may_release(&mut self, now: Timestamp) -> bool {
        !self.paused && self.pace.ready(now)
    }

    pub(crate) fn released(&mut self, owed: &Owed) {
        self.pace.spend(1);
        self.open += 1;
        self.under_way.insert(place_of(owed.key), owed.order);
    }

    /// Takes back an item that was released and not handed out.
    pub(crate) fn take_back(&mut self, owed: Owed) {
        self.open = self.open.saturating_sub(1);
        if self.cancelled {
            self.dirty = true;
            return;
        }
        self.under_way.remove(&place_of(owed.key));
        self.enter_window(owed);
    }

    /// When its pace lets it release the next item.
    pub(crate) fn next_release(&self, now: Timestamp) -> Timestamp {
        self.pace.next(now)
    }

    pub(crate) fn cancel(&mut self) {
        self.cancelled = true;
        self.last_page = true;
        self.window.clear();
        self.passes.forget();
        self.under_way.clear();
        self.dirty = true;
    }

    pub(crate) fn ended(&mut self, succeeded: bool) {
        self.open = self.open.saturating_sub(1);
        if succeeded {
            self.ok += 1;
            self.ok_total += 1;
        } else {
            self.failed += 1;
            self.failed_total += 1;
        }
        self.dirty = true;
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_over(&self) -> bool {
        self.last_page && self.window.is_empty() && self.open == 0 && !self.page_asked && self.passes.are_over()
    }

    pub(crate) fn state(&self) -> ReplayState {
        match (self.cancelled, self.is_over(), self.ok_total, self.failed_total) {
            (true, ..) => ReplayState::Cancelled,
            (false, false, ..) if self.paused => ReplayState::Paused,
            (false, false, ..) => ReplayState::Running,
            (false, true, _, 0) => ReplayState::Done,
            (false, true, 0, _) => ReplayState::Failed,
            (false, true, ..) => ReplayState::Partial,
        }
    }
}

/// The place before everything.
pub const BEGINNING: ReplayCursor =
    DeliveryKey { sequence: Sequence(0), subscription: crate::routing::SubscriptionId(0), replay: ReplayNumber::LIVE };
