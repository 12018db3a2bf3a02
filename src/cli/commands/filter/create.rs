//! `panotti filter create`

use panotti_protocol::api::{FilterRequest, Tag};
use panotti_protocol::failure::exit;
use panotti_protocol::topic::TopicPattern;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::event_selection::parse_filter;
use crate::cli::output::human::safe;

/// Keep a filter that routes events to plugins, or tags them
///
/// It looks at every event that is published from then on. A plugin gets the events that match without a change of its manifest, by a
/// subscription named `PLUGIN/filter:NAME`: handlers of such a plugin take any topic, as `handle_event` of the Python SDK and `runtime: exec`
/// do. A tag is kept beside the event: `event show` shows it, `event list --tag` finds it.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti filter create large 'data.amount > 1000' --topic 'order.*' --to audit-log\n  panotti filter create german 'data.country == \"DE\"' --action tag=region:dach"
)]
pub struct CreateArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The filter; see `panotti help filters`
    #[arg(value_name = "EXPR", value_parser = parse_filter)]
    pub filter: String,
    /// Only events of these topics; quote the pattern
    #[arg(long, value_name = "PATTERN")]
    pub topic: Option<TopicPattern>,
    /// Plugins that get the events that match
    #[arg(long, value_name = "PLUGIN", num_args = 1..)]
    pub to: Vec<String>,
    /// What is done with events that match: `route` to the plugins of --to (the default where there are some), or `tag=KEY:VALUE`
    #[arg(long, value_name = "ACTION", value_parser = parse_action)]
    pub action: Option<Action>,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// What is done with events that match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The plugins of `--to` get them.
    Route,
    /// They are tagged so; the plugins of `--to` get them too, where there are some.
    Tag(Tag),
}

fn parse_action(text: &str) -> Result<Action, String> {
    if text == "route" {
        return Ok(Action::Route);
    }
    let tag = text.strip_prefix("tag=").and_then(|tag| tag.split_once(':'));
    let (key, value) = tag.ok_or_else(|| "an action is `route` or `tag=KEY:VALUE`".to_owned())?;
    Ok(Action::Tag(Tag { key: key.to_owned(), value: value.to_owned() }))
}

/// Keeps it.
///
/// # Errors
/// `filter.invalid`, `filter.exists`, `plugin.not_found`, or another failure of the daemon.
pub async fn run(args: CreateArgs, context: &Context) -> Outcome {
    let tag = match args.action {
        Some(Action::Tag(tag)) => Some(tag),
        Some(Action::Route) | None => None,
    };
    let CreateArgs { name, filter, topic, to, reason, .. } = args;
    let made = context.client()?.filter_create(&FilterRequest { name, filter, topic, to, tag, reason }).await?;
    context.output.action(&made, &made.filter.name, || {
        let verb = if made.changed { "created" } else { "unchanged: it is there already" };
        format!("{} {verb}   {}   {}", made.filter.name, safe(&made.filter.filter), super::list::does(&made.filter))
    })?;
    Ok(exit::OK)
}
