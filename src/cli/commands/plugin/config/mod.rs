//! `panotti plugin config`: a plugin's configuration.

pub mod get;
pub mod set;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum ConfigCommand {
    Get(get::GetArgs),
    Set(set::SetArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: ConfigCommand, context: &Context) -> Outcome {
    match command {
        ConfigCommand::Get(args) => get::run(args, context).await,
        ConfigCommand::Set(args) => set::run(args, context).await,
    }
}
