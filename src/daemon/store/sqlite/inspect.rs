//! What `panotti doctor` asks of a store. Without a daemon only headers are read: opening the database would already write to its
//! folder. With one, its settings are read back on a reading connection.

use std::path::Path;

use panotti_protocol::api::Check;
use rusqlite::Connection;

use super::connection::{APPLICATION_ID, FORMAT, SQLITE_OLDEST, check_format};
use super::database::Database;
use super::pages;
use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::seal::Seal;

/// The version of SQLite, and whether the database is ours and of a known format.
pub const STORE: &str = "store";
/// The seal file.
pub const SEAL: &str = "seal";

/// Looks at a store that no daemon has open.
pub fn at_rest(data: &Path) -> Vec<Check> {
    if !data.join("panotti.db").exists() {
        let nothing = format!("{} holds no store yet; the first start makes it", data.display());
        return vec![Check::skipped(STORE, nothing.clone()), Check::skipped(SEAL, nothing)];
    }
    vec![format_at_rest(data), seal_at_rest(data)]
}

fn format_at_rest(data: &Path) -> Check {
    if let Some(check) = sqlite_too_old() {
        return check;
    }
    match check_format(&data.join("panotti.db")) {
        Ok(()) => Check::ok(STORE, format!("SQLite {}, a store of format {FORMAT} or older", rusqlite::version())),
        Err(error @ StoreError::Newer { .. }) => {
            Check::failed(STORE, error.to_string(), "use the version of panotti that made it, or a newer one")
        }
        Err(error) => Check::failed(STORE, error.to_string(), "name another folder with `--data`, or restore the database from a copy"),
    }
}

fn sqlite_too_old() -> Option<Check> {
    let (number, text) = SQLITE_OLDEST;
    (rusqlite::version_number() < number).then(|| {
        let detail = format!("SQLite {} is older than {text}, the oldest that is safe to use", rusqlite::version());
        Check::failed(STORE, detail, "build panotti with its bundled SQLite")
    })
}

fn seal_at_rest(data: &Path) -> Check {
    match Seal::read(&data.join("seal")) {
        Ok(Some(last)) => Check::ok(SEAL, format!("it proves events up to {}; the start compares them with the database", last.sequence)),
        Ok(None) => Check::failed(SEAL, "the seal file holds no whole entry, so that a lost tail would not be noticed", RESTORE),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::failed(SEAL, "the seal file is missing, so that a lost tail would not be noticed", RESTORE)
        }
        Err(error) => Check::failed(SEAL, format!("the seal file cannot be read: {error}"), "mend its owner and mode: chmod 600"),
    }
}

const RESTORE: &str = "restore the whole data folder from one copy; or start the daemon, which makes a new seal from the database as it is";

/// Looks at the store of this daemon, through one of its reading connections.
///
/// # Errors
/// Where it cannot be read.
pub fn in_use(database: &Database, data: &Path) -> StoreResult<Vec<Check>> {
    // In this order: the seal follows the database, never the other way round.
    let sealed = Seal::read(&data.join("seal"));
    let head = pages::head(database)?;
    let seal = match sealed {
        Ok(Some(last)) if last.sequence <= head => {
            Check::ok(SEAL, format!("it proves events up to {}, the database has {head}", last.sequence))
        }
        Ok(Some(last)) => Check::failed(
            SEAL,
            format!("it proves events up to {}, the database has only {head}", last.sequence),
            "stop the daemon and restore the data folder from a copy",
        ),
        Ok(None) => Check::failed(SEAL, "the seal file holds no whole entry", "restart the daemon: it makes a new seal from the database"),
        Err(error) => Check::failed(
            SEAL,
            format!("the seal file cannot be read: {error}"),
            "restart the daemon: it makes a new seal from the database",
        ),
    };
    Ok(vec![settings(database)?, seal])
}

/// The settings on which durability and safety rest, as SQLite says them now.
fn settings(connection: &Connection) -> StoreResult<Check> {
    if let Some(check) = sqlite_too_old() {
        return Ok(check);
    }
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let mut wrong = Vec::new();
    if journal != "wal" {
        wrong.push(format!("journal_mode is {journal}, not wal"));
    }
    let format = i64::from(FORMAT);
    let wanted = [
        ("application_id", i64::from(APPLICATION_ID)),
        ("user_version", format),
        ("cell_size_check", 1),
        ("trusted_schema", 0),
        ("mmap_size", 0),
    ];
    for (name, wanted) in wanted {
        let found = number(name).unwrap_or(0);
        if found != wanted {
            wrong.push(format!("{name} is {found}, not {wanted}"));
        }
    }
    if wrong.is_empty() {
        return Ok(Check::ok(
            STORE,
            format!("SQLite {}, format {format}, write-ahead log; the writer syncs every commit", rusqlite::version()),
        ));
    }
    Ok(Check::failed(STORE, wrong.join("; "), "stop every other program that opens the database, and restart the daemon"))
}

#[cfg(test)]
mod tests {
    use panotti_protocol::api::CheckStatus;
    use panotti_protocol::id::{Sequence, StoreId};

    use super::*;
    use crate::daemon::seal::Seals;
    use crate::daemon::seal::ring::{Ring, Wrapping};
    use crate::daemon::seal::tag::TagKey;
    use crate::daemon::store::seal::HighWater;
    use crate::daemon::store::sqlite::connection::{Durability, open_reader, open_writer};

    #[test]
    fn settings_that_another_program_has_changed_are_told_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("panotti.db");
        let writer = open_writer(&path, Durability::Full, StoreId::from_bytes([1; 16]), 1).unwrap();
        let reader = open_reader(&path).unwrap();
        assert_eq!(settings(&reader).unwrap().status, CheckStatus::Ok, "{:?}", settings(&reader));

        writer.pragma_update(None, "user_version", 77).unwrap();
        reader.pragma_update(None, "cell_size_check", false).unwrap();

        let check = settings(&reader).unwrap();
        assert_eq!(check.status, CheckStatus::Failed);
        assert!(check.detail.contains("user_version is 77") && check.detail.contains("cell_size_check is 0"), "{}", check.detail);
    }

    #[test]
    fn a_seal_that_proves_more_than_the_database_has_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("panotti.db");
        let _writer = open_writer(&path, Durability::Full, StoreId::from_bytes([1; 16]), 1).unwrap();
        let mut seal = Seal::open(&folder.path().join("seal")).unwrap();
        seal.append(HighWater { sequence: 5, commits: 1, chain: [0; 32] }).unwrap();

        let ring = Ring::new(Vec::new(), Vec::new(), Wrapping { generation: 1, recipients: Vec::new() });
        let seals = Seals::new(StoreId::from_bytes([1; 16]), TagKey::new(&[2; 32]), Sequence(0), ring);
        let checks = in_use(&Database::new(open_reader(&path).unwrap(), seals), folder.path()).unwrap();

        assert!(checks[1].detail.contains("up to 5, the database has only 0"), "{}", checks[1].detail);
    }
}
