//! `panotti config rollback`

use panotti_protocol::api::ConfigurationRollback;
use panotti_protocol::failure::exit;

use super::telling::told;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Set what an older revision had set
///
/// It becomes a new revision, so that nothing of the history is lost. 0 sets nothing.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config rollback 17\n  panotti config rollback 17 --dry-run")]
pub struct RollbackArgs {
    /// The revision, as `config history` shows it
    #[arg(value_name = "REVISION")]
    pub revision: u64,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Sets it.
///
/// # Errors
/// `config.revision_not_found`, or another failure of the daemon.
pub async fn run(args: RollbackArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let before = client.config_overlay().await?.revision;
    let rollback = ConfigurationRollback { revision: args.revision, reason: args.reason, dry_run: args.dry_run };
    let changed = client.config_rollback(before, &rollback).await?;
    context.output.action(&changed, &changed.revision.to_string(), || told(&changed, Some(before)))?;
    Ok(exit::OK)
}
