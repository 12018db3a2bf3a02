//! A plugin's configuration: the manifest's values with an overlay over them. A running copy gets every change and says whether it
//! uses it (semantics rule 18).

use std::time::Duration;

use panotti_core::command::Record;
use panotti_core::lifecycle::{PluginState, Signal};
use panotti_protocol::api::{PluginConfig, PluginConfigUpdate};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::frame::{Config, ToPlugin};
use panotti_protocol::id::InstanceId;
use tokio::sync::oneshot;

use super::entry::{Mail, Overlay};
use super::instance::Running;
use super::supervisor::{DAEMON, Supervisor};
use crate::config::manifest_secrets::wrong;
use crate::config::suggest::did_you_mean;

/// How long a copy may take to answer to a new configuration.
pub const CONFIG_ANSWER: Duration = Duration::from_secs(5);

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
        self.check_secrets(&update)?;
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

    /// Whether the plugin may have the secrets that it would be given, and whether they are set.
    fn check_secrets(&self, update: &PluginConfigUpdate) -> Result<(), Failure> {
        let referred = panotti_protocol::manifest::secrets_of(update.overlay.values());
        let invalid = |detail: String, next: String| Err(Failure::new(ErrorCode::PLUGIN_CONFIG_INVALID, detail).next(next));
        if let Some((detail, next)) = wrong(self.manifest()?, &referred).into_iter().next() {
            return invalid(detail, next);
        }
        match self.shared.secrets.missing(&update.overlay) {
            Some(name) => invalid(format!("the secret `{name}` is not set"), format!("`panotti config secret set {name}`")),
            None => Ok(()),
        }
    }

    async fn pass_on(&mut self, actor: &str, reply: oneshot::Sender<Result<PluginConfig, Failure>>) {
        match (&self.state, &mut self.copy) {
            (PluginState::Running { .. }, Some(copy)) => {
                let (config, config_revision) = self.entry.config();
                let Ok(config) = self.shared.secrets.resolve(&config) else {
                    // Removed a moment ago: the restart waits for it.
                    let _ = reply.send(Ok(self.entry.plugin_config(true, "needs_restart")));
                    return self.signal_or_remark(Signal::Restart, actor).await;
                };
                copy.session.send(&ToPlugin::Config(Config { config, config_revision }));
                copy.config_replies.push((config_revision, reply));
                let (mail, instance) = (self.entry.mail.clone(), copy.instance);
                tokio::spawn(async move {
                    tokio::time::sleep(CONFIG_ANSWER).await;
                    mail.send(Mail::ConfigUnanswered(instance, config_revision))
                });
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
        // Who has the newer one has what was asked for before, too.
        for (_, reply) in copy.config_replies.extract_if(.., |(expected, _)| *expected <= revision) {
            let _ = reply.send(Ok(self.entry.plugin_config(true, effect)));
        }
        if effect == "needs_restart" && matches!(self.state, PluginState::Running { .. } | PluginState::Paused { .. }) {
            self.signal_or_remark(Signal::Restart, DAEMON).await;
        }
    }

    /// A copy that says nothing about its new configuration runs with the old one: it is restarted.
    pub async fn config_unanswered(&mut self, instance: InstanceId, revision: u64) {
        let asked = |copy: &&Running| copy.instance == instance && copy.config_replies.iter().any(|(expected, _)| *expected <= revision);
        if self.copy.as_ref().filter(asked).is_some() {
            let seconds = CONFIG_ANSWER.as_secs();
            self.entry.log.remark("warning", format!("it has not answered to its new configuration for {seconds} s and is restarted"));
            self.configured(revision, "needs_restart").await;
        }
    }
}
