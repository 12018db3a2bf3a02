//! Opening the database: the bundled SQLite is new enough, the format is ours and known, the settings hold (safety.md 4.10).

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use panotti_protocol::id::StoreId;
use panotti_protocol::time::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::daemon::store::failure::{StoreError, StoreResult};
use crate::daemon::store::folder::private_file;

/// `pant` in ASCII: tells our databases from others'.
pub const APPLICATION_ID: u32 = 0x7061_6e74;
/// The newest format known here. Migrations lead from each to the next.
pub const FORMAT: u32 = 3;
/// What makes each format from the one before; the first begins with nothing.
const MIGRATIONS: [&str; 3] = [include_str!("0001.sql"), include_str!("0002.sql"), include_str!("0003.sql")];
const _: () = assert!(MIGRATIONS.len() == FORMAT as usize, "each format has its migration");
/// A log that is begun anew keeps this much of its file.
const LOG_BYTES_KEPT: i64 = 4 * 1024 * 1024;
/// How long a connection waits for another one that is in its way.
pub const BUSY_WAIT: Duration = Duration::from_secs(10);
/// How SQLite names incremental vacuum.
const INCREMENTAL: i64 = 2;
/// The oldest SQLite without the WAL-reset defect, as a number and as text.
pub const SQLITE_OLDEST: (i32, &str) = (3_051_003, "3.51.3");

/// How surely a commit is on disk when it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Synced: what Panotti promises.
    Full,
    /// Not synced. Only for the negative control of the power-cut test, which must see it lose events, and for simulated hours, which cut
    /// no power.
    #[cfg(feature = "defects")]
    UnsyncedForTest,
}

/// Refuses a database that is not ours or from a newer version, by reading its header only: nothing is opened, nothing is written.
pub fn check_format(path: &Path) -> StoreResult<()> {
    let Ok(mut file) = File::open(path) else { return Ok(()) };
    let mut header = [0; 100];
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(_) => return Ok(()),
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (format, application) = (number(60), number(68));
    if &header[..16] != b"SQLite format 3\0" || (application != APPLICATION_ID && !(application == 0 && format == 0)) {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    if format > FORMAT {
        return Err(StoreError::Newer { path: path.to_owned(), found: format, known: FORMAT });
    }
    Ok(())
}

/// Opens the database to write, makes or migrates it, and reads its settings back.
pub fn open_writer(path: &Path, durability: Durability, new_store_id: StoreId, now_ms: u64) -> StoreResult<Connection> {
    if rusqlite::version_number() < SQLITE_OLDEST.0 {
        return Err(StoreError::SqliteTooOld { found: rusqlite::version(), needed: SQLITE_OLDEST.1 });
    }
    private_file(path)?;
    for suffix in ["-wal", "-shm"] {
        private_file(&beside(path, suffix))?;
    }
    check_format(path)?;
    make_private(path)?;
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    common_settings(&connection)?;
    // Only where it is not so yet: saying it writes to the log, also where it changes nothing, and a start may yet be refused.
    if connection.pragma_query_value(None, "auto_vacuum", |row| row.get::<_, i64>(0))? != INCREMENTAL {
        connection.pragma_update(None, "auto_vacuum", INCREMENTAL)?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    // A log that is begun anew gives its room back; otherwise its file would only ever grow.
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        #[cfg(feature = "defects")]
        Durability::UnsyncedForTest => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    migrate(&mut connection, new_store_id, now_ms)?;
    assert_settings(&connection, durability)?;
    Ok(connection)
}

/// Opens the database to read only.
pub fn open_reader(path: &Path) -> StoreResult<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    common_settings(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Opens the database to checkpoint it: with the writer's durability, because a checkpoint syncs the database file.
pub fn open_writing_helper(path: &Path) -> StoreResult<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    common_settings(&connection)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn common_settings(connection: &Connection) -> StoreResult<()> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Otherwise a cached statement is compiled anew for each value that it is given wherever SQLite has looked at one while planning.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    Ok(())
}

/// Makes an empty file of mode 0600, so that SQLite gives its log and index the same mode.
fn make_private(path: &Path) -> StoreResult<()> {
    let made = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    made.map(drop).map_err(|source| StoreError::File { path: path.to_owned(), source })
}

fn migrate(connection: &mut Connection, new_store_id: StoreId, now_ms: u64) -> StoreResult<()> {
    let format: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if format == FORMAT {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive)?;
    for migration in MIGRATIONS.iter().skip(format as usize) {
        transaction.execute_batch(migration)?;
    }
    if format == 0 {
        let mut set = transaction.prepare("INSERT INTO meta (name, value) VALUES (?1, ?2)")?;
        set.execute(("store_id", new_store_id.as_bytes().as_slice()))?;
        set.execute(("made_ms", now_ms))?;
        for counter in ["epoch", "rules", "unrouted"] {
            set.execute((counter, 0))?;
        }
    } else {
        upgrade_audit(&transaction, format, now_ms)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()?;
    // The header of the file itself must say so too: `check_format` reads nothing else.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

fn upgrade_audit(transaction: &Connection, from_format: u32, now_ms: u64) -> StoreResult<()> {
    let store: [u8; 16] = transaction.query_row("SELECT value FROM meta WHERE name = 'store_id'", [], |row| row.get(0))?;
    super::audit::chain_old(transaction, StoreId::from_bytes(store), from_format, Timestamp::from_ms(now_ms))
}

fn assert_settings(connection: &Connection, durability: Durability) -> StoreResult<()> {
    let text = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, String>(0));
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let journal = text("journal_mode")?;
    let synchronous = number("synchronous")?;
    let expected = if durability == Durability::Full { 2 } else { 1 };
    if journal != "wal" || synchronous != expected {
        return Err(StoreError::NotDurable { journal, synchronous });
    }
    Ok(())
}

/// The path of one of the database's companions.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
