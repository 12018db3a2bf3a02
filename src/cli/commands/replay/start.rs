//! `panotti replay start`: the same as `panotti event replay`, but it returns when the job is started.

use crate::cli::context::{Context, Outcome};
use crate::cli::selection::{self, ReplaySelect, Stay};

/// Start a job that delivers stored events again
///
/// The same as `panotti event replay`, but it returns as soon as the job is started and prints its id.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti replay start --failed --name INC-42\n  panotti replay start --topic 'recording.*' --since 7d --rate 50 --yes"
)]
pub struct StartArgs {
    /// What and how.
    #[command(flatten)]
    pub select: ReplaySelect,
    /// Stay until the job has ended
    #[arg(long)]
    pub attach: bool,
}

/// Starts it.
///
/// # Errors
/// As [`selection::run`].
pub async fn run(args: StartArgs, context: &Context) -> Outcome {
    let stay = if args.attach { Stay::Attached } else { Stay::Detached };
    selection::run(args.select, stay, context).await
}
