//! `panotti seal check`: every stored event held against its tag, a page at a time.

use panotti_protocol::api::{CorruptEvent, SealChecked};
use rusqlite::params;
use rusqlite::types::ValueRef;

use super::database::Database;
use super::events;
use crate::daemon::store::failure::{StoreError, StoreResult};

/// Events that one page looks at.
pub const CHECK_EVENTS_MAX: u32 = 1_000;
/// Bytes of payload after which a page ends.
pub const CHECK_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// One page from a row on, and where the next begins, if there is more. Rows are numbered by events' sequences; one that was changed may have
/// any number. Leans on the primary key.
pub fn page(database: &Database, from: i64) -> StoreResult<(SealChecked, Option<i64>)> {
    let columns = events::COLUMNS;
    let mut statement = database.prepare_cached(&format!(
        "SELECT {columns}, payload FROM events LEFT JOIN topics USING (topic_id)
         WHERE events.sequence >= ?1 ORDER BY events.sequence LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![from, CHECK_EVENTS_MAX])?;
    let (mut page, mut bytes) = (SealChecked::default(), 0);
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        page.checked += 1;
        let untagged = matches!(row.get_ref(events::TAG)?, ValueRef::Null);
        match events::from_row(database, row) {
            Ok(found) => {
                page.untagged += u64::from(untagged);
                bytes += found.size_bytes;
            }
            Err(StoreError::Event { why, .. }) => page.corrupt.push(CorruptEvent { sequence: number, why: why.to_string() }),
            Err(error) => return Err(error),
        }
        if bytes >= CHECK_BYTES_MAX || page.checked == u64::from(CHECK_EVENTS_MAX) {
            return Ok((page, number.checked_add(1)));
        }
    }
    Ok((page, None))
}
