//! `panotti topic route`

use panotti_protocol::api::Routed;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::counted;
use crate::cli::output::table::{Table, left};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["detail", "gets", "pattern", "plugin", "subscription", "why"];

/// Tell who would get an event of a topic now, and why the others would not
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti topic route recording.ended\n  panotti topic route recording.ended -o json | jq '.[] | select(.gets)'"
)]
pub struct RouteArgs {
    /// The topic; nothing needs to have been published to it
    #[arg(value_name = "TOPIC")]
    pub topic: String,
}

/// Tells it.
///
/// # Errors
/// `event.topic_invalid`, or another failure of the daemon.
pub async fn run(args: RouteArgs, context: &Context) -> Outcome {
    let route = context.client()?.topic_route(&args.topic).await?;
    let mut table = Table::new(vec![left("GETS IT"), left("SUBSCRIPTION"), left("PATTERN"), left("WHY")]);
    for item in &route.items {
        table.row(row(item));
    }
    let getting = route.items.iter().filter(|item| item.gets).count() as u64;
    let footer = match context.output.terminal() {
        true => {
            let schema = route
                .schema
                .map_or(String::new(), |schema| format!("; checked by version {} of its schema ({})", schema.version, schema.mode));
            format!("{} would get it, by version {} of the rules{schema}", counted(getting, "subscription"), route.rules)
        }
        false => String::new(),
    };
    context.output.list(Listing {
        items: to_values(&route.items)?,
        table,
        id: "subscription",
        fields: FIELDS,
        footer,
        no_headers: false,
    })?;
    Ok(exit::OK)
}

/// A row of a table of subscriptions that get an event or not.
pub fn row(item: &Routed) -> Vec<String> {
    let gets = if item.gets { "yes" } else { "no" };
    vec![gets.to_owned(), item.subscription.clone(), item.pattern.clone(), item.detail.clone()]
}
