//! Which daemon a command talks to when it is not the one of this machine, and with which key. A key comes from a variable or from a file;
//! there is no flag that takes one, because every user of a machine can read the arguments of its processes.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::key::ApiKeyText;

use super::globals::Globals;
use crate::client::remote::{Remote, Trusted};
use crate::config::environment::Environment;

/// Largest file that is read as a key, in bytes.
const KEY_FILE_BYTES_MAX: u64 = 4 * 1024;

/// The daemon over the network that flags or environment name. A flag that names a daemon of this machine counts before a variable.
///
/// # Errors
/// Where the URL or the certificates to trust do not hold.
pub fn named(flags: &Globals, environment: &Environment) -> Result<Option<Remote>, Failure> {
    let Some((url, _)) = url(flags, environment) else { return Ok(None) };
    let system = environment.get("SSL_CERT_FILE").map(PathBuf::from);
    let given = flags.ca_file.clone().or_else(|| environment.get("PANOTTI_CA_FILE").map(PathBuf::from));
    Remote::new(url, &given.map_or(Trusted::System(system), Trusted::File)).map(Some)
}

/// Refuses a command that only makes sense on the daemon's own machine.
///
/// # Errors
/// `usage` where another daemon is named.
pub fn only_here(flags: &Globals, environment: &Environment, command: &str) -> Result<(), Failure> {
    match url(flags, environment) {
        None => Ok(()),
        Some((_, origin)) => Err(Failure::new(
            ErrorCode::USAGE,
            format!("`panotti {command}` works on the daemon's own machine, and {origin} names another"),
        )
        .why("It looks at processes and files, not only at the API.")
        .next(format!("run it there, or leave {origin} out"))),
    }
}

fn url<'a>(flags: &'a Globals, environment: &'a Environment) -> Option<(&'a str, &'static str)> {
    match &flags.url {
        Some(url) => Some((url, "--url")),
        None if flags.socket.is_some() || flags.data.is_some() => None,
        None => environment.get("PANOTTI_URL").map(|url| (url, "PANOTTI_URL")),
    }
}

/// The key that requests carry, where there is one.
///
/// # Errors
/// `input.unreadable` where its file cannot be read, `daemon.files_unsafe` where others can read it, `key.invalid` where it is none.
pub fn key(flags: &Globals, environment: &Environment) -> Result<Option<ApiKeyText>, Failure> {
    let variable = environment.get("PANOTTI_API_KEY");
    let file = flags.key_file.as_deref().map(|file| (file, "--key-file"));
    let file = file.or_else(|| {
        variable.is_none().then(|| environment.get("PANOTTI_API_KEY_FILE")).flatten().map(|file| (Path::new(file), "PANOTTI_API_KEY_FILE"))
    });
    let (text, origin) = match (file, variable) {
        (Some((file, origin)), _) => (read(file)?, origin),
        (None, Some(text)) => (text.to_owned(), "PANOTTI_API_KEY"),
        (None, None) => return Ok(None),
    };
    let wrong = |why: panotti_protocol::key::KeyInvalid| {
        Failure::new(ErrorCode::KEY_INVALID, format!("what {origin} gives is no key: {why}"))
            .next("give it the whole line that `panotti key create` printed")
    };
    text.trim().parse().map(Some).map_err(wrong)
}

fn read(file: &Path) -> Result<String, Failure> {
    let unreadable = |why: String| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("the key file {}: {why}", file.display()));
    let found = fs::metadata(file).map_err(|error| unreadable(error.to_string()))?;
    if found.permissions().mode() & 0o077 != 0 {
        let detail = format!("others can read the key file {} (mode {:04o})", file.display(), found.mode() & 0o7777);
        return Err(Failure::new(ErrorCode::DAEMON_FILES_UNSAFE, detail)
            .why("Whoever can read a key has it.")
            .next(format!("chmod 600 {}", file.display())));
    }
    if found.len() > KEY_FILE_BYTES_MAX {
        return Err(unreadable("it is too long for a key".to_owned()));
    }
    fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))
}
