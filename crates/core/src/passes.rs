//! How a replay goes over its selection where ordering keys are busy (semantics rules 10 and 11). Items of busy keys that fill its window
//! are passed over, with all that follow of their keys, so that other keys go on. When something of such keys has moved, the replay goes
//! back to the first item of them that it passed over, takes what is there now, and goes on where it was.
//!
//! It never reads on and on in vain: what it reads again, or only passes over while it may be better to wait, has a pace.

use std::collections::{BTreeMap, BTreeSet};

use panotti_protocol::time::Timestamp;

use crate::defect::Defects;
use crate::delivery::Owed;
use crate::limits::{REPLAY_KEYS_PASSED_MAX, REPLAY_LOOK_AHEAD_PER_SECOND};
use crate::order::OrderKey;
use crate::pace::Pace;
use crate::replay::{ItemPlace, Job, ReplayCursor, Share, just_before, place_of};
use crate::routing::SubscriptionId;

/// An ordering key of one subscription.
pub(crate) type KeyOf = (SubscriptionId, OrderKey);

/// What was passed over.
#[derive(Debug, Clone)]
pub(crate) struct Passes {
    /// Keys whose items are passed over, and the first that was.
    keys: BTreeMap<KeyOf, ItemPlace>,
    /// Of those, the ones of which something has moved since.
    moved: BTreeSet<KeyOf>,
    /// Where reading goes on after it has gone back.
    back: Option<Back>,
    /// It has gone back since it last read something new.
    owes_a_page: bool,
    pace: Pace,
}

/// See [`Passes::back`].
#[derive(Debug, Clone)]
struct Back {
    /// What it looks for.
    keys: BTreeSet<KeyOf>,
    to: ReplayCursor,
    last_page: bool,
}

impl Passes {
    pub(crate) fn new(now: Timestamp, defects: &Defects) -> Self {
        let pace = Pace::with_burst(defects.bound(REPLAY_LOOK_AHEAD_PER_SECOND), now);
        Self { keys: BTreeMap::new(), moved: BTreeSet::new(), back: None, owes_a_page: false, pace }
    }

    /// The first item that was passed over.
    pub(crate) fn first(&self) -> Option<ItemPlace> {
        self.keys.values().min().copied()
    }

    /// Whether nothing is passed over.
    pub(crate) fn are_over(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether an item that was read is passed over because one of its key was.
    pub(crate) fn pass_over(&mut self, key: KeyOf, place: ItemPlace) -> bool {
        let Some(first) = self.keys.get_mut(&key) else { return false };
        // What was tried again by hand and died again comes back to the selection where it was.
        *first = place.min(*first);
        true
    }

    /// Something of a key was resolved, or is no longer in flight.
    pub(crate) fn key_moved(&mut self, key: KeyOf) {
        if self.keys.contains_key(&key) {
            self.moved.insert(key);
        }
    }

    /// Nothing of it is left to do.
    pub(crate) fn forget(&mut self) {
        self.keys.clear();
        self.moved.clear();
        self.back = None;
    }

    fn are_full(&self) -> bool {
        self.keys.len() >= REPLAY_KEYS_PASSED_MAX
    }
}

impl Job {
    /// A page was read, and so much of it was read in vain.
    pub(crate) fn has_read(&mut self, items: usize, in_vain: usize) {
        self.passes.pace.spend(if self.passes.back.is_some() { items } else { in_vain });
        match self.passes.back.take() {
            None => self.passes.owes_a_page = false,
            // What was at the end may not be selected any more: the last page ends before it then.
            Some(back) if self.last_page => self.scanned = self.scanned.max(back.to),
            back => self.passes.back = back.filter(|back| self.scanned < back.to),
        }
    }

    /// Makes way for items of other keys where those of busy ones fill the window, and goes back for what may go now.
    pub(crate) fn make_way(&mut self, share: Share, now: Timestamp, is_blocked: impl Fn(&Owed) -> bool) {
        if self.page_asked || self.paused || self.cancelled {
            return;
        }
        if self.may_make_way(share, &is_blocked) {
            self.pass_over_what_others_hold();
            if self.window.len() >= share.window_low && self.may_look(share, now) {
                self.pass_over_the_last(share);
            }
        }
        self.end_a_vain_way_back();
        if self.wants_to_go_back(share, &is_blocked) && self.passes.pace.ready_for(share.window_max, now) {
            self.go_back(share);
        }
        let waits_for_nothing = self.last_page && self.window.is_empty() && self.open == 0;
        if waits_for_nothing && self.passes.moved.is_empty() {
            // Whatever held them, nobody will say when it is gone.
            self.passes.moved = self.passes.keys.keys().copied().collect();
        }
    }

    /// Whether its next page is to be read now.
    pub(crate) fn wants_page(&mut self, share: Share, now: Timestamp) -> bool {
        self.may_read() && self.window.len() < share.window_low && self.may_look(share, now)
    }

    /// When there will be something for [`Job::make_way`] or [`Job::wants_page`] to do if nothing else happens before.
    pub(crate) fn next_look(&self, share: Share, now: Timestamp, is_blocked: impl Fn(&Owed) -> bool) -> Option<Timestamp> {
        if self.page_asked || self.paused || self.cancelled {
            return None;
        }
        let has_room = || self.window.len() < share.window_low || self.may_make_way(share, &is_blocked);
        let waits = (self.may_read() && self.looks_at_a_pace() && has_room()) || self.wants_to_go_back(share, &is_blocked);
        waits.then(|| self.passes.pace.next_for(share.window_max, now))
    }

    fn may_read(&self) -> bool {
        !self.paused && !self.page_asked && !self.last_page
    }

    fn may_look(&mut self, share: Share, now: Timestamp) -> bool {
        !self.looks_at_a_pace() || self.passes.pace.ready_for(share.window_max, now)
    }

    /// Whether what is read next may be in vain: it was read before, or what moves the passed keys on is under way.
    fn looks_at_a_pace(&self) -> bool {
        self.passes.back.is_some() || (!self.passes.keys.is_empty() && (self.open > 0 || !self.passes.moved.is_empty()))
    }

    /// Whether items of busy keys fill the window, and to pass them over would help.
    fn may_make_way(&self, share: Share, is_blocked: &impl Fn(&Owed) -> bool) -> bool {
        let is_filled = self.window.len() >= share.window_low && !self.passes.are_full() && self.window.iter().all(is_blocked);
        let has_new = !self.passes.back.as_ref().map_or(self.last_page, |back| back.last_page);
        is_filled && (has_new || !self.to_go_back_for().is_empty())
    }

    /// The keys to go back for: those that have moved and have no item in the window.
    fn to_go_back_for(&self) -> BTreeSet<KeyOf> {
        let mut keys = self.passes.moved.clone();
        if !keys.is_empty() {
            self.window.iter().filter_map(key_of).for_each(|key| _ = keys.remove(&key));
        }
        keys
    }

    /// Passes over the items whose keys this replay does not hold itself: nobody knows how long that takes. The first stays.
    fn pass_over_what_others_hold(&mut self) {
        let own: BTreeSet<KeyOf> =
            self.under_way.iter().filter_map(|((_, subscription), order)| Some((*subscription, (*order)?))).collect();
        let mut index = self.window.len();
        while index > 1 && !self.passes.are_full() {
            index -= 1;
            let is_own = key_of(&self.window[index]).is_none_or(|key| own.contains(&key));
            if !is_own && let Some(owed) = self.window.remove(index) {
                self.pass_over(&owed);
            }
        }
    }

    /// Passes over the last items of the window.
    fn pass_over_the_last(&mut self, share: Share) {
        while self.window.len() >= share.window_low && !self.passes.are_full() {
            let Some(owed) = self.window.pop_back() else { return };
            self.pass_over(&owed);
        }
    }

    fn pass_over(&mut self, owed: &Owed) {
        let Some(key) = key_of(owed) else { return };
        let place = place_of(owed.key);
        self.passes.keys.entry(key).and_modify(|first| *first = place.min(*first)).or_insert(place);
    }

    /// Where all the keys it has gone back for are passed over again, the rest of its way back has nothing for it.
    fn end_a_vain_way_back(&mut self) {
        let is_vain = |back: &mut Back| back.keys.iter().all(|key| self.passes.keys.contains_key(key));
        if let Some(back) = self.passes.back.take_if(is_vain) {
            (self.scanned, self.last_page) = (back.to, back.last_page);
        }
    }

    fn wants_to_go_back(&self, share: Share, is_blocked: &impl Fn(&Owed) -> bool) -> bool {
        let is_its_turn = self.passes.back.is_none() && (self.last_page || !self.passes.owes_a_page || self.passes.are_full());
        let has_room = || self.window.len() < share.window_low || (self.passes.are_full() && self.window.iter().all(is_blocked));
        is_its_turn && has_room() && !self.to_go_back_for().is_empty()
    }

    /// Goes back to the first item of the keys that may go now. What has no room in the window is read again.
    fn go_back(&mut self, share: Share) {
        while self.window.len() >= share.window_low {
            let Some(owed) = self.window.pop_back() else { break };
            self.scanned = self.scanned.min(just_before(place_of(owed.key)));
            self.last_page = false;
        }
        let keys = self.to_go_back_for();
        self.passes.moved.retain(|key| !keys.contains(key));
        let Some(first) = keys.iter().filter_map(|key| self.passes.keys.remove(key)).min() else { return };
        self.passes.back = Some(Back { keys, to: self.scanned, last_page: self.last_page });
        self.passes.owes_a_page = true;
        self.scanned = self.scanned.min(just_before(first));
        self.last_page = false;
    }
}

fn key_of(owed: &Owed) -> Option<KeyOf> {
    owed.order.map(|order| (owed.key.subscription, order))
}
