//! `panotti event stats`

use panotti_protocol::api::{Stats, StatsBy, StatsQuery, StatsRow};
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::{When, parse_when};
use crate::cli::output::human::{bytes, count, duration_ms, rate};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["attempt_ms", "bytes", "dead", "deliveries", "done", "events", "key", "rate", "retries", "skipped"];

/// Count what was published and what became of it
///
/// From counters that are kept with the writes, so that asking costs nothing: exact to a minute for the last 3 hours and to an hour for
/// 30 days. --by topic and priority count events, --by plugin and status count deliveries. RATE is a second, over the whole time.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event stats\n  panotti event stats --by topic --since 1d\n  panotti event stats --by plugin -o json"
)]
pub struct StatsArgs {
    /// Break it down: all, topic, plugin, status, priority
    #[arg(long, value_name = "WHAT", default_value = "all")]
    pub by: StatsBy,
    /// Counted since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when, default_value = "1h")]
    pub since: When,
    /// Leave the line with the column names out
    #[arg(long)]
    pub no_headers: bool,
}

/// Counts it.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: StatsArgs, context: &Context) -> Outcome {
    let query = StatsQuery { by: Some(args.by), since: Some(args.since.resolve(now())) };
    let stats = context.client()?.event_stats(&query).await?;
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
    Ok(exit::OK)
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
