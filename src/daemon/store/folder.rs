//! The data folder: private to its owner, locked for the life of the daemon, known by its id. The lock decides who has it, never a
//! process id; the id in the lock file only tells people who that is.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::failure::{StoreError, StoreResult};
use crate::config::above::{Opening, opening_above};

/// The locked data folder. Dropping it gives the folder up.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    lock: File,
}

const LOCK: &str = "LOCK";

impl DataFolder {
    /// Makes the folder where it is missing, checks that it is private, and locks it. Writes nothing into it but the lock file.
    ///
    /// # Errors
    /// [`StoreError::InUse`] names the daemon that has it; [`StoreError::Unsafe`] says what to mend.
    pub fn lock(path: &Path) -> StoreResult<Self> {
        private_folder(path)?;
        let lock_path = path.join(LOCK);
        refuse_link(&lock_path)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            .map_err(|source| StoreError::File { path: lock_path.clone(), source })?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut text = String::new();
            let pid = lock.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
            return Err(StoreError::InUse { path: path.to_owned(), pid });
        }
        Ok(Self { path: path.to_owned(), lock })
    }

    /// Writes this process into the lock file, for people and for the daemon that comes second.
    pub fn sign(&mut self) -> StoreResult<()> {
        let file = &mut self.lock;
        let text = format!("{}\n", std::process::id());
        // Written over and then cut: on a full disk a file that was emptied first may not get its room back.
        let written = file.rewind().and_then(|()| file.write_all(text.as_bytes())).and_then(|()| file.set_len(text.len() as u64));
        written.map_err(|source| StoreError::File { path: self.path.join(LOCK), source })
    }

    /// Puts the names of the files in it on the disk. SQLite does that too and passes over its failure; here it is an error.
    ///
    /// # Errors
    /// What the disk said.
    pub fn sync(&self) -> StoreResult<()> {
        let synced = File::open(&self.path).and_then(|folder| folder.sync_all());
        synced.map_err(|source| StoreError::File { path: self.path.clone(), source })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Makes a folder with mode 0700 where it is missing, and checks that an existing one is ours and closed to others.
///
/// # Errors
/// [`StoreError::Unsafe`] with the command that mends it.
pub fn private_folder(path: &Path) -> StoreResult<()> {
    let file_error = |source| StoreError::File { path: path.to_owned(), source };
    check_above(path)?;
    if !path.exists() {
        if let Some(parent) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(file_error)?;
        }
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(file_error(error)),
            _ => sync_parent(path).map_err(file_error)?,
        }
    }
    let metadata = fs::symlink_metadata(path).map_err(file_error)?;
    let shown = path.display();
    if !metadata.is_dir() {
        return Err(StoreError::Unsafe { problem: format!("{shown} is not a folder (a symbolic link is not followed)") });
    }
    check_owner(path, &metadata)?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(StoreError::Unsafe { problem: format!("{shown} is open to others; run: chmod 700 {shown}") });
    }
    Ok(())
}

/// Checks that a folder is ours, that only a group can get into it besides, and that the group can. Makes it where it is missing; a folder
/// that is there keeps its mode.
///
/// # Errors
/// [`StoreError::Unsafe`] with the command that mends it.
pub fn shared_folder(path: &Path, group: u32) -> StoreResult<()> {
    let file_error = |source| StoreError::File { path: path.to_owned(), source };
    check_above(path)?;
    for above in path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
        // What is not there yet is made below.
        let Ok(metadata) = fs::metadata(above) else { continue };
        if metadata.permissions().mode() & 0o001 == 0 && !can_enter(&metadata, group) {
            let problem = format!(
                "{} is closed to the group of `socket.group`; put the socket elsewhere with --socket, such as /run/panotti/panotti.sock",
                above.display()
            );
            return Err(StoreError::Unsafe { problem });
        }
    }
    if !path.exists() {
        private_folder(path)?;
        std::os::unix::fs::chown(path, None, Some(group)).map_err(file_error)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o750)).map_err(file_error)?;
    }
    let metadata = fs::symlink_metadata(path).map_err(file_error)?;
    let shown = path.display();
    if !metadata.is_dir() {
        return Err(StoreError::Unsafe { problem: format!("{shown} is not a folder (a symbolic link is not followed)") });
    }
    check_owner(path, &metadata)?;
    if metadata.permissions().mode() & 0o027 != 0 || !can_enter(&metadata, group) {
        let problem = format!("{shown} is not for the group of `socket.group` alone; run: chgrp {group} {shown} && chmod 750 {shown}");
        return Err(StoreError::Unsafe { problem });
    }
    Ok(())
}

fn can_enter(folder: &fs::Metadata, group: u32) -> bool {
    folder.gid() == group && folder.permissions().mode() & 0o010 != 0
}

/// Puts a new folder's name on the disk: what is synced inside it is lost with it otherwise.
fn sync_parent(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Checks that a file, where it is there, is ours, no link, and closed to others.
///
/// # Errors
/// [`StoreError::Unsafe`] with the command that mends it.
pub fn private_file(path: &Path) -> StoreResult<()> {
    refuse_link(path)?;
    let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
    check_owner(path, &metadata)?;
    if metadata.permissions().mode() & 0o077 != 0 {
        let shown = path.display();
        return Err(StoreError::Unsafe { problem: format!("{shown} is open to others; run: chmod 600 {shown}") });
    }
    Ok(())
}

/// Checks that nobody else can put something in a folder's place: what is checked of it holds only then.
fn check_above(path: &Path) -> StoreResult<()> {
    let Some(opening) = opening_above(path, rustix::process::geteuid().as_raw()) else { return Ok(()) };
    let Opening { folder, who, next } = opening;
    let problem = format!("{} is in {}, where {who} can put something else in its place; {next}", path.display(), folder.display());
    Err(StoreError::Unsafe { problem })
}

fn check_owner(path: &Path, metadata: &fs::Metadata) -> StoreResult<()> {
    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() == own {
        return Ok(());
    }
    let shown = path.display();
    Err(StoreError::Unsafe { problem: format!("{shown} belongs to user {}, the daemon runs as user {own}", metadata.uid()) })
}

fn refuse_link(path: &Path) -> StoreResult<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            Err(StoreError::Unsafe { problem: format!("{} is not a plain file (a symbolic link is not followed)", path.display()) })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_is_told_who_has_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let mut first = DataFolder::lock(&path).unwrap();
        first.sign().unwrap();

        let second = DataFolder::lock(&path);

        assert!(matches!(second, Err(StoreError::InUse { pid: Some(pid), .. }) if pid == std::process::id()));
        drop(first);
        assert!(DataFolder::lock(&path).is_ok(), "the lock goes with its holder");
    }

    #[test]
    fn a_folder_open_to_others_or_a_link_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        DirBuilder::new().mode(0o755).create(&open).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&open, &link).unwrap();

        for (path, hint) in [(&open, "chmod 700"), (&link, "symbolic link")] {
            let problem = DataFolder::lock(path).unwrap_err().to_string();
            assert!(problem.contains(hint), "{problem}");
        }
    }
}
