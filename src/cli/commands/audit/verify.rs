//! `panotti audit verify`

use std::path::PathBuf;

use panotti_protocol::api::{AuditProblem, AuditVerifyQuery};
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde::Serialize;

use super::export_file;
use crate::audit::note::PublicKey;
use crate::audit::verify::NOT_PROVEN;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{counted, dim, green, yellow};
use crate::cli::progress::Progress;

/// Verify that no record of the audit was changed, removed, added in between or reordered
///
/// Asks the running daemon, or, with --file, reads an export without any. The first bad record is named (exit code 1).
/// Checkpoints that were copied elsewhere also show what was cut off at the end. Give the key as it was shown when all was well: one
/// that comes from the same machine as the audit proves less.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti audit verify\n  panotti audit verify --file audit.jsonl\n  panotti audit verify --file audit.jsonl --checkpoints copy.checkpoints --key \"$KEY\""
)]
pub struct VerifyArgs {
    /// An export, as `panotti audit export` writes it; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// A copy of the checkpoints to compare it with
    #[arg(long, value_name = "FILE", requires = "file", requires = "key")]
    pub checkpoints: Option<PathBuf>,
    /// The public key that must have signed the checkpoints
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

/// What was verified.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Records verified.
    pub records: u64,
    /// Checkpoints that they were compared with.
    pub checkpoints: u64,
    /// The newest checkpoint stands for this many records.
    pub signed_to: u64,
    /// The key that has signed the checkpoints.
    pub public_key: Option<String>,
    /// The first record; where it is not the first of the store, what came before it was not looked at.
    pub from: u64,
    /// The first thing that is wrong.
    #[serde(skip)]
    pub problem: Option<AuditProblem>,
    /// What this does not prove.
    pub not_proven: Vec<String>,
}

/// Verifies it.
///
/// # Errors
/// `audit.broken` with the first bad record; the daemon's failure, or where a file cannot be read.
pub async fn run(args: VerifyArgs, context: &Context) -> Outcome {
    let key = args.key.as_deref().map(str::parse::<PublicKey>).transpose().map_err(|why| Failure::new(ErrorCode::USAGE, why))?;
    let verified = match &args.file {
        None => of_daemon(key, context).await?,
        Some(file) => export_file::verify(file, args.checkpoints.as_deref(), key)?,
    };
    if let Some(problem) = &verified.problem {
        return Err(Failure::new(ErrorCode::AUDIT_BROKEN, problem.to_string()));
    }
    context.output.item(&verified, "", || text(&verified))?;
    Ok(exit::OK)
}

fn text(verified: &Verified) -> String {
    let from = if verified.from > 1 { format!(", from {} on", verified.from) } else { String::new() };
    let mut text = format!("{} {}{from}: none was changed\n", green("ok"), counted(verified.records, "record"));
    match verified.signed_to {
        0 => {
            text.push_str(&yellow("   compared with no checkpoint: what was cut off at the end, or written anew as a whole, is not seen\n"))
        }
        to => text.push_str(&format!("   compared with {}, the newest for record {to}\n", counted(verified.checkpoints, "checkpoint"))),
    }
    if let Some(key) = &verified.public_key {
        text.push_str(&format!("   key {key}\n"));
    }
    text.push_str(&dim("This does not prove\n"));
    verified.not_proven.iter().for_each(|limit| text.push_str(&dim(&format!("  - {limit}\n"))));
    text
}

/// What a verification from a record on does not prove.
pub fn not_proven(from: u64) -> Vec<String> {
    let before = (from > 1).then(|| format!("anything about the records before {from}, which are not in this export"));
    NOT_PROVEN.iter().map(|limit| (*limit).to_owned()).chain(before).collect()
}

async fn of_daemon(key: Option<PublicKey>, context: &Context) -> Result<Verified, Failure> {
    let mut client = context.client()?;
    let public_key = client.audit_checkpoints().await?.public_key;
    if let Some(expected) = key.map(|key| key.to_string()).filter(|expected| *expected != public_key) {
        return Err(Failure::new(ErrorCode::AUDIT_BROKEN, format!("checkpoints are signed with {public_key}, not with {expected}"))
            .next("`panotti audit list --action audit.key` says when new keys were made"));
    }
    let mut query = AuditVerifyQuery::default();
    let (mut records, mut checkpoints) = (0, 0);
    let progress = Progress::new(None, "verified", context);
    loop {
        let part = client.audit_verify(&query).await?;
        records += part.records;
        checkpoints += part.checkpoints;
        progress.set(records, String::new());
        query.cursor = part.next_cursor;
        if query.cursor.is_none() || part.problem.is_some() {
            progress.finish();
            return Ok(Verified {
                ok: part.problem.is_none(),
                records,
                checkpoints,
                signed_to: part.signed_to,
                public_key: Some(public_key),
                from: 1,
                problem: part.problem,
                not_proven: not_proven(1),
            });
        }
    }
}
