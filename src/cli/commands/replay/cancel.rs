//! `panotti replay cancel`

use panotti_protocol::failure::exit;

use super::find;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::count;
use crate::client::routes::ReplayChanged;

/// Cancel a replay job
///
/// What it delivered stays delivered; what it has not begun is left out. Where it has ended already nothing is changed.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti replay cancel @last\n  panotti replay cancel rpl_01kc2v7jq8ew2s7q4m8t1n0zcd")]
pub struct CancelArgs {
    /// The job: its id, the last 6 or more characters of it, or `@last`
    #[arg(value_name = "RPL")]
    pub replay: String,
}

/// Cancels it.
///
/// # Errors
/// `replay.not_found`, or another failure of the daemon.
pub async fn run(args: CancelArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let replay = find(&args.replay, &mut client, context).await?;
    let cancelled = client.replay_cancel(&replay).await?;
    changed(&replay, &cancelled, "cancelled", context)
}

/// Tells what became of a job.
pub(super) fn changed(replay: &str, changed: &ReplayChanged, verb: &str, context: &Context) -> Outcome {
    let job = &changed.replay;
    let verb = if changed.changed { verb.to_owned() } else { format!("unchanged: it is {}", job.state) };
    context.output.action(changed, replay, || {
        format!("{replay} {verb}   {} ok, {} failed of {}", count(job.ok), count(job.failed), count(job.selected))
    })?;
    Ok(exit::OK)
}
