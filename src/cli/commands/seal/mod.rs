//! `panotti seal`: what proves that stored events are those that were written.

pub mod check;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum SealCommand {
    #[command(alias = "verify")]
    Check(check::CheckArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: SealCommand, context: &Context) -> Outcome {
    match command {
        SealCommand::Check(args) => check::run(args, context).await,
    }
}
