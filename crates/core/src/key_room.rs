//! What of the ordering keys memory gives up when there are too many: heads that have no room in their lane, keys that only wait. The
//! store knows them, and they are found again.

use std::ops::Bound;

use panotti_protocol::id::Sequence;

use crate::busy::{Busy, Place};
use crate::delivery::HasRow;
use crate::keys::Keys;
use crate::limits::KEYS_MAX;
use crate::order::OrderKey;

impl Keys {
    /// A lane has no room for its last head: it is looked for again later.
    pub(crate) fn put_off(&mut self, lane: usize) {
        let Some((_, owed)) = self.heads[lane].pop_last() else { return };
        let at = owed.key;
        let Some(order) = owed.order else { return };
        let Some(busy) = self.busy.get_mut(&order) else { return };
        let Some(rank) = busy.head.take() else { return };
        if busy.flight.is_some() || busy.first() != Some(at.sequence) {
            if let Some(known) = busy.front.get_mut(&at).filter(|known| matches!(known.place, Place::Head)) {
                known.place = Place::Here(Box::new(owed), HasRow::No);
                self.parked += 1;
            }
            return;
        }
        self.parked -= busy.parked();
        // What comes after the first ones may hold too.
        self.held_known &= !busy.holds() && !busy.more;
        let is_exact = !busy.asked;
        self.busy.remove(&order);
        if is_exact {
            self.look_again(rank.priority, rank.sequence);
        } else {
            // Its rank is out of date: the store may have it in a lower lane, and further ahead there.
            self.known[..=lane].iter_mut().for_each(|known| known.go_back(Sequence(at.sequence.0 - 1)));
        }
    }

    /// Forgets keys until another fits in.
    pub(crate) fn make_room(&mut self) {
        while self.busy.len() >= self.defects.bound(KEYS_MAX) && self.forget_one() {}
    }

    /// Forgets a key whose first delivery is not among the heads: what is held, or was never read. Whether there was one.
    pub(crate) fn forget_one(&mut self) -> bool {
        let can_go = |(order, busy): &(&OrderKey, &Busy)| {
            let first_is_pending = busy.front.first_key_value().is_some_and(|(_, known)| matches!(known.place, Place::Head));
            let is_over = busy.front.is_empty() && !busy.more;
            busy.flight.is_none() && !busy.asked && !first_is_pending && !is_over && !self.just_read.contains(order)
        };
        let after = (Bound::Excluded(self.forgotten), Bound::Unbounded);
        let found = self.busy.range(after).find(can_go).or_else(|| self.busy.iter().find(can_go)).map(|(order, _)| *order);
        let Some(order) = found else { return false };
        self.take_head(order);
        if let Some(busy) = self.busy.remove(&order) {
            self.parked -= busy.parked();
        }
        self.forgotten = order;
        self.held_known = false;
        true
    }
}
