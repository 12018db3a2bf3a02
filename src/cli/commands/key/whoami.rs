//! `panotti key whoami`

use panotti_protocol::api::WhoAmI;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, safe};

/// Show as whom the daemon knows you, and what you may do
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti key whoami\n  panotti key whoami -o json")]
pub struct WhoamiArgs {}

/// Shows it.
///
/// # Errors
/// The daemon's failure.
pub async fn run(_args: WhoamiArgs, context: &Context) -> Outcome {
    let answer = context.client()?.whoami().await?;
    context.output.item(&answer, &answer.principal, || text(&answer, context))?;
    Ok(exit::OK)
}

fn text(answer: &WhoAmI, context: &Context) -> String {
    let mut text = format!("{}\n", bold(&safe(&answer.principal)));
    if !answer.role.is_empty() {
        text.push_str(&format!("  role      {}\n", answer.role));
    }
    if let Some(expires) = answer.expires_at {
        text.push_str(&format!("  expires   {}\n", context.output.time.show(expires)));
    }
    for (name, permissions) in [("may", &answer.allow), ("may not", &answer.deny)] {
        for (place, permission) in permissions.iter().enumerate() {
            text.push_str(&format!("  {:<10}{permission}\n", if place == 0 { name } else { "" }));
        }
    }
    text
}
