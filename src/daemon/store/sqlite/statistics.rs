//! Reading the numbers that [`super::numbers`] keeps. Every query goes over the slots of a time that is bounded, never over events.

use std::collections::BTreeMap;

use panotti_core::meter;
use panotti_core::meter::Measured;
use panotti_core::routing::SubscriptionId;
use panotti_protocol::api::{MeanMax, Quantiles, Rates, Share, StatsBy, StatsRow};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::event::Priority;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, Row, params};

use super::numbers::{Ended, HOURS_KEPT, MINUTES_KEPT, SPANS};
use crate::daemon::store::failure::StoreResult;

/// Slots from one on, in minutes or in hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    span: u8,
    slot: u64,
    /// The beginning of the first slot.
    pub from: Timestamp,
    /// Now.
    pub to: Timestamp,
}

impl Window {
    /// The window that begins with the slot in which `since` is: a minute where those are still kept, else an hour.
    pub fn since(since: Timestamp, now: Timestamp) -> Self {
        let (minutes, hours) = (SPANS[0], SPANS[1]);
        let in_minutes = now.as_ms() / minutes.1 < since.as_ms() / minutes.1 + MINUTES_KEPT;
        let (span, ms, _) = if in_minutes { minutes } else { hours };
        let oldest = if in_minutes { 0 } else { (now.as_ms() / ms).saturating_sub(HOURS_KEPT) };
        let slot = (since.as_ms() / ms).max(oldest);
        Self { span, slot, from: Timestamp::from_ms(slot * ms), to: now }
    }

    /// The last whole minute and what has passed of this one.
    pub fn recent(now: Timestamp) -> Self {
        let (span, ms, _) = SPANS[0];
        let slot = (now.as_ms() / ms).saturating_sub(1);
        Self { span, slot, from: Timestamp::from_ms(slot * ms), to: now }
    }

    /// So many over the window, a second.
    pub fn rate(&self, number: u64) -> f64 {
        let seconds = self.to.since(self.from).as_secs_f64().max(1.0);
        // Three digits are as exact as it is.
        (number as f64 / seconds * 1_000.0).round() / 1_000.0
    }
}

const OUTCOMES: &str = "coalesce(sum(done), 0), coalesce(sum(dead), 0), coalesce(sum(retries), 0), coalesce(sum(skipped), 0),
    coalesce(sum(cancelled), 0), coalesce(sum(recovered), 0), coalesce(sum(mended), 0), coalesce(sum(given_up), 0),
    coalesce(sum(attempts), 0), coalesce(sum(busy_ms), 0)";

fn outcomes_row(row: &Row<'_>) -> rusqlite::Result<Ended> {
    Ok(Ended {
        done: row.get(0)?,
        dead: row.get(1)?,
        retries: row.get(2)?,
        skipped: row.get(3)?,
        cancelled: row.get(4)?,
        recovered: row.get(5)?,
        mended: row.get(6)?,
        given_up: row.get(7)?,
        attempts: row.get(8)?,
        busy_ms: row.get(9)?,
    })
}

fn outcomes(connection: &Connection, window: Window) -> StoreResult<Ended> {
    let sql = format!("SELECT {OUTCOMES} FROM subscription_numbers WHERE span = ?1 AND slot >= ?2");
    Ok(connection.prepare_cached(&sql)?.query_row(params![window.span, window.slot], outcomes_row)?)
}

/// Events and bytes in a window.
fn published(connection: &Connection, window: Window) -> StoreResult<(u64, u64)> {
    let sql = "SELECT coalesce(sum(events), 0), coalesce(sum(bytes), 0) FROM topic_numbers WHERE span = ?1 AND slot >= ?2";
    Ok(connection.prepare_cached(sql)?.query_row(params![window.span, window.slot], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The numbers of a window, broken down.
pub fn rows(connection: &Connection, by: StatsBy, window: Window) -> StoreResult<Vec<StatsRow>> {
    match by {
        StatsBy::All => {
            let (events, bytes) = published(connection, window)?;
            let row =
                StatsRow { events: Some(events), bytes: Some(bytes), ..ended_row("all".to_owned(), outcomes(connection, window)?, window) };
            Ok(vec![StatsRow { rate: Some(window.rate(events)), ..row }])
        }
        StatsBy::Topic => by_topic(connection, window),
        StatsBy::Priority => by_priority(connection, window),
        StatsBy::Plugin => by_plugin(connection, window),
        StatsBy::Status => by_status(connection, window),
    }
}

fn published_row(key: String, events: u64, bytes: u64, window: Window) -> StatsRow {
    StatsRow { key, events: Some(events), bytes: Some(bytes), rate: Some(window.rate(events)), ..StatsRow::default() }
}

fn ended_row(key: String, outcomes: Ended, window: Window) -> StatsRow {
    StatsRow {
        key,
        done: Some(outcomes.done),
        dead: Some(outcomes.dead),
        retries: Some(outcomes.retries),
        skipped: Some(outcomes.skipped),
        attempt_ms: (outcomes.attempts > 0).then(|| outcomes.busy_ms as f64 / outcomes.attempts as f64),
        rate: Some(window.rate(outcomes.done + outcomes.dead)),
        ..StatsRow::default()
    }
}

fn by_topic(connection: &Connection, window: Window) -> StoreResult<Vec<StatsRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(topic, '(others)'), sum(events) AS number, sum(bytes) FROM topic_numbers LEFT JOIN topics USING (topic_id)
         WHERE span = ?1 AND slot >= ?2 GROUP BY topic_id ORDER BY number DESC, 1",
    )?;
    let rows =
        statement.query_map(params![window.span, window.slot], |row| Ok(published_row(row.get(0)?, row.get(1)?, row.get(2)?, window)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn by_priority(connection: &Connection, window: Window) -> StoreResult<Vec<StatsRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT priority, sum(events) AS number, sum(bytes) FROM topic_numbers WHERE span = ?1 AND slot >= ?2
         GROUP BY priority ORDER BY number DESC",
    )?;
    let rows = statement.query_map(params![window.span, window.slot], |row| {
        let priority = Priority::from_number(row.get(0)?).unwrap_or(Priority::Normal);
        Ok(published_row(priority.to_string(), row.get(1)?, row.get(2)?, window))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn by_plugin(connection: &Connection, window: Window) -> StoreResult<Vec<StatsRow>> {
    // The subscriptions have counts of the same names: so the sums are made before the names are joined.
    let sql = format!(
        "SELECT {OUTCOMES}, plugin FROM (SELECT * FROM subscription_numbers WHERE span = ?1 AND slot >= ?2)
             JOIN (SELECT subscription_id, plugin FROM subscriptions) USING (subscription_id)
         GROUP BY plugin ORDER BY sum(done) + sum(dead) DESC, plugin"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![window.span, window.slot], |row| Ok(ended_row(row.get(10)?, outcomes_row(row)?, window)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// States that deliveries come to. Those that they are in for a while are counted by the caller.
fn by_status(connection: &Connection, window: Window) -> StoreResult<Vec<StatsRow>> {
    let came = outcomes(connection, window)?;
    let states = [
        (DeliveryState::Done, came.done),
        (DeliveryState::Dead, came.dead),
        (DeliveryState::Skipped, came.skipped),
        (DeliveryState::Cancelled, came.cancelled),
        (DeliveryState::Recovered, came.recovered),
    ];
    let row = |(state, number): (DeliveryState, u64)| StatsRow {
        key: state.to_string(),
        deliveries: Some(number),
        rate: Some(window.rate(number)),
        ..StatsRow::default()
    };
    Ok(states.map(row).into())
}

/// How fast everything goes now.
pub fn rates(connection: &Connection, now: Timestamp) -> StoreResult<Rates> {
    let window = Window::recent(now);
    let ended = outcomes(connection, window)?;
    Ok(Rates { accepted: window.rate(published(connection, window)?.0), done: window.rate(ended.done), dead: window.rate(ended.dead) })
}

/// Deliveries of one subscription that end a second now. Leans on the primary key.
pub fn subscription_rate(connection: &Connection, id: SubscriptionId, now: Timestamp) -> StoreResult<f64> {
    let window = Window::recent(now);
    let sql =
        "SELECT coalesce(sum(done + dead), 0) FROM subscription_numbers WHERE span = ?1 AND slot IN (?2, ?2 + 1) AND subscription_id = ?3";
    let ended = connection.prepare_cached(sql)?.query_row(params![window.span, window.slot, id.0], |row| row.get(0))?;
    Ok(window.rate(ended))
}

/// Events of one topic a second now. Leans on the primary key.
pub fn topic_rate(connection: &Connection, topic_id: i64, now: Timestamp) -> StoreResult<f64> {
    let window = Window::recent(now);
    let sql = "SELECT coalesce(sum(events), 0) FROM topic_numbers WHERE span = ?1 AND slot IN (?2, ?2 + 1) AND topic_id = ?3";
    let events = connection.prepare_cached(sql)?.query_row(params![window.span, window.slot, topic_id], |row| row.get(0))?;
    Ok(window.rate(events))
}

/// The shares and times of semantics.md that the store knows.
#[derive(Debug, Clone)]
pub struct Indicators {
    /// Deliveries done / deliveries ended.
    pub success: Share,
    /// Failed and later succeeded / failed and resolved.
    pub recovery: Share,
    /// Publisher's call to handler's start.
    pub latency_ms: Quantiles,
    /// Starting to running.
    pub plugin_load_ms: MeanMax,
    /// Starts that reached running / starts.
    pub plugin_load: Share,
    /// Minutes ready / minutes since the first start.
    pub uptime: Share,
}

/// Reads them. `measured` is what was measured and is not stored yet.
pub fn indicators(connection: &Connection, window: Window, measured: &Measured) -> StoreResult<Indicators> {
    let ended = outcomes(connection, window)?;
    let mended = ended.mended + ended.recovered;
    let (starts, loaded, load_ms, max): (u64, u64, u64, u64) = connection
        .prepare_cached(
            "SELECT coalesce(sum(starts), 0), coalesce(sum(loaded), 0), coalesce(sum(load_ms), 0), coalesce(max(load_ms_max), 0)
             FROM plugin_numbers WHERE span = ?1 AND slot >= ?2",
        )?
        .query_row(params![window.span, window.slot], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    Ok(Indicators {
        success: Share::new(ended.done, ended.done + ended.dead + ended.cancelled),
        recovery: Share::new(mended, mended + ended.given_up),
        latency_ms: latency(connection, window, measured)?,
        plugin_load_ms: MeanMax { mean: (loaded > 0).then(|| load_ms as f64 / loaded as f64), max: (loaded > 0).then_some(max) },
        plugin_load: Share::new(loaded.min(starts), starts),
        uptime: uptime(connection, window)?,
    })
}

fn latency(connection: &Connection, window: Window, measured: &Measured) -> StoreResult<Quantiles> {
    let mut statement = connection
        .prepare_cached("SELECT bucket, sum(number) FROM latency_numbers WHERE span = ?1 AND slot >= ?2 GROUP BY bucket ORDER BY bucket")?;
    let rows = statement.query_map(params![window.span, window.slot], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut buckets: BTreeMap<u8, u64> = rows.collect::<Result<_, _>>()?;
    for (bucket, number) in &measured.latency {
        *buckets.entry(*bucket).or_default() += number;
    }
    let buckets: Vec<(u8, u64)> = buckets.into_iter().collect();
    Ok(Quantiles {
        measured: buckets.iter().map(|(_, number)| number).sum(),
        p50: meter::quantile(&buckets, 0.5),
        p95: meter::quantile(&buckets, 0.95),
        p99: meter::quantile(&buckets, 0.99),
    })
}

/// A row is written in every minute in which the daemon is ready; the store's first is its first start.
fn uptime(connection: &Connection, window: Window) -> StoreResult<Share> {
    let first: Option<u64> = connection.prepare_cached("SELECT min(minute) FROM uptime")?.query_row([], |row| row.get(0))?;
    let (from, to) = (window.from.as_ms() / 60_000, window.to.as_ms() / 60_000);
    let Some(first) = first.map(|first| first.max(from)) else { return Ok(Share::default()) };
    let count = "SELECT count(*) FROM uptime WHERE minute BETWEEN ?1 AND ?2";
    let ready: u64 = connection.prepare_cached(count)?.query_row([first, to], |row| row.get(0))?;
    Ok(Share::new(ready, (to + 1).saturating_sub(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_exact_to_a_minute_for_three_hours_and_then_to_an_hour_for_thirty_days() {
        let hour = 3_600_000;
        let now = Timestamp::from_ms(1_000 * hour + 61_000);

        let near = Window::since(Timestamp::from_ms(1_000 * hour), now);
        let far = Window::since(Timestamp::from_ms(900 * hour + 5), now);
        let too_far = Window::since(Timestamp::from_ms(5), now);

        assert_eq!((near.span, near.from), (0, Timestamp::from_ms(1_000 * hour)));
        assert_eq!((far.span, far.from), (1, Timestamp::from_ms(900 * hour)));
        assert_eq!(too_far.from, Timestamp::from_ms((1_000 - HOURS_KEPT) * hour));
        assert_eq!(Window::recent(now).rate(122), 2.0, "one whole minute and the second that has passed");
    }
}
