//! `panotti plugin validate`: needs no daemon.

use std::path::PathBuf;

use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde_json::json;

use crate::cli::context::{Context, Outcome};
use crate::config::manifest::validate_folder;

/// Check a plugin's folder
///
/// Tells every problem of its manifest at once, with file, line and column. Needs no daemon.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti plugin validate\n  panotti plugin validate plugins/word-count -o json")]
pub struct ValidateArgs {
    /// The plugin's folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
}

/// Checks it.
///
/// # Errors
/// `plugin.manifest_invalid` with every problem.
pub fn run(args: &ValidateArgs, context: &Context) -> Outcome {
    // `plugin validate plugin.yaml` means its folder.
    let folder = if args.path.is_file() { args.path.parent().unwrap_or(&args.path) } else { &args.path };
    let problems = validate_folder(folder).err().unwrap_or_default();
    let path = args.path.display().to_string();
    if problems.is_empty() {
        context.output.action(&json!({ "valid": true, "path": path }), &path, || format!("✓ {path} holds"))?;
        return Ok(exit::OK);
    }
    let detail = match problems.len() {
        1 => format!("the plugin in {path} has a problem"),
        count => format!("the plugin in {path} has {count} problems"),
    };
    Err(Failure::new(ErrorCode::PLUGIN_MANIFEST_INVALID, detail).next("correct the lines that are named").errors(problems))
}
