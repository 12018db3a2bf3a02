//! `panotti role show`

use panotti_protocol::api::Role;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, counted, safe};

/// Show a role: what it allows and denies
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti role show operator\n  panotti role show operator -o json")]
pub struct ShowArgs {
    /// The role
    #[arg(value_name = "ROLE")]
    pub role: String,
}

/// Shows it.
///
/// # Errors
/// `role.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let role = context.client()?.role(&args.role).await?;
    context.output.item(&role, &role.name, || text(&role, context))?;
    Ok(exit::OK)
}

fn text(role: &Role, context: &Context) -> String {
    let mut text = format!("{}   {}\n", bold(&role.name), counted(role.keys, "key"));
    for (name, permissions) in [("allows", &role.allow), ("denies", &role.deny)] {
        for (place, permission) in permissions.iter().enumerate() {
            text.push_str(&format!("  {:<10}{permission}\n", if place == 0 { name } else { "" }));
        }
    }
    match role.changed_at {
        Some(at) => text.push_str(&format!("  changed   {} by {}\n", context.output.time.show(at), safe(&role.changed_by))),
        None => text.push_str("  comes with Panotti\n"),
    }
    text
}
