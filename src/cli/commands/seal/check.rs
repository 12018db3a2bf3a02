//! `panotti seal check`

use panotti_protocol::api::{SealCheckQuery, SealChecked};
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart, exit};

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{count, counted, green};

/// Corrupt events that are named; beyond them they are counted.
const NAMED_MAX: usize = 1_000;

/// Read every stored event and hold it against its tag
///
/// Each event has a tag over its whole row, made with a key outside the data folder. Where a disk or somebody else has changed a byte of it,
/// the event is never delivered and shown to nobody; this command names all such events. Exit code 1 where there are any.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti seal check\n  panotti seal check -o json | jq .checked")]
pub struct CheckArgs {}

/// Checks them.
///
/// # Errors
/// `event.corrupt` where one does not fit, or another failure of the daemon.
pub async fn run(_args: CheckArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let (mut query, mut all, mut corrupt) = (SealCheckQuery::default(), SealChecked::default(), 0);
    loop {
        let page = client.seal_check(&query).await?;
        all.checked += page.checked;
        all.untagged += page.untagged;
        corrupt += page.corrupt.len() as u64;
        let room = NAMED_MAX - all.corrupt.len();
        all.corrupt.extend(page.corrupt.into_iter().take(room));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    if corrupt > 0 {
        let detail = format!("{} of {} do not read back as they were written", count(corrupt), counted(all.checked, "event"));
        let part = |event: panotti_protocol::api::CorruptEvent| FailurePart {
            pointer: format!("sequence {}", event.sequence),
            detail: event.why,
            next: String::new(),
        };
        let failure = Failure::new(ErrorCode::EVENT_CORRUPT, detail).errors(all.corrupt.into_iter().map(part).collect());
        return Err(failure.next("restore the data folder from a copy, or remove them with `panotti event purge`"));
    }
    context.output.item(&all, "seal", || {
        let untagged = match all.untagged {
            0 => String::new(),
            number => format!("; {} of an earlier version have no tag", count(number)),
        };
        format!("{} {} read back as they were written{untagged}", green("✓"), counted(all.checked, "event"))
    })?;
    Ok(exit::OK)
}
