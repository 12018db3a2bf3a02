//! `panotti plugin state list`

use panotti_protocol::api::{StateItem, StateQuery};
use panotti_protocol::failure::exit;
use panotti_protocol::limits::PAGE_MAX;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::human::count;
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["key", "value", "value_bytes", "written_at"];

/// List the keys of a plugin's state with their values
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti plugin state list word-count\n  panotti plugin state list word-count --prefix once: --all -q")]
pub struct ListArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Only keys that begin with this
    #[arg(long, value_name = "TEXT")]
    pub prefix: Option<String>,
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// Lists them.
///
/// # Errors
/// `plugin.not_found`, or another failure of the daemon.
pub async fn run(args: ListArgs, context: &Context) -> Outcome {
    let rows_max = args.list.rows_max();
    let mut query = StateQuery { prefix: args.prefix, limit: None, cursor: None };
    let mut client = context.client()?;
    let mut items: Vec<StateItem> = Vec::new();
    loop {
        query.limit = Some(u32::try_from(rows_max - items.len()).unwrap_or(PAGE_MAX).min(PAGE_MAX));
        let page = client.plugin_state(&args.name, &query).await?;
        items.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() || items.len() >= rows_max {
            break;
        }
    }
    let footer = match &query.cursor {
        Some(_) => format!("the first {} keys; --all shows the others", count(items.len() as u64)),
        None if items.is_empty() && context.output.terminal() => "no keys".to_owned(),
        None => String::new(),
    };
    let table = table(&items, context);
    context.output.list(Listing {
        items: to_values(&items)?,
        table,
        id: "key",
        fields: FIELDS,
        footer,
        no_headers: args.list.no_headers,
    })?;
    Ok(exit::OK)
}

fn table(items: &[StateItem], context: &Context) -> Table {
    let mut table = Table::new(vec![left("KEY"), right("BYTES"), right("WRITTEN"), left("VALUE")]);
    for item in items {
        let written = context.output.time.show(item.written_at);
        table.row(vec![item.key.clone(), count(item.value_bytes), written, item.value.to_string()]);
    }
    table
}
