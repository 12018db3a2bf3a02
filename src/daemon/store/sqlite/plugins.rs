//! Plugins, their subscriptions, states, configuration overlays.

use std::collections::BTreeMap;

use panotti_core::command::{Record, Switch};
use panotti_core::delivery::Counts;
use panotti_core::order::KeyPath;
use panotti_core::retry::RetryPolicy;
use panotti_core::routing::{SubscriptionId, SubscriptionSpec};
use panotti_core::subscription::StoredSubscription;
use panotti_protocol::api::{OnDead, OnDisabled, PluginTransition, Turns};
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, Row, params};
use serde_json::Value;
use std::time::Duration;

use crate::daemon::store::failure::{StoreError, StoreResult};

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

const fn word(on_disabled: OnDisabled) -> &'static str {
    match on_disabled {
        OnDisabled::Hold => "hold",
        OnDisabled::Skip => "skip",
    }
}

fn on_disabled(text: &str) -> OnDisabled {
    if text == "skip" { OnDisabled::Skip } else { OnDisabled::Hold }
}

/// Writes a subscription, new or changed. Its counts stay.
pub fn write_subscription(
    connection: &Connection,
    id: SubscriptionId,
    plugin: &str,
    spec: &SubscriptionSpec,
    active: bool,
    floor: Sequence,
) -> StoreResult<()> {
    connection.execute(
        "INSERT INTO subscriptions (subscription_id, plugin, name, pattern, concurrency, timeout_ms, retry_max, retry_first_ms,
             retry_factor, retry_cap_ms, on_disabled, active, floor, key, on_dead, filter, batch, turns)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT (subscription_id) DO UPDATE SET pattern = ?4, concurrency = ?5, timeout_ms = ?6, retry_max = ?7, retry_first_ms = ?8,
             retry_factor = ?9, retry_cap_ms = ?10, on_disabled = ?11, active = ?12, key = ?14, on_dead = ?15, filter = ?16,
             batch = ?17, turns = ?18",
        params![
            id.0,
            plugin,
            spec.name,
            spec.pattern.as_str(),
            spec.concurrency,
            milliseconds(spec.timeout),
            spec.retry.max,
            milliseconds(spec.retry.first),
            spec.retry.factor,
            milliseconds(spec.retry.cap),
            word(spec.on_disabled),
            active,
            floor.0,
            spec.key.as_ref().map(KeyPath::as_str),
            if spec.on_dead == OnDead::Block { "block" } else { "continue" },
            spec.filter,
            spec.batch,
            if spec.turns == Turns::Strict { "strict" } else { "weighted" },
        ],
    )?;
    Ok(())
}

/// Notes since when a subscription is no longer named, or that it is named again.
pub fn note_inactive(connection: &Connection, id: SubscriptionId, now: Timestamp) -> StoreResult<()> {
    connection.execute(
        "UPDATE subscriptions SET inactive_ms = CASE WHEN active THEN NULL ELSE coalesce(inactive_ms, ?2) END WHERE subscription_id = ?1",
        params![id.0, now.as_ms()],
    )?;
    Ok(())
}

/// Counts events in which a subscription's path to its key led to nothing.
pub fn add_without_key(connection: &Connection, subscription: SubscriptionId, count: u64) -> StoreResult<()> {
    connection
        .prepare_cached("UPDATE subscriptions SET without_key = without_key + ?2 WHERE subscription_id = ?1")?
        .execute((subscription.0, count))?;
    Ok(())
}

/// A subscription with its counts.
#[derive(Debug, Clone)]
pub struct SubscriptionRow {
    /// As the bus needs it.
    pub stored: StoredSubscription,
    /// Its counts.
    pub counts: Counts,
    /// Events in which the path to its ordering key led to nothing.
    pub without_key: u64,
}

fn subscription(row: &Row<'_>) -> rusqlite::Result<SubscriptionRow> {
    let stored = StoredSubscription {
        id: SubscriptionId(row.get(0)?),
        plugin: row.get(1)?,
        spec: SubscriptionSpec {
            name: row.get(2)?,
            pattern: super::events::parsed(row, 3)?,
            filter: row.get(24)?,
            concurrency: row.get(4)?,
            batch: row.get(27)?,
            timeout: Duration::from_millis(row.get(5)?),
            retry: RetryPolicy {
                max: row.get(6)?,
                first: Duration::from_millis(row.get(7)?),
                factor: row.get(8)?,
                cap: Duration::from_millis(row.get(9)?),
            },
            on_disabled: on_disabled(&row.get::<_, String>(10)?),
            key: key_path(row, 21)?,
            on_dead: if row.get::<_, String>(22)? == "block" { OnDead::Block } else { OnDead::Continue },
            turns: if row.get::<_, String>(28)? == "strict" { Turns::Strict } else { Turns::Weighted },
        },
        active: row.get(11)?,
        floor: Sequence(row.get(12)?),
    };
    let counts = Counts {
        owed: row.get(13)?,
        waiting: row.get(14)?,
        done: row.get(15)?,
        dead: row.get(16)?,
        quarantined: row.get(17)?,
        skipped: row.get(18)?,
        cancelled: row.get(19)?,
        recovered: row.get(20)?,
        filter_missing: row.get(25)?,
        filter_gave_up: row.get(26)?,
    };
    Ok(SubscriptionRow { stored, counts, without_key: row.get(23)? })
}

fn key_path(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<KeyPath>> {
    match row.get::<_, Option<String>>(column)? {
        Some(_) => super::events::parsed(row, column).map(Some),
        None => Ok(None),
    }
}

/// Every subscription, in the order of the ids.
pub fn subscriptions(connection: &Connection) -> StoreResult<Vec<SubscriptionRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT subscription_id, plugin, name, pattern, concurrency, timeout_ms, retry_max, retry_first_ms, retry_factor, retry_cap_ms,
             on_disabled, active, floor, owed, waiting, done, dead, quarantined, skipped, cancelled, recovered, key, on_dead,
             without_key, filter, filter_missing, filter_gave_up, batch, turns
         FROM subscriptions ORDER BY subscription_id",
    )?;
    let rows = statement.query_map([], subscription)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes that a subscription stands still since then, or moves again.
pub fn write_stall(connection: &Connection, id: SubscriptionId, since: Option<Timestamp>) -> StoreResult<()> {
    match since {
        Some(since) => {
            connection.execute("INSERT OR REPLACE INTO stalls (subscription_id, since_ms) VALUES (?1, ?2)", (id.0, since.as_ms()))?
        }
        None => connection.execute("DELETE FROM stalls WHERE subscription_id = ?1", [id.0])?,
    };
    Ok(())
}

/// Subscriptions that stand still, and since when.
pub fn stalls(connection: &Connection) -> StoreResult<BTreeMap<SubscriptionId, Timestamp>> {
    let mut statement = connection.prepare_cached("SELECT subscription_id, since_ms FROM stalls")?;
    let rows = statement.query_map([], |row| Ok((SubscriptionId(row.get(0)?), Timestamp::from_ms(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes that a plugin is wanted on or off.
pub fn switch(connection: &Connection, switch: &Switch, now: Timestamp) -> StoreResult<()> {
    connection.execute(
        "INSERT INTO plugins (plugin, enabled, on_disabled, version, digest, found_ms) VALUES (?1, ?2, ?3, '', '', ?4)
         ON CONFLICT (plugin) DO UPDATE SET enabled = ?2, on_disabled = ?3",
        params![switch.plugin, switch.enabled, switch.on_disabled.map(word), now.as_ms()],
    )?;
    Ok(())
}

/// Writes a record.
pub fn record(connection: &Connection, record: &Record, now: Timestamp) -> StoreResult<()> {
    match record {
        Record::Transition { plugin, from, to, reason, actor } => {
            connection
                .prepare_cached(
                    "INSERT INTO plugin_transitions (plugin, from_state, to_state, reason, actor, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![plugin, from, to, reason, actor, now.as_ms()])?;
        }
        Record::PluginFound { plugin, version, digest, wanted } => {
            connection.execute(
                "INSERT INTO plugins (plugin, enabled, version, digest, found_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (plugin) DO UPDATE SET version = ?3, digest = ?4",
                params![plugin, wanted, version, digest, now.as_ms()],
            )?;
        }
        Record::PluginConfig { plugin, overlay, revision, .. } => {
            let text = serde_json::to_string(overlay).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            connection.execute(
                "INSERT INTO plugins (plugin, enabled, version, digest, found_ms, overlay, overlay_revision) VALUES (?1, 0, '', '', ?4, ?2, ?3)
                 ON CONFLICT (plugin) DO UPDATE SET overlay = ?2, overlay_revision = ?3",
                params![plugin, text, revision, now.as_ms()],
            )?;
        }
        Record::Secrets(change) => super::secrets::write(connection, &change.change, &change.actor, now)?,
        Record::Uptime => {
            connection.prepare_cached("INSERT OR IGNORE INTO uptime (minute) VALUES (?1)")?.execute([now.as_ms() / 60_000])?;
        }
        Record::Watermark { over, .. } => {
            connection.execute("UPDATE meta SET value = ?1 WHERE name = 'watermark'", [over])?;
        }
        Record::ForgetKeys { limit } => super::publisher_keys::forget(connection, now, *limit)?,
        Record::Configuration(change) => super::configuration::write(connection, change, now)?,
        Record::Seal(change) => super::data_keys::change(connection, change, now)?,
        // The first two are writes of their own; the third is added up with the step's other numbers: see `numbers`. Of what is corrupt
        // the event that tells of it is all.
        Record::Audit(_) | Record::Denied(_) | Record::Measured(_) | Record::Corrupt(_) => {}
    }
    Ok(())
}

/// What the host needs to know of a plugin after a start.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginRow {
    /// Its name.
    pub plugin: String,
    /// Whether it is wanted on.
    pub enabled: bool,
    /// What becomes of its events while it is off; `None` leaves it to each subscription.
    pub on_disabled: Option<OnDisabled>,
    /// Its version when it was last found.
    pub version: String,
    /// Digest of its folder when it was last found.
    pub digest: String,
    /// What was set over its configuration.
    pub overlay: BTreeMap<String, Value>,
    /// Counts up with every change of the overlay.
    pub overlay_revision: u64,
}

/// Every plugin ever found.
pub fn plugins(connection: &Connection) -> StoreResult<Vec<PluginRow>> {
    let mut statement =
        connection.prepare_cached("SELECT plugin, enabled, on_disabled, version, digest, overlay, overlay_revision FROM plugins")?;
    let rows = statement.query_map([], |row| {
        let overlay: String = row.get(5)?;
        Ok(PluginRow {
            plugin: row.get(0)?,
            enabled: row.get(1)?,
            on_disabled: row.get::<_, Option<String>>(2)?.as_deref().map(on_disabled),
            version: row.get(3)?,
            digest: row.get(4)?,
            overlay: serde_json::from_str(&overlay).unwrap_or_default(),
            overlay_revision: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A plugin's newest changes of state, newest first. Leans on `plugin_transitions_by_plugin`.
pub fn transitions(connection: &Connection, plugin: &str, limit: u32) -> StoreResult<Vec<PluginTransition>> {
    let mut statement = connection.prepare_cached(
        "SELECT at_ms, from_state, to_state, reason, actor FROM plugin_transitions WHERE plugin = ?1 ORDER BY transition_id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![plugin, limit], |row| {
        Ok(PluginTransition {
            at: Timestamp::from_ms(row.get(0)?),
            from: row.get(1)?,
            to: row.get(2)?,
            reason: row.get(3)?,
            actor: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
