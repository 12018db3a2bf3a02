//! `panotti schema infer`

use panotti_protocol::api::InferQuery;
use panotti_protocol::failure::exit;
use panotti_protocol::topic::Topic;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::{When, parse_when};
use crate::cli::output::human::{counted, dim};

/// Make a schema that describes the newest events of a topic
///
/// Every one of them fits it: their types, what was always there, few texts as an enumeration, forms such as a UUID. Read it before you use
/// it: what never happened so far is not in it. The schema goes to standard output, so that it can be kept in a file.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti schema infer order.paid > order.json\n  panotti schema infer order.paid --from 5000 --since 7d"
)]
pub struct InferArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    pub topic: Topic,
    /// How many of the newest events are looked at
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub from: u32,
    /// Accepted since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub since: Option<When>,
}

/// Infers it.
///
/// # Errors
/// `topic.not_found` where there is no such event, or another failure of the daemon.
pub async fn run(args: InferArgs, context: &Context) -> Outcome {
    let query = InferQuery { from: Some(args.from), since: args.since.map(|since| since.resolve(now())) };
    let inferred = context.client()?.schema_infer(args.topic.as_str(), &query).await?;
    context.output.item(&inferred, args.topic.as_str(), || {
        serde_json::to_string_pretty(&inferred.schema).unwrap_or_else(|_| inferred.schema.to_string())
    })?;
    if context.output.for_people() {
        let newest = if inferred.more { "the newest " } else { "" };
        let without = match inferred.without_json {
            0 => String::new(),
            number => format!("; {} without a JSON payload left out", counted(number, "event")),
        };
        context.output.remark(&dim(&format!("from {newest}{}{without}", counted(inferred.events, "event"))));
    }
    Ok(exit::OK)
}
