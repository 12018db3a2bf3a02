//! The bus: all state that deciding needs, bounded, and one step of it. A step takes the commands that have gathered and the time,
//! and returns one transaction to write and what to do once it is on disk. Whoever drives it answers nobody before that.
//!
//! Contract of the pages: a page asked for by a step is read right after that step's commit and is among the first commands of the
//! next step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use panotti_protocol::api::{OnDisabled, StoredFilter};
use panotti_protocol::id::{FencingToken, InstanceId, ReplayId, Sequence, uuid_v7};
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;

use crate::access::{Access, StoredAccess};
use crate::action::{Action, CancelReason, Step, Write};
use crate::command::{Answer, Attach, Command};
use crate::defect::{Defect, Defects};
use crate::delivery::{Counts, DeliveryKey, HasRow, Owed};
use crate::groups::Groups;
use crate::key_pages::HeldKeys;
use crate::lanes::lane_of;
use crate::limits::FLOOR_STEP;
use crate::once::Recent;
use crate::origin::{self, Asked};
use crate::poison::Alone;
use crate::random::Random;
use crate::replay::{Job, ReplayNumber, StoredReplay};
use crate::routing::{RuleSet, SubscriptionId};
use crate::schemas::StoredSchema;
use crate::stall::Stalls;
use crate::subscription::{StoredSubscription, Subscription};

/// Everything the bus needs to know after a start. Small whatever the store holds.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Starts of the daemon on this store, this one included.
    pub epoch: u64,
    /// Leases given since this start: 0 after a start, more after a step that could not be written.
    pub leases_given: u64,
    /// The newest event.
    pub head: Sequence,
    /// When it was accepted.
    pub last_accepted: Timestamp,
    /// The rules' version.
    pub rules: u64,
    /// Every subscription.
    pub subscriptions: Vec<StoredSubscription>,
    /// Every stored filter.
    pub filters: Vec<StoredFilter>,
    /// Every topic that has a schema, or had one.
    pub schemas: Vec<StoredSchema>,
    /// Keys and roles.
    pub access: StoredAccess,
    /// Plugins that are wanted off, with what becomes of their events.
    pub disabled: BTreeMap<String, Option<OnDisabled>>,
    /// Replays that are running, or were cancelled with items open.
    pub replays: Vec<StoredReplay>,
    /// The highest replay number ever given.
    pub last_replay: ReplayNumber,
    /// The daemon's own events that were not matched yet.
    pub unmatched: Vec<Sequence>,
    /// Ordering keys that a retry or a dead letter holds, of the subscriptions that have one.
    pub held_keys: BTreeMap<SubscriptionId, HeldKeys>,
    /// Subscriptions that stand still, and since when.
    pub stalled: BTreeMap<SubscriptionId, Timestamp>,
}

/// A running copy of a plugin, as far as the bus knows it.
#[derive(Debug, Clone)]
pub(crate) struct Copy {
    pub(crate) attach: Attach,
    pub(crate) open: bool,
}

/// A delivery in flight.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) owed: Owed,
    pub(crate) row: HasRow,
    /// The call of the handler that it came in: the token of that call's first delivery.
    pub(crate) call: FencingToken,
    pub(crate) instance: InstanceId,
    pub(crate) plugin: String,
    pub(crate) version: String,
    pub(crate) digest: String,
    pub(crate) started_at: Timestamp,
    /// Taken back then unless a heartbeat comes.
    pub(crate) lease_until: Timestamp,
    /// Taken back then whatever comes.
    pub(crate) hard_until: Timestamp,
}

/// The bus. See the module.
#[derive(Debug, Clone)]
pub struct Bus {
    pub(crate) now: Timestamp,
    pub(crate) random: Random,
    pub(crate) epoch: u64,
    pub(crate) leases_given: u64,
    pub(crate) head: Sequence,
    pub(crate) last_accepted: Timestamp,
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) subscriptions: BTreeMap<SubscriptionId, Subscription>,
    /// Stored filters by name.
    pub(crate) filters: BTreeMap<String, StoredFilter>,
    pub(crate) schemas: BTreeMap<Topic, StoredSchema>,
    pub(crate) access: Arc<Access>,
    pub(crate) disabled: BTreeMap<String, Option<OnDisabled>>,
    pub(crate) copies: BTreeMap<String, Copy>,
    pub(crate) leases: BTreeMap<FencingToken, Held>,
    pub(crate) lease_ends: BTreeSet<(Timestamp, FencingToken)>,
    pub(crate) alone: Alone,
    pub(crate) jobs: BTreeMap<ReplayNumber, Job>,
    pub(crate) last_replay: ReplayNumber,
    pub(crate) unmatched: BTreeSet<Sequence>,
    pub(crate) handing_out: bool,
    pub(crate) stalls: Stalls,
    pub(crate) groups: Groups,
    pub(crate) defects: Defects,
    /// Of the step under way.
    pub(crate) counts: BTreeMap<SubscriptionId, Counts>,
    pub(crate) unrouted: u64,
    pub(crate) without_key: BTreeMap<SubscriptionId, u64>,
    pub(crate) recent: Recent,
    /// Rows written: what was read of them before is out of date.
    pub(crate) changed: BTreeSet<DeliveryKey>,
    /// Writes of the step whose ordering keys have been followed.
    pub(crate) followed: usize,
}

impl Bus {
    /// Begins where the store ends. The first step asks for the pages that are needed.
    pub fn load(mut snapshot: Snapshot, now: Timestamp, defects: Defects) -> Self {
        let head = snapshot.head;
        let load = |stored: StoredSubscription| {
            let held = snapshot.held_keys.remove(&stored.id).unwrap_or_else(HeldKeys::none);
            (stored.id, Subscription::load(stored, held, head, defects.clone()))
        };
        let subscriptions: BTreeMap<_, _> = snapshot.subscriptions.into_iter().map(load).collect();
        let mut bus = Self {
            now,
            random: Random::new(0),
            epoch: snapshot.epoch,
            leases_given: snapshot.leases_given,
            head,
            last_accepted: snapshot.last_accepted,
            rules: Arc::new(RuleSet { version: snapshot.rules, ..RuleSet::default() }),
            subscriptions,
            filters: snapshot.filters.into_iter().map(|filter| (filter.name.clone(), filter)).collect(),
            schemas: Self::load_schemas(snapshot.schemas),
            access: Arc::new(Access::load(snapshot.access)),
            disabled: snapshot.disabled,
            copies: BTreeMap::new(),
            leases: BTreeMap::new(),
            lease_ends: BTreeSet::new(),
            alone: Alone::default(),
            jobs: snapshot.replays.into_iter().map(|stored| (stored.number, Job::new(stored, now, &defects))).collect(),
            last_replay: snapshot.last_replay,
            unmatched: snapshot.unmatched.into_iter().collect(),
            handing_out: true,
            stalls: Stalls::load(&snapshot.stalled, now),
            groups: Groups::default(),
            defects,
            counts: BTreeMap::new(),
            unrouted: 0,
            without_key: BTreeMap::new(),
            recent: Recent::new(now),
            changed: BTreeSet::new(),
            followed: 0,
        };
        bus.rules = Arc::new(bus.make_rules(snapshot.rules));
        bus
    }

    /// Begins again where the store ends, after a step that could not be written. The running copies stay, as the commands of that
    /// step that stand unwritten left them; what they hold is taken back without using an attempt.
    pub fn reload(&mut self, snapshot: Snapshot) -> Vec<Action> {
        let snapshot = Snapshot { leases_given: self.leases_given, ..snapshot };
        let fresh = Self::load(snapshot, self.now, self.defects.clone());
        let before = std::mem::replace(self, fresh);
        self.copies = before.copies;
        self.handing_out = before.handing_out;
        let taken_back = before.leases.into_iter().map(|(token, held)| Action::Cancel {
            instance: held.instance,
            delivery: held.owed.id(),
            token,
            why: CancelReason::TakenBack,
        });
        taken_back.chain(self.first_actions()).collect()
    }

    /// The actions to take at once after a load: publishers need the rules, and the daemon's own events their matches.
    pub fn first_actions(&self) -> Vec<Action> {
        let rules = std::iter::once(Action::Rules(Arc::clone(&self.rules)));
        rules.chain(self.unmatched.iter().map(|sequence| Action::Match { sequence: *sequence })).collect()
    }

    /// Applies what has gathered, as one transaction. `seed` must be unpredictable to publishers: ids follow from it.
    pub fn step<C: Into<Asked>>(&mut self, now: Timestamp, seed: u64, commands: impl IntoIterator<Item = C>) -> (Step, Vec<Answer>) {
        self.now = self.now.max(now);
        self.random = Random::new(seed);
        self.recent.clear();
        self.changed.clear();
        self.followed = 0;
        let mut step = Step::default();
        let answers = commands.into_iter().map(|asked| self.answer(asked.into(), &mut step)).collect();
        self.take_back_leases(&mut step);
        self.follow_rows(&step);
        self.release_replays(&mut step);
        self.hand_out(&mut step);
        self.advance_replays(&mut step);
        self.watch_progress(&mut step);
        self.ask_for_pages(&mut step);
        self.write_counts(&mut step);
        (step, answers)
    }

    /// When something is due next, if nothing else happens before.
    pub fn next_due(&self) -> Option<Timestamp> {
        let lease = self.lease_ends.first().map(|(at, _)| *at);
        let waiting = self
            .subscriptions
            .values()
            .filter(|known| self.copy_of(known).is_some() && !self.is_kept_free(&known.plugin))
            .filter_map(Subscription::next_due)
            .min();
        [lease, waiting, self.next_release(), self.next_stall()].into_iter().flatten().min()
    }

    fn answer(&mut self, asked: Asked, step: &mut Step) -> Answer {
        let before = step.writes.len();
        let answer = self.apply(asked.command, step);
        if let Some(origin) = asked.origin {
            origin::stamp(step, before, &origin);
        }
        answer
    }

    fn apply(&mut self, command: Command, step: &mut Step) -> Answer {
        match command {
            Command::Publish(publish) => self.publish(*publish, step),
            Command::PublishOnce(once) => self.publish_once(*once, step),
            Command::Matched { event, matches } => self.matched(&event, matches, step),
            Command::Register { plugin, subscriptions } => self.register(&plugin, subscriptions, step),
            Command::CreateFilter(create) => self.create_filter(*create, step),
            Command::RemoveFilter { name, actor, reason } => self.remove_filter(&name, actor, reason, step),
            Command::Schema(change) => self.change_schemas(*change, step),
            Command::Access(change) => self.change_access(*change, step),
            Command::Switch(switch) => self.switch(switch, step),
            Command::Attach(attach) => {
                self.copies.insert(attach.plugin.clone(), Copy { attach, open: true });
                Answer::Done
            }
            Command::Close { plugin } => {
                if let Some(copy) = self.copies.get_mut(&plugin) {
                    copy.open = false;
                }
                Answer::Done
            }
            Command::Detach { instance, end } => self.detach(instance, end, step),
            Command::Outcome(report) => self.outcome(*report, step),
            Command::Heartbeat { token } => self.heartbeat(token),
            Command::ReturnUnsent { tokens } => self.return_unsent(tokens),
            Command::Unreadable(token, why) => self.unreadable(token, why, step),
            Command::Retry { deliveries, actor } => self.retry(deliveries, actor, step),
            Command::Discard { deliveries, reason, actor } => self.discard(deliveries, &reason, &actor, step),
            Command::Cancel(cancel) => self.cancel(cancel, step),
            Command::Trim(trim) => self.trim(trim, step),
            Command::SetState(set) => self.set_state(*set, step),
            Command::StartReplay(start) => self.start_replay(*start, step),
            Command::CancelReplay { replay, actor } => self.cancel_replay(replay, actor, step),
            Command::SteerReplay { replay, steering, actor } => self.steer_replay(replay, steering, actor, step),
            Command::Record(record) => self.record(record, step),
            Command::StopHandingOut => {
                self.handing_out = false;
                Answer::Done
            }
            Command::Tick => Answer::Done,
            Command::PendingPage { subscription, priority, entries, scanned_to } => {
                let head = self.head;
                if let Some(known) = self.subscriptions.get_mut(&subscription) {
                    known.take_pending(lane_of(priority), entries, scanned_to, head);
                }
                Answer::Done
            }
            Command::WaitingPage { subscription, priority, entries, last } => {
                if let Some(known) = self.subscriptions.get_mut(&subscription) {
                    known.take_waiting(lane_of(priority), entries, last, self.now);
                }
                Answer::Done
            }
            Command::HeadsPage { subscription, priority, heads, scanned_to } => {
                let head = self.head;
                if let Some(known) = self.subscriptions.get_mut(&subscription) {
                    known.take_heads(lane_of(priority), heads, scanned_to, head);
                }
                Answer::Done
            }
            Command::KeyPage { subscription, order, entries, last, rest } => {
                if let Some(known) = self.subscriptions.get_mut(&subscription) {
                    known.take_key(order, entries, last, rest, self.now);
                }
                Answer::Done
            }
            Command::ReplayPage { replay, items, scanned_to, last } => {
                if let Some(job) = self.jobs.get_mut(&replay) {
                    job.take_page(items, scanned_to, last);
                }
                Answer::Done
            }
        }
    }

    fn write_counts(&mut self, step: &mut Step) {
        let mut counts = std::mem::take(&mut self.counts);
        let oldest_unmatched = self.unmatched.first().copied();
        for (id, subscription) in &mut self.subscriptions {
            let floor = if self.defects.has(Defect::FloorAhead) { self.head } else { subscription.floor(self.head, oldest_unmatched) };
            let floor = floor.max(subscription.stored_floor);
            let delta = counts.remove(id);
            if delta.is_some() || floor.0 >= subscription.stored_floor.0 + FLOOR_STEP {
                subscription.stored_floor = floor;
                step.writes.push(Write::Counts { subscription: *id, delta: delta.unwrap_or_default(), floor });
            }
        }
        for (subscription, count) in std::mem::take(&mut self.without_key) {
            step.writes.push(Write::WithoutKey { subscription, count });
        }
        if self.unrouted > 0 {
            step.writes.push(Write::Unrouted { count: std::mem::take(&mut self.unrouted) });
        }
    }

    pub(crate) fn count(&mut self, key: DeliveryKey, state: panotti_protocol::delivery::DeliveryState, number: i64) {
        self.counts.entry(key.subscription).or_default().add(state, number);
    }

    pub(crate) fn new_uuid(&mut self) -> [u8; 16] {
        uuid_v7(self.now.as_ms(), self.random.bytes())
    }

    pub(crate) fn new_replay_id(&mut self) -> ReplayId {
        ReplayId::from_bytes(self.new_uuid())
    }

    /// Entries memory holds for deliveries: bounded, whatever the backlog.
    pub fn in_memory(&self) -> usize {
        self.subscriptions.values().map(Subscription::in_memory).sum::<usize>()
            + self.jobs.values().map(|job| job.window.len()).sum::<usize>()
    }

    /// The newest event.
    pub fn head(&self) -> Sequence {
        self.head
    }

    /// The rules in force.
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// How long until `at`, from the time of the last step.
    pub fn until(&self, at: Timestamp) -> Duration {
        at.since(self.now)
    }
}
