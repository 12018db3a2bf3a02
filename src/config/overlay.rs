//! What is set over the files while the daemon runs (`panotti config set`): values by key, read strictly, and the file that holds them for
//! the next start. The store has every revision of it; the file is what a start reads before it opens the store.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use panotti_protocol::failure::{ErrorCode, Failure, FailurePart};
use panotti_protocol::limits::CONFIGURATION_BYTES_MAX;
use serde_json::{Map, Value, json};

use super::environment::Environment;
use super::form::read_json;
use super::places::Places;
use super::settings::{SettingRow, TABLE};
use super::suggest::did_you_mean;
use super::yaml::{self, Content, Problems};

/// Values by dotted key.
pub type Overlay = BTreeMap<String, Value>;

/// The key of the file that tells the revision. Keys that begin with `x-` are free.
const REVISION: &str = "x-revision";
const HEAD: &str = "# Written by `panotti config set`, which keeps every revision in the store. Change it with that command, not by hand;\n\
    # where this file is taken away, the next start begins with nothing set.\n";

/// The row of a key.
///
/// # Errors
/// `config.key_unknown`, with the key that was probably meant.
pub fn row(key: &str) -> Result<&'static SettingRow, Failure> {
    TABLE.iter().find(|row| row.key == key).ok_or_else(|| unknown(key))
}

/// The failure of a key that is no setting.
pub fn unknown(key: &str) -> Failure {
    let failure = Failure::new(ErrorCode::CONFIG_KEY_UNKNOWN, format!("there is no setting `{key}`"));
    match did_you_mean(key, TABLE.iter().map(|row| row.key)) {
        suggestion if suggestion.is_empty() => failure,
        suggestion => failure.next(suggestion),
    }
}

/// Reads values strictly and gives them as they are kept. Relative folders count from the configuration's folder.
///
/// # Errors
/// `config.key_unknown`; `config.invalid` with every value that does not hold; `config.pinned` for what a variable pins and `before` did
/// not say.
pub fn read(values: &Overlay, before: &Overlay, places: &Places, environment: &Environment) -> Result<Overlay, Failure> {
    let (mut read, mut parts) = (Overlay::new(), Vec::new());
    for (key, value) in values {
        let row = row(key)?;
        match read_json(row.form, value, &places.config_dir.path) {
            Ok(value) => drop(read.insert(key.clone(), value.to_json())),
            Err(why) => parts.push(FailurePart { pointer: key.clone(), detail: why, next: String::new() }),
        }
    }
    if !parts.is_empty() {
        let detail = parts.iter().map(|part| format!("{}: {}", part.pointer, part.detail)).collect::<Vec<_>>().join("; ");
        return Err(Failure::new(ErrorCode::CONFIG_INVALID, detail).errors(parts));
    }
    let pinned = read.iter().find_map(|(key, value)| {
        let variable = row(key).ok()?.variable();
        (before.get(key) != Some(value) && environment.get(&variable).is_some()).then_some((key, variable))
    });
    match pinned {
        Some((key, variable)) => Err(Failure::new(ErrorCode::CONFIG_PINNED, format!("`{key}` is pinned by the variable {variable}"))
            .next(format!("change {variable} where the daemon is started, or unset it there and restart the daemon"))),
        None => Ok(read),
    }
}

/// Puts changes over what is set: null takes a key out.
pub fn merge(before: &Overlay, changes: &Overlay) -> Overlay {
    let mut merged = before.clone();
    for (key, value) in changes {
        match value {
            Value::Null => drop(merged.remove(key)),
            value => drop(merged.insert(key.clone(), value.clone())),
        }
    }
    merged
}

/// The overlay as sections with keys, as a file has it.
pub fn sections(overlay: &Overlay) -> Map<String, Value> {
    let mut sections = Map::new();
    for (key, value) in overlay {
        let (section, key) = key.split_once('.').unwrap_or((key, ""));
        let section = sections.entry(section).or_insert_with(|| json!({}));
        if let Value::Object(keys) = section {
            keys.insert(key.to_owned(), value.clone());
        }
    }
    sections
}

/// The file's text.
///
/// # Errors
/// `config.invalid` where it would be larger than a file may be.
pub fn to_file(overlay: &Overlay, revision: u64) -> Result<String, Failure> {
    let mut root = Map::from_iter([("config_version".to_owned(), json!(1)), (REVISION.to_owned(), json!(revision))]);
    root.extend(sections(overlay));
    let yaml = serde_yaml::to_string(&root)
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the overlay cannot be written: {error}")))?;
    let text = format!("{HEAD}{yaml}");
    if text.len() > CONFIGURATION_BYTES_MAX {
        let detail = format!("what is set would be {} bytes, the limit is {CONFIGURATION_BYTES_MAX}", text.len());
        return Err(Failure::new(ErrorCode::CONFIG_INVALID, detail).next("put long lists into `panotti.yaml`"));
    }
    Ok(text)
}

/// The values of a text with sections and keys, as somebody has edited it. Keys and values are only taken apart here; [`read`] judges them.
///
/// # Errors
/// `config.invalid` with every problem and its place.
pub fn from_text(text: &str, name: &str) -> Result<Overlay, Failure> {
    let mut problems = Problems::new(name);
    let root = yaml::parse(text, CONFIGURATION_BYTES_MAX, &mut problems);
    let mut overlay = Overlay::new();
    if let Some(root) = &root {
        let sections = match &root.content {
            Content::Table(entries) => entries.as_slice(),
            _ if root.is_null() => &[],
            _ => {
                problems.add(root.place, format!("expected sections such as `store:`, found {}", root.kind()));
                &[]
            }
        };
        for section in sections.iter().filter(|entry| entry.key != "config_version" && !entry.key.starts_with("x-")) {
            match &section.value.content {
                Content::Table(keys) => {
                    overlay.extend(keys.iter().map(|entry| (format!("{}.{}", section.key, entry.key), entry.value.to_json())));
                }
                _ if section.value.is_null() => {}
                _ if TABLE.iter().any(|row| row.parts().0 == section.key) => {
                    problems.add(section.place, format!("`{}` should be keys with values, not {}", section.key, section.value.kind()));
                }
                _ if problems.is_full() => problems.add(section.place, "unknown key"),
                _ => {
                    let next = did_you_mean(&section.key, TABLE.iter().map(|row| row.parts().0));
                    problems.add_with(section.place, format!("unknown key `{}`", yaml::shortened(&section.key)), next);
                }
            }
        }
    }
    if problems.is_empty() {
        return Ok(overlay);
    }
    Err(Failure::new(ErrorCode::CONFIG_INVALID, "the configuration has problems").errors(problems.into_parts()))
}

/// The revision that the file tells; none where there is no file.
pub fn file_revision(path: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let root = yaml::parse(&text, CONFIGURATION_BYTES_MAX, &mut Problems::new(""))?;
    let Content::Table(entries) = &root.content else { return Some(0) };
    Some(entries.iter().find(|entry| entry.key == REVISION).and_then(|entry| entry.value.to_json().as_u64()).unwrap_or(0))
}

/// Puts a file in another's place so that after a crash at any moment there is the old one or the new one, whole: written beside it,
/// synced, renamed, and the folder synced.
///
/// # Errors
/// What the disk said. The old file is then as it was.
pub fn replace_file(path: &Path, text: &str) -> std::io::Result<()> {
    let new_path = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new_path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| std::fs::rename(&new_path, path)) {
        // Only a file too many where it stays.
        let _ = std::fs::remove_file(&new_path);
        return Err(error);
    }
    sync_folder(path)
}

/// Takes a file away for good. One that is not there is as good.
///
/// # Errors
/// What the disk said.
pub fn remove_file(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => sync_folder(path),
    }
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
#[path = "overlay_test.rs"]
mod tests;
