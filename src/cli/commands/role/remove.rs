//! `panotti role remove`

use panotti_protocol::failure::exit;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Remove a role of your own that no key in force has
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti role remove recorder\n  panotti role remove recorder --reason 'nobody records any more'")]
pub struct RemoveArgs {
    /// The role
    #[arg(value_name = "ROLE")]
    pub role: String,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Removes it.
///
/// # Errors
/// `role.not_found`, `role.in_use`, `role.built_in`, or another failure of the daemon.
pub async fn run(args: RemoveArgs, context: &Context) -> Outcome {
    let removed = context.client()?.role_remove(&args.role, args.reason).await?;
    context.output.action(&removed, &args.role, || format!("{} {}", args.role, if removed.changed { "removed" } else { "unchanged" }))?;
    Ok(exit::OK)
}
