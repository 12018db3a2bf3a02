//! `panotti config secret list`

use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::counted;
use crate::cli::output::table::{Table, left, right};
use crate::cli::output::{Listing, to_values};

const FIELDS: &[&str] = &["name", "set_at", "set_by", "used_by"];

/// List the secrets, without their values
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config secret list\n  panotti config secret list -o json | jq '.[] | select(.used_by == [])'")]
pub struct ListArgs {}

/// Lists them.
///
/// # Errors
/// The daemon's failure.
pub async fn run(_: ListArgs, context: &Context) -> Outcome {
    let secrets = context.client()?.secrets().await?.items;
    let mut table = Table::new(vec![left("NAME"), right("SET"), left("BY"), left("USED BY")]);
    for secret in &secrets {
        let used = if secret.used_by.is_empty() { "-".to_owned() } else { secret.used_by.join(", ") };
        table.row(vec![secret.name.clone(), context.output.time.show(secret.set_at), secret.set_by.clone(), used]);
    }
    let footer = match (context.output.terminal(), secrets.is_empty()) {
        (false, _) => String::new(),
        (true, true) => "no secrets: panotti config secret set NAME".to_owned(),
        (true, false) => counted(secrets.len() as u64, "secret"),
    };
    context.output.list(Listing { items: to_values(&secrets)?, table, id: "name", fields: FIELDS, footer, no_headers: false })?;
    Ok(exit::OK)
}
