//! `panotti subscription`: what plugins subscribe to, and how each gets on.

pub mod list;
pub mod show;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum SubscriptionCommand {
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["info", "get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: SubscriptionCommand, context: &Context) -> Outcome {
    match command {
        SubscriptionCommand::List(args) => list::run(args, context).await,
        SubscriptionCommand::Show(args) => show::run(args, context).await,
    }
}
