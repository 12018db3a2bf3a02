//! `panotti event replay`: the same as `panotti replay start`, but it stays to the end.

use crate::cli::context::{Context, Outcome};
use crate::cli::selection::{self, ReplaySelect, Stay};

/// Deliver stored events again, and wait for the result
///
/// The same as `panotti replay start`, but it stays until the job has ended: exit code 0 where all succeeded, 3 where some failed,
/// 1 where all did. ^C detaches and the job continues. A handler can tell a replay by the delivery's `replay` field.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event replay --failed\n  panotti event replay --failed --topic 'recording.*' --since 1d --name INC-42\n  panotti event replay @last --dry-run"
)]
pub struct ReplayArgs {
    /// What and how.
    #[command(flatten)]
    pub select: ReplaySelect,
    /// Return as soon as the job is started
    #[arg(long)]
    pub detach: bool,
}

/// Replays.
///
/// # Errors
/// As [`selection::run`].
pub async fn run(args: ReplayArgs, context: &Context) -> Outcome {
    let stay = if args.detach { Stay::Detached } else { Stay::Attached };
    selection::run(args.select, stay, context).await
}
