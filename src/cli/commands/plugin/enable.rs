//! `panotti plugin enable`

use std::time::{Duration, Instant};

use panotti_protocol::api::{Plugin, PluginChanged, PluginSwitch};
use panotti_protocol::failure::{ErrorCode, Failure, exit};

use super::show::colored;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::parse_duration;
use crate::cli::output::human::safe;
use crate::client::Client;

/// How long to sleep between two looks at whether it runs.
const POLL: Duration = Duration::from_millis(50);

/// Enable plugins, and wait until they run
///
/// What was held for them is delivered. Where a plugin is enabled already nothing is changed.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti plugin enable word-count\n  panotti plugin enable word-count archive --wait 0")]
pub struct EnableArgs {
    /// The plugins
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
    /// How long to wait until they run; 0 does not wait
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_duration)]
    pub wait: Duration,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Enables them.
///
/// # Errors
/// The daemon's failure, `plugin.not_running` where one did not come up, `timeout` where one takes too long.
pub async fn run(args: EnableArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let request = PluginSwitch { reason: args.reason.clone(), on_disabled: None };
    let mut changed = Vec::new();
    for name in &args.names {
        changed.push(client.plugin_enable(name, &request).await?);
    }
    let began = Instant::now();
    if !args.wait.is_zero() {
        for one in &mut changed {
            one.plugin = wait_for(&one.plugin.name, began, args.wait, &mut client).await?;
        }
    }
    print(&changed, context)?;
    Ok(exit::OK)
}

/// Prints one change as an object and several as a list.
pub(super) fn print(changed: &[PluginChanged], context: &Context) -> Result<(), Failure> {
    let ids: Vec<&str> = changed.iter().map(|one| one.plugin.name.as_str()).collect();
    let lines: Vec<String> = changed.iter().map(text).collect();
    match changed {
        [only] => context.output.action(only, &only.plugin.name, || lines.join("\n")),
        several => context.output.action(&several, &ids.join("\n"), || lines.join("\n")),
    }
}

fn text(changed: &PluginChanged) -> String {
    let plugin = &changed.plugin;
    let unchanged = if changed.changed { "" } else { "unchanged: " };
    let reason = if plugin.reason.is_empty() { String::new() } else { format!("   {}", safe(&plugin.reason)) };
    let held: u64 = plugin.subscriptions.iter().map(|subscription| subscription.pending).sum();
    let held = if plugin.state == "disabled" && held > 0 { format!("   {held} deliveries held") } else { String::new() };
    format!("{unchanged}{} {}   {}{reason}{held}", plugin.name, plugin.version, colored(&plugin.state))
}

async fn wait_for(name: &str, began: Instant, wait: Duration, client: &mut Client) -> Result<Plugin, Failure> {
    loop {
        let plugin = client.plugin_status(name).await?;
        match plugin.state.as_str() {
            "running" | "paused" => return Ok(plugin),
            "failed" | "stopped" | "incompatible" | "backoff" | "disabled" => {
                let reason = if plugin.reason.is_empty() { String::new() } else { format!(": {}", plugin.reason) };
                return Err(Failure::new(ErrorCode::PLUGIN_NOT_RUNNING, format!("`{name}` is enabled and {}{reason}", plugin.state))
                    .next(format!("`panotti plugin logs {name}` shows what it said"))
                    .errors(plugin.problems));
            }
            _ if began.elapsed() >= wait => {
                let waited = crate::config::units::format_duration(wait);
                return Err(Failure::new(ErrorCode::TIMEOUT, format!("`{name}` is still {} after {waited}", plugin.state))
                    .why("It is enabled and keeps trying.")
                    .next(format!("`panotti plugin logs {name}`, or wait longer with `--wait`")));
            }
            _ => tokio::time::sleep(POLL).await,
        }
    }
}
