//! `panotti role set`

use panotti_protocol::api::RoleRequest;
use panotti_protocol::failure::exit;
use panotti_protocol::permission::Permission;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::commands::key::list::words;
use crate::cli::context::{Context, Outcome};

/// Change what a role of your own allows and denies
///
/// What is given here takes the place of what was there. Keys that have the role may do that at once, and no more; what is open with them ends.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti role set recorder --allow 'publish:events:recording.*'\n  panotti role set support --from viewer --deny 'read:events:salary.>'"
)]
pub struct SetArgs {
    /// The role
    #[arg(value_name = "ROLE")]
    pub role: String,
    /// What it allows
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

/// Changes it.
///
/// # Errors
/// `role.not_found`, `role.built_in`, `permission.exceeded`, or another failure of the daemon.
pub async fn run(args: SetArgs, context: &Context) -> Outcome {
    let SetArgs { role, allow, deny, from, reason } = args;
    let request = RoleRequest { name: String::new(), from, allow, deny, reason };
    let set = context.client()?.role_set(&role, &request).await?;
    context.output.action(&set, &role, || {
        format!("{role} {}   allows {}", if set.changed { "changed" } else { "unchanged" }, words(&set.role.allow))
    })?;
    Ok(exit::OK)
}
