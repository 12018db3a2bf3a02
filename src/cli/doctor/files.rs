//! The folders and files of the daemon: they belong to the user it runs as, are closed to everybody else, and are what they should be.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use panotti_protocol::api::Check;

use super::Examined;
use crate::config::above::opening_above;
use crate::config::places::OVERLAY_NAME;

/// Files of the data folder that hold what was published, or prove it.
const DATA_FILES: [&str; 7] = ["panotti.db", "panotti.db-wal", "panotti.db-shm", "seal", "store-id", "LOCK", OVERLAY_NAME];
/// Most files of the folder of keys that are looked at.
const KEY_FILES_MAX: usize = 10_000;
/// Modes that let nobody else in.
const OTHERS: u32 = 0o077;

/// What a path should be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    File,
}

/// What is wrong with a path, and what mends it.
struct Wrong {
    detail: String,
    next: String,
}

pub(super) fn data_folder(examined: &Examined) -> Check {
    folder("data-folder", &examined.places.data_dir.path, examined.service_user())
}

pub(super) fn log_folder(examined: &Examined) -> Check {
    folder("log-folder", &examined.places.log_dir.path, examined.service_user())
}

pub(super) fn data_files(examined: &Examined) -> Check {
    let folder = &examined.places.data_dir.path;
    let there: Vec<PathBuf> = DATA_FILES.iter().map(|name| folder.join(name)).filter(|path| path.symlink_metadata().is_ok()).collect();
    if there.is_empty() {
        return Check::skipped("data-files", format!("{} holds no store yet", folder.display()));
    }
    let wrong = there.iter().find_map(|path| look(path, Kind::File, examined.service_user()).err());
    match wrong {
        Some(wrong) => Check::failed("data-files", wrong.detail, wrong.next),
        None => Check::ok("data-files", format!("{} files, closed to others", there.len())),
    }
}

pub(super) fn keys_folder(examined: &Examined) -> Check {
    const NAME: &str = "keys-folder";
    let keys = &examined.places.keys_dir.path;
    if keys.starts_with(&examined.places.data_dir.path) {
        let detail = format!("{} is inside the data folder, so that a copy of the data holds its keys", keys.display());
        return Check::failed(NAME, detail, "name a data folder that does not hold the configuration folder, with `--data`");
    }
    if keys.symlink_metadata().is_err() {
        return Check::skipped(NAME, format!("{} is not there yet", keys.display()));
    }
    if let Err(wrong) = look(keys, Kind::Folder, examined.service_user()) {
        return Check::failed(NAME, wrong.detail, wrong.next);
    }
    if let Some(failed) = below_an_opening(NAME, keys, examined.service_user()) {
        return failed;
    }
    let entries = match fs::read_dir(keys) {
        Ok(entries) => entries.flatten().take(KEY_FILES_MAX),
        Err(error) => return Check::failed(NAME, format!("{} cannot be read: {error}", keys.display()), "run it as the daemon's user"),
    };
    let mut files = 0;
    for entry in entries {
        files += 1;
        if let Err(wrong) = look(&entry.path(), Kind::File, examined.service_user()) {
            return Check::failed(NAME, wrong.detail, wrong.next);
        }
    }
    Check::ok(NAME, format!("{}: {files} files, closed to others", keys.display()))
}

fn folder(name: &str, path: &Path, user: u32) -> Check {
    if path.symlink_metadata().is_err() {
        return Check::skipped(name, format!("{} is not there yet; the first start makes it", path.display()));
    }
    match look(path, Kind::Folder, user) {
        Ok(metadata) => {
            let fine = || Check::ok(name, format!("{}, mode {:04o}, owner ok", path.display(), metadata.mode() & 0o7777));
            below_an_opening(name, path, user).unwrap_or_else(fine)
        }
        Err(wrong) => Check::failed(name, wrong.detail, wrong.next),
    }
}

/// What fails where somebody else can put something in a folder's place.
fn below_an_opening(name: &str, path: &Path, user: u32) -> Option<Check> {
    let opening = opening_above(path, user)?;
    let folder = opening.folder.display();
    let detail = format!("{} is in {folder}, where {} can put something else in its place", path.display(), opening.who);
    Some(Check::failed(name, detail, opening.next))
}

fn look(path: &Path, kind: Kind, user: u32) -> Result<Metadata, Wrong> {
    let shown = path.display();
    let wrong = |detail: String, next: String| Err(Wrong { detail, next });
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return wrong(format!("{shown} cannot be looked at: {error}"), "run it as the daemon's user".to_owned()),
    };
    let (is_kind, named, mode) = match kind {
        Kind::Folder => (metadata.is_dir(), "a folder", "700"),
        Kind::File => (metadata.is_file(), "a plain file", "600"),
    };
    if !is_kind {
        return wrong(format!("{shown} is not {named}; symbolic links are not followed"), format!("move {shown} away"));
    }
    if metadata.uid() != user {
        let detail = format!("{shown} belongs to user {}, not to user {user}", metadata.uid());
        return wrong(detail, format!("chown {user} {shown}; or run panotti as user {}", metadata.uid()));
    }
    if metadata.permissions().mode() & OTHERS != 0 {
        let detail = format!("{shown} is open to others (mode {:04o})", metadata.mode() & 0o7777);
        return wrong(detail, format!("chmod {mode} {shown}"));
    }
    Ok(metadata)
}
