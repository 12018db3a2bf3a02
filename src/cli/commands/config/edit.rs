//! `panotti config edit`

use panotti_protocol::api::{ConfigurationOverlay, ConfigurationUpdate};
use panotti_protocol::failure::exit;
use serde_json::{Value, json};

use super::telling::told;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::editing::edit;
use crate::config::overlay::from_text;
use crate::config::settings::{SettingRow, TABLE};

/// Edit what is set in your editor
///
/// Shows what is set, and every other setting as a remark. The daemon checks the whole before it changes anything; where it refuses, your
/// text is kept and named.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config edit\n  EDITOR=nano panotti config edit --reason 'night shift'")]
pub struct EditArgs {
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Has it edited.
///
/// # Errors
/// Where the text does not hold, another change came first, or the daemon refuses.
pub async fn run(args: EditArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let before = client.config_overlay().await?;
    let Some(edited) = edit(&text(&before), ".yaml", context)? else {
        context.output.action(&json!({ "changed": false }), "config", || "unchanged".to_owned())?;
        return Ok(exit::OK);
    };
    let overlay = match from_text(&edited.text, "your text") {
        Ok(overlay) => overlay,
        Err(failure) => return Err(edited.kept(failure)),
    };
    let update = ConfigurationUpdate { overlay, reason: args.reason, dry_run: false };
    match client.config_replace(before.revision, &update).await {
        Ok(changed) => {
            edited.used();
            context.output.action(&changed, "config", || told(&changed, Some(before.revision)))?;
            Ok(exit::OK)
        }
        Err(failure) => Err(edited.kept(failure)),
    }
}

/// What is set as sections with keys; everything else as remarks.
fn text(set: &ConfigurationOverlay) -> String {
    let mut text =
        "# What is set over the files and defaults. Lines that begin with # count for nothing: take the # away to set one.\n".to_owned();
    let mut section = "";
    for row in TABLE {
        let (name, key) = row.parts();
        let any = set.overlay.keys().any(|key| key.split('.').next() == Some(name));
        if name != section {
            section = name;
            text.push_str(&format!("\n{}{name}:\n", if any { "" } else { "# " }));
        }
        text.push_str(&format!("  # {}\n", remark(row)));
        text.push_str(&match set.overlay.get(row.key) {
            Some(value) => format!("  {key}: {value}\n"),
            None => format!("  # {key}: {}\n", default(row)),
        });
    }
    text
}

fn remark(row: &SettingRow) -> String {
    let counts = if row.is_live() { "live" } else { "from the next start on" };
    format!("{} ({}; {counts})", row.description, row.form.describe())
}

fn default(row: &SettingRow) -> Value {
    match row.default.parse::<u64>() {
        Ok(number) => json!(number),
        Err(_) if row.default.is_empty() => json!([]),
        Err(_) => json!(row.default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_to_be_edited_reads_back_as_what_is_set() {
        let overlay: std::collections::BTreeMap<String, Value> = [
            ("log.level".to_owned(), json!("debug")),
            ("retention.topics".to_owned(), json!({"load.>": "1d"})),
            ("plugins.dirs".to_owned(), json!(["/srv/a b"])),
            ("limits.connections_max".to_owned(), json!(99)),
        ]
        .into();
        let set = ConfigurationOverlay { revision: 3, overlay };
        assert_eq!(from_text(&text(&set), "text").unwrap(), set.overlay, "{}", text(&set));
        let nothing = ConfigurationOverlay { revision: 0, overlay: Default::default() };
        assert!(from_text(&text(&nothing), "text").unwrap().is_empty(), "{}", text(&nothing));
    }
}
