//! `panotti plugin state get`

use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::safe;

/// Show the value of one key of a plugin's state
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti plugin state get word-count total\n  panotti plugin state get word-count total -o json")]
pub struct GetArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The key
    #[arg(value_name = "KEY")]
    pub key: String,
}

/// Shows it.
///
/// # Errors
/// `plugin.not_found`, `plugin.state_key_not_found`, or another failure of the daemon.
pub async fn run(args: GetArgs, context: &Context) -> Outcome {
    let item = context.client()?.plugin_state_get(&args.name, &args.key).await?;
    context.output.item(&item, &item.key, || safe(&item.value.to_string()))?;
    Ok(exit::OK)
}
