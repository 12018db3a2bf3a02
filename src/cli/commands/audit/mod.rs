//! `panotti audit`: who did what, and the proof that nobody has changed it since.

pub mod export;
mod export_file;
pub mod list;
pub mod tail;
pub mod verify;

use panotti_protocol::api::AuditRecord;

use crate::cli::context::{Context, Outcome};

/// All fields of a record.
pub const FIELDS: &[&str] =
    &["action", "actor", "at", "decision", "detail", "hash", "key", "number", "object", "peer", "previous_hash", "reason", "request_id"];

/// The verbs.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "what a variant is stands at its arguments, where the help is taken from")]
pub enum AuditCommand {
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    Tail(tail::TailArgs),
    Export(export::ExportArgs),
    Verify(verify::VerifyArgs),
}

/// Runs a verb.
///
/// # Errors
/// The verb's failure.
pub async fn run(command: AuditCommand, context: &Context) -> Outcome {
    match command {
        AuditCommand::List(args) => list::run(args, context).await,
        AuditCommand::Tail(args) => tail::run(args, context).await,
        AuditCommand::Export(args) => export::run(args, context).await,
        AuditCommand::Verify(args) => verify::run(args, context).await,
    }
}

/// What a record says beside who, what and when: the reason a person gave, and the details.
fn remarks(record: &AuditRecord) -> String {
    let parts = [record.reason.as_str(), record.detail.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}
