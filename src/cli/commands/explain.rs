//! `panotti explain`

use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde_json::json;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::bold;
use crate::config::suggest::did_you_mean;

/// Explain an error code: what it means, why it happens, what to do
///
/// Needs no daemon.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti explain daemon.unreachable\n  panotti explain store.full -o json")]
pub struct ExplainArgs {
    /// The code, as errors show it
    #[arg(value_name = "CODE")]
    pub code: String,
}

/// Explains it.
///
/// # Errors
/// `usage` for a code that there is not.
pub fn run(args: &ExplainArgs, context: &Context) -> Outcome {
    let Some(code) = ErrorCode::find(&args.code) else {
        let failure =
            Failure::new(ErrorCode::USAGE, format!("there is no error code `{}`", args.code)).why("Codes are words: `noun.what`.");
        return Err(match did_you_mean(&args.code, ErrorCode::TABLE.iter().map(|row| row.code)) {
            suggestion if suggestion.is_empty() => failure.next("errors show their code in their last line"),
            suggestion => failure.next(suggestion),
        });
    };
    let row = code.row();
    let value = json!({ "code": row.code, "title": row.title, "why": row.why, "next": row.next, "status": row.status, "exit": row.exit });
    context.output.item(&value, row.code, || {
        let status = if row.status == 0 { String::new() } else { format!("   HTTP status {}", row.status) };
        format!("{}: {}\n  why: {}\n  fix: {}\n  exit code {}{status}", bold(row.code), row.title, row.why, row.next, row.exit)
    })?;
    Ok(exit::OK)
}
