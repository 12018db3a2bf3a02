//! `panotti topic`: what is published, by whom, and who gets it.

pub mod list;
pub mod route;
pub mod show;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum TopicCommand {
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["info", "get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
    Route(route::RouteArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: TopicCommand, context: &Context) -> Outcome {
    match command {
        TopicCommand::List(args) => list::run(args, context).await,
        TopicCommand::Show(args) => show::run(args, context).await,
        TopicCommand::Route(args) => route::run(args, context).await,
    }
}
