//! `panotti event retry`

use panotti_protocol::api::{DeliveriesChanged, RetryRequest};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::EventId;
use serde::Serialize;

use super::discard::{Many, report_many};
use super::republish;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::safe;

/// Try an event's failed or waiting deliveries again, now
///
/// One more attempt of the same delivery, without waiting for its time. To redeliver many events as a job, see `panotti event replay`.
///
/// With --edit a corrected copy is published as a new event instead: it goes to everybody who is subscribed, and the failed deliveries of
/// the old event stay until they are discarded. The same as `panotti event publish --from EVT --edit`.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event retry @last\n  panotti event retry @last --edit\n  panotti event list --failed -q | panotti event retry -"
)]
pub struct RetryArgs {
    /// The events; `-` reads their ids from standard input, one a line
    #[arg(value_name = "EVT", required = true)]
    pub events: Vec<String>,
    /// Only the delivery to this plugin
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
    /// Edit a copy of the event, in `$VISUAL` or `$EDITOR`, and publish that as a new one
    #[arg(long, conflicts_with = "plugin")]
    pub edit: bool,
    /// With --edit, copy what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited
    #[arg(long, requires = "edit")]
    pub reveal: bool,
}

/// Retries them.
///
/// # Errors
/// The daemon's failure where it was one event; of several, those that fail are named and the rest is done.
pub async fn run(args: RetryArgs, context: &Context) -> Outcome {
    let ids = context.event_ids(&args.events)?;
    if args.edit {
        let [id] = ids.as_slice() else {
            return Err(Failure::new(ErrorCode::USAGE, format!("--edit is for one event, and {} were given", ids.len())));
        };
        return Box::pin(republish::edited(id, args.reveal, context)).await;
    }
    let mut client = context.client()?;
    let request = RetryRequest { plugin: args.plugin };
    let mut many = Many::default();
    for id in &ids {
        let answer = client.retry(id, &request).await;
        many.take(id, answer)?;
    }
    report_many(many, "retrying", context)
}

/// What happened to one event of many.
#[derive(Debug, Serialize)]
pub struct Changed {
    /// The id as given.
    pub event: String,
    /// What changed.
    #[serde(flatten)]
    pub changes: DeliveriesChanged,
}

impl Changed {
    /// A line for a person.
    pub fn text(&self, verb: &str) -> String {
        let states: Vec<String> =
            self.changes.deliveries.iter().map(|delivery| format!("{} {}", safe(&delivery.subscription), delivery.state)).collect();
        let verb = if self.changes.changed { verb } else { "unchanged" };
        // The end of an id is told as an end.
        let whole = self.event.starts_with('@') || self.event.parse::<EventId>().is_ok();
        let dots = if whole { "" } else { ".." };
        format!("{verb} {dots}{}  {}", self.event, states.join(", ")).trim_end().to_owned()
    }
}
