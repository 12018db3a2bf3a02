//! `panotti config unset`

use panotti_protocol::api::ConfigurationUpdate;
use panotti_protocol::failure::exit;
use serde_json::Value;

use super::telling::told;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::config::overlay;

/// Take back what `config set` has set
///
/// The setting then has the value of the files again, or its default. What is not set is left as it is.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config unset log.level\n  panotti config unset store.bytes_max --dry-run")]
pub struct UnsetArgs {
    /// The setting
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Takes it back.
///
/// # Errors
/// `config.key_unknown`, or another failure of the daemon.
pub async fn run(args: UnsetArgs, context: &Context) -> Outcome {
    overlay::row(&args.key)?;
    let mut client = context.client()?;
    let before = client.config_overlay().await?.revision;
    let update = ConfigurationUpdate { overlay: [(args.key.clone(), Value::Null)].into(), reason: args.reason, dry_run: args.dry_run };
    let changed = client.config_change(before, &update).await?;
    context.output.action(&changed, &args.key, || told(&changed, Some(before)))?;
    Ok(exit::OK)
}
