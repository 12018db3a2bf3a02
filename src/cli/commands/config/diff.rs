//! `panotti config diff`

use panotti_protocol::api::ConfigurationReload;
use panotti_protocol::failure::exit;

use super::telling::table;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::{Listing, to_values};

/// List what the files say and the daemon has not read yet
///
/// Needs a daemon: it reads its files and compares them with what it last read.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config diff\n  panotti config diff --exit-code -q")]
pub struct DiffArgs {
    /// Exit with 1 where there is a difference
    #[arg(long)]
    pub exit_code: bool,
    /// Leave the line with the column names out
    #[arg(long)]
    pub no_headers: bool,
}

/// Lists it.
///
/// # Errors
/// `config.invalid` where the files do not hold, or another failure of the daemon.
pub async fn run(args: &DiffArgs, context: &Context) -> Outcome {
    let changed = context.client()?.config_reload(&ConfigurationReload { dry_run: true }).await?;
    let footer = if changed.changes.is_empty() { "no difference" } else { "" };
    context.output.list(Listing {
        items: to_values(&changed.changes)?,
        table: table(&changed),
        id: "key",
        fields: &["from", "key", "live", "origin", "to"],
        footer: footer.to_owned(),
        no_headers: args.no_headers,
    })?;
    Ok(if args.exit_code && changed.changed { exit::FAILED } else { exit::OK })
}
