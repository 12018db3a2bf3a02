//! What the bus is asked and what it answers. A command carries everything it needs: the core reads no clock and no store.

use std::sync::Arc;
use std::time::Duration;

use panotti_protocol::api::{OnDisabled, ReplaySelection, StoredFilter};
use panotti_protocol::delivery::{AttemptError, DeliveryState};
use panotti_protocol::event::{Priority, Receipt};
use panotti_protocol::frame::StateWrite;
use panotti_protocol::id::{DeliveryId, FencingToken, InstanceId, ReplayId, Sequence};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;

use crate::access::AccessCommand;
use crate::cancel::Cancel;
use crate::configuration::ConfigurationChange;
use crate::delivery::Owed;
use crate::event::{Draft, SharedEvent};
use crate::key_pages::{Head, KeyEntry, Rank};
pub use crate::meter::Measured;
use crate::once::PublishOnce;
use crate::order::OrderKey;
pub use crate::origin::AuditEntry;
use crate::replay::{ReplayCursor, ReplayItem, ReplayNumber};
use crate::retention::{Room, Trim};
use crate::routing::{Matches, RuleSet, SubscriptionId, SubscriptionSpec};
use crate::schemas::SchemaCommand;
use crate::state::SetState;

pub use crate::refusal::Refusal;

/// One thing the bus is asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Accept an event.
    Publish(Box<Publish>),
    /// Accept events under a key of the publisher's.
    PublishOnce(Box<PublishOnce>),
    /// What one of the daemon's own events matched.
    Matched {
        /// The event.
        event: SharedEvent,
        /// What it matched.
        matches: Matches,
    },
    /// Replace what a plugin subscribes to. What it no longer names keeps its backlog but matches nothing new.
    Register {
        /// The plugin.
        plugin: String,
        /// All its subscriptions.
        subscriptions: Vec<SubscriptionSpec>,
    },
    /// A plugin is wanted on or off.
    Switch(Switch),
    /// A running copy takes deliveries from now on.
    Attach(Attach),
    /// A plugin gets nothing new; what it holds it keeps.
    Close {
        /// The plugin.
        plugin: String,
    },
    /// A running copy is gone.
    Detach {
        /// The copy.
        instance: InstanceId,
        /// How it went.
        end: InstanceEnd,
    },
    /// How an attempt ended.
    Outcome(Box<Report>),
    /// A plugin still works on a delivery.
    Heartbeat {
        /// The lease.
        token: FencingToken,
    },
    /// Deliveries of a batch were not sent: it was too large. They are handed out again, and no attempt is used.
    ReturnUnsent {
        /// Their leases, in the order in which they were handed out.
        tokens: Vec<FencingToken>,
    },
    /// A delivery that was handed out cannot be sent: its event does not read back as it was written.
    Unreadable(FencingToken, String),
    /// One more attempt, now. The rows were read right before this command is applied.
    Retry {
        /// The deliveries.
        deliveries: Vec<StoredDelivery>,
        /// Who asks.
        actor: String,
    },
    /// Give dead deliveries up. The rows were read right before this command is applied.
    Discard {
        /// The deliveries.
        deliveries: Vec<StoredDelivery>,
        /// Why.
        reason: String,
        /// Who asks.
        actor: String,
    },
    /// Stop deliveries before they end. The rows, and what has none yet, were read right before this command is applied.
    Cancel(Cancel),
    /// Remove what may go of some events. They were read right before this command is applied.
    Trim(Trim),
    /// Change a key of a plugin's state.
    SetState(Box<SetState>),
    /// Begin a replay.
    StartReplay(Box<StartReplay>),
    /// End a replay before its last item. What it has handed out is finished.
    CancelReplay {
        /// The job.
        replay: ReplayId,
        /// Who asks.
        actor: String,
    },
    /// Keep a filter, and route by it.
    CreateFilter(Box<CreateFilter>),
    /// Give a filter up.
    RemoveFilter {
        /// Its name.
        name: String,
        /// Who asks.
        actor: String,
        /// Why.
        reason: String,
    },
    /// Change the schemas.
    Schema(Box<SchemaCommand>),
    /// Change who may do what.
    Access(Box<AccessCommand>),
    /// Let a replay begin nothing new, or go on.
    SteerReplay {
        /// The job.
        replay: ReplayId,
        /// Which of the two.
        steering: Steering,
        /// Who asks.
        actor: String,
    },
    /// Write something down that the bus itself doesn't act on, in its transaction.
    Record(Record),
    /// Hand out nothing any more: the daemon is stopping.
    StopHandingOut,
    /// Look at the time.
    Tick,
    /// The page asked for by [`crate::action::Action::ReadPending`].
    PendingPage {
        /// The subscription.
        subscription: SubscriptionId,
        /// The priority.
        priority: Priority,
        /// Events it matches without a delivery row, in sequence order.
        entries: Vec<Owed>,
        /// Every event up to here was looked at.
        scanned_to: Sequence,
    },
    /// The page asked for by [`crate::action::Action::ReadWaiting`].
    WaitingPage {
        /// The subscription.
        subscription: SubscriptionId,
        /// The priority.
        priority: Priority,
        /// Waiting deliveries with the time each is due, soonest first.
        entries: Vec<(Timestamp, Owed)>,
        /// Whether there are no more after these.
        last: bool,
    },
    /// The page asked for by [`crate::action::Action::ReadHeads`].
    HeadsPage {
        /// The subscription.
        subscription: SubscriptionId,
        /// The priority.
        priority: Priority,
        /// Deliveries that are the first of their key and pending, in the order of their keys' ranks.
        heads: Vec<Head>,
        /// Every place up to here was looked at.
        scanned_to: Sequence,
    },
    /// The page asked for by [`crate::action::Action::ReadKey`].
    KeyPage {
        /// The subscription.
        subscription: SubscriptionId,
        /// The key.
        order: OrderKey,
        /// Its first unresolved deliveries, in sequence order.
        entries: Vec<KeyEntry>,
        /// Whether there are no more after these.
        last: bool,
        /// The best rank among those after these.
        rest: Option<Rank>,
    },
    /// The page asked for by [`crate::action::Action::ReadReplay`].
    ReplayPage {
        /// The job.
        replay: ReplayNumber,
        /// Deliveries to repeat, in order.
        items: Vec<ReplayItem>,
        /// The place of the last one looked at.
        scanned_to: ReplayCursor,
        /// Whether there are no more after these.
        last: bool,
    },
}

impl Command {
    /// Whether it stands although the step's transaction could not be written: it is about running copies, which are not in the store.
    pub fn stands_unwritten(&self) -> bool {
        matches!(self, Self::Attach(_) | Self::Close { .. } | Self::Detach { .. } | Self::StopHandingOut)
    }
}

/// Accept an event.
#[derive(Debug, Clone)]
pub struct Publish {
    /// The event.
    pub draft: Draft,
    /// What it matches.
    pub matches: Matches,
    /// The event with the same source and id that the store already has.
    pub known: Option<FirstPublished>,
}

/// An event that is stored already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstPublished {
    /// Its receipt.
    pub receipt: Receipt,
    /// Its topic: the same source and id under another one is no repetition.
    pub topic: Topic,
}

/// Keep a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateFilter {
    /// The filter. Its time is set when it is stored.
    pub filter: StoredFilter,
    /// What it routes by: each plugin with its subscription, named by [`crate::routing::made_by_filter`].
    pub subscriptions: Vec<(String, SubscriptionSpec)>,
    /// Why.
    pub reason: String,
}

/// What a person wants of a running replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steering {
    /// It begins nothing new.
    Pause,
    /// It goes on.
    Resume,
}

/// A plugin is wanted on or off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// The plugin.
    pub plugin: String,
    /// Whether it is wanted on.
    pub enabled: bool,
    /// What becomes of events that arrive while it is off; `None` leaves it to each subscription.
    pub on_disabled: Option<OnDisabled>,
    /// Who asks.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// A running copy takes deliveries from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attach {
    /// The plugin.
    pub plugin: String,
    /// The copy.
    pub instance: InstanceId,
    /// Its version, recorded with each attempt.
    pub version: String,
    /// SHA-256 of its folder in hexadecimal, recorded with each attempt.
    pub digest: String,
}

/// How a running copy went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceEnd {
    /// It ended by itself while it should have run: what it held uses up an attempt (semantics rule 6).
    Crashed {
        /// What is known of it, for the attempts' records.
        error: AttemptError,
        /// The end of its log.
        log_tail: String,
    },
    /// It was told to end: what it held is returned and uses no attempt.
    Stopped,
}

/// How an attempt ended, as the plugin's session reports it.
#[derive(Debug, Clone)]
pub struct Report {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The lease.
    pub token: FencingToken,
    /// What the handler answered.
    pub outcome: HandlerOutcome,
    /// The end of what the plugin logged meanwhile.
    pub log_tail: String,
}

/// What a handler answered (semantics rule 5).
#[derive(Debug, Clone)]
pub enum HandlerOutcome {
    /// Handled; these take effect with it.
    Done {
        /// Events, with what each matches and the one that the store has with the same source and
        /// [`DeliveryId::emit_id`].
        emits: Vec<Publish>,
        /// Writes to the plugin's state, in order.
        state: Vec<StateWrite>,
    },
    /// Try again, not before `after` where given.
    Retry {
        /// What the handler asked for.
        after: Option<Duration>,
        /// What went wrong.
        error: AttemptError,
    },
    /// Dead at once.
    Reject {
        /// Why.
        reason: String,
    },
    /// Later, without using an attempt.
    Defer {
        /// When.
        after: Duration,
        /// Why.
        reason: String,
    },
}

/// A delivery's row, as far as changing it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDelivery {
    /// Which one, and what its attempts came to.
    pub owed: Owed,
    /// Where it stands in the store.
    pub state: DeliveryState,
}

/// Begin a replay.
#[derive(Debug, Clone)]
pub struct StartReplay {
    /// What it selects.
    pub selection: ReplaySelection,
    /// A name for people.
    pub name: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Deliveries started a second; 0 is without a limit.
    pub rate: u32,
    /// Deliveries counted by the plan.
    pub selected: u64,
    /// Who asks.
    pub actor: String,
}

/// Something written down in the bus's transaction, so that it is ordered with events.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A plugin changed its state.
    Transition {
        /// The plugin.
        plugin: String,
        /// From this state.
        from: String,
        /// To this state.
        to: String,
        /// Why.
        reason: String,
        /// Who.
        actor: String,
    },
    /// A plugin was found, or found changed.
    PluginFound {
        /// The plugin.
        plugin: String,
        /// Its version.
        version: String,
        /// SHA-256 of its folder in hexadecimal.
        digest: String,
        /// Whether it is wanted on: as it was, or as its manifest says where it was never seen before.
        wanted: bool,
    },
    /// What was set over a plugin's configuration.
    PluginConfig {
        /// The plugin.
        plugin: String,
        /// The whole overlay, as JSON values.
        overlay: std::collections::BTreeMap<String, panotti_protocol::json::Value>,
        /// The new revision.
        revision: u64,
        /// Who.
        actor: String,
        /// Why.
        reason: String,
    },
    /// What was set over the configuration.
    Configuration(ConfigurationChange),
    /// A change outside the bus that must be in the audit.
    Audit(AuditEntry),
    /// Something that was refused.
    Denied(AuditEntry),
    /// Secrets of the configuration.
    Secrets(crate::secrets::ChangeSecrets),
    /// The clock of uptime: a row a minute.
    Uptime,
    /// The store's use went over the mark of the warning, or came back under it.
    Watermark {
        /// How the store's room stands.
        room: Room,
        /// Whether it is over.
        over: bool,
    },
    /// Publishers' keys that are no longer in force are forgotten, so many at most.
    ForgetKeys {
        /// The most.
        limit: u32,
    },
    /// What was measured in the last minute.
    Measured(Measured),
    /// A stored event does not read back as it was written.
    Corrupt(Sequence),
    /// A change of who can open sealed payloads.
    Seal(crate::sealing::SealChange),
}

/// What a command answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Nothing to say.
    Done,
    /// The event's receipt. Told to the publisher only after the commit.
    Receipt(Receipt),
    /// The receipts of what was published under a key, in the order of the events. Told to the publisher only after the commit.
    Receipts(Vec<Receipt>),
    /// The rules have changed since the event was matched: match again and ask again.
    MatchAgain,
    /// The rule set after a registration, and the ids of the plugin's subscriptions in the order given.
    Rules(Arc<RuleSet>),
    /// The outcome was taken.
    Taken,
    /// The outcome or heartbeat was refused: its lease is over.
    Stale,
    /// How many of the deliveries were changed.
    Changed(u64),
    /// The replay that was started or cancelled, and whether that changed anything.
    Replay {
        /// Its id.
        replay: ReplayId,
        /// Whether anything changed.
        changed: bool,
    },
    /// No.
    Refused(Refusal),
}
