//! `panotti config history`

use panotti_protocol::api::{ConfigurationRevision, HistoryQuery};
use panotti_protocol::failure::exit;
use panotti_protocol::limits::PAGE_MAX;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::human::safe;
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["action", "actor", "at", "detail", "overlay", "reason", "revision"];

/// List what was set, by whom and why, newest first
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config history\n  panotti config history --limit 1 -o json")]
pub struct HistoryArgs {
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists it.
///
/// # Errors
/// The daemon's failure.
pub async fn run(args: HistoryArgs, context: &Context) -> Outcome {
    let rows_max = args.list.rows_max();
    let mut client = context.client()?;
    let mut query = HistoryQuery::default();
    let mut revisions: Vec<ConfigurationRevision> = Vec::new();
    loop {
        query.limit = Some(u32::try_from(rows_max - revisions.len()).unwrap_or(PAGE_MAX).min(PAGE_MAX));
        let page = client.config_history(&query).await?;
        revisions.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() || revisions.len() >= rows_max {
            break;
        }
    }
    let mut table = Table::new(vec![right("REVISION"), right("AT"), left("BY"), left("ACTION"), left("CHANGE"), left("REASON")]);
    for revision in &revisions {
        table.row(vec![
            revision.revision.to_string(),
            context.output.time.show(revision.at),
            safe(&revision.actor),
            revision.action.clone(),
            safe(&revision.detail),
            safe(&revision.reason),
        ]);
    }
    let footer = if revisions.is_empty() && context.output.terminal() { "nothing was ever set" } else { "" };
    context.output.list(Listing {
        items: to_values(&revisions)?,
        table,
        id: "revision",
        fields: FIELDS,
        footer: footer.to_owned(),
        no_headers: args.list.no_headers,
    })?;
    if query.cursor.is_some() {
        context.output.cut();
    }
    Ok(exit::OK)
}
