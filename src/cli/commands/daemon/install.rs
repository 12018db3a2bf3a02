//! `panotti daemon install --print`: the unit for systemd. It is printed and not written: whoever is root looks at it first.

use std::path::{Path, PathBuf};

use panotti_protocol::failure::{ErrorCode, Failure, exit};
use serde_json::json;

use crate::cli::context::{Context, Outcome};

/// Where the unit belongs.
const PLACE: &str = "/etc/systemd/system/panotti.service";
/// The unit, with `@PROGRAM@` and `@USER@` in it.
const UNIT: &str = include_str!("panotti.service");
/// Longest name of a user that Linux takes.
const USER_BYTES_MAX: usize = 32;

/// Print a hardened unit for systemd
///
/// The unit runs the daemon under a user of its own, shut off from everything it does not need; its first lines are the commands that
/// install it. docs/hardening.md explains it.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti daemon install --print\n  panotti daemon install --print --program /usr/bin/panotti --run-as events"
)]
pub struct InstallArgs {
    /// Print the unit
    #[arg(long, required = true)]
    pub print: bool,
    /// The program that the unit runs, where it is not this one
    #[arg(long, value_name = "PATH")]
    pub program: Option<PathBuf>,
    /// The user that the daemon runs as
    #[arg(long, value_name = "USER", default_value = "panotti", value_parser = parse_user)]
    pub run_as: String,
}

fn parse_user(text: &str) -> Result<String, String> {
    let fits = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || matches!(character, '_' | '-');
    let begins = text.starts_with(|character: char| character.is_ascii_lowercase() || character == '_');
    let holds = begins && text.len() <= USER_BYTES_MAX && text.chars().all(fits);
    if holds { Ok(text.to_owned()) } else { Err("a user's name is lower-case letters, digits, `_` and `-`".to_owned()) }
}

/// Prints it.
///
/// # Errors
/// `usage` where the program's path cannot stand in a unit.
pub fn run(args: &InstallArgs, context: &Context) -> Outcome {
    let program = match &args.program {
        Some(path) => path.clone(),
        None => std::env::current_exe()
            .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("this program's own path is not known: {error}")))?,
    };
    let unit = unit(&program, &args.run_as)?;
    context.output.item(&json!({ "path": PLACE, "unit": unit }), PLACE, || unit.clone())?;
    Ok(exit::OK)
}

fn unit(program: &Path, user: &str) -> Result<String, Failure> {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '/' | '.' | '_' | '-' | '+');
    let written = program.to_str().filter(|text| program.is_absolute() && text.chars().all(plain));
    let Some(written) = written else {
        let detail = format!("`{}` cannot stand in a unit as it is", program.display());
        return Err(Failure::new(ErrorCode::USAGE, detail)
            .why("A unit needs an absolute path, and reads blanks, quotes and percent signs as something else.")
            .next("name another with `--program /usr/local/bin/panotti`"));
    };
    Ok(UNIT.replace("@PROGRAM@", written).replace("@USER@", user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_and_the_user_stand_in_the_unit_and_nothing_is_left_open() {
        let unit = unit(Path::new("/opt/panotti/bin/panotti"), "events").unwrap();
        assert!(unit.contains("\nExecStart=/opt/panotti/bin/panotti daemon run\n") && unit.contains("\nUser=events\n"), "{unit}");
        assert!(!unit.contains("@PROGRAM@") && !unit.contains("@USER@"), "{unit}");
    }

    #[test]
    fn what_a_unit_would_read_as_something_else_is_refused() {
        for path in ["panotti", "/opt/my programs/panotti", "/opt/%h/panotti", "/opt/a\nExecStartPost=/bin/sh"] {
            assert!(unit(Path::new(path), "panotti").is_err(), "{path}");
        }
        for user in ["", "Root", "1st", "a b", "x\ny"] {
            assert!(parse_user(user).is_err(), "{user}");
        }
    }
}
