//! The single writer. Takes what has gathered while the last batch was syncing, lets the core decide, writes the step as one
//! transaction, and answers and acts only when it is on disk. There is no artificial delay and no other way to write.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use panotti_core::access::{AccessWrite, Gatekeeper};
use panotti_core::action::{Action, Step, Write};
use panotti_core::bus::Bus;
use panotti_core::command::{Answer, Command, FirstPublished, HandlerOutcome};
use panotti_core::event::{Draft, SharedEvent};
use panotti_core::once::{PublishOnce, PublisherKey, StoredKey};
use panotti_core::origin::Asked;
use panotti_core::routing::{Matcher, Matches};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use super::batches::{asked_at, next_batch, origin_of};
use super::bounds::StoreLimits;
use super::cache::EventCache;
use super::dispatch::{Handover, HostAction};
use super::handle::{Answers, Request};
use super::housekeeping;
use super::limits::{BATCH_REQUESTS_MAX, CHECKPOINT_BYTES, DISK_LOOK, FULL_DISK_LOOK, FULL_DISK_ROOM_BYTES, SEAL_SYNC};
use super::states::StateGrowth;
use super::watch::Feed;
use crate::daemon::clock::{Clock, random_seed};
use crate::daemon::defect;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::sqlite::retention::Space;
use crate::daemon::store::sqlite::writer::Writer;
use crate::daemon::store::sqlite::{events, keyed, lanes, pages, plugin_state, publisher_keys};

/// Everything the thread works with.
pub struct Thread {
    /// The core.
    pub bus: Bus,
    /// The writer.
    pub store: Writer,
    /// What publishers match against.
    pub matcher: Arc<dyn Matcher>,
    /// What lets callers in.
    pub gate: Arc<dyn Gatekeeper>,
    /// The time.
    pub clock: Clock,
    /// What it is asked.
    pub requests: mpsc::Receiver<Request>,
    /// What it hands over to the host.
    pub handovers: mpsc::UnboundedSender<Handover>,
    /// Events about to be sent.
    pub cache: EventCache,
    /// The live feed.
    pub feed: Feed,
    /// Bounds.
    pub limits: StoreLimits,
    /// Why publishing is refused now, for everybody to see.
    pub refusing: Arc<ArcSwapOption<String>>,
    /// A write has found no room, and there is not enough again yet.
    pub full: bool,
    /// The pages of the database, for those who wait for a change of their number.
    pub space: watch::Sender<Space>,
    /// Wakes the checkpointer.
    pub checkpoint: std::sync::mpsc::SyncSender<()>,
    /// What the outcomes of the step that is being put together add to plugins' states.
    pub state_growth: StateGrowth,
    /// The runtime whose timers wake the thread.
    pub runtime: tokio::runtime::Handle,
}

/// A request in a batch, and which of the step's answers are its own.
enum Pending {
    Commands(oneshot::Sender<Answers>, Vec<Result<usize, Failure>>),
    State(String, String, oneshot::Sender<Result<Option<serde_json::Value>, Failure>>),
    Barrier(oneshot::Sender<()>),
    Leased(oneshot::Sender<BTreeSet<panotti_core::delivery::DeliveryKey>>),
    Look(oneshot::Sender<panotti_core::look::Look>),
}

impl Thread {
    /// Runs until it is told to close the store, or until the disk refuses: then nothing more is acknowledged.
    ///
    /// # Errors
    /// What the disk said. The caller ends the process.
    pub fn run(mut self) -> StoreResult<()> {
        match self.serve() {
            Ok(request) => self.close(request),
            Err(error) => {
                // Closing a connection syncs the log and moves it into the database: not after a sync of it has failed.
                std::mem::forget(self);
                Err(error)
            }
        }
    }

    /// Works until it is told to close the store: then that request is the answer.
    fn serve(&mut self) -> StoreResult<Option<Request>> {
        let mut waiting: VecDeque<Request> = VecDeque::new();
        let mut pages = self.act(self.bus.first_actions())?;
        let mut checkpointed_at = 0;
        let mut seal_synced = Instant::now();
        let mut log_anew_at = None;
        loop {
            if waiting.is_empty() && pages.is_empty() {
                self.wait(&mut waiting, seal_synced);
            }
            if let Some(Request::Close { .. }) = waiting.front() {
                return Ok(waiting.pop_front());
            }
            let batch = next_batch(&mut waiting);
            pages = self.batch(batch, pages)?;
            if seal_synced.elapsed() >= SEAL_SYNC {
                self.store.sync_seal()?;
                seal_synced = Instant::now();
            }
            checkpointed_at = self.look_after_wal(checkpointed_at)?;
            self.forget_removed(&mut log_anew_at)?;
            self.gather(&mut waiting);
        }
    }

    /// Waits for a request, the next timer, or the seal's time. With nothing to do it looks only once in a while whether the disk has room.
    fn wait(&mut self, waiting: &mut VecDeque<Request>, seal_synced: Instant) {
        let now = Instant::now();
        let restless = self.store.seal_is_behind() || self.store.log_has_removed() || self.refusing.load().is_some();
        let look = if restless { (seal_synced + SEAL_SYNC).max(now + SEAL_SYNC / 20) } else { now + DISK_LOOK };
        let due = self.bus.next_due().map(|at| self.clock.instant(at));
        let until = due.map_or(look, |due| due.min(look));
        let mut received = Vec::new();
        let requests = &mut self.requests;
        let receiving = async {
            let receiving = requests.recv_many(&mut received, BATCH_REQUESTS_MAX);
            tokio::time::timeout_at(until.into(), receiving).await
        };
        // Nothing received and no time out means that every handle is gone: then only timers are left.
        let _ = self.runtime.block_on(receiving);
        waiting.extend(received);
    }

    /// Takes what came meanwhile, without waiting.
    fn gather(&mut self, waiting: &mut VecDeque<Request>) {
        while waiting.len() < BATCH_REQUESTS_MAX {
            let Ok(request) = self.requests.try_recv() else { return };
            waiting.push_back(request);
        }
    }

    fn batch(&mut self, requests: Vec<Request>, pages: Vec<Command>) -> StoreResult<Vec<Command>> {
        let refusal = self.refusal()?;
        self.state_growth.clear();
        let called = requests.iter().filter_map(asked_at).min();
        let mut commands = pages;
        let mut pending = Vec::with_capacity(requests.len());
        let mut origins = vec![None; commands.len()];
        for request in requests {
            let origin = origin_of(&request);
            pending.extend(self.prepare(request, refusal.as_ref(), &mut commands)?);
            origins.resize(commands.len(), origin);
        }
        let now = self.clock.now();
        let stand: Vec<bool> = commands.iter().map(Command::stands_unwritten).collect();
        let asked = commands.into_iter().zip(origins).map(|(command, origin)| Asked { command, origin });
        let (step, answers) = self.bus.step(now, random_seed(), asked);
        if defect::is_on(defect::ACKNOWLEDGE_BEFORE_COMMIT) {
            self.reply(std::mem::take(&mut pending), answers.clone())?;
        }
        match self.store.commit(&step.writes, now) {
            Ok(()) => {
                self.tell_space()?;
                self.tell_access(&step);
                self.remember(&step, called.map_or(now, |called| now - called.elapsed()));
                self.reply(pending, answers)?;
                self.act(step.actions)
            }
            Err(StoreError::Full(error)) => {
                let standing = answers.into_iter().zip(stand).map(|(answer, stands)| stands.then_some(answer)).collect();
                self.disk_is_full(&error, pending, standing)
            }
            Err(error) => Err(error),
        }
    }

    /// Turns a request into commands. What it needs to know from the store is read here, right before the step.
    fn prepare(&mut self, request: Request, refusal: Option<&Failure>, commands: &mut Vec<Command>) -> StoreResult<Option<Pending>> {
        match request {
            Request::Commands { commands: asked, reply, .. } => {
                let mut places = Vec::with_capacity(asked.len());
                for command in asked {
                    places.push(match (command, refusal) {
                        (Command::Publish(publish), Some(failure)) => {
                            // The same event again is still answered with its receipt.
                            match self.known(&publish.draft)? {
                                Some(known) => Ok(push(
                                    commands,
                                    Command::Publish(Box::new(panotti_core::command::Publish { known: Some(known), ..*publish })),
                                )),
                                None => Err(failure.clone()),
                            }
                        }
                        (Command::PublishOnce(once), Some(failure)) => match self.known_key(&once.key)? {
                            Some(known) => Ok(push(commands, Command::PublishOnce(Box::new(PublishOnce { known: Some(known), ..*once })))),
                            None => Err(failure.clone()),
                        },
                        (command, _) => Ok(push(commands, self.completed(command)?)),
                    });
                }
                Ok(Some(Pending::Commands(reply, places)))
            }
            Request::Deliveries { sequence, plugin, change, reply, .. } => {
                let command = change.command(self.store.database(), sequence, plugin.as_deref());
                Ok(Some(Pending::Commands(reply, vec![place(commands, command)?])))
            }
            Request::Housekeeping { work, reply, .. } => {
                let command = work.command(self.store.database());
                Ok(Some(Pending::Commands(reply, vec![place(commands, command)?])))
            }
            Request::Vacuum { pages, reply } => {
                housekeeping::vacuum(self, pages, reply)?;
                Ok(None)
            }
            Request::SetState { set, reply, .. } => {
                let place = match self.state_change(*set)? {
                    Ok(set) => Ok(push(commands, Command::SetState(Box::new(set)))),
                    Err(failure) => Err(failure),
                };
                Ok(Some(Pending::Commands(reply, vec![place])))
            }
            Request::ReadState { plugin, key, reply } => Ok(Some(Pending::State(plugin, key, reply))),
            Request::Barrier { reply } => Ok(Some(Pending::Barrier(reply))),
            Request::Leased { reply } => Ok(Some(Pending::Leased(reply))),
            Request::Look { reply } => Ok(Some(Pending::Look(reply))),
            Request::Close { .. } => Ok(None),
        }
    }

    fn known(&self, draft: &Draft) -> StoreResult<Option<FirstPublished>> {
        match &draft.id {
            Some(id) => events::known(self.store.database(), draft, id),
            None => Ok(None),
        }
    }

    /// What a publisher's key gives now.
    fn known_key(&self, key: &PublisherKey) -> StoreResult<Option<StoredKey>> {
        let found = publisher_keys::find(self.store.database(), &key.actor, &key.key)?;
        Ok(found.filter(|stored| stored.is_in_force(self.clock.now())))
    }

    /// Looks up a publisher's id or key, and matches again what was matched by older rules.
    fn completed(&mut self, command: Command) -> StoreResult<Command> {
        Ok(match command {
            Command::Publish(mut publish) => {
                publish.known = self.known(&publish.draft)?;
                self.refresh(&publish.draft, &mut publish.matches);
                Command::Publish(publish)
            }
            Command::PublishOnce(mut once) => {
                once.known = self.known_key(&once.key)?;
                for publish in &mut once.publishes {
                    publish.known = self.known(&publish.draft)?;
                    self.refresh(&publish.draft, &mut publish.matches);
                }
                Command::PublishOnce(once)
            }
            Command::Outcome(mut report) => {
                self.hold_to_limits(&mut report)?;
                if let HandlerOutcome::Done { emits, .. } = &mut report.outcome {
                    for emit in emits {
                        emit.known = self.known(&emit.draft)?;
                        self.refresh(&emit.draft, &mut emit.matches);
                    }
                }
                Command::Outcome(report)
            }
            other => other,
        })
    }

    fn refresh(&self, draft: &Draft, matches: &mut Matches) {
        if matches.rules != self.bus.rules().version {
            *matches = self.matcher.matches(draft);
        }
    }

    /// Counts the database's pages, and wakes those who wait for a change of their number.
    pub(super) fn tell_space(&self) -> StoreResult<Space> {
        let space = self.store.space()?;
        self.space.send_if_modified(|told| std::mem::replace(told, space) != space);
        Ok(space)
    }

    /// Keys and roles that were changed are in force before anybody is answered.
    fn tell_access(&self, step: &Step) {
        let changes = |write: &Write| matches!(write, Write::Access(write) if !matches!(**write, AccessWrite::KeyUsed(..)));
        if step.writes.iter().any(changes) {
            self.gate.replace(Arc::clone(self.bus.access()));
        }
    }

    /// Why publishing is refused now, if it is: everything else goes on.
    fn refusal(&mut self) -> StoreResult<Option<Failure>> {
        let sealed = self.store.write_owed_seal()?;
        let (folder, limits) = (&self.limits.folder, self.limits.bounds.load());
        let free_bytes_min = if self.full { limits.free_bytes_min.max(FULL_DISK_ROOM_BYTES) } else { limits.free_bytes_min };
        let free = rustix::fs::statvfs(folder).map_or(u64::MAX, |disk| disk.f_bavail * disk.f_frsize);
        let used = self.space.borrow().used_bytes();
        let why = if free < free_bytes_min {
            format!("the disk has {free} bytes free; publishing stops below {free_bytes_min}")
        } else if !sealed {
            "the disk is full: the seal could not be written".to_owned()
        } else if used >= limits.bytes_max {
            format!("the store uses {used} bytes; its limit is {}", limits.bytes_max)
        } else {
            if self.refusing.load().is_some() {
                tracing::info!("publishing is accepted again");
                self.refusing.store(None);
            }
            self.full = false;
            return Ok(None);
        };
        if self.refusing.load().is_none() {
            tracing::warn!(code = %ErrorCode::STORE_FULL, %why, "publishing is refused");
        }
        self.refusing.store(Some(Arc::new(why.clone())));
        Ok(Some(Failure { retry_after: Some(5), ..Failure::new(ErrorCode::STORE_FULL, why) }))
    }

    /// Keeps the new events for those who are about to need them, with the time at which the first of the batch was asked for.
    fn remember(&self, step: &Step, called_at: Timestamp) {
        let watched = self.feed.is_watched();
        for write in &step.writes {
            let Write::Event(event) = write else { continue };
            if event.matches.as_ref().is_none_or(|matches| !matches.is_empty()) {
                self.cache.insert(Arc::clone(event), called_at);
            }
            if watched {
                self.feed.published(event);
            }
        }
    }

    fn reply(&self, pending: Vec<Pending>, answers: Vec<Answer>) -> StoreResult<()> {
        let mut answers: Vec<Option<Answer>> = answers.into_iter().map(Some).collect();
        // Whoever asked may be gone: then nobody waits for the answer, and the step stands.
        for request in pending {
            match request {
                Pending::Commands(reply, places) => {
                    let taken = places.into_iter().map(|place| place.map(|place| answers[place].take().unwrap_or(Answer::Done)));
                    let _ = reply.send(taken.collect());
                }
                Pending::State(plugin, key, reply) => {
                    let found = plugin_state::find(self.store.database(), &plugin, &key)?;
                    let _ = reply.send(Ok(found.map(|row| row.value)));
                }
                Pending::Barrier(reply) => {
                    let _ = reply.send(());
                }
                Pending::Leased(reply) => {
                    let _ = reply.send(self.bus.leased_keys());
                }
                Pending::Look(reply) => drop(reply.send(self.bus.look())),
            }
        }
        Ok(())
    }

    /// Does what the step asks for. Pages are read here, right after the commit, and are the first commands of the next step.
    fn act(&mut self, actions: Vec<Action>) -> StoreResult<Vec<Command>> {
        let mut pages = Vec::new();
        let connection = self.store.database();
        for action in actions {
            match action {
                Action::Deliver(lease) => self.hand_over(Handover::Deliver(lease)),
                Action::DeliverBatch(leases) => self.hand_over(Handover::DeliverBatch(leases)),
                Action::Cancel { instance, delivery, token, why } => {
                    self.hand_over(Handover::Pass(HostAction::Cancel { instance, delivery, token, why }));
                }
                Action::Match { sequence } => pages.extend(self.match_own(sequence)?),
                Action::Rules(rules) => self.matcher.replace(rules),
                Action::ReadPending { subscription, priority, after, limit } => {
                    pages.push(lanes::pending(connection, subscription, priority, after, limit)?);
                }
                Action::ReadWaiting { subscription, priority, after, limit } => {
                    pages.push(lanes::waiting(connection, subscription, priority, after, limit)?);
                }
                Action::ReadHeads { subscription, priority, after, limit } => {
                    pages.push(keyed::heads(connection, subscription, priority, after, limit)?);
                }
                Action::ReadKey { subscription, order, limit } => pages.push(keyed::key(connection, subscription, order, limit)?),
                Action::ReadReplay { replay, after, limit } => pages.push(pages::replay(connection, replay, after, limit)?),
                Action::Notice(notice) if self.feed.is_watched() => self.feed.outcome(*notice),
                Action::Notice(_) => {}
            }
        }
        Ok(pages)
    }

    fn hand_over(&self, handover: Handover) {
        // The host is gone only when the daemon ends: then leases are returned by the next start.
        let _ = self.handovers.send(handover);
    }

    fn match_own(&self, sequence: Sequence) -> StoreResult<Option<Command>> {
        let event: Option<SharedEvent> = match self.cache.get(sequence) {
            Some((event, _)) => Some(event),
            // One that does not read back stays unmatched.
            None => events::intact(events::by_sequence(self.store.database(), sequence))?.flatten().map(Arc::new),
        };
        Ok(event.map(|event| {
            let matches = self.matcher.matches(&event.draft);
            Command::Matched { event, matches }
        }))
    }

    /// The step could not be written. Nothing of it is acknowledged but what stands unwritten; the bus begins again where the store ends.
    fn disk_is_full(
        &mut self,
        error: &rusqlite::Error,
        pending: Vec<Pending>,
        mut standing: Vec<Option<Answer>>,
    ) -> StoreResult<Vec<Command>> {
        tracing::warn!(code = %ErrorCode::STORE_FULL, %error, "the disk is full: a batch was not written");
        let failure = Failure { retry_after: Some(5), ..Failure::new(ErrorCode::STORE_FULL, "the disk is full") };
        self.full = true;
        self.refusing.store(Some(Arc::new(failure.detail.clone())));
        for request in pending {
            match request {
                Pending::Commands(reply, places) => {
                    let answer = |place: Result<usize, Failure>| standing[place?].take().ok_or_else(|| failure.clone());
                    drop(reply.send(places.into_iter().map(answer).collect()));
                }
                Pending::State(_, _, reply) => drop(reply.send(Err(failure.clone()))),
                Pending::Barrier(reply) => drop(reply),
                Pending::Leased(reply) => drop(reply.send(self.bus.leased_keys())),
                Pending::Look(reply) => drop(reply.send(self.bus.look())),
            }
        }
        let snapshot = self.store.snapshot()?;
        let actions = self.bus.reload(snapshot);
        // Not again at once: nothing has changed yet.
        std::thread::sleep(FULL_DISK_LOOK);
        self.act(actions)
    }

    fn look_after_wal(&mut self, checkpointed_at: u64) -> StoreResult<u64> {
        let bytes = self.store.wal_bytes();
        if (checkpointed_at..checkpointed_at + CHECKPOINT_BYTES).contains(&bytes) {
            return Ok(checkpointed_at);
        }
        if bytes > self.limits.wal_bytes_max {
            self.store.sync_seal()?;
            match self.store.restart_wal() {
                Ok(()) => return Ok(self.store.wal_bytes()),
                // Tried again when the log has grown further; until then it holds what the database has no room for.
                Err(StoreError::Full(error)) => tracing::warn!(%error, "no room to move the log into the database"),
                Err(error) => return Err(error),
            }
        } else {
            // A full channel means that a checkpoint is already asked for.
            let _ = self.checkpoint.try_send(());
        }
        Ok(bytes)
    }

    fn close(self, request: Option<Request>) -> StoreResult<()> {
        self.store.close()?;
        if let Some(Request::Close { reply }) = request {
            let _ = reply.send(());
        }
        Ok(())
    }
}

/// Where a command stands that was made of what the store has; or why its event cannot be believed, which is no reason to stop.
fn place(commands: &mut Vec<Command>, made: StoreResult<Command>) -> StoreResult<Result<usize, Failure>> {
    match made {
        Ok(command) => Ok(Ok(push(commands, command))),
        Err(error @ StoreError::Event { .. }) => Ok(Err(error.into())),
        Err(error) => Err(error),
    }
}

fn push(commands: &mut Vec<Command>, command: Command) -> usize {
    commands.push(command);
    commands.len() - 1
}
