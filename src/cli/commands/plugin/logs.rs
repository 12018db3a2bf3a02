//! `panotti plugin logs`

use panotti_protocol::api::{LogLine, LogsQuery};
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::id::EventId;
use panotti_protocol::time::Timestamp;

use crate::cli::context::{Context, Outcome};
use crate::cli::globals::Format;
use crate::cli::output::human::{dim, duration_ms, red, safe, short, yellow};
use crate::cli::output::{print, to_values};
use crate::client::path::{segment, with_query};
use crate::client::stream::{Followed, Following};

/// Show what a plugin said
///
/// Its log calls, its stdout and stderr, and what the daemon says about it.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti plugin logs word-count -f\n  panotti plugin logs word-count --event @last")]
pub struct LogsArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Stay and show new lines as they come
    #[arg(short, long)]
    pub follow: bool,
    /// The newest so many lines
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100)]
    pub lines: u32,
    /// Only lines of this event
    #[arg(long, value_name = "EVT")]
    pub event: Option<String>,
}

/// Shows it.
///
/// # Errors
/// `plugin.not_found`, or another failure of the daemon.
pub async fn run(args: LogsArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let event = match args.event {
        None => None,
        Some(text) => match context.event_id(&text)? {
            id if id.parse::<EventId>().is_ok() => id.parse::<EventId>().ok(),
            id => Some(client.event(&id).await?.event.eventid),
        },
    };
    let mut query = LogsQuery { lines: Some(args.lines), follow: false, event };
    if !args.follow {
        let lines = client.plugin_logs(&args.name, &query).await?.items;
        if context.output.format == Format::Json {
            print(&(serde_json::to_string_pretty(&to_values(&lines)?).unwrap_or_default() + "\n"));
            return Ok(exit::OK);
        }
        for line in &lines {
            show(line, context)?;
        }
        return Ok(exit::OK);
    }
    query.follow = true;
    let path = with_query(&format!("/plugins/{}/logs", segment(&args.name)), &query)?;
    let mut following = Following::begin(client.another(), path, String::new()).await?;
    // After a lost connection the newest lines come again; those that were shown are left out.
    let (mut newest, mut again) = (Timestamp::default(), false);
    loop {
        match following.next().await? {
            Followed::Event(event) if event.event == "line" => {
                let line: LogLine = serde_json::from_str(&event.data).map_err(|error| {
                    Failure::new(ErrorCode::DAEMON_VERSION_MISMATCH, format!("a line of the log is not understood: {error}"))
                })?;
                if again && line.at <= newest {
                    continue;
                }
                (newest, again) = (line.at, false);
                show(&line, context)?;
            }
            Followed::Event(event) if event.event == "gap" => {
                context.output.remark(&yellow("! lines were dropped: this reader was too slow"))
            }
            Followed::Event(_) => {}
            Followed::Reconnected(after) => {
                again = true;
                let after = duration_ms(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
                context.output.remark(&yellow(&format!("! reconnected after {after}")));
            }
        }
    }
}

fn show(line: &LogLine, context: &Context) -> Result<(), Failure> {
    context.output.streamed(line, "", || {
        let level = match line.level.as_str() {
            "error" => red("  ERROR"),
            "warning" => yellow("WARNING"),
            other => format!("{:>7}", other.to_uppercase()),
        };
        let event = line.eventid.map_or(String::new(), |id| format!(" [{}]", short(&id.to_string())));
        format!("{} {level} {}{event} {}", context.output.time.clock(line.at), dim(&line.stream), safe(&line.message))
    })
}
