//! `panotti role check`

use panotti_protocol::api::PermissionQuery;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{green, safe, yellow};

/// Say whether a key, a role or a local user may do something, and which permission decides
///
/// Exits with 0 where it is allowed and with 1 where it is denied.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti role check key:ci publish:events:recording.ended\n  panotti role check role:operator manage:plugins:word-count"
)]
pub struct CheckArgs {
    /// Whose: `key:NAME`, `role:NAME`, `user:NAME` or `user:UID`
    #[arg(value_name = "PRINCIPAL")]
    pub principal: String,
    /// What: `verb:resource:object`, with one object and no wildcard
    #[arg(value_name = "PERMISSION")]
    pub permission: String,
}

/// Says it.
///
/// # Errors
/// `key.not_found`, `role.not_found`, or another failure of the daemon.
pub async fn run(args: CheckArgs, context: &Context) -> Outcome {
    let query = PermissionQuery { principal: args.principal, permission: args.permission };
    let verdict = context.client()?.permission_check(&query).await?;
    context.output.item(&verdict, if verdict.allowed { "allowed" } else { "denied" }, || {
        let (mark, word) = if verdict.allowed { (green("✓"), "allowed") } else { (yellow("✗"), "denied") };
        let why = match &verdict.rule {
            Some(rule) => format!("by {} {rule} of the role {}", verdict.decided_by, verdict.role),
            None => format!("nothing in the role {} allows it", verdict.role),
        };
        format!("{mark} {word}   {} {}   {why}\n", safe(&verdict.principal), safe(&verdict.permission))
    })?;
    Ok(if verdict.allowed { exit::OK } else { exit::FAILED })
}
