//! `panotti replay resume`

use super::cancel::changed;
use super::find;
use crate::cli::context::{Context, Outcome};

/// Resume a replay job that was paused
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti replay resume @last\n  panotti replay resume rpl_01kc2v7jq8ew2s7q4m8t1n0zcd")]
pub struct ResumeArgs {
    /// The job: its id, the last 6 or more characters of it, or `@last`
    #[arg(value_name = "RPL")]
    pub replay: String,
}

/// Resumes it.
///
/// # Errors
/// `replay.not_found`, `replay.state` where it has ended, or another failure of the daemon.
pub async fn run(args: ResumeArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let replay = find(&args.replay, &mut client, context).await?;
    let resumed = client.replay_resume(&replay).await?;
    changed(&replay, &resumed, "resumed", context)
}
