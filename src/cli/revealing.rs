//! `--reveal`, the same wherever payloads are shown.

use panotti_protocol::api::RevealQuery;

/// Asking for what is masked.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Reveal {
    /// Show what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited
    #[arg(long)]
    pub reveal: bool,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT", requires = "reveal")]
    pub reason: Option<String>,
}

impl Reveal {
    /// As the API takes it.
    pub fn query(&self) -> RevealQuery {
        RevealQuery { reveal: self.reveal, reason: self.reason.clone() }
    }
}
