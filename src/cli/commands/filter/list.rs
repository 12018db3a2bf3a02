//! `panotti filter list`

use panotti_protocol::api::StoredFilter;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::human::safe;
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["by", "created_at", "filter", "name", "tag", "to", "topic"];

/// List the filters that the daemon keeps
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti filter list\n  panotti filter list -o json")]
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
    let mut filters = context.client()?.filters().await?.items;
    filters.truncate(args.list.rows_max());
    let mut table = Table::new(vec![left("FILTER"), left("TOPIC"), left("WHERE"), left("DOES"), right("CREATED"), left("BY")]);
    for filter in &filters {
        table.row(vec![
            filter.name.clone(),
            filter.topic.to_string(),
            safe(&filter.filter),
            does(filter),
            context.output.time.show(filter.created_at),
            safe(&filter.by),
        ]);
    }
    let footer = if filters.is_empty() && context.output.terminal() { "no filters".to_owned() } else { String::new() };
    context.output.list(Listing {
        items: to_values(&filters)?,
        table,
        id: "name",
        fields: FIELDS,
        footer,
        no_headers: args.list.no_headers,
    })?;
    Ok(exit::OK)
}

/// What a filter does with events that match.
pub fn does(filter: &StoredFilter) -> String {
    let route = (!filter.to.is_empty()).then(|| format!("to {}", filter.to.join(", ")));
    let tag = filter.tag.as_ref().map(|tag| format!("tag {}", safe(&tag.to_string())));
    [route, tag].into_iter().flatten().collect::<Vec<_>>().join("   ")
}
