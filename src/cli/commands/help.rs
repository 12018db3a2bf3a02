//! `panotti help`: of a command, or on a topic.

use panotti_protocol::failure::{ErrorCode, Failure, exit};

use crate::cli::context::Outcome;
use crate::cli::output::print;
use crate::cli::{command, topics};
use crate::config::suggest::did_you_mean;

/// Show the help of a command, or on a topic: exit-codes, environment, filters, formatting, time
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti help exit-codes\n  panotti help event publish")]
pub struct HelpArgs {
    /// A topic, or the words of a command
    #[arg(value_name = "TOPIC|COMMAND")]
    pub words: Vec<String>,
}

/// Shows it.
///
/// # Errors
/// `usage` where there is neither.
pub fn run(args: &HelpArgs) -> Outcome {
    if let [word] = args.words.as_slice()
        && let Some(text) = topics::text(word)
    {
        print(&text);
        return Ok(exit::OK);
    }
    let mut found = command();
    found.build();
    for word in &args.words {
        found = match found.find_subcommand(word) {
            Some(next) => next.clone(),
            None => {
                let known: Vec<String> =
                    found.get_subcommands().filter(|sub| !sub.is_hide_set()).map(|sub| sub.get_name().to_owned()).collect();
                let suggestion = did_you_mean(word, known.iter().map(String::as_str).chain(topics::NAMES));
                let next = if suggestion.is_empty() {
                    format!("`{} --help` shows what there is", found.get_bin_name().unwrap_or("panotti"))
                } else {
                    suggestion
                };
                return Err(Failure::new(ErrorCode::USAGE, format!("there is no command or topic `{word}`")).next(next));
            }
        };
    }
    print(&found.render_long_help().ansi().to_string());
    Ok(exit::OK)
}
