//! A plugin's configuration: the manifest's values with an overlay over them. A running copy gets every change and says whether it
//! uses it (semantics rule 18).

use panotti_core::command::Record;
use panotti_core::lifecycle::{PluginState, Signal};
use panotti_protocol::api::{PluginConfig, PluginConfigUpdate};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::{Config, ToPlugin};
use tokio::sync::oneshot;

use super::entry::Overlay;
use super::supervisor::{DAEMON, Supervisor};
use crate::config::suggest::did_you_mean;

impl Supervisor {
    /// Replaces the overlay, and tells a running copy. The reply comes when that has answered.
    pub async fn configure(&mut self, update: PluginConfigUpdate, actor: String, reply: oneshot::Sender<Result<PluginConfig, Failure>>) {
        match self.replace_overlay(update, &actor).await {
            Err(failure) => {
                let _ = reply.send(Err(failure));
            }
            Ok(false) => {
                let _ = reply.send(Ok(self.entry.plugin_config(false, "unchanged")));
            }
            Ok(true) => self.pass_on(&actor, reply).await,
        }
    }

    /// Whether that changed anything.
    async fn replace_overlay(&self, update: PluginConfigUpdate, actor: &str) -> Result<bool, Failure> {
        let name = &self.entry.found.name;
        let defaults = self.entry.defaults();
        if let Some(unknown) = update.overlay.keys().find(|key| !defaults.contains_key(*key)) {
            let detail = format!("`{name}` has no configuration key `{unknown}`");
            let failure = Failure::new(ErrorCode::PLUGIN_CONFIG_KEY_UNKNOWN, detail);
            let meant = did_you_mean(unknown, defaults.keys().map(String::as_str));
            return Err(if meant.is_empty() { failure } else { failure.next(meant) });
        }
        let before = self.entry.overlay().clone();
        if let Some(expected) = update.revision.filter(|expected| *expected != before.revision) {
            let detail = format!("revision {expected} of the configuration of `{name}` is not the present one, {}", before.revision);
            return Err(Failure::new(ErrorCode::PLUGIN_STATE, detail).next("read the configuration again and repeat the change"));
        }
        if update.overlay == before.values {
            return Ok(false);
        }
        let after = Overlay { values: update.overlay, revision: before.revision + 1 };
        let record = Record::PluginConfig {
            plugin: name.clone(),
            overlay: after.values.clone(),
            revision: after.revision,
            actor: actor.to_owned(),
            reason: update.reason.unwrap_or_default(),
        };
        self.shared.bus.record(record).await?;
        *self.entry.overlay() = after;
        Ok(true)
    }

    async fn pass_on(&mut self, actor: &str, reply: oneshot::Sender<Result<PluginConfig, Failure>>) {
        match (&self.state, &mut self.copy) {
            (PluginState::Running { .. }, Some(copy)) => {
                let (config, config_revision) = self.entry.config();
                copy.session.send(&ToPlugin::Config(Config { config, config_revision }));
                copy.config_reply = Some((config_revision, reply));
            }
            // It got the old one with `hello`.
            (PluginState::Starting { .. }, _) => {
                let _ = reply.send(Ok(self.entry.plugin_config(true, "needs_restart")));
                self.signal_or_remark(Signal::Restart, actor).await;
            }
            _ => {
                let _ = reply.send(Ok(self.entry.plugin_config(true, "not_running")));
                self.start_if_wanted(actor).await;
            }
        }
    }

    /// The plugin has answered to `config`: `live`, or `needs_restart`, and then it is restarted.
    pub async fn configured(&mut self, revision: u64, effect: &str) {
        let Some(copy) = &mut self.copy else { return };
        let answered = copy.config_reply.take_if(|(expected, _)| *expected == revision);
        if let Some((_, reply)) = answered {
            let _ = reply.send(Ok(self.entry.plugin_config(true, effect)));
        }
        if effect == "needs_restart" && matches!(self.state, PluginState::Running { .. } | PluginState::Paused { .. }) {
            self.signal_or_remark(Signal::Restart, DAEMON).await;
        }
    }
}
