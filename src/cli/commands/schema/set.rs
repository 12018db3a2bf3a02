//! `panotti schema set`

use panotti_protocol::api::{SchemaMode, SchemaModeRequest};
use panotti_protocol::failure::exit;
use panotti_protocol::topic::Topic;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Set what a topic's schema does to an event that does not fit
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti schema set order.paid --mode enforce\n  panotti schema set order.paid --mode off --reason 'a faulty till'"
)]
pub struct SetArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    pub topic: Topic,
    /// `off`, `warn` (accept it and say so) or `enforce` (refuse it)
    #[arg(long, value_name = "MODE")]
    pub mode: SchemaMode,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Sets it.
///
/// # Errors
/// `schema.not_found`, or another failure of the daemon.
pub async fn run(args: SetArgs, context: &Context) -> Outcome {
    let request = SchemaModeRequest { mode: args.mode, reason: args.reason };
    let set = context.client()?.schema_set_mode(args.topic.as_str(), &request).await?;
    context.output.action(&set, args.topic.as_str(), || {
        let what = if set.changed { "mode" } else { "unchanged: its mode is" };
        format!("{}@{}  {what} {}", set.topic, set.version, set.mode)
    })?;
    Ok(exit::OK)
}
