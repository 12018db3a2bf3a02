//! Passes what the bus asks of plugins to the host, with the event of each delivery: from the cache, else from the store, so that the
//! bus's thread never waits for a read.

use panotti_core::action::{CancelReason, Lease};
use panotti_core::event::SharedEvent;
use panotti_protocol::id::{DeliveryId, FencingToken, InstanceId, Sequence};
use panotti_protocol::time::Timestamp;
use tokio::sync::mpsc;

use super::cache::EventCache;
use crate::daemon::clock::Clock;
use crate::daemon::meters::Meters;
use crate::daemon::store::sqlite::events;
use crate::daemon::store::sqlite::readers::Readers;

/// What the bus asks of the host. Bounded by the concurrency of all subscriptions.
#[derive(Debug)]
pub enum HostAction {
    /// Send this to a plugin.
    Deliver {
        /// The delivery.
        lease: Box<Lease>,
        /// Its event.
        event: SharedEvent,
    },
    /// Tell a plugin that a lease is over.
    Cancel {
        /// Who holds it.
        instance: InstanceId,
        /// The delivery.
        delivery: DeliveryId,
        /// The lease.
        token: FencingToken,
        /// Why.
        why: CancelReason,
    },
}

/// What the bus's thread hands over.
#[derive(Debug)]
pub enum Handover {
    /// A delivery whose event must be found.
    Deliver(Box<Lease>),
    /// Anything else, as it is.
    Pass(HostAction),
}

/// Runs until the bus's thread is gone.
pub async fn run(
    mut handovers: mpsc::UnboundedReceiver<Handover>,
    host: mpsc::UnboundedSender<HostAction>,
    cache: EventCache,
    readers: Readers,
    clock: Clock,
    meters: Meters,
) {
    while let Some(handover) = handovers.recv().await {
        let action = match handover {
            Handover::Pass(action) => action,
            Handover::Deliver(lease) => match find(&cache, &readers, lease.sequence).await {
                Some((event, called_at)) => {
                    if lease.attempt == 1 && lease.replay.is_none() {
                        meters.handed_over(clock.now().since(called_at));
                    }
                    HostAction::Deliver { lease, event }
                }
                // The lease runs out and the delivery is tried again; the log says why.
                None => continue,
            },
        };
        if host.send(action).is_err() {
            return;
        }
    }
}

/// The event, and when its publisher called; where it had to be read, when it was accepted.
async fn find(cache: &EventCache, readers: &Readers, sequence: Sequence) -> Option<(SharedEvent, Timestamp)> {
    if let Some(found) = cache.get(sequence) {
        return Some(found);
    }
    match readers.read(move |connection| events::by_sequence(connection, sequence)).await {
        Ok(Some(event)) => {
            let accepted_at = event.accepted_at;
            Some((std::sync::Arc::new(event), accepted_at))
        }
        Ok(None) => {
            tracing::error!(%sequence, "an event that is owed is not in the store");
            None
        }
        Err(error) => {
            tracing::error!(%sequence, code = %error.code(), %error, "an event that is owed could not be read");
            None
        }
    }
}
