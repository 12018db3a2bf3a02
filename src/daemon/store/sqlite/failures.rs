//! Failures grouped by fingerprint. Leans on `deliveries_failed`: only dead letters that stand for themselves are looked at.

use panotti_protocol::api::{ErrorGroup, ErrorsQuery};
use panotti_protocol::delivery::{AttemptError, Cause};
use panotti_protocol::id::EventId;
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, params};

use super::deliveries;
use crate::daemon::store::failure::StoreResult;

/// The groups, largest first.
pub fn groups(connection: &Connection, query: &ErrorsQuery, limit: u32) -> StoreResult<Vec<ErrorGroup>> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(fingerprint, ''), subscriptions.plugin, count(*) AS number, min(ended_ms), max(ended_ms),
             max(deliveries.sequence) AS newest
         FROM deliveries JOIN subscriptions USING (subscription_id)
         WHERE open_failure = 1 AND (?1 IS NULL OR plugin = ?1) AND (?2 IS NULL OR ended_ms >= ?2)
         GROUP BY 1, 2 ORDER BY number DESC, newest DESC LIMIT ?3",
    )?;
    let mut rows = statement.query(params![query.plugin, query.since.map(Timestamp::as_ms), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (fingerprint, plugin): (String, String) = (row.get(0)?, row.get(1)?);
        let (error, cause, eventid) = newest(connection, &fingerprint, &plugin, row.get(5)?)?;
        found.push(ErrorGroup {
            fingerprint,
            plugin,
            error,
            cause,
            count: row.get(2)?,
            first_at: Timestamp::from_ms(row.get::<_, Option<u64>>(3)?.unwrap_or(0)),
            last_at: Timestamp::from_ms(row.get::<_, Option<u64>>(4)?.unwrap_or(0)),
            eventid,
        });
    }
    Ok(found)
}

fn newest(connection: &Connection, fingerprint: &str, plugin: &str, sequence: u64) -> StoreResult<(AttemptError, Cause, EventId)> {
    let query = format!(
        "SELECT {}, eventid FROM deliveries JOIN events USING (sequence) JOIN subscriptions USING (subscription_id)
             LEFT JOIN builds USING (build_id)
         WHERE deliveries.sequence = ?1 AND open_failure = 1 AND coalesce(fingerprint, '') = ?2 AND plugin = ?3 LIMIT 1",
        deliveries::COLUMNS
    );
    let mut statement = connection.prepare_cached(&query)?;
    let (row, eventid) = statement.query_row(params![sequence, fingerprint, plugin], |row| {
        Ok((deliveries::from_row(row)?, EventId::from_bytes(row.get("eventid")?)))
    })?;
    let error = deliveries::last_attempt(connection, &row)?.and_then(|attempt| attempt.error);
    let unknown = AttemptError { class: "unknown".to_owned(), message: String::new(), place: None };
    Ok((error.unwrap_or(unknown), row.cause.unwrap_or(Cause::HandlerError), eventid))
}
