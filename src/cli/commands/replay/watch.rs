//! `panotti replay watch`

use super::find;
use crate::cli::context::{Context, Outcome};
use crate::cli::selection::follow;

/// Follow a replay job to its end
///
/// The exit code is 0 where all items succeeded, 3 where some failed, 1 where all did or it was cancelled.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti replay watch @last\n  panotti replay watch @last --timeout 5m")]
pub struct WatchArgs {
    /// The job: its id, the last 6 or more characters of it, or `@last`
    #[arg(value_name = "RPL")]
    pub replay: String,
}

/// Follows it.
///
/// # Errors
/// `replay.not_found`, or another failure of the daemon.
pub async fn run(args: WatchArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let replay = find(&args.replay, &mut client, context).await?;
    let job = client.replay(&replay).await?;
    follow(job, &mut client, context).await
}
