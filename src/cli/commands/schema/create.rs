//! `panotti schema create`

use panotti_protocol::api::{Compatibility, SchemaMode, SchemaRequest};
use panotti_protocol::failure::exit;
use panotti_protocol::topic::Topic;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Give a topic a schema, or a new version of it, in force from then on
///
/// A schema is JSON Schema 2020-12. A new version must keep valid what was valid (`--compat backward`); what it breaks is named, and what
/// cannot be compared counts as broken. The topic's first schema is enforced unless --mode says otherwise: events that do not fit it are
/// refused. Every version stays readable, and each event remembers the one that it was checked against.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti schema create order.paid order.json\n  panotti schema create order.paid order.json --mode warn --dry-run"
)]
pub struct CreateArgs {
    /// The topic; no pattern
    #[arg(value_name = "TOPIC")]
    pub topic: Topic,
    /// The file with the schema, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: String,
    /// What it does to an event that does not fit: `off`, `warn` (accept it and say so) or `enforce` (refuse it)
    #[arg(long, value_name = "MODE")]
    pub mode: Option<SchemaMode>,
    /// What it must keep: `backward` (what was valid stays valid, the default), `full` (also what is valid now was valid before) or `none`
    #[arg(long, value_name = "COMPATIBILITY")]
    pub compat: Option<Compatibility>,
    /// Only say what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Creates it.
///
/// # Errors
/// `schema.invalid`, `schema.incompatible`, `input.unreadable`, or another failure of the daemon.
pub async fn run(args: CreateArgs, context: &Context) -> Outcome {
    let CreateArgs { topic, file, mode, compat, dry_run, reason } = args;
    let schema = super::read_schema(&file)?;
    let request = SchemaRequest { topic, schema, mode, compatibility: compat, dry_run, reason };
    let made = context.client()?.schema_create(&request).await?;
    context.output.action(&made, made.topic.as_str(), || {
        let what = match (made.changed, dry_run) {
            (false, _) => "unchanged: this is what is in force",
            (true, true) => "would come into force; nothing was changed",
            (true, false) => "in force",
        };
        format!("{}@{}  {what}, mode {}", made.topic, made.version, made.mode)
    })?;
    Ok(exit::OK)
}
