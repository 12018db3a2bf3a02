//! What the digests of keys' secrets are keyed with: 32 random bytes in a file of mode 0400, in the keys' folder and never in the data
//! folder, so that a stolen database is of no use for guessing.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::daemon::clock::random_bytes;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::folder::{private_file, private_folder};

/// Bytes of it.
const PEPPER_BYTES: usize = 32;
/// Its file in the keys' folder.
pub const PEPPER_NAME: &str = "pepper";

/// The pepper.
pub struct Pepper(hmac::Key);

impl std::fmt::Debug for Pepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pepper")
    }
}

impl Pepper {
    /// Reads it; makes it where there is none yet.
    ///
    /// # Errors
    /// [`StoreError::Unsafe`] where the file is open to others, somebody else's, or not a pepper; [`StoreError::File`] where it cannot be
    /// read or made.
    pub fn open(keys_dir: &Path) -> StoreResult<Self> {
        private_folder(keys_dir)?;
        let path = keys_dir.join(PEPPER_NAME);
        let file_error = |source| StoreError::File { path: path.clone(), source };
        private_file(&path)?;
        if !path.exists() {
            make(keys_dir).map_err(file_error)?;
        }
        let mut bytes = Zeroizing::new([0; PEPPER_BYTES + 1]);
        let read = File::open(&path).and_then(|file| read_up_to(file, bytes.as_mut_slice())).map_err(file_error)?;
        if read != PEPPER_BYTES {
            let problem = format!("{} holds {read} bytes and not {PEPPER_BYTES}; put it back from a copy", path.display());
            return Err(StoreError::Unsafe { problem });
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes[..PEPPER_BYTES])))
    }

    /// One of given bytes, for tests.
    #[cfg(test)]
    pub fn of_bytes(bytes: [u8; PEPPER_BYTES]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    }

    /// To sign with.
    pub fn key(&self) -> &hmac::Key {
        &self.0
    }
}

/// Makes the file whole or not at all: a half one would be taken for damaged.
fn make(keys_dir: &Path) -> std::io::Result<()> {
    let (path, fresh) = (keys_dir.join(PEPPER_NAME), keys_dir.join("pepper.new"));
    // What a crash has left behind.
    let _ = std::fs::remove_file(&fresh);
    let bytes = Zeroizing::new(random_bytes::<PEPPER_BYTES>());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&fresh)?;
    file.write_all(bytes.as_slice())?;
    file.sync_all()?;
    std::fs::rename(&fresh, &path)?;
    File::open(keys_dir)?.sync_all()
}

fn read_up_to(mut file: File, bytes: &mut [u8]) -> std::io::Result<usize> {
    let mut read = 0;
    while read < bytes.len() {
        match file.read(&mut bytes[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn digest(pepper: &Pepper) -> Vec<u8> {
        hmac::sign(pepper.key(), b"x").as_ref().to_vec()
    }

    #[test]
    fn it_is_made_once_for_its_owner_alone_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let made = digest(&Pepper::open(&keys).unwrap());

        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&keys), mode(&keys.join(PEPPER_NAME))), (0o700, 0o400));
        assert_eq!(digest(&Pepper::open(&keys).unwrap()), made);
        let others = folder.path().join("others");
        assert_ne!(digest(&Pepper::open(&others).unwrap()), made);
    }

    #[test]
    fn one_that_is_open_to_others_or_cut_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        Pepper::open(&keys).unwrap();
        let path = keys.join(PEPPER_NAME);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Pepper::open(&keys).unwrap_err().to_string().contains("chmod"));

        std::fs::remove_file(&path).unwrap();
        OpenOptions::new().write(true).create_new(true).mode(0o400).open(&path).unwrap().write_all(b"short").unwrap();
        assert!(Pepper::open(&keys).unwrap_err().to_string().contains("5 bytes"));
    }
}
