//! `panotti plugin`: what handles the events.

pub mod config;
pub mod disable;
pub mod enable;
pub mod list;
pub mod logs;
pub mod show;
pub mod state;
pub mod validate;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum PluginCommand {
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(visible_alias = "info", aliases = ["get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
    Enable(enable::EnableArgs),
    Disable(disable::DisableArgs),
    #[command(aliases = ["check", "lint"])]
    Validate(validate::ValidateArgs),
    Logs(logs::LogsArgs),
    /// A plugin's configuration
    #[command(
        subcommand,
        after_help = "Examples:\n  panotti plugin config get word-count\n  panotti plugin config set word-count min_words 3"
    )]
    Config(config::ConfigCommand),
    /// A plugin's durable state
    #[command(subcommand, after_help = "Examples:\n  panotti plugin state list word-count\n  panotti plugin state get word-count total")]
    State(state::StateCommand),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: PluginCommand, context: &Context) -> Outcome {
    match command {
        PluginCommand::List(args) => list::run(args, context).await,
        PluginCommand::Show(args) => show::run(args, context).await,
        PluginCommand::Enable(args) => enable::run(args, context).await,
        PluginCommand::Disable(args) => disable::run(args, context).await,
        PluginCommand::Validate(args) => validate::run(&args, context),
        PluginCommand::Logs(args) => logs::run(args, context).await,
        PluginCommand::Config(command) => config::run(command, context).await,
        PluginCommand::State(command) => state::run(command, context).await,
    }
}
