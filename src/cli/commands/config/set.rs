//! `panotti config set`

use panotti_protocol::api::ConfigurationUpdate;
use panotti_protocol::failure::{ErrorCode, exit};

use super::telling::told;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::commands::plugin::config::set::read_value;
use crate::cli::context::{Context, Outcome};
use crate::config::overlay;

/// Set a setting while the daemon runs
///
/// The value is read as YAML. It counts over every file, and a variable counts over it; the daemon checks everything before it changes
/// anything, keeps every revision, and says whether the change counts at once or from the next start on.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti config set log.level debug\n  panotti config set store.bytes_max 2GB --reason 'the disk has grown'\n  panotti config set retention.topics '{\"load.>\": 1d}' --dry-run"
)]
pub struct SetArgs {
    /// The setting, for example `store.bytes_max`
    #[arg(value_name = "KEY")]
    pub key: String,
    /// The value; `-` reads it from standard input
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
    /// Check everything, show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Sets it.
///
/// # Errors
/// `config.key_unknown`, `config.invalid`, `config.pinned`, or another failure of the daemon.
pub async fn run(args: SetArgs, context: &Context) -> Outcome {
    overlay::row(&args.key)?;
    let value = read_value(&args.value, ErrorCode::CONFIG_INVALID)?;
    let mut client = context.client()?;
    let before = client.config_overlay().await?.revision;
    let update = ConfigurationUpdate { overlay: [(args.key.clone(), value)].into(), reason: args.reason, dry_run: args.dry_run };
    let changed = client.config_change(before, &update).await?;
    context.output.action(&changed, &args.key, || told(&changed, Some(before)))?;
    Ok(exit::OK)
}
