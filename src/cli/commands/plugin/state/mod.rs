//! `panotti plugin state`: what a plugin remembers.

pub mod delete;
pub mod get;
pub mod list;
pub mod set;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum StateCommand {
    Get(get::GetArgs),
    Set(set::SetArgs),
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(visible_alias = "rm", aliases = ["remove"])]
    Delete(delete::DeleteArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: StateCommand, context: &Context) -> Outcome {
    match command {
        StateCommand::Get(args) => get::run(args, context).await,
        StateCommand::Set(args) => set::run(args, context).await,
        StateCommand::List(args) => list::run(args, context).await,
        StateCommand::Delete(args) => delete::run(args, context).await,
    }
}
