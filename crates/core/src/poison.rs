//! Deliveries that crash their plugin (semantics rule 9): three crashes within 72 hours put one into quarantine. It is never tried again
//! by itself; whoever asks for it, by hand or by a replay, has it run alone: nothing else of its plugin is in flight meanwhile. So does,
//! by itself, a delivery that one more crash would end: a crash is counted for everything that was in flight, be it a batch of a
//! hundred, and nobody knows which of them it was until they are tried one by one.

use std::collections::BTreeMap;
use std::time::Duration;

use panotti_protocol::id::{FencingToken, Sequence};
use panotti_protocol::time::Timestamp;

use crate::action::{Action, Step};
use crate::bus::Bus;
use crate::defect::Defect;
use crate::delivery::{DeliveryKey, HasRow, Owed};
use crate::replay::ReplayNumber;

/// So many crashes blamed on one delivery put it into quarantine.
pub const CRASHES_MAX: usize = 3;
/// Within so long.
pub const CRASHES_WITHIN: Duration = Duration::from_secs(72 * 3_600);

/// When a delivery crashed its plugin: the last few times, oldest first. Kept with its row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Crashes(Vec<Timestamp>);

impl Crashes {
    /// From what the store has kept.
    pub fn new(mut times: Vec<Timestamp>) -> Self {
        times.truncate(CRASHES_MAX);
        Self(times)
    }

    /// The times, oldest first: [`CRASHES_MAX`] at most.
    pub fn times(&self) -> &[Timestamp] {
        &self.0
    }

    /// One more. Those that were too long ago no longer count.
    pub fn add(&mut self, now: Timestamp) {
        self.0.retain(|at| now.since(*at) < CRASHES_WITHIN);
        if self.0.len() == CRASHES_MAX {
            self.0.remove(0);
        }
        self.0.push(now);
    }

    /// Whether they were enough for quarantine. So it is run alone from then on.
    pub fn are_poison(&self) -> bool {
        self.0.len() >= CRASHES_MAX
    }
}

/// Deliveries that run alone: what waits until nothing else of its plugin is in flight, and what is in flight alone. One a
/// plugin at most of either.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alone {
    waiting: BTreeMap<String, (Owed, HasRow)>,
    running: BTreeMap<String, FencingToken>,
}

impl Alone {
    /// Notes that a lease is over.
    pub(crate) fn ended(&mut self, token: FencingToken) {
        self.running.retain(|_, running| *running != token);
    }

    /// How many wait.
    pub(crate) fn number_waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes out what a replay released and nobody holds.
    pub(crate) fn drop_repeats(&mut self, replay: ReplayNumber) -> Vec<Owed> {
        let dropped = |(owed, row): &(Owed, HasRow)| *row == HasRow::No && owed.key.replay == replay;
        let plugins: Vec<String> = self.waiting.iter().filter(|(_, aside)| dropped(aside)).map(|(plugin, _)| plugin.clone()).collect();
        plugins.iter().filter_map(|plugin| self.waiting.remove(plugin)).map(|(owed, _)| owed).collect()
    }

    /// The events of those that wait.
    pub(crate) fn sequences(&self) -> impl Iterator<Item = Sequence> + '_ {
        self.waiting.values().map(|(owed, _)| owed.key.sequence)
    }
}

impl Bus {
    /// Whether a plugin gets nothing else now: a delivery that runs alone is in flight, or waits for what is.
    pub fn is_kept_free(&self, plugin: &str) -> bool {
        !self.defects.has(Defect::PoisonInCompany) && (self.alone.waiting.contains_key(plugin) || self.alone.running.contains_key(plugin))
    }

    /// Sets a delivery aside until it can run alone. Its ordering key is taken meanwhile: nothing else of it may be released.
    pub(crate) fn set_aside(&mut self, plugin: &str, owed: Owed, row: HasRow) {
        if let Some(subscription) = self.subscriptions.get_mut(&owed.key.subscription) {
            subscription.hold_key(&owed);
        }
        self.alone.waiting.insert(plugin.to_owned(), (owed, row));
    }

    /// Forgets one that was set aside: it will be kept elsewhere, or has ended. Its ordering key is free again.
    pub(crate) fn forget_aside(&mut self, key: DeliveryKey) {
        let plugin = self.alone.waiting.iter().find(|(_, (owed, _))| owed.key == key).map(|(plugin, _)| plugin.clone());
        let Some((owed, _)) = plugin.and_then(|plugin| self.alone.waiting.remove(&plugin)) else { return };
        if let Some(subscription) = self.subscriptions.get_mut(&key.subscription) {
            subscription.end_of_flight(&owed);
        }
    }

    /// Hands out what was set aside, where nothing else of its plugin is in flight any more.
    pub(crate) fn hand_out_alone(&mut self, step: &mut Step) {
        let plugins: Vec<String> = self.alone.waiting.keys().cloned().collect();
        for plugin in plugins {
            if self.leases.values().any(|held| held.plugin == plugin) && !self.defects.has(Defect::PoisonInCompany) {
                continue;
            }
            let Some((owed, row)) = self.alone.waiting.remove(&plugin) else { continue };
            let id = owed.key.subscription;
            let Some(subscription) = self.subscriptions.get(&id) else { continue };
            // An older one of its key may have come back meanwhile, and goes first.
            let copy = self.copy_of(subscription).filter(|_| subscription.keeps_its_key(&owed)).map(|copy| copy.attach.clone());
            match copy {
                Some(copy) => {
                    // A page may have brought it again meanwhile.
                    if let Some(subscription) = self.subscriptions.get_mut(&id) {
                        subscription.forget_waiting(owed.key);
                    }
                    let lease = self.lease(id, owed, row, copy, None);
                    self.alone.running.insert(plugin, lease.token);
                    step.actions.push(Action::Deliver(Box::new(lease)));
                }
                // It cannot go now: it goes back to where it came from, and others are not kept waiting.
                None => {
                    if let Some(subscription) = self.subscriptions.get_mut(&id) {
                        subscription.end_of_flight(&owed);
                    }
                    self.put_back(owed, row);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_09_three_crashes_within_72_hours_are_poison_and_older_ones_do_not_count() {
        let hour = |hours: u64| Timestamp::from_ms(1_700_000_000_000 + hours * 3_600_000);
        let mut crashes = Crashes::default();
        crashes.add(hour(0));
        crashes.add(hour(71));
        assert!(!crashes.are_poison());
        let mut late = crashes.clone();

        crashes.add(hour(71));
        assert!(crashes.are_poison());
        late.add(hour(72));
        assert!(!late.are_poison(), "the first was 72 hours ago");
        late.add(hour(73));
        assert_eq!(late.times(), [hour(71), hour(72), hour(73)]);
    }
}
