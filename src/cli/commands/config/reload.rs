//! `panotti config reload`

use panotti_protocol::api::ConfigurationReload;
use panotti_protocol::failure::exit;

use super::telling::told;
use crate::cli::context::{Context, Outcome};

/// Have the daemon read its files anew
///
/// As SIGHUP does. A file that does not hold is refused whole, with every problem and its line, and what was in force stays in force.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config reload\n  panotti config reload --dry-run")]
pub struct ReloadArgs {
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Has it read them.
///
/// # Errors
/// `config.invalid` with every problem, or another failure of the daemon.
pub async fn run(args: &ReloadArgs, context: &Context) -> Outcome {
    let changed = context.client()?.config_reload(&ConfigurationReload { dry_run: args.dry_run }).await?;
    context.output.action(&changed, "config", || told(&changed, None))?;
    Ok(exit::OK)
}
