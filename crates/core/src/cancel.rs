//! Deliveries given up before they ended (semantics section 2: `cancelled`): by a person, or because nobody has decided about them for
//! too long. What is in flight is finished: its handler works on it.

use std::time::Duration;

use panotti_protocol::delivery::DeliveryState;

use crate::action::{DeliveryWrite, Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, AuditEntry, StoredDelivery};
use crate::delivery::HasRow;
use crate::replay::ReplayNumber;

/// Dead letters that nobody has decided about end after this (semantics rule 8).
pub const DEAD_LETTERS_KEPT: Duration = Duration::from_secs(90 * 86_400);
/// What is owed to a subscription that its plugin no longer names ends after this (semantics rule 4).
pub const REMOVED_BACKLOG_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Stop deliveries before they end.
#[derive(Debug, Clone)]
pub struct Cancel {
    /// The deliveries, as they stand in the store.
    pub deliveries: Vec<StoredDelivery>,
    /// Which of them.
    pub which: Cancelled,
    /// Why, as the person said.
    pub reason: String,
    /// Who asks.
    pub actor: String,
}

/// Which deliveries are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// Those that are owed and not handed out, or wait for their time.
    NotBegun,
    /// Those that are dead or quarantined.
    Failed,
}

impl Cancelled {
    fn means(self, state: DeliveryState) -> bool {
        match self {
            Self::NotBegun => {
                matches!(state, DeliveryState::Pending | DeliveryState::Held | DeliveryState::Blocked | DeliveryState::Waiting)
            }
            Self::Failed => state.is_failed(),
        }
    }
}

impl Bus {
    /// Cancels them, each with an audit entry. What is in flight, ended or changed in this step stays as it is.
    pub(crate) fn cancel(&mut self, cancel: Cancel, step: &mut Step) -> Answer {
        let Cancel { deliveries, which, reason, actor } = cancel;
        let mut changed = 0;
        for StoredDelivery { owed, state } in deliveries.into_iter().filter(|stored| which.means(stored.state)) {
            let attempts_max = self.attempts_max(&owed);
            let Some(subscription) = self.subscriptions.get_mut(&owed.key.subscription) else { continue };
            if subscription.is_leased(&owed.key) || !self.changed.insert(owed.key) {
                continue;
            }
            subscription.forget_waiting(owed.key);
            subscription.forget_pending(&owed);
            self.forget_aside(owed.key);
            self.count(owed.key, state, -1);
            self.count(owed.key, DeliveryState::Cancelled, 1);
            let row = DeliveryWrite::of(&owed, DeliveryState::Cancelled, attempts_max);
            step.writes.push(Write::Delivery(Box::new(DeliveryWrite { ended_at: Some(self.now), ..row })));
            step.writes.push(Write::Audit(AuditEntry {
                actor: actor.clone(),
                action: "delivery.cancel".to_owned(),
                object: owed.id().to_string(),
                reason: reason.clone(),
                detail: format!("{}, was {state}", owed.eventid),
            }));
            // A replay's item that waited is an item that did not succeed.
            if owed.key.replay != ReplayNumber::LIVE
                && !state.is_failed()
                && let Some(original) = owed.original()
            {
                self.item_moved(owed.key.replay, original, HasRow::Yes, DeliveryState::Cancelled);
            }
            changed += 1;
        }
        Answer::Changed(changed)
    }
}
