//! `panotti config secret`: values that plugins need and nobody else may see.

pub mod list;
pub mod remove;
pub mod rotate;
pub mod set;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum SecretCommand {
    Set(set::SetArgs),
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(visible_alias = "rm")]
    Remove(remove::RemoveArgs),
    Rotate(rotate::RotateArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: SecretCommand, context: &Context) -> Outcome {
    match command {
        SecretCommand::Set(args) => set::run(args, context).await,
        SecretCommand::List(args) => list::run(args, context).await,
        SecretCommand::Remove(args) => remove::run(args, context).await,
        SecretCommand::Rotate(args) => rotate::run(args, context).await,
    }
}
