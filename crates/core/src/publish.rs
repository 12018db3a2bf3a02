//! Accepting an event: its sequence and id, the same event twice, and a delivery for each subscription it matches
//! (semantics sections 1, 2, 4 and rule 13). The daemon's own events are written without matches and matched right after.

use std::sync::Arc;

use panotti_protocol::api::OnDisabled;
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::event::Receipt;
use panotti_protocol::id::{EventId, Sequence};
use panotti_protocol::topic::Topic;

use crate::action::{Action, DeliveryWrite, Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, Publish, Refusal};
use crate::defect::Defect;
use crate::delivery::{DeliveryKey, Owed};
use crate::event::{Draft, StoredEvent};
use crate::limits::DELIVER_AT_MAX;
use crate::poison::Crashes;
use crate::routing::{Matches, SubscriptionId};

/// Source and actor of the daemon's own events.
pub const OWN_SOURCE: &str = "/panotti";

impl Bus {
    pub(crate) fn publish(&mut self, publish: Publish, step: &mut Step) -> Answer {
        let Publish { draft, matches, known } = publish;
        let in_this_step = draft.id.as_ref().and_then(|id| self.known_ids.get(&(draft.source.clone(), id.clone())).cloned());
        if let Some(receipt) = known.or(in_this_step) {
            if self.defects.has(Defect::DuplicateTakesSequence) {
                self.head = Sequence(self.head.0 + 1);
            }
            return Answer::Receipt(Receipt { duplicate: true, ..receipt });
        }
        if let Some(expires) = draft.expires.filter(|expires| *expires <= self.now) {
            return Answer::Refused(Refusal::Expired(expires));
        }
        if let Some(at) = draft.deliver_at.filter(|at| *at > self.now + DELIVER_AT_MAX) {
            return Answer::Refused(Refusal::DelayTooLong { at, limit: DELIVER_AT_MAX });
        }
        if matches.rules != self.rules.version {
            return Answer::MatchAgain;
        }
        let id = draft.id.clone();
        let source = draft.source.clone();
        let receipt = self.accept(draft, Some(matches), step);
        if let Some(id) = id {
            self.known_ids.insert((source, id), receipt.clone());
        }
        Answer::Receipt(receipt)
    }

    /// Gives the event its place and its deliveries. `None` for the daemon's own, which are matched after the commit.
    pub(crate) fn accept(&mut self, draft: Draft, matches: Option<Matches>, step: &mut Step) -> Receipt {
        self.head = Sequence(self.head.0 + 1);
        self.last_accepted = self.last_accepted.max(self.now);
        let event = Arc::new(StoredEvent {
            sequence: self.head,
            eventid: EventId::from_bytes(self.new_uuid()),
            accepted_at: self.last_accepted,
            rules: self.rules.version,
            matches: matches.map(|matches| matches.subscriptions),
            draft,
        });
        step.writes.push(Write::Event(Arc::clone(&event)));
        let mut deliveries = 0;
        match &event.matches {
            Some(subscriptions) => {
                for subscription in subscriptions {
                    deliveries += u32::from(self.owe(*subscription, &event, step));
                }
                self.unrouted += u64::from(subscriptions.is_empty());
            }
            None => {
                self.unmatched.insert(event.sequence);
                step.actions.push(Action::Match { sequence: event.sequence });
            }
        }
        Receipt { eventid: event.eventid, sequence: event.sequence, id: event.id(), deliveries, duplicate: false }
    }

    /// Whether a delivery is owed: not where the plugin is disabled and skips what arrives meanwhile.
    fn owe(&mut self, id: SubscriptionId, event: &StoredEvent, step: &mut Step) -> bool {
        let Some(subscription) = self.subscriptions.get_mut(&id) else { return false };
        let owed = owed(event, id);
        let skips = match self.disabled.get(&subscription.plugin) {
            Some(chosen) => chosen.unwrap_or(subscription.spec.on_disabled) == OnDisabled::Skip,
            None => false,
        };
        if skips {
            let attempts_max = subscription.spec.retry.attempts_max();
            self.count(owed.key, DeliveryState::Skipped, 1);
            step.writes.push(Write::Delivery(Box::new(DeliveryWrite {
                ended_at: Some(self.now),
                ..DeliveryWrite::of(&owed, DeliveryState::Skipped, attempts_max)
            })));
            return false;
        }
        if let Some(at) = event.draft.deliver_at.filter(|at| *at > self.now && !self.defects.has(Defect::DelayForgotten)) {
            let row =
                DeliveryWrite { due: Some(at), ..DeliveryWrite::of(&owed, DeliveryState::Waiting, subscription.spec.retry.attempts_max()) };
            subscription.wait(at, owed.clone());
            self.count(owed.key, DeliveryState::Waiting, 1);
            self.changed.insert(owed.key);
            step.writes.push(Write::Delivery(Box::new(row)));
            return true;
        }
        if event.sequence == self.head {
            subscription.offer(owed.clone(), self.defects.has(Defect::FullWindowForgets));
        } else {
            subscription.insert(owed.clone());
        }
        self.count(owed.key, DeliveryState::Pending, 1);
        true
    }

    /// Takes what one of the daemon's own events matched.
    pub(crate) fn matched(&mut self, event: &Arc<StoredEvent>, matches: Matches, step: &mut Step) -> Answer {
        if matches.rules != self.rules.version {
            step.actions.push(Action::Match { sequence: event.sequence });
            return Answer::MatchAgain;
        }
        if !self.unmatched.remove(&event.sequence) {
            return Answer::Done;
        }
        let subscriptions = matches.subscriptions;
        step.writes.push(Write::Matches { sequence: event.sequence, subscriptions: subscriptions.clone(), rules: matches.rules });
        self.unrouted += u64::from(subscriptions.is_empty());
        // A page that was read before this left the event out; one that is read later finds its matches.
        for subscription in subscriptions {
            self.owe(subscription, event, step);
        }
        Answer::Done
    }

    /// Publishes one of the daemon's own events.
    pub(crate) fn own_event(&mut self, topic: &'static str, payload: Vec<u8>, step: &mut Step) {
        let topic: Topic = topic.parse().expect("the daemon's own topics are written in notice.rs, which tests them");
        self.accept(Draft::new(topic, OWN_SOURCE, OWN_SOURCE, payload), None, step);
    }
}

/// What memory keeps of the delivery that an event owes to a subscription.
pub(crate) fn owed(event: &StoredEvent, subscription: SubscriptionId) -> Owed {
    Owed {
        key: DeliveryKey::live(event.sequence, subscription),
        eventid: event.eventid,
        topic: event.draft.topic.clone(),
        expires: event.draft.expires,
        attempts: 0,
        tries: 0,
        crashes: Crashes::default(),
        repeats: None,
    }
}
