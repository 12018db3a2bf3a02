//! `panotti plugin list`

use panotti_protocol::api::Plugin;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::human::{count, counted, duration_ms};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

/// All fields of an item.
const FIELDS: &[&str] = &[
    "description",
    "digest",
    "enabled",
    "folder",
    "health",
    "load_ms",
    "name",
    "pid",
    "problems",
    "process_tree",
    "reason",
    "runtime",
    "since",
    "state",
    "subscriptions",
    "version",
];

/// List plugins, how they are doing, and what waits for them
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti plugin list\n  panotti plugin list --unhealthy\n  panotti plugin list --fields name,state,reason"
)]
pub struct ListArgs {
    /// Only plugins in this state, for example `running`
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// Only plugins that should run and do not, or are degraded
    #[arg(long)]
    pub unhealthy: bool,
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: ListArgs, context: &Context) -> Outcome {
    let mut plugins = context.client()?.plugins().await?.items;
    plugins.retain(|plugin| args.state.as_ref().is_none_or(|state| plugin.state == *state));
    plugins.retain(|plugin| !args.unhealthy || (plugin.enabled && (plugin.state != "running" || plugin.health != "ok")));
    plugins.truncate(args.list.rows_max());
    let footer = footer(&plugins, context);
    let table = table(&plugins, context);
    context.output.list(Listing {
        items: to_values(&plugins)?,
        table,
        id: "name",
        fields: FIELDS,
        footer,
        no_headers: args.list.no_headers,
    })?;
    Ok(exit::OK)
}

fn footer(plugins: &[Plugin], context: &Context) -> String {
    if !context.output.terminal() {
        return String::new();
    }
    if plugins.is_empty() {
        return "no plugins found   panotti config get plugins.dirs".to_owned();
    }
    let mut by_state = std::collections::BTreeMap::<&str, usize>::new();
    for plugin in plugins {
        *by_state.entry(&plugin.state).or_default() += 1;
    }
    let parts: Vec<String> = by_state.iter().map(|(state, number)| format!("{number} {state}")).collect();
    format!("{}, {}", counted(plugins.len() as u64, "plugin"), parts.join(", "))
}

fn table(plugins: &[Plugin], context: &Context) -> Table {
    let wide = context.output.wide();
    let mut columns = vec![
        left("NAME"),
        left("STATE"),
        left("HEALTH"),
        left("VERSION"),
        left("RUNTIME"),
        right("PENDING"),
        right("DONE"),
        right("FAILED"),
        right("SINCE"),
        left("REASON"),
    ];
    if wide {
        columns.extend([right("PID"), right("LOADED IN"), left("PROCESSES"), left("FOLDER")]);
    }
    let mut table = Table::new(columns);
    for plugin in plugins {
        let sum = |number: fn(&panotti_protocol::api::SubscriptionStatus) -> u64| count(plugin.subscriptions.iter().map(number).sum());
        let mut row = vec![
            plugin.name.clone(),
            plugin.state.clone(),
            if plugin.state == "running" { plugin.health.clone() } else { "-".to_owned() },
            plugin.version.clone(),
            plugin.runtime.clone(),
            sum(|subscription| subscription.pending + subscription.leased + subscription.waiting),
            sum(|subscription| subscription.done),
            sum(|subscription| subscription.dead),
            context.output.time.show(plugin.since),
            plugin.reason.clone(),
        ];
        if wide {
            row.extend([
                plugin.pid.map_or("-".to_owned(), |pid| pid.to_string()),
                plugin.load_ms.map_or("-".to_owned(), duration_ms),
                plugin.process_tree.clone(),
                plugin.folder.clone(),
            ]);
        }
        table.row(row);
    }
    table
}
