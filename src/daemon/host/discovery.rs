//! Finds plugins: folders with a `plugin.yaml`. A broken one is listed with its problems; it never hides the others. One that other users
//! could change is as good as broken: what is in it runs as the daemon's user.

use std::fs::Metadata;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
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
    if let Err(problem) = trusted(&folder) {
        manifest = Err(vec![problem]);
    }
    let digest = digest(&folder).unwrap_or_else(|why| {
        manifest = Err(vec![FailurePart { pointer: FILE.to_owned(), detail: why, next: "make the plugin's folder smaller".to_owned() }]);
        String::new()
    });
    Found { name, folder, digest, manifest }
}

/// Bits of a mode by which a group or everybody may write.
const WRITE_OF_OTHERS: u32 = 0o022;
/// Bits of a folder's mode by which a group or everybody may get into it.
const ENTER_OF_OTHERS: u32 = 0o011;

/// Whether only the daemon's user and root can change what is in a folder: all of it is theirs, and nobody else may write there, or even get
/// there.
fn trusted(folder: &Path) -> Result<(), FailurePart> {
    let folder = &std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let keeps_others_out = |above: &Path| std::fs::metadata(above).is_ok_and(|it| is_ours(&it) && it.mode() & ENTER_OF_OTHERS == 0);
    let closed = folder.ancestors().any(keeps_others_out);
    everything_in(folder, &mut |path, metadata| {
        let shown = path.display();
        let problem = |detail: String, next: String| FailurePart { pointer: FILE.to_owned(), detail, next };
        if !is_ours(metadata) {
            let next = format!("make it the daemon's user's: chown -R {} {}", rustix::process::geteuid().as_raw(), folder.display());
            return Err(problem(format!("{shown} belongs to the user {}, who could change what runs", metadata.uid()), next));
        }
        if !closed && metadata.mode() & WRITE_OF_OTHERS != 0 {
            let next = format!("take that away: chmod -R go-w {}", folder.display());
            return Err(problem(format!("other users may write {shown}, and so change what runs"), next));
        }
        Ok(())
    })
}

fn is_ours(metadata: &Metadata) -> bool {
    metadata.uid() == 0 || metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Looks at a folder, everything that goes into its digest, and the folders that are left out of it, as long as nothing is wrong. What cannot
/// be read, and too much of it, the digest says. Of links only those who can write beside them decide where they lead.
fn everything_in(folder: &Path, look: &mut impl FnMut(&Path, &Metadata) -> Result<(), FailurePart>) -> Result<(), FailurePart> {
    if let Ok(metadata) = std::fs::metadata(folder) {
        look(folder, &metadata)?;
    }
    let (mut folders, mut seen) = (vec![folder.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            seen += 1;
            if seen > FILES_MAX {
                return Ok(());
            }
            if metadata.is_symlink() {
                continue;
            }
            look(&entry.path(), &metadata)?;
            if metadata.is_dir() && !LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
                folders.push(entry.path());
            }
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A folder that others can get into, with a plugin in it.
    fn open_to_all() -> (tempfile::TempDir, PathBuf) {
        let place = tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
        let plugin = place.path().join("p");
        std::fs::create_dir_all(plugin.join("inner")).unwrap();
        std::fs::write(plugin.join(FILE), "name: p\nversion: 0.1.0\nruntime: exec\ncommand: [\"true\"]\non: [{topic: a.b}]\n").unwrap();
        std::fs::write(plugin.join("inner/run.sh"), "exit 0\n").unwrap();
        for (path, mode) in [("", 0o755), (FILE, 0o644), ("inner", 0o755), ("inner/run.sh", 0o755)] {
            set(&plugin.join(path), mode);
        }
        (place, plugin)
    }

    fn set(path: &Path, mode: u32) {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn problems(place: &Path) -> Option<String> {
        let found = discover(&[place.to_owned()]).remove(0);
        found.manifest.err().map(|problems| format!("{problems:?}"))
    }

    #[test]
    fn a_plugin_that_other_users_could_change_is_broken() {
        let (place, plugin) = open_to_all();
        assert_eq!(problems(place.path()), None);

        for (path, mode) in [("", 0o777), (FILE, 0o666), ("inner", 0o775), ("inner/run.sh", 0o757)] {
            let path = plugin.join(path);
            let before = std::fs::metadata(&path).unwrap().mode();
            set(&path, mode);
            let told = problems(place.path()).unwrap_or_else(|| panic!("{} of {mode:o}", path.display()));
            assert!(told.contains("chmod -R go-w") && told.contains(path.file_name().unwrap().to_str().unwrap()), "{told}");
            set(&path, before);
        }
        assert_eq!(problems(place.path()), None);
    }

    #[test]
    fn where_nobody_else_gets_in_modes_do_not_matter() {
        let (place, plugin) = open_to_all();
        set(&plugin, 0o777);
        set(place.path(), 0o700);

        assert_eq!(problems(place.path()), None);
    }

    #[test]
    fn what_belongs_to_somebody_else_is_broken_wherever_it_is() {
        if !rustix::process::geteuid().is_root() {
            println!("skipped: only root may give a file away");
            return;
        }
        let (place, plugin) = open_to_all();
        set(place.path(), 0o700);
        std::os::unix::fs::chown(plugin.join("inner/run.sh"), Some(65_534), None).unwrap();

        assert!(problems(place.path()).unwrap().contains("belongs to the user 65534"));
    }
}
