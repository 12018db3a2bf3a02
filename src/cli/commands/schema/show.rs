//! `panotti schema show`

use panotti_protocol::api::SchemaDetail;
use panotti_protocol::failure::exit;

use super::{Versioned, parse_versioned};
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, counted, dim, safe};
use crate::cli::output::print;

/// Show the schema of a topic, with all its versions
///
/// One that was removed is still shown: events are stamped with the version they were checked against.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti schema show order.paid\n  panotti schema show order.paid@2 --raw > order.json")]
pub struct ShowArgs {
    /// The topic; `TOPIC@V` for another version than the one in force
    #[arg(value_name = "TOPIC", value_parser = parse_versioned)]
    pub schema: Versioned,
    /// Only the schema, as it was written
    #[arg(long)]
    pub raw: bool,
}

/// Shows it.
///
/// # Errors
/// `schema.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let Versioned { topic, version } = args.schema;
    let detail = context.client()?.schema(topic.as_str(), version).await?;
    if args.raw {
        print(&format!("{}\n", detail.schema.get()));
        return Ok(exit::OK);
    }
    context.output.item(&detail, topic.as_str(), || text(&detail, context))?;
    Ok(exit::OK)
}

fn text(detail: &SchemaDetail, context: &Context) -> String {
    let standing = match detail.in_force {
        Some(version) if version == detail.version => format!("in force, mode {}", detail.mode),
        Some(version) => format!("an older version; {version} is in force, mode {}", detail.mode),
        None => "removed: nothing is in force".to_owned(),
    };
    let warned = match detail.warned {
        0 => String::new(),
        number => format!("   {} accepted that did not fit", counted(number, "event")),
    };
    let mut text = format!("{}   {standing}{warned}\n", bold(&format!("{}@{}", detail.topic, detail.version)));
    for (place, version) in detail.versions.iter().enumerate() {
        let label = if place == 0 { "versions" } else { "" };
        let made = context.output.time.ago(version.created_at);
        text.push_str(&format!("  {label:<9} {}   {made} by {}   {}\n", version.version, safe(&version.by), version.compatibility));
    }
    let pretty = serde_json::from_str::<serde_json::Value>(detail.schema.get()).and_then(|value| serde_json::to_string_pretty(&value));
    for line in pretty.as_deref().unwrap_or(detail.schema.get()).lines() {
        text.push_str(&format!("  {}\n", dim(&safe(line))));
    }
    text
}
