//! What a supervisor says to its plugin and hears from it, frame by frame. Anything the plugin says is checked here; nothing it says
//! can hold up another plugin.

use std::sync::atomic::Ordering;
use std::time::Duration;

use panotti_core::action::{CancelReason, Lease};
use panotti_core::command::{Attach, HandlerOutcome, Publish, Report};
use panotti_core::event::SharedEvent;
use panotti_core::lifecycle::{PluginState, Signal};
use panotti_protocol::delivery::AttemptError;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::{
    BatchMark, Cancel, Deliver, Emit, Emitted, FailedKind, FromPlugin, Outcome, OutcomeKind, PROTOCOLS, ProtocolError, Ready, Refused,
    StateGet, StateList, StateValue, StateWrite, ToPlugin,
};
use panotti_protocol::id::{DeliveryId, FencingToken, InstanceId};
use panotti_protocol::limits::{EMITS_PER_OUTCOME_MAX, STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX, STATE_WRITES_PER_OUTCOME_MAX};

use super::instance::Held;
use super::limits::GARBAGE_MAX;
use super::session::{Heard, Weight};
use super::supervisor::{DAEMON, Supervisor};
use crate::daemon::bus::handle::OutcomeAnswer;
use crate::daemon::drafts;
use crate::daemon::event_json::{Payload, event_json};
use crate::daemon::redact;

impl Supervisor {
    /// Passes a delivery on.
    pub fn deliver(&mut self, lease: &Lease, event: SharedEvent, batch: Option<BatchMark>) {
        let since = self.shared.clock.now();
        let Some(copy) = self.copy.as_mut().filter(|copy| copy.instance == lease.instance) else { return };
        let frame = Deliver {
            delivery_id: lease.delivery,
            fencing_token: lease.token,
            attempt: lease.attempt,
            handler: lease.handler.clone(),
            event: event_json(&event, Payload::Included),
            deadline_ms: u64::try_from(lease.timeout.as_millis()).unwrap_or(u64::MAX),
            replay: lease.replay.clone(),
            batch,
        };
        copy.held.insert(lease.delivery, Held { token: lease.token, since, event });
        copy.session.send(&ToPlugin::Deliver(Box::new(frame)));
    }

    /// A lease is over. An instance that does not even send heartbeats hangs and is ended.
    pub fn cancel(&mut self, instance: InstanceId, delivery_id: DeliveryId, fencing_token: FencingToken, why: CancelReason) {
        let Some(copy) = self.copy.as_mut().filter(|copy| copy.instance == instance) else { return };
        copy.held.remove(&delivery_id);
        let reason = match why {
            CancelReason::TimedOut => "the handler's time is over",
            CancelReason::TakenBack => "the delivery was taken back",
            CancelReason::LeaseLost => "no heartbeat came for 30 s",
        };
        copy.session.send(&ToPlugin::Cancel(Cancel { delivery_id, fencing_token, reason: reason.to_owned() }));
        if why == CancelReason::LeaseLost {
            copy.why.get_or_insert_with(|| "it hangs: no heartbeat came for 30 s".to_owned());
            copy.session.kill();
        }
        self.say_goodbye_when_idle();
    }

    /// Takes in what an instance says.
    pub async fn hear(&mut self, instance: InstanceId, heard: Heard) {
        if let Heard::Ended(words) = heard {
            return self.ended(instance, words).await;
        }
        let Some(copy) = self.copy.as_mut().filter(|copy| copy.instance == instance) else { return };
        match heard {
            Heard::Frame(frame, weight) => {
                copy.garbage = 0;
                self.frame(instance, *frame, weight).await;
            }
            Heard::Garbage(detail) => {
                copy.garbage += 1;
                self.entry.log.remark("warning", format!("protocol error: {detail}"));
                let code = ErrorCode::PLUGIN_PROTOCOL.as_str().to_owned();
                copy.session.send(&ToPlugin::Error(ProtocolError { code, detail }));
                if copy.garbage >= GARBAGE_MAX {
                    copy.why.get_or_insert_with(|| format!("{GARBAGE_MAX} lines in a row on descriptor 3 were no frames"));
                    copy.session.kill();
                }
                self.degrade("a line on descriptor 3 was no frame; its log has it".to_owned()).await;
            }
            Heard::Broken(why) => {
                copy.why.get_or_insert(why);
                copy.session.kill();
            }
            Heard::Ended(_) => {}
        }
    }

    /// Takes in a frame, whose room is held until it took effect.
    async fn frame(&mut self, instance: InstanceId, frame: FromPlugin, weight: Weight) {
        match frame {
            FromPlugin::Ready(ready) => self.ready(instance, &ready).await,
            FromPlugin::NotReady(why) => self.signal_or_remark(Signal::NotReady(redact::text(&why.why).into_owned()), DAEMON).await,
            FromPlugin::Failed(failed) => {
                let signal = match failed.kind {
                    FailedKind::Configuration => Signal::NeedsConfiguration(redact::text(&failed.why).into_owned()),
                    FailedKind::Permanent => Signal::Permanent(redact::text(&failed.why).into_owned()),
                };
                self.signal_or_remark(signal, DAEMON).await;
            }
            FromPlugin::Outcome(outcome) => self.outcome(*outcome, weight).await,
            FromPlugin::Heartbeat(beat) => self.heartbeat(beat.delivery_id, beat.fencing_token, weight).await,
            FromPlugin::Emit(emit) => self.emit(*emit, weight).await,
            FromPlugin::StateGet(get) => self.state_get(get, weight).await,
            FromPlugin::StateList(list) => self.state_list(list, weight).await,
            FromPlugin::ConfigApplied(answer) => self.configured(answer.config_revision, "live").await,
            FromPlugin::ConfigNeedsRestart(answer) => self.configured(answer.config_revision, "needs_restart").await,
            FromPlugin::Log(log) => self.entry.log.write("log", &log.level, log.message, log.eventid),
        }
    }

    async fn ready(&mut self, instance: InstanceId, ready: &Ready) {
        if !matches!(self.state, PluginState::Starting { .. }) {
            return;
        }
        if !PROTOCOLS.contains(&ready.protocol) {
            let why = format!("it speaks protocol {}, which this daemon does not", ready.protocol);
            return self.signal_or_remark(Signal::Permanent(why), DAEMON).await;
        }
        let Ok(manifest) = self.manifest().cloned() else { return };
        let subscriptions = match panotti_core::manifest::agree(&manifest, ready) {
            Ok(subscriptions) => subscriptions,
            Err(why) => return self.signal_or_remark(Signal::NeedsConfiguration(why), DAEMON).await,
        };
        let plugin = self.entry.found.name.clone();
        let attach = Attach { plugin: plugin.clone(), instance, version: manifest.version, digest: self.entry.found.digest.clone() };
        let bus = self.shared.bus.clone();
        let mut opened = Ok(());
        if subscriptions != self.subscriptions {
            opened = bus.register(&plugin, subscriptions.clone()).await;
        }
        if opened.is_ok() {
            opened = bus.attach(attach).await;
        }
        let Some(copy) = self.copy.as_mut() else { return };
        if let Err(failure) = opened {
            copy.why.get_or_insert(format!("the bus did not take it: {failure}"));
            return copy.session.kill();
        }
        copy.attached = true;
        self.subscriptions = subscriptions;
        self.signal_or_remark(Signal::Ready(instance), DAEMON).await;
        self.ready_after_crash_loop().await;
    }

    /// Extends a lease. Whoever has none any more is told to drop the work.
    async fn heartbeat(&self, delivery_id: DeliveryId, fencing_token: FencingToken, weight: Weight) {
        let (bus, sender) = (self.shared.bus.clone(), self.copy.as_ref().map(|copy| copy.session.sender()));
        let mut asked = Box::pin(async move {
            if let (Ok(false), Some(sender)) = (bus.heartbeat(fencing_token).await, sender) {
                let (code, detail) = (ErrorCode::DELIVERY_STALE.as_str().to_owned(), "the lease of this delivery is over".to_owned());
                sender.answer(&ToPlugin::Refused(Refused { delivery_id, fencing_token, code, detail }), weight);
            }
        });
        if futures_util::poll!(&mut asked).is_pending() {
            tokio::spawn(asked);
        }
    }

    fn refuse(&self, delivery_id: DeliveryId, fencing_token: FencingToken, code: ErrorCode, detail: &str) {
        self.entry.log.remark("warning", refusal(delivery_id, detail));
        if let Some(copy) = &self.copy {
            let refused = Refused { delivery_id, fencing_token, code: code.as_str().to_owned(), detail: detail.to_owned() };
            copy.session.send(&ToPlugin::Refused(refused));
        }
    }

    async fn outcome(&mut self, mut outcome: Outcome, weight: Weight) {
        without_secrets(&mut outcome);
        let (delivery, token) = (outcome.delivery_id, outcome.fencing_token);
        let Some(copy) = &mut self.copy else { return };
        if copy.held.get(&delivery).is_none_or(|held| held.token != token) {
            return self.refuse(delivery, token, ErrorCode::DELIVERY_STALE, "the lease of this delivery is over");
        }
        let Some(held) = copy.held.remove(&delivery) else { return };
        let handled = self.judge(outcome, &held).unwrap_or_else(|failure| {
            self.refuse(delivery, token, ErrorCode::find(&failure.code).unwrap_or(ErrorCode::PLUGIN_PROTOCOL), &failure.detail);
            let error = AttemptError { class: failure.code, message: failure.detail, place: None };
            HandlerOutcome::Retry { after: None, error }
        });
        let log_tail = match handled {
            HandlerOutcome::Done { .. } => String::new(),
            _ => self.entry.log.tail(held.since, Some(held.event.eventid)),
        };
        let (bus, log) = (self.shared.bus.clone(), self.entry.log.clone());
        let (entry, mail) = (self.entry.found.name.clone(), self.copy.as_ref().map(|copy| copy.session.sender()));
        let mut reported = Box::pin(async move {
            match bus.outcome(Report { delivery, token, outcome: handled, log_tail }).await {
                Ok(OutcomeAnswer::Taken) => {}
                Ok(OutcomeAnswer::Stale) => {
                    let code = ErrorCode::DELIVERY_STALE.as_str().to_owned();
                    let detail = "the lease of this delivery is over".to_owned();
                    let frame = ToPlugin::Refused(Refused { delivery_id: delivery, fencing_token: token, code, detail });
                    log.remark("warning", refusal(delivery, "the lease of this delivery is over"));
                    if let Some(sender) = mail {
                        sender.answer(&frame, weight);
                    }
                }
                Err(failure) => tracing::warn!(plugin = %entry, %delivery, %failure, "an outcome was not taken"),
            }
        });
        // Polled once here, so that the bus gets outcomes and reads of state in the order in which the plugin sent them.
        if futures_util::poll!(&mut reported).is_pending() {
            tokio::spawn(reported);
        }
        self.say_goodbye_when_idle();
    }

    fn judge(&self, outcome: Outcome, held: &Held) -> Result<HandlerOutcome, Failure> {
        let after = outcome.after_ms.map(Duration::from_millis);
        let reason = outcome.reason.unwrap_or_default();
        Ok(match outcome.outcome {
            OutcomeKind::Done => {
                check_counts(outcome.emits.len(), &outcome.state)?;
                let plugin = &self.entry.found.name;
                let mut emits = Vec::with_capacity(outcome.emits.len());
                for (place, emit) in outcome.emits.into_iter().enumerate() {
                    let mut draft = drafts::emitted(emit, plugin, self.shared.payload_bytes_max.load(Ordering::Relaxed))?;
                    draft.id = Some(outcome.delivery_id.emit_id(place));
                    draft.correlationid = Some(held.event.correlation());
                    draft.causationid = Some(held.event.eventid);
                    draft.traceparent.clone_from(&held.event.draft.traceparent);
                    let matches = self.shared.bus.matches(&draft);
                    emits.push(Publish { draft, matches, known: None });
                }
                HandlerOutcome::Done { emits, state: outcome.state }
            }
            OutcomeKind::Retry => {
                let unnamed = || AttemptError { class: "Retry".to_owned(), message: reason.clone(), place: None };
                HandlerOutcome::Retry { after, error: outcome.error.unwrap_or_else(unnamed) }
            }
            OutcomeKind::Reject => HandlerOutcome::Reject { reason },
            OutcomeKind::Defer => match after {
                Some(after) => HandlerOutcome::Defer { after, reason },
                None => return Err(Failure::new(ErrorCode::PLUGIN_PROTOCOL, "`defer` needs `after_ms`")),
            },
        })
    }

    async fn emit(&mut self, emit: Emit, weight: Weight) {
        let (request_id, plugin) = (emit.request_id, self.entry.found.name.clone());
        let draft = drafts::emitted(emit.event, &plugin, self.shared.payload_bytes_max.load(Ordering::Relaxed));
        let (bus, sender) = (self.shared.bus.clone(), self.copy.as_ref().map(|copy| copy.session.sender()));
        let mut published = Box::pin(async move {
            let receipt = match draft {
                Ok(mut draft) => {
                    draft.id = emit.id;
                    bus.publish(draft).await
                }
                Err(failure) => Err(failure),
            };
            let (eventid, failure) = match receipt {
                Ok(receipt) => (Some(receipt.eventid), None),
                Err(failure) => (None, Some(failure)),
            };
            if let Some(sender) = sender {
                sender.answer(&ToPlugin::Emitted(Emitted { request_id, eventid, failure }), weight);
            }
        });
        if futures_util::poll!(&mut published).is_pending() {
            tokio::spawn(published);
        }
    }

    async fn state_list(&mut self, list: StateList, weight: Weight) {
        let (bus, plugin) = (self.shared.bus.clone(), self.entry.found.name.clone());
        let sender = self.copy.as_ref().map(|copy| copy.session.sender());
        let mut answered = Box::pin(async move {
            // As for a single key: where the store cannot be read the plugin is told nothing that is not so.
            if let (Ok(page), Some(sender)) = (bus.state_list(plugin, list).await, sender) {
                sender.answer(&ToPlugin::StatePage(page), weight);
            }
        });
        if futures_util::poll!(&mut answered).is_pending() {
            tokio::spawn(answered);
        }
    }

    async fn state_get(&mut self, get: StateGet, weight: Weight) {
        let (bus, plugin) = (self.shared.bus.clone(), self.entry.found.name.clone());
        let sender = self.copy.as_ref().map(|copy| copy.session.sender());
        let mut answered = Box::pin(async move {
            // Where the store cannot be read the daemon is about to end; the plugin is told nothing that is not so.
            if let (Ok(value), Some(sender)) = (bus.state_get(&plugin, &get.key).await, sender) {
                let answer = StateValue { request_id: get.request_id, found: value.is_some(), value: value.unwrap_or_default() };
                sender.answer(&ToPlugin::StateValue(answer), weight);
            }
        });
        if futures_util::poll!(&mut answered).is_pending() {
            tokio::spawn(answered);
        }
    }
}

/// What a handler says of its failure is kept with the attempt and shown to many: it is no place for a secret.
fn without_secrets(outcome: &mut Outcome) {
    outcome.reason.iter_mut().for_each(redact::owned);
    if let Some(error) = &mut outcome.error {
        redact::owned(&mut error.class);
        redact::owned(&mut error.message);
        error.place.iter_mut().for_each(redact::owned);
    }
}

/// What the plugin's log says of an outcome that does not count.
fn refusal(delivery: DeliveryId, detail: &str) -> String {
    format!("the outcome of {delivery} was refused: {detail}")
}

fn check_counts(emits: usize, state: &[StateWrite]) -> Result<(), Failure> {
    let refuse = |detail: String| Err(Failure::new(ErrorCode::PLUGIN_PROTOCOL, detail));
    if emits > EMITS_PER_OUTCOME_MAX {
        return refuse(format!("the outcome emits {emits} events, the most is {EMITS_PER_OUTCOME_MAX}"));
    }
    if state.len() > STATE_WRITES_PER_OUTCOME_MAX {
        return refuse(format!("the outcome writes {} keys, the most is {STATE_WRITES_PER_OUTCOME_MAX}", state.len()));
    }
    for write in state {
        if write.key.is_empty() || write.key.len() > STATE_KEY_BYTES_MAX {
            return refuse(format!("a key of the state is {} bytes; 1 to {STATE_KEY_BYTES_MAX} are allowed", write.key.len()));
        }
        let bytes = write.value.as_ref().and_then(|value| serde_json::to_vec(value).ok()).map_or(0, |json| json.len());
        if bytes > STATE_VALUE_BYTES_MAX {
            return refuse(format!("the value of `{}` is {bytes} bytes, the limit is {STATE_VALUE_BYTES_MAX}", write.key));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks an outcome of some size.
    type Check<'c> = &'c dyn Fn(usize) -> Result<(), Failure>;

    #[test]
    fn an_outcome_has_limits_of_its_emits_and_its_writes_below_at_and_above() {
        let write = |key: usize, value: usize| StateWrite { key: "k".repeat(key), value: Some("v".repeat(value.saturating_sub(2)).into()) };
        let writes = |number: usize| vec![write(1, 3); number];
        let cases: [(&str, Check<'_>, usize); 4] = [
            ("emits", &|number| check_counts(number, &[]), EMITS_PER_OUTCOME_MAX),
            ("writes", &|number| check_counts(0, &writes(number)), STATE_WRITES_PER_OUTCOME_MAX),
            ("bytes of a key", &|bytes| check_counts(0, &[write(bytes, 3)]), STATE_KEY_BYTES_MAX),
            ("bytes of a value", &|bytes| check_counts(0, &[write(1, bytes)]), STATE_VALUE_BYTES_MAX),
        ];
        for (what, check, limit) in cases {
            for (number, expected) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
                let checked = check(number);
                assert_eq!(checked.is_ok(), expected, "{what}: {number}");
                assert!(checked.is_ok() || checked.is_err_and(|failure| failure.is(ErrorCode::PLUGIN_PROTOCOL)));
            }
        }
        assert!(check_counts(0, &[write(0, 3)]).is_err(), "a key has a letter at least");
    }
}
