//! `panotti filter show`

use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, safe};

/// Show a filter that the daemon keeps
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti filter show large\n  panotti filter show large -o json")]
pub struct ShowArgs {
    /// The filter
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// Shows it.
///
/// # Errors
/// `filter.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let filter = context.client()?.filter(&args.name).await?;
    context.output.item(&filter, &filter.name, || {
        format!(
            "{}\n  where     {}\n  topics    {}\n  does      {}\n  created   {} by {}\n",
            bold(&filter.name),
            safe(&filter.filter),
            filter.topic,
            super::list::does(&filter),
            context.output.time.show(filter.created_at),
            safe(&filter.by)
        )
    })?;
    Ok(exit::OK)
}
