//! The command line. One command is one file under [`commands`]: its arguments, its help, its run.
//!
//! - [`globals`]: flags that every command takes
//! - [`commands`]: the tree of commands and each of them
//! - [`context`]: what a command works with
//! - [`doctor`]: what `panotti doctor` looks at
//! - [`event_selection`], [`selection`]: which stored events; what a replay selects, and its run
//! - [`output`]: results in every form
//! - [`remote`]: a daemon over the network, and the key for it
//! - [`mod@report`]: how a command ends badly
//! - [`revealing`]: `--reveal`, which shows what is masked
//! - [`topics`]: `help exit-codes` and the like
//! - [`generate`]: man pages, completions and the pages of the error codes
//!
//! Nothing here knows the daemon's inside: it is reached through its API, or started as a process.

pub mod commands;
pub mod context;
pub mod doctor;
pub mod editing;
pub mod event_selection;
pub mod generate;
pub mod globals;
pub mod output;
pub mod progress;
pub mod remote;
pub mod report;
pub mod revealing;
pub mod selection;
pub mod topics;
#[cfg(test)]
mod yaml_bombs_test;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use panotti_protocol::failure::{ErrorCode, Failure, exit};

pub use commands::{Command, daemon::run::RunArgs};
use context::{Context, Outcome, StoreAtRest};
pub use globals::Globals;
pub use report::report;

/// Events come in, are stored durably, and are delivered to plugins
///
/// Without a command it shows how the daemon is doing and what to do next.
#[derive(Debug, clap::Parser)]
#[command(name = "panotti", version, disable_help_subcommand = true, max_term_width = 120, after_help = EXAMPLES)]
pub struct Cli {
    /// Flags that every command takes.
    #[command(flatten)]
    pub globals: Globals,
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXAMPLES: &str = "Examples:
  panotti daemon start
  panotti event publish recording.ended -p id=42
  panotti event list --failed
  panotti event replay --failed

More: panotti help exit-codes | environment | formatting | time";

/// The whole tree of commands.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the process's arguments.
///
/// # Errors
/// With the exit code, after help was printed or a bad command line was told.
pub fn parse() -> Result<Cli, ExitCode> {
    let matches = command().try_get_matches().map_err(|error| refuse(&error))?;
    Cli::from_arg_matches(&matches).map_err(|error| refuse(&error))
}

fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        output::print(&error.render().ansi().to_string());
        return ExitCode::SUCCESS;
    }
    if wants_json(std::env::args()) {
        let text = error.render().to_string();
        let detail = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        output::remark(&report::as_json(&Failure::new(ErrorCode::USAGE, detail)));
    } else {
        output::remark(&error.render().ansi().to_string());
    }
    ExitCode::from(exit::USAGE)
}

/// Whether the arguments ask for JSON, where they cannot be read properly.
fn wants_json(arguments: impl Iterator<Item = String>) -> bool {
    let arguments: Vec<String> = arguments.collect();
    let joined = ["-ojson", "-ojsonl", "-o=json", "-o=jsonl", "--output=json", "--output=jsonl"];
    let apart = |pair: &[String]| matches!(pair[0].as_str(), "-o" | "--output") && matches!(pair[1].as_str(), "json" | "jsonl");
    arguments.iter().any(|argument| joined.contains(&argument.as_str())) || arguments.windows(2).any(apart)
}

/// Runs a command to its end and gives the exit code. `store_at_rest` looks at a store that no daemon has open: only the daemon's half of
/// the program knows how.
pub fn run(cli: Cli, store_at_rest: StoreAtRest) -> ExitCode {
    set_color(cli.globals.color);
    let flags = cli.globals.clone();
    let outcome = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(with_time_limit(cli, store_at_rest)),
        Err(error) => Err(Failure::new(ErrorCode::INTERNAL, format!("no runtime: {error}"))),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => report(&failure, &flags),
    }
}

async fn with_time_limit(cli: Cli, store_at_rest: StoreAtRest) -> Outcome {
    let limit = cli.globals.timeout;
    let context = Context::new(cli.globals, store_at_rest);
    let running = Box::pin(commands::run(cli.command, &context));
    match limit {
        None => running.await,
        Some(limit) => tokio::time::timeout(limit, running).await.unwrap_or_else(|_| {
            let given = crate::config::units::format_duration(limit);
            Err(Failure::new(ErrorCode::TIMEOUT, format!("the command did not end within {given}")))
        }),
    }
}

/// Sets colours for the whole process, on both streams.
pub fn set_color(when: globals::ColorWhen) {
    let choice = match when {
        globals::ColorWhen::Auto => anstream::ColorChoice::Auto,
        globals::ColorWhen::Always => anstream::ColorChoice::Always,
        globals::ColorWhen::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Prints, when the program panics, that this is a defect and where to tell of it.
pub fn install_panic_hint() {
    let standard = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        standard(panic);
        output::remark(&format!(
            "This is a defect in panotti {}. Please report it with the lines above and the command that led to it.",
            env!("CARGO_PKG_VERSION")
        ));
    }));
}
