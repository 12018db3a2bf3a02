//! A small world for rules told as sentences: plugins that answer as they are told, time that passes only as the bus asks for it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use panotti_core::command::{Answer, Command, FirstPublished, HandlerOutcome, Publish, Report, StartReplay};
use panotti_core::defect::Defects;
use panotti_core::delivery::DeliveryKey;
use panotti_core::event::Draft;
use panotti_core::replay::ReplayNumber;
use panotti_core::routing::{SubscriptionId, SubscriptionSpec};
use panotti_core::{action::Lease, bus::Bus};
use panotti_protocol::api::{OnDead, ReplaySelection};
use panotti_protocol::delivery::{AttemptError, AttemptOutcome};
use panotti_protocol::event::Receipt;
use panotti_protocol::frame::StateWrite;
use panotti_protocol::id::{FencingToken, InstanceId, Sequence, uuid_v7};
use panotti_protocol::json::Value;
use panotti_protocol::time::Timestamp;

use crate::chaos::attach_command;
use crate::disk::{Disk, ReplayRow, Row};
use crate::world::{Fate, World, matched_by};

/// What a handler does with one delivery.
#[derive(Debug, Clone)]
pub enum Does {
    Done,
    DoneWith {
        emits: &'static str,
        state: &'static str,
    },
    Retry,
    Reject,
    Defer(Duration),
    /// Says nothing, not even that it is alive.
    Hangs,
}

/// See the module.
pub struct Story {
    world: World,
    answers: BTreeMap<String, VecDeque<Does>>,
    /// Everything that was handed out, and when.
    pub handed_out: Vec<(Timestamp, Lease)>,
}

impl Story {
    pub fn new() -> Self {
        let mut world = World::new(7, Defects::default());
        world.concurrency_max = 64;
        world.full_check_every = 1;
        Self { world, answers: BTreeMap::new(), handed_out: Vec::new() }
    }

    /// A running plugin with one subscription and every choice at its default.
    pub fn with_plugin(self, plugin: &str, pattern: &str) -> Self {
        let mut story = self.with_stopped_plugin(plugin, pattern);
        story.attach(plugin);
        story
    }

    pub fn with_stopped_plugin(mut self, plugin: &str, pattern: &str) -> Self {
        let subscriptions = vec![SubscriptionSpec::new(pattern.parse().expect("a pattern"))];
        self.asks(Command::Register { plugin: plugin.to_owned(), subscriptions });
        self
    }

    /// A running plugin with one subscription whose dead letters block their keys.
    pub fn with_blocking_plugin(mut self, plugin: &str, pattern: &str) -> Self {
        let spec = SubscriptionSpec::new(pattern.parse().expect("a pattern"));
        let subscriptions = vec![SubscriptionSpec { on_dead: OnDead::Block, ..spec }];
        self.asks(Command::Register { plugin: plugin.to_owned(), subscriptions });
        self.attach(plugin);
        self
    }

    /// Publishes with an ordering key.
    pub fn publish_keyed(&mut self, topic: &str, key: &str) -> Sequence {
        let draft = Draft::new(topic.parse().expect("a topic"), "/cli", "someone", Vec::new());
        self.publish_draft(Draft { orderingkey: Some(key.to_owned()), ..draft }).sequence
    }

    pub fn keyed_command(&self, topic: &str, key: &str) -> Command {
        let draft = Draft::new(topic.parse().expect("a topic"), "/cli", "someone", Vec::new());
        self.publish_command(Draft { orderingkey: Some(key.to_owned()), ..draft })
    }

    /// Looks at everything only now and then, for stories with many events.
    pub fn checks_seldom(&mut self) {
        self.world.full_check_every = 10_000;
    }

    /// The events handed out to a plugin, in order.
    pub fn order_of(&self, plugin: &str) -> Vec<Sequence> {
        self.handed_out.iter().map(|(_, lease)| lease).filter(|lease| lease.plugin == plugin).map(|lease| lease.sequence).collect()
    }

    pub fn attach(&mut self, plugin: &str) {
        self.asks(attach_command(plugin, instance(plugin)));
    }

    /// What a plugin does with its next deliveries; afterwards it handles them all.
    pub fn will(&mut self, plugin: &str, does: impl IntoIterator<Item = Does>) {
        self.answers.entry(plugin.to_owned()).or_default().extend(does);
    }

    /// One step with one command.
    pub fn asks(&mut self, command: Command) -> Answer {
        let answers = self.step(vec![command], Fate::Commits);
        answers.and_then(|mut answers| answers.pop()).expect("a step that is committed answers")
    }

    pub fn step(&mut self, commands: Vec<Command>, fate: Fate) -> Option<Vec<Answer>> {
        let answers = self.world.step(commands, fate).unwrap_or_else(|violation| panic!("{violation}"));
        if fate == Fate::Commits {
            let leases = std::mem::take(&mut self.world.inbox);
            self.handed_out.extend(leases.into_iter().map(|lease| (self.world.bus_now, lease)));
        }
        answers
    }

    pub fn publish(&mut self, topic: &str) -> Sequence {
        self.publish_draft(Draft::new(topic.parse().expect("a topic"), "/cli", "someone", Vec::new())).sequence
    }

    pub fn publish_draft(&mut self, draft: Draft) -> Receipt {
        let command = self.publish_command(draft);
        match self.asks(command) {
            Answer::Receipt(receipt) => receipt,
            other => panic!("a publish is answered with {other:?}"),
        }
    }

    pub fn publish_command(&self, draft: Draft) -> Command {
        let disk = &self.world.disk;
        let stored = draft.id.as_ref().and_then(|id| disk.by_publisher_id.get(&(draft.source.clone(), id.clone())));
        let known = stored.map(|sequence| {
            let event = disk.event(*sequence);
            let (eventid, topic) = (event.eventid, event.draft.topic.clone());
            let receipt = Receipt { eventid, sequence: *sequence, id: event.id(), deliveries: 0, duplicate: true, warnings: Vec::new() };
            FirstPublished { receipt, topic }
        });
        let matches = matched_by(&self.world.rules, &draft);
        Command::Publish(Box::new(Publish { draft, matches, known }))
    }

    /// The last delivery that was handed out.
    pub fn last_lease(&self) -> Lease {
        self.handed_out.last().expect("something was handed out").1.clone()
    }

    pub fn outcome(&self, lease: &Lease, token: FencingToken, does: Does) -> Command {
        let outcome = match does {
            Does::Done | Does::Hangs => HandlerOutcome::Done { emits: vec![], state: vec![] },
            Does::DoneWith { emits, state } => {
                let source = format!("/plugins/{}", lease.plugin);
                let draft = Draft::new(emits.parse().expect("a topic"), source.clone(), source, Vec::new());
                let draft = Draft { id: Some(lease.delivery.emit_id(0)), ..draft };
                let Command::Publish(emit) = self.publish_command(draft) else { unreachable!("a publish") };
                let state = vec![StateWrite { key: state.to_owned(), value: Some(Value::from(1)) }];
                HandlerOutcome::Done { emits: vec![*emit], state }
            }
            Does::Retry => {
                let error = AttemptError { class: "ValueError".to_owned(), message: "model busy".to_owned(), place: None };
                HandlerOutcome::Retry { after: None, error }
            }
            Does::Reject => HandlerOutcome::Reject { reason: "not for me".to_owned() },
            Does::Defer(after) => HandlerOutcome::Defer { after, reason: String::new() },
        };
        Command::Outcome(Box::new(Report { delivery: lease.delivery, token, outcome, log_tail: "a line".to_owned() }))
    }

    /// Lets plugins answer and time pass until nothing is due any more.
    pub fn run_until_quiet(&mut self) {
        let mut answered = self.world.ledger.last_token.filter(|_| self.handed_out.is_empty());
        for _ in 0..20_000 {
            let new: Vec<Lease> = self
                .handed_out
                .iter()
                .map(|(_, lease)| lease)
                .filter(|lease| answered.is_none_or(|last| lease.token > last))
                .cloned()
                .collect();
            answered = new.last().map(|lease| lease.token).or(answered);
            let mut commands = Vec::new();
            for lease in new.iter().filter(|lease| self.world.ledger.leases.contains_key(&lease.token)) {
                let does = self.answers.get_mut(&lease.plugin).and_then(VecDeque::pop_front).unwrap_or(Does::Done);
                if !matches!(does, Does::Hangs) {
                    commands.push(self.outcome(lease, lease.token, does));
                }
            }
            if commands.is_empty() && !self.world.has_errands() {
                let Some(at) = self.world.bus.next_due() else { return };
                self.world.wall = self.world.wall.max(at);
            }
            self.step(commands, Fate::Commits);
        }
        panic!("it is never quiet");
    }

    pub fn pass(&mut self, duration: Duration) {
        self.world.pass(duration);
        self.asks(Command::Tick);
    }

    /// The daemon is killed and started again; its plugins with it.
    pub fn crash_and_restart(&mut self, plugins: &[&str]) {
        self.world.load();
        plugins.iter().for_each(|plugin| self.attach(plugin));
    }

    pub fn replay_failed(&mut self) -> ReplayNumber {
        self.replay(ReplaySelection { failed: true, ..ReplaySelection::default() }, 0)
    }

    pub fn replay(&mut self, selection: ReplaySelection, rate: u32) -> ReplayNumber {
        let start = StartReplay { selection, name: None, reason: None, rate, selected: 0, actor: "someone".to_owned() };
        self.asks(Command::StartReplay(Box::new(start)));
        *self.world.disk.replays.last_key_value().expect("it was just started").0
    }

    pub fn replay_row(&self, number: ReplayNumber) -> &ReplayRow {
        &self.world.disk.replays[&number]
    }

    /// Pages of selections that replays have read.
    pub fn pages_of_replays(&self) -> usize {
        self.world.ledger.pages_read
    }

    pub fn disk(&self) -> &Disk {
        &self.world.disk
    }

    pub fn bus(&self) -> &Bus {
        &self.world.bus
    }

    pub fn now(&self) -> Timestamp {
        self.world.bus_now
    }

    /// The row of the delivery that publishing made for a plugin.
    pub fn delivery(&self, event: Sequence, plugin: &str) -> &Row {
        &self.world.disk.rows[&self.key(event, plugin)]
    }

    pub fn has_row(&self, event: Sequence, plugin: &str) -> bool {
        self.world.disk.rows.contains_key(&self.key(event, plugin))
    }

    pub fn key(&self, event: Sequence, plugin: &str) -> DeliveryKey {
        let found = self.world.disk.subscriptions.iter().find(|(_, known)| known.plugin == plugin);
        DeliveryKey::live(event, found.map_or(SubscriptionId(0), |(id, _)| *id))
    }

    pub fn outcomes(&self, event: Sequence, plugin: &str) -> Vec<AttemptOutcome> {
        self.delivery(event, plugin).history.iter().map(|attempt| attempt.outcome).collect()
    }

    /// Milliseconds between one hand-out to a plugin and the next.
    pub fn gaps_ms(&self, plugin: &str) -> Vec<u128> {
        let times: Vec<Timestamp> = self.handed_out.iter().filter(|(_, lease)| lease.plugin == plugin).map(|(at, _)| *at).collect();
        times.windows(2).map(|pair| pair[1].since(pair[0]).as_millis()).collect()
    }
}

/// The copy of a plugin in a story: it has one.
pub fn instance(plugin: &str) -> InstanceId {
    let mut bytes = [0; 10];
    let length = plugin.len().min(10);
    bytes[..length].copy_from_slice(&plugin.as_bytes()[..length]);
    InstanceId::from_bytes(uuid_v7(0, bytes))
}
