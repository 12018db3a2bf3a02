//! The key that a store's events are tagged with: `STORE.tag` in the keys folder, made at the first start. The store knows it by its
//! fingerprint, and up to which sequence events may be without a tag; the key itself proves the latter.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use panotti_protocol::id::{Sequence, StoreId};
use rusqlite::{Connection, OptionalExtension};

use crate::daemon::clock::random_bytes;
use crate::daemon::seal::Seals;
use crate::daemon::seal::limits::TAG_KEY_BYTES;
use crate::daemon::seal::tag::TagKey;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::folder::{private_file, private_folder};

/// Where a store's key is.
fn path_of(keys: &Path, store: StoreId) -> PathBuf {
    keys.join(format!("{store}.tag"))
}

/// Reads the key of a store, or makes it where the store was never tagged.
///
/// A crash at any point leaves one of three: a new key that the store does not know yet, which the next start takes; one that the store
/// knows and whose file has not got its name yet, which the next start gives it; or all of it. Where a person accepts a loss, what the
/// store knew of its key may be lost too: then the key that is there is taken.
///
/// # Errors
/// [`StoreError::TagKey`] where the key is missing or another one.
pub fn open(connection: &Connection, keys: &Path, store: StoreId, loss_accepted: bool) -> StoreResult<Seals> {
    private_folder(keys)?;
    let path = path_of(keys, store);
    let new_path = path.with_extension("tag.new");
    for path in [&path, &new_path] {
        private_file(path)?;
    }
    let known: Option<String> = connection.query_row("SELECT value FROM meta WHERE name = 'tag_key'", [], |row| row.get(0)).optional()?;
    let Some(known) = known else {
        if loss_accepted && path.exists() && !new_path.exists() {
            name(&path, &new_path)?;
        }
        if path.exists() {
            let problem = format!("{} is the key of this store's events, and the store knows of none", path.display());
            return Err(StoreError::TagKey { problem });
        }
        let bytes = if new_path.exists() { read(&new_path)? } else { make(&new_path, keys)? };
        return adopt(connection, TagKey::new(&bytes), store, (&new_path, &path));
    };
    let is_it = |bytes: &[u8; TAG_KEY_BYTES]| TagKey::new(bytes).fingerprint() == known;
    if !path.exists() && new_path.exists() && is_it(&read(&new_path)?) {
        name(&new_path, &path)?;
    }
    if !path.exists() {
        let problem = format!("the key of this store's events is missing: {} with the fingerprint {known}", path.display());
        return Err(StoreError::TagKey { problem });
    }
    let bytes = read(&path)?;
    let key = TagKey::new(&bytes);
    if !is_it(&bytes) {
        let problem = format!("{} has the fingerprint {}; this store's events need the key {known}", path.display(), key.fingerprint());
        return Err(StoreError::TagKey { problem });
    }
    let untagged_to = Sequence(connection.query_row("SELECT value FROM meta WHERE name = 'untagged_to'", [], |row| row.get(0))?);
    let proof: Vec<u8> = connection.query_row("SELECT value FROM meta WHERE name = 'untagged_tag'", [], |row| row.get(0))?;
    if proof != key.of_untagged(store, untagged_to) {
        return Err(StoreError::Corrupt("it does not hold up to which event it was written without tags".to_owned()));
    }
    Ok(Seals::new(store, key, untagged_to))
}

/// Writes down which key a store's events have from now on.
fn adopt(connection: &Connection, key: TagKey, store: StoreId, (new_path, path): (&Path, &Path)) -> StoreResult<Seals> {
    let newest: Option<u64> = connection.query_row("SELECT max(sequence) FROM events WHERE tag IS NULL", [], |row| row.get(0))?;
    let untagged_to = Sequence(newest.unwrap_or(0));
    let transaction = connection.unchecked_transaction()?;
    let set = "INSERT INTO meta (name, value) VALUES (?1, ?2)";
    transaction.execute(set, ("untagged_to", untagged_to.0))?;
    transaction.execute(set, ("untagged_tag", key.of_untagged(store, untagged_to)))?;
    transaction.execute(set, ("tag_key", key.fingerprint()))?;
    transaction.commit()?;
    name(new_path, path)?;
    Ok(Seals::new(store, key, untagged_to))
}

fn read(path: &Path) -> StoreResult<[u8; TAG_KEY_BYTES]> {
    let file_error = |source| StoreError::File { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(TAG_KEY_BYTES as u64 + 1).read_to_end(&mut bytes)).map_err(file_error)?;
    <[u8; TAG_KEY_BYTES]>::try_from(bytes).map_err(|bytes| StoreError::TagKey {
        problem: format!("{} is no key: it has {} bytes instead of {TAG_KEY_BYTES}", path.display(), bytes.len()),
    })
}

/// Makes a key. Written under another name first, so that a torn file is never taken for one.
fn make(path: &Path, keys: &Path) -> StoreResult<[u8; TAG_KEY_BYTES]> {
    let bytes = random_bytes::<TAG_KEY_BYTES>();
    let torn_path = path.with_extension("torn");
    let file_error = |source| StoreError::File { path: path.to_owned(), source };
    if torn_path.exists() {
        std::fs::remove_file(&torn_path).map_err(file_error)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&torn_path).map_err(file_error)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(file_error)?;
    std::fs::rename(&torn_path, path).and_then(|()| File::open(keys)?.sync_all()).map_err(file_error)?;
    Ok(bytes)
}

/// Gives the key's file its name.
fn name(from: &Path, to: &Path) -> StoreResult<()> {
    let file_error = |source| StoreError::File { path: to.to_owned(), source };
    std::fs::rename(from, to).map_err(file_error)?;
    let folder = to.parent().unwrap_or(to);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(file_error)
}
