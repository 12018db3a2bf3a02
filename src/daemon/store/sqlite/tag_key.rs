//! The key that a store's events are tagged with: made at the first start. The store knows it by its fingerprint, has it wrapped to whoever
//! can open sealed payloads, and knows up to which sequence events may be without a tag; the key itself proves the latter.

use panotti_protocol::id::{Sequence, StoreId};
use rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

use crate::daemon::clock::random_bytes;
use crate::daemon::seal::limits::TAG_KEY_BYTES;
use crate::daemon::seal::recipients::{Identity, unwrap, wrap};
use crate::daemon::seal::ring::Wrapping;
use crate::daemon::seal::tag::TagKey;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::key_file::KeyFiles;

const NAME: &str = "tag";
const NEW_NAME: &str = "tag.new";

/// Reads the key of a store, or makes it where the store was never tagged; and up to which sequence events may be without a tag.
///
/// A crash at any point leaves one of three: a new key that the store does not know yet, which the next start takes; one that the store
/// knows and whose file has not got its name yet, which the next start gives it; or all of it. Where the file is gone and an identity is
/// here that opens what the store has of it, the file is made again.
///
/// # Errors
/// [`StoreError::Key`] where the key is missing or another one.
pub fn open(
    connection: &Connection,
    files: &KeyFiles,
    store: StoreId,
    (identities, wrapping): (&[Identity], &Wrapping),
    forgot: bool,
) -> StoreResult<(TagKey, Sequence)> {
    let known: Option<String> = connection.query_row("SELECT value FROM meta WHERE name = 'tag_key'", [], |row| row.get(0)).optional()?;
    let Some(known) = known else { return adopt(connection, files, store, wrapping, forgot) };
    let path = files.path(NAME);
    let bytes = match (read(files, NAME)?, read(files, NEW_NAME)?) {
        (Some(bytes), _) => bytes,
        (None, Some(bytes)) if TagKey::new(&bytes).fingerprint() == known => {
            files.rename(NEW_NAME, NAME)?;
            bytes
        }
        (None, _) => {
            let recovered = recovered(connection, identities)?.filter(|bytes| TagKey::new(bytes).fingerprint() == known);
            let problem = || format!("the key of this store's events is missing: {} with the fingerprint {known}", path.display());
            let bytes = recovered.ok_or_else(|| StoreError::Key { problem: problem() })?;
            files.write(NAME, bytes.as_slice())?;
            tracing::warn!(path = %path.display(), "the key of the tags was missing; it was made again from what the store has of it");
            bytes
        }
    };
    let key = TagKey::new(&bytes);
    if key.fingerprint() != known {
        let problem = format!("{} has the fingerprint {}; this store's events need the key {known}", path.display(), key.fingerprint());
        return Err(StoreError::Key { problem });
    }
    let untagged_to = Sequence(connection.query_row("SELECT value FROM meta WHERE name = 'untagged_to'", [], |row| row.get(0))?);
    let proof: Vec<u8> = connection.query_row("SELECT value FROM meta WHERE name = 'untagged_tag'", [], |row| row.get(0))?;
    if proof != key.of_untagged(store, untagged_to) {
        return Err(StoreError::Corrupt("it does not hold up to which event it was written without tags".to_owned()));
    }
    Ok((key, untagged_to))
}

/// Makes a key, and writes down that a store's events have it from now on.
fn adopt(connection: &Connection, files: &KeyFiles, store: StoreId, wrapping: &Wrapping, forgot: bool) -> StoreResult<(TagKey, Sequence)> {
    if forgot && read(files, NEW_NAME)?.is_none() && read(files, NAME)?.is_some() {
        files.rename(NAME, NEW_NAME)?;
    }
    if read(files, NAME)?.is_some() {
        let path = files.path(NAME);
        return Err(StoreError::Key {
            problem: format!("{} is the key of this store's events, and the store knows of none", path.display()),
        });
    }
    let bytes = match read(files, NEW_NAME)? {
        Some(bytes) => bytes,
        None => {
            let bytes = Zeroizing::new(random_bytes::<TAG_KEY_BYTES>());
            files.write(NEW_NAME, bytes.as_slice())?;
            bytes
        }
    };
    let key = TagKey::new(&bytes);
    let newest: Option<u64> = connection.query_row("SELECT max(sequence) FROM events WHERE tag IS NULL", [], |row| row.get(0))?;
    let untagged_to = Sequence(newest.unwrap_or(0));
    let wrapped = wrap(bytes.as_slice(), &wrapping.recipients)
        .map_err(|_| StoreError::Corrupt("a recipient of its sealed payloads is none".to_owned()))?;
    let transaction = connection.unchecked_transaction()?;
    let set = "INSERT INTO meta (name, value) VALUES (?1, ?2)";
    transaction.execute(set, ("untagged_to", untagged_to.0))?;
    transaction.execute(set, ("untagged_tag", key.of_untagged(store, untagged_to)))?;
    transaction.execute(set, ("tag_key", key.fingerprint()))?;
    transaction.execute(set, ("tag_key_wrapped", wrapped))?;
    transaction.commit()?;
    files.rename(NEW_NAME, NAME)?;
    Ok((key, untagged_to))
}

/// The key as the store has it: wrapped to whoever can open sealed payloads.
pub fn wrapped(connection: &Connection) -> StoreResult<Option<Vec<u8>>> {
    let sql = "SELECT value FROM meta WHERE name = 'tag_key_wrapped'";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?)
}

fn recovered(connection: &Connection, identities: &[Identity]) -> StoreResult<Option<Zeroizing<[u8; TAG_KEY_BYTES]>>> {
    Ok(wrapped(connection)?.and_then(|wrapped| unwrap(&wrapped, identities).ok()))
}

fn read(files: &KeyFiles, name: &str) -> StoreResult<Option<Zeroizing<[u8; TAG_KEY_BYTES]>>> {
    let Some(bytes) = files.read(name)? else { return Ok(None) };
    match <[u8; TAG_KEY_BYTES]>::try_from(bytes.as_slice()) {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        Err(_) => {
            let problem = format!("{} is no key: it has {} bytes instead of {TAG_KEY_BYTES}", files.path(name).display(), bytes.len());
            Err(StoreError::Key { problem })
        }
    }
}
