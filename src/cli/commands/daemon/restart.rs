//! `panotti daemon restart`

use std::time::Duration;

use super::start::{self, StartArgs};
use super::stop::{self, StopArgs};
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::parse_duration;

/// Stop the daemon and start it again
///
/// Where none is running it is only started.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti daemon restart\n  panotti daemon restart --drain 5s")]
pub struct RestartArgs {
    /// How long to wait for what is in flight; the setting `daemon.drain` where it is not given
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub drain: Option<Duration>,
    /// How long to wait until it is ready again
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_duration)]
    pub wait: Duration,
}

/// Stops and starts it.
///
/// # Errors
/// As stopping and starting.
pub async fn run(args: RestartArgs, context: &Context) -> Outcome {
    context.only_here("daemon restart")?;
    stop::stop(&StopArgs { drain: args.drain, now: false }, context).await?;
    start::run(StartArgs { wait: args.wait, no_wait: false, accept_loss: false }, context).await
}
