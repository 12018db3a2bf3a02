//! `panotti config`: settings, and where each comes from. What only reads needs no daemon: it reads what a daemon started now would read.

pub mod diff;
pub mod edit;
pub mod get;
pub mod history;
pub mod list;
pub mod path;
pub mod reload;
pub mod rollback;
pub mod schema;
pub mod secret;
pub mod set;
mod telling;
pub mod unset;
pub mod validate;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum ConfigCommand {
    Get(get::GetArgs),
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["check", "lint"])]
    Validate(validate::ValidateArgs),
    Path(path::PathArgs),
    /// Values that plugins need and nobody else may see
    #[command(subcommand, alias = "secrets", after_help = "Examples:\n  panotti config secret set API_TOKEN\n  panotti config secret list")]
    Secret(secret::SecretCommand),
    Set(set::SetArgs),
    Unset(unset::UnsetArgs),
    Edit(edit::EditArgs),
    Diff(diff::DiffArgs),
    History(history::HistoryArgs),
    Rollback(rollback::RollbackArgs),
    Reload(reload::ReloadArgs),
    Schema(schema::SchemaArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: ConfigCommand, context: &Context) -> Outcome {
    match command {
        ConfigCommand::Get(args) => get::run(&args, context).await,
        ConfigCommand::List(args) => list::run(&args, context).await,
        ConfigCommand::Validate(args) => validate::run(&args, context),
        ConfigCommand::Path(args) => path::run(&args, context),
        ConfigCommand::Secret(command) => secret::run(command, context).await,
        ConfigCommand::Set(args) => set::run(args, context).await,
        ConfigCommand::Unset(args) => unset::run(args, context).await,
        ConfigCommand::Edit(args) => edit::run(args, context).await,
        ConfigCommand::Diff(args) => diff::run(&args, context).await,
        ConfigCommand::History(args) => history::run(args, context).await,
        ConfigCommand::Rollback(args) => rollback::run(args, context).await,
        ConfigCommand::Reload(args) => reload::run(&args, context).await,
        ConfigCommand::Schema(args) => schema::run(&args, context),
    }
}
