//! `panotti event errors`

use panotti_protocol::api::{ErrorGroup, ErrorsQuery};
use panotti_protocol::failure::exit;
use panotti_protocol::limits::PAGE_MAX;

use super::list::id;
use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::{ListFlags, When, parse_when};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] =
    &["cause", "count", "error.class", "error.message", "error.place", "eventid", "fingerprint", "first_at", "last_at", "plugin"];

/// List failures, those that are alike in one group, the largest first
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti event errors\n  panotti event errors --plugin summarize --since 1d")]
pub struct ErrorsArgs {
    /// Only this plugin's
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
    /// Died since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub since: Option<When>,
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: ErrorsArgs, context: &Context) -> Outcome {
    let limit = if args.list.all { PAGE_MAX } else { args.list.limit.min(PAGE_MAX) };
    let query = ErrorsQuery { plugin: args.plugin, since: args.since.map(|since| since.resolve(now())), limit: Some(limit) };
    let groups = context.client()?.event_errors(&query).await?.items;
    let footer = match (groups.is_empty(), context.output.terminal()) {
        (_, false) => String::new(),
        (true, true) => "no failures".to_owned(),
        (false, true) => "newest of a group: panotti event show EVT   replay a group: panotti event replay --error FINGERPRINT".to_owned(),
    };
    let listing = Listing {
        items: to_values(&groups)?,
        table: table(&groups, context),
        id: "fingerprint",
        fields: FIELDS,
        footer,
        no_headers: args.list.no_headers,
    };
    context.output.list(listing)?;
    Ok(exit::OK)
}

fn table(groups: &[ErrorGroup], context: &Context) -> Table {
    let mut table = Table::new(vec![
        left("FINGERPRINT"),
        right("COUNT"),
        left("PLUGIN"),
        left("CAUSE"),
        left("ERROR"),
        right("FIRST"),
        right("LAST"),
        left("NEWEST"),
        left("PLACE"),
    ]);
    for group in groups {
        table.row(vec![
            group.fingerprint.clone(),
            group.count.to_string(),
            group.plugin.clone(),
            group.cause.to_string(),
            format!("{}: {}", group.error.class, group.error.message),
            context.output.time.show(group.first_at),
            context.output.time.show(group.last_at),
            id(&group.eventid.to_string(), context),
            group.error.place.clone().unwrap_or_default(),
        ]);
    }
    table
}
