//! What the bus asks of the world after its transaction is on disk, and what it asks the store to write in it.

use std::sync::Arc;
use std::time::Duration;

use panotti_protocol::api::{StoredFilter, Tag};
use panotti_protocol::delivery::{Attempt, Cause, DeliveryState, ReplayMark, ReplayState};
use panotti_protocol::event::Priority;
use panotti_protocol::frame::StateWrite;
use panotti_protocol::id::{DeliveryId, EventId, FencingToken, InstanceId, ReplayId, Sequence};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;

use crate::access::AccessWrite;
use crate::command::{AuditEntry, Record, StartReplay, Switch};
use crate::delivery::{Counts, DeliveryKey};
use crate::event::SharedEvent;
use crate::once::StoredKey;
use crate::order::OrderKey;
use crate::origin::Stamped;
use crate::poison::Crashes;
use crate::replay::{ReplayCursor, ReplayNumber};
use crate::routing::{RuleSet, SubscriptionId, SubscriptionSpec};
use crate::schemas::SchemaWrite;

/// One change to the store. All writes of a step are one transaction.
#[derive(Debug, Clone)]
pub enum Write {
    /// A new event.
    Event(SharedEvent),
    /// What one of the daemon's own events matched.
    Matches {
        /// The event, as it was before.
        event: SharedEvent,
        /// The subscriptions.
        subscriptions: Vec<SubscriptionId>,
        /// Their ordering keys, for those that have one.
        keys: Vec<(SubscriptionId, OrderKey)>,
        /// The rules' version.
        rules: u64,
    },
    /// What was published under a publisher's key. Replaces what is no longer in force.
    PublisherKey {
        /// The principal.
        actor: String,
        /// The key.
        key: String,
        /// What it gives from now on.
        stored: StoredKey,
    },
    /// A delivery's row, new or changed.
    Delivery(Box<DeliveryWrite>),
    /// A replay succeeded: the delivery it repeats becomes `recovered` if it is still dead or quarantined.
    Recovered {
        /// The delivery that was repeated.
        key: DeliveryKey,
        /// Its ordering key.
        order: Option<OrderKey>,
        /// When.
        at: Timestamp,
    },
    /// Changes of one subscription's counts, and its floor.
    Counts {
        /// The subscription.
        subscription: SubscriptionId,
        /// What is added.
        delta: Counts,
        /// Every event up to here is resolved for it or has a row.
        floor: Sequence,
    },
    /// Events in which a subscription's path to its ordering key led to nothing.
    WithoutKey {
        /// The subscription.
        subscription: SubscriptionId,
        /// How many more.
        count: u64,
    },
    /// Events that matched nothing.
    Unrouted {
        /// How many more.
        count: u64,
    },
    /// A subscription, new or changed, or no longer named by its plugin.
    Subscription {
        /// Its id.
        subscription: SubscriptionId,
        /// Its plugin.
        plugin: String,
        /// What it is.
        spec: SubscriptionSpec,
        /// Whether it still matches new events.
        active: bool,
        /// Where a new one begins: events up to here are not owed to it.
        floor: Sequence,
    },
    /// A subscription stands still since then, or moves again.
    Stall {
        /// The subscription.
        subscription: SubscriptionId,
        /// `None` where it moves again.
        since: Option<Timestamp>,
    },
    /// The rules' version.
    Rules {
        /// The version.
        version: u64,
    },
    /// A new stored filter.
    Filter(Box<StoredFilter>),
    /// A stored filter is given up.
    RemoveFilter {
        /// Its name.
        name: String,
    },
    /// What is written of schemas.
    Schema(Box<SchemaWrite>),
    /// What is written of keys and roles.
    Access(Box<AccessWrite>),
    /// What an event is tagged with.
    Tags {
        /// The event.
        sequence: Sequence,
        /// The tags.
        tags: Vec<Tag>,
    },
    /// A plugin is wanted on or off.
    Switch(Switch),
    /// A plugin's state changed by a handler that is done.
    State {
        /// The plugin.
        plugin: String,
        /// In order.
        writes: Vec<StateWrite>,
    },
    /// A new replay.
    Replay {
        /// Its number.
        replay: ReplayNumber,
        /// Its id.
        id: ReplayId,
        /// What was asked.
        start: Box<StartReplay>,
        /// Events after this one are not selected.
        until: Sequence,
    },
    /// A replay moved on.
    ReplayProgress {
        /// Its number.
        replay: ReplayNumber,
        /// Where it stands.
        state: ReplayState,
        /// Every item up to here has a row.
        cursor: ReplayCursor,
        /// Items that succeeded since the last such write.
        ok: u64,
        /// Items that died, less those that a person retried.
        failed: i64,
        /// Items that were no longer there.
        skipped: u64,
        /// When it ended.
        ended_at: Option<Timestamp>,
    },
    /// Events leave the store with everything that belongs to them.
    Trim {
        /// The events, in sequence order.
        events: Vec<Sequence>,
    },
    /// Something written down for others.
    Record(Record),
    /// Who did what.
    Audit(AuditEntry),
    /// Who did what, or was refused it, with the request behind it.
    Stamped(Box<Stamped>),
}

/// A delivery's row after an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryWrite {
    /// Which one.
    pub key: DeliveryKey,
    /// Its id.
    pub id: DeliveryId,
    /// Where it stands now.
    pub state: DeliveryState,
    /// Why it died.
    pub cause: Option<Cause>,
    /// Attempts counted.
    pub attempts: u32,
    /// Attempts in all before it dies.
    pub attempts_max: u32,
    /// Attempts recorded, this one included.
    pub tries: u32,
    /// When it is due again.
    pub due: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Groups failures that are alike.
    pub fingerprint: Option<String>,
    /// When it crashed its plugin.
    pub crashes: Crashes,
    /// The attempt that ended. Absent where the row changes without one.
    pub attempt: Option<Attempt>,
    /// The delivery it repeats, for one that a replay made.
    pub attempt_of: Option<DeliveryKey>,
    /// Its ordering key.
    pub order: Option<OrderKey>,
    /// Its event's priority.
    pub priority: Priority,
    /// It is dead and its key waits until somebody resolves it.
    pub blocks: bool,
}

impl DeliveryWrite {
    /// Whether its key waits for it from now on.
    pub fn holds_its_key(&self) -> bool {
        self.blocks || self.state == DeliveryState::Waiting
    }
}

/// One thing to do after the commit.
#[derive(Debug, Clone)]
pub enum Action {
    /// Send this to a plugin.
    Deliver(Box<Lease>),
    /// Send these to a plugin's handler in one call: two or more, of one subscription.
    DeliverBatch(Vec<Lease>),
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
    /// Match one of the daemon's own events and come back with [`crate::command::Command::Matched`].
    Match {
        /// The event.
        sequence: Sequence,
    },
    /// Publishers match against this from now on.
    Rules(Arc<RuleSet>),
    /// Read the next events of a subscription and a priority that have no delivery row.
    ReadPending {
        /// The subscription.
        subscription: SubscriptionId,
        /// The priority.
        priority: Priority,
        /// After this one.
        after: Sequence,
        /// At most so many.
        limit: usize,
    },
    /// Read the next waiting deliveries of a subscription and a priority, soonest first.
    ReadWaiting {
        /// The subscription.
        subscription: SubscriptionId,
        /// The priority.
        priority: Priority,
        /// After this place; `None` from the beginning.
        after: Option<(Timestamp, DeliveryKey)>,
        /// At most so many.
        limit: usize,
    },
    /// Read the next first deliveries of ordering keys that are pending, of the keys whose rank has this priority.
    ReadHeads {
        /// The subscription.
        subscription: SubscriptionId,
        /// The priority.
        priority: Priority,
        /// After this place: the sequence of a rank.
        after: Sequence,
        /// At most so many.
        limit: usize,
    },
    /// Read the first unresolved deliveries of an ordering key.
    ReadKey {
        /// The subscription.
        subscription: SubscriptionId,
        /// The key.
        order: OrderKey,
        /// At most so many.
        limit: usize,
    },
    /// Read the next items of a replay.
    ReadReplay {
        /// The job.
        replay: ReplayNumber,
        /// After this place.
        after: ReplayCursor,
        /// At most so many.
        limit: usize,
    },
    /// For those who watch: an attempt ended.
    Notice(Box<Notice>),
}

/// A delivery handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who gets it.
    pub instance: InstanceId,
    /// The plugin.
    pub plugin: String,
    /// The handler: the subscription's name.
    pub handler: String,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Grows with every lease.
    pub token: FencingToken,
    /// 1 for the first try.
    pub attempt: u32,
    /// The event to send: whoever sends it looks it up.
    pub sequence: Sequence,
    /// Time it has.
    pub timeout: Duration,
    /// Set when a replay made it.
    pub replay: Option<ReplayMark>,
}

/// Why a lease was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReason {
    /// The handler's hard limit passed.
    TimedOut,
    /// No heartbeat came in time: the plugin hangs.
    LeaseLost,
    /// The store had no room for the step: the delivery will be handed out again, and no attempt is used.
    TakenBack,
}

/// An attempt ended, for those who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The event.
    pub sequence: Sequence,
    /// Its id.
    pub eventid: EventId,
    /// Its topic.
    pub topic: Topic,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The row as it stands now.
    pub row: DeliveryWrite,
}

/// What one batch of commands comes to.
#[derive(Debug, Default)]
pub struct Step {
    /// One transaction.
    pub writes: Vec<Write>,
    /// What to do once it is on disk.
    pub actions: Vec<Action>,
}
