//! `panotti config list`

use panotti_protocol::api::Setting;
use panotti_protocol::failure::{Failure, exit};

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::ListFlags;
use crate::cli::output::fields::text;
use crate::cli::output::table::{Table, left};
use crate::cli::output::{Listing, to_values};
use crate::config::load::load;

/// List all settings with their values and where each comes from
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config list\n  panotti config list -o json")]
pub struct ListArgs {
    /// Ask the running daemon what it has in force
    #[arg(long)]
    pub effective: bool,
    /// How much is listed.
    #[command(flatten)]
    pub list: ListFlags,
}

/// The settings that a daemon started now would have, or those of the running one.
pub(super) async fn settings(effective: bool, context: &Context) -> Result<Vec<Setting>, Failure> {
    if effective {
        return Ok(context.client()?.settings().await?.items);
    }
    context.only_here("config")?;
    Ok(load(&context.places()?, &context.environment)?.rows())
}

/// Lists them.
///
/// # Errors
/// Where the configuration does not hold.
pub async fn run(args: &ListArgs, context: &Context) -> Outcome {
    let mut settings = settings(args.effective, context).await?;
    settings.truncate(args.list.rows_max());
    let mut table = Table::new(vec![left("KEY"), left("VALUE"), left("COUNTS"), left("ORIGIN"), left("DESCRIPTION")]);
    for setting in &settings {
        let counts = if setting.live { "live" } else { "from a start on" };
        table.row(vec![setting.key.clone(), text(&setting.value), counts.to_owned(), setting.origin.clone(), setting.description.clone()]);
    }
    let fields = &["after_restart", "description", "key", "live", "origin", "value"];
    context.output.list(Listing {
        items: to_values(&settings)?,
        table,
        id: "key",
        fields,
        footer: String::new(),
        no_headers: args.list.no_headers,
    })?;
    Ok(exit::OK)
}
