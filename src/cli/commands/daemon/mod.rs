//! `panotti daemon`: start, stop and watch the daemon.

pub mod install;
pub mod logs;
pub mod restart;
pub mod run;
pub mod start;
pub mod status;
pub mod stop;

use panotti_protocol::failure::{ErrorCode, Failure};

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum DaemonCommand {
    Start(start::StartArgs),
    Run(run::RunArgs),
    Stop(stop::StopArgs),
    Restart(restart::RestartArgs),
    Status(status::StatusArgs),
    Logs(logs::LogsArgs),
    Install(install::InstallArgs),
}

/// Runs a verb. `run` is the binary's own matter: here is only the client's half.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: DaemonCommand, context: &Context) -> Outcome {
    match command {
        DaemonCommand::Start(args) => start::run(args, context).await,
        DaemonCommand::Run(_) => Err(Failure::new(ErrorCode::INTERNAL, "`daemon run` was not handed to the daemon")),
        DaemonCommand::Stop(args) => stop::run(args, context).await,
        DaemonCommand::Restart(args) => restart::run(args, context).await,
        DaemonCommand::Status(args) => status::run(args, context).await,
        DaemonCommand::Logs(args) => logs::run(args, context).await,
        DaemonCommand::Install(args) => install::run(&args, context),
    }
}
