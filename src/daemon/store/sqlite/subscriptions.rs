//! Subscriptions as people see them: from the counts of their rows, from the numbers of the last minutes, and from what the bus has in
//! memory. No event is looked at but the oldest that is owed, by its sequence.

use std::collections::{BTreeMap, BTreeSet};

use panotti_core::look::Look;
use panotti_protocol::api::{OnDisabled, Subscription, SubscriptionState};
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::plugins::SubscriptionRow;
use super::{keyed, plugins, statistics, views};
use crate::daemon::store::failure::StoreResult;

/// Plugins that are disabled, with what was chosen for their events.
#[derive(Debug, Default)]
pub struct Disabled(BTreeMap<String, Option<OnDisabled>>);

impl Disabled {
    /// Reads them.
    pub fn read(connection: &Connection) -> StoreResult<Self> {
        let rows = plugins::plugins(connection)?.into_iter();
        Ok(Self(rows.filter(|row| !row.enabled).map(|row| (row.plugin, row.on_disabled)).collect()))
    }

    /// What becomes of the events of a plugin that is disabled; `None` where it is not.
    pub fn fate(&self, plugin: &str, own: OnDisabled) -> Option<OnDisabled> {
        self.0.get(plugin).map(|chosen| chosen.unwrap_or(own))
    }
}

/// How a subscription stands.
pub fn state(row: &SubscriptionRow, disabled: &Disabled, look: &Look) -> SubscriptionState {
    let stored = &row.stored;
    if !stored.active {
        return SubscriptionState::Removed;
    }
    match disabled.fate(&stored.plugin, stored.spec.on_disabled) {
        Some(OnDisabled::Hold) => SubscriptionState::Held,
        Some(OnDisabled::Skip) => SubscriptionState::Skipped,
        None if look.subscriptions.get(&stored.id).is_some_and(|seen| seen.stalled_since.is_some()) => SubscriptionState::Stalled,
        None => SubscriptionState::Active,
    }
}

/// When an event was accepted. Leans on the primary key.
pub fn accepted_at(connection: &Connection, sequence: Sequence) -> StoreResult<Option<Timestamp>> {
    let sql = "SELECT accepted_ms FROM events WHERE sequence = ?1";
    let found: Option<u64> = connection.prepare_cached(sql)?.query_row([sequence.0], |row| row.get(0)).optional()?;
    Ok(found.map(Timestamp::from_ms))
}

/// All of them by plugin and name, those that were removed and owe nothing excepted.
pub fn all(connection: &Connection, look: &Look, now: Timestamp) -> StoreResult<Vec<Subscription>> {
    let disabled = Disabled::read(connection)?;
    let mut found = Vec::new();
    for row in plugins::subscriptions(connection)? {
        let shown = one(connection, row, &disabled, look, now)?;
        let gone = shown.state == SubscriptionState::Removed && shown.lag == 0 && shown.dead == 0 && shown.quarantined == 0;
        if !gone {
            found.push(shown);
        }
    }
    found.sort_by(|one, other| one.subscription.cmp(&other.subscription));
    Ok(found)
}

/// One by its plugin and name, also where it was removed.
pub fn by_name(connection: &Connection, plugin: &str, name: &str, look: &Look, now: Timestamp) -> StoreResult<Option<Subscription>> {
    let disabled = Disabled::read(connection)?;
    let mut rows = plugins::subscriptions(connection)?.into_iter();
    match rows.find(|row| row.stored.plugin == plugin && row.stored.spec.name == name) {
        Some(row) => Ok(Some(one(connection, row, &disabled, look, now)?)),
        None => Ok(None),
    }
}

/// Names of the subscriptions of a plugin.
pub fn names_of(connection: &Connection, plugin: &str) -> StoreResult<BTreeSet<String>> {
    let rows = plugins::subscriptions(connection)?.into_iter();
    Ok(rows.filter(|row| row.stored.plugin == plugin).map(|row| row.stored.spec.name).collect())
}

/// When the oldest delivery that is owed and not handed out was accepted: without a key as memory has it, with one as the store has it.
pub fn oldest_pending_at(connection: &Connection, row: &SubscriptionRow, look: &Look) -> StoreResult<Option<Timestamp>> {
    if row.counts.owed <= 0 {
        return Ok(None);
    }
    let seen = look.subscriptions.get(&row.stored.id).and_then(|seen| seen.oldest);
    let keyed = keyed::oldest_pending(connection, row.stored.id)?;
    match seen.into_iter().chain(keyed).min() {
        Some(sequence) => accepted_at(connection, sequence),
        None => Ok(None),
    }
}

fn one(connection: &Connection, mut row: SubscriptionRow, disabled: &Disabled, look: &Look, now: Timestamp) -> StoreResult<Subscription> {
    views::leave_out_leased(connection, &mut row, &look.leased)?;
    let state = state(&row, disabled, look);
    let rate = statistics::subscription_rate(connection, row.stored.id, now)?;
    let seen = look.subscriptions.get(&row.stored.id).copied().unwrap_or_default();
    let oldest_pending_at = oldest_pending_at(connection, &row, look)?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let in_flight = look.leased.iter().filter(|key| key.subscription == row.stored.id).count() as u64;
    let (counts, stored) = (row.counts, row.stored);
    let spec = stored.spec;
    Ok(Subscription {
        subscription: format!("{}/{}", stored.plugin, spec.name),
        plugin: stored.plugin,
        name: spec.name,
        topic: spec.pattern,
        state,
        stalled_since: seen.stalled_since.filter(|_| state == SubscriptionState::Stalled),
        lag: number(counts.owed) + number(counts.waiting) + in_flight,
        rate,
        pending: number(counts.owed),
        oldest_pending_at,
        in_flight,
        waiting: number(counts.waiting),
        done: number(counts.done),
        dead: number(counts.dead),
        quarantined: number(counts.quarantined),
        skipped: number(counts.skipped),
        cancelled: number(counts.cancelled),
        recovered: number(counts.recovered),
        last_ended_at: seen.ended_at,
        concurrency: spec.concurrency,
        batch: spec.batch,
        timeout_ms: u64::try_from(spec.timeout.as_millis()).unwrap_or(u64::MAX),
        attempts_max: spec.retry.attempts_max(),
        on_disabled: spec.on_disabled,
        turns: spec.turns,
    })
}
