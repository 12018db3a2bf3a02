//! Bounds of the bus's thread and its queues.

use std::time::Duration;

/// Requests in front of the thread; beyond them a publisher waits, then is told `overloaded`.
pub const REQUESTS_MAX: usize = 4_096;
/// Requests of one batch: one transaction.
pub const BATCH_REQUESTS_MAX: usize = 1_024;
/// Bytes of the events of one batch, after which it is closed.
pub const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long a publisher waits for room in front of the thread.
pub const QUEUE_WAIT: Duration = Duration::from_secs(5);
/// Bytes of events kept for deliveries that are about to be sent.
pub const CACHE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes of notices kept for slow readers of the live feed, for all of them together.
pub const FEED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The log is moved into the database when it has grown by this.
pub const CHECKPOINT_BYTES: u64 = 4 * 1024 * 1024;
/// How long after keys or secrets were removed, and how often where a reader is in the way, the log is begun anew.
pub const REMOVED_LOOK: Duration = Duration::from_secs(1);
/// The seal is synced at the latest after this.
pub const SEAL_SYNC: Duration = Duration::from_secs(1);
/// Once a write has found no room, so much must be free before publishing is accepted again.
pub const FULL_DISK_ROOM_BYTES: u64 = 1024 * 1024;
/// How often an idle daemon looks whether the disk has room, so that it says so before the next publisher asks.
pub const DISK_LOOK: Duration = Duration::from_secs(60);
/// How often a full disk is looked at again.
pub const FULL_DISK_LOOK: Duration = Duration::from_millis(200);
/// Publishers' keys forgotten in one step.
pub const KEYS_FORGOTTEN_MAX: u32 = 1_000;
/// How often a publisher matches again when the rules change under it, before it is told `overloaded`.
pub const MATCH_AGAIN_MAX: usize = 16;
