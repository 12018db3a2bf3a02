//! `panotti schema validate`

use panotti_protocol::api::SchemaValidateRequest;
use panotti_protocol::failure::{ErrorCode, Failure, exit};

use super::{Versioned, parse_versioned};
use crate::cli::commands::event::publish_input::read_source;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::green;

/// Tell whether a payload fits the schema of a topic, and where it does not
///
/// Nothing is published. Exit code 6 where it does not fit.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti schema validate order.paid '{\"id\": 7}'\n  panotti schema validate order.paid@2 @order.json")]
pub struct ValidateArgs {
    /// The topic; `TOPIC@V` for another version than the one in force
    #[arg(value_name = "TOPIC", value_parser = parse_versioned)]
    pub schema: Versioned,
    /// The payload as JSON; `@FILE` or `-` reads it
    #[arg(value_name = "PAYLOAD")]
    pub payload: String,
}

/// Validates it.
///
/// # Errors
/// `schema.violated` where it does not fit; `schema.not_found`, `event.payload_invalid`, `input.unreadable`, or another failure of the daemon.
pub async fn run(args: ValidateArgs, context: &Context) -> Outcome {
    let Versioned { topic, version } = args.schema;
    let not_json = |error: serde_json::Error| Failure::new(ErrorCode::EVENT_PAYLOAD_INVALID, format!("the payload is not JSON: {error}"));
    let data = serde_json::from_slice(&read_source(&args.payload)?).map_err(not_json)?;
    let found = context.client()?.schema_validate(topic.as_str(), &SchemaValidateRequest { data, version }).await?;
    if !found.valid {
        let detail = format!("the payload does not fit {topic}@{}", found.version);
        return Err(Failure::new(ErrorCode::SCHEMA_VIOLATED, detail).errors(found.errors).why(""));
    }
    context.output.item(&found, topic.as_str(), || format!("{} fits {topic}@{}", green("✓"), found.version))?;
    Ok(exit::OK)
}
