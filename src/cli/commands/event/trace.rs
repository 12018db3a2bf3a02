//! `panotti event trace`

use panotti_protocol::api::TraceQuery;
use panotti_protocol::failure::exit;

use super::trace_drawing::{mermaid, tree};
use crate::cli::context::{Context, Outcome};
use crate::cli::output::remark;

/// How a story is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Drawing {
    /// For reading here
    Tree,
    /// A flowchart for pages that draw Mermaid
    Mermaid,
}

/// Draw the tree of a story: what was emitted because of what, and by whom
///
/// A story is every event with one correlation id: an event that a handler emits has that of the event it handled. At most 1,000
/// events and 10,000 deliveries are drawn; where there are more, the last line says so.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  panotti event trace @last
  panotti event trace story-1
  panotti event trace evt_01kc2v7jq8ew2s7q4m8t1n0zcd --format mermaid > story.mmd")]
pub struct TraceArgs {
    /// An event of the story (its id, the last 6 or more characters of it, or `@last`), or a correlation id
    #[arg(value_name = "EVT|CORRELATION")]
    pub of: String,
    /// How it is drawn
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "tree")]
    pub format: Drawing,
}

/// Draws it.
///
/// # Errors
/// `event.not_found`, or another failure of the daemon.
pub async fn run(args: TraceArgs, context: &Context) -> Outcome {
    let of = args.of.trim();
    let of = if of.starts_with("..") { of.trim_start_matches('.') } else { of };
    let query = TraceQuery { of: of.to_owned(), exact: context.flags.no_input };
    let trace = context.client()?.trace(&query).await?;
    let drawn = || match args.format {
        Drawing::Tree => tree(&trace, context),
        Drawing::Mermaid => mermaid(&trace),
    };
    context.output.item(&trace, &trace.correlationid, drawn)?;
    if trace.cut && context.output.for_people() {
        remark(&format!(
            "cut: the story is longer than what is drawn; all of it: panotti event list --all --correlation {}",
            trace.correlationid
        ));
    }
    Ok(exit::OK)
}
