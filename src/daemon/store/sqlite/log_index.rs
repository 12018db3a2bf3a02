//! Room for the index of the write-ahead log, which SQLite maps into memory (`panotti.db-shm`).
//!
//! Writing to a mapped page for which the disk has no block kills the process (SIGBUS). SQLite takes care: it writes one byte into each
//! page of 4 KiB before it uses it. Where the disk's blocks are smaller, that reserves one block of several, and a full disk kills
//! all the same. So a start asks for some room first, and the index gets its blocks before the log grows into it.

use std::fs::{File, OpenOptions};
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate, statvfs};

use super::connection::beside;
use crate::daemon::store::failure::{StoreError, StoreResult};

/// A start needs this much room: for the first part of the index, the seal, and the start's own entry in the store.
pub const START_ROOM_BYTES: u64 = 1024 * 1024;
/// One part of the index, and the bytes of the log that it covers (4,062 frames in the first, 4,096 in the others; a frame is a page
/// of 4,096 bytes with a head of 24: <https://sqlite.org/walformat.html>).
const PART_BYTES: u64 = 32 * 1024;
const PART_COVERS_BYTES: u64 = 4_062 * (4_096 + 24);
/// The log may pass its limit by the batch that is being written and by what a batch of outcomes adds to it.
const LOG_PAST_LIMIT_BYTES: u64 = 64 * 1024 * 1024;
/// No more than this is reserved: it covers a log of 8 GiB.
const INDEX_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Refuses a start without room, before SQLite maps anything.
pub fn check_room(folder: &Path) -> StoreResult<()> {
    let free = statvfs(folder).map_or(u64::MAX, |disk| disk.f_bavail * disk.f_frsize);
    if free < START_ROOM_BYTES { Err(StoreError::NoRoom { free, needed: START_ROOM_BYTES }) } else { Ok(()) }
}

/// Gives the index of an open database blocks for a log of `log_bytes_max`.
///
/// The file stays open: closing any descriptor of it would take SQLite's locks away, which belong to the process.
pub fn reserve(database: &Path, log_bytes_max: u64) -> StoreResult<File> {
    let path = beside(database, "-shm");
    let file_error = |source| StoreError::File { path: path.clone(), source };
    let index = OpenOptions::new().write(true).open(&path).map_err(file_error)?;
    let parts = (log_bytes_max.saturating_add(LOG_PAST_LIMIT_BYTES)).div_ceil(PART_COVERS_BYTES);
    let bytes = parts.saturating_mul(PART_BYTES).min(INDEX_BYTES_MAX);
    match fallocate(&index, FallocateFlags::empty(), 0, bytes) {
        // A file system that cannot reserve keeps SQLite's own care.
        Ok(()) | Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => Ok(index),
        Err(source) => Err(file_error(source.into())),
    }
}
