//! `panotti daemon run`: only its arguments. What it does is the daemon's; `src/bin/panotti.rs` brings the two together.

/// Run the daemon in the foreground
///
/// For a service manager or a container. Ends with 0 after SIGTERM or SIGINT, and with one of the codes 64 to 78 where it cannot
/// start or go on (`panotti help exit-codes`).
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti daemon run\n  panotti daemon run --data ./data")]
pub struct RunArgs {
    /// Go on although accepted events are missing at the end of the log; which ones is written to the audit
    #[arg(long)]
    pub accept_loss: bool,
}
