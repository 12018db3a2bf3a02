//! `panotti event purge`

use panotti_protocol::api::{PurgeRequest, PurgeSelection, Purged};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::topic::TopicPattern;

use super::discard::parse_reason;
use crate::cli::context::{Context, Outcome, now};
use crate::cli::event_selection::parse_filter;
use crate::cli::globals::{When, parse_when};
use crate::cli::output::human::{count, counted, counted_as};
use crate::cli::output::remark;
use crate::client::Client;

/// Remove events for good, with their deliveries
///
/// Shows what would go and asks first; where nobody can be asked, --yes is needed. An event with a delivery that is owed, in flight or
/// waiting stays: cancel it first. Dead deliveries are cancelled with their event, unless --keep-failed keeps both. The room is used
/// for what comes next, and the file shrinks.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event purge --before 7d --dry-run\n  panotti event purge --topic 'load.>' --yes --reason 'left from a test'\n  panotti event purge --filter 'data.test' --dry-run\n  panotti event purge --before 2026-11-01T00:00:00Z --keep-failed"
)]
pub struct PurgeArgs {
    /// Events accepted before then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub before: Option<When>,
    /// Events of these topics; quote the pattern
    #[arg(long, value_name = "PATTERN")]
    pub topic: Option<TopicPattern>,
    /// Events with a delivery that ended like this
    #[arg(long, value_name = "STATE")]
    pub status: Option<DeliveryState>,
    /// Events that match this filter, such as 'data.test'; see `panotti help filters`
    #[arg(long, value_name = "EXPR", value_parser = parse_filter)]
    pub filter: Option<String>,
    /// Keep events with a dead delivery
    #[arg(long)]
    pub keep_failed: bool,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
    /// Show what would go and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Plans, asks, removes.
///
/// # Errors
/// `purge.selector_missing`, `purge.confirmation`, or the daemon's failure. What was removed before a failure is gone.
pub async fn run(args: PurgeArgs, context: &Context) -> Outcome {
    let before = args.before.map(|before| before.resolve(now()));
    let selection = PurgeSelection { topic: args.topic, before, status: args.status, filter: args.filter };
    if selection.is_empty() {
        return Err(Failure::new(ErrorCode::PURGE_SELECTOR_MISSING, "nothing says what to purge"));
    }
    let mut client = context.client()?;
    let mut request = PurgeRequest { selection, keep_failed: args.keep_failed, reason: args.reason, dry_run: true, cursor: None };
    let plan = all_parts(&mut client, &mut request).await?;
    if args.dry_run || plan.events == 0 {
        let end = if args.dry_run { "nothing was removed" } else { "unchanged: nothing that is selected may go" };
        context.output.action(&plan, "", || format!("{}{end}", plan_text(&plan, context)))?;
        return Ok(exit::OK);
    }
    if !confirmed(&plan, context)? {
        context.output.action(&Purged::default(), "", || "unchanged: nothing was removed".to_owned())?;
        return Ok(exit::OK);
    }
    request.dry_run = false;
    let purged = all_parts(&mut client, &mut request).await?;
    context.output.action(&purged, "", || removed_text(&purged))?;
    Ok(exit::OK)
}

/// Goes through the store part by part.
async fn all_parts(client: &mut Client, request: &mut PurgeRequest) -> Result<Purged, Failure> {
    let mut all = Purged::default();
    request.cursor = None;
    loop {
        all.add(client.purge(request).await?);
        request.cursor = all.next_cursor.take();
        if request.cursor.is_none() {
            return Ok(all);
        }
    }
}

fn confirmed(plan: &Purged, context: &Context) -> Result<bool, Failure> {
    if context.flags.yes {
        return Ok(true);
    }
    if context.interactive() {
        remark(plan_text(plan, context).trim_end());
        return Ok(context.confirm("Remove them for good?"));
    }
    let detail = format!("{} would be removed for good and nobody can be asked", counted(plan.events, "event"));
    Err(Failure::new(ErrorCode::PURGE_CONFIRMATION, detail))
}

fn plan_text(plan: &Purged, context: &Context) -> String {
    let mut text = format!("Plan   {} of {} looked at", counted(plan.events, "event"), count(plan.scanned));
    if let (Some(oldest), Some(newest)) = (plan.oldest_at, plan.newest_at) {
        text.push_str(&format!(", from {} to {}", context.output.time.ago(oldest), context.output.time.ago(newest)));
    }
    text.push('\n');
    text + &details(plan, "would be cancelled with them")
}

fn removed_text(purged: &Purged) -> String {
    let text = format!("removed {}\n{}", counted(purged.events, "event"), details(purged, "were cancelled with them"));
    text.trim_end().to_owned()
}

fn details(purged: &Purged, cancelled: &str) -> String {
    let mut text = String::new();
    if purged.failed > 0 {
        text.push_str(&format!("       {} {cancelled}\n", counted_as(purged.failed, "dead delivery", "dead deliveries")));
    }
    if purged.kept_unresolved > 0 {
        text.push_str(&format!("       {} stay: a delivery is owed, in flight or waits\n", counted(purged.kept_unresolved, "event")));
    }
    if purged.kept_failed > 0 {
        text.push_str(&format!("       {} stay for their dead deliveries\n", counted(purged.kept_failed, "event")));
    }
    text
}
