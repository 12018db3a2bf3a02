//! `panotti plugin state set`

use std::io::Read;

use panotti_protocol::api::StateUpdate;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::limits::STATE_VALUE_BYTES_MAX;
use serde_json::Value;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::safe;

/// Set one key of a plugin's state to a JSON value
///
/// The change is in the audit. A handler that is at work meanwhile does not see it, and writes over it where it writes the same key.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti plugin state set word-count total 0 --reason 'counted twice'\n  panotti plugin state set word-count last '{\"id\": 42}'\n  panotti plugin state set word-count last - < last.json"
)]
pub struct SetArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The key
    #[arg(value_name = "KEY")]
    pub key: String,
    /// The value as JSON; `-` reads it from standard input
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Sets it.
///
/// # Errors
/// `plugin.not_found`, `plugin.state_full`, or another failure of the daemon.
pub async fn run(args: SetArgs, context: &Context) -> Outcome {
    let value = read_value(&args.value)?;
    let update = StateUpdate { value, reason: args.reason };
    let changed = context.client()?.plugin_state_set(&args.name, &args.key, &update).await?;
    context.output.action(&changed, &changed.key, || {
        let what = if changed.changed { "✓" } else { "unchanged:" };
        format!("{what} {}/{}  {}", safe(&args.name), safe(&args.key), safe(&update.value.to_string()))
    })?;
    Ok(exit::OK)
}

fn read_value(text: &str) -> Result<Value, Failure> {
    let mut read = String::new();
    let text = if text == "-" {
        let input = std::io::stdin().lock().take(STATE_VALUE_BYTES_MAX as u64 + 1).read_to_string(&mut read);
        input.map_err(|error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("standard input cannot be read: {error}")))?;
        read.as_str()
    } else {
        text
    };
    serde_json::from_str(text).map_err(|error| {
        Failure::new(ErrorCode::USAGE, format!("the value is not JSON: {error}")).next("put text in quotes inside the quotes: '\"text\"'")
    })
}
