//! The configuration while the daemon runs (semantics rule 18): what is in force, changes of what is set over the files, reloads. Everything
//! is read and judged whole before anything counts; then live settings count at once and the rest waits for the next start.
//!
//! What is set is in the store, revision by revision, and in a file that the next start reads before it opens the store. The file is written
//! first: after a crash between the two it is ahead by a change nobody was told of, and the start takes it back.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use panotti_core::command::{AuditEntry, Record};
use panotti_core::configuration::ConfigurationChange;
use panotti_protocol::api::{ConfigurationChanged, ConfigurationOverlay, Setting, SettingChange};
use panotti_protocol::failure::{ErrorCode, Failure};
use tokio::sync::{Mutex, watch};

use super::bus::bounds::StoreBounds;
use super::bus::handle::BusHandle;
use super::log::LogHandle;
use super::retention::Kept;
use super::store::failure::{StoreError, is_full};
use super::store::sqlite::configuration as revisions;
use super::store::sqlite::readers::Readers;
use crate::config::environment::Environment;
use crate::config::load::{Loaded, OverlaySource, load_with};
use crate::config::overlay::{self, Overlay};
use crate::config::places::Places;
use crate::config::settings::{Settings, TABLE};

/// Who takes back what a crash or a hand has left.
const DAEMON: &str = "daemon";
/// Most changes named in one audit entry; the revision has all of them.
const CHANGES_TOLD_MAX: usize = 20;

/// Those who must be told of a change of a live setting.
#[derive(Debug)]
pub struct Listeners {
    /// When publishing is refused.
    pub store: Arc<ArcSwap<StoreBounds>>,
    /// What is kept, and how long.
    pub kept: watch::Sender<Kept>,
    /// Largest payload that a plugin may emit.
    pub emit_bytes_max: Arc<AtomicUsize>,
    /// The log.
    pub log: LogHandle,
}

/// What is in force.
#[derive(Debug)]
struct InForce {
    /// What the sources say.
    loaded: Loaded,
    /// The same with the values of the start for what only a start changes.
    live: Loaded,
    /// The newest revision of what is set.
    set: ConfigurationOverlay,
}

/// The configuration of a running daemon.
#[derive(Debug)]
pub struct Configuration {
    places: Places,
    environment: Environment,
    bus: BusHandle,
    readers: Readers,
    started: Loaded,
    listeners: Listeners,
    in_force: ArcSwap<InForce>,
    /// Held over a change from reading to its end: changes come one after another.
    changing: Mutex<()>,
}

/// Settings, or whole sections of them, that say who may do what or what is noticed of it: a role for a local user, programs that run as the
/// daemon's user, where the network is listened on, what is sealed, where the audit's checkpoints go. Whoever manages settings without
/// holding everything would give themselves what they do not hold.
const GIVING_ACCESS: [&str; 6] = ["access_log.", "audit.", "http.", "plugins.dirs", "seal.", "socket."];

/// What is asked of [`Configuration::change`].
#[derive(Debug)]
pub struct Change {
    /// What becomes of what is set.
    pub to: To,
    /// The revision that the caller has seen; none where any will do.
    pub expected: Option<u64>,
    /// Who.
    pub actor: String,
    /// Whether they may do everything, and so give it away.
    pub may_everything: bool,
    /// Why.
    pub reason: String,
    /// Check everything and change nothing.
    pub dry_run: bool,
}

/// What becomes of what is set.
#[derive(Debug)]
pub enum To {
    /// These values over what is set; null takes a key out.
    Merged(Overlay),
    /// These values and no others.
    Replaced(Overlay),
    /// The values of an older revision.
    Revision(u64),
}

impl To {
    fn action(&self) -> &'static str {
        match self {
            Self::Merged(_) => "config.set",
            Self::Replaced(_) => "config.replace",
            Self::Revision(_) => "config.rollback",
        }
    }
}

/// What the start found of what is set.
#[derive(Debug)]
pub struct Found {
    /// The newest revision of the store.
    pub set: ConfigurationOverlay,
    /// Its file was taken away: nothing is set, which is still to be written down.
    pub reset: bool,
}

/// Brings the file and the store together at a start: the store counts, unless the file was taken away. Whether the file was changed.
///
/// # Errors
/// Where the file cannot be written or the store not be read.
pub fn reconcile(connection: &rusqlite::Connection, places: &Places) -> Result<(Found, bool), Failure> {
    let path = places.overlay_file();
    let newest = revisions::newest(connection)?;
    let Some(newest) = newest else {
        let changed = path.exists();
        if changed {
            overlay::remove_file(&path).map_err(|source| StoreError::File { path, source })?;
        }
        return Ok((Found { set: ConfigurationOverlay { revision: 0, overlay: Overlay::new() }, reset: false }, changed));
    };
    let set = ConfigurationOverlay { revision: newest.revision, overlay: newest.overlay };
    let file = std::fs::read_to_string(&path).ok();
    if file.is_none() && !set.overlay.is_empty() {
        return Ok((Found { set, reset: true }, false));
    }
    let text = overlay::to_file(&set.overlay, set.revision)?;
    let changed = file.as_ref() != Some(&text);
    if changed {
        overlay::replace_file(&path, &text).map_err(|source| StoreError::File { path, source })?;
    }
    Ok((Found { set, reset: false }, changed))
}

impl Configuration {
    /// Begins with what the start has found.
    pub fn new(
        (places, environment): (Places, Environment),
        (bus, readers): (BusHandle, Readers),
        started: Loaded,
        found: &Found,
        listeners: Listeners,
    ) -> Self {
        let set = if found.reset { ConfigurationOverlay { overlay: Overlay::new(), ..found.set.clone() } } else { found.set.clone() };
        let in_force = ArcSwap::from_pointee(InForce { loaded: started.clone(), live: started.clone(), set });
        Self { places, environment, bus, readers, started, listeners, in_force, changing: Mutex::new(()) }
    }

    /// Reads something of the settings in force.
    pub fn with<T>(&self, read: impl FnOnce(&Settings) -> T) -> T {
        read(&self.in_force.load().live.settings)
    }

    /// What is set, with its revision.
    pub fn set(&self) -> ConfigurationOverlay {
        self.in_force.load().set.clone()
    }

    /// Every setting in force, with what it becomes at the next start where that is another value.
    pub fn rows(&self) -> Vec<Setting> {
        let now = self.in_force.load();
        let next = now.loaded.rows();
        let row = |(live, next): (Setting, Setting)| Setting { after_restart: (live.value != next.value).then_some(next.value), ..live };
        now.live.rows().into_iter().zip(next).map(row).collect()
    }

    /// Changes what is set.
    ///
    /// # Errors
    /// `permission.exceeded` where it gives away what the caller does not hold; `config.changed` where another change came first; what [`overlay::read`] refuses; `config.invalid` where the whole does not hold,
    /// files included; where it cannot be written. Then nothing has changed.
    pub async fn change(&self, change: Change) -> Result<ConfigurationChanged, Failure> {
        let _changing = self.changing.lock().await;
        let before = self.in_force.load_full();
        let revision = before.set.revision;
        if let Some(expected) = change.expected.filter(|expected| *expected != revision) {
            let detail = format!("revision {expected} of what is set is not the present one, {revision}");
            return Err(Failure::new(ErrorCode::CONFIG_CHANGED, detail));
        }
        let action = change.to.action();
        let wanted = match change.to {
            To::Merged(changes) => {
                changes.keys().try_for_each(|key| overlay::row(key).map(drop))?;
                overlay::merge(&before.set.overlay, &changes)
            }
            To::Replaced(values) => values,
            To::Revision(number) => self.revision(number).await?,
        };
        let wanted = overlay::read(&wanted, &before.set.overlay, &self.places, &self.environment)?;
        if !change.may_everything
            && let Some(key) = TABLE
                .iter()
                .map(|row| row.key)
                .filter(|key| GIVING_ACCESS.iter().any(|giving| key.starts_with(giving)))
                .find(|key| wanted.get(*key) != before.set.overlay.get(*key))
        {
            let detail = format!("{} may not change `{key}`, which gives access, without holding everything", change.actor);
            return Err(Failure::new(ErrorCode::PERMISSION_EXCEEDED, detail));
        }
        let set = ConfigurationOverlay { revision: revision + u64::from(wanted != before.set.overlay), overlay: wanted };
        let text = overlay::to_file(&set.overlay, set.revision)?;
        let loaded = load_with(&self.places, &self.environment, OverlaySource::Text(&text))?;
        let changes = changes(&before.loaded, &loaded);
        let changed = set.overlay != before.set.overlay;
        let answer = ConfigurationChanged { changed, dry_run: change.dry_run, revision: set.revision, changes };
        if change.dry_run || !changed {
            return Ok(ConfigurationChanged { revision, ..answer });
        }
        let entry = ConfigurationChange {
            revision: set.revision,
            overlay: set.overlay.clone(),
            action: action.to_owned(),
            actor: change.actor,
            reason: change.reason,
            detail: told(&before.set.overlay, &set.overlay),
        };
        self.write(&before.set, &text, entry).await?;
        self.apply(loaded, set);
        Ok(answer)
    }

    /// Writes the file, then the store. Where the store refuses, the file is put back.
    async fn write(&self, before: &ConfigurationOverlay, text: &str, entry: ConfigurationChange) -> Result<(), Failure> {
        let path = self.places.overlay_file();
        overlay::replace_file(&path, text).map_err(|error| cannot_write(&path, &error))?;
        let Err(failure) = self.bus.record(Record::Configuration(entry)).await else { return Ok(()) };
        let put_back = match before.revision {
            0 => overlay::remove_file(&path),
            _ => overlay::to_file(&before.overlay, before.revision).map_or(Ok(()), |text| overlay::replace_file(&path, &text)),
        };
        if let Err(error) = put_back {
            tracing::warn!(%error, path = %path.display(), "the file of what is set is ahead of the store; the next start takes it back");
        }
        Err(failure)
    }

    async fn revision(&self, number: u64) -> Result<Overlay, Failure> {
        if number == 0 {
            return Ok(Overlay::new());
        }
        let found = self.readers.read(move |connection| revisions::at(connection, number)).await?;
        found.map(|revision| revision.overlay).ok_or_else(|| {
            Failure::new(ErrorCode::CONFIG_REVISION_NOT_FOUND, format!("there is no revision {number}, or it is no longer kept"))
        })
    }

    /// Reads all sources anew. What does not hold is refused whole, and what was in force stays in force.
    ///
    /// # Errors
    /// `config.invalid` with every problem and its place, `config.unreadable`.
    pub async fn reload(&self, dry_run: bool, actor: &str) -> Result<ConfigurationChanged, Failure> {
        let _changing = self.changing.lock().await;
        let before = self.in_force.load_full();
        let text = overlay::to_file(&before.set.overlay, before.set.revision)?;
        let loaded = load_with(&self.places, &self.environment, OverlaySource::Text(&text))?;
        let changes = changes(&before.loaded, &loaded);
        let answer = ConfigurationChanged { changed: !changes.is_empty(), dry_run, revision: before.set.revision, changes };
        if dry_run {
            return Ok(answer);
        }
        if answer.changed {
            let detail = answer.changes.iter().take(CHANGES_TOLD_MAX).map(told_of).collect::<Vec<_>>().join("; ");
            self.bus
                .record(Record::Audit(AuditEntry {
                    actor: actor.to_owned(),
                    action: "config.reload".to_owned(),
                    object: "files".to_owned(),
                    reason: String::new(),
                    detail,
                }))
                .await?;
            self.apply(loaded, before.set.clone());
        }
        self.listeners.log.reopen();
        Ok(answer)
    }

    /// Writes down that nothing is set any more, where the start found the file taken away. Where it cannot be written, the next start
    /// tries again.
    pub async fn write_reset(&self, found: &Found) {
        if !found.reset {
            return;
        }
        let _changing = self.changing.lock().await;
        let set = ConfigurationOverlay { revision: found.set.revision + 1, overlay: Overlay::new() };
        let entry = ConfigurationChange {
            revision: set.revision,
            overlay: set.overlay.clone(),
            action: "config.reset".to_owned(),
            actor: DAEMON.to_owned(),
            reason: "its file was taken away".to_owned(),
            detail: told(&found.set.overlay, &set.overlay),
        };
        if let Err(failure) = self.bus.record(Record::Configuration(entry)).await {
            tracing::warn!(code = failure.code, %failure, "that nothing is set any more could not be written down");
            return;
        }
        tracing::warn!(revision = set.revision, "the file of what was set is gone: nothing is set any more");
        let path = self.places.overlay_file();
        let written = overlay::to_file(&set.overlay, set.revision).map(|text| overlay::replace_file(&path, &text));
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, path = %path.display(), "the file of what is set could not be written; the next start writes it");
        }
        let before = self.in_force.load_full();
        self.in_force.store(Arc::new(InForce { loaded: before.loaded.clone(), live: before.live.clone(), set }));
    }

    fn apply(&self, loaded: Loaded, set: ConfigurationOverlay) {
        let live = loaded.live_over(&self.started);
        let settings = &live.settings;
        self.listeners
            .store
            .store(Arc::new(StoreBounds { bytes_max: settings.store.bytes_max, free_bytes_min: settings.store.free_bytes_min }));
        self.listeners.kept.send_replace(Kept { ages: Arc::new(settings.retention.clone()), bytes_max: settings.store.bytes_max });
        self.listeners.emit_bytes_max.store(settings.payload_bytes_max, Ordering::Relaxed);
        self.listeners.log.change(&settings.log);
        tracing::info!(revision = set.revision, "configuration applied");
        self.in_force.store(Arc::new(InForce { loaded, live, set }));
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    let code = if is_full(error) { ErrorCode::STORE_FULL } else { ErrorCode::STORE_UNAVAILABLE };
    Failure::new(code, format!("{} cannot be written: {error}", path.display()))
}

/// Settings that have another value.
fn changes(before: &Loaded, after: &Loaded) -> Vec<SettingChange> {
    let pairs = before.rows().into_iter().zip(after.rows());
    let other = pairs.filter(|(before, after)| before.value != after.value);
    other
        .map(|(before, after)| SettingChange {
            key: after.key,
            from: before.value,
            to: after.value,
            origin: after.origin,
            live: after.live,
        })
        .collect()
}

fn told_of(change: &SettingChange) -> String {
    format!("{}: {} -> {}", change.key, change.from, change.to)
}

/// What changes between two overlays, for the audit.
fn told(before: &Overlay, after: &Overlay) -> String {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let shown = |overlay: &Overlay, key: &String| overlay.get(key).map_or_else(|| "not set".to_owned(), ToString::to_string);
    let changed = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    let words: Vec<String> =
        changed.take(CHANGES_TOLD_MAX).map(|key| format!("{key}: {} -> {}", shown(before, key), shown(after, key))).collect();
    words.join("; ")
}
