//! `panotti replay`: jobs that deliver stored events again.

pub mod cancel;
pub mod list;
pub mod pause;
pub mod resume;
pub mod show;
pub mod start;
pub mod watch;

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::ReplayId;

use crate::cli::context::{Context, Outcome};
use crate::client::Client;
use crate::client::routes::ReplaysQuery;

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum ReplayCommand {
    Start(Box<start::StartArgs>),
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["info", "get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
    Watch(watch::WatchArgs),
    Pause(pause::PauseArgs),
    Resume(resume::ResumeArgs),
    Cancel(cancel::CancelArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: ReplayCommand, context: &Context) -> Outcome {
    match command {
        ReplayCommand::Start(args) => Box::pin(start::run(*args, context)).await,
        ReplayCommand::List(args) => list::run(args, context).await,
        ReplayCommand::Show(args) => show::run(args, context).await,
        ReplayCommand::Watch(args) => watch::run(args, context).await,
        ReplayCommand::Pause(args) => pause::run(args, context).await,
        ReplayCommand::Resume(args) => resume::run(args, context).await,
        ReplayCommand::Cancel(args) => cancel::run(args, context).await,
    }
}

/// Finds a job by its id, the end of it (not under --no-input), or `@last`.
async fn find(text: &str, client: &mut Client, context: &Context) -> Result<String, Failure> {
    let text = text.trim();
    if text.parse::<ReplayId>().is_ok() {
        return Ok(text.to_owned());
    }
    let ending = text.trim_start_matches('.').to_ascii_lowercase();
    if text != "@last" && (ending.len() < 6 || context.flags.no_input) {
        return Err(Failure::new(ErrorCode::REPLAY_NOT_FOUND, format!("`{text}` is not the id of a replay"))
            .why("An id is `rpl_` and 26 letters and digits; its last 6 or more are enough unless --no-input is given, and `@last` is the newest."));
    }
    let jobs = client.replays(&ReplaysQuery { limit: Some(panotti_protocol::limits::PAGE_MAX), ..ReplaysQuery::default() }).await?.items;
    let ids: Vec<String> = jobs.iter().map(|job| job.replayid.to_string()).collect();
    let fits = |id: &&String| text == "@last" || id.ends_with(&ending);
    match ids.iter().filter(fits).collect::<Vec<_>>().as_slice() {
        [] => Err(Failure::new(ErrorCode::REPLAY_NOT_FOUND, format!("there is no replay `{text}`"))),
        // Jobs come newest first.
        [first, ..] if text == "@last" => Ok((*first).clone()),
        [only] => Ok((*only).clone()),
        several => Err(Failure::new(ErrorCode::USAGE, format!("`{text}` is the end of {} ids", several.len())).next("write more of it")),
    }
}
