//! `panotti plugin config get`

use panotti_protocol::api::PluginConfig;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde_json::json;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::fields::text;
use crate::cli::output::human::{dim, safe};
use crate::config::suggest::did_you_mean;

/// Show a plugin's configuration, or one key of it
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti plugin config get word-count\n  panotti plugin config get word-count min_words")]
pub struct GetArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Only this key
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
}

/// Shows it.
///
/// # Errors
/// `plugin.not_found`, `plugin.config_key_unknown`, or another failure of the daemon.
pub async fn run(args: GetArgs, context: &Context) -> Outcome {
    let config = context.client()?.plugin_config(&args.name).await?;
    let Some(key) = &args.key else {
        context.output.item(&config, &args.name, || all(&config))?;
        return Ok(exit::OK);
    };
    let value = config.config.get(key).ok_or_else(|| unknown_key(&args.name, key, &config))?;
    let origin = if config.overlay.contains_key(key) { "set" } else { "manifest" };
    context.output.item(&json!({ "key": key, "value": value, "origin": origin }), key, || safe(&text(value)))?;
    Ok(exit::OK)
}

fn all(config: &PluginConfig) -> String {
    if config.config.is_empty() {
        return "no configuration".to_owned();
    }
    let width = config.config.keys().map(String::len).max().unwrap_or(0);
    let line = |(key, value): (&String, &serde_json::Value)| {
        let origin = if config.overlay.contains_key(key) { "set" } else { "manifest" };
        format!("{key:width$}  {}  {}\n", safe(&text(value)), dim(origin))
    };
    config.config.iter().map(line).collect()
}

/// The failure for a key that the plugin does not have.
pub(super) fn unknown_key(plugin: &str, key: &str, config: &PluginConfig) -> Failure {
    let failure = Failure::new(ErrorCode::PLUGIN_CONFIG_KEY_UNKNOWN, format!("`{plugin}` has no configuration key `{key}`"));
    match did_you_mean(key, config.config.keys().map(String::as_str)) {
        suggestion if suggestion.is_empty() => failure.next(format!("`panotti plugin config get {plugin}` shows all keys")),
        suggestion => failure.next(suggestion),
    }
}
