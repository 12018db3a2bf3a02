//! One copy of a plugin from its launch to its end, and what its ends say about the plugin's health.

use std::collections::HashMap;

use panotti_core::command::InstanceEnd;
use panotti_core::event::{Draft, SharedEvent};
use panotti_core::lifecycle::{CRASH_LOOP_FAILURES, HEALTHY_AFTER, Health, PluginState, Signal};
use panotti_protocol::api::PluginConfig;
use panotti_protocol::delivery::AttemptError;
use panotti_protocol::failure::Failure;
use panotti_protocol::frame::{Hello, HelloLimits, PROTOCOLS, ToPlugin};
use panotti_protocol::id::{DeliveryId, FencingToken, InstanceId, uuid_v7};
use panotti_protocol::limits::FRAME_BYTES_MAX;
use panotti_protocol::notice::PLUGIN_CRASH_LOOP;
use panotti_protocol::time::Timestamp;
use tokio::sync::oneshot;

use super::launch;
use super::session::{Heard, Session};
use super::supervisor::{DAEMON, Supervisor};
use crate::daemon::clock::random_bytes;

/// A delivery that an instance holds.
pub struct Held {
    /// Proof of its lease.
    pub token: FencingToken,
    /// When it was handed out.
    pub since: Timestamp,
    /// What it is about.
    pub event: SharedEvent,
}

/// A running copy.
pub struct Running {
    /// Its id.
    pub instance: InstanceId,
    /// The conversation with it.
    pub session: Session,
    /// The bus gives it deliveries.
    pub attached: bool,
    /// What it works on.
    pub held: HashMap<DeliveryId, Held>,
    /// Lines in a row that were no frames.
    pub garbage: u32,
    /// Why it is being killed; its end is then told with this.
    pub why: Option<String>,
    /// The table has already moved on without it.
    pub given_up: bool,
    /// It was asked to end.
    pub goodbye: bool,
    /// Who waits for its answer to which revision of its configuration.
    pub config_replies: Vec<(u64, oneshot::Sender<Result<PluginConfig, Failure>>)>,
    /// When it was launched.
    pub launched_at: Timestamp,
}

impl Supervisor {
    /// Launches a copy. One that cannot be launched has ended at once.
    pub async fn launch(&mut self) {
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
        let config = self.shared.secrets.resolve(&config).map_err(|name| format!("the secret `{name}` is not set"))?;
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
            config_replies: Vec::new(),
            launched_at: now,
        });
        Ok(())
    }

    /// Its whole tree is gone.
    pub async fn ended(&mut self, instance: InstanceId, words: String) {
        let copy = self.copy.take_if(|copy| copy.instance == instance);
        let told = copy.as_ref().and_then(|copy| copy.why.clone());
        let cause = told.unwrap_or_else(|| self.with_last_words(words, copy.as_ref().map(|copy| copy.launched_at)));
        let given_up = copy.as_ref().is_some_and(|copy| copy.given_up);
        if let Some(copy) = copy {
            for (_, reply) in copy.config_replies {
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
    fn with_last_words(&self, words: String, launched_at: Option<Timestamp>) -> String {
        let newest = self.entry.log.newest(20, None);
        let last = newest.iter().rev().find(|line| line.stream == "stderr" && !line.message.trim().is_empty());
        match last.filter(|line| launched_at.is_some_and(|launched_at| line.at >= launched_at)) {
            Some(line) => format!("it {words}: {}", line.message.chars().take(300).collect::<String>()),
            None => format!("it {words}"),
        }
    }

    /// `ok` or `degraded`, as people see it.
    pub const fn health(&self) -> &'static str {
        match &self.state {
            PluginState::Running { health: Health::Degraded(_), .. } => "degraded",
            PluginState::Starting { .. } | PluginState::Backoff { .. } if self.crash_loop => "degraded",
            _ => "ok",
        }
    }

    /// It runs again after a crash loop: that is to be seen until it has been up for ten minutes.
    pub async fn ready_after_crash_loop(&mut self) {
        if self.crash_loop {
            let minutes = HEALTHY_AFTER.as_secs() / 60;
            let why =
                format!("it failed {CRASH_LOOP_FAILURES} times within a minute and has been up for less than {minutes} minutes since");
            self.degrade(why).await;
        }
    }

    /// Something is wrong with it, though it runs.
    pub async fn degrade(&mut self, why: String) {
        if matches!(&self.state, PluginState::Running { health: Health::Ok, .. }) {
            self.signal_or_remark(Signal::Health(Health::Degraded(why)), DAEMON).await;
        }
    }

    /// It has been up for ten minutes.
    pub async fn well_again(&mut self) {
        self.crash_loop = false;
        self.signal_or_remark(Signal::Health(Health::Ok), DAEMON).await;
    }

    /// Tells people that it fails again and again.
    pub async fn tell_crash_loop(&mut self) {
        self.crash_loop = true;
        self.entry.view().health = self.health().to_owned();
        let plugin = &self.entry.found.name;
        self.entry.log.remark("error", "it failed five times within a minute; it is started again, more and more slowly");
        let payload = serde_json::json!({ "plugin": plugin, "reason": self.state.reason() }).to_string().into_bytes();
        if let Ok(topic) = PLUGIN_CRASH_LOOP.parse() {
            let _ = self.shared.bus.publish(Draft::new(topic, "/daemon", DAEMON, payload)).await;
        }
    }
}
