//! `panotti config`: settings, and where each comes from. Needs no daemon, but for secrets: it reads what a daemon started now would read.

pub mod get;
pub mod list;
pub mod path;
pub mod secret;
pub mod validate;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum ConfigCommand {
    Get(get::GetArgs),
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["check", "lint"])]
    Validate(validate::ValidateArgs),
    Path(path::PathArgs),
    /// Values that plugins need and nobody else may see
    #[command(subcommand, alias = "secrets", after_help = "Examples:\n  panotti config secret set API_TOKEN\n  panotti config secret list")]
    Secret(secret::SecretCommand),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: ConfigCommand, context: &Context) -> Outcome {
    match command {
        ConfigCommand::Get(args) => get::run(&args, context).await,
        ConfigCommand::List(args) => list::run(&args, context).await,
        ConfigCommand::Validate(args) => validate::run(&args, context),
        ConfigCommand::Path(args) => path::run(&args, context),
        ConfigCommand::Secret(command) => secret::run(command, context).await,
    }
}
