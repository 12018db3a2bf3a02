//! `panotti config get`

use panotti_protocol::failure::exit;

use super::list::{self, ListArgs};
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::fields::text;
use crate::config::overlay::unknown;

/// Show one setting, or all of them
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config get store.bytes_max\n  panotti config get log.level --origin")]
pub struct GetArgs {
    /// The setting, for example `store.bytes_max`
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
    /// Show where the value comes from too
    #[arg(long)]
    pub origin: bool,
    /// Ask the running daemon what it has in force
    #[arg(long)]
    pub effective: bool,
}

/// Shows it.
///
/// # Errors
/// `config.key_unknown`, or where the configuration does not hold.
pub async fn run(args: &GetArgs, context: &Context) -> Outcome {
    let Some(key) = &args.key else {
        return list::run(&ListArgs { effective: args.effective, list: ListFlags { limit: 1_000, all: true, no_headers: false } }, context)
            .await;
    };
    let settings = list::settings(args.effective, context).await?;
    let Some(setting) = settings.into_iter().find(|row| row.key == *key) else {
        return Err(unknown(key));
    };
    let shown = if args.origin { format!("{}   {}", text(&setting.value), setting.origin) } else { text(&setting.value) };
    context.output.item(&setting, key, || shown)?;
    Ok(exit::OK)
}
