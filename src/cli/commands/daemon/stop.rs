//! `panotti daemon stop`

use std::time::{Duration, Instant};

use panotti_protocol::api::{StopRequest, Stopping};
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde_json::json;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::parse_duration;
use crate::client::Client;

/// How long to sleep between two looks at whether it is gone.
const POLL: Duration = Duration::from_millis(20);
/// What a stop may take beyond its drain: plugins get 5 s to end, then the checkpoint.
const BEYOND_DRAIN: Duration = Duration::from_secs(20);
/// The daemon's default drain may be set longer in its configuration; this is how long it is waited for then.
const UNKNOWN_DRAIN: Duration = Duration::from_secs(3_600);

/// Stop the daemon
///
/// It takes nothing new, waits for what is in flight, asks the plugins to end, and returns when the process is gone. Nothing is
/// lost: what was not finished goes on at the next start. Where none is running nothing is changed and the exit code is 0.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti daemon stop\n  panotti daemon stop --drain 5s")]
pub struct StopArgs {
    /// How long to wait for what is in flight; the setting `daemon.drain` where it is not given
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub drain: Option<Duration>,
    /// Wait for nothing
    #[arg(long, conflicts_with = "drain")]
    pub now: bool,
}

/// Stops it.
///
/// # Errors
/// Where it cannot be told, or is not gone in time.
pub async fn run(args: StopArgs, context: &Context) -> Outcome {
    match stop(&args, context).await? {
        Some(stopped) => {
            let pid = stopped.pid;
            context.output.action(&stopped, &pid.to_string(), || format!("✓ stopped (pid {pid})"))?;
        }
        None => context.output.action(&json!({ "changed": false }), "", || "unchanged: no daemon is running".to_owned())?,
    }
    Ok(exit::OK)
}

/// Stops it and waits until it is gone. `None` where none was running.
pub(super) async fn stop(args: &StopArgs, context: &Context) -> Result<Option<Stopping>, Failure> {
    let drain = if args.now { Some(Duration::ZERO) } else { args.drain };
    let request = StopRequest { drain_ms: drain.map(|drain| u64::try_from(drain.as_millis()).unwrap_or(u64::MAX)) };
    let mut client = context.client()?;
    let stopping = match client.stop(&request).await {
        Ok(stopping) => stopping,
        Err(failure) if failure.is(ErrorCode::DAEMON_UNREACHABLE) && !client.is_remote() => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let limit = drain.unwrap_or(UNKNOWN_DRAIN) + BEYOND_DRAIN;
    let began = Instant::now();
    while is_there(&client, stopping.pid).await {
        if began.elapsed() > limit {
            let waited = crate::config::units::format_duration(limit);
            return Err(Failure::new(ErrorCode::TIMEOUT, format!("the daemon (pid {}) has not ended within {waited}", stopping.pid)).next(
                format!(
                    "look at `{}`; `kill -9 {}` ends it and loses nothing that was accepted",
                    context.command_line("daemon logs"),
                    stopping.pid
                ),
            ));
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(Some(stopping))
}

/// Whether the daemon is there: its process, or on another machine whoever answers for it.
async fn is_there(client: &Client, pid: u32) -> bool {
    match client.is_remote() {
        true => !client.another().live().await.is_err_and(|failure| failure.is(ErrorCode::DAEMON_UNREACHABLE)),
        false => is_alive(pid),
    }
}

/// Whether a process is there and is more than an entry that its parent has not collected yet.
fn is_alive(pid: u32) -> bool {
    let Some(process) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else {
        return false;
    };
    let there = match rustix::process::test_kill_process(process) {
        Ok(()) => true,
        Err(error) => error != rustix::io::Errno::SRCH,
    };
    // The state follows the name, which stands in parentheses and may have any character in it.
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    let ended =
        state.is_ok_and(|text| text.rsplit_once(')').is_some_and(|(_, rest)| matches!(rest.trim_start().chars().next(), Some('Z' | 'X'))));
    there && !ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_ended_and_was_not_collected_counts_as_gone() {
        assert!(is_alive(std::process::id()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let began = Instant::now();
        while is_alive(child.id()) {
            assert!(began.elapsed() < Duration::from_secs(10));
            std::thread::yield_now();
        }
        child.wait().unwrap();
    }
}
