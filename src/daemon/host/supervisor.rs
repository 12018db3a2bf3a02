//! Looks after one plugin: feeds what happens into the pure table of `panotti_core::lifecycle` and carries its actions out.
//! A new copy is started only when the whole process tree of the one before is gone. Frames are in [`super::conversation`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use panotti_core::command::{InstanceEnd, Record, Switch};
use panotti_core::event::{Draft, SharedEvent};
use panotti_core::lifecycle::{Action, IllegalTransition, Limits, PluginState, Rest, Signal};
use panotti_core::manifest::START;
use panotti_core::random::Random;
use panotti_core::routing::SubscriptionSpec;
use panotti_protocol::api::PluginConfig;
use panotti_protocol::delivery::AttemptError;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::{Drain, Goodbye, Hello, HelloLimits, PROTOCOLS, ToPlugin};
use panotti_protocol::id::{DeliveryId, FencingToken, InstanceId, uuid_v7};
use panotti_protocol::limits::FRAME_BYTES_MAX;
use panotti_protocol::manifest::Manifest;
use panotti_protocol::notice::PLUGIN_CRASH_LOOP;
use panotti_protocol::time::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use super::entry::{Entry, Mail, Shared};
use super::launch;
use super::session::{Ear, Heard, Session};
use crate::config::manifest::satisfies;
use crate::daemon::clock::{random_bytes, random_seed};

/// Time to finish what is held (semantics rule 23).
pub const DRAIN: Duration = Duration::from_secs(25);
/// From `goodbye` to SIGKILL.
pub const GOODBYE: Duration = Duration::from_secs(5);
/// Things heard from an instance that wait to be looked at.
const HEARD_MAX: usize = 1_024;
/// The daemon itself, where it is the one who acts.
pub const DAEMON: &str = "daemon";

/// A delivery that an instance holds.
pub struct Held {
    pub token: FencingToken,
    pub since: Timestamp,
    pub event: SharedEvent,
}

/// A running copy.
pub struct Running {
    pub instance: InstanceId,
    pub session: Session,
    /// The bus gives it deliveries.
    pub attached: bool,
    pub held: HashMap<DeliveryId, Held>,
    /// Lines in a row that were no frames.
    pub garbage: u32,
    /// Why it is being killed; its end is then told with this.
    pub why: Option<String>,
    /// The table has already moved on without it.
    pub given_up: bool,
    pub goodbye: bool,
    pub config_reply: Option<(u64, oneshot::Sender<Result<PluginConfig, Failure>>)>,
    pub launched_at: Timestamp,
}

/// Looks after one plugin.
pub struct Supervisor {
    pub entry: Arc<Entry>,
    pub shared: Arc<Shared>,
    pub state: PluginState,
    pub copy: Option<Running>,
    pub subscriptions: Vec<SubscriptionSpec>,
    limits: Limits,
    random: Random,
    wanted: bool,
    waiting: bool,
    stopping: bool,
    start_when_gone: bool,
    changes: watch::Receiver<u64>,
    ear: Ear,
    heard: mpsc::Receiver<(InstanceId, Heard)>,
}

impl Supervisor {
    /// One for a plugin that has not been started yet.
    pub fn new(entry: Arc<Entry>, shared: Arc<Shared>, wanted: bool) -> Self {
        let start = entry.found.manifest.as_ref().map_or(START, |manifest| Duration::from_millis(manifest.limits.start_ms));
        let (ear, heard) = mpsc::channel(HEARD_MAX);
        Self {
            changes: shared.changes.subscribe(),
            state: PluginState::Discovered,
            copy: None,
            subscriptions: Vec::new(),
            limits: Limits { start, drain: DRAIN + GOODBYE },
            random: Random::new(random_seed()),
            wanted,
            waiting: false,
            stopping: false,
            start_when_gone: false,
            entry,
            shared,
            ear,
            heard,
        }
    }

    /// Runs until the host is gone.
    pub async fn run(mut self, mut mail: mpsc::UnboundedReceiver<Mail>) {
        self.begin().await;
        loop {
            let due = self.due();
            let wake = async {
                match due {
                    Some(at) => tokio::time::sleep_until(self.shared.clock.instant(at).into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                letter = mail.recv() => match letter {
                    Some(letter) => self.read(letter).await,
                    None => return,
                },
                Some((instance, heard)) = self.heard.recv() => self.hear(instance, heard).await,
                Ok(()) = self.changes.changed(), if self.waiting => self.start_if_wanted(DAEMON).await,
                () = wake => self.tick().await,
            }
        }
    }

    async fn begin(&mut self) {
        let rest = match &self.entry.found.manifest {
            Err(_) => Some(Rest::Stopped("its manifest does not hold".to_owned())),
            Ok(manifest) => match crate::config::manifest::incompatible(manifest) {
                Some(why) => Some(Rest::Incompatible(why)),
                None if !self.wanted => Some(Rest::Disabled),
                None => None,
            },
        };
        match rest {
            Some(rest) => self.signal_or_remark(Signal::Rest(rest), DAEMON).await,
            None => self.start_if_wanted(DAEMON).await,
        }
    }

    fn due(&self) -> Option<Timestamp> {
        let due = self.state.due()?;
        match (&self.state, &self.copy) {
            (PluginState::Draining { .. }, Some(copy)) if !copy.goodbye => Some(due - GOODBYE),
            // It was killed and is not gone yet: look again in a while, not at once.
            (PluginState::Draining { .. } | PluginState::Starting { .. }, Some(copy)) if copy.why.is_some() => {
                Some(self.shared.clock.now() + Duration::from_secs(1))
            }
            _ => Some(due),
        }
    }

    async fn tick(&mut self) {
        if let (PluginState::Draining { deadline, .. }, Some(copy)) = (&self.state, &self.copy)
            && !copy.goodbye
            && self.shared.clock.now() < *deadline
        {
            return self.say_goodbye();
        }
        self.signal_or_remark(Signal::Tick, DAEMON).await;
    }

    async fn read(&mut self, letter: Mail) {
        match letter {
            Mail::Deliver(lease, event) => self.deliver(&lease, event),
            Mail::Cancel(instance, delivery, token, why) => self.cancel(instance, delivery, token, why),
            Mail::Switch { enabled, on_disabled, actor, reason, reply } => {
                let switch = Switch { plugin: self.entry.found.name.clone(), enabled, on_disabled, actor, reason };
                let _ = reply.send(self.switch(switch).await);
            }
            Mail::Configure { update, actor, reply } => self.configure(update, actor, reply).await,
            Mail::Stop(drain) => {
                (self.stopping, self.waiting) = (true, false);
                self.limits.drain = drain + GOODBYE;
                if self.copy.is_some() || matches!(self.state, PluginState::Backoff { .. }) {
                    self.signal_or_remark(Signal::Rest(Rest::Stopped("the daemon stops".to_owned())), DAEMON).await;
                }
            }
            Mail::NothingToDrain => {
                if self.copy.is_none() && matches!(self.state, PluginState::Draining { .. }) {
                    self.signal_or_remark(Signal::Exited(String::new()), DAEMON).await;
                }
            }
        }
    }

    async fn switch(&mut self, switch: Switch) -> Result<bool, Failure> {
        let (enabled, actor) = (switch.enabled, switch.actor.clone());
        if enabled {
            self.manifest()?;
            self.dependencies()?;
        }
        let changed = self.shared.bus.switch(switch).await?;
        self.wanted = enabled;
        self.entry.view().enabled = enabled;
        if enabled {
            self.start_if_wanted(&actor).await;
        } else if self.state != PluginState::Resting(Rest::Disabled) && !matches!(self.state, PluginState::Resting(Rest::Incompatible(_))) {
            self.waiting = false;
            self.signal(Signal::Rest(Rest::Disabled), &actor)
                .await
                .map_err(|illegal| Failure::new(ErrorCode::PLUGIN_STATE, illegal.to_string()))?;
        }
        Ok(changed)
    }

    /// The manifest, where it holds and fits.
    pub fn manifest(&self) -> Result<&Manifest, Failure> {
        let manifest = self.entry.found.manifest.as_ref().map_err(|problems| {
            let detail = format!("the manifest of `{}` does not hold", self.entry.found.name);
            Failure::new(ErrorCode::PLUGIN_MANIFEST_INVALID, detail).errors(problems.clone())
        })?;
        match crate::config::manifest::incompatible(manifest) {
            Some(why) => Err(Failure::new(ErrorCode::PLUGIN_STATE, format!("`{}` is incompatible: {why}", manifest.name))),
            None => Ok(manifest),
        }
    }

    /// Whether everything it needs is there and wanted; the name of what does not run yet.
    fn dependencies(&self) -> Result<Option<String>, Failure> {
        let mut not_running = None;
        for dependency in &self.manifest()?.dependencies {
            let (name, needed) = (&self.entry.found.name, &dependency.name);
            let refuse = |why: String, next: String| Err(Failure::new(ErrorCode::PLUGIN_DEPENDENCY, why).next(next));
            let Some(other) = self.shared.plugins.get(needed) else {
                return refuse(format!("`{name}` needs `{needed}`, which is not there"), format!("install `{needed}`"));
            };
            let view = other.view();
            if !satisfies(dependency, &view.version) {
                let why = format!("`{name}` needs `{dependency}`, installed is {}", view.version);
                return refuse(why, format!("install another version of `{needed}`"));
            }
            if !view.enabled {
                let next = format!("run `panotti plugin enable {needed}` first");
                return refuse(format!("`{name}` needs `{needed}`, which is disabled"), next);
            }
            if view.state != "running" {
                not_running = Some(needed.clone());
            }
        }
        Ok(not_running)
    }

    /// Starts it if it is wanted, rests, and what it needs runs.
    pub async fn start_if_wanted(&mut self, actor: &str) {
        let rests = matches!(self.state, PluginState::Discovered | PluginState::Failed { .. } | PluginState::Draining { .. })
            || matches!(self.state, PluginState::Resting(Rest::Disabled | Rest::Stopped(_)));
        if !self.wanted || self.stopping || !rests {
            self.waiting = false;
            return;
        }
        let why = match self.dependencies() {
            Ok(None) => {
                self.waiting = false;
                return self.signal_or_remark(Signal::Enable, actor).await;
            }
            Ok(Some(needed)) => format!("it waits for `{needed}` to run"),
            Err(failure) => failure.detail,
        };
        self.waiting = true;
        if self.state.reason() != why {
            self.signal_or_remark(Signal::Rest(Rest::Stopped(why)), actor).await;
        }
    }

    /// Feeds one signal into the table; a signal that has no meaning now is put into the plugin's log.
    pub async fn signal_or_remark(&mut self, signal: Signal, actor: &str) {
        if let Err(illegal) = self.signal(signal, actor).await {
            self.entry.log.remark("debug", illegal.to_string());
        }
    }

    async fn signal(&mut self, signal: Signal, actor: &str) -> Result<(), IllegalTransition> {
        let now = self.shared.clock.now();
        let step = self.state.clone().on(signal, now, &self.limits, &mut self.random)?;
        let before = std::mem::replace(&mut self.state, step.state);
        if before.name() != self.state.name() || before.reason() != self.state.reason() {
            self.moved(before.name(), actor).await;
        }
        for action in step.actions {
            self.act(action).await;
        }
        Ok(())
    }

    async fn moved(&mut self, from: &str, actor: &str) {
        let now = self.shared.clock.now();
        let (to, reason) = (self.state.name(), self.state.reason().to_owned());
        {
            let mut view = self.entry.view();
            (view.state, view.reason, view.since) = (to.to_owned(), reason.clone(), now);
            view.pid = self.copy.as_ref().map(|copy| copy.session.pid);
            view.process_tree = self.copy.as_ref().map(|_| self.shared.spawner.tree.as_str().to_owned()).unwrap_or_default();
            if to == "running" {
                view.load_ms = self.copy.as_ref().and_then(|copy| u64::try_from(now.since(copy.launched_at).as_millis()).ok());
            }
        }
        let colon = if reason.is_empty() { "" } else { ": " };
        self.entry.log.remark("info", format!("{from} -> {to}{colon}{reason}"));
        let transition = Record::Transition {
            plugin: self.entry.found.name.clone(),
            from: from.to_owned(),
            to: to.to_owned(),
            reason,
            actor: actor.to_owned(),
        };
        if let Err(failure) = self.shared.bus.record(transition).await {
            tracing::warn!(plugin = %self.entry.found.name, %failure, "a plugin's change of state was not recorded");
        }
        self.shared.changes.send_modify(|number| *number += 1);
    }

    async fn act(&mut self, action: Action) {
        match action {
            Action::Start if self.copy.is_some() => self.start_when_gone = true,
            Action::Start => self.launch().await,
            // Whoever heard `ready` has attached it already.
            Action::Open(_) => {}
            Action::Close => self.close().await,
            Action::Drain => self.drain().await,
            Action::Kill => {
                let seconds = self.limits.start.as_secs_f32();
                if let Some(copy) = &mut self.copy {
                    let late = matches!(self.state, PluginState::Starting { .. });
                    copy.given_up = matches!(self.state, PluginState::Backoff { .. } | PluginState::Failed { .. });
                    let why = if late { format!("it was not ready within {seconds} s") } else { "it was killed".to_owned() };
                    copy.why.get_or_insert(why);
                    copy.session.kill();
                }
            }
            Action::CrashLoop => self.tell_crash_loop().await,
        }
    }

    async fn tell_crash_loop(&self) {
        let plugin = &self.entry.found.name;
        self.entry.log.remark("error", "it failed five times within a minute; it is started again, more and more slowly");
        let payload = serde_json::json!({ "plugin": plugin, "reason": self.state.reason() }).to_string().into_bytes();
        if let Ok(topic) = PLUGIN_CRASH_LOOP.parse() {
            let _ = self.shared.bus.publish(Draft::new(topic, "/daemon", DAEMON, payload)).await;
        }
    }

    async fn launch(&mut self) {
        let now = self.shared.clock.now();
        let instance = InstanceId::from_bytes(uuid_v7(now.as_ms(), random_bytes()));
        if let Err(why) = self.try_launch(instance, now).await {
            let _ = self.ear.try_send((instance, Heard::Ended(why)));
        }
    }

    async fn try_launch(&mut self, instance: InstanceId, now: Timestamp) -> Result<(), String> {
        let manifest = self.manifest().map_err(|failure| failure.detail)?;
        let cannot = |error: std::io::Error| format!("it cannot be started: {error}");
        let store = self.shared.store.to_string();
        let launch = launch::launch(&self.shared.places, manifest, &self.entry.found.folder, instance, &store).map_err(cannot)?;
        let (config, config_revision) = self.entry.config();
        let hello = Hello {
            protocols: PROTOCOLS.to_vec(),
            plugin: manifest.name.clone(),
            version: manifest.version.clone(),
            instance,
            config,
            config_revision,
            subscriptions: panotti_core::manifest::hello_subscriptions(manifest),
            limits: HelloLimits {
                frame_bytes_max: FRAME_BYTES_MAX as u64,
                start_ms: manifest.limits.start_ms,
                timeout_ms: manifest.limits.timeout_ms,
                heartbeat_ms: u64::try_from(panotti_core::limits::HEARTBEAT.as_millis()).unwrap_or(u64::MAX),
            },
            data_dir: self.shared.places.plugin_data.join(&manifest.name).display().to_string(),
        };
        let spawned = self.shared.spawner.spawn(launch).await.map_err(cannot)?;
        let session = Session::begin(spawned, instance, self.ear.clone(), &self.entry.log).map_err(cannot)?;
        session.send(&ToPlugin::Hello(hello));
        {
            let mut view = self.entry.view();
            (view.pid, view.process_tree) = (Some(session.pid), self.shared.spawner.tree.as_str().to_owned());
        }
        self.copy = Some(Running {
            instance,
            session,
            attached: false,
            held: HashMap::new(),
            garbage: 0,
            why: None,
            given_up: false,
            goodbye: false,
            config_reply: None,
            launched_at: now,
        });
        Ok(())
    }

    async fn close(&self) {
        if self.copy.as_ref().is_some_and(|copy| copy.attached)
            && let Err(failure) = self.shared.bus.close(&self.entry.found.name).await
        {
            tracing::warn!(plugin = %self.entry.found.name, %failure, "a plugin was not closed");
        }
    }

    async fn drain(&mut self) {
        self.close().await;
        let Some(copy) = &self.copy else {
            let _ = self.entry.mail.send(Mail::NothingToDrain);
            return;
        };
        let deadline_ms = u64::try_from(self.limits.drain.saturating_sub(GOODBYE).as_millis()).unwrap_or(u64::MAX);
        copy.session.send(&ToPlugin::Drain(Drain { deadline_ms }));
        self.say_goodbye_when_idle();
    }

    /// A copy that drains and holds nothing any more may go.
    pub fn say_goodbye_when_idle(&mut self) {
        let draining = matches!(self.state, PluginState::Draining { .. });
        if draining && self.copy.as_ref().is_some_and(|copy| copy.held.is_empty() && !copy.goodbye) {
            self.say_goodbye();
        }
    }

    fn say_goodbye(&mut self) {
        let deadline = self.shared.clock.now() + GOODBYE;
        if let PluginState::Draining { deadline: until, .. } = &mut self.state {
            *until = deadline.min(*until);
        }
        if let Some(copy) = &mut self.copy {
            copy.goodbye = true;
            let deadline_ms = u64::try_from(GOODBYE.as_millis()).unwrap_or(u64::MAX);
            copy.session.send(&ToPlugin::Goodbye(Goodbye { deadline_ms }));
        }
    }

    /// Its whole tree is gone.
    pub async fn ended(&mut self, instance: InstanceId, words: String) {
        let copy = self.copy.take_if(|copy| copy.instance == instance);
        let told = copy.as_ref().and_then(|copy| copy.why.clone());
        let cause = told.unwrap_or_else(|| self.with_last_words(words));
        let given_up = copy.as_ref().is_some_and(|copy| copy.given_up);
        if let Some(copy) = copy {
            if let Some((_, reply)) = copy.config_reply {
                let _ = reply.send(Ok(self.entry.plugin_config(true, "needs_restart")));
            }
            let end = match self.state {
                PluginState::Draining { .. } => InstanceEnd::Stopped,
                _ => {
                    let error = AttemptError { class: "PluginCrashed".to_owned(), message: cause.clone(), place: None };
                    InstanceEnd::Crashed { error, log_tail: self.entry.log.tail(copy.launched_at, None) }
                }
            };
            if copy.attached
                && let Err(failure) = self.shared.bus.detach(instance, end).await
            {
                tracing::warn!(plugin = %self.entry.found.name, %failure, "an instance was not detached");
            }
        }
        {
            let mut view = self.entry.view();
            view.pid = None;
            view.process_tree.clear();
        }
        if !given_up {
            self.signal_or_remark(Signal::Exited(cause), DAEMON).await;
        }
        if std::mem::take(&mut self.start_when_gone) && matches!(self.state, PluginState::Starting { .. }) {
            self.launch().await;
        }
        self.shared.changes.send_modify(|number| *number += 1);
    }

    /// How it ended, with the last thing it complained about.
    fn with_last_words(&self, words: String) -> String {
        let newest = self.entry.log.newest(20, None);
        let last = newest.iter().rev().find(|line| line.stream == "stderr" && !line.message.trim().is_empty());
        match last.filter(|line| self.shared.clock.now().since(line.at) < Duration::from_secs(10)) {
            Some(line) => format!("it {words}: {}", line.message.chars().take(300).collect::<String>()),
            None => format!("it {words}"),
        }
    }
}
