//! `panotti event publish --jsonl` and `--count`: a stream of events, a report of what was refused.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use bytes::Bytes;
use panotti_protocol::api::{LineAnswer, PublishSummary};
use panotti_protocol::event::NewEvent;
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart, exit};
use panotti_protocol::limits::{LINE_BYTES_MAX, RECEIPTS_UNREAD_MAX};
use serde_json::Value;
use serde_json::value::to_raw_value;
use tokio::sync::mpsc;

use super::publish::PublishArgs;
use super::publish_input::{attributes, check_topic, line_event};
use crate::cli::context::{Context, Outcome, now};
use crate::cli::output::human::{count, counted, duration_ms};
use crate::cli::progress::Progress;
use crate::client::publish::{Line, fresh_id, publish_lines};

/// Most refusals that are kept and listed; all are counted.
const REFUSALS_SHOWN_MAX: usize = 100;

/// Publishes each line of a file or of standard input.
///
/// # Errors
/// `items.failed` naming each line that was refused, or the daemon's failure.
pub async fn lines(args: PublishArgs, context: &Context) -> Outcome {
    let (topic, source) = source_of(&args)?;
    let template = NewEvent { topic, ..attributes(&args, now())? };
    if !template.topic.is_empty() {
        check_topic(&template.topic)?;
    }
    let input = open(source.as_deref())?;
    let pace = args.rate;
    let (lines, receiver) = mpsc::channel(RECEIPTS_UNREAD_MAX);
    // Reading may wait for a person or a pipe, so it has a thread of its own.
    let reader = std::thread::spawn(move || read_lines(input, &template, pace, &lines));
    let mut tally = Tally::new(None, context);
    let published = feed(args.dry_run, receiver, &mut tally, context).await;
    if published.is_ok() {
        let refused = reader.join().map_err(|_| Failure::new(ErrorCode::INTERNAL, "the thread that reads the input ended badly"))?;
        tally.take_refused(refused?);
    }
    tally.finish(published, &args)
}

/// Publishes the same event several times, each with its number under `n` and an id of its own.
///
/// # Errors
/// As [`lines`].
pub async fn repeated(args: &PublishArgs, event: &NewEvent, times: u64, context: &Context) -> Outcome {
    let (lines, receiver) = mpsc::channel(RECEIPTS_UNREAD_MAX);
    let (event, pace) = (event.clone(), args.rate);
    let maker = std::thread::spawn(move || -> Result<(), Failure> {
        let started = std::time::Instant::now();
        for number in 1..=times {
            keep_pace(pace, started, number);
            let line = Line { number, json: encode(&numbered(&event, number)?)? };
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
        Ok(())
    });
    let mut tally = Tally::new(Some(times), context);
    let published = feed(args.dry_run, receiver, &mut tally, context).await;
    if published.is_ok() {
        maker.join().map_err(|_| Failure::new(ErrorCode::INTERNAL, "the thread that makes the events ended badly"))??;
    }
    tally.finish(published, args)
}

fn numbered(event: &NewEvent, number: u64) -> Result<NewEvent, Failure> {
    let mut event = NewEvent { id: Some(fresh_id()?), ..event.clone() };
    if let Some(data) = &event.data
        && let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(data.get())
    {
        fields.insert("n".to_owned(), number.into());
        event.data = to_raw_value(&fields).ok();
    }
    Ok(event)
}

fn encode(event: &NewEvent) -> Result<Bytes, Failure> {
    let json =
        serde_json::to_vec(event).map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the event cannot be written: {error}")))?;
    Ok(json.into())
}

/// Topic and input: `TOPIC @FILE`, `TOPIC -`, `TOPIC`, `@FILE`, `-`, or nothing.
fn source_of(args: &PublishArgs) -> Result<(String, Option<String>), Failure> {
    let is_source = |text: &String| text == "-" || text.starts_with('@');
    match (&args.topic, &args.payload) {
        (Some(only), None) if is_source(only) => Ok((String::new(), Some(only.clone()))),
        (topic, None) => Ok((topic.clone().unwrap_or_default(), None)),
        (Some(topic), Some(source)) if is_source(source) => Ok((topic.clone(), Some(source.clone()))),
        _ => Err(Failure::new(ErrorCode::USAGE, "with --jsonl the payload is `@FILE` or `-`")
            .next("`panotti event publish --jsonl @events.jsonl`")),
    }
}

fn open(source: Option<&str>) -> Result<Box<dyn Read + Send>, Failure> {
    match source.and_then(|source| source.strip_prefix('@')) {
        None => Ok(Box::new(std::io::stdin())),
        Some(path) => {
            let file = std::fs::File::open(path);
            Ok(Box::new(file.map_err(|error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("{path} cannot be read: {error}")))?))
        }
    }
}

/// Lines that were refused here: all counted, the first kept.
#[derive(Debug, Default)]
struct Refused {
    count: u64,
    first: Vec<FailurePart>,
}

impl Refused {
    fn add(&mut self, number: u64, failure: &Failure) {
        self.count += 1;
        if self.first.len() < REFUSALS_SHOWN_MAX {
            self.first.push(FailurePart { pointer: format!("line {number}"), detail: failure.detail.clone(), next: failure.next.clone() });
        }
    }
}

fn read_lines(
    input: Box<dyn Read + Send>,
    template: &NewEvent,
    pace: Option<Duration>,
    lines: &mpsc::Sender<Line>,
) -> Result<Refused, Failure> {
    let mut refused = Refused::default();
    let mut reader = BufReader::new(input);
    let started = std::time::Instant::now();
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let unreadable =
            |error: std::io::Error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("line {number} cannot be read: {error}"));
        // Two bytes over the limit are enough to see that a line is too long; the rest of it is skipped.
        let read = reader.by_ref().take(LINE_BYTES_MAX as u64 + 2).read_until(b'\n', &mut bytes).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        if !bytes.ends_with(b"\n") && bytes.len() > LINE_BYTES_MAX {
            reader.skip_until(b'\n').map_err(unreadable)?;
        }
        let event = match std::str::from_utf8(&bytes) {
            Ok(line) if line.trim().is_empty() => continue,
            Ok(line) => line_event(line.trim(), template),
            Err(_) => Err(Failure::new(ErrorCode::EVENT_PAYLOAD_INVALID, "the line is not UTF-8 text")),
        };
        match event {
            Ok(event) => {
                keep_pace(pace, started, number);
                if lines.blocking_send(Line { number, json: encode(&event)? }).is_err() {
                    break;
                }
            }
            Err(failure) => refused.add(number, &failure),
        }
    }
    Ok(refused)
}

/// Sleeps until it is this line's turn.
fn keep_pace(pace: Option<Duration>, started: std::time::Instant, number: u64) {
    if let Some(pace) = pace {
        let due = pace.saturating_mul(u32::try_from(number - 1).unwrap_or(u32::MAX));
        std::thread::sleep(due.saturating_sub(started.elapsed()));
    }
}

/// Publishes what comes, or only counts it.
async fn feed(dry_run: bool, mut lines: mpsc::Receiver<Line>, tally: &mut Tally<'_>, context: &Context) -> Result<(), Failure> {
    if !dry_run {
        return publish_lines(&mut context.client()?, lines, |answer| tally.answer(&answer)).await;
    }
    while lines.recv().await.is_some() {
        tally.summary.accepted += 1;
    }
    Ok(())
}

/// Counts answers and keeps the first refusals.
struct Tally<'c> {
    summary: PublishSummary,
    progress: Progress,
    began: std::time::Instant,
    context: &'c Context,
}

impl<'c> Tally<'c> {
    fn new(total: Option<u64>, context: &'c Context) -> Self {
        let summary = PublishSummary { accepted: 0, duplicates: 0, refused: 0, errors: Vec::new() };
        Self { summary, progress: Progress::new(total, "published", context), began: std::time::Instant::now(), context }
    }

    fn answer(&mut self, answer: &LineAnswer) {
        self.progress.step();
        if let Some(receipt) = &answer.receipt {
            self.summary.accepted += 1;
            self.summary.duplicates += u64::from(receipt.duplicate);
        }
        if let Some(failure) = &answer.failure {
            let mut refused = Refused::default();
            refused.add(answer.line, failure);
            self.take_refused(refused);
        }
    }

    fn take_refused(&mut self, refused: Refused) {
        self.summary.refused += refused.count;
        self.summary.errors.extend(refused.first);
        self.summary.errors.sort_by_key(|part| part.pointer.trim_start_matches("line ").parse::<u64>().unwrap_or(u64::MAX));
        self.summary.errors.truncate(REFUSALS_SHOWN_MAX);
    }

    fn finish(self, published: Result<(), Failure>, args: &PublishArgs) -> Outcome {
        self.progress.finish();
        let took = duration_ms(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX));
        let summary = &self.summary;
        let verb = if args.dry_run { "would be published" } else { "published" };
        let text = || {
            let before = if summary.duplicates > 0 { format!(" ({} of them before)", count(summary.duplicates)) } else { String::new() };
            let refused = if summary.refused > 0 { format!(", {} refused", count(summary.refused)) } else { String::new() };
            format!("{} {verb}{before}{refused} in {took}", counted(summary.accepted, "event"))
        };
        self.context.output.action(summary, "", text)?;
        published?;
        if summary.refused == 0 {
            return Ok(exit::OK);
        }
        let total = summary.accepted + summary.refused;
        let detail = format!("{} of {} refused", count(summary.refused), counted(total, "line"));
        let mut failure = Failure::new(ErrorCode::ITEMS_FAILED, detail)
            .why("Each line is checked by itself, so the others were not held up.")
            .next("mend the lines that are listed and publish those again")
            .errors(summary.errors.clone());
        if summary.accepted == 0 {
            failure.exit = exit::FAILED;
        }
        Err(failure)
    }
}
