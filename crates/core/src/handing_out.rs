//! Handing deliveries out under leases, and taking them back (semantics rule 5); the pages that the next hand-outs need. Ordering keys
//! follow the rows that a step writes, whoever writes them, so that what comes next of a key can go in the same step.

use panotti_protocol::event::Priority;
use panotti_protocol::id::{FencingToken, InstanceId};

use crate::action::{Action, CancelReason, Lease, Step, Write};
use crate::bus::{Bus, Copy, Held};
use crate::command::{Answer, Attach};
use crate::defect::Defect;
use crate::delivery::{HasRow, Owed};
use crate::keys::Turn;
use crate::lanes::priority_of;
use crate::limits::{HANDLER_TIMEOUT, KEY_FRONT_MAX, LANES, LEASE, REPLAYS_RUNNING_MAX};
use crate::picking::Room;
use crate::routing::SubscriptionId;
use crate::subscription::Subscription;

impl Bus {
    /// The copy that would get a subscription's next delivery, if there is one.
    pub(crate) fn copy_of(&self, subscription: &Subscription) -> Option<&Copy> {
        let copy = self.copies.get(&subscription.plugin)?;
        (self.handing_out && copy.open && subscription.active).then_some(copy)
    }

    pub(crate) fn forget_copy(&mut self, instance: InstanceId) {
        self.copies.retain(|_, copy| copy.attach.instance != instance);
    }

    pub(crate) fn hand_out(&mut self, step: &mut Step) {
        self.follow_rows(step);
        self.hand_out_alone(step);
        let ids: Vec<SubscriptionId> = self.subscriptions.keys().copied().collect();
        for id in ids {
            while self.begin_call(id, step) {}
        }
    }

    /// The next delivery of a subscription that may go now, and the copy that gets it. One that runs alone is set aside: nothing goes before it.
    pub(crate) fn next_to_hand_out(&mut self, id: SubscriptionId, room: Room, step: &mut Step) -> Option<(Owed, HasRow, Attach)> {
        loop {
            let copy = self.copy_of(self.subscriptions.get(&id)?)?.attach.clone();
            if self.is_kept_free(&copy.plugin) {
                return None;
            }
            let next = self.subscriptions.get_mut(&id).and_then(|known| known.take_next(self.now, room));
            self.take_back_items(id);
            let (owed, row) = next?;
            if owed.expires.is_some_and(|expires| expires <= self.now) {
                self.expire(owed, row, &copy, step);
                self.follow_rows(step);
            } else if self.must_run_alone(&owed) {
                self.set_aside(&copy.plugin, owed, row);
                return None;
            } else {
                return Some((owed, row, copy));
            }
        }
    }

    /// Hands a delivery out: in a call that has begun, or in one of its own.
    pub(crate) fn lease(&mut self, id: SubscriptionId, owed: Owed, row: HasRow, copy: Attach, call: Option<FencingToken>) -> Lease {
        self.leases_given += 1;
        let token = FencingToken(self.epoch << 32 | self.leases_given);
        let call = call.unwrap_or(token);
        let (mut handler, mut timeout) = (String::new(), HANDLER_TIMEOUT);
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            (handler, timeout) = (subscription.spec.name.clone(), subscription.timeout());
            let is_critical = subscription.lease(&owed, row);
            subscription.calls.join(call, is_critical);
        }
        let hard_until = self.now + timeout;
        let lease_until = (self.now + LEASE).min(hard_until);
        let lease = Lease {
            instance: copy.instance,
            plugin: copy.plugin.clone(),
            handler,
            delivery: owed.id(),
            token,
            attempt: owed.attempts + 1,
            sequence: owed.key.sequence,
            timeout,
            replay: owed.mark(),
        };
        self.lease_ends.insert((lease_until, token));
        let Attach { plugin, instance, version, digest } = copy;
        let started_at = self.now;
        self.leases.insert(token, Held { owed, row, call, instance, plugin, version, digest, started_at, lease_until, hard_until });
        lease
    }

    /// Ends a lease in memory. What becomes of the delivery is the caller's business.
    pub(crate) fn end_lease(&mut self, token: FencingToken) -> Option<Held> {
        let held = self.leases.remove(&token)?;
        self.lease_ends.remove(&(held.lease_until, token));
        self.alone.ended(token);
        if let Some(subscription) = self.subscriptions.get_mut(&held.owed.key.subscription) {
            subscription.release(&held.owed);
            subscription.calls.leave(held.call);
        }
        Some(held)
    }

    pub(crate) fn heartbeat(&mut self, token: FencingToken) -> Answer {
        let Some(held) = self.leases.get_mut(&token) else { return Answer::Stale };
        self.lease_ends.remove(&(held.lease_until, token));
        held.lease_until = (self.now + LEASE).min(held.hard_until);
        self.lease_ends.insert((held.lease_until, token));
        Answer::Taken
    }

    pub(crate) fn take_back_leases(&mut self, step: &mut Step) {
        if self.defects.has(Defect::LeaseNeverEnds) {
            return;
        }
        while let Some((_, token)) = self.lease_ends.first().copied().filter(|(at, _)| *at <= self.now) {
            let Some(held) = self.end_lease(token) else {
                self.lease_ends.pop_first();
                continue;
            };
            let why = if held.hard_until <= self.now { CancelReason::TimedOut } else { CancelReason::LeaseLost };
            step.actions.push(Action::Cancel { instance: held.instance, delivery: held.owed.id(), token, why });
            self.timed_out(held, why, step);
        }
    }

    /// Lets ordering keys follow the rows written since it was last asked.
    pub(crate) fn follow_rows(&mut self, step: &Step) {
        let from = std::mem::replace(&mut self.followed, step.writes.len());
        for write in &step.writes[from..] {
            let (key, order, priority, turn) = match write {
                Write::Delivery(row) if row.blocks => (row.key, row.order, row.priority, Turn::Blocks),
                Write::Delivery(row) if row.holds_its_key() => (row.key, row.order, row.priority, Turn::Waits),
                Write::Delivery(row) => (row.key, row.order, row.priority, Turn::Resolved),
                // What is resolved has no part in its key any more, whatever its priority was.
                Write::Recovered { key, order, .. } => (*key, *order, Priority::Low, Turn::Recovered),
                _ => continue,
            };
            if let Some(order) = order
                && let Some(subscription) = self.subscriptions.get_mut(&key.subscription)
            {
                subscription.follow(order, key, priority, turn);
            }
        }
    }

    pub(crate) fn ask_for_pages(&mut self, step: &mut Step) {
        let key_limit = self.defects.bound(KEY_FRONT_MAX).max(REPLAYS_RUNNING_MAX + 2);
        for (id, known) in &mut self.subscriptions {
            let subscription = *id;
            for lane in 0..LANES {
                let priority = priority_of(lane);
                if let Some((after, limit)) = known.wants_pending(lane) {
                    step.actions.push(Action::ReadPending { subscription, priority, after, limit });
                }
                if let Some((after, limit)) = known.wants_waiting(lane) {
                    step.actions.push(Action::ReadWaiting { subscription, priority, after, limit });
                }
                if let Some((after, limit)) = known.wants_heads(lane) {
                    step.actions.push(Action::ReadHeads { subscription, priority, after, limit });
                }
            }
            for order in known.wanted_keys() {
                step.actions.push(Action::ReadKey { subscription, order, limit: key_limit });
            }
        }
    }
}
