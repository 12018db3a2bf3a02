//! The model of the store: plain maps, one transaction a step. It says what the real store must do, and refuses a transaction that
//! no store should get: a hole in the sequences, the same source and id twice, a row that comes from nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use panotti_core::access::StoredAccess;
use panotti_core::action::{DeliveryWrite, Write};
use panotti_core::bus::Snapshot;
use panotti_core::command::{StartReplay, StoredDelivery};
use panotti_core::delivery::{Counts, DeliveryKey, Owed, Repeats};
use panotti_core::event::{SharedEvent, StoredEvent};
use panotti_core::lanes::lane_of;
use panotti_core::order::OrderKey;
use panotti_core::poison::Crashes;
use panotti_core::replay::{BEGINNING, ReplayCursor, ReplayItem, ReplayNumber, StoredReplay};
use panotti_core::retention::{StoredFate, StoredRow};
use panotti_core::routing::SubscriptionId;
use panotti_core::subscription::StoredSubscription;
use panotti_protocol::api::{OnDead, OnDisabled, StoredFilter};
use panotti_protocol::delivery::{Attempt, Cause, DeliveryState, ReplayState};
use panotti_protocol::frame::StateWrite;
use panotti_protocol::id::{ReplayId, Sequence};
use panotti_protocol::time::Timestamp;

use crate::keyed::Keyed;
use crate::keys::FirstKeys;
use crate::schemas::Schemas;

/// A delivery's row and its history.
#[derive(Debug, Clone)]
pub struct Row {
    pub state: DeliveryState,
    pub cause: Option<Cause>,
    pub attempts: u32,
    pub attempts_max: u32,
    pub tries: u32,
    pub due: Option<Timestamp>,
    pub history: Vec<Attempt>,
    pub attempt_of: Option<DeliveryKey>,
    /// A failure that is to be resolved. Decided when it dies: not where the delivery it repeats is itself dead.
    pub open: bool,
    pub retried_by_hand: u32,
    pub crashes: Crashes,
}

/// A replay's row.
#[derive(Debug, Clone)]
pub struct ReplayRow {
    pub id: ReplayId,
    pub start: StartReplay,
    pub until: Sequence,
    pub cursor: ReplayCursor,
    pub state: ReplayState,
    pub ok: i64,
    pub failed: i64,
    pub skipped: i64,
    pub ended: bool,
}

/// Everything that survives.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    pub epoch: u64,
    pub events: Vec<SharedEvent>,
    pub by_publisher_id: BTreeMap<(String, String), Sequence>,
    pub publisher_keys: FirstKeys,
    pub rows: BTreeMap<DeliveryKey, Row>,
    pub counts: BTreeMap<SubscriptionId, Counts>,
    pub subscriptions: BTreeMap<SubscriptionId, StoredSubscription>,
    pub rules: u64,
    pub disabled: BTreeMap<String, Option<OnDisabled>>,
    pub replays: BTreeMap<ReplayNumber, ReplayRow>,
    pub unmatched: BTreeSet<Sequence>,
    pub filters: BTreeMap<String, StoredFilter>,
    pub schemas: Schemas,
    pub unrouted: u64,
    pub audit: u64,
    pub state: BTreeMap<(String, String), String>,
    /// Events that match a subscription and have no live row: what the recorded matches imply.
    pub owed: BTreeMap<SubscriptionId, BTreeSet<Sequence>>,
    /// The same without those that have an ordering key, by lane.
    pub owed_plain: BTreeMap<(SubscriptionId, usize), BTreeSet<Sequence>>,
    pub keyed: Keyed,
    pub without_key: BTreeMap<SubscriptionId, u64>,
    pub waiting: BTreeSet<(SubscriptionId, Timestamp, DeliveryKey)>,
    pub open_failures: BTreeSet<DeliveryKey>,
    pub replay_rows: BTreeMap<ReplayNumber, BTreeMap<DeliveryState, i64>>,
    /// Events that were removed. What they were is kept for those who judge; no read finds them.
    pub gone: BTreeSet<Sequence>,
    /// What the removed rows counted.
    pub counts_gone: BTreeMap<SubscriptionId, Counts>,
    pub stalled: BTreeMap<SubscriptionId, Timestamp>,
    /// Payloads of the last event that told of each stall, by what they tell of; and whether it moves again since.
    pub told_stalls: BTreeMap<String, bool>,
}

/// What a read of a replay's next items gives.
pub struct ReplayPage {
    pub items: Vec<ReplayItem>,
    pub scanned_to: ReplayCursor,
    pub last: bool,
}

impl Disk {
    pub fn head(&self) -> Sequence {
        Sequence(self.events.len() as u64)
    }

    pub fn event(&self, sequence: Sequence) -> &SharedEvent {
        &self.events[usize::try_from(sequence.0 - 1).expect("small")]
    }

    /// Applies one write. What it finds impossible it says.
    pub fn apply(&mut self, write: &Write) -> Result<(), String> {
        match write {
            Write::Event(event) => return self.put_event(event),
            Write::Matches { event, subscriptions, keys, rules } => {
                let sequence = &event.sequence;
                if !self.unmatched.remove(sequence) {
                    return Err(format!("event {sequence} is matched a second time"));
                }
                let index = usize::try_from(sequence.0 - 1).expect("small");
                let matched = StoredEvent {
                    matches: Some(subscriptions.clone()),
                    keys: keys.clone(),
                    rules: *rules,
                    ..(*self.events[index]).clone()
                };
                self.events[index] = Arc::new(matched);
                self.owe(*sequence, subscriptions, keys);
            }
            Write::PublisherKey { actor, key, stored } => return self.put_publisher_key(actor, key, stored),
            Write::Delivery(row) => self.put_row(row),
            Write::Recovered { key, .. } => self.recover(*key),
            Write::Counts { subscription, delta, floor } => {
                let counts = self.counts.entry(*subscription).or_default();
                for (state, number) in delta.by_state() {
                    counts.add(state, number);
                }
                if let Some(known) = self.subscriptions.get_mut(subscription) {
                    if *floor < known.floor {
                        return Err(format!("the floor of {subscription:?} goes back from {} to {floor}", known.floor));
                    }
                    known.floor = *floor;
                }
            }
            Write::WithoutKey { subscription, count } => *self.without_key.entry(*subscription).or_default() += count,
            Write::Unrouted { count } => self.unrouted += count,
            Write::Subscription { subscription, plugin, spec, active, floor } => {
                let known = self.subscriptions.entry(*subscription).or_insert_with(|| StoredSubscription {
                    id: *subscription,
                    plugin: plugin.clone(),
                    spec: spec.clone(),
                    active: *active,
                    floor: *floor,
                });
                known.spec = spec.clone();
                known.active = *active;
            }
            Write::Stall { subscription, since } => {
                match since {
                    Some(since) => self.stalled.insert(*subscription, *since),
                    None => self.stalled.remove(subscription),
                };
            }
            Write::Rules { version } => self.rules = *version,
            Write::Switch(switch) => {
                if switch.enabled {
                    self.disabled.remove(&switch.plugin);
                } else {
                    self.disabled.insert(switch.plugin.clone(), switch.on_disabled);
                }
            }
            Write::State { plugin, writes } => {
                for StateWrite { key, value } in writes {
                    let key = (plugin.clone(), key.clone());
                    match value {
                        Some(value) => self.state.insert(key, value.to_string()),
                        None => self.state.remove(&key),
                    };
                }
            }
            Write::Replay { replay, id, start, until } => {
                let row = ReplayRow {
                    id: *id,
                    start: (**start).clone(),
                    until: *until,
                    cursor: BEGINNING,
                    state: ReplayState::Running,
                    ok: 0,
                    failed: 0,
                    skipped: 0,
                    ended: false,
                };
                self.replays.insert(*replay, row);
            }
            Write::ReplayProgress { replay, state, cursor, ok, failed, skipped, ended_at } => {
                let row = self.replays.get_mut(replay).ok_or_else(|| format!("progress of replay {replay:?}, which is unknown"))?;
                row.state = *state;
                row.cursor = *cursor;
                row.ok += i64::try_from(*ok).expect("small");
                row.failed += *failed;
                row.skipped += i64::try_from(*skipped).expect("small");
                row.ended |= ended_at.is_some();
            }
            Write::Filter(filter) => drop(self.filters.insert(filter.name.clone(), (**filter).clone())),
            Write::Schema(write) => self.schemas.apply(write),
            Write::RemoveFilter { name } => drop(self.filters.remove(name)),
            Write::Trim { events } => events.iter().for_each(|sequence| self.remove(*sequence)),
            Write::Record(_) | Write::Tags { .. } => {}
            Write::Audit(_) | Write::Stamped(_) => self.audit += 1,
            // Keys and roles decide who may ask, not what becomes of events: `access_test.rs` changes them.
            Write::Access(_) => {}
        }
        Ok(())
    }

    fn put_event(&mut self, event: &SharedEvent) -> Result<(), String> {
        if event.sequence.0 != self.head().0 + 1 {
            return Err(format!("event {} follows event {}", event.sequence, self.head()));
        }
        if let Some(id) = &event.draft.id {
            let known = self.by_publisher_id.insert((event.draft.source.clone(), id.clone()), event.sequence);
            if let Some(first) = known {
                return Err(format!("{} {id} is stored as event {first} and as event {}", event.draft.source, event.sequence));
            }
        }
        self.events.push(Arc::clone(event));
        match &event.matches {
            Some(subscriptions) => self.owe(event.sequence, subscriptions, &event.keys),
            None => {
                self.unmatched.insert(event.sequence);
            }
        }
        Ok(())
    }

    /// Removes an event with everything that belongs to it. The sums stay: they count since the store was made.
    fn remove(&mut self, sequence: Sequence) {
        self.gone.insert(sequence);
        let event = Arc::clone(self.event(sequence));
        if let Some(id) = &event.draft.id {
            self.by_publisher_id.remove(&(event.draft.source.clone(), id.clone()));
        }
        let keys: Vec<DeliveryKey> = self.rows_of_event(sequence).map(|(key, _)| *key).collect();
        for key in keys {
            let Some(row) = self.rows.remove(&key) else { continue };
            let state = if row.state.is_failed() { DeliveryState::Cancelled } else { row.state };
            if !row.state.is_failed() || row.open {
                self.counts_gone.entry(key.subscription).or_default().add(state, 1);
            }
            self.open_failures.remove(&key);
            if let Some(due) = row.due {
                self.waiting.remove(&(key.subscription, due, key));
            }
        }
        self.owed.values_mut().for_each(|owed| {
            owed.remove(&sequence);
        });
    }

    /// The rows of an event.
    pub fn rows_of_event(&self, sequence: Sequence) -> impl Iterator<Item = (&DeliveryKey, &Row)> {
        let first = DeliveryKey { sequence, ..DeliveryKey::default() };
        self.rows.range(first..).take_while(move |(key, _)| key.sequence == sequence)
    }

    /// What a trim is given of an event.
    pub fn fate_of(&self, sequence: Sequence) -> StoredFate {
        let event = self.event(sequence);
        let rows = self.rows_of_event(sequence).map(|(key, row)| StoredRow { key: *key, state: row.state, open_failure: row.open });
        StoredFate { sequence, accepted_at: event.accepted_at, matches: event.matches.clone(), rows: rows.collect() }
    }

    fn owe(&mut self, sequence: Sequence, subscriptions: &[SubscriptionId], keys: &[(SubscriptionId, OrderKey)]) {
        let priority = self.event(sequence).draft.priority;
        self.keyed.owe(sequence, priority, keys);
        for subscription in subscriptions {
            self.owed.entry(*subscription).or_default().insert(sequence);
            if !keys.iter().any(|(of, _)| of == subscription) {
                self.owed_plain.entry((*subscription, lane_of(priority))).or_default().insert(sequence);
            }
        }
    }

    fn put_row(&mut self, write: &DeliveryWrite) {
        let key = write.key;
        self.follow_key(write);
        if key.replay == ReplayNumber::LIVE {
            let lane = lane_of(self.event(key.sequence).draft.priority);
            self.owed.entry(key.subscription).or_default().remove(&key.sequence);
            self.owed_plain.entry((key.subscription, lane)).or_default().remove(&key.sequence);
        }
        let repeats_a_failure = write.attempt_of.is_some_and(|original| self.rows.get(&original).is_some_and(|row| row.state.is_failed()));
        let known = self.take_row(key);
        let by_hand = known.is_some() && write.state == DeliveryState::Waiting && write.attempt.is_none();
        let mut row = match known {
            Some(before) => before,
            None => Row {
                state: write.state,
                cause: None,
                attempts: 0,
                attempts_max: 0,
                tries: 0,
                due: None,
                history: Vec::new(),
                attempt_of: write.attempt_of,
                open: false,
                retried_by_hand: 0,
                crashes: Crashes::default(),
            },
        };
        row.retried_by_hand += u32::from(by_hand);
        row.history.extend(write.attempt.clone());
        row.state = write.state;
        row.cause = write.cause;
        row.attempts = write.attempts;
        row.attempts_max = write.attempts_max;
        row.tries = write.tries;
        row.crashes = write.crashes.clone();
        row.due = write.due;
        row.open = write.state.is_failed() && !repeats_a_failure;
        if write.state.is_failed() && repeats_a_failure {
            self.counts.entry(key.subscription).or_default().add(write.state, -1);
        }
        self.keep_row(key, row);
    }

    fn recover(&mut self, key: DeliveryKey) {
        let Some(mut row) = self.take_row(key) else { return };
        if row.state.is_failed() {
            let counts = self.counts.entry(key.subscription).or_default();
            counts.recovered += 1;
            if row.open {
                counts.add(row.state, -1);
            }
            row.state = DeliveryState::Recovered;
            row.open = false;
            let event = Arc::clone(self.event(key.sequence));
            self.keyed.put_row(&event, key, DeliveryState::Recovered, OnDead::Continue);
        }
        self.keep_row(key, row);
    }

    fn take_row(&mut self, key: DeliveryKey) -> Option<Row> {
        let row = self.rows.remove(&key)?;
        if let Some(due) = row.due {
            self.waiting.remove(&(key.subscription, due, key));
        }
        self.open_failures.remove(&key);
        *self.replay_rows.entry(key.replay).or_default().entry(row.state).or_default() -= 1;
        Some(row)
    }

    fn keep_row(&mut self, key: DeliveryKey, row: Row) {
        if let Some(due) = row.due {
            self.waiting.insert((key.subscription, due, key));
        }
        if row.open {
            self.open_failures.insert(key);
        }
        *self.replay_rows.entry(key.replay).or_default().entry(row.state).or_default() += 1;
        self.rows.insert(key, row);
    }

    /// Rows of a replay in a state.
    pub fn rows_of(&self, replay: ReplayNumber, state: DeliveryState) -> i64 {
        self.replay_rows.get(&replay).and_then(|rows| rows.get(&state)).copied().unwrap_or_default()
    }

    /// What memory is given of a delivery.
    pub fn owed_of(&self, key: DeliveryKey) -> Owed {
        let event = self.event(key.sequence);
        let row = self.rows.get(&key);
        let repeats = self.replays.get(&key.replay).map(|replay| {
            let original = row.and_then(|row| row.attempt_of).map_or(ReplayNumber::LIVE, |original| original.replay);
            Arc::new(Repeats { original, replay: replay.id, name: replay.start.name.clone() })
        });
        Owed {
            key,
            eventid: event.eventid,
            topic: event.draft.topic.clone(),
            priority: event.draft.priority,
            since: event.accepted_at,
            order: event.order(key.subscription),
            expires: event.draft.expires,
            attempts: row.map_or(0, |row| row.attempts),
            tries: row.map_or(0, |row| row.tries),
            crashes: row.map(|row| row.crashes.clone()).unwrap_or_default(),
            repeats,
        }
    }

    pub fn stored_delivery(&self, key: DeliveryKey) -> StoredDelivery {
        StoredDelivery { owed: self.owed_of(key), state: self.rows[&key].state }
    }

    /// What a bus begins with.
    pub fn snapshot(&self) -> Snapshot {
        let running = self.replays.iter().filter(|(_, row)| !row.ended);
        Snapshot {
            epoch: self.epoch,
            leases_given: 0,
            head: self.head(),
            last_accepted: self.events.last().map(|event| event.accepted_at).unwrap_or_default(),
            rules: self.rules,
            subscriptions: self.subscriptions.values().cloned().collect(),
            filters: self.filters.values().cloned().collect(),
            schemas: self.schemas.snapshot(),
            access: StoredAccess::default(),
            disabled: self.disabled.clone(),
            replays: running
                .map(|(number, row)| StoredReplay {
                    number: *number,
                    id: row.id,
                    name: row.start.name.clone(),
                    rate: row.start.rate,
                    cursor: row.cursor,
                    cancelled: row.state == ReplayState::Cancelled,
                    paused: row.state == ReplayState::Paused,
                    open: u64::try_from(self.rows_of(*number, DeliveryState::Waiting)).expect("a count of rows"),
                    ok: u64::try_from(row.ok).expect("a count of rows"),
                    failed: u64::try_from(row.failed).expect("a count of rows"),
                })
                .collect(),
            last_replay: self.replays.last_key_value().map(|(number, _)| *number).unwrap_or_default(),
            unmatched: self.unmatched.iter().copied().collect(),
            held_keys: self.held_keys(),
            stalled: self.stalled.clone(),
        }
    }

    /// Counts again from the rows.
    pub fn recount(&self) -> BTreeMap<SubscriptionId, Counts> {
        let mut counts: BTreeMap<SubscriptionId, Counts> = self.counts_gone.clone();
        for (key, row) in &self.rows {
            if !row.state.is_failed() || row.open {
                counts.entry(key.subscription).or_default().add(row.state, 1);
            }
        }
        for (subscription, owed) in &self.owed {
            counts.entry(*subscription).or_default().owed += i64::try_from(owed.len()).expect("small");
        }
        counts
    }
}
