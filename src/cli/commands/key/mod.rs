//! `panotti key`: API keys, made, shown, rotated, revoked; and who calls.

pub mod create;
pub mod list;
pub mod revoke;
pub mod rotate;
pub mod secret;
pub mod show;
pub mod whoami;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum KeyCommand {
    #[command(alias = "add")]
    Create(create::CreateArgs),
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["info", "get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
    Rotate(rotate::RotateArgs),
    #[command(visible_alias = "rm", aliases = ["remove", "delete"])]
    Revoke(revoke::RevokeArgs),
    Whoami(whoami::WhoamiArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: KeyCommand, context: &Context) -> Outcome {
    match command {
        KeyCommand::Create(args) => create::run(args, context).await,
        KeyCommand::List(args) => list::run(args, context).await,
        KeyCommand::Show(args) => show::run(args, context).await,
        KeyCommand::Rotate(args) => rotate::run(args, context).await,
        KeyCommand::Revoke(args) => revoke::run(args, context).await,
        KeyCommand::Whoami(args) => whoami::run(args, context).await,
    }
}
