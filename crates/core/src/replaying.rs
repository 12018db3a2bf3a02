//! Replay jobs on the bus: starting and cancelling one, releasing its items at its pace, following them to their end
//! (semantics rule 10).

use std::collections::{BTreeMap, BTreeSet};

use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::id::ReplayId;
use panotti_protocol::time::Timestamp;

use crate::action::{Action, DeliveryWrite, Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, AuditEntry, Refusal, StartReplay, Steering};
use crate::defect::Defect;
use crate::delivery::{DeliveryKey, HasRow, Owed};
use crate::limits::REPLAYS_RUNNING_MAX;
use crate::replay::{BEGINNING, Job, ReplayNumber, Share, StoredReplay};
use crate::routing::SubscriptionId;
use crate::subscription::Subscription;

impl Bus {
    pub(crate) fn start_replay(&mut self, start: StartReplay, step: &mut Step) -> Answer {
        if self.jobs.len() >= REPLAYS_RUNNING_MAX {
            return Answer::Refused(Refusal::TooMany { what: "replays running", limit: REPLAYS_RUNNING_MAX });
        }
        let id = self.new_replay_id();
        self.last_replay = ReplayNumber(self.last_replay.0 + 1);
        let number = self.last_replay;
        let stored = StoredReplay {
            number,
            id,
            name: start.name.clone(),
            rate: start.rate,
            cursor: BEGINNING,
            cancelled: false,
            paused: false,
            open: 0,
            ok: 0,
            failed: 0,
        };
        self.jobs.insert(number, Job::new(stored, self.now, &self.defects));
        step.writes.push(Write::Audit(AuditEntry {
            actor: start.actor.clone(),
            action: "replay.start".to_owned(),
            object: id.to_string(),
            reason: start.reason.clone().unwrap_or_default(),
            detail: format!("{} deliveries", start.selected),
        }));
        step.writes.push(Write::Replay { replay: number, id, start: Box::new(start), until: self.head });
        Answer::Replay { replay: id, changed: true }
    }

    pub(crate) fn cancel_replay(&mut self, replay: ReplayId, actor: String, step: &mut Step) -> Answer {
        let Some((number, job)) = self.jobs.iter_mut().find(|(_, job)| job.id == replay) else {
            return Answer::Refused(Refusal::NoSuchReplay(replay));
        };
        if job.cancelled {
            return Answer::Replay { replay, changed: false };
        }
        job.cancel();
        // What was released and not handed out is dropped; what a plugin holds or waits for its retry is finished.
        let dropped: usize = self.subscriptions.values_mut().map(|subscription| subscription.drop_repeats(*number)).sum();
        let aside = self.alone.drop_repeats(*number);
        job.open = job.open.saturating_sub((dropped + aside.len()) as u64);
        for owed in aside {
            if let Some(subscription) = self.subscriptions.get_mut(&owed.key.subscription) {
                subscription.end_of_flight(&owed);
            }
        }
        step.writes.push(Write::Audit(AuditEntry {
            actor,
            action: "replay.cancel".to_owned(),
            object: replay.to_string(),
            reason: String::new(),
            detail: String::new(),
        }));
        Answer::Replay { replay, changed: true }
    }

    /// Pauses or resumes a replay. What it has released is finished; it keeps its place, also over restarts.
    pub(crate) fn steer_replay(&mut self, replay: ReplayId, steering: Steering, actor: String, step: &mut Step) -> Answer {
        let Some(job) = self.jobs.values_mut().find(|job| job.id == replay) else {
            return Answer::Refused(Refusal::NoSuchReplay(replay));
        };
        let pause = steering == Steering::Pause;
        if job.cancelled {
            return Answer::Refused(Refusal::NoSuchReplay(replay));
        }
        if job.paused == pause {
            return Answer::Replay { replay, changed: false };
        }
        job.paused = pause;
        job.dirty = true;
        step.writes.push(Write::Audit(AuditEntry {
            actor,
            action: if pause { "replay.pause" } else { "replay.resume" }.to_owned(),
            object: replay.to_string(),
            reason: String::new(),
            detail: String::new(),
        }));
        Answer::Replay { replay, changed: true }
    }

    /// An item's delivery changed its state.
    pub(crate) fn item_moved(&mut self, replay: ReplayNumber, original: DeliveryKey, row: HasRow, state: DeliveryState) {
        let Some(job) = self.jobs.get_mut(&replay) else { return };
        if row == HasRow::No {
            job.has_row(original);
        }
        if state.is_ended() {
            job.ended(state == DeliveryState::Done);
        }
    }

    /// A person retries an item that had died.
    pub(crate) fn reopened(&mut self, replay: ReplayNumber, state: DeliveryState) {
        if let Some(job) = self.jobs.get_mut(&replay)
            && state.is_failed()
        {
            job.open += 1;
            job.failed -= 1;
            job.failed_total = job.failed_total.saturating_sub(1);
            job.dirty = true;
        }
    }

    pub(crate) fn release_replays(&mut self, step: &mut Step) {
        let numbers: Vec<ReplayNumber> = self.jobs.keys().copied().collect();
        for number in numbers {
            for owed in self.release_items(number) {
                self.skip_item(number, &owed, step);
            }
        }
        let unwanted: Vec<Owed> = self.subscriptions.values_mut().flat_map(Subscription::unwanted_repeats).collect();
        for owed in unwanted {
            let number = owed.key.replay;
            self.skip_item(number, &owed, step);
            if let Some(job) = self.jobs.get_mut(&number) {
                job.open = job.open.saturating_sub(1);
            }
        }
    }

    /// Writes how far replays have come, after everything in this step that moves them on.
    pub(crate) fn advance_replays(&mut self, step: &mut Step) {
        self.note_freed_keys();
        let numbers: Vec<ReplayNumber> = self.jobs.keys().copied().collect();
        let share = Share::of(numbers.len(), &self.defects);
        for number in numbers {
            let moves_on_early = self.defects.has(Defect::ReplayMovesOnEarly);
            let Some(job) = self.jobs.get_mut(&number) else { continue };
            let subscriptions = &self.subscriptions;
            job.make_way(share, self.now, |owed| is_blocked(subscriptions, owed));
            job.move_on();
            if job.wants_page(share, self.now) {
                job.page_asked = true;
                let limit = share.window_max - job.window.len();
                step.actions.push(Action::ReadReplay { replay: number, after: job.scanned, limit });
            }
            let over = job.is_over();
            if job.dirty || over || moves_on_early {
                job.dirty = false;
                let cursor = if moves_on_early { job.scanned_place() } else { job.cursor };
                step.writes.push(Write::ReplayProgress {
                    replay: number,
                    state: job.state(),
                    cursor,
                    ok: std::mem::take(&mut job.ok),
                    failed: std::mem::take(&mut job.failed),
                    skipped: std::mem::take(&mut job.skipped),
                    ended_at: over.then_some(self.now),
                });
            }
            if over {
                self.jobs.remove(&number);
            }
        }
    }

    /// Replays that passed items of a key over look for them again when it may be free.
    fn note_freed_keys(&mut self) {
        for (subscription, known) in &mut self.subscriptions {
            for order in known.keys.take_freed() {
                self.jobs.values_mut().for_each(|job| job.passes.key_moved((*subscription, order)));
            }
        }
    }

    /// Releases items in order; one whose subscription has no room lets later ones of others pass. What its plugin no longer
    /// subscribes to nobody would take: it is returned.
    fn release_items(&mut self, number: ReplayNumber) -> Vec<Owed> {
        let now = self.now;
        let unpaced = self.defects.has(Defect::ReplayUnpaced);
        let mut unwanted = Vec::new();
        let Some(job) = self.jobs.get_mut(&number) else { return unwanted };
        job.paused &= !self.defects.has(Defect::PauseForgotten);
        let mut place = 0;
        // Keys of items that found no room: what comes after them in the window may belong to another lane, and waits for them.
        let mut waiting = BTreeSet::new();
        while place < job.window.len() && (job.may_release(now) || (unpaced && !job.paused)) {
            let item = &job.window[place];
            let key = item.order.map(|order| (item.key.subscription, order));
            let subscription = self.subscriptions.get_mut(&item.key.subscription);
            match subscription {
                Some(subscription) if subscription.active && key.is_some_and(|key| waiting.contains(&key)) => place += 1,
                Some(subscription) if subscription.active && subscription.has_room_for_repeat(&job.window[place]) => {
                    if !subscription.claim(&job.window[place]) {
                        place += 1;
                    } else if let Some(owed) = job.window.remove(place) {
                        job.released(&owed);
                        subscription.repeat(Owed { since: now, ..owed });
                    }
                }
                Some(subscription) if subscription.active => {
                    waiting.extend(key);
                    place += 1;
                }
                _ => unwanted.extend(job.window.remove(place)),
            }
        }
        unwanted
    }

    /// Takes back the items of a subscription whose key was taken by an older delivery before they were handed out.
    pub(crate) fn take_back_items(&mut self, subscription: SubscriptionId) {
        let turned_away = self.subscriptions.get_mut(&subscription).map(Subscription::turned_away);
        for owed in turned_away.into_iter().flatten() {
            if let Some(job) = self.jobs.get_mut(&owed.key.replay) {
                job.take_back(owed);
            }
        }
    }

    /// An item that nobody would take gets a row that says so, so that it is counted once.
    fn skip_item(&mut self, number: ReplayNumber, owed: &Owed, step: &mut Step) {
        let row = DeliveryWrite::of(owed, DeliveryState::Skipped, self.attempts_max(owed));
        self.count(owed.key, DeliveryState::Skipped, 1);
        step.writes.push(Write::Delivery(Box::new(DeliveryWrite { ended_at: Some(self.now), ..row })));
        if let Some(job) = self.jobs.get_mut(&number)
            && let Some(original) = owed.original()
        {
            job.skipped += 1;
            job.dirty = true;
            job.has_row(original);
        }
    }

    /// When the pace of a replay lets its next item through, where one is there and could go: to its subscription, or because nobody
    /// takes it.
    pub(crate) fn next_release(&self) -> Option<Timestamp> {
        let could_go = |owed: &Owed| {
            let subscription = self.subscriptions.get(&owed.key.subscription);
            subscription.is_none_or(|known| {
                !known.active || (known.has_room_for_repeat(owed) && known.could_claim(owed) && self.copy_of(known).is_some())
            })
        };
        let waits_for_pace = |job: &&Job| !job.paused && job.window.iter().any(could_go);
        let released = self.jobs.values().filter(waits_for_pace).map(|job| job.next_release(self.now));
        let share = Share::of(self.jobs.len(), &self.defects);
        let looks = self.jobs.values().filter_map(|job| job.next_look(share, self.now, |owed| is_blocked(&self.subscriptions, owed)));
        released.chain(looks).min()
    }
}

/// Whether an item is known to wait for something of its ordering key.
fn is_blocked(subscriptions: &BTreeMap<SubscriptionId, Subscription>, owed: &Owed) -> bool {
    subscriptions.get(&owed.key.subscription).is_some_and(|known| known.is_held(owed))
}
