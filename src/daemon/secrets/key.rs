//! The file of the key that seals secrets, mode 0400 in the keys folder, and how one key follows another: the new one is written beside the
//! old one, everything is sealed anew in one transaction, then it takes the old one's place. A crash in between is mended at the next start,
//! by what the store is sealed with.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use panotti_protocol::id::StoreId;
use zeroize::Zeroizing;

use super::sealing::{KEY_BYTES, SealingKey};
use crate::daemon::clock::random_bytes;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::folder::{private_file, private_folder};

/// The key's name in the keys folder.
const NAME: &str = "secrets.key";
/// The next one, while everything is sealed anew.
const NEXT: &str = "secrets.key.next";

/// The keys folder, as far as secrets are concerned.
#[derive(Debug, Clone)]
pub struct KeyFiles {
    folder: PathBuf,
    store: StoreId,
}

impl KeyFiles {
    /// Of a keys folder, which is made where it is missing.
    pub fn new(folder: &Path, store: StoreId) -> StoreResult<Self> {
        private_folder(folder)?;
        Ok(Self { folder: folder.to_owned(), store })
    }

    /// Where the key is.
    pub fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// The key, where there is one.
    pub fn read(&self) -> StoreResult<Option<SealingKey>> {
        self.read_file(&self.path())
    }

    /// The key that was to follow when a rotation was cut short.
    pub fn read_next(&self) -> StoreResult<Option<SealingKey>> {
        self.read_file(&self.folder.join(NEXT))
    }

    fn read_file(&self, path: &Path) -> StoreResult<Option<SealingKey>> {
        private_file(path)?;
        let file_error = |source| StoreError::File { path: path.to_owned(), source };
        let mut text = Zeroizing::new(String::new());
        match OpenOptions::new().read(true).open(path) {
            Ok(file) => file.take(2 * KEY_BYTES as u64 + 2).read_to_string(&mut text).map_err(file_error)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(file_error(source)),
        };
        let bytes = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).ok().map(Zeroizing::new);
        let bytes: Option<&[u8; KEY_BYTES]> = bytes.as_ref().and_then(|bytes| bytes.as_slice().try_into().ok());
        let key = bytes.and_then(|bytes| SealingKey::new(bytes, self.store));
        let problem = || format!("{} is no key for secrets; put the right one back", path.display());
        key.map(Some).ok_or_else(|| StoreError::Unsafe { problem: problem() })
    }

    /// Makes the first key.
    pub fn make(&self) -> StoreResult<SealingKey> {
        self.write(&self.path())
    }

    /// Makes the next key, beside the present one.
    ///
    /// # Errors
    /// Where there is one already: something may be sealed with it.
    pub fn make_next(&self) -> StoreResult<SealingKey> {
        self.write(&self.folder.join(NEXT))
    }

    /// Puts the next key in the present one's place.
    pub fn take_next(&self) -> StoreResult<()> {
        let renamed = std::fs::rename(self.folder.join(NEXT), self.path()).and_then(|()| std::fs::File::open(&self.folder)?.sync_all());
        renamed.map_err(|source| StoreError::File { path: self.path(), source })
    }

    /// Removes a next key that nothing is sealed with.
    pub fn drop_next(&self) {
        // Where there is none that is as good.
        let _ = std::fs::remove_file(self.folder.join(NEXT));
    }

    fn write(&self, path: &Path) -> StoreResult<SealingKey> {
        let file_error = |source| StoreError::File { path: path.to_owned(), source };
        let bytes = Zeroizing::new(random_bytes::<KEY_BYTES>());
        let text = Zeroizing::new(format!("{}\n", data_encoding::HEXLOWER.encode(bytes.as_slice())));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).map_err(file_error)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(file_error)?;
        std::fs::File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(file_error)?;
        let refused = || StoreError::Unsafe { problem: format!("{} could not be used", path.display()) };
        SealingKey::new(&bytes, self.store).ok_or_else(refused)
    }
}
