//! The one binary. It parses the command line and decides which half it is: `daemon run` is the daemon, everything else is its client.

use std::process::ExitCode;

use panotti::cli::commands::daemon::DaemonCommand;
use panotti::cli::{self, Cli, Command, Globals, RunArgs};
use panotti::config::environment::Environment;
use panotti::config::places::PlaceFlags;
use panotti::daemon;
use panotti_protocol::failure::{ErrorCode, Failure};

fn main() -> ExitCode {
    cli::install_panic_hint();
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match cli {
        Cli { globals, command: Some(Command::Daemon(DaemonCommand::Run(args))) } => run_daemon(&globals, &args),
        cli => cli::run(cli),
    }
}

fn run_daemon(globals: &Globals, args: &RunArgs) -> ExitCode {
    cli::set_color(globals.color);
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("no runtime: {error}")))
        .and_then(|runtime| runtime.block_on(daemon::run(options(globals, args), Environment::of_process())));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => cli::report(&failure, globals),
    }
}

fn options(globals: &Globals, args: &RunArgs) -> daemon::Options {
    let places = PlaceFlags { data: globals.data.clone(), socket: globals.socket.clone(), config: globals.config.clone() };
    daemon::Options { places, accept_loss: args.accept_loss }
}
