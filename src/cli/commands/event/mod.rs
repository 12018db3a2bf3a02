//! `panotti event`: publish events, and see what became of them.

pub mod discard;
pub mod errors;
pub mod explain;
pub mod export;
pub mod list;
pub mod publish;
pub mod publish_input;
pub mod publish_many;
pub mod replay;
pub mod republish;
pub mod retry;
pub mod show;
pub mod stats;
pub mod tail;
pub mod trace;
mod trace_drawing;
pub mod waiting;

use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum EventCommand {
    Publish(Box<publish::PublishArgs>),
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["info", "get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
    Trace(trace::TraceArgs),
    Tail(tail::TailArgs),
    Retry(retry::RetryArgs),
    Errors(errors::ErrorsArgs),
    Explain(explain::ExplainArgs),
    Export(export::ExportArgs),
    Stats(stats::StatsArgs),
    Replay(replay::ReplayArgs),
    Discard(discard::DiscardArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: EventCommand, context: &Context) -> Outcome {
    match command {
        EventCommand::Publish(args) => Box::pin(publish::run(*args, context)).await,
        EventCommand::List(args) => list::run(args, context).await,
        EventCommand::Show(args) => show::run(args, context).await,
        EventCommand::Trace(args) => trace::run(args, context).await,
        EventCommand::Tail(args) => Box::pin(tail::run(args, context)).await,
        EventCommand::Retry(args) => retry::run(args, context).await,
        EventCommand::Explain(args) => explain::run(args, context).await,
        EventCommand::Export(args) => Box::pin(export::run(args, context)).await,
        EventCommand::Stats(args) => stats::run(args, context).await,
        EventCommand::Errors(args) => errors::run(args, context).await,
        EventCommand::Replay(args) => Box::pin(replay::run(args, context)).await,
        EventCommand::Discard(args) => discard::run(args, context).await,
    }
}
