//! Numbers kept with the writes that they count: in minutes for three hours and in hours for thirty days, and totals by topic. What a
//! step writes is added up in memory and written in the step's own transaction, a row for each thing that it touched.
//!
//! Everything has a bound: topics counted in an hour, producers of a topic, the time that is kept.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use panotti_core::action::{DeliveryWrite, Write};
use panotti_core::command::Record;
use panotti_core::event::StoredEvent;
use panotti_core::meter::Measured;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::time::Timestamp;
use panotti_protocol::topic::Topic;
use rusqlite::{Connection, OptionalExtension, params};

use super::events::TopicNumbers;
use crate::daemon::store::failure::StoreResult;

/// Topics that are counted one by one in an hour; the others are counted together.
pub const TOPICS_COUNTED_MAX: usize = 200;
/// Producers of a topic that are told apart; the others are counted together.
pub const PRODUCERS_MAX: u64 = 50;
/// Minutes that are kept.
pub const MINUTES_KEPT: u64 = 3 * 60;
/// Hours that are kept.
pub const HOURS_KEPT: u64 = 30 * 24;
/// Producers remembered so that they need no look-up. Forgotten when there are more.
const PRODUCERS_REMEMBERED_MAX: usize = 10_000;
/// Plugins whose start is under way.
const STARTING_MAX: usize = 1_000;
/// The topic under which those beyond the bound are counted.
pub const OTHER_TOPICS: i64 = 0;

/// The two lengths of a slot: the number in the store, its milliseconds, how many are kept.
pub const SPANS: [(u8, u64, u64); 2] = [(0, 60_000, MINUTES_KEPT), (1, 3_600_000, HOURS_KEPT)];
/// Every table of slots.
const TABLES: [&str; 4] = ["topic_numbers", "subscription_numbers", "plugin_numbers", "latency_numbers"];

#[derive(Debug, Default, Clone, Copy)]
struct Published {
    events: u64,
    bytes: u64,
    last: u64,
    last_ms: u64,
}

impl Published {
    fn add(&mut self, event: &StoredEvent) {
        self.events += 1;
        self.bytes += event.draft.payload.len() as u64;
        self.last = event.sequence.0;
        self.last_ms = event.accepted_at.as_ms();
    }
}

/// What became of deliveries in a time: of a subscription in a step, of several in a window.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Ended {
    pub(super) done: u64,
    pub(super) dead: u64,
    pub(super) retries: u64,
    pub(super) skipped: u64,
    pub(super) cancelled: u64,
    pub(super) recovered: u64,
    /// Done after a failed attempt.
    pub(super) mended: u64,
    /// Cancelled after a failed attempt.
    pub(super) given_up: u64,
    pub(super) attempts: u64,
    pub(super) busy_ms: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct Started {
    starts: u64,
    loaded: u64,
    load_ms: u64,
    load_ms_max: u64,
}

/// What a step has written, added up. Lives as long as the writer, for what it remembers.
#[derive(Debug, Default)]
pub struct Tally {
    topics: BTreeMap<(Topic, u8), Published>,
    producers: BTreeMap<(Topic, String, String), Published>,
    subscriptions: BTreeMap<SubscriptionId, Ended>,
    plugins: BTreeMap<String, Started>,
    measured: Vec<Measured>,
    /// Since when a plugin is starting.
    starting: BTreeMap<String, Timestamp>,
    /// The hour whose topics are known, and those that are counted in it.
    hour: Option<(u64, BTreeSet<i64>)>,
    /// Whether a producer of a topic is told apart.
    told_apart: HashMap<(i64, String, String), bool>,
    trimmed: Option<u64>,
}

impl Tally {
    /// Counts one write.
    pub fn note(&mut self, write: &Write, now: Timestamp) {
        match write {
            Write::Event(event) => {
                let draft = &event.draft;
                self.topics.entry((draft.topic.clone(), draft.priority.number())).or_default().add(event);
                self.producers.entry((draft.topic.clone(), draft.source.clone(), draft.actor.clone())).or_default().add(event);
            }
            Write::Delivery(row) => self.note_delivery(row),
            Write::Record(Record::Transition { plugin, from, to, .. }) => self.note_transition(plugin, from, to, now),
            Write::Record(Record::Measured(measured)) => self.measured.push(measured.clone()),
            _ => {}
        }
    }

    fn note_delivery(&mut self, row: &DeliveryWrite) {
        let ended = self.subscriptions.entry(row.key.subscription).or_default();
        let failed_before = row.attempts > 1 || (row.state == DeliveryState::Cancelled && row.attempts > 0);
        match row.state {
            DeliveryState::Done => {
                ended.done += 1;
                ended.mended += u64::from(failed_before);
            }
            DeliveryState::Dead | DeliveryState::Quarantined => ended.dead += 1,
            DeliveryState::Skipped => ended.skipped += 1,
            DeliveryState::Cancelled => {
                ended.cancelled += 1;
                ended.given_up += u64::from(failed_before);
            }
            DeliveryState::Waiting => ended.retries += u64::from(row.attempt.as_ref().is_some_and(|attempt| attempt.counted)),
            _ => {}
        }
        if let Some(attempt) = &row.attempt {
            ended.attempts += 1;
            ended.busy_ms += attempt.duration_ms;
        }
    }

    /// A dead letter has recovered.
    pub fn note_recovery(&mut self, subscription: SubscriptionId) {
        self.subscriptions.entry(subscription).or_default().recovered += 1;
    }

    fn note_transition(&mut self, plugin: &str, from: &str, to: &str, now: Timestamp) {
        if to == "starting" {
            if self.starting.len() < STARTING_MAX {
                self.starting.insert(plugin.to_owned(), now);
            }
            self.plugins.entry(plugin.to_owned()).or_default().starts += 1;
        } else if from == "starting" {
            let began = self.starting.remove(plugin);
            if to == "running" {
                let took = began.map_or(0, |began| u64::try_from(now.since(began).as_millis()).unwrap_or(u64::MAX));
                let started = self.plugins.entry(plugin.to_owned()).or_default();
                started.loaded += 1;
                started.load_ms += took;
                started.load_ms_max = started.load_ms_max.max(took);
            }
        }
    }

    /// Forgets the step under way and everything remembered: after a rollback it may not be there.
    pub fn forget(&mut self) {
        let starting = std::mem::take(&mut self.starting);
        *self = Self { starting, ..Self::default() };
    }

    /// Writes what was counted, in the step's transaction.
    pub fn write(&mut self, connection: &Connection, numbers: &mut TopicNumbers, now: Timestamp) -> StoreResult<()> {
        self.write_topics(connection, numbers, now)?;
        for (subscription, ended) in std::mem::take(&mut self.subscriptions) {
            for (span, ms, _) in SPANS {
                write_subscription(connection, span, now.as_ms() / ms, subscription, &ended)?;
            }
        }
        for (plugin, started) in std::mem::take(&mut self.plugins) {
            for (span, ms, _) in SPANS {
                write_plugin(connection, span, now.as_ms() / ms, &plugin, started)?;
            }
        }
        for measured in std::mem::take(&mut self.measured) {
            for (span, ms, _) in SPANS {
                write_latency(connection, span, now.as_ms() / ms, &measured)?;
            }
        }
        self.trim(connection, now)
    }

    fn write_topics(&mut self, connection: &Connection, numbers: &mut TopicNumbers, now: Timestamp) -> StoreResult<()> {
        for ((topic, priority), published) in std::mem::take(&mut self.topics) {
            let topic_id = numbers.number(connection, &topic)?;
            write_total(connection, topic_id, published)?;
            let counted = self.counted(connection, topic_id, now)?;
            for (span, ms, _) in SPANS {
                write_topic(connection, span, now.as_ms() / ms, counted, priority, published)?;
            }
        }
        for ((topic, source, actor), published) in std::mem::take(&mut self.producers) {
            let topic_id = numbers.number(connection, &topic)?;
            let key = (topic_id, source, actor);
            let (source, actor) = if self.is_told_apart(connection, &key)? { (key.1.as_str(), key.2.as_str()) } else { ("", "") };
            write_producer(connection, topic_id, source, actor, published)?;
        }
        Ok(())
    }

    /// The number under which a topic is counted in this hour.
    fn counted(&mut self, connection: &Connection, topic_id: i64, now: Timestamp) -> StoreResult<i64> {
        let (span, ms, _) = SPANS[1];
        let hour = now.as_ms() / ms;
        if self.hour.as_ref().is_none_or(|(known, _)| *known != hour) {
            let mut statement = connection.prepare_cached("SELECT DISTINCT topic_id FROM topic_numbers WHERE span = ?1 AND slot = ?2")?;
            let topics = statement.query_map(params![span, hour], |row| row.get(0))?.collect::<Result<_, _>>()?;
            self.hour = Some((hour, topics));
        }
        let Some((_, topics)) = self.hour.as_mut() else { return Ok(OTHER_TOPICS) };
        if topics.contains(&topic_id) || topics.len() < TOPICS_COUNTED_MAX {
            topics.insert(topic_id);
            return Ok(topic_id);
        }
        Ok(OTHER_TOPICS)
    }

    /// Whether a producer has a row of its own. Looked up once.
    fn is_told_apart(&mut self, connection: &Connection, key: &(i64, String, String)) -> StoreResult<bool> {
        if let Some(known) = self.told_apart.get(key) {
            return Ok(*known);
        }
        let find = "SELECT EXISTS (SELECT 1 FROM topic_producers WHERE topic_id = ?1 AND source = ?2 AND actor = ?3)
             OR (SELECT count(*) FROM topic_producers WHERE topic_id = ?1) < ?4";
        let apart = connection.prepare_cached(find)?.query_row(params![key.0, key.1, key.2, PRODUCERS_MAX], |row| row.get(0))?;
        if self.told_apart.len() >= PRODUCERS_REMEMBERED_MAX {
            self.told_apart.clear();
        }
        self.told_apart.insert(key.clone(), apart);
        Ok(apart)
    }

    /// Removes the oldest slot of each table once a minute, so that no step pays for much.
    fn trim(&mut self, connection: &Connection, now: Timestamp) -> StoreResult<()> {
        let minute = now.as_ms() / SPANS[0].1;
        if self.trimmed == Some(minute) {
            return Ok(());
        }
        self.trimmed = Some(minute);
        for table in TABLES {
            let oldest = format!("SELECT slot FROM {table} WHERE span = ?1 ORDER BY slot LIMIT 1");
            let remove = format!("DELETE FROM {table} WHERE span = ?1 AND slot = ?2");
            for (span, ms, kept) in SPANS {
                // Two at a time, so that it catches up after a long time off.
                for _ in 0..2 {
                    let found: Option<u64> = connection.prepare_cached(&oldest)?.query_row([span], |row| row.get(0)).optional()?;
                    let Some(slot) = found.filter(|slot| slot + kept < now.as_ms() / ms) else { break };
                    connection.prepare_cached(&remove)?.execute(params![span, slot])?;
                }
            }
        }
        Ok(())
    }
}

fn write_total(connection: &Connection, topic_id: i64, published: Published) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT INTO topic_totals (topic_id, events, bytes, last_sequence, last_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET events = events + ?2, bytes = bytes + ?3, last_sequence = max(last_sequence, ?4), last_ms = ?5",
        )?
        .execute(params![topic_id, published.events, published.bytes, published.last, published.last_ms])?;
    Ok(())
}

fn write_topic(connection: &Connection, span: u8, slot: u64, topic_id: i64, priority: u8, published: Published) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT INTO topic_numbers (span, slot, topic_id, priority, events, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET events = events + ?5, bytes = bytes + ?6",
        )?
        .execute(params![span, slot, topic_id, priority, published.events, published.bytes])?;
    Ok(())
}

fn write_producer(connection: &Connection, topic_id: i64, source: &str, actor: &str, published: Published) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT INTO topic_producers (topic_id, source, actor, events, last_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET events = events + ?4, last_ms = ?5",
        )?
        .execute(params![topic_id, source, actor, published.events, published.last_ms])?;
    Ok(())
}

fn write_subscription(connection: &Connection, span: u8, slot: u64, id: SubscriptionId, ended: &Ended) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT INTO subscription_numbers (span, slot, subscription_id, done, dead, retries, skipped, cancelled, recovered, mended,
                 given_up, attempts, busy_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT DO UPDATE SET done = done + ?4, dead = dead + ?5, retries = retries + ?6, skipped = skipped + ?7,
                 cancelled = cancelled + ?8, recovered = recovered + ?9, mended = mended + ?10, given_up = given_up + ?11,
                 attempts = attempts + ?12, busy_ms = busy_ms + ?13",
        )?
        .execute(params![
            span,
            slot,
            id.0,
            ended.done,
            ended.dead,
            ended.retries,
            ended.skipped,
            ended.cancelled,
            ended.recovered,
            ended.mended,
            ended.given_up,
            ended.attempts,
            ended.busy_ms,
        ])?;
    Ok(())
}

fn write_plugin(connection: &Connection, span: u8, slot: u64, plugin: &str, started: Started) -> StoreResult<()> {
    connection
        .prepare_cached(
            "INSERT INTO plugin_numbers (span, slot, plugin, starts, loaded, load_ms, load_ms_max) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET starts = starts + ?4, loaded = loaded + ?5, load_ms = load_ms + ?6,
                 load_ms_max = max(load_ms_max, ?7)",
        )?
        .execute(params![span, slot, plugin, started.starts, started.loaded, started.load_ms, started.load_ms_max])?;
    Ok(())
}

fn write_latency(connection: &Connection, span: u8, slot: u64, measured: &Measured) -> StoreResult<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO latency_numbers (span, slot, bucket, number) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET number = number + ?4",
    )?;
    for (bucket, number) in &measured.latency {
        statement.execute(params![span, slot, bucket, number])?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "numbers_test.rs"]
mod tests;
