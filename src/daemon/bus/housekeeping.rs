//! What the daemon does with old events and deliveries by itself, or for a person who purges: requests whose rows are read right before
//! the step that changes them. Each is bounded by whoever makes it.

use panotti_core::cancel::{Cancel, Cancelled};
use panotti_core::command::Command;
use panotti_core::delivery::DeliveryKey;
use panotti_core::retention::{Trim, TrimWhy};
use panotti_core::routing::SubscriptionId;
use panotti_protocol::id::Sequence;
use tokio::sync::oneshot;

use super::handle::DeliveryChange;
use super::thread::Thread;
use crate::daemon::store::failure::StoreResult;
use crate::daemon::store::sqlite::database::Database;
use crate::daemon::store::sqlite::retention::{self, Space};
use crate::daemon::store::sqlite::{pages, trimming};

/// Who does what nobody asked for.
pub const ACTOR: &str = "daemon";

/// One part of the housekeeping: one transaction.
#[derive(Debug, Clone)]
pub enum Housekeeping {
    /// Remove what may go of these events.
    Trim {
        /// The events, in sequence order.
        events: Vec<Sequence>,
        /// Why.
        why: TrimWhy,
    },
    /// Cancel these dead letters: nobody has decided about them for too long, or a person purges their events.
    EndFailed {
        /// The deliveries.
        deliveries: Vec<DeliveryKey>,
        /// Why.
        reason: String,
        /// Who.
        actor: String,
    },
    /// Cancel the next part of what is owed to a subscription that its plugin no longer names.
    EndBacklog {
        /// The subscription.
        subscription: SubscriptionId,
        /// Why.
        reason: String,
    },
}

impl Housekeeping {
    /// Reads what it is about.
    pub fn command(self, database: &Database) -> StoreResult<Command> {
        let cancel = |deliveries, which, reason, actor| Command::Cancel(Cancel { deliveries, which, reason, actor });
        Ok(match self {
            Self::Trim { events, why } => Command::Trim(Trim { events: trimming::fates(database, &events, &why)?, why }),
            Self::EndFailed { deliveries, reason, actor } => {
                cancel(retention::stored(database, &deliveries)?, Cancelled::Failed, reason, actor)
            }
            Self::EndBacklog { subscription, reason } => {
                cancel(retention::backlog(database, subscription)?, Cancelled::NotBegun, reason, ACTOR.to_owned())
            }
        })
    }
}

impl DeliveryChange {
    /// Reads what it is about.
    pub fn command(self, database: &Database, sequence: Sequence, plugin: Option<&str>) -> StoreResult<Command> {
        let deliveries = || pages::stored_deliveries(database, sequence, plugin);
        Ok(match self {
            Self::Retry { actor } => Command::Retry { deliveries: deliveries()?, actor },
            Self::Discard { reason, actor } => Command::Discard { deliveries: deliveries()?, reason, actor },
            Self::Cancel { reason, actor } => cancel(database, sequence, plugin, reason, actor)?,
        })
    }
}

/// The command that stops what has not begun of an event's deliveries; of those to one plugin, where one is named.
pub fn cancel(database: &Database, sequence: Sequence, plugin: Option<&str>, reason: String, actor: String) -> StoreResult<Command> {
    let deliveries = retention::not_begun(database, sequence, plugin)?;
    Ok(Command::Cancel(Cancel { deliveries, which: Cancelled::NotBegun, reason, actor }))
}

/// Gives free pages back and says what is left.
pub fn vacuum(thread: &Thread, pages: u32, reply: oneshot::Sender<Space>) -> StoreResult<()> {
    thread.store.vacuum(pages)?;
    // The file is cut when the log is moved into it. A full channel means that this is already asked for.
    let _ = thread.checkpoint.try_send(());
    // Whoever asked may be gone: the pages are given back all the same.
    let _ = reply.send(thread.tell_space()?);
    Ok(())
}
