//! What the bus knows of its subscriptions at this moment, for those who ask. All of it from memory: the store is not read.

use std::collections::{BTreeMap, BTreeSet};

use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::bus::Bus;
use crate::delivery::DeliveryKey;
use crate::routing::SubscriptionId;
use crate::subscription::Subscription;

/// All of them, as they stand after the last step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Deliveries that are handed out.
    pub leased: BTreeSet<DeliveryKey>,
    /// Every subscription, removed ones included.
    pub subscriptions: BTreeMap<SubscriptionId, SubscriptionLook>,
}

/// One subscription.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubscriptionLook {
    /// The oldest event that is owed and not handed out; `None` also right after a start, before the first page is read.
    pub oldest: Option<Sequence>,
    /// When a delivery of it last ended, as far as this start knows.
    pub ended_at: Option<Timestamp>,
    /// Since when nothing of what is owed has ended, where that is too long.
    pub stalled_since: Option<Timestamp>,
}

impl Bus {
    /// What there is to see.
    pub fn look(&self) -> Look {
        let one = |(id, subscription): (&SubscriptionId, &Subscription)| {
            let look = SubscriptionLook {
                oldest: subscription.oldest(),
                ended_at: self.stalls.ended_at(*id),
                stalled_since: self.stalls.stalled_since(*id),
            };
            (*id, look)
        };
        Look { leased: self.leased_keys(), subscriptions: self.subscriptions.iter().map(one).collect() }
    }

    /// Deliveries in flight for a subscription.
    pub fn in_flight(&self, subscription: SubscriptionId) -> usize {
        self.subscriptions.get(&subscription).map_or(0, Subscription::in_flight)
    }

    /// Which deliveries are in flight.
    pub fn leased_keys(&self) -> BTreeSet<DeliveryKey> {
        self.leases.values().map(|held| held.owed.key).collect()
    }

    /// Deliveries in flight for all of them.
    pub fn leased(&self) -> usize {
        self.leases.len()
    }
}
