//! `panotti version`

use panotti_protocol::api::{API_VERSION, Version};
use panotti_protocol::failure::exit;
use serde::Serialize;

use crate::cli::context::{Context, Outcome};

/// Show the versions of this program and, with --check, of the daemon
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti version\n  panotti version --check -o json")]
pub struct VersionArgs {
    /// Ask the daemon too
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Serialize)]
struct Versions {
    version: &'static str,
    api: Vec<u32>,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    daemon: Option<Version>,
}

/// Shows them.
///
/// # Errors
/// With --check the daemon's failure.
pub async fn run(args: &VersionArgs, context: &Context) -> Outcome {
    let daemon = if args.check { Some(context.client()?.version().await?) } else { None };
    let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let versions = Versions { version: env!("CARGO_PKG_VERSION"), api: vec![API_VERSION], target, daemon };
    context.output.item(&versions, versions.version, || {
        let mut text = format!("panotti {}   api {API_VERSION}   {}\n", versions.version, versions.target);
        if let Some(daemon) = &versions.daemon {
            text.push_str(&format!(
                "daemon  {}   api {:?}   plugin protocols {:?}   sqlite {}\n",
                daemon.version, daemon.api, daemon.plugin_protocols, daemon.sqlite
            ));
        }
        text
    })?;
    Ok(exit::OK)
}
