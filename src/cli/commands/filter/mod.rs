//! `panotti filter`: filters that the daemon keeps, and trying one out.

pub mod create;
pub mod list;
pub mod remove;
pub mod show;
pub mod test;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum FilterCommand {
    #[command(alias = "add")]
    Create(create::CreateArgs),
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["info", "get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
    Test(test::TestArgs),
    #[command(visible_alias = "rm", alias = "delete")]
    Remove(remove::RemoveArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: FilterCommand, context: &Context) -> Outcome {
    match command {
        FilterCommand::Create(args) => create::run(args, context).await,
        FilterCommand::List(args) => list::run(args, context).await,
        FilterCommand::Show(args) => show::run(args, context).await,
        FilterCommand::Test(args) => test::run(args, context).await,
        FilterCommand::Remove(args) => remove::run(args, context).await,
    }
}
