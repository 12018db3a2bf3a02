//! Files of keys in the keys folder: mode 0400, the owner's alone, never seen half written. Each has the store's id in its name, so that a
//! keys folder serves a store that was made anew.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use panotti_protocol::id::StoreId;
use zeroize::Zeroizing;

use super::failure::{StoreError, StoreResult};
use super::folder::{private_file, private_folder};

/// Bytes of a key's file that are read: none of ours has so many.
const FILE_BYTES_MAX: u64 = 4_096;

/// The keys of one store.
#[derive(Debug, Clone)]
pub struct KeyFiles {
    folder: PathBuf,
    store: StoreId,
}

impl KeyFiles {
    /// Makes the folder where it is missing, and checks that it is private.
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] with the command that mends it.
    pub fn open(folder: &Path, store: StoreId) -> StoreResult<Self> {
        private_folder(folder)?;
        Ok(Self { folder: folder.to_owned(), store })
    }

    /// Where a key is: `tag`, `identity`, or one that has not got that name yet.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{}.{name}", self.store))
    }

    /// A key's bytes; nothing where there is no such file.
    ///
    /// # Errors
    /// The file cannot be read, or is open to others.
    pub fn read(&self, name: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        let path = self.path(name);
        private_file(&path)?;
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::File { path, source }),
        };
        // At once as large as it can get: growing would leave copies in memory.
        let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX as usize + 1));
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(|source| StoreError::File { path, source })?;
        Ok(Some(bytes))
    }

    /// Writes a key's file, in the place of another where there is one. It is on disk when this returns.
    pub fn write(&self, name: &str, bytes: &[u8]) -> StoreResult<()> {
        let path = self.path(name);
        let torn = self.path(&format!("{name}.torn"));
        let file_error = |source| StoreError::File { path: path.clone(), source };
        if torn.exists() {
            std::fs::remove_file(&torn).map_err(file_error)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&torn).map_err(file_error)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(file_error)?;
        self.give_name(&torn, &path)
    }

    /// Gives a key the name of another, which it replaces.
    pub fn rename(&self, from: &str, to: &str) -> StoreResult<()> {
        self.give_name(&self.path(from), &self.path(to))
    }

    fn give_name(&self, from: &Path, to: &Path) -> StoreResult<()> {
        let file_error = |source| StoreError::File { path: to.to_owned(), source };
        std::fs::rename(from, to).and_then(|()| File::open(&self.folder)?.sync_all()).map_err(file_error)
    }
}
