//! `panotti topic list`

use panotti_protocol::api::{TopicSummary, TopicsQuery};
use panotti_protocol::failure::exit;
use panotti_protocol::limits::PAGE_MAX;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::human::{bytes, count, rate};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["bytes", "consumers", "events", "last_at", "last_sequence", "rate", "schema", "topic"];

/// List the topics that events were published to
///
/// In the order in which they first appeared. RATE is events a second, over the last one to two minutes; SCHEMA is the version
/// of its schema and what it does (`panotti schema`); CONSUMERS are the subscriptions that would get an event now.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti topic list\n  panotti topic list -o json | jq '.[] | select(.consumers == [])'")]
pub struct ListArgs {
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: ListArgs, context: &Context) -> Outcome {
    let rows_max = args.list.rows_max();
    let mut client = context.client()?;
    let mut query = TopicsQuery::default();
    let mut topics: Vec<TopicSummary> = Vec::new();
    loop {
        query.limit = Some(u32::try_from(rows_max - topics.len()).unwrap_or(PAGE_MAX).min(PAGE_MAX));
        let page = client.topics(&query).await?;
        topics.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() || topics.len() >= rows_max {
            break;
        }
    }
    let footer = match (topics.is_empty(), query.cursor.is_some()) {
        _ if !context.output.terminal() => "",
        (true, _) => "no topics: nothing was published yet",
        (false, true) => "there are more: --limit N or --all",
        (false, false) => "",
    };
    context.output.list(Listing {
        items: to_values(&topics)?,
        table: table(&topics, context),
        id: "topic",
        fields: FIELDS,
        footer: footer.to_owned(),
        no_headers: args.list.no_headers,
    })?;
    if query.cursor.is_some() {
        context.output.cut();
    }
    Ok(exit::OK)
}

fn table(topics: &[TopicSummary], context: &Context) -> Table {
    let mut table =
        Table::new(vec![left("TOPIC"), right("EVENTS"), right("SIZE"), right("RATE"), right("LAST"), left("SCHEMA"), left("CONSUMERS")]);
    for topic in topics {
        table.row(vec![
            topic.topic.to_string(),
            count(topic.events),
            bytes(topic.bytes),
            rate(topic.rate),
            context.output.time.show(topic.last_at),
            topic.schema.map_or("-".to_owned(), |schema| format!("{} {}", schema.version, schema.mode)),
            if topic.consumers.is_empty() { "-".to_owned() } else { topic.consumers.join(", ") },
        ]);
    }
    table
}
