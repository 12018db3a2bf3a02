//! `panotti` without a command: how the daemon is doing, and what to do next.

use panotti_protocol::failure::{ErrorCode, exit};

use super::daemon::status;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::print;

/// Shows how things stand and the next steps. That no daemon runs is an answer, no failure.
///
/// # Errors
/// What else goes wrong.
pub async fn run(context: &Context) -> Outcome {
    if !context.output.for_people() {
        return status::run(status::StatusArgs {}, context).await;
    }
    let mut client = context.client()?;
    match client.status().await {
        Ok(daemon) => {
            print(&status::text(&daemon, context));
            let failed = daemon.events.subscriptions.iter().any(|subscription| subscription.dead > 0);
            let next = if failed { "panotti event list --failed" } else { "panotti event tail" };
            print(&format!("next: {next}   panotti plugin list   panotti --help\n"));
        }
        Err(failure) if failure.is(ErrorCode::DAEMON_UNREACHABLE) && !client.is_remote() => {
            print(&format!("panotti {}: no daemon is running\n", env!("CARGO_PKG_VERSION")));
            let places = context.places()?;
            print(&format!("  data      {}\n", places.data_dir.path.display()));
            print(&format!("  config    {}\n", places.config_file.path.display()));
            let folders: Vec<String> = places.default_plugin_dirs().iter().map(|folder| folder.display().to_string()).collect();
            print(&format!("  plugins   {}\n", folders.join(", ")));
            print(&format!("next: {}\n", context.command_line("daemon start")));
            print("      panotti --help\n");
        }
        Err(failure) => return Err(failure),
    }
    Ok(exit::OK)
}
