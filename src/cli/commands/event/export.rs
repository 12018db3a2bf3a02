//! `panotti event export`

use panotti_protocol::api::{EventsQuery, RevealQuery};
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::event_selection::EventSelect;
use crate::cli::output::human::counted;
use crate::cli::output::print_bytes;
use crate::cli::progress::Progress;
use crate::cli::revealing::Reveal;

/// Write stored events as lines that `panotti event publish --jsonl` takes
///
/// The oldest first, whatever --output says. Sources, ids, times and correlation ids stay: published to the same store again each is known
/// and stored once; in another store it is the same event, and its story stays one. The daemon's own events are left out, because nobody
/// else may publish them. What was done with the events is not exported. What a schema marks as sensitive is masked: without --reveal such
/// events cannot be told from others once they are published elsewhere.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  panotti event export > everything.jsonl
  panotti event export --topic 'recording.>' --since 1d | gzip > recordings.jsonl.gz
  panotti event export --failed | panotti --data ./elsewhere event publish --jsonl -")]
pub struct ExportArgs {
    /// Which of them.
    #[command(flatten)]
    pub select: EventSelect,
    /// Whether what is masked is exported.
    #[command(flatten)]
    pub reveal: Reveal,
    /// Stop after so many, and say where there are more
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
}

/// Writes them.
///
/// # Errors
/// The daemon's failure; `daemon.unreachable` where the export broke off and is not complete.
pub async fn run(args: ExportArgs, context: &Context) -> Outcome {
    let RevealQuery { reveal, reason } = args.reveal.query();
    let query = EventsQuery { reveal, reason, ..args.select.query(now()) };
    let mut export = context.client()?.export(&query).await?;
    let progress = Progress::new(None, "exported", context);
    let limit = args.limit.unwrap_or(u64::MAX);
    let (mut written, mut cut) = (0, false);
    while let Some(lines) = export.next().await? {
        let mut chunk = 0;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            if written == limit {
                cut = true;
                break;
            }
            chunk += line.len();
            written += 1;
            progress.step();
        }
        print_bytes(&lines[..chunk]);
        if cut {
            break;
        }
    }
    progress.finish();
    let events = counted(written, "event");
    context.output.remark(&if cut { format!("cut after {events}: there are more") } else { format!("{events} exported") });
    Ok(exit::OK)
}
