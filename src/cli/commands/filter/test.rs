//! `panotti filter test`

use panotti_protocol::api::{Filtered, FilteredQuery};
use panotti_protocol::failure::exit;
use panotti_protocol::topic::TopicPattern;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::event_selection::parse_filter;
use crate::cli::globals::{When, parse_when};
use crate::cli::output::human::{count, counted, green, safe, yellow};

/// Events that one command looks at; then it stops and says so.
const SCANNED_MAX: u64 = 1_000_000;

/// Try a filter on stored events: how many it matches, and why one event does not
///
/// Nothing is changed.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti filter test 'data.amount > 1000' --since 1d\n  panotti filter test 'data.amount > 1000' --event @last"
)]
pub struct TestArgs {
    /// The filter; see `panotti help filters`
    #[arg(value_name = "EXPR", value_parser = parse_filter)]
    pub filter: String,
    /// Only events of these topics; quote the pattern
    #[arg(long, value_name = "PATTERN")]
    pub topic: Option<TopicPattern>,
    /// Accepted since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub since: Option<When>,
    /// Only this event, and why it does not match
    #[arg(long, value_name = "EVT", conflicts_with_all = ["topic", "since"])]
    pub event: Option<String>,
}

/// Tries it.
///
/// # Errors
/// `filter.invalid`, `event.not_found`, or another failure of the daemon.
pub async fn run(args: TestArgs, context: &Context) -> Outcome {
    if let Some(event) = &args.event {
        return one(event, &args.filter, context).await;
    }
    let since = args.since.map(|since| since.resolve(now()));
    let mut query = FilteredQuery { filter: args.filter, topic: args.topic, since, cursor: None };
    let mut client = context.client()?;
    let mut total = Filtered::default();
    loop {
        let page = client.filtered(&query).await?;
        total.scanned += page.scanned;
        total.events += page.events;
        total.matched += page.matched;
        total.missing += page.missing;
        total.gave_up += page.gave_up;
        query.cursor = page.next_cursor;
        if query.cursor.is_none() || total.scanned >= SCANNED_MAX {
            break;
        }
    }
    let stopped = query.cursor.is_some();
    total.next_cursor = query.cursor;
    context.output.action(&total, "", || text(&total))?;
    if stopped {
        context.output.remark(&yellow(&format!("! looked at {} and stopped there; give --since", counted(total.scanned, "event"))));
    }
    Ok(exit::OK)
}

fn text(total: &Filtered) -> String {
    let mut text = format!("{} of {} matched", count(total.matched), counted(total.events, "event"));
    for (number, what) in [(total.missing, "a field was missing or of another type"), (total.gave_up, "the filter took too many steps")] {
        if number > 0 {
            text.push_str(&format!("   of {} {what}", count(number)));
        }
    }
    text
}

async fn one(event: &str, filter: &str, context: &Context) -> Outcome {
    let found = context.client()?.event_filtered(event, filter).await?;
    context.output.action(&found, "", || match &found.why {
        None => format!("{} {event} matches", green("✓")),
        Some(why) => format!(
            "{} {event} does not match\n  clause    {}\n  expected  {}\n  actual    {}",
            yellow("✗"),
            safe(&why.clause),
            safe(&why.expected),
            safe(&why.actual)
        ),
    })?;
    Ok(exit::OK)
}
