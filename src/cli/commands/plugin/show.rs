//! `panotti plugin show`

use panotti_protocol::api::{OnDead, PluginDetail, SubscriptionStatus, Turns};
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, count, duration_ms, green, red, safe, yellow};

/// Show a plugin: its state, its subscriptions, its last changes
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti plugin show word-count\n  panotti plugin show word-count -o json")]
pub struct ShowArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Every change of its state that is kept, not only the last three
    #[arg(long)]
    pub history: bool,
}

/// Shows it.
///
/// # Errors
/// `plugin.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let detail = context.client()?.plugin(&args.name).await?;
    let changes = if args.history { usize::MAX } else { 3 };
    context.output.item(&detail, &detail.plugin.name, || text(&detail, changes, context))?;
    Ok(exit::OK)
}

/// The state in its colour.
pub fn colored(state: &str) -> String {
    match state {
        "running" => green(state),
        "failed" | "stopped" | "incompatible" => red(state),
        "backoff" | "starting" | "draining" | "paused" => yellow(state),
        _ => state.to_owned(),
    }
}

/// Events of which the filter could not ask what it asks.
fn unasked(subscription: &SubscriptionStatus) -> String {
    let counted =
        [(subscription.filter_missing, "a field was missing or of another type"), (subscription.filter_gave_up, "it took too many steps")];
    let shown = counted.iter().filter(|(number, _)| *number > 0);
    shown.map(|(number, why)| format!("   {} {why}", yellow(&format!("{} x", count(*number))))).collect()
}

/// How a subscription orders its events, where its manifest says anything of it.
fn order(subscription: &SubscriptionStatus) -> String {
    let on_dead = if subscription.on_dead == OnDead::Block { "dead letters block their key" } else { "" };
    let key = subscription.key.as_ref().map_or(String::new(), |path| format!("by {path}"));
    let missing = match subscription.without_key {
        0 => String::new(),
        number => format!("{} events had no such key", count(number)),
    };
    let turns = if subscription.turns == Turns::Strict { "highest priority first" } else { "" };
    [key, on_dead.to_owned(), turns.to_owned(), missing].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("   ")
}

fn text(detail: &PluginDetail, changes: usize, context: &Context) -> String {
    let plugin = &detail.plugin;
    let health = if plugin.state == "running" { format!(" ({})", plugin.health) } else { String::new() };
    let pid = plugin.pid.map_or(String::new(), |pid| format!("   pid {pid}"));
    let since = context.output.time.show(plugin.since);
    let mut text =
        format!("{} {}   {}{health} since {since}{pid}   {}\n", bold(&plugin.name), plugin.version, colored(&plugin.state), plugin.runtime);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("  {name:<9} {value}\n"));
        }
    };
    line("about", safe(&plugin.description));
    line("reason", safe(&plugin.reason));
    for part in &plugin.problems {
        line("problem", format!("{}  {}   {}", part.pointer, safe(&part.detail), part.next));
    }
    for subscription in &plugin.subscriptions {
        let numbers = format!(
            "pending {}   in work {}   waiting {}   done {}   failed {}",
            count(subscription.pending),
            count(subscription.leased),
            count(subscription.waiting),
            count(subscription.done),
            count(subscription.dead)
        );
        line("on", format!("{}   {numbers}", subscription.topic));
        if let Some(filter) = &subscription.filter {
            line("where", format!("{}{}", safe(filter), unasked(subscription)));
        }
        line("order", order(subscription));
    }
    line("emits", detail.emits.join(", "));
    line("needs", detail.dependencies.join(", "));
    line("folder", plugin.folder.clone());
    line("loaded in", plugin.load_ms.map_or(String::new(), duration_ms));
    line("processes", plugin.process_tree.clone());
    for change in detail.history.iter().take(changes) {
        let reason = if change.reason.is_empty() { String::new() } else { format!(": {}", safe(&change.reason)) };
        line(
            "changed",
            format!("{}   {} -> {} by {}{reason}", context.output.time.ago(change.at), change.from, change.to, safe(&change.actor)),
        );
    }
    if plugin.subscriptions.iter().any(|subscription| subscription.dead > 0) {
        line("errors", format!("panotti event errors --plugin {}", plugin.name));
    }
    text
}
