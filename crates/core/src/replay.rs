//! One replay job in memory (semantics rule 10): a page of its items, its pace, its place. It never moves on before every item up
//! to its place has a row, so that a restart repeats nothing that ended and loses nothing that did not.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use panotti_protocol::delivery::ReplayState;
use panotti_protocol::id::{ReplayId, Sequence};
use panotti_protocol::time::Timestamp;

use crate::defect::Defects;
use crate::delivery::{DeliveryKey, Owed, Repeats};
use crate::limits::{REPLAY_KEYS_PASSED_MAX, REPLAY_TRACKED_MAX, REPLAY_WINDOW_LOW_PART, REPLAY_WINDOW_MAX, REPLAY_WINDOWS_MAX};
use crate::order::OrderKey;
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
    /// Below this many it reads its next page. At least 2: what is passed over leaves one item, which says when to look again.
    window_low: usize,
}

impl Share {
    pub(crate) fn of(running: usize, defects: &Defects) -> Self {
        let part = defects.bound(REPLAY_WINDOWS_MAX) / running.max(1);
        let window_max = part.clamp(2 * REPLAY_WINDOW_LOW_PART, REPLAY_WINDOW_MAX);
        Self { window_max, window_low: window_max / REPLAY_WINDOW_LOW_PART }
    }
}

/// What an item is about: one delivery of a replay stands for all earlier ones of that event to that subscription.
fn place_of(key: DeliveryKey) -> (Sequence, SubscriptionId) {
    (key.sequence, key.subscription)
}

/// A running job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: ReplayId,
    pub(crate) repeats_name: Option<String>,
    /// Items read and not yet released to their subscription.
    pub(crate) window: VecDeque<Owed>,
    /// Originals of items that were read, in order; those with a row leave from the front.
    tracked: VecDeque<DeliveryKey>,
    /// Of those, the ones that have a row.
    rowed: BTreeSet<DeliveryKey>,
    /// Every item up to here has a row: what is stored.
    pub(crate) cursor: ReplayCursor,
    /// Every item up to here was read.
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
    /// Items under way without a row: another pass leaves them out, whichever delivery of their event it finds dead.
    under_way: BTreeSet<(Sequence, SubscriptionId)>,
    /// Busy keys whose items were passed over, for another pass.
    passed: BTreeSet<(SubscriptionId, OrderKey)>,
    /// The first item that was passed over: the place stays before it until that pass.
    passed_from: Option<DeliveryKey>,
}

impl Job {
    pub(crate) fn new(stored: StoredReplay, now: Timestamp) -> Self {
        Self {
            id: stored.id,
            repeats_name: stored.name,
            window: VecDeque::new(),
            tracked: VecDeque::new(),
            rowed: BTreeSet::new(),
            cursor: stored.cursor,
            scanned: stored.cursor,
            last_page: stored.cancelled,
            page_asked: false,
            cancelled: stored.cancelled,
            paused: stored.paused,
            open: stored.open,
            pace: Pace::new(stored.rate, now),
            ok_total: stored.ok,
            failed_total: stored.failed,
            ok: 0,
            failed: 0,
            skipped: 0,
            dirty: false,
            under_way: BTreeSet::new(),
            passed: BTreeSet::new(),
            passed_from: None,
        }
    }

    /// Takes a page of items. Those that already have a row of this job were left out by whoever read it.
    pub(crate) fn take_page(&mut self, items: Vec<ReplayItem>, scanned_to: ReplayCursor, last: bool) {
        self.page_asked = false;
        if self.cancelled {
            return;
        }
        let mut before = self.scanned;
        for item in items {
            // A delivery and an earlier repeat of it can both be dead: one new delivery stands for both, with the more crashes of the two.
            let same = item.original.sequence == before.sequence && item.original.subscription == before.subscription;
            before = item.original;
            if same {
                let worse = |kept: &Owed| item.owed.crashes.times().len() > kept.crashes.times().len();
                let kept = self.window.back_mut().filter(|kept| kept.key == item.owed.key && worse(kept));
                if let Some(kept) = kept {
                    kept.crashes = item.owed.crashes;
                }
                continue;
            }
            if item.owed.order.is_some_and(|order| self.passed.contains(&(item.original.subscription, order))) {
                continue;
            }
            let repeats = Repeats { original: item.original.replay, replay: self.id, name: self.repeats_name.clone() };
            if self.passed_from.is_none() {
                self.tracked.push_back(item.original);
            }
            if !self.under_way.contains(&place_of(item.original)) {
                self.window.push_back(Owed { repeats: Some(Arc::new(repeats)), ..item.owed });
            }
        }
        self.scanned = scanned_to;
        self.last_page = last;
        self.move_cursor();
    }

    /// Notes that an item has a row now.
    pub(crate) fn has_row(&mut self, original: DeliveryKey) {
        self.under_way.remove(&place_of(original));
        if let Ok(found) = self.tracked.binary_search_by_key(&place_of(original), |tracked| place_of(*tracked)) {
            self.rowed.insert(self.tracked[found]);
        }
        self.move_cursor();
    }

    fn move_cursor(&mut self) {
        let before = self.cursor;
        while let Some(first) = self.tracked.front().copied() {
            if !self.rowed.remove(&first) {
                break;
            }
            self.tracked.pop_front();
            self.cursor = first;
        }
        if self.tracked.is_empty() && self.passed_from.is_none() {
            self.cursor = self.scanned;
        }
        self.dirty |= self.cursor != before;
    }

    /// The place as a job would store it that does not wait for its items.
    pub(crate) fn scanned_place(&self) -> ReplayCursor {
        self.scanned
    }

    pub(crate) fn wants_page(&self, share: Share) -> bool {
        !self.paused
            && !self.page_asked
            && !self.last_page
            && self.window.len() < share.window_low
            && self.tracked.len() < REPLAY_TRACKED_MAX
    }

    /// Whether its pace lets it release an item now.
    pub(crate) fn may_release(&mut self, now: Timestamp) -> bool {
        !self.paused && self.pace.ready(now)
    }

    pub(crate) fn released(&mut self, owed: &Owed) {
        self.pace.spend();
        self.open += 1;
        self.under_way.insert(place_of(owed.key));
    }

    /// Takes back an item that was released and not handed out.
    pub(crate) fn take_back(&mut self, owed: Owed) {
        self.open = self.open.saturating_sub(1);
        if self.cancelled {
            self.dirty = true;
            return;
        }
        self.under_way.remove(&place_of(owed.key));
        // Another pass has begun and has not come to it: it finds it.
        if place_of(owed.key) > place_of(self.scanned) {
            return;
        }
        let place = self.window.partition_point(|known| known.key < owed.key);
        self.window.insert(place, owed);
    }

    /// Makes way for items of other keys where those of busy ones fill the window: the later ones are passed over and read again in
    /// another pass, which begins when this one has ended.
    pub(crate) fn make_way(&mut self, share: Share, is_blocked: impl Fn(&Owed) -> bool) {
        if self.last_page && self.window.is_empty() && !self.passed.is_empty() && !self.page_asked {
            self.passed.clear();
            self.passed_from = None;
            self.tracked.clear();
            self.rowed.clear();
            self.scanned = self.cursor;
            self.last_page = false;
        }
        if self.last_page || self.page_asked || self.window.len() < share.window_low {
            return;
        }
        let keys = |owed: &Owed| owed.order.map(|order| (owed.key.subscription, order));
        if !self.window.iter().all(&is_blocked) {
            return;
        }
        while self.window.len() >= share.window_low && self.passed.len() < REPLAY_KEYS_PASSED_MAX {
            let Some(owed) = self.window.pop_back() else { return };
            self.passed.extend(keys(&owed));
            let Some(original) = owed.original() else { continue };
            self.passed_from = Some(self.passed_from.map_or(original, |from| from.min(original)));
        }
        let from = self.passed_from;
        self.tracked.retain(|original| from.is_none_or(|from| *original < from));
        self.rowed.retain(|original| from.is_none_or(|from| *original < from));
    }

    /// When its pace lets it release the next item.
    pub(crate) fn next_release(&self, now: Timestamp) -> Timestamp {
        self.pace.next(now)
    }

    pub(crate) fn cancel(&mut self) {
        self.cancelled = true;
        self.last_page = true;
        self.window.clear();
        self.tracked.clear();
        self.rowed.clear();
        self.passed.clear();
        self.passed_from = None;
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
        self.last_page && self.window.is_empty() && self.open == 0 && !self.page_asked && self.passed.is_empty()
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

/// Lets so many items through a second, in bursts of at most a tenth of a second.
#[derive(Debug, Clone)]
struct Pace {
    per_second: u64,
    /// Millionths of an item.
    allowance: u64,
    at: Timestamp,
}

const ITEM: u64 = 1_000_000;

impl Pace {
    fn new(per_second: u32, now: Timestamp) -> Self {
        Self { per_second: u64::from(per_second), allowance: ITEM, at: now }
    }

    fn ready(&mut self, now: Timestamp) -> bool {
        if self.per_second == 0 {
            return true;
        }
        let elapsed = u64::try_from(now.since(self.at).as_millis()).unwrap_or(u64::MAX);
        let burst = (self.per_second * ITEM / 10).max(ITEM);
        self.allowance = self.allowance.saturating_add(elapsed.saturating_mul(self.per_second * 1_000)).min(burst);
        self.at = self.at.max(now);
        self.allowance >= ITEM
    }

    fn spend(&mut self) {
        if self.per_second > 0 {
            self.allowance = self.allowance.saturating_sub(ITEM);
        }
    }

    fn next(&self, now: Timestamp) -> Timestamp {
        if self.per_second == 0 || self.allowance >= ITEM {
            return now;
        }
        now + Duration::from_millis((ITEM - self.allowance).div_ceil(self.per_second * 1_000))
    }
}

/// The place before everything.
pub const BEGINNING: ReplayCursor =
    DeliveryKey { sequence: Sequence(0), subscription: crate::routing::SubscriptionId(0), replay: ReplayNumber::LIVE };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_10_a_replay_starts_so_many_a_second_and_not_more() {
        let mut pace = Pace::new(200, Timestamp::from_ms(0));
        let mut started = 0;
        for ms in 0..=10_000 {
            while pace.ready(Timestamp::from_ms(ms)) {
                pace.spend();
                started += 1;
            }
        }
        assert_eq!(started, 2_001);
    }

    #[test]
    fn a_slow_pace_says_when_the_next_item_may_start() {
        let mut pace = Pace::new(3, Timestamp::from_ms(0));
        assert!(pace.ready(Timestamp::from_ms(0)));
        pace.spend();
        let next = pace.next(Timestamp::from_ms(0));
        assert_eq!(next, Timestamp::from_ms(334));
        assert!(!pace.ready(Timestamp::from_ms(333)));
        assert!(pace.ready(next));
    }
}
