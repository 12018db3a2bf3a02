//! `panotti schema remove`

use panotti_protocol::failure::exit;
use panotti_protocol::topic::Topic;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Check the events of a topic no longer
///
/// Its versions stay readable with `panotti schema show TOPIC@V`, because stored events are stamped with them; their numbers are not used
/// again. One that a plugin brought does not come back by itself, unless the plugin comes with another.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti schema remove order.paid\n  panotti schema remove order.paid --reason 'the topic is given up'"
)]
pub struct RemoveArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    pub topic: Topic,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Removes it.
///
/// # Errors
/// `schema.not_found`, or another failure of the daemon.
pub async fn run(args: RemoveArgs, context: &Context) -> Outcome {
    let removed = context.client()?.schema_remove(args.topic.as_str(), args.reason).await?;
    context.output.action(&removed, args.topic.as_str(), || {
        let what = if removed.changed { "no longer in force" } else { "unchanged: somebody else has just removed it" };
        format!("{}@{}  {what}", removed.topic, removed.version)
    })?;
    Ok(exit::OK)
}
