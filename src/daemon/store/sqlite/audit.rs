//! The audit: records that are only ever added, each with the hash of the one before. Written in the transaction of the change that it is
//! about, so that neither is there without the other (semantics rule 21).

use panotti_core::origin::{AuditEntry, Origin, Stamped};
use panotti_protocol::api::{AuditQuery, AuditRecord, Decision, Order};
use panotti_protocol::id::StoreId;
use panotti_protocol::limits::AUDIT_TEXT_BYTES_MAX;
use panotti_protocol::time::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::audit::chain::{ChainHead, from_hexadecimal};
use crate::daemon::redact;
use crate::daemon::store::failure::{StoreError, StoreResult};

/// Records that one page of a list looks at for its filters; what it has found by then is the page.
pub const SCANNED_MAX: u32 = 10_000;
/// Records chained at a time when an older store is upgraded.
const UPGRADE_PAGE: u32 = 1_000;

/// Writes an entry that was allowed, without a request behind it.
pub fn append(connection: &Connection, head: &mut ChainHead, entry: &AuditEntry, now: Timestamp) -> StoreResult<()> {
    write(connection, head, (entry, Decision::Allowed, &Origin::default()), now)
}

/// Writes an entry with how it was decided and the request behind it.
pub fn append_stamped(connection: &Connection, head: &mut ChainHead, stamped: &Stamped, now: Timestamp) -> StoreResult<()> {
    let nobody = Origin::default();
    write(connection, head, (&stamped.entry, stamped.decision, stamped.origin.as_deref().unwrap_or(&nobody)), now)
}

fn write(
    connection: &Connection,
    head: &mut ChainHead,
    (entry, decision, origin): (&AuditEntry, Decision, &Origin),
    now: Timestamp,
) -> StoreResult<()> {
    let mut record = AuditRecord {
        number: 0,
        at: now,
        actor: written(&entry.actor),
        key: origin.key.clone(),
        peer: origin.peer.clone(),
        action: entry.action.clone(),
        object: written(&entry.object),
        decision: decision.as_str().to_owned(),
        reason: written(&entry.reason),
        detail: written(&entry.detail),
        request_id: origin.request.clone(),
        previous_hash: String::new(),
        hash: String::new(),
    };
    let previous = head.hash;
    head.append(&mut record);
    connection
        .prepare_cached(
            "INSERT INTO audit (entry, at_ms, actor, key, peer, action, object, decision, reason, detail, request, previous_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            record.number,
            record.at.as_ms(),
            record.actor,
            record.key,
            record.peer,
            record.action,
            record.object,
            record.decision,
            record.reason,
            record.detail,
            record.request_id,
            previous.as_slice(),
            head.hash.as_slice(),
        ])?;
    Ok(())
}

/// A text as a record has it: without secrets, and cut where it is too long. In this order: a piece of a secret is not known as one.
fn written(text: &str) -> String {
    let mut text = redact::text(text).into_owned();
    text.truncate(text.floor_char_boundary(AUDIT_TEXT_BYTES_MAX));
    text
}

/// How far the chain goes.
///
/// # Errors
/// [`StoreError::Corrupt`] where the last record has no hash: then nothing can follow it.
pub fn head(connection: &Connection, store: StoreId) -> StoreResult<ChainHead> {
    let last = connection.query_row("SELECT entry, hash FROM audit ORDER BY entry DESC LIMIT 1", [], |row| {
        Ok((row.get::<_, u64>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
    });
    match last.optional()? {
        None => Ok(ChainHead::empty(store)),
        Some((number, hash)) => {
            let hash = hash.and_then(|hash| hash.try_into().ok());
            let hash = hash.ok_or_else(|| StoreError::Corrupt(format!("record {number} of the audit has no hash")))?;
            Ok(ChainHead { number, hash })
        }
    }
}

/// Chains what versions before the chain have written, in the transaction of the upgrade. They are what they are by then: what happened
/// to them before cannot be proven, and a record says so.
pub fn chain_old(connection: &Connection, store: StoreId, from_format: u32, now: Timestamp) -> StoreResult<()> {
    let mut head = ChainHead::empty(store);
    loop {
        let page = after(connection, head.number, UPGRADE_PAGE)?;
        for mut record in page.iter().cloned() {
            let (number, previous) = (record.number, head.hash);
            head.append(&mut record);
            connection.prepare_cached("UPDATE audit SET entry = ?2, previous_hash = ?3, hash = ?4 WHERE entry = ?1")?.execute(params![
                number,
                record.number,
                previous.as_slice(),
                head.hash.as_slice()
            ])?;
        }
        if page.len() < UPGRADE_PAGE as usize {
            break;
        }
    }
    let entry = AuditEntry {
        actor: "daemon".to_owned(),
        action: "store.upgrade".to_owned(),
        object: format!("format {}", super::connection::FORMAT),
        reason: String::new(),
        detail: format!("from format {from_format}; the {} records before this one were chained now", head.number),
    };
    append(connection, &mut head, &entry, now)
}

const COLUMNS: &str = "entry, at_ms, actor, key, peer, action, object, decision, reason, detail, request, previous_hash, hash";

/// Reads a record so that one that was tampered with is read too: what is no text becomes one that no record has.
fn record(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    let text = |at: usize| -> rusqlite::Result<Option<String>> {
        Ok(match row.get_ref(at)? {
            ValueRef::Null => None,
            ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            other => Some(format!("{other:?}")),
        })
    };
    let needed = |at: usize| Ok::<_, rusqlite::Error>(text(at)?.unwrap_or_default());
    let number = |at: usize| Ok::<_, rusqlite::Error>(u64::try_from(row.get::<_, i64>(at)?).unwrap_or(u64::MAX));
    let hash = |at: usize| match row.get_ref(at)? {
        ValueRef::Blob(bytes) => Ok::<_, rusqlite::Error>(data_encoding::HEXLOWER.encode(bytes)),
        _ => Ok(String::new()),
    };
    Ok(AuditRecord {
        number: number(0)?,
        at: Timestamp::from_ms(number(1)?),
        actor: needed(2)?,
        key: text(3)?,
        peer: text(4)?,
        action: needed(5)?,
        object: needed(6)?,
        decision: needed(7)?,
        reason: needed(8)?,
        detail: needed(9)?,
        request_id: text(10)?,
        previous_hash: hash(11)?,
        hash: hash(12)?,
    })
}

/// Records after a number, in their order.
pub fn after(connection: &Connection, number: u64, limit: u32) -> StoreResult<Vec<AuditRecord>> {
    // Numbers below 1 are nobody's: a record that was given one stands before all others and is read with them.
    let (compared, number) = if number == 0 { ("?1 = 0", 0) } else { ("entry > ?1", number.min(i64::MAX as u64)) };
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM audit WHERE {compared} ORDER BY entry LIMIT ?2"))?;
    let rows = statement.query_map(params![number, limit], record)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The head of the chain up to a record, as the record says; `None` where it is not there.
pub fn head_at(connection: &Connection, number: u64) -> StoreResult<Option<ChainHead>> {
    let found = connection.query_row(&format!("SELECT {COLUMNS} FROM audit WHERE entry = ?1"), [number], record).optional()?;
    Ok(found.and_then(|record| Some(ChainHead { number, hash: from_hexadecimal(&record.hash)? })))
}

/// The number before the first record that was written then or later.
pub fn before_time(connection: &Connection, since: Timestamp) -> StoreResult<u64> {
    // Looks at all of them, by the index of times: a clock may have gone back between two starts.
    let found =
        connection.query_row("SELECT min(entry) FROM audit INDEXED BY audit_by_time WHERE at_ms >= ?1", [since.as_ms()], |row| {
            row.get::<_, Option<u64>>(0)
        })?;
    match found {
        Some(first) => Ok(first.saturating_sub(1)),
        None => Ok(connection.query_row("SELECT coalesce(max(entry), 0) FROM audit", [], |row| row.get(0))?),
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct AuditPage {
    /// What fits.
    pub items: Vec<AuditRecord>,
    /// The last record that was looked at, where there are more behind it.
    pub next: Option<u64>,
}

/// A page of the records that fit, from a place on. At most [`SCANNED_MAX`] are looked at.
pub fn page(connection: &Connection, query: &AuditQuery, place: Option<u64>, limit: u32) -> StoreResult<AuditPage> {
    let oldest_first = query.order == Some(Order::Oldest);
    let (condition, order) = if oldest_first { ("entry > ?1", "") } else { ("entry < ?1 AND entry > ?2", "DESC") };
    let least = match query.since {
        Some(since) => query.after.unwrap_or(0).max(before_time(connection, since)?),
        None => query.after.unwrap_or(0),
    };
    let least = least.min(i64::MAX as u64);
    let start = match (place, oldest_first) {
        (Some(place), _) => place,
        (None, true) => least,
        (None, false) => i64::MAX as u64,
    };
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE {condition} AND ?2 >= 0 ORDER BY entry {order} LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![start, least, SCANNED_MAX + 1])?;
    let (mut items, mut last, mut scanned) = (Vec::new(), start, 0);
    while let Some(row) = rows.next()? {
        if items.len() == limit as usize || scanned == SCANNED_MAX {
            return Ok(AuditPage { items, next: Some(last) });
        }
        let record = record(row)?;
        (last, scanned) = (record.number, scanned + 1);
        if fits(query, &record) {
            items.push(record);
        }
    }
    Ok(AuditPage { items, next: None })
}

fn fits(query: &AuditQuery, record: &AuditRecord) -> bool {
    let text = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|pattern| matches(pattern, found));
    text(&query.actor, &record.actor)
        && text(&query.action, &record.action)
        && text(&query.object, &record.object)
        && query.decision.is_none_or(|decision| decision.as_str() == record.decision)
        && query.since.is_none_or(|since| record.at >= since)
        && query.until.is_none_or(|until| record.at < until)
}

/// Whether a text fits a pattern in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').map_or(("", rest), |(middle, end)| (middle, end));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in [("plugin.*", "plugin.enable"), ("*", ""), ("*.set", "config.set"), ("a*b*c", "a-b-b-c"), ("same", "same")] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("plugin.*", "plugins"), ("*.set", "config.unset.x"), ("a*b*c", "a-c"), ("ab*ba", "aba"), ("same", "some")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn rule_21_a_text_of_a_record_is_cut_between_two_characters() {
        assert_eq!(written(&"é".repeat(200_000)).len(), AUDIT_TEXT_BYTES_MAX);
        assert_eq!(written(&format!("x{}", "é".repeat(200_000))).len(), AUDIT_TEXT_BYTES_MAX - 1);
    }
}
