//! The world around one bus: the disk, the clock, and who was told what. Runs one step at a time and holds every rule to it. It has no
//! will of its own: `chaos.rs` and `stories.rs` decide what happens.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use panotti_core::action::{Action, CancelReason, DeliveryWrite, Lease, Step, Write};
use panotti_core::bus::Bus;
use panotti_core::command::{Answer, Command};
use panotti_core::defect::Defects;
use panotti_core::event::Draft;
use panotti_core::limits::RETRY_DELAY_MAX;
use panotti_core::random::Random;
use panotti_core::replay::ReplayNumber;
use panotti_core::retry::RetryPolicy;
use panotti_core::routing::{Matches, RuleSet};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::event::Receipt;
use panotti_protocol::id::{FencingToken, Sequence};
use panotti_protocol::notice;
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;

use crate::coverage::Coverage;
use crate::disk::Disk;
use crate::keys::{FirstKeys, receipts_of};
use crate::lanes::Turns;
use crate::ledger::{Flight, Kind, Ledger};
use crate::rules::*;

/// A rule that did not hold.
#[derive(Debug, Clone)]
pub struct Violation {
    pub rule: &'static str,
    pub step: u64,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}: {}: {}", self.step, self.rule, self.what)
    }
}

/// Holds a rule; its function's name is what a violation is reported under.
macro_rules! hold {
    ($world:expr, $rule:ident($($argument:expr),* $(,)?)) => {
        $rule($($argument),*).map_err(|what| $crate::world::Violation { rule: stringify!($rule), step: $world.steps, what })?
    };
}
pub(crate) use hold;

/// What a draft matches, with its keys. Payloads of the simulation are empty: keys come from attributes.
pub fn matched_by(rules: &RuleSet, draft: &Draft) -> Matches {
    let schema = crate::schemas::verdict(rules, draft);
    Matches { schema, ..rules.with_keys(rules.matches(&draft.topic), draft, || None) }
}

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is committed and everybody hears of it.
    Commits,
    /// The daemon dies before the commit, or the disk refuses: nobody hears of it, nothing is stored.
    IsLost,
    /// The daemon dies right after the commit: it is stored and nobody hears of it.
    IsStoredUnheard,
}

pub struct World {
    pub disk: Disk,
    pub bus: Bus,
    pub ledger: Ledger,
    pub wall: Timestamp,
    /// The bus's time: it never goes back while it lives.
    pub bus_now: Timestamp,
    pub loaded_at: Timestamp,
    pub rules: Arc<RuleSet>,
    pub inbox: Vec<Lease>,
    pub cancelled: Vec<FencingToken>,
    pub acknowledged: Vec<Receipt>,
    pub coverage: Coverage,
    pub steps: u64,
    /// The daemon's own events are matched one step later than they could be.
    pub matches_late: bool,
    pub concurrency_max: usize,
    pub full_check_every: u64,
    pub first_keys: FirstKeys,
    pub turns: Turns,
    first_receipts: BTreeMap<(String, String), Receipt>,
    pub pages: Vec<Command>,
    to_match: BTreeSet<Sequence>,
    /// Commands of the last step, where it found no room.
    unwritten: Vec<Command>,
    random: Random,
    defects: Defects,
}

impl World {
    pub fn new(seed: u64, defects: Defects) -> Self {
        let wall = Timestamp::from_ms(1_700_000_000_000);
        let disk = Disk { epoch: 1, ..Disk::default() };
        let bus = Bus::load(disk.snapshot(), wall, defects.clone());
        let mut world = Self {
            rules: Arc::clone(bus.rules()),
            disk,
            bus,
            ledger: Ledger { handing_out: true, ..Ledger::default() },
            wall,
            bus_now: wall,
            loaded_at: wall,
            inbox: Vec::new(),
            cancelled: Vec::new(),
            acknowledged: Vec::new(),
            coverage: Coverage::default(),
            steps: 0,
            matches_late: false,
            concurrency_max: 1,
            full_check_every: 500,
            first_keys: FirstKeys::new(),
            turns: Turns::default(),
            first_receipts: BTreeMap::new(),
            pages: Vec::new(),
            to_match: BTreeSet::new(),
            unwritten: Vec::new(),
            random: Random::new(seed ^ 0x5eed),
            defects,
        };
        world.load();
        world
    }

    /// The daemon starts again on its disk, at whatever time the clock says now. Nothing that was only in memory is left.
    pub fn load(&mut self) {
        self.disk.epoch += 1;
        self.bus = Bus::load(self.disk.snapshot(), self.wall, self.defects.clone());
        self.bus_now = self.wall;
        self.loaded_at = self.wall;
        self.ledger = self.ledger.restarted();
        self.forget_errands();
        self.begin(self.bus.first_actions());
    }

    /// The last step found no room on the disk: the bus begins again where the disk ends, and running copies stay.
    pub fn reload(&mut self) -> Result<(), Violation> {
        for command in std::mem::take(&mut self.unwritten).iter().filter(|command| command.stands_unwritten()) {
            self.hear_of(command, &Answer::Done)?;
        }
        let (copies, handing_out) = (std::mem::take(&mut self.ledger.copies), self.ledger.handing_out);
        let actions = self.bus.reload(self.disk.snapshot());
        self.loaded_at = self.bus_now;
        self.ledger = Ledger { copies, handing_out, ..self.ledger.restarted() };
        self.forget_errands();
        self.begin(actions);
        Ok(())
    }

    fn forget_errands(&mut self) {
        self.inbox.clear();
        self.cancelled.clear();
        self.turns = Turns::default();
        self.pages.clear();
        self.to_match.clear();
    }

    fn begin(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Rules(rules) => self.rules = rules,
                Action::Match { sequence } => {
                    self.to_match.insert(sequence);
                }
                Action::Cancel { token, why: CancelReason::TakenBack, .. } => self.cancelled.push(token),
                other => unreachable!("a load asks for rules and matches and takes leases back, but not for {other:?}"),
            }
        }
    }

    /// What has been asked for and not been brought yet.
    pub fn has_errands(&self) -> bool {
        !self.pages.is_empty() || !self.to_match.is_empty()
    }

    /// One step of the bus: pages first, then the given commands, then what the daemon's own events match. `None` where nobody hears of it.
    pub fn step(&mut self, commands: Vec<Command>, fate: Fate) -> Result<Option<Vec<Answer>>, Violation> {
        self.steps += 1;
        let mut all = std::mem::take(&mut self.pages);
        let errands = all.len();
        let given = commands.len();
        all.extend(commands);
        if !self.matches_late {
            all.extend(self.matched());
        }
        self.bus_now = self.bus_now.max(self.wall);
        let (step, mut answers) = self.bus.step(self.wall, self.random.next(), all.iter().cloned());
        if fate == Fate::IsLost {
            self.unwritten = all;
            return Ok(None);
        }
        self.judge(&all, &answers, &step)?;
        self.judge_ids(&all, &answers)?;
        if fate == Fate::IsStoredUnheard {
            return Ok(None);
        }
        for receipt in answers.iter().flat_map(receipts_of) {
            hold!(self, rule_01_an_acknowledged_event_is_stored_for_ever(&self.disk, receipt));
            self.acknowledged.push(receipt.clone());
        }
        self.turns.begin_step(&step.writes);
        self.act(step)?;
        self.judge_idleness()?;
        self.judge_turns()?;
        Ok(Some(answers.drain(errands..errands + given).collect()))
    }

    fn matched(&mut self) -> Vec<Command> {
        let sequences = std::mem::take(&mut self.to_match).into_iter();
        let matched = |sequence| {
            let event = Arc::clone(self.disk.event(sequence));
            Command::Matched { matches: matched_by(&self.rules, &event.draft), event }
        };
        sequences.map(matched).collect()
    }

    /// Holds a step to the rules and applies it to the disk and the ledger.
    fn judge(&mut self, commands: &[Command], answers: &[Answer], step: &Step) -> Result<(), Violation> {
        self.ledger.begin_step();
        let mut duplicates = 0;
        for (command, answer) in commands.iter().zip(answers) {
            if let (Command::Publish(publish), Answer::Receipt(receipt)) = (command, answer) {
                duplicates += u64::from(receipt.duplicate);
                self.hear_of_receipt(&publish.draft.source, publish.draft.id.as_deref(), receipt)?;
            }
            self.hear_of(command, answer)?;
        }
        for action in &step.actions {
            if let Action::Cancel { token, .. } = action
                && let Some(flight) = self.ledger.end(*token)
            {
                self.ledger.expect(flight.key, Kind::Timeout);
            }
        }
        hold!(self, rule_05_every_lease_ends(&self.ledger, self.bus_now));
        let (mut deaths, mut death_events) = (0, 0);
        hold!(self, rule_05_what_takes_effect_is_acknowledged_in_the_same_step(&step.writes));
        for write in &step.writes {
            self.judge_write(write)?;
            match write {
                Write::Event(event) => death_events += usize::from(is_of_a_death(&event.draft.topic)),
                Write::Delivery(row) if row.state.is_failed() => {
                    deaths += usize::from(!is_of_a_death(&self.disk.event(row.key.sequence).draft.topic));
                }
                _ => {}
            }
        }
        hold!(self, rule_08_every_death_is_an_event(deaths, death_events));
        let missing = self.ledger.expected.iter().find_map(|(key, kinds)| Some((key, kinds.front()?)));
        hold!(self, rule_06_every_end_of_an_attempt_is_written(missing));
        let missing = (self.ledger.emits.len(), self.ledger.state_writes);
        hold!(self, rule_05_emits_and_state_of_a_done_delivery_are_all_written(missing.0, missing.1));
        hold!(self, rule_13_a_duplicate_takes_no_sequence(duplicates, &self.disk, &self.bus));
        hold!(self, rule_01_sequences_have_no_hole(&self.disk, &self.bus));
        self.judge_replays(step)?;
        for write in &step.writes {
            match write {
                Write::Counts { subscription, floor, .. } | Write::Subscription { subscription, floor, .. } => {
                    hold!(self, rule_01_the_floor_passes_nothing_unresolved(&self.disk, *subscription, *floor));
                }
                _ => {}
            }
        }
        hold!(self, rule_14_memory_is_bounded(&self.bus, self.disk.subscriptions.len(), self.concurrency_max));
        if self.steps.is_multiple_of(self.full_check_every) {
            self.judge_everything()?;
        }
        Ok(())
    }

    /// What is too dear to look at after every step.
    pub fn judge_everything(&self) -> Result<(), Violation> {
        hold!(self, rule_01_counts_are_those_of_the_rows(&self.disk));
        for receipt in &self.acknowledged {
            hold!(self, rule_01_an_acknowledged_event_is_stored_for_ever(&self.disk, receipt));
        }
        for (key, row) in &self.disk.rows {
            hold!(self, rule_08_the_history_is_complete(*key, row));
        }
        Ok(())
    }

    fn hear_of_receipt(&mut self, source: &str, id: Option<&str>, receipt: &Receipt) -> Result<(), Violation> {
        let Some(id) = id else { return Ok(()) };
        let key = (source.to_owned(), id.to_owned());
        match self.first_receipts.get(&key) {
            // What is known by a publisher's key outlives its event.
            Some(_) if self.disk.gone.contains(&receipt.sequence) => {}
            // It was removed: for this source and id the store is as if it had never been there.
            Some(first) if self.disk.gone.contains(&first.sequence) && first.sequence != receipt.sequence => {
                self.first_receipts.insert(key, receipt.clone());
            }
            Some(first) => hold!(self, rule_13_the_same_event_twice_gets_the_first_receipt(first, receipt)),
            None => {
                self.first_receipts.insert(key, receipt.clone());
            }
        }
        Ok(())
    }

    fn judge_write(&mut self, write: &Write) -> Result<(), Violation> {
        match write {
            Write::Event(event) if event.draft.source.starts_with("/plugins/") && event.draft.actor != "someone" => {
                let id = event.draft.id.as_deref();
                let expected = id.is_some_and(|id| self.ledger.emits.remove(id));
                hold!(self, rule_05_emits_take_effect_with_done_and_only_then(expected, id));
            }
            Write::Event(event) if [notice::SUBSCRIPTION_STALLED, notice::SUBSCRIPTION_RESUMED].contains(&event.draft.topic.as_str()) => {
                hold!(self, rule_14_a_stall_is_told_once_and_so_is_its_end(&mut self.disk, event, self.bus_now));
            }
            Write::State { plugin, .. } => {
                hold!(self, rule_05_state_is_written_with_done_and_only_then(self.ledger.state_writes > 0, plugin));
                self.ledger.state_writes -= 1;
            }
            Write::Replay { replay, .. } => {
                self.ledger.replays_since.insert(*replay, self.bus_now);
            }
            Write::Trim { events } => {
                for sequence in events {
                    hold!(self, rule_14_nothing_unresolved_is_ever_removed(&self.disk, &self.ledger, *sequence));
                    hold!(self, rule_14_a_dead_letter_goes_only_when_somebody_has_decided(&self.disk, *sequence));
                }
            }
            Write::Delivery(row) => self.judge_row(row)?,
            Write::Recovered { key, .. } => {
                hold!(self, rule_10_a_dead_letter_recovers_only_when_its_replay_is_done(&self.disk, *key));
                let from = self.disk.rows.get(key).map_or("pending", |row| row.state.as_str());
                self.coverage.take(
                    "original",
                    from,
                    "its replay is done",
                    if ["dead", "quarantined"].contains(&from) { "recovered" } else { from },
                );
            }
            _ => {}
        }
        let rule = if matches!(write, Write::Event(_)) { "rule_01_sequences_have_no_hole" } else { "rule_01_the_store_can_take_it" };
        self.disk.apply(write).map_err(|what| Violation { rule, step: self.steps, what })
    }

    fn judge_row(&mut self, write: &DeliveryWrite) -> Result<(), Violation> {
        let key = write.key;
        let before = self.disk.rows.get(&key);
        let from = before.map_or(if key.replay == ReplayNumber::LIVE { "pending" } else { "repeat" }, |row| row.state.as_str());
        let known = self.ledger.expected.get_mut(&key).and_then(|kinds| kinds.pop_front());
        let event = self.disk.event(key.sequence);
        let kind = match known {
            Some(kind) => Some(kind),
            None if write.state == DeliveryState::Skipped && key.replay == ReplayNumber::LIVE => {
                hold!(self, rule_04_what_is_skipped_was_disabled(&self.disk, key));
                Some(Kind::Skipped)
            }
            None if write.state == DeliveryState::Skipped => {
                let active = self.disk.subscriptions.get(&key.subscription).is_some_and(|known| known.active);
                (!active).then_some(Kind::Skipped)
            }
            None if before.is_none() && write.state == DeliveryState::Waiting && key.replay == ReplayNumber::LIVE => {
                event.draft.deliver_at.map(|at| Kind::Delayed { at })
            }
            None if event.draft.expires.is_some_and(|expires| expires <= self.bus_now) => {
                hold!(self, rule_05_a_delivery_is_in_flight_once(&self.ledger, key));
                hold!(self, rule_05_what_has_ended_is_not_handed_out(&self.disk, key));
                Some(Kind::Expired)
            }
            None => None,
        };
        hold!(self, rule_06_a_row_changes_only_for_a_reason(kind.is_some(), write));
        let Some(kind) = kind else { return Ok(()) };
        let policy = self.disk.subscriptions.get(&key.subscription).map_or_else(RetryPolicy::default, |known| known.spec.retry.clone());
        hold!(self, rule_06_attempts_are_counted_as_they_should(before, &kind, write));
        hold!(self, rule_09_three_crashes_within_72_hours_quarantine(before, &kind, self.bus_now, write));
        hold!(self, rule_07_a_delivery_dies_with_its_last_attempt(&kind, &policy, write));
        hold!(self, rule_07_a_retry_waits_at_least_half_its_step(&kind, &policy, self.bus_now, write));
        hold!(self, rule_08_a_dead_letter_has_the_record_and_cause_of_its_last_attempt(&kind, write));
        self.coverage.take("delivery", from, kind.name(), write.state.as_str());
        Ok(())
    }

    /// Does what the step asks for, after its commit.
    fn act(&mut self, step: Step) -> Result<(), Violation> {
        for action in step.actions {
            match action {
                Action::Deliver(lease) => self.deliver_together(vec![*lease])?,
                Action::DeliverBatch(leases) => self.deliver_together(leases)?,
                Action::Cancel { token, .. } => self.cancelled.push(token),
                Action::Match { sequence } => {
                    self.to_match.insert(sequence);
                }
                Action::Rules(rules) => self.rules = rules,
                Action::ReadPending { subscription, priority, after, limit } => {
                    let (entries, scanned_to) = self.disk.pending_page(subscription, priority, after, limit);
                    self.coverage.take("page", "pending", "read", if entries.is_empty() { "empty" } else { "filled" });
                    self.pages.push(Command::PendingPage { subscription, priority, entries, scanned_to });
                }
                Action::ReadWaiting { subscription, priority, after, limit } => {
                    let (entries, last) = self.disk.waiting_page(subscription, priority, after, limit);
                    self.coverage.take("page", "waiting", "read", if last { "last" } else { "more" });
                    self.pages.push(Command::WaitingPage { subscription, priority, entries, last });
                }
                Action::ReadHeads { subscription, priority, after, limit } => {
                    let (heads, scanned_to) = self.disk.heads_page(subscription, priority, after, limit);
                    self.coverage.take("page", "heads", "read", if heads.is_empty() { "empty" } else { "filled" });
                    self.pages.push(Command::HeadsPage { subscription, priority, heads, scanned_to });
                }
                Action::ReadKey { subscription, order, limit } => {
                    let (entries, last, rest) = self.disk.key_page(subscription, order, limit);
                    self.coverage.take("page", "key", "read", if last { "last" } else { "more" });
                    self.pages.push(Command::KeyPage { subscription, order, entries, last, rest });
                }
                Action::ReadReplay { replay, after, limit } => {
                    let page = self.disk.replay_page(replay, after, limit);
                    self.coverage.take("page", "replay", "read", if page.last { "last" } else { "more" });
                    self.note_inherited_crashes(&page);
                    self.ledger.has_read(replay, &page.items, self.disk.left_out_of(&page, replay, after));
                    self.pages.push(Command::ReplayPage { replay, items: page.items, scanned_to: page.scanned_to, last: page.last });
                }
                Action::Notice(_) => {}
            }
        }
        Ok(())
    }

    /// Takes in one call of a handler.
    fn deliver_together(&mut self, leases: Vec<Lease>) -> Result<(), Violation> {
        let (subscription, call) = (self.key_of(&leases[0]).subscription, leases[0].token);
        let spec = &self.disk.subscriptions[&subscription].spec;
        let (concurrency, batch) = (spec.concurrency, spec.batch as usize);
        hold!(self, rule_12_a_batch_is_of_one_subscription_and_not_too_large(self, &leases, batch));
        if leases.len() < batch {
            self.ledger.begun_with_room.insert(subscription);
        }
        self.coverage.take("command", "hand out", if batch > 1 { "batch" } else { "one" }, if leases.len() > 1 { "many" } else { "one" });
        for lease in leases {
            self.deliver(lease, call)?;
        }
        hold!(self, rule_12_concurrency_is_never_exceeded(self.ledger.calls_under_way(subscription), concurrency));
        Ok(())
    }

    fn deliver(&mut self, lease: Lease, call: FencingToken) -> Result<(), Violation> {
        let key = self.key_of(&lease);
        let before = self.disk.rows.get(&key);
        hold!(self, rule_05_tokens_grow(&self.ledger, lease.token));
        hold!(self, rule_05_only_an_open_copy_gets_deliveries(&self.ledger, &self.disk, &lease));
        hold!(self, rule_05_a_delivery_is_in_flight_once(&self.ledger, key));
        hold!(self, rule_05_what_has_ended_is_not_handed_out(&self.disk, key));
        hold!(self, rule_06_the_attempt_number_is_the_next(before, &lease));
        // A time that had come when it was published is no time to wait for, also not after the clock went back.
        let event = self.disk.event(key.sequence);
        let deliver_at = event.draft.deliver_at.filter(|at| *at > event.accepted_at);
        hold!(self, rule_07_nothing_comes_before_its_time(before, deliver_at, self.bus_now, self.loaded_at, key));
        hold!(self, rule_10_the_mark_names_the_delivery_that_is_repeated(&self.disk, key, &lease));
        hold!(self, rule_09_what_another_crash_would_end_runs_alone(&self.disk, &self.ledger, key));
        hold!(self, rule_11_one_of_a_key_is_in_flight(&self.disk, &self.ledger, key));
        hold!(self, rule_11_the_first_of_a_key_goes_first(&self.disk, key));
        let original = self.original_of(key, &lease);
        hold!(self, rule_11_a_replay_keeps_the_order_of_a_key(&self.disk, &self.ledger, key, original));
        let from = before.map_or(if key.replay == ReplayNumber::LIVE { "pending" } else { "repeat" }, |row| row.state.as_str());
        self.coverage.take("delivery", from, "handed out", "leased");
        if from == "repeat" {
            self.judge_pace(key)?;
            self.hear_of_a_beginning(key.replay)?;
        }
        let flight = Flight {
            key,
            original,
            order: self.disk.event(key.sequence).order(key.subscription),
            call,
            delivery: lease.delivery,
            instance: lease.instance,
            heard_at: self.bus_now,
            hard_until: self.bus_now + lease.timeout,
            lane: self.disk.lane_of(key),
        };
        self.judge_lane(key, flight.lane, call)?;
        self.ledger.begin(lease.token, flight);
        self.inbox.push(lease);
        Ok(())
    }

    /// Moves the clock on.
    pub fn pass(&mut self, duration: Duration) {
        self.wall = self.wall + duration.min(RETRY_DELAY_MAX * 2);
    }
}

/// Whether it is a topic of the daemon's own events about deliveries that died.
fn is_of_a_death(topic: &Topic) -> bool {
    [notice::DELIVERY_DEAD, notice::DELIVERY_QUARANTINED].contains(&topic.as_str())
}
