//! How a change of the configuration is told.

use panotti_protocol::api::ConfigurationChanged;

use crate::cli::output::fields::text;
use crate::cli::output::human::{safe, yellow};
use crate::cli::output::table::{Table, left};

/// A line for each setting that has another value, and what undoes it.
pub(super) fn told(changed: &ConfigurationChanged, undo: Option<u64>) -> String {
    if !changed.changed {
        return "unchanged".to_owned();
    }
    let mark = if changed.dry_run { "would change" } else { "✓" };
    let mut lines: Vec<String> = changed
        .changes
        .iter()
        .map(|change| {
            let counts = if change.live { "live now".to_owned() } else { yellow("from the next start on") };
            format!("{mark} {}  {} -> {}   {counts}", change.key, safe(&text(&change.from)), safe(&text(&change.to)))
        })
        .collect();
    if lines.is_empty() {
        lines.push(format!("{mark} no setting has another value"));
    }
    if let (Some(undo), false) = (undo, changed.dry_run) {
        lines.push(format!("revision {}, undo: panotti config rollback {undo}", changed.revision));
    }
    lines.join("\n")
}

/// The same as a table.
pub(super) fn table(changed: &ConfigurationChanged) -> Table {
    let mut table = Table::new(vec![left("KEY"), left("IN FORCE"), left("AFTER"), left("COUNTS"), left("ORIGIN")]);
    for change in &changed.changes {
        let counts = if change.live { "at once" } else { "from the next start on" };
        table.row(vec![change.key.clone(), safe(&text(&change.from)), safe(&text(&change.to)), counts.to_owned(), change.origin.clone()]);
    }
    table
}
