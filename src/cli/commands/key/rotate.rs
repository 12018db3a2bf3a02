//! `panotti key rotate`

use std::time::Duration;

use panotti_protocol::api::KeyRotation;
use panotti_protocol::failure::exit;

use super::secret::SecretFlags;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::parse_duration;

/// Give a key a new secret
///
/// The old one stays in force for the overlap, so that whoever uses it has time to change it: a day where nothing is said, 7 days at most, or
/// `0s` where it has leaked.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti key rotate ci\n  panotti key rotate ci --overlap 0s --reason 'it was in a log'")]
pub struct RotateArgs {
    /// The key's name or id
    #[arg(value_name = "KEY")]
    pub key: String,
    /// How long the old secret stays in force
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub overlap: Option<Duration>,
    /// How long the new one lasts: 90 days where nothing is said, 366 days at most
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub expires: Option<Duration>,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
    /// Where the key goes.
    #[command(flatten)]
    pub secret: SecretFlags,
}

/// Rotates it.
///
/// # Errors
/// `key.not_found`, `key.over`, `permission.exceeded`, or another failure of the daemon.
pub async fn run(args: RotateArgs, context: &Context) -> Outcome {
    let place = args.secret.prepare()?;
    let request = KeyRotation {
        overlap_seconds: args.overlap.map(|overlap| overlap.as_secs()),
        expires_in_seconds: args.expires.map(|expires| expires.as_secs()),
        reason: args.reason,
    };
    let made = match context.client() {
        Ok(mut client) => client.key_rotate(&args.key, &request).await,
        Err(failure) => Err(failure),
    };
    match made {
        Ok(made) => place.put(&made, context)?,
        Err(failure) => {
            place.forget();
            return Err(failure);
        }
    }
    Ok(exit::OK)
}
