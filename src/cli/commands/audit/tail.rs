//! `panotti audit tail`

use std::time::Duration;

use panotti_protocol::api::{AuditQuery, AuditRecord, Decision, Order};
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::limits::PAGE_MAX;

use super::list::RecordSelect;
use super::remarks;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, red, safe, yellow};
use crate::client::Client;

/// How long to sleep between two looks for new records.
const POLL: Duration = Duration::from_millis(500);

/// Show the newest records of the audit, and new ones as they come
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti audit tail\n  panotti audit tail -f --action 'key.*'\n  panotti audit tail -f -o jsonl")]
pub struct TailArgs {
    /// Which of them.
    #[command(flatten)]
    pub select: RecordSelect,
    /// Stay and show new records as they come
    #[arg(short, long)]
    pub follow: bool,
    /// The newest so many records
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1_000))]
    pub lines: u32,
}

/// Shows them.
///
/// # Errors
/// The daemon's failure. While it follows, a daemon that restarts is waited for.
pub async fn run(args: TailArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    // Asked first: what comes after it is new, whatever fits.
    let newest = client.audit(&AuditQuery { limit: Some(1), ..AuditQuery::default() }).await?;
    let last = newest.items.first().map_or(0, |record| record.number);
    for record in before(last, &args, &mut client).await?.iter().rev() {
        show(record, context)?;
    }
    if args.follow { follow(last, &args, client, context).await } else { Ok(exit::OK) }
}

/// The newest records up to one, the newest first.
async fn before(last: u64, args: &TailArgs, client: &mut Client) -> Result<Vec<AuditRecord>, Failure> {
    let wanted = args.lines as usize;
    let mut found: Vec<AuditRecord> = Vec::new();
    let mut query = AuditQuery { limit: Some(args.lines.max(1)), ..args.select.query() };
    while found.len() < wanted {
        let page = client.audit(&query).await?;
        found.extend(page.items.into_iter().filter(|record| record.number <= last));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    found.truncate(wanted);
    Ok(found)
}

async fn follow(last: u64, args: &TailArgs, mut client: Client, context: &Context) -> Outcome {
    let mut query = AuditQuery { after: Some(last), order: Some(Order::Oldest), limit: Some(PAGE_MAX), ..args.select.query() };
    let mut away = false;
    loop {
        match client.audit(&query).await {
            Ok(page) => {
                if std::mem::take(&mut away) {
                    context.output.remark(&yellow("! reconnected"));
                }
                for record in &page.items {
                    show(record, context)?;
                    query.after = Some(record.number);
                }
                // A cursor names a place of its own, and counts before the number.
                query.cursor = page.next_cursor;
                if query.cursor.is_some() {
                    continue;
                }
            }
            Err(failure) if failure.is(ErrorCode::DAEMON_UNREACHABLE) || failure.is(ErrorCode::DAEMON_STOPPING) => {
                if !std::mem::replace(&mut away, true) {
                    context.output.remark(&yellow("! the daemon is away; waiting for it"));
                }
                client = client.another();
            }
            Err(failure) => return Err(failure),
        }
        tokio::time::sleep(POLL).await;
    }
}

fn show(record: &AuditRecord, context: &Context) -> Result<(), Failure> {
    context.output.streamed(record, &record.number.to_string(), || {
        let allowed = record.decision == Decision::Allowed.as_str();
        let decision = if allowed { String::new() } else { format!(" {}", red(&safe(&record.decision))) };
        let remarks = match remarks(record) {
            remarks if remarks.is_empty() => remarks,
            remarks => format!("   {}", safe(&remarks)),
        };
        format!(
            "{} {:>6} {} {} {}{decision}{remarks}",
            context.output.time.clock(record.at),
            record.number,
            safe(&record.actor),
            bold(&safe(&record.action)),
            safe(&record.object)
        )
    })
}
