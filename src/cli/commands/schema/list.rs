//! `panotti schema list`

use panotti_protocol::api::{SchemaSummary, TopicsQuery};
use panotti_protocol::failure::exit;
use panotti_protocol::limits::PAGE_MAX;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::human::{count, safe};
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["by", "created_at", "mode", "topic", "version", "warned"];

/// List the schemas in force
///
/// In the order in which topics got their first one. WARNED counts events that were accepted although they did not fit.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti schema list\n  panotti schema list -o json | jq '.[] | select(.mode != \"enforce\")'")]
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
    let mut schemas: Vec<SchemaSummary> = Vec::new();
    loop {
        query.limit = Some(u32::try_from(rows_max - schemas.len()).unwrap_or(PAGE_MAX).min(PAGE_MAX));
        let page = client.schemas(&query).await?;
        schemas.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() || schemas.len() >= rows_max {
            break;
        }
    }
    let mut table = Table::new(vec![left("TOPIC"), right("VERSION"), left("MODE"), right("WARNED"), right("SINCE"), left("BY")]);
    for schema in &schemas {
        table.row(vec![
            schema.topic.to_string(),
            schema.version.to_string(),
            schema.mode.to_string(),
            count(schema.warned),
            context.output.time.show(schema.created_at),
            safe(&schema.by),
        ]);
    }
    let footer = match (schemas.is_empty(), query.cursor.is_some()) {
        _ if !context.output.terminal() => "",
        (true, _) => "no schemas",
        (false, true) => "there are more: --limit N or --all",
        (false, false) => "",
    };
    context.output.list(Listing {
        items: to_values(&schemas)?,
        table,
        id: "topic",
        fields: FIELDS,
        footer: footer.to_owned(),
        no_headers: args.list.no_headers,
    })?;
    Ok(exit::OK)
}
