//! Passes what the bus asks of plugins to the host, with the event of each delivery: from the cache, else from the store, so that the
//! bus's thread never waits for a read.

use panotti_core::action::{CancelReason, Lease};
use panotti_core::event::SharedEvent;
use panotti_protocol::frame::BatchMark;
use panotti_protocol::id::{DeliveryId, FencingToken, InstanceId, Sequence};
use panotti_protocol::limits::BATCH_PAYLOAD_BYTES_MAX;
use panotti_protocol::time::Timestamp;
use tokio::sync::mpsc;

use super::cache::EventCache;
use super::handle::BusHandle;
use crate::daemon::clock::Clock;
use crate::daemon::meters::Meters;
use crate::daemon::seal::Unfit;
use crate::daemon::store::failure::StoreError;
use crate::daemon::store::sqlite::events;
use crate::daemon::store::sqlite::readers::Readers;

/// What the bus asks of the host. Bounded by what all subscriptions may have in flight.
#[derive(Debug)]
pub enum HostAction {
    /// Send this to a plugin.
    Deliver {
        /// The delivery.
        lease: Box<Lease>,
        /// Its event.
        event: SharedEvent,
        /// Which batch it comes in, where it does: those of one batch follow each other.
        batch: Option<BatchMark>,
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
    /// Deliveries for one call of a handler, whose events must be found.
    DeliverBatch(Vec<Lease>),
    /// Anything else, as it is.
    Pass(HostAction),
}

/// Finds the events of what is handed over, and passes it on.
pub struct Dispatch {
    /// Where the host takes it.
    pub host: mpsc::UnboundedSender<HostAction>,
    /// Where batches that are too large are returned.
    pub bus: BusHandle,
    /// Where events are looked for first.
    pub cache: EventCache,
    /// And then.
    pub readers: Readers,
    /// The time.
    pub clock: Clock,
    /// Who counts how long publishers' events took.
    pub meters: Meters,
}

impl Dispatch {
    /// Runs until the bus's thread or the host is gone.
    pub async fn run(self, mut handovers: mpsc::UnboundedReceiver<Handover>) {
        while let Some(handover) = handovers.recv().await {
            let passed = match handover {
                Handover::Pass(action) => self.host.send(action).is_ok(),
                Handover::Deliver(lease) => match self.find(&lease).await {
                    Some(event) => self.host.send(HostAction::Deliver { lease, event, batch: None }).is_ok(),
                    None => true,
                },
                Handover::DeliverBatch(leases) => self.deliver_batch(leases).await,
            };
            if !passed {
                return;
            }
        }
    }

    /// Passes a batch on, as far as it is not too large. Whether the host is still there.
    async fn deliver_batch(&self, leases: Vec<Lease>) -> bool {
        let id = leases.first().map_or(0, |first| first.token.0);
        let mut found = Vec::with_capacity(leases.len());
        let mut bytes = 0;
        let mut leases = leases.into_iter();
        for lease in leases.by_ref() {
            let Some(event) = self.find(&lease).await else { continue };
            bytes += event.draft.payload.len();
            found.push((lease, event));
            if bytes >= BATCH_PAYLOAD_BYTES_MAX {
                break;
            }
        }
        let unsent: Vec<FencingToken> = leases.map(|lease| lease.token).collect();
        if !unsent.is_empty() {
            let bus = self.bus.clone();
            tokio::spawn(async move {
                // Where the bus does not take them their leases run out.
                if let Err(failure) = bus.return_unsent(unsent).await {
                    tracing::warn!(%failure, "deliveries of a batch that was too large were not returned");
                }
            });
        }
        let number = found.len();
        found.into_iter().enumerate().all(|(place, (lease, event))| {
            let left = u32::try_from(number - place - 1).unwrap_or(u32::MAX);
            let batch = Some(BatchMark { id, left });
            self.host.send(HostAction::Deliver { lease: Box::new(lease), event, batch }).is_ok()
        })
    }

    /// A delivery is over before it began. Not waited for: the bus may be waiting for this very thread of hand-overs.
    fn give_up(&self, token: FencingToken, why: Unfit) {
        let bus = self.bus.clone();
        tokio::spawn(async move {
            // Where the bus does not take it the lease runs out, and the delivery is tried again.
            if let Err(failure) = bus.unreadable(token, format!("the event does not read back as it was written: {why}")).await {
                tracing::warn!(%failure, "a delivery whose event does not read back was not ended");
            }
        });
    }

    /// The event of a delivery. Where there is none the lease runs out and the delivery is tried again; the log says why. Where it does not
    /// read back as it was written the delivery is over.
    async fn find(&self, lease: &Lease) -> Option<SharedEvent> {
        let (event, called_at) = match find(&self.cache, &self.readers, lease.sequence).await {
            Ok(found) => found,
            Err(why) => {
                why.into_iter().for_each(|why| self.give_up(lease.token, why));
                return None;
            }
        };
        if lease.attempt == 1 && lease.replay.is_none() {
            self.meters.handed_over(self.clock.now().since(called_at));
        }
        Some(event)
    }
}

/// The event, and when its publisher called; where it had to be read, when it was accepted. Where it does not read back as it was written,
/// why.
async fn find(cache: &EventCache, readers: &Readers, sequence: Sequence) -> Result<(SharedEvent, Timestamp), Option<Unfit>> {
    if let Some(found) = cache.get(sequence) {
        return Ok(found);
    }
    match readers.read(move |connection| events::by_sequence(connection, sequence)).await {
        Ok(Some(event)) => {
            let accepted_at = event.accepted_at;
            Ok((std::sync::Arc::new(event), accepted_at))
        }
        Ok(None) => {
            tracing::error!(%sequence, "an event that is owed is not in the store");
            Err(None)
        }
        Err(StoreError::Event { why, .. }) => Err(Some(why)),
        Err(error) => {
            tracing::error!(%sequence, code = %error.code(), %error, "an event that is owed could not be read");
            Err(None)
        }
    }
}
