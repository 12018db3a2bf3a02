//! `panotti config validate`

use std::path::PathBuf;

use panotti_protocol::failure::exit;
use serde_json::json;

use crate::cli::context::{Context, Outcome};
use crate::config::load::{load, validate_file};

/// Check the configuration
///
/// Tells every problem at once, with file, line and column. Without a FILE it checks all files and variables that a daemon started
/// now would read. Needs no daemon.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti config validate\n  panotti config validate ./panotti.yaml -o json")]
pub struct ValidateArgs {
    /// Only this file
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Checks it.
///
/// # Errors
/// `config.invalid` with every problem, or where a file cannot be read.
pub fn run(args: &ValidateArgs, context: &Context) -> Outcome {
    let what = match &args.file {
        Some(file) => {
            validate_file(file)?;
            file.display().to_string()
        }
        None => {
            load(&context.places()?, &context.environment)?;
            "the configuration".to_owned()
        }
    };
    context.output.action(&json!({ "valid": true }), &what, || format!("✓ {what} holds"))?;
    Ok(exit::OK)
}
