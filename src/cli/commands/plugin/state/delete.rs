//! `panotti plugin state delete`

use panotti_protocol::api::StateRemoval;
use panotti_protocol::failure::exit;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::safe;

/// Delete one key of a plugin's state
///
/// The change is in the audit. A key that is not there is no error.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti plugin state delete word-count once:evt_42\n  panotti plugin state delete word-count total --reason INC-42"
)]
pub struct DeleteArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The key
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Deletes it.
///
/// # Errors
/// `plugin.not_found`, or another failure of the daemon.
pub async fn run(args: DeleteArgs, context: &Context) -> Outcome {
    let removal = StateRemoval { reason: args.reason };
    let changed = context.client()?.plugin_state_delete(&args.name, &args.key, &removal).await?;
    context.output.action(&changed, &changed.key, || {
        let what = if changed.changed { "✓ deleted" } else { "unchanged: there is no" };
        format!("{what} {}/{}", safe(&args.name), safe(&args.key))
    })?;
    Ok(exit::OK)
}
