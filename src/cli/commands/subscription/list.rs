//! `panotti subscription list`

use panotti_protocol::api::{Subscription, SubscriptionState};
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::human::{count, green, rate, red, yellow};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

/// All fields of an item.
const FIELDS: &[&str] = &[
    "attempts_max",
    "cancelled",
    "concurrency",
    "dead",
    "done",
    "in_flight",
    "lag",
    "last_ended_at",
    "name",
    "oldest_pending_at",
    "on_disabled",
    "pending",
    "plugin",
    "quarantined",
    "rate",
    "recovered",
    "skipped",
    "stalled_since",
    "state",
    "subscription",
    "timeout_ms",
    "topic",
    "waiting",
];

/// List subscriptions: how far behind each is, how fast it goes, how it stands
///
/// LAG is what has not ended: pending, in flight, or waiting for its next attempt. RATE is what ended a second, over the last one to two
/// minutes. A subscription is `stalled` where something is owed and nothing has ended for a minute, or for three times its handler's
/// timeout where that is longer.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti subscription list\n  panotti subscription list --state stalled -q\n  panotti subscription list --plugin summarize -o json"
)]
pub struct ListArgs {
    /// Only those of this plugin
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
    /// Only those in this state: active, held, skipped, removed, stalled
    #[arg(long, value_name = "STATE")]
    pub state: Option<SubscriptionState>,
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: ListArgs, context: &Context) -> Outcome {
    let mut found = context.client()?.subscriptions().await?.items;
    found
        .retain(|one| args.plugin.as_ref().is_none_or(|plugin| one.plugin == *plugin) && args.state.is_none_or(|state| one.state == state));
    let more = found.len() > args.list.rows_max();
    found.truncate(args.list.rows_max());
    let footer = match (found.is_empty(), more) {
        _ if !context.output.terminal() => "",
        (true, _) => "no subscriptions",
        (false, true) => "there are more: --limit N or --all",
        (false, false) => "",
    };
    context.output.list(Listing {
        items: to_values(&found)?,
        table: table(&found, context),
        id: "subscription",
        fields: FIELDS,
        footer: footer.to_owned(),
        no_headers: args.list.no_headers,
    })?;
    if more {
        context.output.cut();
    }
    Ok(exit::OK)
}

fn table(found: &[Subscription], context: &Context) -> Table {
    let mut columns = vec![
        left("SUBSCRIPTION"),
        left("TOPIC"),
        left("STATE"),
        right("LAG"),
        right("OLDEST"),
        right("RATE"),
        right("IN FLIGHT"),
        right("DONE"),
        right("DEAD"),
    ];
    let wide = context.output.wide();
    if wide {
        columns.extend([right("PENDING"), right("WAITING"), right("SKIPPED"), right("RECOVERED"), right("CONCURRENCY"), right("LAST")]);
    }
    let mut table = Table::new(columns);
    for one in found {
        let mut row = vec![
            one.subscription.clone(),
            one.topic.to_string(),
            one.state.to_string(),
            count(one.lag),
            one.oldest_pending_at.map_or("-".to_owned(), |at| context.output.time.show(at)),
            rate(one.rate),
            count(one.in_flight),
            count(one.done),
            count(one.dead + one.quarantined),
        ];
        if wide {
            row.extend([
                count(one.pending),
                count(one.waiting),
                count(one.skipped),
                count(one.recovered),
                one.concurrency.to_string(),
                one.last_ended_at.map_or("-".to_owned(), |at| context.output.time.show(at)),
            ]);
        }
        table.row(row);
    }
    table
}

/// A state in its colour.
pub fn colored(state: SubscriptionState) -> String {
    let text = state.as_str();
    match state {
        SubscriptionState::Active => green(text),
        SubscriptionState::Held | SubscriptionState::Skipped => yellow(text),
        SubscriptionState::Stalled => red(text),
        SubscriptionState::Removed => text.to_owned(),
    }
}
