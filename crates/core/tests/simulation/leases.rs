//! What a lease stands for, as a plugin's host could find it out.

use std::collections::BTreeMap;

use panotti_core::action::Lease;
use panotti_core::delivery::DeliveryKey;
use panotti_core::replay::ReplayNumber;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::id::{DeliveryId, FencingToken};

use crate::disk::ReplayPage;
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

    /// Keeps in mind which items of a replay have crashed their plugin already, as what they repeat: they have no row that says so.
    pub fn note_inherited_crashes(&mut self, page: &ReplayPage) {
        let mut crashes: BTreeMap<DeliveryKey, usize> = BTreeMap::new();
        for item in &page.items {
            let known = crashes.entry(item.owed.key).or_default();
            *known = (*known).max(item.owed.crashes.times().len());
        }
        // A page may be cut among the deliveries of its last item, and is read again from there.
        if !page.last && crashes.len() > 1 {
            crashes.pop_last();
        }
        for (key, crashes) in crashes {
            // When it is read again it may be under way with what was known before, and what crashed may be resolved.
            let known = self.ledger.inherited_crashes.entry(key).or_insert(crashes);
            *known = crashes.min(*known);
        }
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
