//! Runs plugins: finds them, starts their processes, talks with them, keeps what they say, and lets none outlive the daemon.
//!
//! - [`discovery`]: folders with a `plugin.yaml`, and their digests
//! - [`entry`]: one plugin as everybody sees it
//! - [`supervisor`], [`instance`], [`conversation`], [`configure`]: looks after one plugin; one copy of it; its frames; its configuration
//! - [`schemas`]: schemas that a plugin brings for what it emits
//! - [`session`]: the socket to one instance, in lines
//! - [`limits`]: what plugins may take
//! - [`launch`], [`spawner`], [`init`]: what is run, the thread that runs it, and the process that keeps the tree together
//! - [`log`]: what a plugin says
//! - [`sdk`]: the embedded Python SDK
//!
//! The bus never calls the host: it hands out a receiver of actions, which [`Host::start`] takes.

mod configure;
mod conversation;
pub mod discovery;
mod entry;
pub mod init;
mod instance;
mod launch;
pub mod limits;
pub mod log;
mod schemas;
mod sdk;
mod session;
pub mod spawner;
mod supervisor;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use panotti_core::command::Record;
use panotti_protocol::api::{LogLine, LogsQuery, Plugin, PluginChanged, PluginConfig, PluginConfigUpdate, PluginSwitch};
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart};
use panotti_protocol::id::StoreId;
use panotti_protocol::limits::PAGE_MAX;
use panotti_protocol::manifest::Manifest;
use tokio::sync::{mpsc, oneshot, watch};

use self::configure::CONFIG_ANSWER;
use self::discovery::{Found, discover};
use self::entry::{Entry, Mail, Overlay, Shared};
use self::init::tree::{ProcessTree, sweep};
use self::launch::Places;
use self::limits::{GOODBYE, LOG_LINES};
use self::log::PluginLog;
use self::spawner::Spawner;
use self::supervisor::Supervisor;
use super::bus::dispatch::HostAction;
use super::bus::handle::BusHandle;
use super::clock::Clock;
use super::origin;
use super::ring::Reader;
use super::schemas::Registry;
use super::secrets::Secrets;
use super::store::sqlite::plugins::PluginRow;

/// How long a switch waits for what comes of it beyond the plugin's own time to start.
const SETTLE: Duration = Duration::from_secs(2);

/// What the host needs from the daemon.
#[derive(Debug)]
pub struct HostSettings {
    /// This program, which runs again as what keeps a plugin's processes together.
    pub panotti: PathBuf,
    /// Folders in which plugins are looked for; the first that has a name counts.
    pub plugin_dirs: Vec<PathBuf>,
    /// `<data>`: plugins' own folders are in `plugin-data/`, the SDK and links in `run/`.
    pub data_dir: PathBuf,
    /// Plugins' logs go into `plugins/` in here.
    pub log_dir: PathBuf,
    /// What keeps process trees together; `None` where the system decides (`plugins.process_tree: auto`).
    pub process_tree: Option<ProcessTree>,
    /// Largest payload a plugin may emit, in bytes.
    pub payload_bytes_max: Arc<AtomicUsize>,
    /// The store's id.
    pub store: StoreId,
    /// Values for the messages to plugins.
    pub secrets: Secrets,
}

/// Starts the host.
#[derive(Debug)]
pub struct Host;

/// The way to the host. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HostHandle(Arc<Shared>);

/// One plugin with what its manifest needs and emits.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The plugin.
    pub plugin: Plugin,
    /// What it needs, as written.
    pub dependencies: Vec<String>,
    /// Topics it says it emits.
    pub emits: Vec<String>,
}

impl Host {
    /// Finds the plugins, kills what a killed daemon left behind, and starts what is wanted on.
    ///
    /// # Errors
    /// `daemon.cannot_create` for folders that cannot be made, and what the bus refuses.
    pub async fn start(
        settings: HostSettings,
        schemas: Registry,
        clock: Clock,
        rows: Vec<PluginRow>,
        actions: mpsc::UnboundedReceiver<HostAction>,
    ) -> Result<HostHandle, Failure> {
        let bus = schemas.bus.clone();
        let cannot = |error: std::io::Error| Failure::new(ErrorCode::DAEMON_CANNOT_CREATE, format!("the host cannot be set up: {error}"));
        let places = prepare(&settings).map_err(cannot)?;
        sweep(&format!("PANOTTI_STORE={}", settings.store));
        let spawner = Spawner::start(places.panotti.clone(), settings.process_tree).map_err(cannot)?;
        let mut boxes = Vec::new();
        let mut plugins = BTreeMap::new();
        for found in discover(&settings.plugin_dirs) {
            let row = rows.iter().find(|row| row.plugin == found.name);
            let enabled = first_words(&bus, &found, row).await?;
            let log = PluginLog::new(settings.log_dir.join("plugins").join(format!("{}.jsonl", found.name)), clock);
            let overlay = row.map(|row| Overlay { values: row.overlay.clone(), revision: row.overlay_revision }).unwrap_or_default();
            let (mail, letters) = mpsc::unbounded_channel();
            let view = first_view(&found, enabled, clock);
            let entry = Arc::new(Entry::new(found, log, mail, view, overlay));
            plugins.insert(entry.found.name.clone(), Arc::clone(&entry));
            boxes.push((entry, letters, enabled));
        }
        let (store, payload_bytes_max, secrets) = (settings.store, settings.payload_bytes_max, settings.secrets);
        let changes = watch::Sender::new(0);
        let shared = Arc::new(Shared { plugins, bus, secrets, schemas, spawner, places, store, clock, payload_bytes_max, changes });
        for (entry, letters, enabled) in boxes {
            tokio::spawn(Supervisor::new(entry, Arc::clone(&shared), enabled).run(letters));
        }
        tokio::spawn(pass_on(Arc::clone(&shared), actions));
        Ok(HostHandle(shared))
    }
}

fn prepare(settings: &HostSettings) -> std::io::Result<Places> {
    let run = settings.data_dir.join("run");
    let bin = run.join("bin");
    let panotti = settings.panotti.clone();
    for folder in [&bin, &settings.log_dir.join("plugins"), &settings.data_dir.join("plugin-data")] {
        std::fs::create_dir_all(folder)?;
    }
    let link = bin.join("panotti");
    if std::fs::read_link(&link).ok().as_ref() != Some(&panotti) {
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(&panotti, &link)?;
    }
    Ok(Places { sdk: sdk::write(&run)?, panotti, bin, plugin_data: settings.data_dir.join("plugin-data") })
}

/// Writes a found plugin down, and registers what its manifest subscribes to: events are kept for it from now on, whether it runs
/// or not. Says whether it is wanted on.
async fn first_words(bus: &BusHandle, found: &Found, row: Option<&PluginRow>) -> Result<bool, Failure> {
    let Ok(manifest) = &found.manifest else { return Ok(row.is_some_and(|row| row.enabled)) };
    let (plugin, version, digest) = (found.name.clone(), manifest.version.clone(), found.digest.clone());
    let wanted = row.map_or(manifest.enabled, |row| row.enabled);
    if row.is_none_or(|row| row.version != version || row.digest != digest) {
        bus.record(Record::PluginFound { plugin, version, digest, wanted }).await?;
    }
    if let Ok(Some(subscriptions)) = panotti_core::manifest::subscriptions(manifest) {
        bus.register(&found.name, subscriptions).await?;
    }
    Ok(wanted)
}

fn first_view(found: &Found, enabled: bool, clock: Clock) -> Plugin {
    let manifest = found.manifest.as_ref().ok();
    Plugin {
        name: found.name.clone(),
        version: manifest.map(|manifest| manifest.version.clone()).unwrap_or_default(),
        description: manifest.map(|manifest| manifest.description.clone()).unwrap_or_default(),
        state: "discovered".to_owned(),
        health: "ok".to_owned(),
        reason: String::new(),
        enabled,
        runtime: manifest.map(|manifest| manifest.runtime.as_str().to_owned()).unwrap_or_default(),
        folder: found.folder.display().to_string(),
        digest: found.digest.clone(),
        pid: None,
        since: clock.now(),
        load_ms: None,
        process_tree: String::new(),
        problems: found.manifest.as_ref().err().cloned().unwrap_or_default(),
        subscriptions: Vec::new(),
    }
}

/// Hands the bus's actions to the plugins' supervisors. Every supervisor keeps up: it never waits for its plugin.
async fn pass_on(shared: Arc<Shared>, mut actions: mpsc::UnboundedReceiver<HostAction>) {
    while let Some(action) = actions.recv().await {
        match action {
            HostAction::Deliver { lease, event, batch } => {
                if let Some(entry) = shared.plugins.get(&lease.plugin) {
                    let _ = entry.mail.send(Mail::Deliver(lease, event, batch));
                }
            }
            // Only the supervisor whose instance it is heeds it.
            HostAction::Cancel { instance, delivery, token, why } => {
                for entry in shared.plugins.values() {
                    let _ = entry.mail.send(Mail::Cancel(instance, delivery, token, why));
                }
            }
        }
    }
}

impl HostHandle {
    fn entry(&self, name: &str) -> Result<&Arc<Entry>, Failure> {
        self.0.plugins.get(name).ok_or_else(|| {
            let meant = crate::config::suggest::did_you_mean(name, self.0.plugins.keys().map(String::as_str));
            let failure = Failure::new(ErrorCode::PLUGIN_NOT_FOUND, format!("there is no plugin `{name}`"));
            if meant.is_empty() { failure } else { failure.next(meant) }
        })
    }

    /// Every plugin by name, without the numbers of their subscriptions, which the store has.
    pub fn list(&self) -> Vec<Plugin> {
        self.0.plugins.values().map(|entry| entry.view().clone()).collect()
    }

    /// One plugin with what its manifest needs and emits. Its history is in the store.
    ///
    /// # Errors
    /// `plugin.not_found`.
    pub fn show(&self, name: &str) -> Result<Shown, Failure> {
        let entry = self.entry(name)?;
        let manifest = entry.found.manifest.as_ref().ok();
        let dependencies = manifest.map(|manifest| manifest.dependencies.iter().map(ToString::to_string).collect()).unwrap_or_default();
        let emits = manifest.map(|manifest| manifest.emits.clone()).unwrap_or_default();
        Ok(Shown { plugin: entry.view().clone(), dependencies, emits })
    }

    /// A plugin's manifest.
    ///
    /// # Errors
    /// `plugin.not_found`, `plugin.manifest_invalid`.
    pub fn manifest(&self, name: &str) -> Result<&Manifest, Failure> {
        let invalid = |parts: &Vec<FailurePart>| {
            Failure::new(ErrorCode::PLUGIN_MANIFEST_INVALID, format!("the manifest of `{name}` does not hold")).errors(parts.clone())
        };
        self.entry(name)?.found.manifest.as_ref().map_err(invalid)
    }

    /// How one plugin stands.
    ///
    /// # Errors
    /// `plugin.not_found`.
    pub fn status(&self, name: &str) -> Result<Plugin, Failure> {
        Ok(self.entry(name)?.view().clone())
    }

    /// Switches a plugin on and waits until it runs or has failed to.
    ///
    /// # Errors
    /// `plugin.not_found`, `plugin.manifest_invalid`, `plugin.dependency`, `plugin.state`, `plugin.not_running`.
    pub async fn enable(&self, name: &str, switch: PluginSwitch, actor: &str) -> Result<PluginChanged, Failure> {
        let entry = Arc::clone(self.entry(name)?);
        let mut changes = self.0.changes.subscribe();
        let changed = switch_to(&entry, true, switch, actor).await?;
        let start = entry.found.manifest.as_ref().map_or(0, |manifest| manifest.limits.start_ms);
        let starting = |state: &str| matches!(state, "discovered" | "starting" | "draining");
        let settled = async { while starting(&entry.view().state.clone()) && changes.changed().await.is_ok() {} };
        let _ = tokio::time::timeout(Duration::from_millis(start) + SETTLE, settled).await;
        let plugin = entry.view().clone();
        if changed && plugin.state != "running" && !plugin.reason.starts_with("it waits for") {
            let why = if plugin.reason.is_empty() { "it is not ready yet" } else { &plugin.reason };
            let detail = format!("`{name}` is enabled and {}: {why}", plugin.state);
            return Err(Failure::new(ErrorCode::PLUGIN_NOT_RUNNING, detail).next(format!("look at `panotti plugin logs {name}`")));
        }
        Ok(PluginChanged { changed, plugin })
    }

    /// Switches a plugin off. It finishes what it holds; that may go on after this returns.
    ///
    /// # Errors
    /// `plugin.not_found`, `plugin.state`.
    pub async fn disable(&self, name: &str, switch: PluginSwitch, actor: &str) -> Result<PluginChanged, Failure> {
        let entry = Arc::clone(self.entry(name)?);
        let mut changes = self.0.changes.subscribe();
        let changed = switch_to(&entry, false, switch, actor).await?;
        let settled = async { while entry.view().state == "draining" && changes.changed().await.is_ok() {} };
        let _ = tokio::time::timeout(SETTLE, settled).await;
        let plugin = entry.view().clone();
        Ok(PluginChanged { changed, plugin })
    }

    /// A plugin's configuration.
    ///
    /// # Errors
    /// `plugin.not_found`.
    pub fn config_get(&self, name: &str) -> Result<PluginConfig, Failure> {
        Ok(self.entry(name)?.plugin_config(false, "unchanged"))
    }

    /// Replaces what is set over a plugin's configuration; a running copy gets it.
    ///
    /// # Errors
    /// `plugin.not_found`, `plugin.config_key_unknown`, `plugin.state` for a stale revision.
    pub async fn config_put(&self, name: &str, update: PluginConfigUpdate, actor: &str) -> Result<PluginConfig, Failure> {
        let entry = self.entry(name)?;
        let (reply, answer) = oneshot::channel();
        let _ = entry.mail.send(Mail::Configure { update, actor: actor.to_owned(), origin: origin::current(), reply });
        match tokio::time::timeout(CONFIG_ANSWER + SETTLE, answer).await {
            Ok(answer) => answer.map_err(|_| stopping())?,
            // It runs with the old one and has not said anything: only a restart is sure to bring the new one.
            Err(_) => Ok(entry.plugin_config(true, "needs_restart")),
        }
    }

    /// The secrets that each plugin's configuration refers to.
    pub fn secrets_used(&self) -> Vec<(String, BTreeSet<String>)> {
        self.0.plugins.iter().map(|(name, entry)| (name.clone(), entry.secrets())).collect()
    }

    /// A secret has another value: plugins that run with it are restarted, those that wait for it start. Names the former.
    pub fn secret_changed(&self, secret: &str) -> Vec<String> {
        let using = self.0.plugins.iter().filter(|(_, entry)| entry.secrets().contains(secret));
        let told = using.filter_map(|(name, entry)| {
            let runs = matches!(entry.view().state.as_str(), "starting" | "running" | "paused");
            // A supervisor that is gone has nothing to restart.
            let _ = entry.mail.send(Mail::SecretChanged);
            runs.then(|| name.clone())
        });
        told.collect()
    }

    /// A plugin's newest log lines, oldest first.
    ///
    /// # Errors
    /// `plugin.not_found`.
    pub fn logs(&self, name: &str, query: &LogsQuery) -> Result<Vec<LogLine>, Failure> {
        let lines = query.lines.unwrap_or(LOG_LINES).min(PAGE_MAX * 10);
        Ok(self.entry(name)?.log.newest(usize::try_from(lines).unwrap_or(usize::MAX), query.event))
    }

    /// New lines as they come. Subscribe before reading [`HostHandle::logs`], so that none is missed between.
    ///
    /// # Errors
    /// `plugin.not_found`.
    pub fn logs_follow(&self, name: &str) -> Result<Reader<LogLine>, Failure> {
        Ok(self.entry(name)?.log.follow())
    }

    /// Drains and ends every plugin. Returns when none has a process left, at the latest a little after `drain` and the time for
    /// goodbyes (semantics rule 23). Whatever is left then dies with the daemon.
    pub async fn drain_and_stop(&self, drain: Duration) {
        for entry in self.0.plugins.values() {
            let _ = entry.mail.send(Mail::Stop(drain));
        }
        let mut changes = self.0.changes.subscribe();
        let gone = async {
            let active = |plugin: &Plugin| plugin.pid.is_some() || matches!(plugin.state.as_str(), "starting" | "draining");
            while self.list().iter().any(active) && changes.changed().await.is_ok() {}
        };
        let _ = tokio::time::timeout(drain + GOODBYE + SETTLE, gone).await;
    }
}

async fn switch_to(entry: &Entry, enabled: bool, switch: PluginSwitch, actor: &str) -> Result<bool, Failure> {
    let (reply, answer) = oneshot::channel();
    let reason = switch.reason.unwrap_or_default();
    let _ = entry.mail.send(Mail::Switch {
        enabled,
        on_disabled: switch.on_disabled,
        actor: actor.to_owned(),
        reason,
        origin: origin::current(),
        reply,
    });
    answer.await.map_err(|_| stopping())?
}

fn stopping() -> Failure {
    Failure::new(ErrorCode::DAEMON_STOPPING, "the daemon is stopping")
}
