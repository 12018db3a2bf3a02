//! `panotti config schema`

use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::config::schema::json_schema;

/// Print the JSON Schema of `panotti.yaml`
///
/// For editors that complete and check YAML by a schema. Needs no daemon.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config schema > panotti.schema.json")]
pub struct SchemaArgs {}

/// Prints it.
///
/// # Errors
/// None of its own.
pub fn run(_: &SchemaArgs, context: &Context) -> Outcome {
    let schema = json_schema();
    context.output.item(&schema, "panotti.yaml", || format!("{schema:#}"))?;
    Ok(exit::OK)
}
