//! `panotti event tail`: events and outcomes as they happen.

use panotti_protocol::api::{EventSummary, EventsQuery, Gap, Order, OutcomeNotice, StreamQuery};
use panotti_protocol::event::Event;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::topic::TopicPattern;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cli::context::{Context, Outcome, now};
use crate::cli::event_selection::parse_filter;
use crate::cli::globals::{When, parse_when};
use crate::cli::output::human::{TimeFormat, bytes, count, duration_ms, green, red, safe, short, yellow};
use crate::client::Client;
use crate::client::path::with_query;
use crate::client::stream::{Followed, Following, ServerEvent};

/// Show events and what becomes of them, as it happens
///
/// Stays until it is ended with ^C. A lost connection is made again, and nothing that was published meanwhile is missed.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event tail\n  panotti event tail --topic 'recording.>' --payload -o jsonl\n  panotti event tail --filter 'data.duration > 5'\n  panotti event tail --since 10m"
)]
pub struct TailArgs {
    /// Only events of these topics; quote the pattern
    #[arg(long, value_name = "PATTERN")]
    pub topic: Option<TopicPattern>,
    /// Only events that match this filter, such as 'data.duration > 5'; see `panotti help filters`
    #[arg(long, value_name = "EXPR", value_parser = parse_filter)]
    pub filter: Option<String>,
    /// Only what this plugin gets, and its outcomes
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
    /// Begin with what was accepted since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub since: Option<When>,
    /// Show payloads
    #[arg(long)]
    pub payload: bool,
    /// With --payload, show what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited
    #[arg(long, requires = "payload")]
    pub reveal: bool,
    /// Why it is revealed, for the audit
    #[arg(long, value_name = "TEXT", requires = "reveal")]
    pub reason: Option<String>,
}

/// Shows them until the program is ended.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: TailArgs, context: &Context) -> Outcome {
    let query = StreamQuery {
        topic: args.topic,
        filter: args.filter,
        plugin: args.plugin,
        event: None,
        after: None,
        payload: args.payload,
        reveal: args.reveal,
        reason: args.reason,
    };
    let mut client = context.client()?;
    let after = first_place(&mut client, args.since).await?.to_string();
    let mut following = Following::begin(client, with_query("/events/stream", &query)?, after).await?;
    loop {
        match following.next().await? {
            Followed::Event(event) => show(&event, args.payload, context)?,
            Followed::Reconnected(after) => {
                let after = duration_ms(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
                context.output.remark(&yellow(&format!("! reconnected after {after}, no event missed")));
            }
        }
    }
}

/// The place after which it begins. It is known before the first event comes, so that nothing is missed if the connection is lost before.
async fn first_place(client: &mut Client, since: Option<When>) -> Result<u64, Failure> {
    let newest = match client.events_status().await {
        Ok(status) => status.accepted,
        // Whoever may not see all events begins after the newest that it may see.
        Err(failure) if failure.is(ErrorCode::PERMISSION_DENIED) => {
            let query = EventsQuery { limit: Some(1), ..EventsQuery::default() };
            client.events(&query).await?.items.first().map_or(0, |newest| newest.sequence.0)
        }
        Err(failure) => return Err(failure),
    };
    let Some(since) = since else { return Ok(newest) };
    let query = EventsQuery { since: Some(since.resolve(now())), order: Some(Order::Oldest), limit: Some(1), ..EventsQuery::default() };
    let first = client.events(&query).await?.items.into_iter().next();
    Ok(first.map_or(newest, |first| first.sequence.0.saturating_sub(1)))
}

fn show(event: &ServerEvent, payload: bool, context: &Context) -> Result<(), Failure> {
    match event.event.as_str() {
        "published" if payload => {
            let published: Event = read(&event.data)?;
            let data = published.data.as_ref().map_or("binary".to_owned(), Value::to_string);
            let id = published.eventid.to_string();
            let line = format!(
                "{} --> {} [{}] {}  from {}  {}",
                context.output.time.clock(published.time),
                published.topic,
                short(&id),
                published.priority,
                safe(&published.source),
                safe(&data)
            );
            stream("published", &published, &id, line, context)
        }
        "published" => {
            let published: EventSummary = read(&event.data)?;
            let id = published.eventid.to_string();
            let line = format!(
                "{} --> {} [{}] {} {}  from {}",
                context.output.time.clock(published.accepted_at),
                published.topic,
                short(&id),
                published.priority,
                bytes(published.size_bytes),
                safe(&published.source)
            );
            stream("published", &published, &id, line, context)
        }
        "outcome" => {
            let outcome: OutcomeNotice = read(&event.data)?;
            let line = outcome_line(&outcome, context.output.time);
            stream("outcome", &outcome, &outcome.eventid.to_string(), line, context)
        }
        "gap" => {
            let gap: Gap = read(&event.data)?;
            context.output.remark(&yellow(&format!("! {} notices were dropped: this reader was too slow", count(gap.missed))));
            Ok(())
        }
        "goodbye" => {
            context.output.remark(&yellow("! the daemon is stopping; waiting for it to come back"));
            Ok(())
        }
        // A newer daemon may have more kinds.
        _ => Ok(()),
    }
}

/// One line; as JSON an object that names its kind: `{"event":"outcome","data":{...}}`.
fn stream(kind: &str, value: &impl serde::Serialize, id: &str, line: String, context: &Context) -> Result<(), Failure> {
    let value = json!({ "event": kind, "data": crate::cli::output::to_value(value)? });
    context.output.streamed(&value, id, || line)
}

fn outcome_line(outcome: &OutcomeNotice, time: TimeFormat) -> String {
    // A tail may have begun long ago: what is next counts from the outcome.
    let time = TimeFormat { now: outcome.at, ..time };
    let took = duration_ms(outcome.duration_ms);
    let id = short(&outcome.eventid.to_string());
    let head = format!("{} <--   {} [{id}]", time.clock(outcome.at), safe(&outcome.subscription));
    let tries = format!("{}/{}", outcome.attempt, outcome.attempts_max);
    let error = outcome.error.as_ref().map_or(String::new(), |error| format!(" {}: {}", safe(&error.class), safe(&error.message)));
    let next = outcome.next_attempt_at.map_or(String::new(), |at| format!(", next {}", time.show(at)));
    if outcome.error.is_none() && outcome.cause.is_none() && outcome.next_attempt_at.is_none() {
        return format!("{head} {} {took}", green(outcome.state.as_str()));
    }
    format!("{head} {} {took} ({tries}{next}){error}", red(outcome.state.as_str()))
}

fn read<T: DeserializeOwned>(data: &str) -> Result<T, Failure> {
    serde_json::from_str(data)
        .map_err(|error| Failure::new(ErrorCode::DAEMON_VERSION_MISMATCH, format!("a notice of the daemon is not understood: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::globals::TimeStyle;
    use panotti_protocol::time::Timestamp;

    #[test]
    fn the_next_attempt_is_told_from_the_outcome_on_however_long_ago_the_tail_began() {
        let notice = json!({
            "eventid": "evt_01kc2v7jq8ew2s7q4m8t1n0zcd", "deliveryid": "dlv_01kc2v7jq8ew2s7q4m8t1n0zcd", "subscription": "mailer/order.paid",
            "type": "order.paid", "state": "waiting", "attempt": 1, "attempts_max": 4, "duration_ms": 8,
            "at": "2026-11-22T10:00:00.000Z", "next_attempt_at": "2026-11-22T10:00:05.000Z"
        });
        let outcome: OutcomeNotice = serde_json::from_value(notice).unwrap();
        let began_an_hour_ago = Timestamp::from_ms(outcome.at.as_ms() - 3_600_000);
        let line = outcome_line(&outcome, TimeFormat { style: TimeStyle::Relative, utc: true, now: began_an_hour_ago });
        assert!(line.contains("8ms (1/4, next in 5s)"), "{line}");
    }
}
