//! What each command and its answer must mean: leases that end, and what has to be written for them.

use panotti_core::cancel::Cancelled;
use panotti_core::command::{Answer, Command, HandlerOutcome, InstanceEnd, Refusal, Report, StoredDelivery};
use panotti_core::limits::REPLAYS_RUNNING_MAX;
use panotti_core::retention::TrimWhy;
use panotti_protocol::delivery::DeliveryState;

use crate::ledger::{Kind, OpenCopy};
use crate::rules::*;
use crate::world::{Violation, World, hold};

impl World {
    /// Takes a command and its answer into the ledger.
    pub fn hear_of(&mut self, command: &Command, answer: &Answer) -> Result<(), Violation> {
        match command {
            Command::Publish(publish) => {
                let means = match answer {
                    Answer::Receipt(receipt) if receipt.duplicate => "duplicate",
                    Answer::Receipt(_) => "receipt",
                    Answer::MatchAgain => "match again",
                    Answer::Refused(_) => "refused",
                    _ => "something else",
                };
                hold!(self, rule_07_what_has_expired_is_not_accepted(publish.draft.expires, self.bus_now, answer));
                self.coverage.take("command", "publish", if publish.known.is_some() { "known" } else { "new" }, means);
            }
            Command::PublishOnce(once) => self.hear_of_key(once, answer)?,
            Command::Outcome(report) => self.hear_of_outcome(report, answer)?,
            Command::Heartbeat { token } => {
                let held = self.ledger.leases.get(token).map(|flight| flight.key);
                let taken = matches!(answer, Answer::Taken);
                self.coverage.take("command", "heartbeat", if held.is_some() { "held" } else { "over" }, name(answer));
                if taken {
                    hold!(self, rule_05_a_stale_token_is_refused(&self.ledger, *token, held));
                    if let Some(flight) = self.ledger.leases.get_mut(token) {
                        flight.heard_at = self.bus_now;
                    }
                } else {
                    hold!(self, rule_05_a_valid_token_is_taken(&self.ledger, *token, held));
                }
            }
            Command::ReturnUnsent { tokens } => {
                for token in tokens {
                    if self.ledger.end(*token).is_some() {
                        self.coverage.take("delivery", "leased", "not sent", "as before");
                    }
                }
            }
            Command::Unreadable(token, _) => {
                if let Some(flight) = self.ledger.end(*token) {
                    self.ledger.expect(flight.key, Kind::Unreadable);
                }
            }
            Command::Attach(attach) => {
                self.ledger.copies.insert(attach.plugin.clone(), OpenCopy { instance: attach.instance, open: true });
            }
            Command::Close { plugin } => {
                if let Some(copy) = self.ledger.copies.get_mut(plugin) {
                    copy.open = false;
                }
            }
            Command::Detach { instance, end } => {
                self.ledger.copies.retain(|_, copy| copy.instance != *instance);
                let held: Vec<_> =
                    self.ledger.leases.iter().filter(|(_, flight)| flight.instance == *instance).map(|(token, _)| *token).collect();
                for token in held {
                    let Some(flight) = self.ledger.end(token) else { continue };
                    if matches!(end, InstanceEnd::Crashed { .. }) {
                        self.ledger.expect(flight.key, Kind::Crash);
                    } else {
                        self.coverage.take("delivery", "leased", "returned", "as before");
                    }
                }
            }
            Command::Retry { deliveries, .. } => {
                let chosen = |stored: &&StoredDelivery| {
                    let free = !self.ledger.touched.contains(&stored.owed.key) && !self.ledger.in_flight.contains(&stored.owed.key);
                    free && (stored.state == DeliveryState::Waiting || stored.state.is_failed())
                };
                let keys: Vec<_> = deliveries.iter().filter(chosen).map(|stored| stored.owed.key).collect();
                hold!(self, rule_10_what_a_person_asks_is_done(answer, keys.len()));
                keys.into_iter().for_each(|key| self.ledger.expect(key, Kind::RetryByHand));
            }
            Command::Discard { deliveries, .. } => {
                let chosen = |stored: &&StoredDelivery| stored.state.is_failed() && !self.ledger.touched.contains(&stored.owed.key);
                let keys: Vec<_> = deliveries.iter().filter(chosen).map(|stored| stored.owed.key).collect();
                hold!(self, rule_10_what_a_person_asks_is_done(answer, keys.len()));
                keys.into_iter().for_each(|key| self.ledger.expect(key, Kind::Discard));
            }
            Command::Cancel(cancel) => {
                let chosen = |stored: &&StoredDelivery| {
                    let key = stored.owed.key;
                    let free = !self.ledger.touched.contains(&key) && !self.ledger.in_flight.contains(&key);
                    let meant = match cancel.which {
                        Cancelled::NotBegun => !stored.state.is_ended(),
                        Cancelled::Failed => stored.state.is_failed(),
                    };
                    free && meant
                };
                let keys: Vec<_> = cancel.deliveries.iter().filter(chosen).map(|stored| stored.owed.key).collect();
                hold!(self, rule_10_what_a_person_asks_is_done(answer, keys.len()));
                keys.into_iter().for_each(|key| self.ledger.expect(key, Kind::Cancel));
            }
            Command::Trim(trim) => {
                let why = match trim.why {
                    TrimWhy::Age { .. } => "age",
                    TrimWhy::Room => "room",
                    TrimWhy::Purge { .. } => "purge",
                };
                self.coverage.take("command", "trim", why, if let Answer::Changed(0) = answer { "nothing" } else { "removed" });
            }
            Command::StartReplay(start) => {
                let selection = if start.selection.failed { "failed" } else { "topic" };
                self.coverage.take("command", "start replay", selection, name(answer));
                let refused = matches!(answer, Answer::Refused(Refusal::TooMany { limit: REPLAYS_RUNNING_MAX, .. }));
                hold!(self, rule_14_a_replay_is_refused_only_when_too_many_run(refused, self.ledger.replays_started, &self.disk));
                self.ledger.replays_started += usize::from(!refused);
            }
            Command::SetState(_) => self.ledger.state_writes += usize::from(matches!(answer, Answer::Changed(1))),
            Command::CancelReplay { .. } => {
                let means = if let Answer::Replay { changed: false, .. } = answer { "already" } else { name(answer) };
                self.coverage.take("command", "cancel replay", "", means);
            }
            Command::SteerReplay { replay, steering, .. } => self.hear_of_steering(*replay, *steering, answer),
            Command::StopHandingOut => self.ledger.handing_out = false,
            Command::Matched { .. } => self.coverage.take("command", "matched", "", name(answer)),
            Command::Register { .. } => self.coverage.take("command", "register", "", name(answer)),
            Command::CreateFilter(_) => self.coverage.take("command", "create filter", "", name(answer)),
            Command::RemoveFilter { .. } => self.coverage.take("command", "remove filter", "", name(answer)),
            Command::Switch(switch) => {
                let means = if let Answer::Changed(0) = answer { "as before" } else { "changed" };
                self.coverage.take("command", "switch", if switch.enabled { "on" } else { "off" }, means);
            }
            Command::PendingPage { .. } | Command::WaitingPage { .. } | Command::ReplayPage { .. } => {}
            Command::HeadsPage { .. }
            | Command::KeyPage { .. }
            | Command::Schema(_)
            | Command::Access(_)
            | Command::Record(_)
            | Command::Tick => {}
        }
        Ok(())
    }

    fn hear_of_outcome(&mut self, report: &Report, answer: &Answer) -> Result<(), Violation> {
        let Report { delivery, token, outcome, .. } = report;
        let key = self.ledger.key_of(*token, *delivery);
        self.coverage.take("command", "outcome", if key.is_some() { "held" } else { "over" }, name(answer));
        match answer {
            Answer::Taken => {
                hold!(self, rule_05_a_stale_token_is_refused(&self.ledger, *token, key));
                let Some(flight) = self.ledger.end(*token) else { return Ok(()) };
                let kind = match outcome {
                    HandlerOutcome::Done { emits, .. } if emits.iter().any(|emit| emit.matches.schema.refusal().is_some()) => {
                        Kind::EmitRefused
                    }
                    HandlerOutcome::Done { emits, state } => {
                        self.ledger.state_writes += usize::from(!state.is_empty());
                        let new = emits.iter().enumerate().filter(|(_, emit)| emit.known.is_none());
                        self.ledger.emits.extend(new.map(|(index, _)| delivery.emit_id(index)));
                        Kind::Done { emits: emits.len() }
                    }
                    HandlerOutcome::Retry { after, .. } => Kind::Retry { after: *after },
                    HandlerOutcome::Reject { .. } => Kind::Reject,
                    HandlerOutcome::Defer { after, .. } => Kind::Defer { after: *after },
                };
                if matches!(kind, Kind::Done { .. }) {
                    self.ledger.touched.extend(flight.original);
                }
                self.ledger.expect(flight.key, kind);
            }
            Answer::MatchAgain => {}
            _ => hold!(self, rule_05_a_valid_token_is_taken(&self.ledger, *token, key)),
        }
        Ok(())
    }
}

/// An answer in a word.
pub fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Done => "done",
        Answer::Receipt(_) => "receipt",
        Answer::Receipts(_) => "receipts",
        Answer::MatchAgain => "match again",
        Answer::Rules(_) => "rules",
        Answer::Taken => "taken",
        Answer::Stale => "stale",
        Answer::Changed(_) => "changed",
        Answer::Replay { .. } => "replay",
        Answer::Refused(_) => "refused",
    }
}
