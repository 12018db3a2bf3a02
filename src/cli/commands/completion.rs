//! `panotti completion`

use clap_complete::Shell;
use panotti_protocol::failure::exit;

use crate::cli::context::Outcome;
use crate::cli::generate::completion_script;
use crate::cli::output::print;

/// Print the completion script of a shell
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti completion bash > ~/.local/share/bash-completion/completions/panotti\n  panotti completion fish > ~/.config/fish/completions/panotti.fish"
)]
pub struct CompletionArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// Prints it.
///
/// # Errors
/// None.
pub fn run(args: &CompletionArgs) -> Outcome {
    print(&completion_script(args.shell));
    Ok(exit::OK)
}
