//! `panotti event cancel`

use panotti_protocol::api::CancelRequest;
use panotti_protocol::failure::exit;
use serde_json::json;

use super::discard::{Many, parse_reason, report_many};
use crate::cli::context::{Context, Outcome};

/// Stop an event's deliveries that have not begun or wait for their time
///
/// They are kept as cancelled, and that is written down in the audit. What a plugin is working on is finished, and what has ended stays
/// as it is. To give dead deliveries up, see `panotti event discard`.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event cancel @last --reason 'sent by mistake'\n  panotti event list --status waiting -q | panotti event cancel - --plugin notes --yes"
)]
pub struct CancelArgs {
    /// The events; `-` reads their ids from standard input, one a line
    #[arg(value_name = "EVT", required = true)]
    pub events: Vec<String>,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
    /// Only the delivery to this plugin
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
}

/// Cancels them.
///
/// # Errors
/// As `event retry`.
pub async fn run(args: CancelArgs, context: &Context) -> Outcome {
    let ids = context.event_ids(&args.events)?;
    let many_events = ids.len() > 1 && !context.flags.yes;
    if many_events && context.interactive() && !context.confirm(&format!("Cancel the deliveries of {} events?", ids.len())) {
        context.output.action(&json!({ "changed": false }), "", || "unchanged".to_owned())?;
        return Ok(exit::OK);
    }
    let mut client = context.client()?;
    let request = CancelRequest { plugin: args.plugin, reason: args.reason };
    let mut many = Many::default();
    for id in &ids {
        let answer = client.cancel(id, &request).await;
        many.take(id, answer)?;
    }
    report_many(many, "cancelled", context)
}
