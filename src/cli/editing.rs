//! A text edited in the user's own editor. What was written is never lost: where it cannot be used, the file stays and is named.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::Command;

use panotti_protocol::failure::{ErrorCode, Failure};

use super::context::Context;
use crate::client::publish::fresh_id;

/// Opened where neither `VISUAL` nor `EDITOR` says otherwise.
const EDITOR_DEFAULT: &str = "vi";
/// Largest text that is read back, in bytes.
const TEXT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A text that was edited.
#[derive(Debug)]
pub struct Edited {
    /// What it is now.
    pub text: String,
    path: PathBuf,
}

impl Edited {
    /// The text was used: its file goes.
    pub fn used(self) {
        // A file that stays is only a file too many.
        let _ = std::fs::remove_file(self.path);
    }

    /// The text could not be used: its file stays, and the failure names it.
    pub fn kept(self, failure: Failure) -> Failure {
        let next = format!("{} What you wrote is in {}", sentence(&failure.next), self.path.display());
        failure.next(next)
    }
}

/// What is to be done, as a sentence that another may follow.
fn sentence(next: &str) -> String {
    match next.chars().last() {
        Some('.' | '?' | '!') => next.to_owned(),
        _ => format!("{next}."),
    }
}

/// Has a text edited. `None` where it was left as it was.
///
/// # Errors
/// `usage` with `--no-input`; `input.unreadable` where the file cannot be written or read back; `internal` where the editor fails.
pub fn edit(text: &str, suffix: &str, context: &Context) -> Result<Option<Edited>, Failure> {
    if context.flags.no_input {
        return Err(Failure::new(ErrorCode::USAGE, "this asks in an editor, and --no-input forbids to ask"));
    }
    let path = std::env::temp_dir().join(format!("panotti-{}{suffix}", fresh_id()?));
    let unreadable = |error: std::io::Error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("{}: {error}", path.display()));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(unreadable)?;
    file.write_all(text.as_bytes()).map_err(unreadable)?;
    drop(file);
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|name| context.environment.get(name).filter(|value| !value.trim().is_empty()));
    let editor = editor.unwrap_or(EDITOR_DEFAULT);
    // Through a shell, because an editor may come with arguments: `code --wait`.
    let ended = Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("editor").arg(&path).status();
    match ended {
        Ok(status) if status.success() => {}
        ended => {
            let _ = std::fs::remove_file(&path);
            let why = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
            return Err(Failure::new(ErrorCode::INPUT_UNREADABLE, format!("the editor `{editor}` did not end well: {why}"))
                .next("set `EDITOR` to one that does"));
        }
    }
    let length = std::fs::metadata(&path).map_err(unreadable)?.len();
    if length > TEXT_BYTES_MAX {
        return Err(Failure::new(ErrorCode::INPUT_UNREADABLE, format!("{} is over {TEXT_BYTES_MAX} bytes", path.display())));
    }
    let edited = std::fs::read_to_string(&path).map_err(unreadable)?;
    if edited == text {
        let _ = std::fs::remove_file(&path);
        return Ok(None);
    }
    Ok(Some(Edited { text: edited, path }))
}
