//! Nothing is left lying: what could be handed out has been, after every step that somebody hears of.

use panotti_core::command::Command;
use panotti_core::delivery::DeliveryKey;
use panotti_core::lanes::CRITICAL;
use panotti_core::limits::KEPT_SLOT_FROM;
use panotti_core::routing::SubscriptionId;

use panotti_protocol::event::Priority;

use crate::ledger::Flight;
use crate::rules::*;
use crate::world::{Violation, World, hold};

impl World {
    /// Nothing that could be handed out is left lying, and the bus wakes for what waits.
    pub fn judge_idleness(&self) -> Result<(), Violation> {
        for (id, known) in &self.disk.subscriptions {
            let open = self.ledger.handing_out && self.ledger.copies.get(&known.plugin).is_some_and(|copy| copy.open);
            let concurrency = known.spec.concurrency as usize;
            // For another call, or in one that has just begun: nothing waits for a batch to fill, and nothing that is ready is left out.
            let room_for_a_call = self.ledger.calls_under_way(*id) < concurrency;
            let room = room_for_a_call || self.ledger.begun_with_room.contains(id);
            // One place is kept for what is critical.
            let only_critical = concurrency >= KEPT_SLOT_FROM && self.ledger.other_calls(*id, None) + 1 >= concurrency;
            let asked = self.pages.iter().any(|page| is_page_of(page, *id));
            // What may crash its plugin runs alone, and others wait for it.
            let kept_free = self.bus.is_kept_free(&known.plugin);
            if open && room && known.active && !asked && !kept_free {
                let free = |key: &DeliveryKey| (!only_critical || self.disk.lane_of(*key) == CRITICAL) && self.is_free(key);
                hold!(self, rule_01_what_is_owed_is_not_left_lying(&self.disk, *id, free));
                hold!(self, rule_11_a_busy_key_holds_no_other_up(&self.disk, *id, free));
                if !room_for_a_call {
                    continue;
                }
                // What waits is kept by its own priority; that its key was raised is known where the key is in memory.
                let waits = |key: &DeliveryKey| {
                    (!only_critical || self.disk.event(key.sequence).draft.priority == Priority::Critical) && self.is_free(key)
                };
                hold!(self, rule_07_what_waits_is_not_left_lying(&self.disk, *id, waits, &self.bus, self.bus_now));
            }
        }
        Ok(())
    }

    /// Whether nothing but room keeps a delivery from being handed out: it is not in flight, and neither is another of its key.
    pub fn is_free(&self, key: &DeliveryKey) -> bool {
        let order = self.disk.event(key.sequence).order(key.subscription);
        let flying = |flight: &Flight| flight.key.subscription == key.subscription && flight.order == order;
        let busy = order.is_some() && self.ledger.leases.values().any(flying);
        !busy && !self.ledger.in_flight.contains(key) && self.disk.is_first(*key)
    }
}

/// Whether this is a page that a subscription has asked for.
pub fn is_page_of(page: &Command, id: SubscriptionId) -> bool {
    match page {
        Command::PendingPage { subscription, .. }
        | Command::WaitingPage { subscription, .. }
        | Command::HeadsPage { subscription, .. }
        | Command::KeyPage { subscription, .. } => *subscription == id,
        _ => false,
    }
}
