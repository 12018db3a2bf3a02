//! `panotti topic show`

use std::time::Duration;

use panotti_protocol::api::TopicDetail;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, bytes, count, counted, dim, rate, safe, short};
use crate::config::units::format_duration;

/// Show a topic: who publishes to it, who gets it, how much
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti topic show recording.ended\n  panotti topic show recording.ended -o json")]
pub struct ShowArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    pub topic: String,
}

/// Shows it.
///
/// # Errors
/// `topic.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let detail = context.client()?.topic(&args.topic).await?;
    context.output.item(&detail, detail.summary.topic.as_str(), || text(&detail, context))?;
    Ok(exit::OK)
}

fn text(detail: &TopicDetail, context: &Context) -> String {
    let topic = &detail.summary;
    let last = detail.last_eventid.map_or("no longer stored".to_owned(), |eventid| short(&eventid.to_string()));
    let mut text = format!(
        "{}   {}, {}   rate {}\n  last      {} ({last})\n",
        bold(topic.topic.as_str()),
        counted(topic.events, "event"),
        bytes(topic.bytes),
        rate(topic.rate),
        context.output.time.ago(topic.last_at)
    );
    if let Some(schema) = &topic.schema {
        text.push_str(&format!("  schema    version {}, mode {}   panotti schema show {}\n", schema.version, schema.mode, topic.topic));
    }
    let by = detail.kept_by.as_ref().map_or("retention.days".to_owned(), |pattern| format!("\"{pattern}\" in retention.topics"));
    text.push_str(&format!("  kept      {}   {}\n", format_duration(Duration::from_millis(detail.kept_ms)), dim(&by)));
    for (index, producer) in detail.producers.iter().enumerate() {
        let name = if producer.source.is_empty() {
            "(all others)".to_owned()
        } else {
            format!("{}   {}", safe(&producer.source), safe(&producer.actor))
        };
        let label = if index == 0 { "from" } else { "" };
        text.push_str(&format!("  {label:<9} {name}   {}, last {}\n", count(producer.events), context.output.time.ago(producer.last_at)));
    }
    match topic.consumers.as_slice() {
        [] => text.push_str(&dim("  to        nobody: no subscription's pattern fits\n")),
        consumers => consumers.iter().enumerate().for_each(|(index, consumer)| {
            text.push_str(&format!("  {:<9} {}\n", if index == 0 { "to" } else { "" }, safe(consumer)));
        }),
    }
    text
}
