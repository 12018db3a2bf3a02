//! How attempts end (semantics rules 5 to 8): outcomes, timeouts, crashes, returns; retry and discard by a person. Every change of a
//! delivery's row is made here.

use panotti_protocol::api::OnDead;
use panotti_protocol::delivery::{Attempt, AttemptError, AttemptOutcome, Cause, DeliveryState};
use panotti_protocol::id::{EventId, FencingToken, InstanceId};
use panotti_protocol::limits::{ERROR_CLASS_BYTES_MAX, ERROR_MESSAGE_BYTES_MAX, LOG_TAIL_BYTES_MAX};
use panotti_protocol::notice;
use panotti_protocol::time::Timestamp;

use crate::action::{Action, CancelReason, DeliveryWrite, Notice, Step, Write};
use crate::bus::{Bus, Held};
use crate::command::{Answer, Attach, AuditEntry, HandlerOutcome, InstanceEnd, Publish, Report, StoredDelivery};
use crate::defect::Defect;
use crate::delivery::{DeliveryKey, HasRow, Owed};
use crate::event::Draft;
use crate::fingerprint::fingerprint;
use crate::replay::ReplayNumber;
use crate::retry::RetryPolicy;
use crate::routing::Matches;

impl DeliveryWrite {
    /// A row in a state, with nothing else said.
    pub(crate) fn of(owed: &Owed, state: DeliveryState, attempts_max: u32) -> Self {
        Self {
            key: owed.key,
            id: owed.id(),
            state,
            cause: None,
            attempts: owed.attempts,
            attempts_max,
            tries: owed.tries,
            due: None,
            ended_at: None,
            fingerprint: None,
            crashes: owed.crashes.clone(),
            attempt: None,
            attempt_of: owed.original(),
            order: owed.order,
            priority: owed.priority,
            blocks: false,
        }
    }
}

/// What is known of an attempt that ended.
struct Ended {
    outcome: AttemptOutcome,
    error: Option<AttemptError>,
    log_tail: String,
    emitted: Vec<EventId>,
}

impl Ended {
    fn new(outcome: AttemptOutcome, error: Option<AttemptError>, log_tail: String) -> Self {
        Self { outcome, error, log_tail, emitted: Vec::new() }
    }
}

/// What becomes of the delivery.
enum Fate {
    Done,
    Dead(Cause),
    /// It has crashed its plugin too often.
    Quarantined,
    /// Again at this time.
    Waits(Timestamp),
}

impl Bus {
    pub(crate) fn outcome(&mut self, report: Report, step: &mut Step) -> Answer {
        let Report { delivery, token, outcome, log_tail } = report;
        let token = match self.leases.get(&token) {
            Some(held) if held.owed.id() == delivery => token,
            _ if self.defects.has(Defect::TokenUnchecked) => match self.leases.iter().find(|(_, held)| held.owed.id() == delivery) {
                Some((current, _)) => *current,
                None => return Answer::Stale,
            },
            _ => return Answer::Stale,
        };
        let HandlerOutcome::Done { emits, state } = outcome else {
            return self.outcome_without_success(token, outcome, log_tail, step);
        };
        if emits.iter().any(|emit| emit.matches.rules != self.rules.version) {
            return Answer::MatchAgain;
        }
        if let Some(answer) = self.emit_refused(token, &emits, &log_tail, step) {
            return answer;
        }
        let Some(held) = self.end_lease(token) else { return Answer::Stale };
        let emitted = self.emit(&held, emits, step);
        if !state.is_empty() {
            step.writes.push(Write::State { plugin: held.plugin.clone(), writes: state });
        }
        if self.defects.has(Defect::EmitWithoutAcknowledgement) && !emitted.is_empty() {
            self.give_back(held);
            return Answer::Taken;
        }
        self.end_attempt(held, Ended { emitted, ..Ended::new(AttemptOutcome::Done, None, log_tail) }, Fate::Done, step);
        Answer::Taken
    }

    /// An attempt that ended with an error of its handler: another follows, or the delivery is dead with this cause.
    pub(crate) fn failed_attempt(
        &mut self,
        token: FencingToken,
        error: AttemptError,
        cause: Cause,
        log_tail: String,
        step: &mut Step,
    ) -> Answer {
        let Some(mut held) = self.end_lease(token) else { return Answer::Stale };
        held.owed.attempts += 1;
        let fate = self.next_try(&held.owed, None, cause);
        self.end_attempt(held, Ended::new(AttemptOutcome::Retry, Some(error), log_tail), fate, step);
        Answer::Taken
    }

    /// A delivery whose event does not read back as it was written is handed to nobody, ever (semantics rule 19). It uses no attempt.
    pub(crate) fn unreadable(&mut self, token: FencingToken, why: String, step: &mut Step) -> Answer {
        let Some(held) = self.end_lease(token) else { return Answer::Stale };
        let error = AttemptError { class: "Unreadable".to_owned(), message: why, place: None };
        self.end_attempt(held, Ended::new(AttemptOutcome::Unreadable, Some(error), String::new()), Fate::Dead(Cause::Decrypt), step);
        Answer::Taken
    }

    /// The plugin that holds a lease.
    pub fn plugin_of(&self, token: FencingToken) -> Option<&str> {
        self.leases.get(&token).map(|held| held.plugin.as_str())
    }

    fn outcome_without_success(&mut self, token: FencingToken, outcome: HandlerOutcome, log_tail: String, step: &mut Step) -> Answer {
        let Some(mut held) = self.end_lease(token) else { return Answer::Stale };
        match outcome {
            HandlerOutcome::Done { .. } => {}
            HandlerOutcome::Retry { after, error } => {
                if self.defects.has(Defect::EmitWithoutDone) {
                    let draft = Draft::new(held.owed.topic.clone(), format!("/plugins/{}", held.plugin), "defect", Vec::new());
                    self.accept(draft, Some(Matches { rules: self.rules.version, ..Matches::default() }), step);
                }
                if !self.defects.has(Defect::AttemptNotCounted) {
                    held.owed.attempts += 1;
                }
                let fate = self.next_try(&held.owed, after.map(RetryPolicy::asked), Cause::HandlerError);
                self.end_attempt(held, Ended::new(AttemptOutcome::Retry, Some(error), log_tail), fate, step);
            }
            HandlerOutcome::Reject { reason } => {
                held.owed.attempts += 1;
                let error = AttemptError { class: "Reject".to_owned(), message: reason, place: None };
                let ended = Ended::new(AttemptOutcome::Reject, Some(error), log_tail);
                self.end_attempt(held, ended, Fate::Dead(Cause::Rejected), step);
            }
            HandlerOutcome::Defer { after, reason } => {
                let due = self.now + RetryPolicy::asked(after);
                let error = (!reason.is_empty()).then(|| AttemptError { class: "Defer".to_owned(), message: reason, place: None });
                self.end_attempt(held, Ended::new(AttemptOutcome::Defer, error, log_tail), Fate::Waits(due), step);
            }
        }
        Answer::Taken
    }

    /// Emits take effect with the outcome. Their ids follow from the delivery, so that they are the same whoever asks: one that is there
    /// already, imported from a store of which this one is an older copy, is that event (rule 13).
    fn emit(&mut self, held: &Held, emits: Vec<Publish>, step: &mut Step) -> Vec<EventId> {
        let delivery = held.owed.id();
        let mut emitted = Vec::with_capacity(emits.len());
        for (index, mut emit) in emits.into_iter().enumerate() {
            emit.draft.id = Some(delivery.emit_id(index));
            emit.draft.causationid = Some(held.owed.eventid);
            emitted.push(self.take_in(emit, step).eventid);
        }
        emitted
    }

    pub(crate) fn timed_out(&mut self, mut held: Held, why: CancelReason, step: &mut Step) {
        held.owed.attempts += 1;
        let message = match why {
            CancelReason::TimedOut => format!("the handler took longer than {} s", held.hard_until.since(held.started_at).as_secs()),
            CancelReason::LeaseLost | CancelReason::TakenBack => "no heartbeat came and the lease ran out".to_owned(),
        };
        let error = AttemptError { class: "Timeout".to_owned(), message, place: None };
        let fate = self.next_try(&held.owed, None, Cause::Timeout);
        self.end_attempt(held, Ended::new(AttemptOutcome::Timeout, Some(error), String::new()), fate, step);
    }

    pub(crate) fn detach(&mut self, instance: InstanceId, end: InstanceEnd, step: &mut Step) -> Answer {
        self.forget_copy(instance);
        let tokens: Vec<_> = self.leases.iter().filter(|(_, held)| held.instance == instance).map(|(token, _)| *token).collect();
        let number = tokens.len() as u64;
        for token in tokens {
            let Some(mut held) = self.end_lease(token) else { continue };
            match &end {
                InstanceEnd::Crashed { error, log_tail } => {
                    if !self.defects.has(Defect::CrashNotCounted) {
                        held.owed.attempts += 1;
                    }
                    held.owed.crashes.add(self.now);
                    let fate = match held.owed.crashes.are_poison() && !self.defects.has(Defect::QuarantineForgotten) {
                        true => Fate::Quarantined,
                        false => self.next_try(&held.owed, None, Cause::Crash),
                    };
                    let ended = Ended::new(AttemptOutcome::Crash, Some(error.clone()), log_tail.clone());
                    self.end_attempt(held, ended, fate, step);
                }
                InstanceEnd::Stopped if self.defects.has(Defect::StopCounted) => self.timed_out(held, CancelReason::LeaseLost, step),
                InstanceEnd::Stopped => self.give_back(held),
            }
        }
        Answer::Changed(number)
    }

    /// A delivery whose plugin was told to end: as if it had never been handed out.
    fn give_back(&mut self, held: Held) {
        self.put_back(held.owed, held.row);
    }

    /// Puts a delivery that is not handed out after all where it came from.
    pub(crate) fn put_back(&mut self, owed: Owed, row: HasRow) {
        let Some(subscription) = self.subscriptions.get_mut(&owed.key.subscription) else { return };
        match (row, owed.key.replay) {
            // Its key is free now: its replay releases it again, before what comes after it.
            (HasRow::No, replay) if replay != ReplayNumber::LIVE && owed.order.is_some() => {
                if let Some(job) = self.jobs.get_mut(&replay) {
                    job.take_back(owed);
                }
            }
            (HasRow::Yes, _) => subscription.take_back(owed),
            (HasRow::No, ReplayNumber::LIVE) => subscription.give_back(owed),
            (HasRow::No, _) => subscription.repeat(owed),
        }
    }

    /// A delivery whose event no longer matters.
    pub(crate) fn expire(&mut self, owed: Owed, row: HasRow, copy: &Attach, step: &mut Step) {
        let held = Held {
            owed,
            row,
            call: FencingToken(0),
            instance: copy.instance,
            plugin: copy.plugin.clone(),
            version: copy.version.clone(),
            digest: copy.digest.clone(),
            started_at: self.now,
            lease_until: self.now,
            hard_until: self.now,
        };
        let error = AttemptError { class: "Expired".to_owned(), message: "the event's `expires` passed".to_owned(), place: None };
        self.end_attempt(held, Ended::new(AttemptOutcome::Expired, Some(error), String::new()), Fate::Dead(Cause::Expired), step);
    }

    fn next_try(&mut self, owed: &Owed, after: Option<std::time::Duration>, cause: Cause) -> Fate {
        let policy = match self.subscriptions.get(&owed.key.subscription) {
            Some(subscription) => subscription.spec.retry.clone(),
            None => RetryPolicy::default(),
        };
        if owed.attempts >= policy.attempts_max() {
            return Fate::Dead(cause);
        }
        if self.defects.has(Defect::RetryWithoutBackoff) {
            return Fate::Waits(self.now);
        }
        let delay = after.unwrap_or_else(|| policy.backoff(owed.attempts.max(1), &mut self.random));
        Fate::Waits(self.now + delay)
    }

    pub(crate) fn attempts_max(&self, owed: &Owed) -> u32 {
        self.subscriptions.get(&owed.key.subscription).map_or(0, |known| known.spec.retry.attempts_max())
    }

    fn end_attempt(&mut self, held: Held, ended: Ended, fate: Fate, step: &mut Step) {
        let mut owed = held.owed.clone();
        owed.tries += 1;
        let (state, cause, due) = match &fate {
            Fate::Done => (DeliveryState::Done, None, None),
            Fate::Dead(cause) => (DeliveryState::Dead, Some(*cause), None),
            Fate::Quarantined => (DeliveryState::Quarantined, Some(Cause::Crash), None),
            Fate::Waits(due) => (DeliveryState::Waiting, None, Some(*due)),
        };
        let counted = !matches!(ended.outcome, AttemptOutcome::Defer | AttemptOutcome::Expired | AttemptOutcome::Unreadable);
        let mut write = DeliveryWrite { cause, due, ..DeliveryWrite::of(&owed, state, self.attempts_max(&owed)) };
        write.attempts += u32::from(matches!(fate, Fate::Done));
        write.ended_at = state.is_ended().then_some(self.now);
        write.fingerprint = ended.error.as_ref().map(|error| fingerprint(&error.class, &error.message));
        write.attempt = Some(Attempt {
            attempt: owed.tries,
            started_at: held.started_at,
            duration_ms: u64::try_from(self.now.since(held.started_at).as_millis()).unwrap_or(u64::MAX),
            outcome: ended.outcome,
            counted,
            error: ended.error.map(shortened),
            log_tail: tail(ended.log_tail, LOG_TAIL_BYTES_MAX),
            plugin_version: held.version,
            plugin_digest: held.digest,
            emitted: ended.emitted,
        });
        match state {
            DeliveryState::Dead => self.announce_death(notice::DELIVERY_DEAD, &owed, &write, step),
            DeliveryState::Quarantined => self.announce_death(notice::DELIVERY_QUARANTINED, &owed, &write, step),
            _ => {}
        }
        if self.defects.has(Defect::DeathForgetsAttempt) && state == DeliveryState::Dead {
            write.attempt = None;
        }
        self.settle(owed, held.row, write, step);
    }

    /// Writes the row, moves the counts, tells the replay and those who watch.
    fn settle(&mut self, owed: Owed, row: HasRow, mut write: DeliveryWrite, step: &mut Step) {
        let (key, state) = (owed.key, write.state);
        write.blocks = owed.order.is_some() && state.is_failed() && self.blocks_its_key(key);
        match (row, key.replay) {
            (HasRow::Yes, _) => self.count(key, DeliveryState::Waiting, -1),
            (HasRow::No, ReplayNumber::LIVE) => self.count(key, DeliveryState::Pending, -1),
            (HasRow::No, _) => {}
        }
        self.count(key, state, 1);
        if state.is_ended() {
            self.stalls.ended(key.subscription, self.now);
        }
        self.changed.insert(key);
        if let Some(due) = write.due
            && let Some(subscription) = self.subscriptions.get_mut(&key.subscription)
        {
            subscription.wait(due, owed.clone());
        }
        let subscription = key.subscription;
        step.writes.push(Write::Delivery(Box::new(write.clone())));
        if let Some(original) = owed.original() {
            let recovered =
                state == DeliveryState::Done || (state == DeliveryState::Dead && self.defects.has(Defect::RecoveredWithoutSuccess));
            if recovered {
                self.changed.insert(original);
                step.writes.push(Write::Recovered { key: original, order: owed.order, at: self.now });
            }
            self.item_moved(key.replay, original, row, state);
        }
        step.actions.push(Action::Notice(Box::new(Notice {
            sequence: key.sequence,
            eventid: owed.eventid,
            topic: owed.topic,
            subscription,
            row: write,
        })));
    }

    /// Whether a dead letter keeps its key from going on. One that a replay made never does: what it repeats stands for it.
    fn blocks_its_key(&self, key: DeliveryKey) -> bool {
        let on_dead = self.subscriptions.get(&key.subscription).map(|known| known.spec.on_dead);
        let blocks = on_dead == Some(OnDead::Block) && key.replay == ReplayNumber::LIVE;
        blocks && !self.defects.has(Defect::DeadLetterFreesKey)
    }

    /// Every death and every quarantine is an event, but for that of a delivery of such an event: it would never end.
    fn announce_death(&mut self, topic: &'static str, owed: &Owed, write: &DeliveryWrite, step: &mut Step) {
        if [notice::DELIVERY_DEAD, notice::DELIVERY_QUARANTINED].contains(&owed.topic.as_str()) {
            return;
        }
        let Some(subscription) = self.subscriptions.get(&owed.key.subscription) else { return };
        let dead = notice::Dead {
            deliveryid: write.id,
            eventid: owed.eventid,
            topic: owed.topic.clone(),
            subscription: format!("{}/{}", subscription.plugin, subscription.spec.name),
            cause: write.cause,
            attempts: write.attempts,
            error: write.attempt.as_ref().and_then(|attempt| attempt.error.clone()),
            fingerprint: write.fingerprint.clone(),
            group: write.fingerprint.as_ref().map(|fingerprint| self.groups.died(&subscription.plugin, fingerprint, self.now)),
            replay: owed.mark(),
        };
        self.own_event(topic, dead.to_json(), step);
    }

    /// One more attempt, now, of what waits or is dead. What is in flight, ended well or changed in this step stays as it is.
    pub(crate) fn retry(&mut self, deliveries: Vec<StoredDelivery>, actor: String, step: &mut Step) -> Answer {
        let mut changed = 0;
        for StoredDelivery { owed, state } in deliveries {
            let now = self.now;
            let attempts_max = self.attempts_max(&owed);
            let Some(subscription) = self.subscriptions.get_mut(&owed.key.subscription) else { continue };
            let again = state == DeliveryState::Waiting || state.is_failed();
            if !again || subscription.is_leased(&owed.key) || !self.changed.insert(owed.key) {
                continue;
            }
            subscription.forget_waiting(owed.key);
            subscription.wait(now, owed.clone());
            self.forget_aside(owed.key);
            self.count(owed.key, state, -1);
            self.count(owed.key, DeliveryState::Waiting, 1);
            let write = DeliveryWrite { due: Some(now), ..DeliveryWrite::of(&owed, DeliveryState::Waiting, attempts_max) };
            step.writes.push(Write::Delivery(Box::new(write)));
            self.reopened(owed.key.replay, state);
            step.writes.push(audit(&actor, "delivery.retry", &owed, ""));
            changed += 1;
        }
        Answer::Changed(changed)
    }

    /// Gives dead letters up. Their history stays.
    pub(crate) fn discard(&mut self, deliveries: Vec<StoredDelivery>, reason: &str, actor: &str, step: &mut Step) -> Answer {
        let mut changed = 0;
        for StoredDelivery { owed, state } in deliveries.into_iter().filter(|stored| stored.state.is_failed()) {
            if !self.changed.insert(owed.key) {
                continue;
            }
            let attempts_max = self.attempts_max(&owed);
            self.count(owed.key, state, -1);
            self.count(owed.key, DeliveryState::Cancelled, 1);
            let row = DeliveryWrite::of(&owed, DeliveryState::Cancelled, attempts_max);
            step.writes.push(Write::Delivery(Box::new(DeliveryWrite { ended_at: Some(self.now), ..row })));
            step.writes.push(audit(actor, "delivery.discard", &owed, reason));
            changed += 1;
        }
        Answer::Changed(changed)
    }
}

fn audit(actor: &str, action: &str, owed: &Owed, reason: &str) -> Write {
    Write::Audit(AuditEntry {
        actor: actor.to_owned(),
        action: action.to_owned(),
        object: owed.id().to_string(),
        reason: reason.to_owned(),
        detail: owed.eventid.to_string(),
    })
}

fn shortened(error: AttemptError) -> AttemptError {
    AttemptError {
        class: head(error.class, ERROR_CLASS_BYTES_MAX),
        message: head(error.message, ERROR_MESSAGE_BYTES_MAX),
        place: error.place.map(|place| head(place, ERROR_CLASS_BYTES_MAX)),
    }
}

fn head(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
    }
    text
}

fn tail(text: String, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text;
    }
    let start = text.ceil_char_boundary(text.len() - bytes_max);
    text[start..].to_owned()
}
