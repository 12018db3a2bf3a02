//! `panotti plugin disable`

use panotti_protocol::api::{OnDisabled, PluginSwitch};
use panotti_protocol::failure::exit;

use super::enable::print;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Disable plugins
///
/// They finish what they hold and end. Events that arrive meanwhile are held for them, or recorded as skipped with --skip.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti plugin disable word-count\n  panotti plugin disable word-count --skip --reason 'replaced by word-stats'"
)]
pub struct DisableArgs {
    /// The plugins
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
    /// Keep what arrives meanwhile, and deliver it when they are enabled again
    #[arg(long, conflicts_with = "skip")]
    pub hold: bool,
    /// Record what arrives meanwhile as skipped; it can be replayed later
    #[arg(long)]
    pub skip: bool,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Disables them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: DisableArgs, context: &Context) -> Outcome {
    let on_disabled = match (args.hold, args.skip) {
        (true, _) => Some(OnDisabled::Hold),
        (_, true) => Some(OnDisabled::Skip),
        (false, false) => None,
    };
    let mut client = context.client()?;
    let mut changed = Vec::new();
    for name in &args.names {
        changed.push(client.plugin_disable(name, &PluginSwitch { reason: args.reason.clone(), on_disabled }).await?);
    }
    print(&changed, context)?;
    Ok(exit::OK)
}
