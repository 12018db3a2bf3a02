//! What a lease stands for, as a plugin's host could find it out.

use panotti_core::action::Lease;
use panotti_core::delivery::DeliveryKey;
use panotti_core::replay::ReplayNumber;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::id::{DeliveryId, FencingToken};

use crate::world::World;

impl World {
    /// The key that a lease stands for, found as a plugin's host could find it.
    pub fn key_of(&self, lease: &Lease) -> DeliveryKey {
        let named = |id: &SubscriptionId| {
            let known = &self.disk.subscriptions[id];
            known.plugin == lease.plugin && known.spec.name == lease.handler
        };
        let subscription = self.disk.subscriptions.keys().copied().find(named).unwrap_or_default();
        let replay = lease.replay.as_ref().map_or(ReplayNumber::LIVE, |mark| {
            self.disk.replays.iter().find(|(_, row)| row.id == mark.id).map_or(ReplayNumber(u32::MAX), |(number, _)| *number)
        });
        DeliveryKey { sequence: lease.sequence, subscription, replay }
    }

    /// The delivery that a lease's mark names.
    pub fn original_of(&self, key: DeliveryKey, lease: &Lease) -> Option<DeliveryKey> {
        let mark = lease.replay.as_ref()?;
        let eventid = self.disk.event(key.sequence).eventid;
        let numbers = self.disk.replays.keys().copied().chain([ReplayNumber::LIVE]);
        numbers.map(|replay| DeliveryKey { replay, ..key }).find(|original| original.id(eventid) == mark.attempt_of)
    }

    /// Whether a delivery is in flight under another token than this one.
    pub fn has_a_later_lease(&self, token: FencingToken, delivery: DeliveryId) -> bool {
        !self.ledger.leases.contains_key(&token) && self.ledger.leases.values().any(|flight| flight.delivery == delivery)
    }
}
