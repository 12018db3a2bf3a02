//! `panotti seal`: what proves that stored events are those that were written, and who can open their payloads.

pub mod check;
pub mod init;
pub mod rotate;
pub mod show;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum SealCommand {
    Init(init::InitArgs),
    #[command(aliases = ["info", "status", "list"])]
    Show(show::ShowArgs),
    Rotate(rotate::RotateArgs),
    #[command(alias = "verify")]
    Check(check::CheckArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: SealCommand, context: &Context) -> Outcome {
    match command {
        SealCommand::Init(args) => init::run(args, context).await,
        SealCommand::Show(args) => show::run(args, context).await,
        SealCommand::Rotate(args) => rotate::run(args, context).await,
        SealCommand::Check(args) => check::run(args, context).await,
    }
}
