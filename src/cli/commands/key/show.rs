//! `panotti key show`

use panotti_protocol::api::ApiKey;
use panotti_protocol::failure::exit;

use crate::cli::context::{Context, Outcome};
use crate::cli::output::human::{bold, safe};

/// Show a key: what it may do, from where, until when
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti key show ci\n  panotti key show ci -o json")]
pub struct ShowArgs {
    /// The key's name or id
    #[arg(value_name = "KEY")]
    pub key: String,
}

/// Shows it.
///
/// # Errors
/// `key.not_found`, or another failure of the daemon.
pub async fn run(args: ShowArgs, context: &Context) -> Outcome {
    let key = context.client()?.key(&args.key).await?;
    context.output.item(&key, key.id.as_str(), || text(&key, context))?;
    Ok(exit::OK)
}

fn text(key: &ApiKey, context: &Context) -> String {
    let time = &context.output.time;
    let mut text = format!("{}   {}\n", bold(&key.name), key.state);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("  {name:<10}{value}\n"));
        }
    };
    line("id", key.id.to_string());
    line("label", safe(&key.label));
    line("role", key.role.clone());
    line("scope", super::list::words(&key.scope));
    line("from", super::list::words(&key.cidr));
    line("created", format!("{} by {}", time.show(key.created_at), safe(&key.created_by)));
    line("expires", time.show(key.expires_at));
    line("last used", key.last_used_at.map_or("never".to_owned(), |at| time.show(at)));
    line("revoked", key.revoked_at.map_or(String::new(), |at| time.show(at)));
    line("replaces", key.replaces.map_or(String::new(), |id| id.to_string()));
    text
}
