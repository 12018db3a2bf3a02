//! `panotti role`: what somebody may do, named; and who may do what, explained.

pub mod check;
pub mod create;
pub mod list;
pub mod remove;
pub mod set;
pub mod show;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum RoleCommand {
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["info", "get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
    #[command(alias = "add")]
    Create(create::CreateArgs),
    Set(set::SetArgs),
    #[command(visible_alias = "rm", alias = "delete")]
    Remove(remove::RemoveArgs),
    Check(check::CheckArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: RoleCommand, context: &Context) -> Outcome {
    match command {
        RoleCommand::List(args) => list::run(args, context).await,
        RoleCommand::Show(args) => show::run(args, context).await,
        RoleCommand::Create(args) => create::run(args, context).await,
        RoleCommand::Set(args) => set::run(args, context).await,
        RoleCommand::Remove(args) => remove::run(args, context).await,
        RoleCommand::Check(args) => check::run(args, context).await,
    }
}
