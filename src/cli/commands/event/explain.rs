//! `panotti event explain`

use panotti_protocol::api::{ExplainQuery, Explanation};
use panotti_protocol::failure::exit;

use crate::cli::commands::topic::route::row;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, safe, short};
use crate::cli::output::table::{Table, left};

/// Tell for every subscription why it got an event or why it did not
///
/// By the rules that were in force when the event was published: what was subscribed since then does not count.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti event explain @last\n  panotti event explain evt_01kc2v7jq8ew2s7q4m8t1n0zcd --plugin summarize"
)]
pub struct ExplainArgs {
    /// The event: its id, the last 6 or more characters of it, or `@last`
    #[arg(value_name = "EVT")]
    pub event: String,
    /// Only this plugin's subscriptions
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
}

/// Tells it.
///
/// # Errors
/// `event.not_found`, `subscription.not_found`, or another failure of the daemon.
pub async fn run(args: ExplainArgs, context: &Context) -> Outcome {
    let id = context.event_id(&args.event)?;
    let explanation = context.client()?.event_explain(&id, &ExplainQuery { plugin: args.plugin }).await?;
    context.output.item(&explanation, &explanation.eventid.to_string(), || text(&explanation, context))?;
    Ok(exit::OK)
}

fn text(explanation: &Explanation, context: &Context) -> String {
    let now = match explanation.rules == explanation.rules_now {
        true => String::new(),
        false => format!(", now it is {}", explanation.rules_now),
    };
    let id = explanation.eventid.to_string();
    let id = if context.output.terminal() { short(&id) } else { id };
    let mut text = format!(
        "{} {id}   {}   version {} of the rules{now}\n",
        bold(explanation.topic.as_str()),
        context.output.time.ago(explanation.accepted_at),
        explanation.rules
    );
    if let Some(schema) = &explanation.schema {
        let verdict = if schema.fits { "it fits" } else { "it does not fit" };
        text.push_str(&format!("version {} of the schema: {verdict}\n", schema.version));
        schema.errors.iter().for_each(|part| text.push_str(&format!("  {}  {}\n", safe(&part.pointer), safe(&part.detail))));
    }
    let mut table = Table::new(vec![left("GOT IT"), left("SUBSCRIPTION"), left("PATTERN"), left("WHY"), left("STATE")]);
    for item in &explanation.items {
        let mut cells = row(&item.routed);
        cells.push(item.state.map_or("-".to_owned(), |state| state.to_string()));
        table.row(cells);
    }
    if explanation.items.is_empty() {
        text.push_str("nobody was subscribed to anything\n");
    }
    text.push_str(&table.render(context.output.terminal(), explanation.items.is_empty()));
    text
}
