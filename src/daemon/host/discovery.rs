//! Finds plugins: folders with a `plugin.yaml`. A broken one is listed with its problems; it never hides the others.

use std::io::Read;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use panotti_protocol::failure::FailurePart;
use panotti_protocol::limits::PLUGINS_MAX;
use panotti_protocol::manifest::Manifest;

use super::limits::{FILES_MAX, FOLDER_BYTES_MAX};
use crate::config::manifest::{FILE, is_plugin_name, validate_folder};

/// Folders that are made by running a plugin, not part of it.
const LEFT_OUT: [&str; 5] = ["__pycache__", ".venv", "node_modules", ".git", ".pytest_cache"];

/// A plugin as its folder shows it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its name: that of the folder.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// SHA-256 of the folder in hexadecimal; empty where it is over its limits or cannot be read.
    pub digest: String,
    /// Its manifest, or everything that is wrong with it.
    pub manifest: Result<Manifest, Vec<FailurePart>>,
}

/// Looks into the folders in order; the first that has a name counts. Folders that are not there have no plugins.
pub fn discover(folders: &[PathBuf]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for folder in folders {
        let mut inside: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        inside.sort();
        for path in inside.into_iter().filter(|path| path.join(FILE).is_file()) {
            let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| is_plugin_name(name)) else { continue };
            if found.iter().any(|other| other.name == name) {
                continue;
            }
            if found.len() == PLUGINS_MAX {
                tracing::warn!(plugin = name, "it is left out: there are {PLUGINS_MAX} plugins before it");
                continue;
            }
            found.push(look(name.to_owned(), path.clone()));
        }
    }
    found
}

fn look(name: String, folder: PathBuf) -> Found {
    let mut manifest = validate_folder(&folder);
    let digest = digest(&folder).unwrap_or_else(|why| {
        manifest = Err(vec![FailurePart { pointer: FILE.to_owned(), detail: why, next: "make the plugin's folder smaller".to_owned() }]);
        String::new()
    });
    Found { name, folder, digest, manifest }
}

/// SHA-256 over the sorted relative paths and contents of the folder's files.
fn digest(folder: &Path) -> Result<String, String> {
    let mut files = Vec::new();
    gather(folder, &mut files)?;
    files.sort();
    let mut context = Context::new(&SHA256);
    let mut bytes_left = FOLDER_BYTES_MAX;
    for file in files {
        let relative = file.strip_prefix(folder).unwrap_or(&file).as_os_str().as_encoded_bytes();
        let mut content = Vec::new();
        let cannot = |error: std::io::Error| format!("{} cannot be read: {error}", file.display());
        std::fs::File::open(&file).map_err(cannot)?.take(bytes_left + 1).read_to_end(&mut content).map_err(cannot)?;
        bytes_left = bytes_left
            .checked_sub(content.len() as u64)
            .ok_or_else(|| format!("the folder's files are more than {FOLDER_BYTES_MAX} bytes"))?;
        for part in [relative, &content] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
    }
    Ok(data_encoding::HEXLOWER.encode(context.finish().as_ref()))
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    for entry in entries.flatten() {
        // Of links only the name counts that leads to them; a folder behind a link is not looked into.
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
            gather(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
        if files.len() > FILES_MAX {
            return Err(format!("the folder has more than {FILES_MAX} files"));
        }
    }
    Ok(())
}
