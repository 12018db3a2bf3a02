//! `panotti config secret rotate`

use panotti_protocol::api::RotateSecretsRequest;
use panotti_protocol::failure::exit;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::counted;

/// Make a new key and seal all secrets with it
///
/// Their values stay. A backup of the store needs the key from its time: keep a copy of `secrets.key` with each.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config secret rotate\n  panotti config secret rotate --reason 'once a year'")]
pub struct RotateArgs {
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Does it.
///
/// # Errors
/// The daemon's failure; then the old key stays.
pub async fn run(args: RotateArgs, context: &Context) -> Outcome {
    let rotated = context.client()?.secrets_rotate(&RotateSecretsRequest { reason: args.reason }).await?;
    context
        .output
        .action(&rotated, &rotated.key, || format!("{} sealed with the new key {}", counted(rotated.secrets, "secret"), rotated.key))?;
    Ok(exit::OK)
}
