//! `panotti slo`: how well it went.

use panotti_protocol::api::{Share, Slo, SloQuery};
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::{When, parse_when};
use crate::cli::output::human::{count, duration_ms};

/// Show how well it went: success, recovery, latency, load of plugins, uptime, utilisation
///
/// From the daemon's own counters, up to 30 days back. Success is deliveries done of those ended; recovery is deliveries that failed and
/// later succeeded, of those that failed and are resolved; latency is from the publisher's call to the handler's start; uptime is minutes
/// ready, of those since the first start.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti slo\n  panotti slo --since 7d -o json")]
pub struct SloArgs {
    /// Counted since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when, default_value = "30d")]
    pub since: When,
}

/// Shows it.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: SloArgs, context: &Context) -> Outcome {
    let slo = context.client()?.slo(&SloQuery { since: Some(args.since.resolve(now())) }).await?;
    context.output.item(&slo, "slo", || text(&slo, context))?;
    Ok(exit::OK)
}

fn text(slo: &Slo, context: &Context) -> String {
    let ms = |ms: Option<f64>| ms.map_or("-".to_owned(), |ms| if ms < 10.0 { format!("{ms}ms") } else { duration_ms(ms.round() as u64) });
    let latency = &slo.latency_ms;
    let load = &slo.plugin_load_ms;
    let cpu = slo.cpu.map_or("not measured yet".to_owned(), |cpu| format!("{} of a processor in the last minute", percent(cpu)));
    format!(
        "since {}\n  success      {}\n  recovery     {}\n  latency      p50 {}   p95 {}   p99 {}   ({} measured)\n  \
         plugin load  mean {}   longest {}   succeeded {}\n  uptime       {} minutes\n  utilisation  {cpu}, {} of the store\n",
        context.output.time.ago(slo.from),
        share(&slo.success, "deliveries"),
        share(&slo.recovery, "failed deliveries"),
        ms(latency.p50),
        ms(latency.p95),
        ms(latency.p99),
        count(latency.measured),
        ms(load.mean),
        load.max.map_or("-".to_owned(), duration_ms),
        share(&slo.plugin_load, "starts"),
        share(&slo.uptime, "").trim_end(),
        percent(slo.store),
    )
}

/// `99.95 % (1,999 of 2,000 deliveries)`
fn share(share: &Share, of: &str) -> String {
    match share.share {
        Some(number) => format!("{} ({} of {} {of})", percent(number), count(share.part), count(share.of)).replace(" )", ")"),
        None => "-".to_owned(),
    }
}

/// Cut off, not rounded up: 100 % means all of it.
fn percent(share: f64) -> String {
    let hundredths = (share * 10_000.0).floor() / 100.0;
    format!("{hundredths} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_is_not_whole_never_shows_as_whole() {
        assert_eq!(share(&Share::new(99_999, 100_000), "deliveries"), "99.99 % (99,999 of 100,000 deliveries)");
        assert_eq!(share(&Share::new(2, 2), ""), "100 % (2 of 2)");
        assert_eq!(share(&Share::new(0, 0), "starts"), "-");
    }
}
