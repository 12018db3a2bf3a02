//! What happens in a run: one seed, at least two thousand steps, then quiet. Everything follows from the seed.

use std::collections::VecDeque;
use std::time::Duration;

use panotti_core::action::Lease;
use panotti_core::command::{Answer, Attach, Command, FirstPublished, InstanceEnd, Publish, Report};
use panotti_core::defect::Defects;
use panotti_core::event::Draft;
use panotti_core::limits::WINDOW_MAX;
use panotti_core::once::PublisherKey;
use panotti_core::random::Random;
use panotti_protocol::delivery::AttemptError;
use panotti_protocol::event::{Priority, Receipt};
use panotti_protocol::id::{FencingToken, InstanceId, uuid_v7};
use panotti_protocol::time::Timestamp;

use crate::coverage::Coverage;
use crate::plugins::{Mood, Plugin, RunningCopy, Work, report};
use crate::rules::*;
use crate::world::{Fate, Violation, World, hold, matched_by};

/// Steps of a run before it goes quiet.
pub const STEPS: u64 = 2_000;
/// A run that is not quiet after so many steps more never will be.
const QUIET_STEPS_MAX: u64 = 60_000;
/// Steps without anything happening although something is due.
const IDLE_STEPS_MAX: u64 = 20;
/// Steps of a storm: more events at once than memory keeps.
const STORM_STEPS: u64 = 120;
const TOPICS: [&str; 6] = ["recording.ended", "recording.started", "transcript.made", "burst.one", "rare.found", "nobody.cares"];

/// Who asked, and so who hears the answer.
#[derive(Debug, Clone)]
pub enum Asked {
    Publisher(Box<Draft>),
    KeyedPublisher(PublisherKey, Vec<Draft>),
    Copy(FencingToken, Report),
    Nobody,
}

/// Commands that stay in this order; groups of them are shuffled.
pub type Group = Vec<(Command, Asked)>;

/// One run.
pub struct Chaos {
    pub world: World,
    pub random: Random,
    pub plugins: Vec<Plugin>,
    /// Publishers that ask again.
    again: Vec<Draft>,
    pub keyed_again: Vec<(PublisherKey, Vec<Draft>)>,
    /// Reports whose lease is over, to be sent once more.
    old_reports: VecDeque<Report>,
    /// Deliveries that were handed out and not sent: they will be returned.
    unsent: Vec<FencingToken>,
    unreadable: Vec<FencingToken>,
    instances: u64,
    stopping: bool,
    puts_off: bool,
    storm_kind: u64,
}

/// Runs one seed.
pub fn run(seed: u64, defects: Defects) -> Result<(Coverage, u64), Violation> {
    let mut chaos = Chaos {
        world: World::new(seed, defects),
        random: Random::new(seed),
        plugins: Plugin::all(),
        again: Vec::new(),
        keyed_again: Vec::new(),
        old_reports: VecDeque::new(),
        unsent: Vec::new(),
        unreadable: Vec::new(),
        instances: 0,
        stopping: false,
        puts_off: seed.is_multiple_of(2),
        storm_kind: seed / 2 % 3,
    };
    chaos.world.concurrency_max = 64;
    let first = chaos.register_something();
    chaos.take_step(first, Fate::Commits)?;
    let storm = (chaos.random.below(4) == 0).then(|| chaos.random.below(STEPS - 200));
    for step in 0..STEPS {
        chaos.once(storm.map(|at| step.wrapping_sub(at)))?;
    }
    chaos.go_quiet()?;
    Ok((chaos.world.coverage, chaos.world.steps))
}

impl Chaos {
    /// One step of a run. `storm`: steps since the storm of this run began.
    fn once(&mut self, storm: Option<u64>) -> Result<(), Violation> {
        if storm == Some(0) {
            self.get_ready()?;
        }
        self.pass_time();
        self.world.matches_late = self.random.below(8) == 0;
        let mut groups = self.publishes();
        groups.extend(self.keyed_publishes());
        if storm == Some(0) {
            groups.extend((0..2 * WINDOW_MAX + 300).map(|number| {
                let mut draft = Draft::new("burst.one".parse().expect("a topic"), "/cli", "cli", Vec::new());
                draft.orderingkey = self.storm_key(number);
                draft.priority = self.priority();
                vec![self.publish(draft)]
            }));
        }
        // Some storms are put off by the plugins, so that more waits than memory keeps; the daemon lives through all of them.
        let in_storm = storm.is_some_and(|steps| steps < STORM_STEPS);
        if in_storm && self.puts_off && self.random.below(4) > 0 {
            let mood = Mood::Deferring;
            self.plugins.iter_mut().flat_map(|plugin| &mut plugin.copies).for_each(|copy| copy.mood = mood);
        }
        groups.extend(self.outcomes());
        groups.extend(if in_storm { Vec::new() } else { self.people() });
        groups.extend(self.lives_of_plugins());
        for place in (1..groups.len()).rev() {
            let other = usize::try_from(self.random.below(place as u64 + 1)).expect("small");
            groups.swap(place, other);
        }
        let fate = match self.random.below(1_000) {
            0..6 => Fate::IsStoredUnheard,
            6..16 => Fate::IsLost,
            _ => Fate::Commits,
        };
        let fate = if in_storm { Fate::Commits } else { fate };
        self.take_step(groups.into_iter().flatten().collect(), fate)?;
        if self.stopping && !in_storm && self.random.below(3) == 0 {
            self.stop()?;
        }
        Ok(())
    }

    /// Everybody is there and in a good mood.
    fn get_ready(&mut self) -> Result<(), Violation> {
        if self.stopping {
            self.stop()?;
        }
        let mut commands = self.register_everything();
        for place in 0..self.plugins.len() {
            if self.plugins[place].current().is_none() {
                commands.push(self.attach(place));
            }
        }
        self.plugins.iter_mut().flat_map(|plugin| &mut plugin.copies).for_each(|copy| copy.mood = Mood::Good);
        self.take_step(commands, Fate::Commits)
    }

    /// Runs the step and tells everybody who hears of it.
    pub fn take_step(&mut self, asked: Group, fate: Fate) -> Result<(), Violation> {
        let (commands, who): (Vec<Command>, Vec<Asked>) = asked.into_iter().unzip();
        match self.world.step(commands, fate)? {
            Some(answers) => {
                who.into_iter().zip(answers).for_each(|(who, answer)| self.tell(who, answer));
                for lease in self.sent() {
                    let copy = self.plugins.iter_mut().flat_map(|plugin| &mut plugin.copies).find(|copy| copy.instance == lease.instance);
                    if let Some(copy) = copy {
                        copy.held.insert(lease.token, Work { lease, decided: None });
                    }
                }
                for token in std::mem::take(&mut self.world.cancelled) {
                    self.let_go(token);
                }
            }
            None => {
                for who in who {
                    match who {
                        Asked::Publisher(draft) if draft.id.is_some() || self.random.below(2) == 0 => self.again.push(*draft),
                        Asked::KeyedPublisher(key, drafts) => self.keyed_again.push((key, drafts)),
                        _ => {}
                    }
                }
                if fate == Fate::IsLost && self.random.below(2) == 0 {
                    self.reload()?;
                } else {
                    let when = if fate == Fate::IsLost { "dies before commit" } else { "dies after commit" };
                    self.restart(when);
                }
            }
        }
        Ok(())
    }

    /// What was handed out and reaches its plugin. Now and then the rest of a batch does not: it was too large. Now and then an event does
    /// not read back.
    fn sent(&mut self) -> Vec<Lease> {
        let mut leases = std::mem::take(&mut self.world.inbox);
        if leases.len() > 1 && self.random.below(60) == 0 {
            let kept = leases.len() / 2;
            self.unsent.extend(leases.drain(kept..).map(|lease| lease.token));
        }
        if self.random.below(60) == 0 {
            self.unreadable.extend(leases.pop().map(|lease| lease.token));
        }
        leases
    }

    fn tell(&mut self, who: Asked, answer: Answer) {
        match (who, answer) {
            (Asked::Publisher(draft), Answer::MatchAgain) => self.again.push(*draft),
            (Asked::KeyedPublisher(key, drafts), Answer::MatchAgain) => self.keyed_again.push((key, drafts)),
            (Asked::Copy(token, report), Answer::Taken | Answer::Stale) => {
                self.let_go(token);
                self.keep_old(report);
            }
            _ => {}
        }
    }

    /// A copy no longer holds this lease. It may still answer to it.
    fn let_go(&mut self, token: FencingToken) {
        for copy in self.plugins.iter_mut().flat_map(|plugin| &mut plugin.copies) {
            if let Some(work) = copy.held.remove(&token)
                && let Some(decision) =
                    Some(RunningCopy { mood: Mood::Mixed, ..copy.clone() }).and_then(|copy| copy.decide(&work, &mut self.random))
            {
                self.old_reports.push_back(report(&work.lease, &decision, &self.world.rules));
            }
        }
        while self.old_reports.len() > 60 {
            self.old_reports.pop_front();
        }
    }

    fn keep_old(&mut self, report: Report) {
        if self.random.below(3) == 0 {
            self.old_reports.push_back(report);
        }
    }

    /// The disk refuses: memory is made anew from it, and plugins go on running.
    fn reload(&mut self) -> Result<(), Violation> {
        self.world.coverage.take("daemon", "running", "disk refuses", "reloaded");
        self.world.reload()
    }

    /// The daemon is gone and its plugins with it. The clock may say anything when it comes back.
    fn restart(&mut self, why: &'static str) {
        self.world.coverage.take("daemon", "running", why, "started");
        for copy in self.plugins.iter_mut().flat_map(|plugin| std::mem::take(&mut plugin.copies)) {
            for work in copy.held.into_values() {
                let decision = RunningCopy::new(copy.instance, Mood::Mixed).decide(&work, &mut self.random);
                self.old_reports.extend(decision.map(|decision| report(&work.lease, &decision, &self.world.rules)));
            }
        }
        let hour = Duration::from_secs(3_600);
        match self.random.below(20) {
            0 => self.world.wall = self.world.wall + hour,
            1 => self.world.wall = self.world.wall + hour * 50,
            2 => self.world.wall = self.world.wall - hour,
            3 => self.world.wall = self.world.wall - hour * 50,
            4 => self.world.wall = Timestamp::from_ms(self.world.wall.as_ms() - 1),
            _ => self.world.wall = self.world.wall + self.random.up_to(Duration::from_secs(5)),
        }
        self.world.load();
        self.stopping = false;
    }

    /// The end of a stop: every lease is returned, then the daemon ends and is started again.
    fn stop(&mut self) -> Result<(), Violation> {
        let copies = self.plugins.iter().flat_map(|plugin| &plugin.copies);
        let detach = |copy: &RunningCopy| (Command::Detach { instance: copy.instance, end: InstanceEnd::Stopped }, Asked::Nobody);
        let commands = copies.map(detach).collect();
        self.take_step(commands, Fate::Commits)?;
        self.restart("stops");
        Ok(())
    }

    pub fn begin_to_stop(&mut self) -> Group {
        self.stopping = true;
        vec![(Command::StopHandingOut, Asked::Nobody)]
    }

    fn pass_time(&mut self) {
        let duration = match self.random.below(200) {
            0..90 => self.random.up_to(Duration::from_millis(20)),
            90..140 => self.random.up_to(Duration::from_secs(1)),
            140..165 => self.world.bus.next_due().map(|at| at.since(self.world.wall)).unwrap_or_default(),
            165..180 => self.random.up_to(Duration::from_secs(10)),
            180..184 => Duration::from_secs(31),
            184 => Duration::from_secs(360),
            185 => {
                self.world.wall = self.world.wall - Duration::from_secs(7);
                Duration::ZERO
            }
            _ => Duration::ZERO,
        };
        self.world.pass(duration);
    }

    fn publishes(&mut self) -> Vec<Group> {
        let mut drafts = std::mem::take(&mut self.again);
        let new = self.random.below(4).saturating_sub(1);
        drafts.extend((0..new).map(|_| self.draft()));
        if self.random.below(20) == 0 {
            drafts.extend(drafts.last().cloned());
        }
        drafts.into_iter().map(|draft| vec![self.publish(draft)]).collect()
    }

    pub fn draft(&mut self) -> Draft {
        let topic = TOPICS[usize::try_from(self.random.below(TOPICS.len() as u64)).expect("small")];
        let mut draft = Draft::new(topic.parse().expect("a topic"), "/cli/test", "test", b"{}".to_vec());
        draft.id = (self.random.below(3) == 0).then(|| format!("id-{}", self.random.below(400)));
        draft.orderingkey = (self.random.below(2) == 0).then(|| format!("key-{}", self.random.below(6)));
        draft.priority = self.priority();
        draft.subject = (self.random.below(3) > 0).then(|| format!("subject-{}", self.random.below(4)));
        draft.expires = (self.random.below(25) == 0).then(|| self.world.wall + self.random.up_to(Duration::from_secs(20)));
        draft.deliver_at = match self.random.below(60) {
            0..4 => Some(self.world.wall + self.random.up_to(Duration::from_secs(30))),
            4 => Some(self.world.wall + self.random.up_to(Duration::from_secs(60 * 3_600))),
            _ => None,
        };
        draft
    }

    fn priority(&mut self) -> Priority {
        match self.random.below(10) {
            0..2 => Priority::Low,
            2..7 => Priority::Normal,
            7..9 => Priority::High,
            _ => Priority::Critical,
        }
    }

    /// Storms come without keys, with one key that most of them have, or with a key for nearly each.
    fn storm_key(&mut self, number: usize) -> Option<String> {
        match self.storm_kind {
            0 => None,
            1 => (!number.is_multiple_of(8)).then(|| format!("key-{}", if number % 8 > 2 { 0 } else { number % 5 })),
            _ => Some(format!("storm-{}", number % 900)),
        }
    }

    /// A publish as the daemon makes one: matched against the rules it knows, its id looked up in the store.
    pub fn publish(&self, draft: Draft) -> (Command, Asked) {
        let disk = &self.world.disk;
        let stored = draft.id.as_ref().and_then(|id| disk.by_publisher_id.get(&(draft.source.clone(), id.clone())));
        let known = stored.map(|sequence| {
            let event = disk.event(*sequence);
            let (eventid, topic) = (event.eventid, event.draft.topic.clone());
            let receipt = Receipt { eventid, sequence: *sequence, id: event.id(), deliveries: 0, duplicate: true, warnings: Vec::new() };
            FirstPublished { receipt, topic }
        });
        let matches = matched_by(&self.world.rules, &draft);
        (Command::Publish(Box::new(Publish { draft: draft.clone(), matches, known })), Asked::Publisher(Box::new(draft)))
    }

    /// What running copies say in this step, and what was said before and comes again.
    fn outcomes(&mut self) -> Vec<Group> {
        let mut groups = Vec::new();
        if !self.unsent.is_empty() {
            let tokens = std::mem::take(&mut self.unsent);
            groups.push(vec![(Command::ReturnUnsent { tokens }, Asked::Nobody)]);
        }
        let unreadable = std::mem::take(&mut self.unreadable).into_iter();
        groups.extend(unreadable.map(|token| vec![(Command::Unreadable(token, "its tag does not fit".to_owned()), Asked::Nobody)]));
        for copy in self.plugins.iter_mut().flat_map(|plugin| &mut plugin.copies) {
            let mut held = std::mem::take(&mut copy.held);
            for (token, work) in &mut held {
                if work.decided.is_none() {
                    work.decided = copy.decide(work, &mut self.random);
                }
                let beats = copy.mood == Mood::Endless || (copy.mood != Mood::Hanging && self.random.below(12) == 0);
                if beats {
                    groups.push(vec![(Command::Heartbeat { token: *token }, Asked::Nobody)]);
                }
                if let Some(decision) = &work.decided {
                    let report = report(&work.lease, decision, &self.world.rules);
                    groups.push(vec![(Command::Outcome(Box::new(report.clone())), Asked::Copy(*token, report))]);
                }
            }
            copy.held = held;
        }
        let current = self.old_reports.iter().position(|old| self.world.has_a_later_lease(old.token, old.delivery));
        let place = current.or_else(|| (self.random.below(10) == 0).then_some(0));
        if self.random.below(3) == 0
            && let Some(old) = place.and_then(|place| self.old_reports.remove(place))
        {
            groups.push(vec![(Command::Heartbeat { token: old.token }, Asked::Nobody), (Command::Outcome(Box::new(old)), Asked::Nobody)]);
        }
        groups
    }

    /// Tells the bus of a copy.
    pub fn attach(&mut self, plugin: usize) -> (Command, Asked) {
        self.instances += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.instances.to_be_bytes());
        let instance = InstanceId::from_bytes(uuid_v7(0, bytes));
        let mood = match self.random.below(10) {
            0..4 => Mood::Good,
            4..7 => Mood::Mixed,
            7 => Mood::Failing,
            8 => Mood::Hanging,
            _ => Mood::Endless,
        };
        let plugin = &mut self.plugins[plugin];
        plugin.copies.push(RunningCopy { to_attach: false, ..RunningCopy::new(instance, mood) });
        (attach_command(plugin.name, instance), Asked::Nobody)
    }

    /// Everything behaves from now on; in the end nothing may be left. Time passes only as the bus asks for it.
    fn go_quiet(&mut self) -> Result<(), Violation> {
        self.world.matches_late = false;
        let mut commands = self.register_everything();
        commands.extend(self.resume_replays());
        for place in 0..self.plugins.len() {
            for copy in std::mem::take(&mut self.plugins[place].copies) {
                commands.push((Command::Detach { instance: copy.instance, end: InstanceEnd::Stopped }, Asked::Nobody));
            }
            commands.push(self.attach(place));
        }
        if self.stopping {
            self.restart("stops");
            commands.retain(|(command, _)| !matches!(command, Command::Detach { .. }));
            self.plugins.iter_mut().for_each(|plugin| plugin.copies.clear());
            commands.retain(|(command, _)| !matches!(command, Command::Attach(_)));
            commands.extend((0..self.plugins.len()).map(|place| self.attach(place)).collect::<Vec<_>>());
        }
        self.plugins.iter_mut().flat_map(|plugin| &mut plugin.copies).for_each(|copy| copy.mood = Mood::Good);
        self.take_step(commands, Fate::Commits)?;
        let mut idle = 0;
        for _ in 0..QUIET_STEPS_MAX {
            let mut groups: Vec<Group> = std::mem::take(&mut self.again).into_iter().map(|draft| vec![self.publish(draft)]).collect();
            groups.extend(self.keyed_publishes_again());
            groups.extend(self.outcomes());
            let busy =
                !groups.is_empty() || self.world.has_errands() || self.plugins.iter().any(|plugin| !plugin.copies[0].held.is_empty());
            if !busy {
                let Some(at) = self.world.bus.next_due() else {
                    let unblocked = self.resolve_what_blocks();
                    if unblocked.is_empty() {
                        return self.judge_the_end();
                    }
                    self.take_step(unblocked, Fate::Commits)?;
                    continue;
                };
                idle = if at <= self.world.bus_now { idle + 1 } else { 0 };
                self.world.wall = self.world.wall.max(at);
                groups.push(vec![(Command::Tick, Asked::Nobody)]);
            }
            hold!(self.world, rule_07_what_is_due_is_not_left_lying(idle > IDLE_STEPS_MAX, || format!("{:?}", self.world.bus.next_due())));
            self.take_step(groups.into_iter().flatten().collect(), Fate::Commits)?;
        }
        let what = || format!("not quiet after {QUIET_STEPS_MAX} steps; due next: {:?}", self.world.bus.next_due());
        hold!(self.world, rule_07_what_is_due_is_not_left_lying(true, what));
        Ok(())
    }

    /// Dead letters that block their keys are given up or tried again by people: nobody else ends that.
    fn resolve_what_blocks(&mut self) -> Group {
        let blocking = self.world.disk.keyed.blocking(&self.world.disk);
        let deliveries: Vec<_> = blocking.into_iter().map(|key| self.world.disk.stored_delivery(key)).collect();
        if deliveries.is_empty() {
            return Vec::new();
        }
        let actor = "someone".to_owned();
        let command = match self.random.below(2) {
            0 => Command::Retry { deliveries, actor },
            _ => Command::Discard { deliveries, reason: "useless".to_owned(), actor },
        };
        vec![(command, Asked::Nobody)]
    }

    fn judge_the_end(&self) -> Result<(), Violation> {
        hold!(self.world, rule_01_in_the_end_nothing_is_owed(&self.world.disk));
        hold!(self.world, rule_07_in_the_end_nothing_waits(&self.world.disk));
        hold!(self.world, rule_10_in_the_end_every_replay_has_ended(&self.world.disk));
        self.world.judge_everything()
    }
}

/// A copy, as the bus is told of it.
pub fn attach_command(plugin: &str, instance: InstanceId) -> Command {
    Command::Attach(Attach { plugin: plugin.to_owned(), instance, version: "1.0.0".to_owned(), digest: "d".repeat(8) })
}

/// A copy that ends by itself.
pub fn crash(instance: InstanceId) -> Command {
    let error = AttemptError { class: "Crash".to_owned(), message: "killed by signal 9".to_owned(), place: None };
    Command::Detach { instance, end: InstanceEnd::Crashed { error, log_tail: "Segmentation fault".to_owned() } }
}
