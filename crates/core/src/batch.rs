//! Calls of handlers. A handler that takes batches gets several deliveries in one call: whatever is ready when the call begins, up to its
//! `batch`; nothing waits for a batch to fill. Each delivery keeps its own lease, token and outcome. The concurrency of a subscription
//! bounds its calls: one is over when the last of its deliveries has ended, and the next begins with what has become ready meanwhile.

use std::collections::BTreeMap;

use panotti_protocol::id::FencingToken;

use crate::action::{Action, Step};
use crate::bus::Bus;
use crate::command::Answer;
use crate::defect::Defect;
use crate::delivery::Owed;
use crate::poison::CRASHES_MAX;
use crate::routing::{SubscriptionId, SubscriptionSpec};

/// The calls of one subscription's handler that are under way, each named by the token of its first delivery.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(BTreeMap<FencingToken, Call>);

#[derive(Debug, Clone, Copy, Default)]
struct Call {
    /// How many of its deliveries have not ended.
    left: usize,
    /// It has taken something that is not critical.
    other: bool,
}

impl Calls {
    /// One more delivery of a call was handed out.
    pub(crate) fn join(&mut self, call: FencingToken, is_critical: bool) {
        let known = self.0.entry(call).or_default();
        known.left += 1;
        known.other |= !is_critical;
    }

    /// A delivery of a call has ended.
    pub(crate) fn leave(&mut self, call: FencingToken) {
        if let Some(known) = self.0.get_mut(&call) {
            known.left -= 1;
            if known.left == 0 {
                self.0.remove(&call);
            }
        }
    }

    pub(crate) fn number(&self) -> usize {
        self.0.len()
    }

    /// Those that have taken something that is not critical.
    pub(crate) fn others(&self) -> usize {
        self.0.values().filter(|call| call.other).count()
    }
}

impl SubscriptionSpec {
    /// Most deliveries in flight at once: full batches in every call.
    pub fn in_flight_max(&self) -> usize {
        usize::try_from(self.concurrency.saturating_mul(self.batch)).unwrap_or(usize::MAX)
    }
}

impl Bus {
    /// Begins one call of a subscription's handler with what is ready; whether there was something to begin it with.
    pub(crate) fn begin_call(&mut self, id: SubscriptionId, step: &mut Step) -> bool {
        let Some(subscription) = self.subscriptions.get(&id) else { return false };
        if !subscription.has_room() && !self.defects.has(Defect::ConcurrencyIgnored) {
            return false;
        }
        let most = usize::try_from(subscription.spec.batch).unwrap_or(usize::MAX).max(1);
        let room = subscription.room();
        let mut leases = Vec::new();
        let mut call = None;
        while leases.len() < most {
            let Some((owed, row, copy)) = self.next_to_hand_out(id, room, step) else { break };
            let lease = self.lease(id, owed, row, copy, call);
            call = call.or(Some(lease.token));
            leases.push(lease);
        }
        let begun = !leases.is_empty();
        match leases.len() {
            0 | 1 => step.actions.extend(leases.pop().map(|lease| Action::Deliver(Box::new(lease)))),
            _ => step.actions.push(Action::DeliverBatch(leases)),
        }
        // What was set aside goes now where nothing is in flight, or back to where it came from.
        let set_aside = self.alone.number_waiting();
        self.hand_out_alone(step);
        begun || self.alone.number_waiting() < set_aside
    }

    /// Takes deliveries back that were handed out and never sent, because their batch was too large to send. They are the next to be
    /// handed out, and no attempt is used.
    pub(crate) fn return_unsent(&mut self, tokens: Vec<FencingToken>) -> Answer {
        let mut returned = 0;
        for token in tokens {
            if let Some(held) = self.end_lease(token) {
                self.put_back(held.owed, held.row);
                returned += 1;
            }
        }
        Answer::Changed(returned)
    }

    /// Whether a delivery is handed out only while nothing else of its plugin is in flight: it is poisonous, or another crash in its hands
    /// would end it. So what crashes beside it is never blamed on it in the end: whatever is quarantined, or dies of a crash after an
    /// earlier one, has crashed its plugin alone.
    pub(crate) fn must_run_alone(&self, owed: &Owed) -> bool {
        let crashes = owed.crashes.times().len();
        crashes + 1 >= CRASHES_MAX || (crashes > 0 && owed.attempts + 1 >= self.attempts_max(owed))
    }
}
