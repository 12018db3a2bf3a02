//! Lanes (semantics rule 12): whose turn it was, held after every step. Written from the rule, by what the store has: the lane of a
//! delivery is its event's priority, or the highest that waits in its ordering key.

use std::collections::{BTreeMap, BTreeSet};

use panotti_core::action::Write;
use panotti_core::delivery::DeliveryKey;
use panotti_core::lanes::{CRITICAL, lane_of, turns_max};
use panotti_core::limits::{KEPT_SLOT_FROM, LANE_AGE, LANES};
use panotti_core::replay::ReplayNumber;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::api::Turns as TurnsOf;
use panotti_protocol::delivery::Cause;
use panotti_protocol::id::FencingToken;
use panotti_protocol::time::Timestamp;

use crate::disk::Disk;
use crate::idleness::is_page_of;
use crate::keyed::Entry;
use crate::rules::{Check, ensure};
use crate::world::{Violation, World, hold};

/// A delivery that was handed out in this step.
#[derive(Debug, Clone, Copy)]
pub struct Handed {
    key: DeliveryKey,
    lane: usize,
    /// Since when it waits, where that is known.
    since: Option<Timestamp>,
    /// It went in the place that is kept for critical ones: that is nobody's turn.
    kept: bool,
}

/// What is remembered of turns. Ends with the bus's memory.
#[derive(Debug, Clone, Default)]
pub struct Turns {
    handed: BTreeMap<SubscriptionId, Vec<Handed>>,
    /// Turns of others since each lane had one, while it had something to hand out.
    passed_over: BTreeMap<SubscriptionId, [u32; LANES]>,
    /// Subscriptions in which a delivery expired when its turn came, which may have freed its key in the middle of the step.
    expired: BTreeSet<SubscriptionId>,
}

impl Turns {
    pub fn begin_step(&mut self, writes: &[Write]) {
        self.handed.clear();
        let expired = writes.iter().filter_map(|write| match write {
            Write::Delivery(row) if row.cause == Some(Cause::Expired) => Some(row.key.subscription),
            _ => None,
        });
        self.expired = expired.collect();
    }
}

impl Disk {
    /// The lane that a delivery goes in.
    pub fn lane_of(&self, key: DeliveryKey) -> usize {
        let event = self.event(key.sequence);
        let of_key = event.order(key.subscription).and_then(|order| self.keyed.rank(key.subscription, order));
        lane_of(of_key.map_or(event.draft.priority, |rank| rank.priority.max(event.draft.priority)))
    }

    /// Since when a delivery waits that has not begun. One with a row may have been due before it was asked for by hand.
    fn waits_since(&self, key: DeliveryKey) -> Option<Timestamp> {
        let has_begun = key.replay != ReplayNumber::LIVE || self.rows.contains_key(&key);
        (!has_begun).then(|| self.event(key.sequence).accepted_at)
    }
}

pub fn rule_12_the_kept_slot_is_critical(lane: usize, others: usize, concurrency: usize) -> Check {
    let kept = concurrency >= KEPT_SLOT_FROM && others + 1 >= concurrency;
    ensure(lane == CRITICAL || !kept, || format!("{others} of {concurrency} calls are not critical, and one of lane {lane} joins them"))
}

/// A lane that has something to hand out is not passed over for longer than the weights say: twice that, since lanes come and go.
pub fn rule_12_no_lane_starves(passed_over: [u32; LANES]) -> Check {
    let most = |lane: usize| 2 * turns_max(lane, [true; LANES]);
    let starved = (0..LANES).find(|lane| passed_over[*lane] > most(*lane));
    ensure(starved.is_none(), || format!("lane {starved:?} waits, and others had their turns: {passed_over:?}"))
}

/// What has waited for over a minute goes before what is younger in the lane above.
pub fn rule_12_what_has_waited_a_minute_moves_up(handed: &Handed, below: Option<(DeliveryKey, Timestamp)>, now: Timestamp) -> Check {
    let (Some((key, since)), Some(own)) = (below, handed.since) else { return Ok(()) };
    let passed = own + LANE_AGE >= now && since + LANE_AGE < now && since < own;
    ensure(!passed, || format!("at {now} {:?} goes, which waits since {own}; {key:?} of the lane below waits since {since}", handed.key))
}

pub fn rule_12_strict_lanes_take_the_highest(handed: &Handed, higher: Option<DeliveryKey>) -> Check {
    ensure(higher.is_none(), || format!("{:?} goes in lane {}, and {higher:?} waits in a higher one", handed.key, handed.lane))
}

pub fn rule_12_a_key_goes_in_its_highest_lane(handed: &Handed, higher: Option<DeliveryKey>) -> Check {
    ensure(higher.is_none(), || {
        format!("{:?} goes in lane {}, and {higher:?} waits, whose key is in a higher one", handed.key, handed.lane)
    })
}

impl World {
    /// Takes a delivery that is handed out into account.
    pub fn judge_lane(&mut self, key: DeliveryKey, lane: usize, call: FencingToken) -> Result<(), Violation> {
        let concurrency = self.disk.subscriptions[&key.subscription].spec.concurrency as usize;
        let others = self.ledger.other_calls(key.subscription, Some(call));
        hold!(self, rule_12_the_kept_slot_is_critical(lane, others, concurrency));
        let kept = concurrency >= KEPT_SLOT_FROM && others + 1 >= concurrency;
        let handed = Handed { key, lane, since: self.disk.waits_since(key), kept };
        self.turns.handed.entry(key.subscription).or_default().push(handed);
        Ok(())
    }

    /// Holds the turns of a step to the rule, where memory had everything that it decides by.
    pub fn judge_turns(&mut self) -> Result<(), Violation> {
        for (id, handed) in std::mem::take(&mut self.turns.handed) {
            let known = &self.disk.subscriptions[&id];
            let knew_all = !self.pages.iter().any(|page| is_page_of(page, id)) && !self.turns.expired.contains(&id);
            if !knew_all || self.bus.is_kept_free(&known.plugin) {
                self.turns.passed_over.remove(&id);
                continue;
            }
            match known.spec.turns {
                TurnsOf::Strict => self.judge_strict(id, &handed)?,
                TurnsOf::Weighted => self.judge_weighted(id, &handed)?,
            }
        }
        Ok(())
    }

    fn judge_weighted(&mut self, id: SubscriptionId, handed: &[Handed]) -> Result<(), Violation> {
        let now = self.bus_now;
        let mut passed_over = self.turns.passed_over.remove(&id).unwrap_or_default();
        for one in handed.iter().filter(|one| !one.kept) {
            let below = one.lane.checked_sub(1).and_then(|lane| self.first_plain(id, lane));
            let below = below.map(|key| (key, self.disk.event(key.sequence).accepted_at));
            hold!(self, rule_12_what_has_waited_a_minute_moves_up(one, below, now));
            // What is old takes turns of the lane above, which has had its turn then.
            let aged = one.since.is_none_or(|since| since + LANE_AGE < now);
            for (lane, turns) in passed_over.iter_mut().enumerate() {
                let had_its_turn = lane == one.lane || (aged && lane == one.lane + 1);
                *turns = if had_its_turn { 0 } else { *turns + 1 };
            }
        }
        for (lane, passed_over) in passed_over.iter_mut().enumerate() {
            *passed_over *= u32::from(self.first_plain(id, lane).is_some());
        }
        hold!(self, rule_12_no_lane_starves(passed_over));
        self.turns.passed_over.insert(id, passed_over);
        Ok(())
    }

    fn judge_strict(&self, id: SubscriptionId, handed: &[Handed]) -> Result<(), Violation> {
        let Some(lowest) = handed.iter().filter(|one| !one.kept).min_by_key(|one| one.lane) else { return Ok(()) };
        let higher = (lowest.lane + 1..LANES).find_map(|lane| self.first_plain(id, lane));
        hold!(self, rule_12_strict_lanes_take_the_highest(lowest, higher));
        let mut heads = self.disk.keyed.firsts(id).filter(|(.., entry)| *entry == Entry::Pending).map(|(_, key, _)| key);
        let higher = heads.find(|key| self.disk.lane_of(*key) > lowest.lane && self.is_free(key));
        hold!(self, rule_12_a_key_goes_in_its_highest_lane(lowest, higher));
        Ok(())
    }

    /// The first delivery of a lane that is owed, has no ordering key and is not in flight.
    fn first_plain(&self, id: SubscriptionId, lane: usize) -> Option<DeliveryKey> {
        let owed = self.disk.owed_plain.get(&(id, lane))?;
        owed.iter().map(|sequence| DeliveryKey::live(*sequence, id)).find(|key| !self.ledger.in_flight.contains(key))
    }
}
