//! `panotti schema`: what the payloads of a topic must look like.

pub mod check;
pub mod create;
pub mod infer;
pub mod list;
pub mod remove;
pub mod set;
pub mod show;
pub mod validate;

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::topic::Topic;
use serde_json::value::RawValue;

use crate::cli::commands::event::publish_input::read_source;
use crate::cli::context::{Context, Outcome};

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum SchemaCommand {
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    #[command(aliases = ["info", "get", "describe", "inspect", "view"])]
    Show(show::ShowArgs),
    #[command(alias = "add")]
    Create(create::CreateArgs),
    Check(check::CheckArgs),
    #[command(alias = "lint")]
    Validate(validate::ValidateArgs),
    Infer(infer::InferArgs),
    Set(set::SetArgs),
    #[command(visible_alias = "rm", alias = "delete")]
    Remove(remove::RemoveArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: SchemaCommand, context: &Context) -> Outcome {
    match command {
        SchemaCommand::List(args) => list::run(args, context).await,
        SchemaCommand::Show(args) => show::run(args, context).await,
        SchemaCommand::Create(args) => create::run(args, context).await,
        SchemaCommand::Check(args) => check::run(args, context).await,
        SchemaCommand::Validate(args) => validate::run(args, context).await,
        SchemaCommand::Infer(args) => infer::run(args, context).await,
        SchemaCommand::Set(args) => set::run(args, context).await,
        SchemaCommand::Remove(args) => remove::run(args, context).await,
    }
}

/// A topic, with a version where `@V` stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The topic.
    pub topic: Topic,
    /// The version.
    pub version: Option<u32>,
}

/// Reads `TOPIC` or `TOPIC@V`.
///
/// # Errors
/// What is wrong with it.
pub fn parse_versioned(text: &str) -> Result<Versioned, String> {
    let (topic, version) = match text.split_once('@') {
        Some((topic, version)) => {
            (topic, Some(version.parse().map_err(|_| format!("`{version}` is not a version; it is a number: `{topic}@3`"))?))
        }
        None => (text, None),
    };
    let topic = topic.parse().map_err(|why: panotti_protocol::topic::TopicInvalid| why.to_string())?;
    Ok(Versioned { topic, version })
}

/// Reads a schema: a file, or standard input for `-`.
///
/// # Errors
/// `input.unreadable`, or `schema.invalid` where it is not JSON.
pub fn read_schema(file: &str) -> Result<Box<RawValue>, Failure> {
    let source = if file == "-" { file.to_owned() } else { format!("@{}", file.trim_start_matches('@')) };
    let bytes = read_source(&source)?;
    serde_json::from_slice(&bytes).map_err(|error| Failure::new(ErrorCode::SCHEMA_INVALID, format!("{file} is not JSON: {error}")))
}
