//! What is generated from the tree of commands and the table of error codes: completion scripts, the pages of `docs/errors/`, `docs/settings.md`. A test
//! compares the committed files with what this gives; man pages are made by that test alone.

use clap_complete::Shell;
use panotti_protocol::failure::ErrorRow;

use super::command;
use crate::config::settings::TABLE;

/// The completion script of a shell.
pub fn completion_script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "panotti", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The reference of all settings.
pub fn settings_page() -> String {
    let mut text = "# Settings\n\n\
        In `panotti.yaml`, a section and a key: `store: { bytes_max: 2GB }`. Or as a variable, which counts before every file. `panotti config list` \
        shows what is set and where it comes from, `panotti config path` which files are read. Unknown keys are errors.\n\n\
        | key | default | form | what it is | a change counts | variable |\n| --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for row in TABLE {
        let default = if row.default.is_empty() { "see `panotti config list`".to_owned() } else { format!("`{}`", row.default) };
        let counts = if row.is_live() { "at once" } else { "from the next start on" };
        let (form, description, variable) = (row.form.describe(), row.description, row.variable());
        text.push_str(&format!("| `{}` | {default} | {form} | {description} | {counts} | `{variable}` |\n", row.key));
    }
    text.push_str("\nThe file may say `config_version: 1`. Keys that begin with `x-` are free.\n\nGenerated from the table in `src/config/settings.rs`.\n");
    text
}

/// The page of one error code.
pub fn error_page(row: &ErrorRow) -> String {
    let status = if row.status == 0 { "It never crosses HTTP.".to_owned() } else { format!("HTTP status {}.", row.status) };
    format!(
        "# `{}`\n\n{}.\n\n- **Why:** {}\n- **What to do:** {}\n\nExit code {} (`panotti help exit-codes`). {status}\n\n\
         Generated from the table in `crates/protocol/src/failure.rs`.\n",
        row.code, row.title, row.why, row.next, row.exit
    )
}

/// The list of all pages: code, exit code, title.
pub fn error_index(table: &[ErrorRow]) -> String {
    let mut text =
        "# Error codes\n\nEvery error has a code that is never renamed or reused. `panotti explain CODE` shows the same offline.\n\n\
                    | code | exit | what happened |\n| --- | --- | --- |\n"
            .to_owned();
    for row in table {
        text.push_str(&format!("| [`{0}`]({0}.md) | {1} | {2} |\n", row.code, row.exit, row.title));
    }
    text
}
