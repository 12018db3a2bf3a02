//! What can go wrong with the store, told apart by what must follow: a full disk is waited out, anything else the disk refuses ends
//! the daemon before it acknowledges anything more (safety.md G6).

use std::path::PathBuf;

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::Sequence;

use crate::daemon::seal::Unfit;

/// What the disk says when a read, a write or a sync of a file failed.
const IO_ERROR: i32 = rustix::io::Errno::IO.raw_os_error();

/// A store operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk has no room. Nothing was written; it may work again when there is room.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// The disk has too little room to start on. Nothing was opened.
    #[error("the disk has {free} bytes free; a start needs {needed}")]
    NoRoom {
        /// Bytes that are free.
        free: u64,
        /// Bytes that must be free.
        needed: u64,
    },
    /// The disk refused a read, a write or a sync. After a failed sync nothing more may be acknowledged.
    #[error("the disk refused: {0}")]
    Disk(#[source] rusqlite::Error),
    /// The log could not be moved into the database, on another thread: whether it is on disk is not known any more.
    #[error("the disk refused a checkpoint of the log")]
    Checkpoint,
    /// A file beside the database could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database does not read back as it was written.
    #[error("the store is corrupt: {0}")]
    Corrupt(String),
    /// An event does not read back as it was written.
    #[error("the event {sequence} does not read back as it was written: {why}")]
    Event {
        /// Which one: nothing else of it can be trusted.
        sequence: Sequence,
        /// Why.
        why: Unfit,
    },
    /// A key that the store needs is missing, or another one.
    #[error("{problem}")]
    Key {
        /// What is wrong, with the fingerprint that is needed.
        problem: String,
    },
    /// SQLite did not take the settings on which durability rests, which it does not say by itself where the disk refuses.
    #[error("the database could not be made durable: it says journal_mode {journal}, synchronous {synchronous}")]
    NotDurable {
        /// Its mode of the journal.
        journal: String,
        /// Its mode of syncing.
        synchronous: i64,
    },
    /// Made by a newer version.
    #[error("{path} has format {found}, this version knows up to {known}")]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// Another program's database.
    #[error("{path} is a database of another program")]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// The seal proves that more was committed than the database holds.
    #[error("{}", missing(.first, .last, .commits))]
    TailLost {
        /// The first that is missing.
        first: u64,
        /// The last that is missing. Before the first where no event is.
        last: u64,
        /// Transactions that are missing.
        commits: u64,
    },
    /// The seal belongs to another history of this store than the database.
    #[error("up to the event {sequence} the database has another history than the one that was committed")]
    OtherHistory {
        /// How far the seal goes.
        sequence: u64,
    },
    /// The bundled SQLite is older than the oldest that is safe.
    #[error("SQLite {found} is older than {needed}, the oldest that is safe to use")]
    SqliteTooOld {
        /// Its version.
        found: &'static str,
        /// The oldest that is safe.
        needed: &'static str,
    },
    /// Another daemon has the folder.
    #[error("{}", match .pid { Some(pid) => format!("the daemon with process id {pid} has {}", .path.display()), None => format!("another daemon has {}", .path.display()) })]
    InUse {
        /// The data folder.
        path: PathBuf,
        /// The process that has it, where that is known.
        pid: Option<u32>,
    },
    /// Owner or mode of a file lets others in.
    #[error("{problem}")]
    Unsafe {
        /// What is wrong, and how to mend it.
        problem: String,
    },
}

/// Whether a file could not be written because there is no room for it.
pub fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

fn missing(first: &u64, last: &u64, commits: &u64) -> String {
    if first <= last {
        return format!("events {first} to {last} were accepted and are not in the database");
    }
    format!("{commits} transactions after the event {last} were committed and are not in the database; no event is among them")
}

/// Result of a store operation.
pub type StoreResult<T> = Result<T, StoreError>;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        // SQLite finds room for its index of the log before it uses it; a lack of it there has a code of its own.
        let index_full = error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full(error),
            _ if index_full => Self::Full(error),
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Corrupt(error.to_string()),
            _ => Self::Disk(error),
        }
    }
}

impl StoreError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Full(_) | Self::NoRoom { .. } => ErrorCode::STORE_FULL,
            Self::File { source, .. } if is_full(source) => ErrorCode::STORE_FULL,
            Self::Disk(_) | Self::Checkpoint | Self::NotDurable { .. } => ErrorCode::STORE_UNAVAILABLE,
            Self::File { source, .. } if source.raw_os_error() == Some(IO_ERROR) => ErrorCode::STORE_UNAVAILABLE,
            Self::File { .. } => ErrorCode::DAEMON_CANNOT_CREATE,
            Self::Corrupt(_) | Self::SqliteTooOld { .. } => ErrorCode::STORE_CORRUPT,
            Self::Event { .. } => ErrorCode::EVENT_CORRUPT,
            Self::Key { .. } => ErrorCode::SEAL_KEY,
            Self::Newer { .. } => ErrorCode::STORE_NEWER,
            Self::Foreign { .. } => ErrorCode::STORE_FOREIGN,
            Self::TailLost { .. } | Self::OtherHistory { .. } => ErrorCode::STORE_TAIL_LOST,
            Self::InUse { .. } => ErrorCode::DAEMON_ALREADY_RUNNING,
            Self::Unsafe { .. } => ErrorCode::DAEMON_FILES_UNSAFE,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::new(error.code(), error.to_string())
    }
}
