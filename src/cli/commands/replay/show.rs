//! `panotti replay show`

use panotti_protocol::api::{Replay, ReplayItem, ReplayItemsQuery};
use panotti_protocol::failure::exit;
use panotti_protocol::limits::PAGE_MAX;

use super::find;
use crate::cli::commands::event::list::id;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, count, safe};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const ITEM_FIELDS: &[&str] = &[
    "delivery.attempts",
    "delivery.attempts_max",
    "delivery.cause",
    "delivery.deliveryid",
    "delivery.duration_ms",
    "delivery.ended_at",
    "delivery.error",
    "delivery.fingerprint",
    "delivery.next_attempt_at",
    "delivery.plugin",
    "delivery.replay",
    "delivery.state",
    "delivery.subscription",
    "eventid",
];

/// Show a replay job, or the result of each of its items
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti replay show @last\n  panotti replay show @last --failed-items")]
pub struct ShowArgs {
    /// The job: its id, the last 6 or more characters of it, or `@last`
    #[arg(value_name = "RPL")]
    pub replay: String,
    /// List every item with its result
    #[arg(long)]
    pub items: bool,
    /// List the items that failed
    #[arg(long)]
    pub failed_items: bool,
}

/// Shows it.
///
/// # Errors
/// `replay.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let replay = find(&args.replay, &mut client, context).await?;
    if !args.items && !args.failed_items {
        let job = client.replay(&replay).await?;
        context.output.item(&job, &job.replayid.to_string(), || text(&job, context))?;
        return Ok(exit::OK);
    }
    let mut query = ReplayItemsQuery { failed: args.failed_items, limit: Some(PAGE_MAX), cursor: None };
    let mut items: Vec<ReplayItem> = Vec::new();
    loop {
        let page = client.replay_items(&replay, &query).await?;
        items.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    let mut table = Table::new(vec![left("EVENT"), left("PLUGIN"), left("STATUS"), right("TRY"), left("CAUSE"), left("ERROR")]);
    for item in &items {
        let delivery = &item.delivery;
        table.row(vec![
            id(&item.eventid.to_string(), context),
            delivery.plugin.clone(),
            delivery.state.to_string(),
            format!("{}/{}", delivery.attempts, delivery.attempts_max),
            delivery.cause.map_or("-".to_owned(), |cause| cause.to_string()),
            delivery.error.as_ref().map_or(String::new(), |error| format!("{}: {}", error.class, error.message)),
        ]);
    }
    let footer = if items.is_empty() && context.output.terminal() { "no items".to_owned() } else { String::new() };
    context.output.list(Listing { items: to_values(&items)?, table, id: "eventid", fields: ITEM_FIELDS, footer, no_headers: false })?;
    Ok(exit::OK)
}

fn text(job: &Replay, context: &Context) -> String {
    let name = job.name.as_ref().map_or(String::new(), |name| format!("   {}", safe(name)));
    let ended = job.ended_at.map_or(String::new(), |at| format!("   ended {}", context.output.time.ago(at)));
    let mut text = format!(
        "{}{name}   {}   started {}{ended}   by {}\n",
        bold(&job.replayid.to_string()),
        job.state,
        context.output.time.ago(job.started_at),
        safe(&job.by)
    );
    text.push_str(&format!(
        "  items     {} selected, {} ok, {} failed, {} skipped\n",
        count(job.selected),
        count(job.ok),
        count(job.failed),
        count(job.skipped)
    ));
    let selection = serde_json::to_string(&job.selection).unwrap_or_default();
    text.push_str(&format!("  selection {}\n", safe(&selection)));
    if let Some(reason) = &job.reason {
        text.push_str(&format!("  reason    {}\n", safe(reason)));
    }
    if job.failed > 0 {
        text.push_str(&format!("  failed    panotti replay show {} --failed-items\n", job.replayid));
    }
    text
}
