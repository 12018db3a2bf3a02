//! What the world knows of deliveries in flight, and what must be written for each attempt that ended. Written from the rules, not
//! from the bus.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use panotti_core::delivery::DeliveryKey;
use panotti_core::lanes::CRITICAL;
use panotti_core::limits::LEASE;
use panotti_core::order::OrderKey;
use panotti_core::replay::ReplayNumber;
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
    Reject,
    Defer {
        after: Duration,
    },
    Timeout,
    Crash,
    Expired,
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
        matches!(self, Kind::Done { .. } | Kind::Retry { .. } | Kind::Reject | Kind::Timeout | Kind::Crash)
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
            Kind::Reject => "reject",
            Kind::Defer { .. } => "defer",
            Kind::Timeout => "timeout",
            Kind::Crash => "crash",
            Kind::Expired => "expired",
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

/// See the module. Ends with the bus's memory, but for the last token.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub leases: BTreeMap<FencingToken, Flight>,
    pub in_flight: BTreeSet<DeliveryKey>,
    pub in_flight_of: BTreeMap<SubscriptionId, usize>,
    /// Of those, how many did not go as critical ones.
    pub others_of: BTreeMap<SubscriptionId, usize>,
    pub copies: BTreeMap<String, OpenCopy>,
    pub last_token: Option<FencingToken>,
    pub handing_out: bool,
    /// Of paused replays: how many deliveries that they had released may still be handed out.
    pub paused: BTreeMap<ReplayNumber, usize>,
    /// Items that each replay has read since it was loaded.
    pub pages: BTreeMap<ReplayNumber, BTreeSet<DeliveryKey>>,
    /// Of those, what repeats a delivery that has crashed its plugin too often.
    pub poisonous_repeats: BTreeSet<DeliveryKey>,
    /// When each replay was started, where that was after the load, and what of it has begun.
    pub replays_since: BTreeMap<ReplayNumber, Timestamp>,
    pub begun: BTreeMap<ReplayNumber, BTreeSet<DeliveryKey>>,
    /// What must be written in the step under way.
    pub expected: BTreeMap<DeliveryKey, VecDeque<Kind>>,
    pub emits: BTreeSet<String>,
    pub state_writes: usize,
    pub replays_started: usize,
    /// Keys whose rows change in the step under way.
    pub touched: BTreeSet<DeliveryKey>,
}

impl Ledger {
    /// After a start: nothing is in flight.
    pub fn restarted(&self) -> Self {
        // What paused replays had released went with the memory.
        let paused = self.paused.keys().map(|replay| (*replay, 0)).collect();
        Self { last_token: self.last_token, handing_out: true, paused, ..Self::default() }
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
        *self.in_flight_of.entry(flight.key.subscription).or_default() -= 1;
        *self.others_of.entry(flight.key.subscription).or_default() -= usize::from(flight.lane != CRITICAL);
        Some(flight)
    }

    pub fn begin(&mut self, token: FencingToken, flight: Flight) {
        *self.in_flight_of.entry(flight.key.subscription).or_default() += 1;
        *self.others_of.entry(flight.key.subscription).or_default() += usize::from(flight.lane != CRITICAL);
        self.last_token = Some(token);
        self.in_flight.insert(flight.key);
        self.leases.insert(token, flight);
    }

    pub fn number_in_flight(&self, subscription: SubscriptionId) -> usize {
        self.in_flight_of.get(&subscription).copied().unwrap_or_default()
    }

    /// Of the deliveries in flight, how many did not go as critical ones.
    pub fn others_in_flight(&self, subscription: SubscriptionId) -> usize {
        self.others_of.get(&subscription).copied().unwrap_or_default()
    }

    pub fn begin_step(&mut self) {
        self.expected.clear();
        self.emits.clear();
        self.touched.clear();
        self.state_writes = 0;
        self.replays_started = 0;
    }
}
