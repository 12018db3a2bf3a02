//! The bounds of the store, which may change while the daemon runs.

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;

/// When publishing is refused. May change while the daemon runs.
#[derive(Debug, Clone, Copy)]
pub struct StoreBounds {
    /// Bytes of the database file.
    pub bytes_max: u64,
    /// Bytes free on the disk.
    pub free_bytes_min: u64,
}

/// The bounds of the store.
#[derive(Debug, Clone)]
pub struct StoreLimits {
    /// The data folder, whose disk is looked at.
    pub folder: PathBuf,
    /// When publishing is refused.
    pub bounds: Arc<ArcSwap<StoreBounds>>,
    /// Bytes of the write-ahead log, past which the writer begins it anew.
    pub wal_bytes_max: u64,
}
