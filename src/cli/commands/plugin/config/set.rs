//! `panotti plugin config set`

use std::io::Read;

use panotti_protocol::api::PluginConfigUpdate;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde_json::Value;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::fields::text;
use crate::cli::output::human::safe;
use crate::config::yaml::{Problems, parse};

/// Largest value, in bytes.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;

/// Set one key of a plugin's configuration
///
/// The value is read as YAML: `3` is a number, `true` a boolean, `[a, b]` a list, anything else text. The daemon keeps it over the
/// manifest's value and tells the plugin.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti plugin config set word-count min_words 3\n  panotti plugin config set license-check allowed '[MIT, Apache-2.0]'\n  panotti plugin config set slack webhook_url - < url.txt"
)]
pub struct SetArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The key
    #[arg(value_name = "KEY")]
    pub key: String,
    /// The value; `-` reads it from standard input
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Sets it.
///
/// # Errors
/// `plugin.config_key_unknown`, `plugin.config_invalid`, or another failure of the daemon.
pub async fn run(args: SetArgs, context: &Context) -> Outcome {
    let value = read_value(&args.value, ErrorCode::PLUGIN_CONFIG_INVALID)?;
    let mut client = context.client()?;
    let before = client.plugin_config(&args.name).await?;
    let old = before.config.get(&args.key).cloned().unwrap_or(Value::Null);
    let mut overlay = before.overlay;
    overlay.insert(args.key.clone(), value.clone());
    let update = PluginConfigUpdate { overlay, revision: Some(before.revision), reason: args.reason };
    let after = client.plugin_config_update(&args.name, &update).await?;
    context.output.action(&after, &args.name, || {
        let effect = match after.effect.as_str() {
            "live" => "live now",
            "needs_restart" => "the plugin is restarted to take it",
            "not_running" => "the plugin gets it when it starts",
            _ => "unchanged",
        };
        format!("✓ {}.{}  {} -> {}   {effect}   revision {}", args.name, args.key, safe(&text(&old)), safe(&text(&value)), after.revision)
    })?;
    Ok(exit::OK)
}

/// Reads a value of the command line as YAML; `-` reads it from standard input.
///
/// # Errors
/// `code` where it is no YAML, `input.unreadable`.
pub fn read_value(text: &str, code: ErrorCode) -> Result<Value, Failure> {
    let mut read = String::new();
    let text = if text == "-" {
        let input = std::io::stdin().lock().take(VALUE_BYTES_MAX as u64 + 1).read_to_string(&mut read);
        input.map_err(|error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("standard input cannot be read: {error}")))?;
        read.trim_end_matches(['\n', '\r'])
    } else {
        text
    };
    let mut problems = Problems::new("value");
    match parse(text, VALUE_BYTES_MAX, &mut problems) {
        Some(node) if problems.is_empty() => Ok(node.to_json()),
        _ => Err(Failure::new(code, "the value cannot be read").next("put text in quotes: '\"text\"'").errors(problems.into_parts())),
    }
}
