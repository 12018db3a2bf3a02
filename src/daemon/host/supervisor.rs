//! Looks after one plugin: feeds what happens into the pure table of `panotti_core::lifecycle` and carries its actions out.
//! A new copy is started only when the whole process tree of the one before is gone. Frames are in [`super::conversation`].

use std::sync::Arc;
use std::time::Duration;

use panotti_core::command::{Record, Switch};
use panotti_core::lifecycle::{Action, HEALTHY_AFTER, Health, IllegalTransition, Limits, PluginState, Rest, Signal};
use panotti_core::manifest::START;
use panotti_core::random::Random;
use panotti_core::routing::SubscriptionSpec;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::{Drain, Goodbye, ToPlugin};
use panotti_protocol::id::InstanceId;
use panotti_protocol::manifest::Manifest;
use panotti_protocol::time::Timestamp;
use tokio::sync::{mpsc, watch};

use super::entry::{Entry, Mail, Shared};
use super::instance::Running;
use super::limits::{DRAIN, GOODBYE, HEARD_MAX};
use super::schemas;
use super::session::{Ear, Heard};
use crate::config::manifest::satisfies;
use crate::daemon::clock::random_seed;
use crate::daemon::origin;

/// The daemon itself, where it is the one who acts.
pub const DAEMON: &str = "daemon";

/// Looks after one plugin.
pub struct Supervisor {
    /// The plugin as everybody sees it.
    pub entry: Arc<Entry>,
    /// What all supervisors share.
    pub shared: Arc<Shared>,
    /// Where it stands.
    pub state: PluginState,
    /// The copy that runs.
    pub copy: Option<Running>,
    /// What it has subscribed to.
    pub subscriptions: Vec<SubscriptionSpec>,
    /// It fails again and again, and has not been up for ten minutes since.
    pub crash_loop: bool,
    /// Where the copies' words go.
    pub ear: Ear,
    /// The next copy is wanted as soon as this one's tree is gone.
    pub start_when_gone: bool,
    limits: Limits,
    random: Random,
    wanted: bool,
    waiting: bool,
    stopping: bool,
    changes: watch::Receiver<u64>,
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
            crash_loop: false,
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
                None => schemas::bring(&self.shared.schemas, &self.entry.found).await.err().map(|failure| Rest::Stopped(failure.detail)),
            },
        };
        match rest {
            Some(rest) => self.signal_or_remark(Signal::Rest(rest), DAEMON).await,
            None => self.start_if_wanted(DAEMON).await,
        }
    }

    fn due(&self) -> Option<Timestamp> {
        if let PluginState::Running { since, health: Health::Degraded(_), .. } = &self.state {
            return Some(*since + HEALTHY_AFTER);
        }
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
        if matches!(self.state, PluginState::Running { .. }) {
            return self.well_again().await;
        }
        self.signal_or_remark(Signal::Tick, DAEMON).await;
    }

    async fn read(&mut self, letter: Mail) {
        match letter {
            Mail::Deliver(lease, event, batch) => self.deliver(&lease, event, batch),
            Mail::Cancel(instance, delivery, token, why) => self.cancel(instance, delivery, token, why),
            Mail::Switch { enabled, on_disabled, actor, reason, origin, reply } => {
                let switch = Switch { plugin: self.entry.found.name.clone(), enabled, on_disabled, actor, reason };
                let _ = reply.send(origin::maybe_within(origin, self.switch(switch)).await);
            }
            Mail::Configure { update, actor, origin, reply } => {
                origin::maybe_within(origin, self.configure(update, actor, reply)).await;
            }
            Mail::SecretChanged => match self.state {
                PluginState::Starting { .. } | PluginState::Running { .. } | PluginState::Paused { .. } => {
                    self.signal_or_remark(Signal::Restart, DAEMON).await;
                }
                _ => self.start_if_wanted(DAEMON).await,
            },
            Mail::ConfigUnanswered(instance, revision) => self.config_unanswered(instance, revision).await,
            // Told twice: nobody waits for goodbyes any more.
            Mail::Stop(_) if self.stopping => {
                if let Some(copy) = &mut self.copy {
                    copy.why.get_or_insert_with(|| "the daemon stops at once".to_owned());
                    copy.session.kill();
                }
            }
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
            schemas::bring(&self.shared.schemas, &self.entry.found).await?;
        }
        let changed = self.shared.bus.switch(switch).await?;
        self.wanted = enabled;
        self.entry.view().enabled = enabled;
        if enabled && matches!(self.state, PluginState::Backoff { .. }) {
            // Whoever enables it does not want to wait until its time has come by itself.
            self.signal_or_remark(Signal::Restart, &actor).await;
        } else if enabled {
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
        let missing = self.shared.secrets.missing(&self.entry.config().0);
        let why = match (self.dependencies(), missing) {
            (Ok(None), Some(secret)) => format!("it waits for the secret `{secret}`: panotti config secret set {secret}"),
            (Ok(None), None) => {
                self.waiting = false;
                return self.signal_or_remark(Signal::Enable, actor).await;
            }
            (Ok(Some(needed)), _) => format!("it waits for `{needed}` to run"),
            (Err(failure), _) => failure.detail,
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
            (view.state, view.reason) = (to.to_owned(), reason.clone());
            if from != to {
                view.since = now;
            }
            view.health = self.health().to_owned();
            view.pid = self.copy.as_ref().map(|copy| copy.session.pid);
            view.process_tree = self.copy.as_ref().map(|_| self.shared.spawner.tree.as_str().to_owned()).unwrap_or_default();
            if to == "running" && from != to {
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
}
