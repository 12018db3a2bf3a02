//! Flags that every command takes, before or after its words.

use std::path::PathBuf;
use std::time::Duration;

use panotti_protocol::time::Timestamp;

use crate::config::places::PlaceFlags;
use crate::config::units;

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For reading; tab separated where it goes into a pipe
    Table,
    /// A table with more columns
    Wide,
    /// One JSON document; lists are arrays
    Json,
    /// One JSON document a line
    Jsonl,
    /// YAML
    Yaml,
    /// Comma-separated values
    Csv,
    /// Ids only, one a line
    Id,
}

/// How times are shown in tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TimeStyle {
    /// `2m`, `in 8s`
    Relative,
    /// `2026-11-22T10:04:11.204Z`
    Iso,
    /// Seconds since 1970
    Unix,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Flags that every command takes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Form of the output
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value = "table",
        env = "PANOTTI_OUTPUT",
        hide_env_values = true
    )]
    pub output: Format,
    /// Only these fields, in this order, separated by commas; `?` lists them
    #[arg(long, global = true, value_name = "A,B,c.d", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// Lists: ids only. Actions: nothing
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Name the socket or URL on stderr; twice, show each request to the daemon
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// How tables show times
    #[arg(long, global = true, value_name = "STYLE", value_enum, default_value = "relative")]
    pub time: TimeStyle,
    /// Times of style `iso` in UTC instead of the local zone
    #[arg(long, global = true)]
    pub utc: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value = "auto")]
    pub color: ColorWhen,
    /// The daemon's socket [env: PANOTTI_SOCKET]
    #[arg(long, global = true, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// A daemon over the network, such as `https://panotti.example:7700` [env: PANOTTI_URL]
    #[arg(long, global = true, value_name = "URL", conflicts_with_all = ["socket", "data"])]
    pub url: Option<String>,
    /// The file with the API key that requests carry [env: PANOTTI_API_KEY_FILE, or the key itself: PANOTTI_API_KEY]
    #[arg(long, global = true, value_name = "PATH")]
    pub key_file: Option<PathBuf>,
    /// Trust the certificates in this file, and no others, in a daemon over the network [env: PANOTTI_CA_FILE]
    #[arg(long, global = true, value_name = "PATH")]
    pub ca_file: Option<PathBuf>,
    /// The data folder; everything of its daemon is in it [env: PANOTTI_DATA]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The configuration file [env: PANOTTI_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Answer every question with yes
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Never ask; what needs an answer is refused
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Give the whole command this long, for example `30s`
    #[arg(long, global = true, value_name = "DURATION", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
}

impl Globals {
    /// What the flags say about places.
    pub fn place_flags(&self) -> PlaceFlags {
        PlaceFlags { data: self.data.clone(), socket: self.socket.clone(), config: self.config.clone() }
    }

    /// Whether errors are JSON objects.
    pub fn machine_readable(&self) -> bool {
        matches!(self.output, Format::Json | Format::Jsonl)
    }
}

/// Reads a duration of the command line.
///
/// # Errors
/// With an example of one.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    units::parse_duration(text).ok_or_else(|| "a duration looks like `30s`, `500ms`, `5m` or `1d`".to_owned())
}

/// A point in time on the command line: absolute, or so long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// `2026-11-22T10:00:00Z`
    At(Timestamp),
    /// `1d`
    Ago(Duration),
}

impl When {
    /// The point in time, seen from now.
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            When::At(at) => at,
            When::Ago(duration) => now - duration,
        }
    }
}

/// Reads a time or a duration before now.
///
/// # Errors
/// With examples of both.
pub fn parse_when(text: &str) -> Result<When, String> {
    if let Ok(at) = text.parse() {
        return Ok(When::At(at));
    }
    let wrong = "a time looks like `2026-11-22T10:00:00Z`, or is so long ago: `90s`, `1d`";
    units::parse_duration(text).map(When::Ago).ok_or_else(|| wrong.to_owned())
}

/// Flags of every list.
#[derive(Debug, Clone, clap::Args)]
pub struct ListFlags {
    /// At most so many rows
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// All rows, however many
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// Leave the line with the column names out
    #[arg(long)]
    pub no_headers: bool,
}

impl ListFlags {
    /// Rows wanted in all.
    pub fn rows_max(&self) -> usize {
        if self.all { usize::MAX } else { self.limit as usize }
    }
}
