//! `panotti event stats`

use panotti_protocol::api::{Stats, StatsBy, StatsQuery, StatsRow};
use panotti_protocol::failure::{Failure, exit};

use crate::cli::context::{Context, Outcome, now};
use crate::cli::event_selection::parse_filter;
use crate::cli::globals::{When, parse_when};
use crate::cli::output::human::{bytes, count, counted, duration_ms, rate};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

/// Events that one command looks at for a filter; then it stops and says so.
const SCANNED_MAX: u64 = 1_000_000;

const FIELDS: &[&str] = &["attempt_ms", "bytes", "dead", "deliveries", "done", "events", "key", "rate", "retries", "skipped"];

/// Count what was published and what became of it
///
/// From counters that are kept with the writes, so that asking costs nothing: exact to a minute for the last 3 hours and to an hour for
/// 30 days. --by topic and priority count events, --by plugin and status count deliveries. RATE is a second, over the whole time.
/// With --filter stored events are looked at instead: the figures are of what is stored, with its deliveries as they are now.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event stats\n  panotti event stats --by topic --since 1d\n  panotti event stats --by plugin -o json\n  panotti event stats --by topic --since 1d --filter 'data.duration > 5'"
)]
pub struct StatsArgs {
    /// Break it down: all, topic, plugin, status, priority
    #[arg(long, value_name = "WHAT", default_value = "all")]
    pub by: StatsBy,
    /// Counted since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when, default_value = "1h")]
    pub since: When,
    /// Count only stored events that match this filter, such as 'data.duration > 5'; see `panotti help filters`
    #[arg(long, value_name = "EXPR", value_parser = parse_filter)]
    pub filter: Option<String>,
    /// Leave the line with the column names out
    #[arg(long)]
    pub no_headers: bool,
}

/// Counts it.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: StatsArgs, context: &Context) -> Outcome {
    let since = Some(args.since.resolve(now()));
    let stats = fetch(StatsQuery { by: Some(args.by), since, filter: args.filter, cursor: None }, context).await?;
    let footer = match context.output.terminal() {
        true => format!("since {}", context.output.time.ago(stats.from)),
        false => String::new(),
    };
    context.output.list(Listing {
        items: to_values(&stats.items)?,
        table: table(&stats),
        id: "key",
        fields: FIELDS,
        footer,
        no_headers: args.no_headers,
    })?;
    if let Some(scanned) = stats.scanned {
        let whole =
            if stats.next_cursor.is_none() { "all that are stored of this time" } else { "and stopped there: choose a later --since" };
        context.output.remark(&format!("looked at {}, {whole}", counted(scanned, "event")));
    }
    Ok(exit::OK)
}

/// Reads the numbers; with a filter page after page, added up.
async fn fetch(mut query: StatsQuery, context: &Context) -> Result<Stats, Failure> {
    let mut client = context.client()?;
    let mut all = client.event_stats(&query).await?;
    while all.next_cursor.is_some() && all.scanned.is_some_and(|scanned| scanned < SCANNED_MAX) {
        query.cursor = all.next_cursor.take();
        let page = client.event_stats(&query).await?;
        all.scanned = all.scanned.zip(page.scanned).map(|(before, more)| before + more);
        all.next_cursor = page.next_cursor;
        for row in page.items {
            match all.items.iter_mut().find(|known| known.key == row.key) {
                Some(known) => add(known, &row),
                None => all.items.push(row),
            }
        }
    }
    if all.scanned.is_some() {
        all.items.sort_by_key(|row| (std::cmp::Reverse(row.events.or(row.deliveries).or(row.done)), row.key.clone()));
    }
    Ok(all)
}

/// Adds what another page has of the same key.
fn add(known: &mut StatsRow, more: &StatsRow) {
    let pairs = [
        (&mut known.events, more.events),
        (&mut known.bytes, more.bytes),
        (&mut known.deliveries, more.deliveries),
        (&mut known.done, more.done),
        (&mut known.dead, more.dead),
        (&mut known.skipped, more.skipped),
    ];
    for (known, more) in pairs {
        *known = known.map_or(more, |known| Some(known + more.unwrap_or(0)));
    }
}

/// The columns that make sense for what it is broken down by.
fn table(stats: &Stats) -> Table {
    let number = |number: Option<u64>| number.map_or("-".to_owned(), count);
    let events = |row: &StatsRow| vec![number(row.events), row.bytes.map_or("-".to_owned(), bytes)];
    let ended = |row: &StatsRow| {
        let attempt = row.attempt_ms.map_or("-".to_owned(), |ms| duration_ms(ms.round() as u64));
        vec![number(row.done), number(row.dead), number(row.retries), number(row.skipped), attempt]
    };
    let (published, outcomes) = (["EVENTS", "SIZE"], ["DONE", "DEAD", "RETRIES", "SKIPPED", "ATTEMPT"]);
    let names: Vec<&str> = match stats.by {
        StatsBy::All => published.into_iter().chain(outcomes).collect(),
        StatsBy::Topic | StatsBy::Priority => published.to_vec(),
        StatsBy::Plugin => outcomes.to_vec(),
        StatsBy::Status => vec!["DELIVERIES"],
    };
    let mut columns = vec![left(&stats.by.as_str().to_uppercase())];
    columns.extend(names.into_iter().map(right));
    columns.push(right("RATE"));
    let mut table = Table::new(columns);
    for row in &stats.items {
        let mut cells = vec![row.key.clone()];
        cells.extend(match stats.by {
            StatsBy::All => [events(row), ended(row)].concat(),
            StatsBy::Topic | StatsBy::Priority => events(row),
            StatsBy::Plugin => ended(row),
            StatsBy::Status => vec![number(row.deliveries)],
        });
        cells.push(row.rate.map_or("-".to_owned(), rate));
        table.row(cells);
    }
    table
}
