//! `panotti key create`

use std::time::Duration;

use panotti_protocol::api::KeyRequest;
use panotti_protocol::failure::exit;
use panotti_protocol::network::Network;
use panotti_protocol::permission::Permission;

use super::secret::SecretFlags;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::parse_duration;

/// Make an API key
///
/// The key is shown once; the daemon keeps only a digest of it. It may do what its role allows, narrowed to `--scope` where that is given. You
/// cannot give away what you do not hold.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti key create ci --role publisher --scope 'publish:events:recording.*' --expires 30d\n  panotti key create dashboard --role viewer --cidr 10.0.0.0/8 --out dashboard.key"
)]
pub struct CreateArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Its role: admin, auditor, developer, operator, publisher, viewer, or one of your own
    #[arg(long, value_name = "ROLE")]
    pub role: String,
    /// Only these permissions of the role, such as `publish:events:recording.*`; quote them
    #[arg(long, value_name = "PERMISSION", num_args = 1..)]
    pub scope: Vec<Permission>,
    /// How long it lasts: 90 days where nothing is said, 366 days at most
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub expires: Option<Duration>,
    /// Networks it may be used from; everywhere where none is named
    #[arg(long, value_name = "NETWORK", num_args = 1..)]
    pub cidr: Vec<Network>,
    /// A line for people: whose it is, what for
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
    /// Where the key goes.
    #[command(flatten)]
    pub secret: SecretFlags,
}

/// Makes it.
///
/// # Errors
/// `key.exists`, `role.not_found`, `permission.exceeded`, or another failure of the daemon.
pub async fn run(args: CreateArgs, context: &Context) -> Outcome {
    let place = args.secret.prepare()?;
    let request = KeyRequest {
        name: args.name,
        role: args.role,
        scope: args.scope,
        cidr: args.cidr,
        label: args.label.unwrap_or_default(),
        expires_in_seconds: args.expires.map(|expires| expires.as_secs()),
        reason: args.reason,
    };
    let made = match context.client() {
        Ok(mut client) => client.key_create(&request).await,
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
