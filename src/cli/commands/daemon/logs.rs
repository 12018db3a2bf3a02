//! `panotti daemon logs`: reads the daemon's log files, also while no daemon runs.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use panotti_filter::pattern::Pattern;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::time::Timestamp;
use serde_json::Value;

use crate::cli::context::{Context, Outcome, now};
use crate::cli::globals::{Format, When, parse_when};
use crate::cli::output::human::{bytes, dim, duration_ms, red, safe, yellow};
use crate::cli::output::print;

/// How long to sleep between two looks for new lines.
const POLL: Duration = Duration::from_millis(100);
/// Levels from the gravest on.
const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// Show the daemon's log
///
/// Text for people; `-o jsonl` gives the lines as they are written.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti daemon logs -f\n  panotti daemon logs --level warn --since 1h\n  panotti daemon logs --grep 'store|disk'\n  panotti daemon logs --access --since 10m"
)]
pub struct LogsArgs {
    /// Stay and show new lines as they come
    #[arg(short, long)]
    pub follow: bool,
    /// The newest so many lines
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100)]
    pub lines: usize,
    /// Only this level and what is graver
    #[arg(long, value_name = "LEVEL", value_parser = LEVELS)]
    pub level: Option<String>,
    /// Only lines since then: a time, or so long ago
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    pub since: Option<When>,
    /// The access log instead: a line for every request
    #[arg(long, conflicts_with = "level")]
    pub access: bool,
    /// Only lines in which this regular expression is found, as they stand in the file
    #[arg(long, value_name = "RE", value_parser = Pattern::new)]
    pub grep: Option<Pattern>,
}

/// Shows it.
///
/// # Errors
/// Where there is no log, or it cannot be read.
pub async fn run(args: LogsArgs, context: &Context) -> Outcome {
    context.only_here("daemon logs")?;
    let places = context.places()?;
    let file = if args.access { places.access_log_file() } else { places.log_file() };
    if !file.exists() && !args.follow {
        return Err(Failure::new(ErrorCode::INPUT_UNREADABLE, format!("there is no log at {}", file.display()))
            .why("No daemon has run with this data folder yet, or its log went elsewhere.")
            .next(format!("`{}`", context.command_line("daemon start"))));
    }
    let (level, since) = (args.level.as_deref().and_then(rank), args.since.map(|since| since.resolve(now())));
    let wanted = Wanted { level, since, pattern: args.grep };
    let mut newest: VecDeque<String> = VecDeque::new();
    for path in rotated(&file).into_iter().chain([file.clone()]) {
        let Ok(opened) = File::open(&path) else { continue };
        for line in BufReader::new(opened).lines() {
            let line = line.map_err(|error| unreadable(&path, &error))?;
            if wanted.fits(&line) && args.lines > 0 {
                if newest.len() == args.lines {
                    newest.pop_front();
                }
                newest.push_back(line);
            }
        }
    }
    if context.output.format == Format::Json && !args.follow {
        let values: Vec<Value> = newest.iter().map(|line| parsed(line)).collect();
        print(&(serde_json::to_string_pretty(&values).unwrap_or_default() + "\n"));
        return Ok(exit::OK);
    }
    for line in &newest {
        show(line, context)?;
    }
    if args.follow {
        follow(&file, &wanted, context).await?;
    }
    Ok(exit::OK)
}

/// What lines are wanted.
struct Wanted {
    level: Option<usize>,
    since: Option<Timestamp>,
    pattern: Option<Pattern>,
}

impl Wanted {
    fn fits(&self, line: &str) -> bool {
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_in(line)) {
            return false;
        }
        if self.level.is_none() && self.since.is_none() {
            return true;
        }
        let value = parsed(line);
        let level = value.get("level").and_then(Value::as_str).and_then(rank);
        let at = value.get("timestamp").and_then(Value::as_str).and_then(|at| at.parse::<Timestamp>().ok());
        let grave_enough = self.level.is_none_or(|most| level.is_some_and(|level| level <= most));
        let new_enough = self.since.is_none_or(|since| at.is_some_and(|at| at >= since));
        grave_enough && new_enough
    }
}

fn rank(level: &str) -> Option<usize> {
    LEVELS.iter().position(|known| level.eq_ignore_ascii_case(known))
}

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|_| Value::from(line))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(ErrorCode::INPUT_UNREADABLE, format!("{}: {error}", path.display()))
}

/// Older files, the oldest first: `panotti.log.3`, `.2`, `.1`.
fn rotated(file: &Path) -> Vec<PathBuf> {
    let name = |number: u32| {
        let mut path = file.as_os_str().to_owned();
        path.push(format!(".{number}"));
        PathBuf::from(path)
    };
    let mut found: Vec<PathBuf> = (1..=100).map(name).take_while(|path| path.exists()).collect();
    found.reverse();
    found
}

fn show(line: &str, context: &Context) -> Result<(), Failure> {
    if context.output.for_people() {
        print(&(as_text(line, context) + "\n"));
        return Ok(());
    }
    context.output.streamed(&parsed(line), "", || line.to_owned())
}

fn as_text(line: &str, context: &Context) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(line) else {
        return safe(line);
    };
    if fields.contains_key("route") {
        return access_text(&fields, context);
    }
    let mut take = |name: &str| fields.remove(name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    let (at, level, target, message) = (take("timestamp"), take("level"), take("target"), take("message"));
    let at = at.parse::<Timestamp>().map_or(at, |at| context.output.time.clock(at));
    let level = match level.to_ascii_lowercase().as_str() {
        "error" => red("ERROR"),
        "warn" => yellow(" WARN"),
        _ => safe(&format!("{:>5}", level.to_uppercase())),
    };
    let rest: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", crate::cli::output::fields::text(value))).collect();
    format!("{} {} {}  {} {}", safe(&at), level, safe(&message), safe(&rest.join(" ")), dim(&safe(&target)))
}

/// A line of the access log.
fn access_text(fields: &serde_json::Map<String, Value>, context: &Context) -> String {
    let text = |name: &str| fields.get(name).map_or("-".to_owned(), crate::cli::output::fields::text);
    let number = |name: &str| fields.get(name).and_then(Value::as_u64).unwrap_or(0);
    let at = text("timestamp").parse::<Timestamp>().map_or(text("timestamp"), |at| context.output.time.clock(at));
    let status = match number("status") {
        0 => dim("went away"),
        status @ ..400 => status.to_string(),
        status @ 400..500 => yellow(&status.to_string()),
        status => red(&status.to_string()),
    };
    let lost = if number("lost") > 0 { red(&format!("   {} lines before this one were lost", number("lost"))) } else { String::new() };
    format!(
        "{} {status} {} {}  {} {}   {} {}{lost}",
        safe(&at),
        safe(&text("method")),
        safe(&text("route")),
        safe(&duration_ms(number("duration_ms"))),
        safe(&bytes(number("bytes"))),
        safe(&text("actor")),
        dim(&safe(&format!("{} {}", text("peer"), text("request_id"))))
    )
}

async fn follow(path: &Path, wanted: &Wanted, context: &Context) -> Result<(), Failure> {
    let mut open: Option<(BufReader<File>, u64)> = None;
    if let Ok(mut file) = File::open(path) {
        let inode = file.metadata().map(|found| found.ino()).unwrap_or_default();
        file.seek(SeekFrom::End(0)).map_err(|error| unreadable(path, &error))?;
        open = Some((BufReader::new(file), inode));
    }
    let mut part = String::new();
    loop {
        if let Some((reader, _)) = open.as_mut() {
            while reader.read_line(&mut part).map_err(|error| unreadable(path, &error))? > 0 {
                if part.ends_with('\n') {
                    let line = std::mem::take(&mut part);
                    if wanted.fits(line.trim_end()) {
                        show(line.trim_end(), context)?;
                    }
                }
            }
        }
        // The daemon has put the file aside and begun a new one, or there was none yet.
        let present = std::fs::metadata(path).map(|found| found.ino()).ok();
        if present.is_some() && present != open.as_ref().map(|(_, inode)| *inode) {
            open = File::open(path).ok().map(BufReader::new).zip(present);
            continue;
        }
        tokio::time::sleep(POLL).await;
    }
}
