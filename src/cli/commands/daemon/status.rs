//! `panotti daemon status`

use panotti_protocol::api::{DaemonStatus, HttpStatus, StoreStatus};
use panotti_protocol::delivery::DeliveryState;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bytes, count, duration_ms, green, rate, red, safe, yellow};

/// Show how the daemon is doing
///
/// The exit code is 9 where none is running.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti daemon status\n  panotti daemon status -o json")]
pub struct StatusArgs {}

/// Shows it.
///
/// # Errors
/// `daemon.unreachable` where none is running.
pub async fn run(_: StatusArgs, context: &Context) -> Outcome {
    let daemon = context.client()?.status().await?;
    context.output.item(&daemon, &daemon.pid.to_string(), || text(&daemon, context))?;
    Ok(exit::OK)
}

/// A few lines for a person.
pub fn text(daemon: &DaemonStatus, context: &Context) -> String {
    let healthy = daemon.health == "ok";
    let health = if healthy { green("healthy") } else { red(&daemon.health) };
    let dot = if healthy { green("●") } else { red("●") };
    let uptime = duration_ms(daemon.uptime_ms);
    let mut text = format!("{dot} panotti {}  running {uptime}   pid {}   {health}\n", daemon.version, daemon.pid);
    let events = &daemon.events;
    let of = |state: DeliveryState| events.deliveries.get(&state).copied().unwrap_or(0);
    // Dead letters that wait for someone, not all deaths ever.
    let dead: u64 = events.subscriptions.iter().map(|subscription| subscription.dead).sum();
    let dead = if dead > 0 { red(&format!("dead {}", count(dead))) } else { "dead 0".to_owned() };
    text.push_str(&format!(
        "  events    {} accepted ({}), {} without a subscriber      pending {}   in work {}   waiting {}   {dead}\n",
        count(events.accepted),
        rate(events.rates.accepted),
        count(events.unrouted),
        count(of(DeliveryState::Pending)),
        count(of(DeliveryState::Leased)),
        count(of(DeliveryState::Waiting)),
    ));
    let store = &events.store;
    let refusing = store.refusing.as_ref().map_or(String::new(), |why| format!("   {}", red(&format!("refusing: {why}"))));
    let corrupt = match store.corrupt {
        0 => String::new(),
        number => format!("   {}", red(&format!("corrupt {}", count(number)))),
    };
    text.push_str(&format!(
        "  store     {} of {}{}, {} free on disk{corrupt}{refusing}\n",
        bytes(store.used_bytes),
        bytes(store.bytes_max),
        days_held(store),
        bytes(store.free_bytes)
    ));
    let plugins: Vec<String> =
        daemon.plugins.iter().filter(|(_, number)| **number > 0).map(|(state, number)| format!("{number} {state}")).collect();
    let plugins = if plugins.is_empty() { "none found".to_owned() } else { plugins.join(", ") };
    let replays = if events.replays_running > 0 { format!("      replays running {}", events.replays_running) } else { String::new() };
    text.push_str(&format!("  plugins   {plugins}{replays}\n"));
    if let Some(audit) = &daemon.audit {
        let signed = audit.signed_at.map_or("not signed yet".to_owned(), |at| {
            format!("signed to {} {}, copied to {}", count(audit.signed_to), context.output.time.ago(at), audit.copies.join(", "))
        });
        text.push_str(&format!("  audit     {} records, {signed}\n", count(audit.records)));
        audit.problems.iter().for_each(|problem| text.push_str(&format!("            {}\n", red(&safe(problem)))));
    }
    text.push_str(&network(&daemon.http));
    let own = env!("CARGO_PKG_VERSION");
    let client = if own == daemon.version { String::new() } else { yellow(&format!("   this client is {own}")) };
    text.push_str(&format!("  data      {}   socket {}{client}\n", daemon.data_dir, daemon.socket));
    for warning in &daemon.warnings {
        text.push_str(&format!("  {}\n", yellow(&format!("! {warning}"))));
    }
    text.push_str(&format!("  logs      {}\n", context.command_line("daemon logs -f")));
    text
}

/// Where the API is served on the network; nothing where it is not.
fn network(http: &HttpStatus) -> String {
    match (&http.problem, http.listening) {
        (Some(problem), _) => format!("  network   {}\n", red(problem)),
        (None, false) => String::new(),
        (None, true) => {
            let scheme = if http.tls { "https" } else { "http" };
            let insecure = if http.insecure { red("   without TLS, at an address that other machines reach") } else { String::new() };
            let until = http.certificate.as_ref().map(|certificate| certificate.valid_until);
            let until = until.map_or_else(String::new, |until| format!("   certificate until {until}"));
            format!("  network   {scheme}://{}{until}{insecure}\n", http.address)
        }
    }
}

/// How long the limit holds at the present rate, against how long events are to be kept.
fn days_held(store: &StoreStatus) -> String {
    match store.days_held {
        Some(days) if days >= store.retention_days as f64 => format!(", holds {} days", store.retention_days),
        Some(days) => yellow(&format!(", holds {days} of {} days at the present rate", store.retention_days)),
        None => String::new(),
    }
}
