//! `panotti role create`

use panotti_protocol::api::RoleRequest;
use panotti_protocol::failure::exit;
use panotti_protocol::permission::Permission;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::commands::key::list::words;
use crate::cli::context::{Context, Outcome};

/// Make a role
///
/// What is not allowed is denied; what is denied is taken away from what is allowed. You cannot give away what you do not hold.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti role create recorder --allow 'publish:events:recording.*' 'read:schemas:>'\n  panotti role create support --from viewer --deny 'read:events:salary.>'"
)]
pub struct CreateArgs {
    /// Its name
    #[arg(value_name = "ROLE")]
    pub role: String,
    /// What it allows, such as `read:events:team.>`; quote it
    #[arg(long, value_name = "PERMISSION", num_args = 1..)]
    pub allow: Vec<Permission>,
    /// What it takes away
    #[arg(long, value_name = "PERMISSION", num_args = 1..)]
    pub deny: Vec<Permission>,
    /// Begin with what this role allows and denies now
    #[arg(long, value_name = "ROLE")]
    pub from: Option<String>,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Makes it.
///
/// # Errors
/// `role.exists`, `permission.exceeded`, or another failure of the daemon.
pub async fn run(args: CreateArgs, context: &Context) -> Outcome {
    let CreateArgs { role: name, allow, deny, from, reason } = args;
    let made = context.client()?.role_create(&RoleRequest { name, from, allow, deny, reason }).await?;
    context.output.action(&made, &made.role.name, || format!("{} created   allows {}", made.role.name, words(&made.role.allow)))?;
    Ok(exit::OK)
}
