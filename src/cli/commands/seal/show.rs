//! `panotti seal show`

use panotti_protocol::api::SealStatus;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{count, counted, yellow};

/// Show what is sealed, and who can open it
///
/// Recipients are no secret: each names the identity that is needed, as `age` writes it.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti seal show\n  panotti seal show -o json | jq -r '.recipients[].recipient'")]
pub struct ShowArgs {}

/// Shows it.
///
/// # Errors
/// The daemon's failure.
pub async fn run(_args: ShowArgs, context: &Context) -> Outcome {
    let seal = context.client()?.seal().await?;
    context.output.item(&seal, "seal", || text(&seal, context))?;
    Ok(exit::OK)
}

fn text(seal: &SealStatus, context: &Context) -> String {
    let topics: Vec<String> = seal.topics.iter().map(ToString::to_string).collect();
    let topics = if topics.is_empty() { "none".to_owned() } else { topics.join(", ") };
    let mut text = format!("  sealed topics  {topics}\n");
    for one in &seal.recipients {
        text.push_str(&format!("  {:<13}  {}   {}\n", one.kind, one.recipient, context.output.time.show(one.since)));
    }
    if seal.lacks_recovery() {
        text.push_str(&format!("  {:<13}  {}\n", "recovery", yellow("nobody: `panotti seal init FILE`")));
    }
    let left = if seal.rotating { format!(", {} still to be wrapped anew", count(seal.keys_left)) } else { String::new() };
    text.push_str(&format!("  data keys      {}{left}\n", counted(seal.data_keys, "key")));
    text.push_str(&format!("  tags           key {}\n", seal.tag_key));
    text
}
