//! `panotti key revoke`

use panotti_protocol::failure::exit;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// End a key at once
///
/// Whatever is open with it ends too. A key that is over stays in the list until its room is needed.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti key revoke ci\n  panotti key revoke ci --reason 'left the project'")]
pub struct RevokeArgs {
    /// The key's name or id
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Ends it.
///
/// # Errors
/// `key.not_found`, or another failure of the daemon.
pub async fn run(args: RevokeArgs, context: &Context) -> Outcome {
    let revoked = context.client()?.key_revoke(&args.key, args.reason).await?;
    let (name, id) = (&revoked.key.name, revoked.key.id);
    context.output.action(&revoked, id.as_str(), || {
        format!("{name} ({id}) {}", if revoked.changed { "revoked" } else { "unchanged: it was over already" })
    })?;
    Ok(exit::OK)
}
