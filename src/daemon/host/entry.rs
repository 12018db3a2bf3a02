//! One plugin as everybody sees it: what was found in its folder, how it stands now, its log, and the way to its supervisor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use panotti_core::action::{CancelReason, Lease};
use panotti_core::event::SharedEvent;
use panotti_core::origin::Origin;
use panotti_protocol::api::{OnDisabled, Plugin, PluginConfig, PluginConfigUpdate};
use panotti_protocol::failure::Failure;
use panotti_protocol::frame::BatchMark;
use panotti_protocol::id::{DeliveryId, FencingToken, InstanceId, StoreId};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use super::discovery::Found;
use super::launch::Places;
use super::log::PluginLog;
use super::spawner::Spawner;
use crate::daemon::bus::handle::BusHandle;
use crate::daemon::clock::Clock;
use crate::daemon::schemas::Registry;
use crate::daemon::secrets::Secrets;

/// What a supervisor is told from outside.
#[derive(Debug)]
pub enum Mail {
    /// Send this to the plugin, alone or in a batch.
    Deliver(Box<Lease>, SharedEvent, Option<BatchMark>),
    /// A lease is over.
    Cancel(InstanceId, DeliveryId, FencingToken, CancelReason),
    /// Switch it on or off; told whether that changed anything.
    Switch {
        enabled: bool,
        on_disabled: Option<OnDisabled>,
        actor: String,
        reason: String,
        /// The request behind it, for the audit.
        origin: Option<Arc<Origin>>,
        reply: oneshot::Sender<Result<bool, Failure>>,
    },
    /// Replace the overlay of its configuration.
    Configure {
        update: PluginConfigUpdate,
        actor: String,
        /// The request behind it, for the audit.
        origin: Option<Arc<Origin>>,
        reply: oneshot::Sender<Result<PluginConfig, Failure>>,
    },
    /// A secret that its configuration refers to has another value.
    SecretChanged,
    /// A copy had time to answer to a revision of its configuration.
    ConfigUnanswered(InstanceId, u64),
    /// The daemon stops: finish within this time. Told again: at once.
    Stop(std::time::Duration),
    /// There is no copy to drain.
    NothingToDrain,
}

/// What was set over a plugin's configuration.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// Key and value.
    pub values: BTreeMap<String, Value>,
    /// Counts up with every change.
    pub revision: u64,
}

/// One plugin.
#[derive(Debug)]
pub struct Entry {
    /// Its folder and manifest.
    pub found: Found,
    /// What it says.
    pub log: PluginLog,
    /// The way to its supervisor.
    pub mail: mpsc::UnboundedSender<Mail>,
    view: Mutex<Plugin>,
    overlay: Mutex<Overlay>,
}

impl Entry {
    /// An entry that shows `view` until its supervisor says otherwise.
    pub fn new(found: Found, log: PluginLog, mail: mpsc::UnboundedSender<Mail>, view: Plugin, overlay: Overlay) -> Self {
        Self { found, log, mail, view: Mutex::new(view), overlay: Mutex::new(overlay) }
    }

    /// How it stands now.
    pub fn view(&self) -> MutexGuard<'_, Plugin> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is set over its configuration.
    pub fn overlay(&self) -> MutexGuard<'_, Overlay> {
        self.overlay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The manifest's values.
    pub fn defaults(&self) -> BTreeMap<String, Value> {
        self.found.manifest.as_ref().map(|manifest| manifest.config.clone()).unwrap_or_default()
    }

    /// The configuration as the plugin gets it, but with references for secrets, with its revision.
    pub fn config(&self) -> (BTreeMap<String, Value>, u64) {
        let overlay = self.overlay().clone();
        let mut config = self.defaults();
        config.extend(overlay.values);
        (config, overlay.revision)
    }

    /// The secrets that its configuration refers to.
    pub fn secrets(&self) -> BTreeSet<String> {
        panotti_protocol::manifest::secrets_of(self.config().0.values())
    }

    /// The configuration as the API shows it.
    pub fn plugin_config(&self, changed: bool, effect: &str) -> PluginConfig {
        let (config, revision) = self.config();
        let overlay = self.overlay().values.clone();
        PluginConfig { config, overlay, defaults: self.defaults(), revision, changed, effect: effect.to_owned() }
    }
}

/// What all supervisors share.
#[derive(Debug)]
pub struct Shared {
    /// All plugins by name. Fixed from the start on.
    pub plugins: BTreeMap<String, Arc<Entry>>,
    /// The bus.
    pub bus: BusHandle,
    /// Values for the messages to plugins.
    pub secrets: Secrets,
    /// Brings plugins' schemas into force.
    pub schemas: Registry,
    /// Starts processes.
    pub spawner: Spawner,
    /// Folders.
    pub places: Places,
    /// The store's id, by which leftovers of a killed daemon are known.
    pub store: StoreId,
    /// The time.
    pub clock: Clock,
    /// Largest payload a plugin may emit, in bytes.
    pub payload_bytes_max: Arc<AtomicUsize>,
    /// Counts up with every change of any plugin's state.
    pub changes: watch::Sender<u64>,
}
