//! How everybody else reaches the bus. Cheap to clone. Every answer comes after the commit of what it answers.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use panotti_core::access::AccessCommand;
use panotti_core::command::{
    Answer, Attach, Command, CreateFilter, InstanceEnd, Publish, Record, Refusal, Report, StartReplay, Steering, Switch,
};
use panotti_core::delivery::DeliveryKey;
use panotti_core::event::Draft;
use panotti_core::look::Look;
use panotti_core::once::{PublishOnce, PublisherKey};
use panotti_core::origin::Origin;
use panotti_core::routing::{Matcher, SubscriptionSpec};
use panotti_core::schemas::{CreateSchema, SchemaCommand};
use panotti_core::state::SetState;
use panotti_protocol::event::Receipt;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::{StateEntry, StateList, StatePage};
use panotti_protocol::id::{FencingToken, InstanceId, ReplayId, Sequence};
use panotti_protocol::limits::{PAGE_DEFAULT, PAGE_MAX, STATE_PAGE_BYTES_MAX};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::housekeeping::Housekeeping;
use super::limits::QUEUE_WAIT;
use super::refused::{access_failure, not_published};
use super::watch::Feed;
use crate::daemon::origin;
use crate::daemon::store::sqlite::plugin_state;
use crate::daemon::store::sqlite::readers::Readers;
use crate::daemon::store::sqlite::retention::Space;

/// Answers to the commands of one request, in order.
pub type Answers = Vec<Result<Answer, Failure>>;

/// One request to the thread.
#[derive(Debug)]
pub enum Request {
    /// Apply these.
    Commands {
        /// In order, in one transaction.
        commands: Vec<Command>,
        /// The request behind it, for the audit.
        origin: Option<Arc<Origin>>,
        /// Told after the commit.
        reply: oneshot::Sender<Answers>,
        /// When it was asked.
        asked: Instant,
    },
    /// Something about an event's deliveries, whose rows are read right before.
    Deliveries {
        /// The event.
        sequence: Sequence,
        /// Only the deliveries to this plugin.
        plugin: Option<String>,
        /// What is to be done with them.
        change: DeliveryChange,
        /// The request behind it, for the audit.
        origin: Option<Arc<Origin>>,
        /// Told after the commit.
        reply: oneshot::Sender<Answers>,
    },
    /// Removes old events or ends old deliveries; what it is about is read right before.
    Housekeeping {
        /// What is to be done.
        work: Housekeeping,
        /// The request behind it, for the audit.
        origin: Option<Arc<Origin>>,
        /// Told after the commit.
        reply: oneshot::Sender<Answers>,
    },
    /// Give free pages of the database back.
    Vacuum {
        /// At most so many.
        pages: u32,
        /// Told the pages that are left.
        reply: oneshot::Sender<Space>,
    },
    /// Read a plugin's state after everything that came before was written.
    ReadState {
        /// The plugin.
        plugin: String,
        /// The key.
        key: String,
        /// Told the value.
        reply: oneshot::Sender<Result<Option<Value>, Failure>>,
    },
    /// Change a key of a plugin's state, which is read right before.
    SetState {
        /// What is asked. What is known of the key is filled in by the thread.
        set: Box<SetState>,
        /// The request behind it, for the audit.
        origin: Option<Arc<Origin>>,
        /// Told after the commit.
        reply: oneshot::Sender<Answers>,
    },
    /// Say when everything that came before was written.
    Barrier {
        /// Told then.
        reply: oneshot::Sender<()>,
    },
    /// Which deliveries are handed out now.
    Leased {
        /// Told their keys.
        reply: oneshot::Sender<BTreeSet<DeliveryKey>>,
    },
    /// What is in memory of the subscriptions.
    Look {
        /// Told all of it.
        reply: oneshot::Sender<Look>,
    },
    /// Write what is left and close the store.
    Close {
        /// Told when it is closed.
        reply: oneshot::Sender<()>,
    },
}

/// What a person wants done with deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryChange {
    /// One more attempt, now.
    Retry {
        /// Who asks.
        actor: String,
    },
    /// Stop what has not begun.
    Cancel {
        /// Why.
        reason: String,
        /// Who asks.
        actor: String,
    },
    /// Give dead ones up.
    Discard {
        /// Why.
        reason: String,
        /// Who asks.
        actor: String,
    },
}

/// Whether an outcome was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeAnswer {
    /// It was.
    Taken,
    /// Its lease is over.
    Stale,
}

/// The way to the bus.
#[derive(Clone)]
pub struct BusHandle {
    requests: mpsc::Sender<Request>,
    matcher: Arc<dyn Matcher>,
    feed: Feed,
    refusing: Arc<ArcSwapOption<String>>,
    readers: Readers,
}

impl std::fmt::Debug for BusHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BusHandle").finish_non_exhaustive()
    }
}

impl BusHandle {
    /// Made by whoever starts the thread. `refusing` is the thread's reason for refusing to publish, where it has one.
    pub fn new(
        requests: mpsc::Sender<Request>,
        matcher: Arc<dyn Matcher>,
        feed: Feed,
        refusing: Arc<ArcSwapOption<String>>,
        readers: Readers,
    ) -> Self {
        Self { requests, matcher, feed, refusing, readers }
    }

    /// The live feed.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Why publishing is refused now, if it is.
    pub fn refusing(&self) -> Option<Arc<String>> {
        self.refusing.load_full()
    }

    async fn send(&self, request: Request) -> Result<(), Failure> {
        match self.requests.send_timeout(request, QUEUE_WAIT).await {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                let waited = format!("the writer's queue stayed full for {} s", QUEUE_WAIT.as_secs());
                Err(Failure { retry_after: Some(1), ..Failure::new(ErrorCode::OVERLOADED, waited) })
            }
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(stopping()),
        }
    }

    async fn ask<T>(&self, make: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, Failure> {
        let (reply, answer) = oneshot::channel();
        self.send(make(reply)).await?;
        answer.await.map_err(|_| stopping())
    }

    async fn commands(&self, commands: Vec<Command>) -> Result<Answers, Failure> {
        self.ask(|reply| Request::Commands { commands, origin: origin::current(), reply, asked: Instant::now() }).await
    }

    async fn command(&self, command: Command) -> Result<Answer, Failure> {
        self.commands(vec![command]).await?.pop().unwrap_or_else(|| Err(stopping()))
    }

    /// Publishes one event. Returns when it is on disk.
    pub async fn publish(&self, draft: Draft) -> Result<Receipt, Failure> {
        self.publish_many(vec![draft]).await.pop().unwrap_or_else(|| Err(stopping()))
    }

    /// Publishes several events in one transaction. Returns when they are on disk, with an answer for each.
    pub async fn publish_many(&self, drafts: Vec<Draft>) -> Vec<Result<Receipt, Failure>> {
        let number = drafts.len();
        let commands = drafts.into_iter().map(|draft| Command::Publish(Box::new(self.matched(draft)))).collect();
        match self.commands(commands).await {
            Ok(answers) => answers.into_iter().map(receipt).collect(),
            Err(failure) => vec![Err(failure); number],
        }
    }

    /// Publishes events under a key, all of them or none. Returns when they are on disk, with a receipt for each.
    pub async fn publish_once(&self, key: PublisherKey, drafts: Vec<Draft>) -> Result<Vec<Receipt>, Failure> {
        let publishes = drafts.into_iter().map(|draft| self.matched(draft)).collect();
        match self.command(Command::PublishOnce(Box::new(PublishOnce { key, publishes, known: None }))).await? {
            Answer::Receipts(receipts) => Ok(receipts),
            Answer::Refused(refusal) => Err(not_published(refusal)),
            other => Err(unexpected(&other)),
        }
    }

    fn matched(&self, draft: Draft) -> Publish {
        let matches = self.matcher.matches(&draft);
        Publish { draft, matches, known: None }
    }

    /// Replaces what a plugin subscribes to.
    pub async fn register(&self, plugin: &str, subscriptions: Vec<SubscriptionSpec>) -> Result<(), Failure> {
        done(self.command(Command::Register { plugin: plugin.to_owned(), subscriptions }).await?)
    }

    /// Keeps a filter, and routes by it. Whether that changed anything.
    pub async fn create_filter(&self, create: CreateFilter) -> Result<bool, Failure> {
        match self.command(Command::CreateFilter(Box::new(create))).await? {
            Answer::Refused(refusal @ Refusal::FilterExists(_)) => Err(Failure::new(ErrorCode::FILTER_EXISTS, refusal.to_string())),
            answer => Ok(changed(answer)? > 0),
        }
    }

    /// Gives a filter up. Whether that changed anything.
    pub async fn remove_filter(&self, name: &str, actor: &str, reason: String) -> Result<bool, Failure> {
        let command = Command::RemoveFilter { name: name.to_owned(), actor: actor.to_owned(), reason };
        Ok(changed(self.command(command).await?)? > 0)
    }

    /// Brings a schema into force. Whether that changed anything.
    pub async fn create_schema(&self, create: CreateSchema) -> Result<bool, Failure> {
        self.change_schemas(SchemaCommand::Create(create)).await
    }

    /// Changes the schemas. Whether that changed anything.
    pub async fn change_schemas(&self, change: SchemaCommand) -> Result<bool, Failure> {
        match self.command(Command::Schema(Box::new(change))).await? {
            Answer::Refused(refusal @ Refusal::SchemaChanged(_)) => Err(Failure::new(ErrorCode::SCHEMA_CHANGED, refusal.to_string())),
            answer => Ok(changed(answer)? > 0),
        }
    }

    /// Changes keys or roles. Whether that changed anything; what it did is in force when this returns.
    pub async fn change_access(&self, change: AccessCommand) -> Result<bool, Failure> {
        match self.command(Command::Access(Box::new(change))).await? {
            Answer::Refused(Refusal::Access(refusal)) => Err(access_failure(&refusal)),
            answer => Ok(changed(answer)? > 0),
        }
    }

    /// A running copy takes deliveries from now on.
    pub async fn attach(&self, attach: Attach) -> Result<(), Failure> {
        done(self.command(Command::Attach(attach)).await?)
    }

    /// A plugin gets nothing new; what it holds it keeps.
    pub async fn close(&self, plugin: &str) -> Result<(), Failure> {
        done(self.command(Command::Close { plugin: plugin.to_owned() }).await?)
    }

    /// A running copy is gone. Says how many deliveries it had held.
    pub async fn detach(&self, instance: InstanceId, end: InstanceEnd) -> Result<u64, Failure> {
        changed(self.command(Command::Detach { instance, end }).await?)
    }

    /// How an attempt ended. What it emits must have been matched with [`BusHandle::matches`].
    pub async fn outcome(&self, report: Report) -> Result<OutcomeAnswer, Failure> {
        match self.command(Command::Outcome(Box::new(report))).await? {
            Answer::Stale => Ok(OutcomeAnswer::Stale),
            answer => done(answer).map(|()| OutcomeAnswer::Taken),
        }
    }

    /// What a draft matches now, for an outcome's emits.
    pub fn matches(&self, draft: &Draft) -> panotti_core::routing::Matches {
        self.matcher.matches(draft)
    }

    /// A plugin still works on a delivery. Whether the lease still holds.
    pub async fn heartbeat(&self, token: FencingToken) -> Result<bool, Failure> {
        Ok(!matches!(self.command(Command::Heartbeat { token }).await?, Answer::Stale))
    }

    /// Deliveries of a batch were not sent, because it was too large.
    pub async fn return_unsent(&self, tokens: Vec<FencingToken>) -> Result<(), Failure> {
        self.command(Command::ReturnUnsent { tokens }).await.map(drop)
    }

    /// A delivery that was handed out cannot be sent: its event does not read back as it was written.
    pub async fn unreadable(&self, token: FencingToken, why: String) -> Result<(), Failure> {
        self.command(Command::Unreadable(token, why)).await.map(drop)
    }

    /// A plugin is wanted on or off. Whether that changed anything.
    pub async fn switch(&self, switch: Switch) -> Result<bool, Failure> {
        Ok(changed(self.command(Command::Switch(switch)).await?)? > 0)
    }

    /// Writes something down.
    pub async fn record(&self, record: Record) -> Result<(), Failure> {
        done(self.command(Command::Record(record)).await?)
    }

    /// Reads a key of a plugin's state, after everything that was asked before.
    pub async fn state_get(&self, plugin: &str, key: &str) -> Result<Option<Value>, Failure> {
        let (plugin, key) = (plugin.to_owned(), key.to_owned());
        self.ask(|reply| Request::ReadState { plugin, key, reply }).await?
    }

    /// Returns when everything that was asked before is written, so that a reader sees it.
    pub async fn barrier(&self) -> Result<(), Failure> {
        self.ask(|reply| Request::Barrier { reply }).await
    }

    /// Reads keys of a plugin's state, after everything that was asked before.
    pub async fn state_list(&self, plugin: String, list: StateList) -> Result<StatePage, Failure> {
        self.barrier().await?;
        let StateList { request_id, prefix, after, limit } = list;
        let limit = limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
        let page = self.readers.read(move |connection| {
            plugin_state::page(connection, &plugin, &prefix.unwrap_or_default(), after.as_deref(), limit, STATE_PAGE_BYTES_MAX)
        });
        let page = page.await?;
        let next = page.rows.last().filter(|_| page.more).map(|row| row.key.clone());
        let items = page.rows.into_iter().map(|row| StateEntry { key: row.key, value: row.value }).collect();
        Ok(StatePage { request_id, items, next })
    }

    /// Changes a key of a plugin's state. Whether that changed anything.
    pub async fn set_state(&self, set: SetState) -> Result<bool, Failure> {
        let answers = self.ask(|reply| Request::SetState { set: Box::new(set), origin: origin::current(), reply }).await?;
        let changed: Result<u64, Failure> = answers.into_iter().map(|answer| changed(answer?)).sum();
        Ok(changed? > 0)
    }

    /// Retries or discards deliveries of an event. Says how many were changed.
    pub async fn change_deliveries(&self, sequence: Sequence, plugin: Option<String>, change: DeliveryChange) -> Result<u64, Failure> {
        let answers = self.ask(|reply| Request::Deliveries { sequence, plugin, change, origin: origin::current(), reply }).await?;
        answers.into_iter().map(|answer| changed(answer?)).sum()
    }

    /// Does a part of the housekeeping. Says how many events or deliveries were changed.
    pub async fn keep_house(&self, work: Housekeeping) -> Result<u64, Failure> {
        let answers = self.ask(|reply| Request::Housekeeping { work, origin: origin::current(), reply }).await?;
        answers.into_iter().map(|answer| changed(answer?)).sum()
    }

    /// Gives free pages of the database back, so many at most. Says what is left.
    pub async fn vacuum(&self, pages: u32) -> Result<Space, Failure> {
        self.ask(|reply| Request::Vacuum { pages, reply }).await
    }

    /// Starts a replay.
    pub async fn start_replay(&self, start: StartReplay) -> Result<ReplayId, Failure> {
        match self.command(Command::StartReplay(Box::new(start))).await? {
            Answer::Replay { replay, .. } => Ok(replay),
            Answer::Refused(refusal) => Err(Failure::new(ErrorCode::OVERLOADED, refusal.to_string())),
            other => Err(unexpected(&other)),
        }
    }

    /// Cancels a replay. Whether that changed anything.
    pub async fn cancel_replay(&self, replay: ReplayId, actor: &str) -> Result<bool, Failure> {
        match self.command(Command::CancelReplay { replay, actor: actor.to_owned() }).await? {
            Answer::Replay { changed, .. } => Ok(changed),
            Answer::Refused(_) => Ok(false),
            other => Err(unexpected(&other)),
        }
    }

    /// Pauses or resumes a replay. Whether that changed anything; `None` where it does not run any more.
    pub async fn steer_replay(&self, replay: ReplayId, steering: Steering, actor: &str) -> Result<Option<bool>, Failure> {
        match self.command(Command::SteerReplay { replay, steering, actor: actor.to_owned() }).await? {
            Answer::Replay { changed, .. } => Ok(Some(changed)),
            Answer::Refused(_) => Ok(None),
            other => Err(unexpected(&other)),
        }
    }

    /// Which deliveries are handed out now.
    pub async fn leased(&self) -> Result<BTreeSet<DeliveryKey>, Failure> {
        self.ask(|reply| Request::Leased { reply }).await
    }

    /// What is in memory of the subscriptions.
    pub async fn look(&self) -> Result<Look, Failure> {
        self.ask(|reply| Request::Look { reply }).await
    }

    /// Hands out nothing any more.
    pub async fn stop_handing_out(&self) -> Result<(), Failure> {
        done(self.command(Command::StopHandingOut).await?)
    }

    /// Writes what is left and closes the store.
    pub async fn close_store(&self) -> Result<(), Failure> {
        self.ask(|reply| Request::Close { reply }).await
    }
}

fn stopping() -> Failure {
    Failure { retry_after: Some(1), ..Failure::new(ErrorCode::DAEMON_STOPPING, "the daemon is stopping") }
}

fn unexpected(answer: &Answer) -> Failure {
    Failure::new(ErrorCode::INTERNAL, format!("the bus answered {answer:?}"))
}

fn receipt(answer: Result<Answer, Failure>) -> Result<Receipt, Failure> {
    match answer? {
        Answer::Receipt(receipt) => Ok(receipt),
        Answer::Refused(refusal) => Err(not_published(refusal)),
        other => Err(unexpected(&other)),
    }
}

fn done(answer: Answer) -> Result<(), Failure> {
    match answer {
        Answer::Done | Answer::Rules(_) | Answer::Taken | Answer::Changed(_) => Ok(()),
        Answer::Refused(refusal) => Err(Failure::new(ErrorCode::OVERLOADED, refusal.to_string())),
        other => Err(unexpected(&other)),
    }
}

fn changed(answer: Answer) -> Result<u64, Failure> {
    match answer {
        Answer::Changed(number) => Ok(number),
        other => done(other).map(|()| 0),
    }
}
