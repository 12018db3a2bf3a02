//! Subscriptions that stand still: owed something, and nothing of it has ended for a long time. One event says so, one more that it
//! moves again. Only time in which something was owed and could have been handled counts: not what waits for its next attempt, not
//! while the plugin is disabled. What waits behind a dead letter that blocks its key counts: nothing goes on before somebody resolves it.

use std::collections::BTreeMap;
use std::time::Duration;

use panotti_protocol::notice;
use panotti_protocol::time::Timestamp;

use crate::action::{Step, Write};
use crate::bus::Bus;
use crate::defect::Defect;
use crate::limits::{STALL_MIN, STALL_TIMEOUTS};
use crate::routing::SubscriptionId;
use crate::subscription::Subscription;

/// How the subscriptions get on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stalls {
    known: BTreeMap<SubscriptionId, Progress>,
    /// When the last step looked.
    seen_at: Timestamp,
}

#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    /// Time in which something was owed and nothing ended, up to the last step.
    idle: Duration,
    /// Whether something was owed after the last step.
    owes: bool,
    /// Whether something has ended in the step under way.
    moved: bool,
    ended_at: Option<Timestamp>,
    stalled_since: Option<Timestamp>,
}

impl Stalls {
    /// After a start: what stood still before stands still until something ends.
    pub(crate) fn load(stalled: &BTreeMap<SubscriptionId, Timestamp>, now: Timestamp) -> Self {
        let one = |(id, since): (&SubscriptionId, &Timestamp)| (*id, Progress { stalled_since: Some(*since), ..Progress::default() });
        Self { known: stalled.iter().map(one).collect(), seen_at: now }
    }

    /// A delivery has ended in the step under way.
    pub(crate) fn ended(&mut self, subscription: SubscriptionId, now: Timestamp) {
        let progress = self.known.entry(subscription).or_default();
        progress.moved = true;
        progress.ended_at = Some(now);
    }

    /// Since when a subscription stands still.
    pub(crate) fn stalled_since(&self, subscription: SubscriptionId) -> Option<Timestamp> {
        self.known.get(&subscription)?.stalled_since
    }

    /// When a delivery of it last ended, as far as this start knows.
    pub(crate) fn ended_at(&self, subscription: SubscriptionId) -> Option<Timestamp> {
        self.known.get(&subscription)?.ended_at
    }
}

/// What a subscription has come to.
enum Change {
    Stalled(Timestamp),
    Resumed(Timestamp, &'static str),
}

/// How long nothing may end.
pub(crate) fn patience(subscription: &Subscription) -> Duration {
    STALL_MIN.max(subscription.timeout().saturating_mul(STALL_TIMEOUTS))
}

impl Bus {
    /// Looks at every subscription once a step, after everything else was decided.
    pub(crate) fn watch_progress(&mut self, step: &mut Step) {
        let now = self.now;
        let passed = now.since(self.stalls.seen_at);
        self.stalls.seen_at = now;
        let mut changes = Vec::new();
        for (id, subscription) in &self.subscriptions {
            let wanted = subscription.active && !self.disabled.contains_key(&subscription.plugin);
            let progress = self.stalls.known.entry(*id).or_default();
            let owes = if wanted { subscription.owes(now) } else { Owes::Nothing };
            let moved = std::mem::take(&mut progress.moved);
            if progress.owes {
                progress.idle += passed;
            }
            if moved || owes == Owes::Nothing {
                progress.idle = Duration::ZERO;
            }
            progress.owes = self.handing_out && owes == Owes::Now;
            match progress.stalled_since {
                Some(since) if moved || owes == Owes::Nothing => {
                    let why = if moved {
                        "ended"
                    } else if wanted {
                        "nothing_owed"
                    } else {
                        "switched_off"
                    };
                    progress.stalled_since = None;
                    changes.push((*id, Change::Resumed(since, why)));
                }
                None if progress.owes && progress.idle >= patience(subscription) => {
                    let since = now - progress.idle;
                    progress.stalled_since = Some(since);
                    changes.push((*id, Change::Stalled(since)));
                }
                _ => {}
            }
        }
        for (id, change) in changes {
            self.tell_of(id, &change, step);
        }
    }

    fn tell_of(&mut self, id: SubscriptionId, change: &Change, step: &mut Step) {
        let Some(known) = self.subscriptions.get(&id) else { return };
        let subscription = format!("{}/{}", known.plugin, known.spec.name);
        let in_flight = known.in_flight() as u64;
        let patience_ms = u64::try_from(patience(known).as_millis()).unwrap_or(u64::MAX);
        let (stalled_since, topic, payload) = match change {
            Change::Stalled(since) => {
                let payload = notice::Stalled { subscription, since: *since, patience_ms, in_flight }.to_json();
                (Some(*since), notice::SUBSCRIPTION_STALLED, payload)
            }
            Change::Resumed(since, why) => {
                let payload = notice::Resumed { subscription, since: *since, why: (*why).to_owned() }.to_json();
                (None, notice::SUBSCRIPTION_RESUMED, payload)
            }
        };
        if !self.defects.has(Defect::StallForgotten) {
            step.writes.push(Write::Stall { subscription: id, since: stalled_since });
        }
        self.own_event(topic, payload, step);
    }

    /// When a subscription will have stood still for too long, if nothing of it ends before.
    pub(crate) fn next_stall(&self) -> Option<Timestamp> {
        let due = |(id, subscription): (&SubscriptionId, &Subscription)| {
            let progress = self.stalls.known.get(id).filter(|progress| progress.owes && progress.stalled_since.is_none())?;
            Some(self.stalls.seen_at + patience(subscription).saturating_sub(progress.idle))
        };
        self.subscriptions.iter().filter_map(due).min()
    }
}

/// Whether a subscription has something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owes {
    /// Something that is handed out, could be, or is kept from it by a dead letter of its key.
    Now,
    /// Only what waits for its next attempt, or behind what holds its ordering key.
    Later,
    Nothing,
}
