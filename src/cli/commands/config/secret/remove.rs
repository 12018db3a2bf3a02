//! `panotti config secret remove`

use panotti_protocol::api::SecretRemoval;
use panotti_protocol::failure::exit;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Remove a secret
///
/// Plugins that run with it go on until they are started again; then they wait until it is set.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti config secret remove API_TOKEN\n  panotti config secret remove API_TOKEN --reason 'no longer used'"
)]
pub struct RemoveArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Removes it.
///
/// # Errors
/// `secret.not_found`, or another failure of the daemon.
pub async fn run(args: RemoveArgs, context: &Context) -> Outcome {
    let changed = context.client()?.secret_remove(&args.name, &SecretRemoval { reason: args.reason }).await?;
    context.output.action(&changed, &changed.name, || format!("{} removed", changed.name))?;
    Ok(exit::OK)
}
