//! Which delivery of a subscription goes next (semantics rule 12): the lane whose turn it is, and in it the first whose ordering key lets
//! it go. One place is kept for critical deliveries.

use panotti_protocol::api::Turns;
use panotti_protocol::time::Timestamp;

use crate::defect::Defect;
use crate::delivery::{HasRow, Owed};
use crate::lane::Stand;
use crate::lanes::{CRITICAL, with_age};
use crate::limits::{KEPT_SLOT_FROM, LANES};
use crate::replay::ReplayNumber;
use crate::subscription::Subscription;

/// What another call of a handler may begin with, and take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Nothing,
    /// Only the place that is kept is free.
    Critical,
    Everything,
}

/// Where the next delivery stands, and the turn that it uses up, if it does.
struct Choice {
    lane: usize,
    stand: Stand,
    turn: Option<usize>,
}

impl Subscription {
    /// What there is room for.
    pub(crate) fn room(&self) -> Room {
        let concurrency = self.concurrency();
        if self.calls.number() >= concurrency {
            Room::Nothing
        } else if concurrency >= KEPT_SLOT_FROM && self.calls.others() + 1 >= concurrency && !self.defects.has(Defect::KeptSlotGivenAway) {
            Room::Critical
        } else {
            Room::Everything
        }
    }

    /// Whether another call may begin, if only with something critical.
    pub(crate) fn has_room(&self) -> bool {
        self.room() != Room::Nothing
    }

    /// The next delivery to hand out, and whether it has a row. One whose key is busy stands back and lets others pass.
    pub(crate) fn take_next(&mut self, now: Timestamp, room: Room) -> Option<(Owed, HasRow)> {
        self.bring_due(now);
        let mut kept = Vec::new();
        let mut found = None;
        while let Some(choice) = self.choose(now, room) {
            let Some((owed, row)) = self.pop(&choice) else { break };
            if self.may_go(&owed, row) {
                if let Some(level) = choice.turn {
                    self.picker.taken(level);
                }
                found = Some((owed, row));
                break;
            }
            if row == HasRow::No && owed.key.replay == ReplayNumber::LIVE && self.defects.has(Defect::BlockedKeyFillsWindow) {
                kept.push(owed);
            }
        }
        for owed in kept {
            self.give_back(owed);
        }
        found
    }

    /// What waited and is due now stands in the lane of its key.
    fn bring_due(&mut self, now: Timestamp) {
        for lane in 0..LANES {
            while let Some(owed) = self.lanes[lane].come_due(now) {
                self.take_back(owed);
            }
        }
    }

    fn choose(&self, now: Timestamp, room: Room) -> Option<Choice> {
        let next: [_; LANES] = std::array::from_fn(|lane| self.lanes[lane].next(self.keys.first_head(lane)));
        if room == Room::Critical {
            return next[CRITICAL].map(|(_, stand)| Choice { lane: CRITICAL, stand, turn: None });
        }
        let since = next.map(|next| next.map(|(since, _)| since));
        let levels = match self.spec.turns {
            Turns::Weighted if !self.defects.has(Defect::AgeingForgotten) => with_age(since, now),
            _ => std::array::from_fn(|lane| since[lane].map(|_| lane)),
        };
        let turns = if self.defects.has(Defect::StarvedLane) { Turns::Strict } else { self.spec.turns };
        let ready = levels.map(|lane| lane.is_some());
        let level = self.picker.choose(ready, turns)?;
        let lane = levels[level]?;
        next[lane].map(|(_, stand)| Choice { lane, stand, turn: Some(level) })
    }

    fn pop(&mut self, choice: &Choice) -> Option<(Owed, HasRow)> {
        let row = if choice.stand == Stand::Due { HasRow::Yes } else { HasRow::No };
        let from_lane = self.lanes[choice.lane].pop(choice.stand);
        let owed = if choice.stand == Stand::Head { self.keys.pop_head(choice.lane) } else { from_lane };
        owed.map(|owed| (owed, row))
    }

    fn may_go(&mut self, owed: &Owed, row: HasRow) -> bool {
        let Some(order) = owed.order else { return true };
        if self.is_leased(&owed.key) {
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
}
