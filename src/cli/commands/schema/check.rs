//! `panotti schema check`

use panotti_protocol::api::{Compatibility, SchemaCheckRequest, SchemaChecked};
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::topic::Topic;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::green;

/// Tell whether a schema could be the next version of a topic's, and what it would break
///
/// Nothing is changed. Exit code 6 where it could not.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti schema check order.paid order.json\n  panotti schema check order.paid order.json --compat full --against 2"
)]
pub struct CheckArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    pub topic: Topic,
    /// The file with the schema, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: String,
    /// What must be kept: `backward` (the default), `full` or `none`
    #[arg(long, value_name = "COMPATIBILITY")]
    pub compat: Option<Compatibility>,
    /// Compare with this version; default: the one in force
    #[arg(long, value_name = "VERSION")]
    pub against: Option<u32>,
}

/// Checks it.
///
/// # Errors
/// `schema.incompatible` where it could not; `schema.invalid`, `schema.not_found`, `input.unreadable`, or another failure of the daemon.
pub async fn run(args: CheckArgs, context: &Context) -> Outcome {
    let request = SchemaCheckRequest { schema: super::read_schema(&args.file)?, compatibility: args.compat, against: args.against };
    let checked = context.client()?.schema_check(args.topic.as_str(), &request).await?;
    if let Some(version) = checked.against.filter(|_| !checked.compatible) {
        let detail = format!("the schema is not {} compatible with {}@{version}", checked.compatibility, args.topic);
        return Err(Failure::new(ErrorCode::SCHEMA_INCOMPATIBLE, detail).errors(checked.errors));
    }
    context.output.item(&checked, args.topic.as_str(), || text(&checked, &args.topic))?;
    Ok(exit::OK)
}

fn text(checked: &SchemaChecked, topic: &Topic) -> String {
    match checked.against {
        None => format!("{} a schema; {topic} has none yet", green("✓")),
        Some(version) => format!("{} {} compatible with {topic}@{version}", green("✓"), checked.compatibility),
    }
}
