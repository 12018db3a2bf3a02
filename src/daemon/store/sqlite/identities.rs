//! Who can open a store's sealed payloads: the recipients that it knows, and the daemon's own identity, made at the first start.

use panotti_protocol::api::{RecipientKind, SealRecipient};
use panotti_protocol::time::Timestamp;
use rusqlite::{Connection, params};

use super::pages;
use crate::daemon::seal::recipients::{Identity, Recipient};
use crate::daemon::seal::ring::Wrapping;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::key_file::KeyFiles;

/// The daemon's identity.
pub const NAME: &str = "identity";
const NEW_NAME: &str = "identity.new";
/// The identity that follows, while keys are wrapped to it.
pub const NEXT_NAME: &str = "identity.next";

/// Reads the identities that are here and who keys are wrapped to; makes the daemon's own identity where the store has no recipients yet.
///
/// # Errors
/// [`StoreError::Key`] where no identity is here that the store knows; it names the recipients.
pub fn open(connection: &Connection, files: &KeyFiles, now: Timestamp, forgot: bool) -> StoreResult<(Vec<Identity>, Wrapping)> {
    let known = recipients(connection)?;
    if known.is_empty() {
        if forgot && files.read(NEW_NAME)?.is_none() && files.read(NAME)?.is_some() {
            files.rename(NAME, NEW_NAME)?;
        }
        let own = make(connection, files, now)?;
        let wrapping = wrapping(connection)?;
        return Ok((vec![own], wrapping));
    }
    finish(files, &known)?;
    let here = here(files, &known)?;
    if here.is_empty() {
        return Err(StoreError::Key { problem: missing(files, &known)? });
    }
    let is = |identity: &Identity, kind| known.iter().any(|one| one.kind == kind && one.recipient == identity.recipient().to_string());
    if here.iter().all(|identity| is(identity, RecipientKind::Recovery)) {
        tracing::warn!("the daemon runs with the recovery identity; `panotti seal rotate` makes it one of its own");
    }
    Ok((here, wrapping(connection)?))
}

/// The identities that are here and that the store knows.
///
/// # Errors
/// A file cannot be read, or is open to others.
pub fn here(files: &KeyFiles, known: &[SealRecipient]) -> StoreResult<Vec<Identity>> {
    let mut found = Vec::new();
    for name in [NAME, NEW_NAME, NEXT_NAME] {
        let identity = files.read(name)?.and_then(|file| Identity::read(&file));
        found.extend(identity.filter(|identity| knows(known, identity)));
    }
    Ok(found)
}

fn knows(known: &[SealRecipient], identity: &Identity) -> bool {
    let recipient = identity.recipient().to_string();
    known.iter().any(|one| one.recipient == recipient)
}

/// Makes the daemon's identity: its file under another name, then what the store knows of it, then its name.
fn make(connection: &Connection, files: &KeyFiles, now: Timestamp) -> StoreResult<Identity> {
    if files.read(NAME)?.is_some() {
        let problem = format!("{} is the identity of this store's daemon, and the store knows of none", files.path(NAME).display());
        return Err(StoreError::Key { problem });
    }
    let begun = files.read(NEW_NAME)?.and_then(|file| Identity::read(&file));
    let own = match begun {
        Some(own) => own,
        None => {
            let own = Identity::generate();
            files.write(NEW_NAME, &own.to_file())?;
            own
        }
    };
    let transaction = connection.unchecked_transaction()?;
    insert(&transaction, &own.recipient().to_string(), RecipientKind::Daemon, "daemon", now)?;
    transaction.execute("UPDATE meta SET value = 1 WHERE name IN ('seal_generation', 'seal_finished')", [])?;
    transaction.commit()?;
    files.rename(NEW_NAME, NAME)?;
    Ok(own)
}

/// Gives an identity its name where it has none yet: the first one, or the one that every key is wrapped to by now.
///
/// # Errors
/// A file cannot be read or renamed.
pub fn finish(files: &KeyFiles, known: &[SealRecipient]) -> StoreResult<()> {
    let rotating = known.iter().any(|one| one.kind == RecipientKind::Retiring);
    let own: Vec<&str> = known.iter().filter(|one| one.kind == RecipientKind::Daemon).map(|one| one.recipient.as_str()).collect();
    let is_own = |name| -> StoreResult<bool> {
        let identity = files.read(name)?.and_then(|file| Identity::read(&file));
        Ok(identity.is_some_and(|identity| own.contains(&identity.recipient().to_string().as_str())))
    };
    if rotating || is_own(NAME)? {
        return Ok(());
    }
    for name in [NEW_NAME, NEXT_NAME] {
        if is_own(name)? {
            return files.rename(name, NAME);
        }
    }
    Ok(())
}

fn missing(files: &KeyFiles, known: &[SealRecipient]) -> StoreResult<String> {
    let path = files.path(NAME);
    let needed: Vec<String> = known.iter().map(|one| format!("{} ({})", one.recipient, one.kind)).collect();
    let needed = needed.join(" or ");
    Ok(match files.read(NAME)? {
        None => format!("the identity that opens this store's payloads is missing: {} of {needed}", path.display()),
        Some(file) => match Identity::read(&file) {
            Some(other) => format!("{} is the identity of {}; this store needs that of {needed}", path.display(), other.recipient()),
            None => format!("{} is no identity of age; this store needs that of {needed}", path.display()),
        },
    })
}

/// Everybody who can open the store's payloads, or could until now, in the order of their names.
pub fn recipients(connection: &Connection) -> StoreResult<Vec<SealRecipient>> {
    let mut statement = connection.prepare_cached("SELECT recipient, kind, since_ms FROM seal_recipients ORDER BY recipient")?;
    let rows = statement.query_map([], |row| {
        let kind = RecipientKind::from_number(row.get(1)?).unwrap_or(RecipientKind::Retiring);
        Ok(SealRecipient { recipient: row.get(0)?, kind, since: Timestamp::from_ms(row.get(2)?) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes one recipient.
pub fn insert(connection: &Connection, recipient: &str, kind: RecipientKind, actor: &str, now: Timestamp) -> StoreResult<()> {
    connection.execute(
        "INSERT INTO seal_recipients (recipient, kind, since_ms, actor) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (recipient) DO UPDATE SET kind = excluded.kind",
        params![recipient, kind.number(), now.as_ms(), actor],
    )?;
    Ok(())
}

/// To whom keys are wrapped.
///
/// # Errors
/// [`StoreError::Corrupt`] where one of them is no recipient.
pub fn wrapping(connection: &Connection) -> StoreResult<Wrapping> {
    let wanted = recipients(connection)?.into_iter().filter(|one| one.kind != RecipientKind::Retiring);
    let recipients = wanted.map(|one| one.recipient.parse::<Recipient>()).collect::<Result<Vec<_>, _>>().map_err(StoreError::Corrupt)?;
    Ok(Wrapping { generation: pages::meta(connection, "seal_generation")?, recipients })
}
