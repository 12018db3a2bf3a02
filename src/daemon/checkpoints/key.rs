//! The key that signs checkpoints: a file of mode 0400 in the keys folder, made where there is none.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use panotti_protocol::id::StoreId;

use crate::audit::note::{KEY_BYTES, Signer};
use crate::daemon::clock::random_bytes;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::folder::{private_file, private_folder};

/// Its name in the keys folder.
const NAME: &str = "audit.key";

/// Whether the key was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It was.
    There,
    /// It was made now, which is a record of its own.
    Made,
}

/// Opens the key, or makes it.
///
/// # Errors
/// [`StoreError::Unsafe`] where others can read it, or it is no key.
pub fn open(keys: &Path, store: StoreId) -> StoreResult<(Signer, Found)> {
    private_folder(keys)?;
    let path = keys.join(NAME);
    private_file(&path)?;
    let file_error = |source| StoreError::File { path: path.clone(), source };
    let unfit = || StoreError::Unsafe {
        problem: format!(
            "{} is no signing key of the audit; put the right one back, or move it away and a new one is made",
            path.display()
        ),
    };
    let mut text = String::new();
    let found = match OpenOptions::new().read(true).open(&path) {
        Ok(file) => {
            // A key is 64 digits and a line end.
            file.take(2 * KEY_BYTES as u64 + 2).read_to_string(&mut text).map_err(file_error)?;
            Found::There
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            text = data_encoding::HEXLOWER.encode(&random_bytes::<KEY_BYTES>());
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&path).map_err(file_error)?;
            file.write_all(format!("{text}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(file_error)?;
            Found::Made
        }
        Err(source) => return Err(file_error(source)),
    };
    let seed: [u8; KEY_BYTES] =
        data_encoding::HEXLOWER.decode(text.trim().as_bytes()).ok().and_then(|seed| seed.try_into().ok()).ok_or_else(unfit)?;
    Signer::new(store, &seed).map(|signer| (signer, found)).ok_or_else(unfit)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_only_and_one_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, store) = (folder.path().join("keys"), StoreId::from_bytes([7; 16]));

        let (made, how) = open(&keys, store).unwrap();
        let (again, how_again) = open(&keys, store).unwrap();

        assert_eq!((how, how_again), (Found::Made, Found::There));
        assert_eq!(made.public(), again.public());
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&keys), mode(&keys.join(NAME))), (0o700, 0o400));
        std::fs::set_permissions(keys.join(NAME), std::fs::Permissions::from_mode(0o440)).unwrap();
        assert!(matches!(open(&keys, store), Err(StoreError::Unsafe { .. })));
        std::fs::set_permissions(keys.join(NAME), std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(keys.join(NAME), "no key").unwrap();
        assert!(matches!(open(&keys, store), Err(StoreError::Unsafe { .. })));
    }
}
