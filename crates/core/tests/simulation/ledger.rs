//! What the world knows of deliveries in flight, and what must be written for each attempt that ended. Written from the rules, not
//! from the bus.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use panotti_core::delivery::DeliveryKey;
use panotti_core::lanes::CRITICAL;
use panotti_core::limits::LEASE;
use panotti_core::order::OrderKey;
use panotti_core::replay::{ReplayItem, ReplayNumber};
use panotti_core::routing::SubscriptionId;
use panotti_protocol::id::{DeliveryId, FencingToken, InstanceId};
use panotti_protocol::time::Timestamp;

/// Why a delivery's row changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Done {
        emits: usize,
    },
    Retry {
        after: Option<Duration>,
    },
    /// It was done and emits what a schema refuses: nothing of it takes effect.
    EmitRefused,
    Reject,
    Defer {
        after: Duration,
    },
    Timeout,
    Crash,
    Expired,
    Unreadable,
    RetryByHand,
    Discard,
    Cancel,
    Skipped,
    /// It is owed later: published with a time.
    Delayed {
        at: Timestamp,
    },
}

impl Kind {
    /// Semantics rule 6.
    pub fn uses_an_attempt(&self) -> bool {
        matches!(self, Kind::Done { .. } | Kind::Retry { .. } | Kind::EmitRefused | Kind::Reject | Kind::Timeout | Kind::Crash)
    }

    /// Whether it ends a try, counted or not.
    pub fn is_recorded(&self) -> bool {
        !matches!(self, Kind::RetryByHand | Kind::Discard | Kind::Cancel | Kind::Skipped | Kind::Delayed { .. })
    }

    pub fn name(&self) -> &'static str {
        match self {
            Kind::Done { .. } => "done",
            Kind::Retry { after: None } => "retry",
            Kind::Retry { after: Some(_) } => "retry after",
            Kind::EmitRefused => "emit refused",
            Kind::Reject => "reject",
            Kind::Defer { .. } => "defer",
            Kind::Timeout => "timeout",
            Kind::Crash => "crash",
            Kind::Expired => "expired",
            Kind::Unreadable => "unreadable",
            Kind::RetryByHand => "retry by hand",
            Kind::Discard => "discard",
            Kind::Cancel => "cancel",
            Kind::Skipped => "skipped",
            Kind::Delayed { .. } => "delayed",
        }
    }
}

/// A delivery in flight.
#[derive(Debug, Clone)]
pub struct Flight {
    pub key: DeliveryKey,
    /// What it repeats.
    pub original: Option<DeliveryKey>,
    pub order: Option<OrderKey>,
    /// The call that it came in: the token of the first delivery of it.
    pub call: FencingToken,
    pub delivery: DeliveryId,
    pub instance: InstanceId,
    pub heard_at: Timestamp,
    pub hard_until: Timestamp,
    /// The lane that it went in.
    pub lane: usize,
}

impl Flight {
    /// When it is taken back.
    pub fn until(&self) -> Timestamp {
        (self.heard_at + LEASE).min(self.hard_until)
    }
}

/// A running copy, as the bus was told of it.
#[derive(Debug, Clone)]
pub struct OpenCopy {
    pub instance: InstanceId,
    pub open: bool,
}

/// See the module. Ends with the bus's memory, but for the last token and what replays have left out.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub leases: BTreeMap<FencingToken, Flight>,
    pub in_flight: BTreeSet<DeliveryKey>,
    /// Calls that have taken something that is not critical.
    pub other_calls: BTreeSet<FencingToken>,
    pub copies: BTreeMap<String, OpenCopy>,
    pub last_token: Option<FencingToken>,
    pub handing_out: bool,
    /// Of paused replays: how many deliveries that they had released may still be handed out.
    pub paused: BTreeMap<ReplayNumber, usize>,
    /// Items that each replay has read since it was loaded, and with which page: the first that had it, or the first that had it again
    /// after one had left it out.
    pub pages: BTreeMap<ReplayNumber, BTreeMap<DeliveryKey, usize>>,
    pub pages_read: usize,
    /// What each replay did not find when it read that part of its selection last: it was in quarantine then, or no failure any more. The
    /// place of a replay outlives a restart, and so does this.
    pub left_out: BTreeMap<ReplayNumber, BTreeSet<DeliveryKey>>,
    /// Of the items read, what repeats a delivery that has crashed its plugin, and how often it has.
    pub inherited_crashes: BTreeMap<DeliveryKey, usize>,
    /// When each replay was started, where that was after the load, and what of it has begun.
    pub replays_since: BTreeMap<ReplayNumber, Timestamp>,
    pub begun: BTreeMap<ReplayNumber, BTreeSet<DeliveryKey>>,
    /// What must be written in the step under way.
    pub expected: BTreeMap<DeliveryKey, VecDeque<Kind>>,
    pub emits: BTreeSet<String>,
    pub state_writes: usize,
    pub replays_started: usize,
    /// Subscriptions of which a call has begun in this step that could have had more deliveries.
    pub begun_with_room: BTreeSet<SubscriptionId>,
    /// Keys whose rows change in the step under way.
    pub touched: BTreeSet<DeliveryKey>,
}

impl Ledger {
    /// After a start: nothing is in flight.
    pub fn restarted(&self) -> Self {
        // What paused replays had released went with the memory.
        let paused = self.paused.keys().map(|replay| (*replay, 0)).collect();
        Self { last_token: self.last_token, handing_out: true, paused, left_out: self.left_out.clone(), ..Self::default() }
    }

    /// A replay has read a part of its selection: these items, and none of what it leaves out.
    pub fn has_read(&mut self, replay: ReplayNumber, items: &[ReplayItem], missing: impl Iterator<Item = DeliveryKey>) {
        let left_out = self.left_out.entry(replay).or_default();
        left_out.extend(missing);
        let read = self.pages.entry(replay).or_default();
        self.pages_read += 1;
        for ReplayItem { original, .. } in items {
            let is_back = left_out.remove(original);
            let page = read.entry(*original).or_insert(self.pages_read);
            *page = if is_back { self.pages_read } else { *page };
        }
    }

    /// Whether a replay has left it out when it came to it last.
    pub fn has_left_out(&self, replay: ReplayNumber, original: DeliveryKey) -> bool {
        self.left_out.get(&replay).is_some_and(|left_out| left_out.contains(&original))
    }

    pub fn expect(&mut self, key: DeliveryKey, kind: Kind) {
        self.touched.insert(key);
        self.expected.entry(key).or_default().push_back(kind);
    }

    /// Whether `token` holds `delivery` now.
    pub fn key_of(&self, token: FencingToken, delivery: DeliveryId) -> Option<DeliveryKey> {
        self.leases.get(&token).filter(|flight| flight.delivery == delivery).map(|flight| flight.key)
    }

    pub fn end(&mut self, token: FencingToken) -> Option<Flight> {
        let flight = self.leases.remove(&token)?;
        self.in_flight.remove(&flight.key);
        Some(flight)
    }

    pub fn begin(&mut self, token: FencingToken, flight: Flight) {
        if flight.lane != CRITICAL {
            self.other_calls.insert(flight.call);
        }
        self.last_token = Some(token);
        self.in_flight.insert(flight.key);
        self.leases.insert(token, flight);
    }

    /// Calls of a subscription's handler that are under way.
    pub fn calls_under_way(&self, subscription: SubscriptionId) -> usize {
        let calls = self.leases.values().filter(|flight| flight.key.subscription == subscription).map(|flight| flight.call);
        calls.collect::<BTreeSet<_>>().len()
    }

    /// Of those but this one, how many have taken something that is not critical.
    pub fn other_calls(&self, subscription: SubscriptionId, but: Option<FencingToken>) -> usize {
        let calls = self.leases.values().filter(|flight| flight.key.subscription == subscription).map(|flight| flight.call);
        calls.filter(|call| self.other_calls.contains(call) && Some(*call) != but).collect::<BTreeSet<_>>().len()
    }

    pub fn begin_step(&mut self) {
        self.expected.clear();
        self.emits.clear();
        self.touched.clear();
        self.state_writes = 0;
        self.begun_with_room.clear();
        self.replays_started = 0;
    }
}
