//! Reading the model of the store as the daemon reads its own: the pages that the bus asks for.

use std::ops::Bound;

use panotti_core::delivery::{DeliveryKey, Owed};
use panotti_core::lanes::lane_of;
use panotti_core::replay::{ReplayCursor, ReplayItem, ReplayNumber};
use panotti_core::routing::SubscriptionId;
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::event::Priority;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use crate::disk::{Disk, ReplayPage, Row};

impl Disk {
    /// Reads what [`panotti_core::action::Action::ReadPending`] asks for.
    pub fn pending_page(&self, subscription: SubscriptionId, priority: Priority, after: Sequence, limit: usize) -> (Vec<Owed>, Sequence) {
        let Some(owed) = self.owed_plain.get(&(subscription, lane_of(priority))) else { return (Vec::new(), self.head()) };
        let entries: Vec<Owed> = owed
            .range(Sequence(after.0 + 1)..)
            .take(limit)
            .map(|sequence| self.owed_of(DeliveryKey::live(*sequence, subscription)))
            .collect();
        let full_to = (entries.len() == limit).then(|| entries.last().map(|owed| owed.key.sequence)).flatten();
        (entries, full_to.unwrap_or(self.head()))
    }

    /// The soonest that waits and is chosen.
    pub fn soonest(&self, subscription: SubscriptionId, chosen: impl Fn(&DeliveryKey) -> bool) -> Option<(Timestamp, DeliveryKey)> {
        let from = (subscription, Timestamp::default(), DeliveryKey::default());
        let mut rows = self.waiting.range(from..).take_while(|(of, ..)| *of == subscription);
        rows.find(|(.., key)| chosen(key)).map(|(_, due, key)| (*due, *key))
    }

    /// Reads what [`panotti_core::action::Action::ReadWaiting`] asks for.
    pub fn waiting_page(
        &self,
        subscription: SubscriptionId,
        priority: Priority,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: usize,
    ) -> (Vec<(Timestamp, Owed)>, bool) {
        let from = after.map_or((subscription, Timestamp::default(), DeliveryKey::default()), |(due, key)| (subscription, due, key));
        let later = self.waiting.range(from..).take_while(|(of, ..)| *of == subscription);
        let mut rows = later.filter(|(_, due, key)| Some((*due, *key)) != after && self.event(key.sequence).draft.priority == priority);
        let entries: Vec<_> = rows.by_ref().take(limit).map(|(_, due, key)| (*due, self.owed_of(*key))).collect();
        let last = rows.next().is_none();
        (entries, last)
    }

    /// Reads what [`panotti_core::action::Action::ReadReplay`] asks for.
    pub fn replay_page(&self, number: ReplayNumber, after: ReplayCursor, limit: usize) -> ReplayPage {
        let row = &self.replays[&number];
        let originals: Vec<DeliveryKey> = if row.start.selection.failed {
            let later = self.open_failures.range(after..).filter(|key| **key != after && key.replay < number);
            later.take_while(|key| key.sequence <= row.until).filter(|key| self.is_free(**key, number)).take(limit).copied().collect()
        } else {
            let from = after.sequence.0.max(1);
            let stored = (from..=row.until.0).filter(|sequence| !self.gone.contains(&Sequence(*sequence)));
            let places = stored.flat_map(|sequence| {
                let event = self.event(Sequence(sequence));
                let chosen = row.start.selection.topic.as_ref().is_none_or(|pattern| pattern.matches(&event.draft.topic));
                let matches = event.matches.as_deref().filter(|_| chosen).unwrap_or_default();
                matches.iter().map(move |subscription| DeliveryKey::live(Sequence(sequence), *subscription))
            });
            places.filter(|key| *key > after && self.is_free(*key, number)).take(limit).collect()
        };
        let last = originals.len() < limit;
        let scanned_to = originals.last().copied().unwrap_or(after);
        let items = originals.into_iter().map(|original| {
            let crashes = self.rows.get(&original).map(|row| row.crashes.clone()).unwrap_or_default();
            ReplayItem { original, owed: Owed { crashes, ..self.owed_of(DeliveryKey { replay: number, ..original }) } }
        });
        ReplayPage { items: items.collect(), scanned_to: scanned_to.max(after), last }
    }

    /// What was left out of such a page: what is in quarantine, and of a replay of failures what is none any more.
    pub fn left_out_of(&self, page: &ReplayPage, number: ReplayNumber, after: ReplayCursor) -> impl Iterator<Item = DeliveryKey> {
        let end =
            DeliveryKey { sequence: self.replays[&number].until, subscription: SubscriptionId(u32::MAX), replay: ReplayNumber(u32::MAX) };
        let looked_to = if page.last { end.max(after) } else { page.scanned_to };
        let selection = &self.replays[&number].start.selection;
        let (failures, quarantined) = (selection.failed, !selection.include_quarantined);
        let between = self.rows.range((Bound::Excluded(after), Bound::Included(looked_to)));
        let is_left_out = move |(key, row): &(&DeliveryKey, &Row)| {
            (quarantined && row.state == DeliveryState::Quarantined) || (failures && !self.open_failures.contains(*key))
        };
        between.filter(is_left_out).map(|(key, _)| *key)
    }

    /// Whether a replay has yet to repeat it. What is quarantined is left out unless it was asked for (rule 9).
    fn is_free(&self, original: DeliveryKey, number: ReplayNumber) -> bool {
        let quarantined = self.rows.get(&original).is_some_and(|row| row.state == DeliveryState::Quarantined);
        let wanted = !quarantined || self.replays[&number].start.selection.include_quarantined;
        wanted && !self.rows.contains_key(&DeliveryKey { replay: number, ..original })
    }
}
