//! `panotti event discard`, and the report that it shares with `event retry`: several events, some of which may fail.

use panotti_protocol::api::{DeliveriesChanged, DiscardRequest};
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart, exit};
use panotti_protocol::limits::REASON_BYTES_MAX;
use serde_json::json;

use super::retry::Changed;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::to_values;

/// Give an event's dead deliveries up
///
/// They are kept with their history as cancelled, and no longer count as failed. The reason is stored in the audit.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event discard @last --reason 'test data'\n  panotti event list --failed -q | panotti event discard - --reason 'INC-42, handled by hand' --yes"
)]
pub struct DiscardArgs {
    /// The events; `-` reads their ids from standard input, one a line
    #[arg(value_name = "EVT", required = true)]
    pub events: Vec<String>,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: String,
    /// Only the delivery to this plugin
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
}

/// Reads a reason: some text, not too long.
///
/// # Errors
/// What is wrong with it.
pub fn parse_reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a reason is needed: who reads the audit will ask".to_owned()),
        reason if reason.len() > REASON_BYTES_MAX => Err(format!("longer than {REASON_BYTES_MAX} bytes")),
        reason => Ok(reason.to_owned()),
    }
}

/// Discards them.
///
/// # Errors
/// As `event retry`.
pub async fn run(args: DiscardArgs, context: &Context) -> Outcome {
    let ids = context.event_ids(&args.events)?;
    let many_events = ids.len() > 1 && !context.flags.yes;
    if many_events && context.interactive() && !context.confirm(&format!("Discard the dead deliveries of {} events?", ids.len())) {
        context.output.action(&json!({ "changed": false }), "", || "unchanged".to_owned())?;
        return Ok(exit::OK);
    }
    let mut client = context.client()?;
    let request = DiscardRequest { plugin: args.plugin, reason: args.reason };
    let mut many = Many::default();
    for id in &ids {
        let answer = client.discard(id, &request).await;
        many.take(id, answer)?;
    }
    report_many(many, "discarded", context)
}

/// Answers about several events.
#[derive(Debug, Default)]
pub struct Many {
    done: Vec<Changed>,
    failed: Vec<(String, Failure)>,
}

impl Many {
    /// Takes the answer about one event. What concerns the daemon and not the event ends the whole.
    ///
    /// # Errors
    /// The failure that makes going on senseless.
    pub fn take(&mut self, id: &str, answer: Result<DeliveriesChanged, Failure>) -> Result<(), Failure> {
        match answer {
            Ok(changes) => self.done.push(Changed { event: id.to_owned(), changes }),
            Err(failure) if (400..500).contains(&failure.status) => self.failed.push((id.to_owned(), failure)),
            Err(failure) => return Err(failure),
        }
        Ok(())
    }
}

/// Prints what was done and fails for what was not: with the failure itself for one event, else with a list.
///
/// # Errors
/// Where any event failed: exit code 3 where some were done, 1 where none was, the failure's own where it was one event.
pub fn report_many(many: Many, verb: &str, context: &Context) -> Outcome {
    let Many { done, mut failed } = many;
    if done.is_empty() && failed.len() == 1 {
        return failed.pop().map_or(Ok(exit::OK), |(_, failure)| Err(failure));
    }
    let changed = done.iter().any(|event| event.changes.changed);
    let ids: Vec<&str> = done.iter().map(|event| event.event.as_str()).collect();
    let value = json!({ "changed": changed, "events": to_values(&done)? });
    context.output.action(&value, &ids.join("\n"), || {
        let lines: Vec<String> = done.iter().map(|event| event.text(verb)).collect();
        if lines.is_empty() { "unchanged: no events".to_owned() } else { lines.join("\n") }
    })?;
    if failed.is_empty() {
        return Ok(exit::OK);
    }
    let part = |(id, failure): (String, Failure)| FailurePart { pointer: id, detail: failure.detail, next: failure.next };
    let all = done.len() + failed.len();
    let mut failure = Failure::new(ErrorCode::ITEMS_FAILED, format!("{} of {all} events failed", failed.len()));
    if done.is_empty() {
        failure.exit = exit::FAILED;
    }
    failure.errors = failed.into_iter().map(part).collect();
    Err(failure)
}
