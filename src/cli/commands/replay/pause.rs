//! `panotti replay pause`

use super::cancel::changed;
use super::find;
use crate::cli::context::{Context, Outcome};

/// Pause a replay job
///
/// It begins nothing new until it is resumed, also after a restart of the daemon. What it has handed out already is finished.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti replay pause @last\n  panotti replay pause rpl_01kc2v7jq8ew2s7q4m8t1n0zcd")]
pub struct PauseArgs {
    /// The job: its id, the last 6 or more characters of it, or `@last`
    #[arg(value_name = "RPL")]
    pub replay: String,
}

/// Pauses it.
///
/// # Errors
/// `replay.not_found`, `replay.state` where it has ended, or another failure of the daemon.
pub async fn run(args: PauseArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let replay = find(&args.replay, &mut client, context).await?;
    let paused = client.replay_pause(&replay).await?;
    changed(&replay, &paused, "paused", context)
}
