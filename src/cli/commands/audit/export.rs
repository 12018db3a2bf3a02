//! `panotti audit export`

use panotti_protocol::api::AuditExportQuery;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::{When, parse_when};
use crate::cli::output::human::counted;
use crate::cli::output::print_bytes;
use crate::cli::progress::Progress;

/// Write the audit as JSON lines that can be verified anywhere
///
/// The oldest first, whatever --output says, each record with its hashes. All of them from one on: a chain with holes proves nothing.
/// `panotti audit verify --file` checks it without a daemon; docs/audit.md says how to check it with another program.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti audit export > audit.jsonl\n  panotti audit export --after 1200 > newer.jsonl\n  panotti audit export --since 30d | gzip > audit.jsonl.gz"
)]
pub struct ExportArgs {
    /// From the first record since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub since: Option<When>,
    /// Only records after this number: those that an earlier export does not have
    #[arg(long, value_name = "NUMBER")]
    pub after: Option<u64>,
}

/// Writes them.
///
/// # Errors
/// The daemon's failure; `daemon.unreachable` where the export broke off and is not complete.
pub async fn run(args: ExportArgs, context: &Context) -> Outcome {
    let query = AuditExportQuery { since: args.since.map(|since| since.resolve(now())), after: args.after };
    let mut export = context.client()?.audit_export(&query).await?;
    let progress = Progress::new(None, "exported", context);
    let mut written = 0;
    while let Some(lines) = export.next().await? {
        print_bytes(&lines);
        for _ in lines.iter().filter(|byte| **byte == b'\n') {
            written += 1;
            progress.step();
        }
    }
    progress.finish();
    context.output.remark(&format!("{} exported", counted(written, "record")));
    Ok(exit::OK)
}
