//! `panotti filter remove`

use panotti_protocol::failure::exit;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Give a filter up
///
/// No other event is looked at; tags stay. Events that it has routed and that were not handed out yet wait until a filter of the same name
/// routes to the plugin again.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti filter remove large\n  panotti filter remove large --reason 'the audit is over'")]
pub struct RemoveArgs {
    /// The filter
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Gives it up.
///
/// # Errors
/// `filter.not_found`, or another failure of the daemon.
pub async fn run(args: RemoveArgs, context: &Context) -> Outcome {
    let removed = context.client()?.filter_remove(&args.name, args.reason).await?;
    context.output.action(&removed, &args.name, || {
        format!("{} {}", args.name, if removed.changed { "removed" } else { "unchanged: somebody else has just removed it" })
    })?;
    Ok(exit::OK)
}
