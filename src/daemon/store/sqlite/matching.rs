//! `event stats --filter`: what stored events that match a filter come to. The counters know nothing of filters, so events are looked at,
//! a page at a time.

use std::collections::BTreeMap;

use panotti_core::event::StoredEvent;
use panotti_filter::expression::Filter;
use panotti_protocol::api::{Delivery, EventsQuery, StatsBy, StatsRow};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;
use rusqlite::params;

use super::database::Database;
use super::events::{self, Found};
use super::masks::Masks;
use super::readers::READ_BYTES_MAX;
use super::views::{LIST_SCAN_MAX, Names, bounds};
use crate::daemon::store::failure::StoreResult;

/// One page, counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// What of it matched, broken down.
    pub items: Vec<StatsRow>,
    /// Events that were looked at.
    pub scanned: u64,
    /// Where the page ended, if there is more.
    pub place: Option<Sequence>,
}

/// Counts one page, the oldest events first. Leans on the primary key and looks at [`LIST_SCAN_MAX`] events, or into [`READ_BYTES_MAX`] of
/// payload.
pub fn page(
    connection: &Database,
    names: &Names,
    (by, filter, since): (StatsBy, &Filter, Timestamp),
    place: Option<Sequence>,
) -> StoreResult<Counted> {
    let span = EventsQuery { since: Some(since), ..EventsQuery::default() };
    let (low, _) = bounds(connection, &span, place, false)?;
    let columns = format!("{}{}", events::COLUMNS, if filter.reads_data() { ", payload" } else { "" });
    let sql = format!("SELECT {columns} FROM events LEFT JOIN topics USING (topic_id) WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![low, LIST_SCAN_MAX])?;
    let masks = Masks::new(connection);
    let mut tally = Tally { by, rows: BTreeMap::new() };
    let (mut scanned, mut last, mut bytes) = (0, None, 0);
    while bytes < READ_BYTES_MAX
        && let Some(row) = rows.next()?
    {
        scanned += 1;
        last = Some(Sequence(row.get(0)?));
        let Some(Found { event, size_bytes }) = events::intact(events::from_row(connection, row))? else { continue };
        bytes += if filter.reads_data() { size_bytes } else { 0 };
        if !masks.evaluate(filter, &event)?.matched {
            continue;
        }
        tally.event(&event, size_bytes);
        if matches!(by, StatsBy::All | StatsBy::Plugin | StatsBy::Status) {
            names.deliveries(connection, &event)?.iter().for_each(|(_, delivery)| tally.delivery(delivery));
        }
    }
    Ok(Counted { items: tally.items(), scanned, place: last.filter(|_| scanned == u64::from(LIST_SCAN_MAX) || bytes >= READ_BYTES_MAX) })
}

struct Tally {
    by: StatsBy,
    rows: BTreeMap<String, StatsRow>,
}

impl Tally {
    fn row(&mut self, key: &str) -> &mut StatsRow {
        self.rows.entry(key.to_owned()).or_insert_with(|| StatsRow { key: key.to_owned(), ..StatsRow::default() })
    }

    fn event(&mut self, event: &StoredEvent, bytes: u64) {
        let row = match self.by {
            StatsBy::All => self.row("all"),
            StatsBy::Topic => self.row(event.draft.topic.as_str()),
            StatsBy::Priority => self.row(event.draft.priority.as_str()),
            StatsBy::Plugin | StatsBy::Status => return,
        };
        *row.events.get_or_insert(0) += 1;
        *row.bytes.get_or_insert(0) += bytes;
    }

    fn delivery(&mut self, delivery: &Delivery) {
        let row = match self.by {
            StatsBy::All => self.row("all"),
            StatsBy::Plugin => self.row(&delivery.plugin),
            StatsBy::Status => {
                *self.row(delivery.state.as_str()).deliveries.get_or_insert(0) += 1;
                return;
            }
            StatsBy::Topic | StatsBy::Priority => return,
        };
        *row.done.get_or_insert(0) += u64::from(delivery.state == DeliveryState::Done);
        *row.dead.get_or_insert(0) += u64::from(delivery.state.is_failed());
        *row.skipped.get_or_insert(0) += u64::from(delivery.state == DeliveryState::Skipped);
    }

    fn items(self) -> Vec<StatsRow> {
        self.rows.into_values().collect()
    }
}
