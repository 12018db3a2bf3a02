//! The one binary. It parses the command line and decides which half it is: `daemon run` is the daemon, everything else is its
//! client; and as `__plugin-init` it keeps the processes of one plugin together.

use std::process::ExitCode;

use panotti::cli::commands::daemon::DaemonCommand;
use panotti::cli::{self, Cli, Command, Globals, RunArgs};
use panotti::config::environment::Environment;
use panotti::config::load::load_for_daemon;
use panotti::config::places::Places;
use panotti::daemon;
use panotti_protocol::failure::{ErrorCode, Failure};

fn main() -> ExitCode {
    // Before anything else: what keeps a plugin's processes together must find one thread.
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    if let Some(code) = daemon::host::init::run_if_asked(&arguments) {
        return code;
    }
    cli::install_panic_hint();
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match cli {
        Cli { globals, command: Some(Command::Daemon(DaemonCommand::Run(args))) } => {
            cli::set_color(globals.color);
            match run_daemon(&globals, &args) {
                Ok(()) => ExitCode::SUCCESS,
                Err(failure) => cli::report(&failure, &globals),
            }
        }
        cli => cli::run(cli, daemon::store::sqlite::inspect::at_rest),
    }
}

fn run_daemon(globals: &Globals, args: &RunArgs) -> Result<(), Failure> {
    let environment = Environment::of_process();
    let places = Places::find(&globals.place_flags(), &environment)?;
    let settings = load_for_daemon(&places, &environment)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("no runtime: {error}")))?;
    let ended = runtime.block_on(daemon::run(daemon::Start { places, settings, environment, accept_loss: args.accept_loss }));
    if ended.is_err() {
        // After a failed start nothing has told the bus's thread to end, and it waits by the runtime's timers: they stay until the process ends.
        std::mem::forget(runtime);
    }
    ended
}
