//! What the store must keep for ordering keys: an entry for each delivery of a key that is not resolved. Written from rule 11 alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use panotti_core::action::DeliveryWrite;
use panotti_core::delivery::DeliveryKey;
use panotti_core::event::StoredEvent;
use panotti_core::key_pages::{Head, HeldKey, HeldKeys, KeyEntry, Rank, Stands};
use panotti_core::limits::KEYS_HELD_MAX;
use panotti_core::order::OrderKey;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::api::OnDead;
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;

use crate::disk::Disk;

/// Whether an entry's delivery has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Pending,
    Held,
}

/// Unresolved deliveries by key.
#[derive(Debug, Clone, Default)]
pub struct Keyed(BTreeMap<(SubscriptionId, OrderKey), Entries>);

/// Those of one key, in sequence order and by priority.
#[derive(Debug, Clone, Default)]
struct Entries {
    by_place: BTreeMap<DeliveryKey, Entry>,
    by_priority: BTreeSet<(Reverse<Priority>, DeliveryKey)>,
}

impl Entries {
    fn insert(&mut self, key: DeliveryKey, priority: Priority, entry: Entry) {
        self.by_place.insert(key, entry);
        self.by_priority.insert((Reverse(priority), key));
    }

    fn remove(&mut self, key: DeliveryKey, priority: Priority) {
        self.by_place.remove(&key);
        self.by_priority.remove(&(Reverse(priority), key));
    }

    /// The highest priority, and the first that has it.
    fn rank(&self) -> Option<Rank> {
        self.by_priority.first().map(|(Reverse(priority), key)| Rank { priority: *priority, sequence: key.sequence })
    }

    /// The same of those after the first so many.
    fn rank_after(&self, number: usize) -> Option<Rank> {
        let rest: BTreeSet<&DeliveryKey> = self.by_place.keys().skip(number).collect();
        let found = self.by_priority.iter().find(|(_, key)| rest.contains(key));
        found.map(|(Reverse(priority), key)| Rank { priority: *priority, sequence: key.sequence })
    }
}

impl Keyed {
    pub fn owe(&mut self, sequence: Sequence, priority: Priority, keys: &[(SubscriptionId, OrderKey)]) {
        for (subscription, order) in keys {
            let key = DeliveryKey::live(sequence, *subscription);
            self.0.entry((*subscription, *order)).or_default().insert(key, priority, Entry::Pending);
        }
    }

    /// Follows a delivery's row.
    pub fn put_row(&mut self, event: &StoredEvent, key: DeliveryKey, state: DeliveryState, on_dead: OnDead) {
        let Some(order) = event.order(key.subscription) else { return };
        let blocks = state.is_failed() && on_dead == OnDead::Block && key.replay == panotti_core::replay::ReplayNumber::LIVE;
        if blocks || state == DeliveryState::Waiting {
            self.0.entry((key.subscription, order)).or_default().insert(key, event.draft.priority, Entry::Held);
        } else if let Some(entries) = self.0.get_mut(&(key.subscription, order)) {
            entries.remove(key, event.draft.priority);
            if entries.by_place.is_empty() {
                self.0.remove(&(key.subscription, order));
            }
        }
    }

    /// The first unresolved delivery of a key.
    pub fn first(&self, subscription: SubscriptionId, order: OrderKey) -> Option<DeliveryKey> {
        self.0.get(&(subscription, order))?.by_place.first_key_value().map(|(key, _)| *key)
    }

    /// The highest priority of a key's unresolved deliveries (rule 12), and the first that has it.
    pub fn rank(&self, subscription: SubscriptionId, order: OrderKey) -> Option<Rank> {
        self.0.get(&(subscription, order))?.rank()
    }

    /// The keys of a subscription with their first deliveries.
    pub fn firsts(&self, subscription: SubscriptionId) -> impl Iterator<Item = (OrderKey, DeliveryKey, Entry)> {
        let range = (subscription, OrderKey(0))..=(subscription, OrderKey(u64::MAX));
        self.0.range(range).filter_map(|((_, order), entries)| {
            let (key, entry) = entries.by_place.first_key_value()?;
            Some((*order, *key, *entry))
        })
    }

    /// Dead letters that block.
    pub fn blocking(&self, disk: &Disk) -> Vec<DeliveryKey> {
        let held = self.0.values().flat_map(|entries| entries.by_place.iter().filter(|(_, entry)| **entry == Entry::Held));
        held.map(|(key, _)| *key).filter(|key| disk.rows[key].state.is_failed()).collect()
    }
}

impl Disk {
    /// Whether a delivery's key lets it go: nothing of it before is unresolved.
    pub fn is_first(&self, key: DeliveryKey) -> bool {
        let order = self.event(key.sequence).order(key.subscription);
        order.is_none_or(|order| self.keyed.first(key.subscription, order).is_none_or(|first| first.sequence >= key.sequence))
    }

    /// Reads what [`panotti_core::action::Action::ReadHeads`] asks for.
    pub fn heads_page(&self, subscription: SubscriptionId, priority: Priority, after: Sequence, limit: usize) -> (Vec<Head>, Sequence) {
        let pending = self.keyed.firsts(subscription).filter(|(.., entry)| *entry == Entry::Pending);
        let mut heads: Vec<Head> = pending
            .filter_map(|(order, key, _)| {
                let entries = &self.keyed.0[&(subscription, order)];
                let rank = entries.rank().filter(|rank| rank.priority == priority && rank.sequence > after)?;
                Some(Head { owed: self.owed_of(key), order, more: entries.by_place.len() > 1, rank })
            })
            .collect();
        heads.sort_by_key(|head| head.rank.sequence);
        heads.truncate(limit);
        let full_to = (heads.len() == limit).then(|| heads.last().map(|head| head.rank.sequence)).flatten();
        (heads, full_to.unwrap_or(self.head()))
    }

    /// Reads what [`panotti_core::action::Action::ReadKey`] asks for.
    pub fn key_page(&self, subscription: SubscriptionId, order: OrderKey, limit: usize) -> (Vec<KeyEntry>, bool, Option<Rank>) {
        let Some(entries) = self.keyed.0.get(&(subscription, order)) else { return (Vec::new(), true, None) };
        let stands = |key: &DeliveryKey| match self.rows.get(key) {
            None => Stands::Pending,
            Some(row) => row.due.map_or(Stands::Blocking, Stands::Waiting),
        };
        let first = entries.by_place.keys().take(limit).map(|key| KeyEntry { owed: self.owed_of(*key), stands: stands(key) });
        (first.collect(), entries.by_place.len() <= limit, entries.rank_after(limit))
    }

    /// Held keys, as a bus begins with them.
    pub fn held_keys(&self) -> BTreeMap<SubscriptionId, HeldKeys> {
        let mut held: BTreeMap<SubscriptionId, HeldKeys> = BTreeMap::new();
        for ((subscription, order), entries) in &self.keyed.0 {
            let of = held.entry(*subscription).or_insert_with(HeldKeys::none);
            let mut entries = entries.by_place.iter();
            let last = entries.clone().next_back().map(|(last, _)| last.sequence);
            let dead = entries.clone().find(|(key, entry)| **entry == Entry::Held && self.rows[*key].state.is_failed());
            if entries.any(|(_, entry)| *entry == Entry::Held) {
                of.keys.push(HeldKey { order: *order, stuck: dead.is_some_and(|(dead, _)| last > Some(dead.sequence)) });
            }
        }
        for of in held.values_mut() {
            of.all = of.keys.len() <= KEYS_HELD_MAX;
            of.keys.truncate(KEYS_HELD_MAX);
        }
        held
    }

    /// Follows a row, by what its subscription says of dead letters now.
    pub fn follow_key(&mut self, write: &DeliveryWrite) {
        let on_dead = self.subscriptions.get(&write.key.subscription).map_or(OnDead::Continue, |known| known.spec.on_dead);
        let event = std::sync::Arc::clone(self.event(write.key.sequence));
        self.keyed.put_row(&event, write.key, write.state, on_dead);
    }
}
