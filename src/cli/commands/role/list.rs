//! `panotti role list`

use panotti_protocol::failure::exit;

use crate::cli::commands::key::list::words;
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["allow", "built_in", "changed_at", "changed_by", "deny", "keys", "name"];

/// List the roles: those that come with Panotti and your own
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti role list\n  panotti role list -o json")]
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
    let mut roles = context.client()?.roles().await?.items;
    roles.truncate(args.list.rows_max());
    let mut table = Table::new(vec![left("ROLE"), right("KEYS"), left("COMES WITH PANOTTI"), left("ALLOWS"), left("DENIES")]);
    for role in &roles {
        let own = if role.built_in { "yes" } else { "no" };
        table.row(vec![role.name.clone(), role.keys.to_string(), own.to_owned(), words(&role.allow), words(&role.deny)]);
    }
    let (items, no_headers) = (to_values(&roles)?, args.list.no_headers);
    context.output.list(Listing { items, table, id: "name", fields: FIELDS, footer: String::new(), no_headers })?;
    Ok(exit::OK)
}
