//! Accepting an event: its sequence and id, the same event twice, and a delivery for each subscription it matches
//! (semantics sections 1, 2, 4 and rule 13). The daemon's own events are written without matches and matched right after.

use std::sync::Arc;

use panotti_protocol::api::{OnDisabled, Tag};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::event::Receipt;
use panotti_protocol::id::{EventId, Sequence};
use panotti_protocol::topic::Topic;

use crate::action::{Action, DeliveryWrite, Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, FirstPublished, Publish, Refusal};
use crate::defect::Defect;
use crate::delivery::{DeliveryKey, Owed};
use crate::event::{Draft, StoredEvent};
use crate::limits::DELIVER_AT_MAX;
use crate::order::{Keyed, OrderKey};
use crate::poison::Crashes;
use crate::routing::{Matches, SubscriptionId};

/// Source and actor of the daemon's own events.
pub const OWN_SOURCE: &str = "/panotti";

/// An event under a source and id that another event has, of another topic: whoever publishes it would take the other's receipt for its
/// own, and it would be lost.
pub(crate) fn id_taken(draft: &Draft) -> Refusal {
    Refusal::IdTaken { publisher: draft.source.clone(), id: draft.id.clone().unwrap_or_default() }
}

impl Bus {
    pub(crate) fn publish(&mut self, publish: Publish, step: &mut Step) -> Answer {
        if !self.is_again(&publish) {
            if let Some(refusal) = self.refuses(&publish.draft) {
                return Answer::Refused(refusal);
            }
            if publish.matches.rules != self.rules.version {
                return Answer::MatchAgain;
            }
        }
        if let Some((_, refusal)) = self.refused_by_schema(std::iter::once(&publish)) {
            return Answer::Refused(refusal);
        }
        // Last: what would be refused anyway does not tell whether its id is taken.
        if let Some(refusal) = self.id_taken(&publish) {
            return Answer::Refused(refusal);
        }
        if self.defects.has(Defect::DuplicateTakesSequence) && self.first_receipt(&publish).is_some() {
            self.head = Sequence(self.head.0 + 1);
        }
        Answer::Receipt(self.take_in(publish, step))
    }

    /// Why an event that nobody has published before is not accepted, if it is not.
    pub(crate) fn refuses(&self, draft: &Draft) -> Option<Refusal> {
        if let Some(expires) = draft.expires.filter(|expires| *expires <= self.now) {
            return Some(Refusal::Expired(expires));
        }
        let at = draft.deliver_at.filter(|at| *at > self.now + DELIVER_AT_MAX)?;
        Some(Refusal::DelayTooLong { at, limit: DELIVER_AT_MAX })
    }

    /// Accepts what was matched by the rules in force, or finds that the same event was published before.
    pub(crate) fn take_in(&mut self, publish: Publish, step: &mut Step) -> Receipt {
        if let Some(receipt) = self.first_receipt(&publish) {
            return Receipt { duplicate: true, ..receipt };
        }
        let Publish { draft, matches, .. } = publish;
        let id = draft.id.clone();
        let (source, topic) = (draft.source.clone(), draft.topic.clone());
        let receipt = self.accept(draft, Some(matches), step);
        if let Some(id) = id {
            self.recent.ids.insert((source, id), FirstPublished { receipt: receipt.clone(), topic });
        }
        receipt
    }

    /// The receipt of the event with the same source and id: in the store, or of this step.
    pub(crate) fn first_receipt(&self, publish: &Publish) -> Option<Receipt> {
        self.first(publish).map(|first| first.receipt.clone())
    }

    /// Whether the same event was published before: of the same source, id and topic.
    pub(crate) fn is_again(&self, publish: &Publish) -> bool {
        self.first(publish).is_some_and(|first| first.topic == publish.draft.topic)
    }

    /// Why an event is not accepted whose source and id another event has, of another topic.
    pub(crate) fn id_taken(&self, publish: &Publish) -> Option<Refusal> {
        self.first(publish).filter(|first| first.topic != publish.draft.topic).map(|_| id_taken(&publish.draft))
    }

    fn first<'a>(&'a self, publish: &'a Publish) -> Option<&'a FirstPublished> {
        let draft = &publish.draft;
        let in_this_step = || draft.id.as_ref().and_then(|id| self.recent.ids.get(&(draft.source.clone(), id.clone())));
        publish.known.as_ref().or_else(in_this_step)
    }

    /// Gives the event its place and its deliveries. `None` for the daemon's own, which are matched after the commit.
    pub(crate) fn accept(&mut self, draft: Draft, mut matches: Option<Matches>, step: &mut Step) -> Receipt {
        self.head = Sequence(self.head.0 + 1);
        self.last_accepted = self.last_accepted.max(self.now);
        let eventid = EventId::from_bytes(self.new_uuid());
        self.count_missing_keys(matches.as_ref());
        let verdict = matches.as_mut().map(|matches| std::mem::take(&mut matches.schema)).unwrap_or_default();
        let mut tags = Vec::new();
        if let Some(matches) = &mut matches {
            self.count_filters(matches);
            tags = std::mem::take(&mut matches.tags);
        }
        let event = Arc::new(StoredEvent {
            sequence: self.head,
            eventid,
            accepted_at: self.last_accepted,
            rules: self.rules.version,
            schema: verdict.version(),
            keys: own_keys(matches.as_ref().map_or(&[], |matches| &matches.keys), eventid),
            matches: matches.map(|matches| matches.subscriptions),
            draft,
        });
        step.writes.push(Write::Event(Arc::clone(&event)));
        write_tags(event.sequence, tags, step);
        let mut deliveries = 0;
        match &event.matches {
            Some(subscriptions) => {
                for subscription in subscriptions {
                    deliveries += u32::from(self.owe(*subscription, &event, event.order(*subscription), step));
                }
                self.unrouted += u64::from(subscriptions.is_empty());
            }
            None => {
                self.unmatched.insert(event.sequence);
                step.actions.push(Action::Match { sequence: event.sequence });
            }
        }
        let (eventid, id) = (event.eventid, event.id());
        self.warn_of_schema(
            verdict,
            Receipt { eventid, sequence: event.sequence, id, deliveries, duplicate: false, warnings: Vec::new() },
            step,
        )
    }

    /// Whether a delivery is owed: not where the plugin is disabled and skips what arrives meanwhile.
    fn owe(&mut self, id: SubscriptionId, event: &StoredEvent, order: Option<OrderKey>, step: &mut Step) -> bool {
        let Some(subscription) = self.subscriptions.get_mut(&id) else { return false };
        let owed = owed(event, id, order);
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
            // Where it has an ordering key, its key waits with it: that follows from the row.
            subscription.wait(at, owed.clone());
            self.count(owed.key, DeliveryState::Waiting, 1);
            self.changed.insert(owed.key);
            step.writes.push(Write::Delivery(Box::new(row)));
            return true;
        }
        if let Some(order) = order {
            subscription.offer_keyed(order, owed.clone());
        } else if event.sequence == self.head {
            subscription.offer(owed.clone());
        } else {
            subscription.insert(owed.clone());
        }
        self.count(owed.key, DeliveryState::Pending, 1);
        true
    }

    /// Takes what one of the daemon's own events matched.
    pub(crate) fn matched(&mut self, event: &Arc<StoredEvent>, mut matches: Matches, step: &mut Step) -> Answer {
        if matches.rules != self.rules.version {
            step.actions.push(Action::Match { sequence: event.sequence });
            return Answer::MatchAgain;
        }
        if !self.unmatched.remove(&event.sequence) {
            return Answer::Done;
        }
        self.count_filters(&matches);
        write_tags(event.sequence, std::mem::take(&mut matches.tags), step);
        self.count_missing_keys(Some(&matches));
        let keys = own_keys(&matches.keys, event.eventid);
        let subscriptions = matches.subscriptions;
        let rules = matches.rules;
        step.writes.push(Write::Matches { event: Arc::clone(event), subscriptions: subscriptions.clone(), keys: keys.clone(), rules });
        self.unrouted += u64::from(subscriptions.is_empty());
        // A page that was read before this left the event out; one that is read later finds its matches.
        for subscription in subscriptions {
            let order = keys.iter().find(|(of, _)| *of == subscription).map(|(_, order)| *order);
            self.owe(subscription, event, order, step);
        }
        Answer::Done
    }

    /// Counts what filters could not be asked of an event.
    fn count_filters(&mut self, matches: &Matches) {
        for subscription in &matches.missing {
            self.counts.entry(*subscription).or_default().filter_missing += 1;
        }
        for subscription in &matches.gave_up {
            self.counts.entry(*subscription).or_default().filter_gave_up += 1;
        }
    }

    fn count_missing_keys(&mut self, matches: Option<&Matches>) {
        let missing = matches.into_iter().flat_map(|matches| &matches.keys).filter(|(_, keyed)| *keyed == Keyed::Missing);
        missing.for_each(|(subscription, _)| *self.without_key.entry(*subscription).or_default() += 1);
    }

    /// Publishes one of the daemon's own events.
    pub(crate) fn own_event(&mut self, topic: &'static str, payload: Vec<u8>, step: &mut Step) {
        let topic: Topic = topic.parse().expect("the daemon's own topics are written in notice.rs, which tests them");
        self.accept(Draft::new(topic, OWN_SOURCE, OWN_SOURCE, payload), None, step);
    }
}

/// Tags are kept beside the event: it is immutable.
fn write_tags(sequence: Sequence, tags: Vec<Tag>, step: &mut Step) {
    if !tags.is_empty() {
        step.writes.push(Write::Tags { sequence, tags });
    }
}

/// Keys as they are stored, once the event's own id is known.
fn own_keys(keys: &[(SubscriptionId, Keyed)], eventid: EventId) -> Vec<(SubscriptionId, OrderKey)> {
    let key = |(subscription, keyed): &(SubscriptionId, Keyed)| match keyed {
        Keyed::By(order) => Some((*subscription, *order)),
        Keyed::ByOwnId => Some((*subscription, OrderKey::of(&eventid.to_string()))),
        Keyed::Missing => None,
    };
    keys.iter().filter_map(key).collect()
}

/// What memory keeps of the delivery that an event owes to a subscription.
pub(crate) fn owed(event: &StoredEvent, subscription: SubscriptionId, order: Option<OrderKey>) -> Owed {
    Owed {
        key: DeliveryKey::live(event.sequence, subscription),
        eventid: event.eventid,
        topic: event.draft.topic.clone(),
        priority: event.draft.priority,
        since: event.accepted_at,
        order,
        expires: event.draft.expires,
        attempts: 0,
        tries: 0,
        crashes: Crashes::default(),
        repeats: None,
    }
}
