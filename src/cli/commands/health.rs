//! `panotti health`: a probe for service managers and containers.

use clap::ValueEnum;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Probe {
    /// It answers
    Live,
    /// It takes events
    Ready,
}

/// Ask whether the daemon is well; silent where it is
///
/// The exit code is 0 where it is, 9 where none answers, another where it is not well. -v prints the answer.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti health\n  panotti health live --timeout 2s")]
pub struct HealthArgs {
    /// What to ask
    #[arg(value_name = "PROBE", value_enum, default_value = "ready")]
    pub probe: Probe,
}

/// Asks.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: HealthArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let health = match args.probe {
        Probe::Live => client.live().await?,
        Probe::Ready => client.ready().await?,
    };
    for warning in &health.warnings {
        context.output.remark(&format!("warning: {warning}"));
    }
    if !context.output.for_people() || context.flags.verbose > 0 {
        context.output.action(&health, &health.status, || health.status.clone())?;
    }
    Ok(exit::OK)
}
