//! `panotti event publish`

use std::time::{Duration, Instant};

use panotti_protocol::event::{NewEvent, Priority, Receipt};
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart, exit};
use serde_json::json;

use super::publish_input::{self, Pair};
use super::{publish_many, republish, waiting};
use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::parse_duration;
use crate::cli::output::human::{counted, counted_as, duration_ms, safe, short, yellow};
use crate::cli::output::to_value;
use crate::client::Client;

/// Publish an event
///
/// Returns once the event is on disk: after that a crash cannot lose it. Handlers run afterwards; see what became of it with
/// `panotti event show @last`. The same --source and --id publish the same event only once.
///
/// With --jsonl each line of the input is an event: a whole CloudEvent, or, where a TOPIC is given, a payload. Lines that do not
/// hold are named and the others published; the exit code is 3 then.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  panotti event publish recording.ended '{\"id\": 42}'
  panotti event publish recording.ended -p id=42 -p tags:='[\"a\",\"b\"]'
  panotti event publish audio.recorded @meeting.wav --content-type audio/wav
  panotti event publish reminder.due '{\"id\": 42}' --delay 2h --expires 1d
  cat events.jsonl | panotti event publish --jsonl -
  panotti event publish order.paid '{\"order\": 17}' --idempotency-key pay-17
  panotti event publish recording.ended -p id=42 --wait=30s
  panotti event publish --from @last --edit
  panotti event publish load.test --count 10000 --rate 500")]
pub struct PublishArgs {
    /// Topic to publish to, for example `recording.ended`
    #[arg(value_name = "TOPIC", required_unless_present_any = ["jsonl", "from"])]
    pub topic: Option<String>,
    /// The payload: JSON, or `@FILE`, or `-` for standard input
    #[arg(value_name = "PAYLOAD")]
    pub payload: Option<String>,
    /// A key of the payload: `k=text` or `k:=json`; may be given several times
    #[arg(short, long = "pair", value_name = "K=V", value_parser = publish_input::parse_pair, conflicts_with = "jsonl")]
    pub pairs: Vec<Pair>,
    /// Its priority; where events wait, higher ones are handed out sooner
    #[arg(long, value_name = "PRIORITY", value_parser = parse_priority)]
    pub priority: Option<Priority>,
    /// Your id of the event: the same source and id are published once
    #[arg(long, value_name = "ID", conflicts_with_all = ["jsonl", "count"])]
    pub id: Option<String>,
    /// The same event under the same key is published once within 24 hours; another event under it is refused
    #[arg(long, value_name = "KEY", value_parser = publish_input::parse_key, conflicts_with_all = ["jsonl", "count", "id"])]
    pub idempotency_key: Option<String>,
    /// Who says so; `/cli/USER@HOST` where it is not given
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// What it is about
    #[arg(long, value_name = "SUBJECT")]
    pub subject: Option<String>,
    /// Media type of the payload; JSON where it is not given
    #[arg(long, value_name = "TYPE", conflicts_with = "jsonl")]
    pub content_type: Option<String>,
    /// Events of one key come to a plugin one at a time, in their order
    #[arg(long, value_name = "KEY")]
    pub ordering_key: Option<String>,
    /// The story it belongs to
    #[arg(long, value_name = "ID")]
    pub correlation: Option<String>,
    /// Deliveries past it are dead, with the cause `expired`: a time, or so long from now
    #[arg(long, value_name = "TIME", value_parser = publish_input::parse_expiry)]
    pub expires: Option<publish_input::Expiry>,
    /// Plugins get it later, at most 30 days from now: a time, or so long from now
    #[arg(long, value_name = "TIME", value_parser = publish_input::parse_expiry)]
    pub delay: Option<publish_input::Expiry>,
    /// Publish a copy of this event as a new one, which names it as its cause; what else is given replaces what the copy has, and
    /// --pair sets single keys of its payload
    #[arg(long, value_name = "EVT", conflicts_with_all = ["jsonl", "count"])]
    pub from: Option<String>,
    /// Edit the copy before it is published, in `$VISUAL` or `$EDITOR`
    #[arg(long, requires = "from")]
    pub edit: bool,
    /// Copy what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited
    #[arg(long, requires = "from")]
    pub reveal: bool,
    /// Wait until every delivery has ended, at most so long; exit code 1 where one failed, 124 where the time ran out
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true, default_missing_value = waiting::WAIT_DEFAULT,
          value_parser = parse_duration, conflicts_with_all = ["jsonl", "count", "dry_run"])]
    pub wait: Option<Duration>,
    /// Each line is an event: of standard input, or of PAYLOAD (`@FILE`); without a TOPIC give `-` or `@FILE` alone
    #[arg(long)]
    pub jsonl: bool,
    /// Publish it so many times, with the number under `n` in an object
    #[arg(long, value_name = "N", conflicts_with = "jsonl", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// At most so many a second, with --jsonl or --count
    #[arg(long, value_name = "N", value_parser = parse_rate)]
    pub rate: Option<Duration>,
    /// Check everything that can be checked here, and publish nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn parse_priority(text: &str) -> Result<Priority, String> {
    text.parse()
}

/// Reads `500`, `500/s` as the time between two.
fn parse_rate(text: &str) -> Result<Duration, String> {
    match text.trim_end_matches("/s").parse::<u32>() {
        Ok(rate) if rate > 0 => Ok(Duration::from_secs(1) / rate),
        _ => parse_duration(text).map_err(|_| "a rate is a number of events a second, for example `500`".to_owned()),
    }
}

/// Publishes it, or them.
///
/// # Errors
/// Where it does not hold, or the daemon refuses it.
pub async fn run(args: PublishArgs, context: &Context) -> Outcome {
    if args.jsonl {
        return publish_many::lines(args, context).await;
    }
    if let Some(from) = &args.from {
        let id = context.event_id(from)?;
        return Box::pin(republish::run(&id, &args, context)).await;
    }
    let event = publish_input::event(&args, now())?;
    if let Some(count) = args.count {
        return publish_many::repeated(&args, &event, count, context).await;
    }
    if args.dry_run {
        return dry_run(&event, context);
    }
    let began = Instant::now();
    let mut client = context.client()?;
    let receipt = match &args.idempotency_key {
        Some(key) => client.publish_once(&event, key).await.map_err(|failure| to_be_sent_again(failure, "the same command"))?,
        None => client.publish(&event).await.map_err(|failure| with_same_id(failure, &event))?,
    };
    told(&event, &receipt, began, args.wait, &mut client, context).await
}

/// Tells what was published; where that was asked, waits for its deliveries and tells what became of them.
pub(super) async fn told(
    event: &NewEvent,
    receipt: &Receipt,
    began: Instant,
    wait: Option<Duration>,
    client: &mut Client,
    context: &Context,
) -> Outcome {
    let took = duration_ms(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
    let id = receipt.eventid.to_string();
    let Some(limit) = wait else {
        context.output.action(receipt, &id, || text(event, receipt, &took))?;
        return Ok(exit::OK);
    };
    let waited = Box::pin(waiting::until_ended(client, receipt.eventid, limit)).await?;
    let mut value = to_value(receipt)?;
    value["waited"] = to_value(&waited)?;
    let accepted = if receipt.duplicate { "unchanged: published before".to_owned() } else { format!("accepted in {took}") };
    context.output.action(&value, &id, || format!("{id}  {}  {accepted}\n{}", event.topic, waited.text(receipt.eventid)))?;
    Ok(waited.exit())
}

/// Where it is not known whether the event was stored, the next step carries its id, so that trying again cannot store it twice.
pub(super) fn with_same_id(failure: Failure, event: &NewEvent) -> Failure {
    match &event.id {
        Some(id) => to_be_sent_again(failure, &format!("`--id {id}`")),
        None => failure,
    }
}

pub(super) fn to_be_sent_again(failure: Failure, with: &str) -> Failure {
    let never_reached = failure.detail.starts_with("no panotti daemon");
    let unknown = failure.is(ErrorCode::DAEMON_UNREACHABLE) || failure.is(ErrorCode::TIMEOUT) || failure.is(ErrorCode::STORE_UNAVAILABLE);
    if !unknown || never_reached {
        return failure;
    }
    let next = format!("{}; then publish it again with {with}: it is stored once, however often it is sent", failure.next);
    failure.next(next)
}

fn text(event: &NewEvent, receipt: &Receipt, took: &str) -> String {
    let id = receipt.eventid.to_string();
    if receipt.duplicate {
        return format!("{id}  {}  unchanged: published before, sequence {}", event.topic, receipt.sequence);
    }
    let deliveries = match receipt.deliveries {
        0 => "no subscription matches it".to_owned(),
        number => counted_as(u64::from(number), "delivery", "deliveries"),
    };
    let warning = |part: &FailurePart| format!("\n  {} {}  {}", yellow("!"), safe(&part.pointer), safe(&part.detail));
    let warned: String = receipt.warnings.iter().map(warning).collect();
    format!(
        "{id}  {}  accepted in {took}, sequence {}, {deliveries}{warned}\n  panotti event show {}",
        event.topic,
        receipt.sequence,
        short(&id)
    )
}

pub(super) fn dry_run(event: &NewEvent, context: &Context) -> Outcome {
    let value = json!({ "changed": false, "dry_run": true, "event": event });
    let bytes = event.data.as_ref().map_or(0, |data| data.get().len() as u64);
    context.output.action(&value, "", || {
        format!("would publish {} with a payload of {}; nothing was published", event.topic, counted(bytes, "byte"))
    })?;
    Ok(exit::OK)
}
