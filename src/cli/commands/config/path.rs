//! `panotti config path`

use std::path::Path;

use panotti_protocol::failure::exit;
use serde::Serialize;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::table::{Table, left};
use crate::cli::output::{Listing, to_values};
use crate::config::places::{Places, SYSTEM_FILE};

/// List where everything is: configuration, data, socket, logs, plugins
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config path\n  panotti config path --data ./data -o json")]
pub struct PathArgs {}

#[derive(Debug, Serialize)]
struct PlaceRow {
    name: &'static str,
    path: String,
    exists: bool,
    origin: String,
}

/// Lists them.
///
/// # Errors
/// Where no place can be found.
pub fn run(_: &PathArgs, context: &Context) -> Outcome {
    let rows = rows(&context.places()?);
    let mut table = Table::new(vec![left("NAME"), left("PATH"), left("EXISTS"), left("ORIGIN")]);
    for row in &rows {
        table.row(vec![row.name.to_owned(), row.path.clone(), if row.exists { "yes" } else { "no" }.to_owned(), row.origin.clone()]);
    }
    let fields = &["exists", "name", "origin", "path"];
    context.output.list(Listing { items: to_values(&rows)?, table, id: "path", fields, footer: String::new(), no_headers: false })?;
    Ok(exit::OK)
}

fn rows(places: &Places) -> Vec<PlaceRow> {
    let row = |name, path: &Path, origin: &str| PlaceRow {
        name,
        path: path.display().to_string(),
        exists: path.exists(),
        origin: origin.to_owned(),
    };
    let mut rows = vec![
        row("config", &places.config_file.path, &places.config_file.origin),
        row("system-config", Path::new(SYSTEM_FILE), "default"),
        row("data", &places.data_dir.path, &places.data_dir.origin),
        row("logs", &places.log_dir.path, &places.log_dir.origin),
        row("keys", &places.keys_dir.path, &places.keys_dir.origin),
    ];
    rows.extend(places.default_plugin_dirs().iter().map(|folder| row("plugins", folder, "default")));
    if let Ok(socket) = places.socket() {
        rows.push(row("socket", &socket.path, &socket.origin));
    }
    rows
}
