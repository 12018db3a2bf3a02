//! `panotti daemon start`: starts `panotti daemon run` as a process of its own session and waits until it is ready.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use panotti_protocol::api::DaemonStatus;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde::Serialize;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::parse_duration;
use crate::cli::output::human::{bytes, counted, counted_as, duration_ms, green, yellow};
use crate::client::Client;

/// How long to sleep between two looks at whether it is ready.
const POLL: Duration = Duration::from_millis(10);
/// Most that is read of what a daemon said before it ended, in bytes.
const SAID_BYTES_MAX: u64 = 64 * 1024;

/// Start the daemon in the background
///
/// Returns when it is ready. Where one is running already nothing is changed and the exit code is 0. Where it cannot start,
/// its own message is shown and its exit code passed on.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti daemon start\n  panotti daemon start --data ./data --wait 30s")]
pub struct StartArgs {
    /// How long to wait until it is ready
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_duration)]
    pub wait: Duration,
    /// Return at once
    #[arg(long, conflicts_with = "wait")]
    pub no_wait: bool,
    /// Go on although accepted events are missing at the end of the log; which ones is written to the audit
    #[arg(long)]
    pub accept_loss: bool,
}

/// The result as data.
#[derive(Debug, Serialize)]
struct Started {
    changed: bool,
    #[serde(flatten)]
    daemon: Option<DaemonStatus>,
}

/// Starts it.
///
/// # Errors
/// The daemon's own failure, or `daemon.did_not_start`.
pub async fn run(args: StartArgs, context: &Context) -> Outcome {
    context.only_here("daemon start")?;
    if let Ok(daemon) = running(context).await {
        return unchanged(daemon, context);
    }
    for variable in context.environment.unread() {
        context.output.remark(&format!("warning: {variable}"));
    }
    let began = Instant::now();
    let mut said = captured().map_err(|error| not_started(format!("no place for its messages: {error}")))?;
    let mut child = spawn(&args, &said, context)?;
    if args.no_wait {
        let started = serde_json::json!({ "changed": true, "pid": child.id() });
        context.output.action(&started, &child.id().to_string(), || format!("panotti is starting (pid {})", child.id()))?;
        return Ok(exit::OK);
    }
    loop {
        if let Ok(daemon) = running(context).await {
            return ready(daemon, child.id(), began.elapsed(), context);
        }
        if let Some(status) = child.try_wait().map_err(|error| not_started(error.to_string()))? {
            // Another start may have been a moment faster; then that one is the daemon.
            if status.code() == Some(i32::from(exit::ALREADY_RUNNING))
                && let Some(daemon) = wait_for_other(&args, began, context).await
            {
                return unchanged(daemon, context);
            }
            return Err(ended_early(status, &mut said));
        }
        if began.elapsed() > args.wait {
            return Err(too_slow(&mut child, &args, context));
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn running(context: &Context) -> Result<DaemonStatus, Failure> {
    let mut client: Client = context.client()?;
    client.ready().await?;
    client.status().await
}

async fn wait_for_other(args: &StartArgs, began: Instant, context: &Context) -> Option<DaemonStatus> {
    while began.elapsed() <= args.wait {
        if let Ok(daemon) = running(context).await {
            return Some(daemon);
        }
        tokio::time::sleep(POLL).await;
    }
    None
}

/// A file in memory for what the daemon says on stderr before its log is there. A pipe would break when this process ends.
fn captured() -> std::io::Result<File> {
    Ok(File::from(rustix::fs::memfd_create("panotti-start", rustix::fs::MemfdFlags::CLOEXEC)?))
}

fn spawn(args: &StartArgs, said: &File, context: &Context) -> Result<Child, Failure> {
    let program = std::env::current_exe().map_err(|error| not_started(format!("its program is not found: {error}")))?;
    let places = context.places()?;
    let mut command = Command::new(program);
    command.args(["daemon", "run", "--output", "json", "--color", "never"]);
    // Given as absolute paths, so that it does not matter where the daemon's own working folder is.
    if places.data_dir.origin == "--data" || places.data_dir.origin == "PANOTTI_DATA" {
        command.arg("--data").arg(&places.data_dir.path);
    }
    if places.config_named {
        command.arg("--config").arg(&places.config_file.path);
    }
    if let Ok(socket) = places.socket()
        && (socket.origin == "--socket" || socket.origin == "PANOTTI_SOCKET")
    {
        command.arg("--socket").arg(socket.path);
    }
    if args.accept_loss {
        command.arg("--accept-loss");
    }
    let said = said.try_clone().map_err(|error| not_started(error.to_string()))?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::from(said));
    in_own_session(&mut command);
    command.spawn().map_err(|error| not_started(format!("`panotti daemon run` cannot be started: {error}")))
}

/// The process gets a session of its own, so that a closed terminal or ^C is not its matter.
#[allow(unsafe_code)]
fn in_own_session(command: &mut Command) {
    // SAFETY: between fork and exec only setsid(2) is called, which is async-signal-safe; nothing is allocated or locked.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(drop).map_err(std::io::Error::from));
    }
}

fn not_started(why: String) -> Failure {
    Failure::new(ErrorCode::DAEMON_DID_NOT_START, format!("the daemon did not start: {why}"))
}

/// What the daemon said before it ended, with its exit code.
fn ended_early(status: ExitStatus, said: &mut File) -> Failure {
    let mut text = String::new();
    let read = said.seek(SeekFrom::Start(0)).and_then(|_| said.take(SAID_BYTES_MAX).read_to_string(&mut text));
    if read.is_ok()
        && let Some(failure) = text.lines().rev().find_map(|line| serde_json::from_str::<Failure>(line).ok())
    {
        return failure;
    }
    let mut failure = not_started(format!("it ended with {status}"));
    if !text.trim().is_empty() {
        failure.why = text.trim().to_owned();
    }
    if let Some(code) = status.code().and_then(|code| u8::try_from(code).ok()).filter(|code| (64..=78).contains(code)) {
        failure.exit = code;
    }
    failure
}

fn too_slow(child: &mut Child, args: &StartArgs, context: &Context) -> Failure {
    let waited = crate::config::units::format_duration(args.wait);
    Failure::new(ErrorCode::DAEMON_DID_NOT_START, format!("the daemon (pid {}) was not ready within {waited}", child.id()))
        .why("It may be reading a large store, or hang.")
        .next(format!("`{}`, or wait longer with `--wait`", context.command_line("daemon logs")))
}

fn unchanged(daemon: DaemonStatus, context: &Context) -> Outcome {
    let pid = daemon.pid;
    let text = format!("unchanged: panotti {} is running (pid {pid})", daemon.version);
    context.output.action(&Started { changed: false, daemon: Some(daemon) }, &pid.to_string(), || text)?;
    Ok(exit::OK)
}

fn ready(daemon: DaemonStatus, child: u32, took: Duration, context: &Context) -> Outcome {
    let pid = daemon.pid;
    let text = started_text(&daemon, took, context);
    let changed = pid == child;
    context.output.action(&Started { changed, daemon: Some(daemon) }, &pid.to_string(), || text)?;
    Ok(exit::OK)
}

fn started_text(daemon: &DaemonStatus, took: Duration, context: &Context) -> String {
    let took = duration_ms(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    let found: u64 = daemon.plugins.values().sum();
    let running = daemon.plugins.get("running").copied().unwrap_or(0) + daemon.plugins.get("starting").copied().unwrap_or(0);
    let mut text = format!("{} panotti {} running (pid {}) in {took}\n", green("✓"), daemon.version, daemon.pid);
    text.push_str(&format!("  Socket  {}\n", daemon.socket));
    text.push_str(&format!(
        "  Data    {}   {}, {}, {} found, {running} running or starting\n",
        daemon.data_dir,
        counted(daemon.events.accepted, "event"),
        bytes(daemon.events.store.database_bytes),
        counted(found, "plugin")
    ));
    text.push_str(&format!("  Logs    {}\n", context.command_line("daemon logs -f")));
    let unwell: u64 = ["stopped", "failed", "backoff", "incompatible"].iter().filter_map(|state| daemon.plugins.get(*state)).sum();
    if unwell > 0 {
        text.push_str(&format!(
            "{} {} not running as wanted   {}\n",
            yellow("!"),
            counted_as(unwell, "plugin is", "plugins are"),
            context.command_line("plugin list")
        ));
    }
    for warning in &daemon.warnings {
        text.push_str(&format!("{} {warning}\n", yellow("!")));
    }
    text
}
