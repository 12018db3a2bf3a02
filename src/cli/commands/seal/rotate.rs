//! `panotti seal rotate`

use std::time::{Duration, Instant};

use panotti_protocol::api::{SealRotateRequest, SealStatus};
use panotti_protocol::failure::{ErrorCode, Failure, exit};

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::parse_duration;
use crate::cli::output::human::{counted, green};
use crate::client::Client;

/// How long to sleep between two looks at whether it is done.
const POLL: Duration = Duration::from_millis(100);

/// Give the daemon a new identity, and wrap every data key to it
///
/// Payloads are not touched, publishing and delivering go on. The old identity is removed when every key is wrapped anew. Where the daemon
/// ends meanwhile, it goes on at its next start.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti seal rotate\n  panotti seal rotate --reason 'an old backup of the keys folder was lost'")]
pub struct RotateArgs {
    /// How long to wait until every key is wrapped anew
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = parse_duration)]
    pub wait: Duration,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Rotates, and waits.
///
/// # Errors
/// `seal.state` where the last change is not over; `timeout`; or another failure of the daemon.
pub async fn run(args: RotateArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    client.seal_rotate(&SealRotateRequest { reason: args.reason }).await?;
    let seal = wrapped(&mut client, args.wait).await?;
    context
        .output
        .action(&seal, "seal", || format!("{} {} wrapped to the new identity", green("✓"), counted(seal.data_keys, "data key")))?;
    Ok(exit::OK)
}

/// Waits until every key is wrapped to the recipients of now.
///
/// # Errors
/// `timeout`, or the daemon's failure.
pub async fn wrapped(client: &mut Client, wait: Duration) -> Result<SealStatus, Failure> {
    let began = Instant::now();
    loop {
        let seal = client.seal().await?;
        if !seal.rotating {
            return Ok(seal);
        }
        if began.elapsed() >= wait {
            let detail = format!("{} still to be wrapped anew", counted(seal.keys_left, "data key"));
            return Err(Failure::new(ErrorCode::TIMEOUT, detail).next("it goes on in the daemon; `panotti seal show` tells how far it is"));
        }
        tokio::time::sleep(POLL).await;
    }
}
