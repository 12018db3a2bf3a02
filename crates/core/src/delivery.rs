//! One event owed to one subscription: its key, its id, what memory keeps of it, and the counts.

use std::sync::Arc;
use std::time::Duration;

use panotti_protocol::delivery::{DeliveryState, ReplayMark};
use panotti_protocol::event::Priority;
use panotti_protocol::id::{DeliveryId, EventId, ReplayId, Sequence, uuid_v7};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;

use crate::limits::{DELIVER_AT_MAX, RETRY_DELAY_MAX};
use crate::order::OrderKey;
use crate::poison::Crashes;
use crate::random::Random;
use crate::replay::ReplayNumber;
use crate::routing::SubscriptionId;

/// Which delivery. Ordered as replays walk: by sequence first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DeliveryKey {
    /// The event.
    pub sequence: Sequence,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The replay that made it; 0 for the one that publishing made.
    pub replay: ReplayNumber,
}

impl DeliveryKey {
    /// The delivery that publishing made.
    pub fn live(sequence: Sequence, subscription: SubscriptionId) -> Self {
        Self { sequence, subscription, replay: ReplayNumber::LIVE }
    }

    /// Its id, which follows from the event's id and the key, so that it is the same before there is a row and after a restart.
    /// It carries the event's time and so sorts with it.
    pub fn id(&self, eventid: EventId) -> DeliveryId {
        let bytes = eventid.as_bytes();
        let mut ms = [0; 8];
        ms[2..].copy_from_slice(&bytes[..6]);
        let (high, low) = bytes.split_at(8);
        let mut seed = Random::new(u64::from_be_bytes(high.try_into().expect("split in the middle of sixteen bytes")));
        let first = seed.next() ^ u64::from_be_bytes(low.try_into().expect("split in the middle of sixteen bytes"));
        let mut random = Random::new(first ^ (u64::from(self.subscription.0) << 32 | u64::from(self.replay.0)));
        DeliveryId::from_bytes(uuid_v7(u64::from_be_bytes(ms), random.bytes()))
    }
}

/// Which delivery a replay repeats, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeats {
    /// The replay that made the delivery that is repeated; 0 for the one that publishing made.
    pub original: ReplayNumber,
    /// The replay that repeats it.
    pub replay: ReplayId,
    /// The name given to that replay.
    pub name: Option<String>,
}

/// What memory keeps of a delivery that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Which one.
    pub key: DeliveryKey,
    /// Its event.
    pub eventid: EventId,
    /// The event's topic.
    pub topic: Topic,
    /// The event's priority: its lane.
    pub priority: Priority,
    /// Since when it waits: since its event was accepted, it was due again, or a replay released it.
    pub since: Timestamp,
    /// Its ordering key at this subscription.
    pub order: Option<OrderKey>,
    /// When it ends to matter.
    pub expires: Option<Timestamp>,
    /// Attempts counted.
    pub attempts: u32,
    /// Attempts recorded, counted or not.
    pub tries: u32,
    /// When it crashed its plugin; for one that a replay made, when the one it repeats did, too.
    pub crashes: Crashes,
    /// Set when a replay made it.
    pub repeats: Option<Arc<Repeats>>,
}

impl Owed {
    /// Its id.
    pub fn id(&self) -> DeliveryId {
        self.key.id(self.eventid)
    }

    /// How long it can wait. What was never tried waits for the time that its publisher gave.
    pub fn longest_wait(&self) -> Duration {
        if self.tries == 0 { DELIVER_AT_MAX } else { RETRY_DELAY_MAX }
    }

    /// The delivery that it repeats, for one that a replay made.
    pub fn original(&self) -> Option<DeliveryKey> {
        self.repeats.as_ref().map(|repeats| DeliveryKey { replay: repeats.original, ..self.key })
    }

    /// The mark that tells a handler of the replay.
    pub fn mark(&self) -> Option<ReplayMark> {
        let repeats = self.repeats.as_ref()?;
        let original = DeliveryKey { replay: repeats.original, ..self.key };
        Some(ReplayMark { id: repeats.replay, name: repeats.name.clone(), attempt_of: original.id(self.eventid) })
    }
}

/// How many deliveries stand where; also the changes of one step, which may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Without a row yet: implied by their event.
    pub owed: i64,
    /// Waiting for the next attempt.
    pub waiting: i64,
    /// Handled.
    pub done: i64,
    /// Dead and not resolved.
    pub dead: i64,
    /// Quarantined and not resolved.
    pub quarantined: i64,
    /// Skipped.
    pub skipped: i64,
    /// Cancelled.
    pub cancelled: i64,
    /// Recovered.
    pub recovered: i64,
    /// Events for which its filter asked for a field that was missing or of another type. Events, not deliveries.
    pub filter_missing: i64,
    /// Events on which its filter took too many steps. Events, not deliveries.
    pub filter_gave_up: i64,
}

impl Counts {
    /// Counts one delivery more or fewer in a state. States without a row of their own count as owed.
    pub fn add(&mut self, state: DeliveryState, number: i64) {
        *match state {
            DeliveryState::Waiting => &mut self.waiting,
            DeliveryState::Done => &mut self.done,
            DeliveryState::Dead => &mut self.dead,
            DeliveryState::Quarantined => &mut self.quarantined,
            DeliveryState::Skipped => &mut self.skipped,
            DeliveryState::Cancelled => &mut self.cancelled,
            DeliveryState::Recovered => &mut self.recovered,
            DeliveryState::Pending | DeliveryState::Held | DeliveryState::Blocked | DeliveryState::Leased => &mut self.owed,
        } += number;
    }

    /// All of them by state, as the API shows them; `owed` as pending.
    pub fn by_state(&self) -> [(DeliveryState, i64); 8] {
        [
            (DeliveryState::Pending, self.owed),
            (DeliveryState::Waiting, self.waiting),
            (DeliveryState::Done, self.done),
            (DeliveryState::Dead, self.dead),
            (DeliveryState::Quarantined, self.quarantined),
            (DeliveryState::Skipped, self.skipped),
            (DeliveryState::Cancelled, self.cancelled),
            (DeliveryState::Recovered, self.recovered),
        ]
    }
}

/// Whether a delivery has a row in the store: it has one from its first outcome on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HasRow {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_has_one_id_for_ever_and_another_for_each_subscription_and_replay() {
        let event = EventId::from_bytes(uuid_v7(1_700_000_000_000, [7; 10]));
        let live = DeliveryKey::live(Sequence(1), SubscriptionId(1));
        let other = DeliveryKey { subscription: SubscriptionId(2), ..live };
        let repeated = DeliveryKey { replay: ReplayNumber(1), ..live };

        assert_eq!(live.id(event), live.id(event));
        assert_ne!(live.id(event), other.id(event));
        assert_ne!(live.id(event), repeated.id(event));
        assert_eq!(live.id(event).to_string()[4..14], event.to_string()[4..14], "the event's time comes first");
    }
}
