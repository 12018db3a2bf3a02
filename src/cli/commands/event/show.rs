//! `panotti event show`

use panotti_protocol::api::{Delivery, EventDetail};
use panotti_protocol::delivery::Attempt;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, bytes, counted, dim, duration_ms, safe, short, state};
use crate::cli::output::print_bytes;
use crate::cli::revealing::Reveal;

/// Most characters of a payload that are shown without --payload.
const PAYLOAD_SHOWN_MAX: usize = 400;

/// Show an event, its payload, and what became of it
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event show @last\n  panotti event show evt_01kc2v7jq8ew2s7q4m8t1n0zcd --payload > meeting.json\n  panotti event show @last --reveal --reason 'call the customer back'"
)]
pub struct ShowArgs {
    /// The event: its id, the last 6 or more characters of it, or `@last`
    #[arg(value_name = "EVT")]
    pub event: String,
    /// Only the payload's bytes, as they were published
    #[arg(long)]
    pub payload: bool,
    /// Whether what is masked is shown.
    #[command(flatten)]
    pub reveal: Reveal,
    /// Every attempt with the end of what the plugin logged
    #[arg(long)]
    pub attempts: bool,
}

/// Shows it.
///
/// # Errors
/// `event.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let id = context.event_id(&args.event)?;
    let mut client = context.client()?;
    if args.payload {
        let (payload, _) = client.event_payload(&id, &args.reveal.query()).await?;
        print_bytes(&payload);
        return Ok(exit::OK);
    }
    let detail = client.event_shown(&id, &args.reveal.query()).await?;
    context.output.item(&detail, &detail.event.eventid.to_string(), || text(&detail, args.attempts, context))?;
    Ok(exit::OK)
}

fn text(detail: &EventDetail, attempts: bool, context: &Context) -> String {
    let event = &detail.event;
    let mut text = format!(
        "{}   {}   priority {}   {} ({})\n",
        bold(&event.eventid.to_string()),
        bold(event.topic.as_str()),
        event.priority,
        context.output.time.ago(detail.accepted_at),
        detail.accepted_at
    );
    let mut line = vec![format!("source {}", safe(&event.source)), format!("actor {}", safe(&event.actor))];
    if event.id != event.eventid.to_string() {
        line.push(format!("id {}", safe(&event.id)));
    }
    if let Some(subject) = &event.subject {
        line.push(format!("subject {}", safe(subject)));
    }
    if event.correlationid != event.eventid.to_string() {
        line.push(format!("correlation {}", safe(&event.correlationid)));
    }
    if let Some(cause) = &event.causationid {
        line.push(format!("caused by {}", short(&cause.to_string())));
    }
    if let Some(key) = &event.orderingkey {
        line.push(format!("ordering key {}", safe(key)));
    }
    if let Some(version) = event.schema {
        line.push(format!("schema version {version}"));
    }
    line.push(format!("sequence {}", event.sequence));
    line.push(format!("{} of {}", bytes(detail.size_bytes), event.datacontenttype));
    text.push_str(&line.join("   "));
    text.push('\n');
    text.push_str(&format!("payload {}\n", payload(detail)));
    if detail.masked > 0 {
        text.push_str(&dim(&format!("  {} masked (--reveal)\n", counted(detail.masked, "value"))));
    }
    if !detail.tags.is_empty() {
        let tags: Vec<String> = detail.tags.iter().map(|tag| safe(&tag.to_string())).collect();
        text.push_str(&format!("tags {}\n", tags.join("   ")));
    }
    if detail.deliveries.is_empty() {
        text.push_str("deliveries none: no subscription matched when it was published\n");
        return text;
    }
    text.push_str("deliveries\n");
    let width = detail.deliveries.iter().map(|delivery| delivery.subscription.len()).max().unwrap_or(0);
    for delivery in &detail.deliveries {
        text.push_str(&delivery_lines(delivery, width, attempts, detail, context));
    }
    text
}

fn payload(detail: &EventDetail) -> String {
    let shown = match (&detail.event.data, &detail.event.data_base64) {
        (Some(data), _) => safe(&data.to_string()),
        (None, Some(_)) => "binary (--payload)".to_owned(),
        (None, None) => "none".to_owned(),
    };
    if shown.chars().count() <= PAYLOAD_SHOWN_MAX {
        return shown;
    }
    let cut: String = shown.chars().take(PAYLOAD_SHOWN_MAX).collect();
    format!("{cut}… {} (--payload)", bytes(detail.size_bytes))
}

fn delivery_lines(delivery: &Delivery, width: usize, attempts: bool, detail: &EventDetail, context: &Context) -> String {
    let mut line =
        format!("  {:width$}  {}  {}/{}", delivery.subscription, state(delivery.state), delivery.attempts, delivery.attempts_max);
    if let Some(cause) = delivery.cause {
        line.push_str(&format!("  {cause}"));
    }
    if let Some(took) = delivery.duration_ms {
        line.push_str(&format!("  {}", duration_ms(took)));
    }
    if let Some(at) = delivery.next_attempt_at {
        line.push_str(&format!("  next {}", context.output.time.show(at)));
    }
    if let Some(replay) = &delivery.replay {
        line.push_str(&format!("  replay {}", replay.name.clone().unwrap_or_else(|| short(&replay.id.to_string()))));
    }
    line.push('\n');
    if let Some(error) = &delivery.error {
        let place = error.place.as_ref().map_or(String::new(), |place| format!("   {}", safe(place)));
        line.push_str(&format!("  {:width$}  {}: {}{place}\n", "", safe(&error.class), safe(&error.message)));
        let event = short(&detail.event.eventid.to_string());
        line.push_str(&dim(&format!("  {:width$}  logs: panotti plugin logs {} --event {event}\n", "", delivery.plugin)));
    }
    if attempts {
        line.extend(delivery.history.iter().map(|attempt| attempt_lines(attempt, width, context)));
    }
    line
}

fn attempt_lines(attempt: &Attempt, width: usize, context: &Context) -> String {
    let counted = if attempt.counted { "" } else { " (not counted)" };
    let mut text = format!(
        "  {:width$}    #{} {} {} {}{counted}  version {}",
        "",
        attempt.attempt,
        context.output.time.clock(attempt.started_at),
        duration_ms(attempt.duration_ms),
        attempt.outcome.as_str(),
        attempt.plugin_version
    );
    if let Some(error) = &attempt.error {
        text.push_str(&format!("  {}: {}", safe(&error.class), safe(&error.message)));
    }
    if !attempt.emitted.is_empty() {
        let emitted: Vec<String> = attempt.emitted.iter().map(|id| short(&id.to_string())).collect();
        text.push_str(&format!("  emitted {}", emitted.join(" ")));
    }
    text.push('\n');
    for line in attempt.log_tail.lines() {
        text.push_str(&dim(&format!("  {:width$}      | {}\n", "", safe(line))));
    }
    text
}
