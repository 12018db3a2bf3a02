//! What people and the plugins' host do in a run: registrations, switches, retries, replays; copies that come, go, crash and hang.

use panotti_core::cancel::{Cancel, Cancelled};
use panotti_core::command::{Command, InstanceEnd, Record, StartReplay, Steering, StoredDelivery, Switch};
use panotti_core::delivery::DeliveryKey;
use panotti_core::limits::REPLAYS_RUNNING_MAX;
use panotti_core::retention::{Trim, TrimWhy};
use panotti_protocol::api::{OnDisabled, ReplaySelection, Turns};
use panotti_protocol::delivery::{DeliveryState, ReplayState};
use panotti_protocol::id::{ReplayId, uuid_v7};

use crate::chaos::{Asked, Chaos, Group, attach_command, crash};
use crate::plugins::Mood;

impl Chaos {
    /// All plugins on, with everything that they ever subscribe to.
    pub fn register_everything(&mut self) -> Group {
        let mut group = Vec::new();
        for plugin in &mut self.plugins {
            plugin.wanted = true;
            group.push((switch(plugin.name, true, None), Asked::Nobody));
            group.push((Command::Register { plugin: plugin.name.to_owned(), subscriptions: plugin.shapes.clone() }, Asked::Nobody));
        }
        group
    }

    /// The plugins as they begin: some subscriptions come later.
    pub fn register_something(&mut self) -> Group {
        let mut group = Vec::new();
        for plugin in &self.plugins {
            let subscriptions = plugin.shapes.iter().filter(|_| self.random.below(2) == 0).cloned().collect();
            group.push((Command::Register { plugin: plugin.name.to_owned(), subscriptions }, Asked::Nobody));
        }
        group
    }

    fn once_in(&mut self, steps: u64) -> bool {
        self.random.below(steps) == 0
    }

    fn any_plugin(&mut self) -> usize {
        usize::try_from(self.random.below(self.plugins.len() as u64)).expect("small")
    }

    pub fn people(&mut self) -> Vec<Group> {
        // A step of its own, as the daemon gives it one: what it is about is read right before.
        if self.once_in(25) {
            return vec![vec![(self.trim(), Asked::Nobody)]];
        }
        let mut commands = Vec::new();
        if self.once_in(150) {
            commands.push(self.cancel());
        }
        if self.once_in(60) {
            commands.push(self.register());
        }
        if self.once_in(40) {
            let mut keys = self.some_deliveries(|state| state == DeliveryState::Waiting, 4);
            keys.extend(self.some_failures(3));
            commands.push(Command::Retry { deliveries: keys, actor: "someone".to_owned() });
        }
        if self.once_in(120) {
            let deliveries = self.some_failures(2);
            commands.push(Command::Discard { deliveries, reason: "useless".to_owned(), actor: "someone".to_owned() });
        }
        if self.once_in(170) {
            commands.push(self.start_replay(true, ">"));
        }
        if self.once_in(400) {
            let topic = ["recording.ended", "recording.*", "rare.>", "burst.*"][usize::try_from(self.random.below(4)).expect("small")];
            commands.push(self.start_replay(false, topic));
        }
        if self.once_in(4_000) {
            commands.extend((0..=REPLAYS_RUNNING_MAX).map(|_| self.start_replay(false, "nobody.>")).collect::<Vec<_>>());
        }
        if self.once_in(150) {
            commands.push(self.cancel_replay());
        }
        if self.once_in(60) {
            let steering = if self.random.below(2) == 0 { Steering::Pause } else { Steering::Resume };
            commands.push(Command::SteerReplay { replay: self.some_replay(), steering, actor: "someone".to_owned() });
        }
        if self.once_in(100) {
            let [plugin, from, to, reason, actor] = ["notes", "starting", "running", "ready", "daemon"].map(str::to_owned);
            commands.push(Command::Record(Record::Transition { plugin, from, to, reason, actor }));
        }
        let mut groups: Vec<Group> = commands.into_iter().map(|command| vec![(command, Asked::Nobody)]).collect();
        if self.once_in(90) {
            groups.push(self.switch());
        }
        if self.once_in(700) {
            groups.push(self.begin_to_stop());
        }
        groups
    }

    /// A plugin changes what it subscribes to, is removed, or comes back.
    fn register(&mut self) -> Command {
        let plugin = self.any_plugin();
        let removed = self.once_in(6);
        let mut subscriptions = Vec::new();
        for mut shape in self.plugins[plugin].shapes.clone() {
            if !removed && self.random.below(5) > 0 {
                shape.concurrency = if self.random.below(2) == 0 { shape.concurrency } else { 1 + shape.concurrency / 2 };
                shape.on_disabled = if self.random.below(2) == 0 { OnDisabled::Skip } else { OnDisabled::Hold };
                shape.turns = if self.random.below(4) > 0 { shape.turns } else { Turns::Weighted };
                subscriptions.push(shape);
            }
        }
        Command::Register { plugin: self.plugins[plugin].name.to_owned(), subscriptions }
    }

    /// On or off. A plugin that is wanted off is closed at once and stopped later.
    fn switch(&mut self) -> Group {
        let place = self.any_plugin();
        let on_disabled = [None, Some(OnDisabled::Hold), Some(OnDisabled::Skip)][usize::try_from(self.random.below(3)).expect("small")];
        let plugin = &mut self.plugins[place];
        plugin.wanted = self.random.below(2) == 0;
        let mut group = vec![(switch(plugin.name, plugin.wanted, on_disabled), Asked::Nobody)];
        if !plugin.wanted {
            plugin.copies.iter_mut().for_each(|copy| copy.leaving = true);
            group.push((Command::Close { plugin: plugin.name.to_owned() }, Asked::Nobody));
        }
        group
    }

    /// Some rows in a state, as they are stored now.
    fn some_deliveries(&mut self, wanted: impl Fn(DeliveryState) -> bool, number: usize) -> Vec<StoredDelivery> {
        let disk = &self.world.disk;
        let from = DeliveryKey { sequence: panotti_protocol::id::Sequence(self.random.below(disk.head().0 + 1)), ..DeliveryKey::default() };
        let found = disk.rows.range(from..).take(300).filter(|(_, row)| wanted(row.state)).take(number);
        found.map(|(key, _)| disk.stored_delivery(*key)).collect()
    }

    fn some_failures(&mut self, number: usize) -> Vec<StoredDelivery> {
        let disk = &self.world.disk;
        let from = DeliveryKey { sequence: panotti_protocol::id::Sequence(self.random.below(disk.head().0 + 1)), ..DeliveryKey::default() };
        disk.open_failures.range(from..).take(number).map(|key| disk.stored_delivery(*key)).collect()
    }

    /// Old events go, or some that a person names; what may not go stays.
    fn trim(&mut self) -> Command {
        let disk = &self.world.disk;
        let oldest = (1..=disk.head().0).find(|sequence| !disk.gone.contains(&panotti_protocol::id::Sequence(*sequence))).unwrap_or(1);
        let from = if self.random.below(3) > 0 { oldest } else { self.random.below(disk.head().0).max(1) };
        let sequences = (from..=disk.head().0).map(panotti_protocol::id::Sequence).filter(|sequence| !disk.gone.contains(sequence));
        let events = sequences.take(20).map(|sequence| disk.fate_of(sequence)).collect();
        let [actor, reason, selection] = ["someone", "because", "before noon"].map(str::to_owned);
        let why = match self.random.below(8) {
            0..4 => TrimWhy::Age { before: self.world.bus_now - std::time::Duration::from_secs(60) },
            4..7 => TrimWhy::Room,
            _ => TrimWhy::Purge { actor, reason, selection },
        };
        Command::Trim(Trim { events, why })
    }

    /// Deliveries of one event that have not begun, or some that are dead, are given up.
    fn cancel(&mut self) -> Command {
        let failed = self.random.below(4) == 0;
        let deliveries = if failed { self.some_failures(2) } else { self.some_not_begun() };
        let which = if failed { Cancelled::Failed } else { Cancelled::NotBegun };
        Command::Cancel(Cancel { deliveries, which, reason: "useless".to_owned(), actor: "someone".to_owned() })
    }

    fn some_not_begun(&mut self) -> Vec<StoredDelivery> {
        let mut found = self.some_deliveries(|state| state == DeliveryState::Waiting, 2);
        let disk = &self.world.disk;
        let owed = disk.owed.iter().filter_map(|(id, owed)| Some(DeliveryKey::live(*owed.first()?, *id))).take(2);
        found.extend(owed.map(|key| StoredDelivery { owed: disk.owed_of(key), state: DeliveryState::Pending }));
        found
    }

    fn start_replay(&mut self, failed: bool, topic: &str) -> Command {
        let rate = [0, 3, 200, 1_000][usize::try_from(self.random.below(4)).expect("small")];
        let topic = (!failed).then(|| topic.parse().expect("a pattern"));
        Command::StartReplay(Box::new(StartReplay {
            selection: ReplaySelection { failed, topic, include_quarantined: self.random.below(2) == 0, ..ReplaySelection::default() },
            name: None,
            reason: None,
            rate,
            selected: 0,
            actor: "someone".to_owned(),
        }))
    }

    fn cancel_replay(&mut self) -> Command {
        Command::CancelReplay { replay: self.some_replay(), actor: "someone".to_owned() }
    }

    /// Every replay that a person has paused goes on.
    pub fn resume_replays(&self) -> Group {
        let paused = self.world.disk.replays.values().filter(|row| row.state == ReplayState::Paused);
        let resume = |id| Command::SteerReplay { replay: id, steering: Steering::Resume, actor: "someone".to_owned() };
        paused.map(|row| (resume(row.id), Asked::Nobody)).collect()
    }

    /// A replay that runs, or one that there is not.
    fn some_replay(&mut self) -> ReplayId {
        let running: Vec<ReplayId> = self.world.disk.replays.values().filter(|row| !row.ended).map(|row| row.id).collect();
        let place = usize::try_from(self.random.below(running.len() as u64)).expect("small");
        running.get(place).copied().unwrap_or(ReplayId::from_bytes(uuid_v7(1, [0; 10])))
    }

    /// What the host does with each plugin's copies.
    pub fn lives_of_plugins(&mut self) -> Vec<Group> {
        let mut groups = Vec::new();
        for place in 0..self.plugins.len() {
            let mut group = self.attach_again(place);
            let (crashes, stops, upgrades) = (self.once_in(80), self.once_in(150), self.once_in(250));
            // Some events are poison to whoever handles them.
            let holds_poison =
                self.plugins[place].copies.iter().any(|copy| copy.held.values().any(|work| work.lease.sequence.0.is_multiple_of(37)));
            let crashes = crashes || (holds_poison && self.once_in(3));
            let leaves = self.once_in(6);
            let starts = self.once_in(5);
            let moody = self.once_in(90);
            let plugin = &mut self.plugins[place];
            if let Some(gone) = plugin.copies.iter().position(|copy| copy.leaving).filter(|_| leaves) {
                let instance = plugin.copies.remove(gone).instance;
                group.push((Command::Detach { instance, end: InstanceEnd::Stopped }, Asked::Nobody));
            } else if crashes && !plugin.copies.is_empty() {
                let instance = plugin.copies.remove(0).instance;
                group.push((crash(instance), Asked::Nobody));
            } else if upgrades && plugin.wanted && plugin.current().is_some() {
                plugin.copies.iter_mut().for_each(|copy| copy.leaving = true);
                group.push(self.attach(place));
            } else if let Some(copy) = plugin.current() {
                if moody {
                    copy.mood = if copy.mood == Mood::Good { Mood::Failing } else { Mood::Good };
                }
                if stops {
                    copy.leaving = true;
                    group.push((Command::Close { plugin: plugin.name.to_owned() }, Asked::Nobody));
                }
            } else if plugin.wanted && starts {
                group.push(self.attach(place));
            }
            groups.push(group);
        }
        groups
    }

    /// After a reload in place the bus is told again of the copies that are still there.
    fn attach_again(&mut self, place: usize) -> Group {
        let plugin = &mut self.plugins[place];
        let copies = plugin.copies.iter_mut().filter(|copy| copy.to_attach && !copy.leaving);
        let mut group = Vec::new();
        for copy in copies {
            copy.to_attach = false;
            group.push((attach_command(plugin.name, copy.instance), Asked::Nobody));
        }
        group
    }
}

fn switch(plugin: &str, enabled: bool, on_disabled: Option<OnDisabled>) -> Command {
    let (plugin, actor, reason) = (plugin.to_owned(), "someone".to_owned(), "because".to_owned());
    Command::Switch(Switch { plugin, enabled, on_disabled, actor, reason })
}
