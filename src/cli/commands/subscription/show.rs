//! `panotti subscription show`

use panotti_protocol::api::{OnDisabled, Subscription, Turns};
use panotti_protocol::failure::{ErrorCode, Failure, exit};

use super::list::colored;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, count, duration_ms, rate, red};

/// Show a subscription: what it asks for, how far behind it is, how it stands
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti subscription show word-count/recording.ended\n  panotti subscription show 'audit/recording.>' -o json"
)]
pub struct ShowArgs {
    /// Which: the plugin and the name that its manifest gives, by default the topic pattern
    #[arg(value_name = "PLUGIN/NAME")]
    pub subscription: String,
}

/// Shows it.
///
/// # Errors
/// `subscription.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let not_one = || Failure::new(ErrorCode::SUBSCRIPTION_NOT_FOUND, format!("`{}` is not `PLUGIN/NAME`", args.subscription));
    let (plugin, name) =
        args.subscription.split_once('/').filter(|(plugin, name)| !plugin.is_empty() && !name.is_empty()).ok_or_else(not_one)?;
    let found = context.client()?.subscription(plugin, name).await?;
    context.output.item(&found, &found.subscription, || text(&found, context))?;
    Ok(exit::OK)
}

fn text(one: &Subscription, context: &Context) -> String {
    let time = &context.output.time;
    let since = one.stalled_since.map_or(String::new(), |at| format!(", nothing has ended since {}", time.ago(at)));
    let oldest = one.oldest_pending_at.map_or(String::new(), |at| format!(", the oldest {}", time.ago(at)));
    let last = one.last_ended_at.map_or("none since the daemon's start".to_owned(), |at| time.ago(at));
    let dead = one.dead + one.quarantined;
    let dead = if dead > 0 { red(&format!("dead {}", count(dead))) } else { "dead 0".to_owned() };
    format!(
        "{}   {}{since}\n  topic     {}\n  lag       {}: {} pending{oldest}, {} in flight, {} waiting\n  rate      {} ended, the last {last}\n  \
         counts    done {}   {dead}   skipped {}   cancelled {}   recovered {}\n  \
         limits    concurrency {}   batch {}   timeout {}   attempts {}   while disabled {}   priority {}\n",
        bold(&one.subscription),
        colored(one.state),
        one.topic,
        count(one.lag),
        count(one.pending),
        count(one.in_flight),
        count(one.waiting),
        rate(one.rate),
        count(one.done),
        count(one.skipped),
        count(one.cancelled),
        count(one.recovered),
        one.concurrency,
        one.batch,
        duration_ms(one.timeout_ms),
        one.attempts_max,
        match one.on_disabled {
            OnDisabled::Hold => "hold",
            OnDisabled::Skip => "skip",
        },
        match one.turns {
            Turns::Weighted => "weighted",
            Turns::Strict => "strict",
        },
    )
}
