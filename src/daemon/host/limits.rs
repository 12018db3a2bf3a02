//! Bounds on plugins' processes: what they may say and leave unread, how long they may take, what their folders and logs may hold. Bounds of
//! frames and outcomes are in `panotti_protocol::limits`.

use std::time::Duration;

/// Frames that may wait for a plugin to read; more, and it hangs.
pub const WAITING_FRAMES_MAX: usize = 4_096;
/// Bytes of small frames written at once.
pub const WRITTEN_AT_ONCE_BYTES: usize = 64 * 1024;
/// What one plugin has said or asked for and is not done, in bytes: its frames until they took effect, and the answers to its questions until
/// it has read them. At this it is not listened to until something is done.
pub const HEARD_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Things heard from an instance that wait to be looked at.
pub const HEARD_MAX: usize = 1_024;
/// Lines in a row that are no frames, after which an instance is ended.
pub const GARBAGE_MAX: u32 = 10;
/// After its socket is closed a tree has this long to be gone before its init is killed too.
pub const KILL_GRACE: Duration = Duration::from_secs(2);
/// After a process has ended, what it wrote is read at most this long.
pub const OUTPUT_GRACE: Duration = Duration::from_millis(500);
/// Time to finish what is held (semantics rule 23).
pub const DRAIN: Duration = Duration::from_secs(25);
/// From `goodbye` to SIGKILL.
pub const GOODBYE: Duration = Duration::from_secs(5);
/// Longest line of a plugin's log that is kept, in bytes; longer ones are cut.
pub const LOG_LINE_BYTES_MAX: usize = 8 * 1024;
/// Most of a plugin's output that is kept of one second, in bytes.
pub const LOG_BYTES_PER_SECOND_MAX: usize = 64 * 1024;
/// Most of a plugin's log in memory, in bytes.
pub const LOG_RING_BYTES_MAX: usize = 1024 * 1024;
/// What is kept of a plugin's log for slow followers, in bytes, for all of them together.
pub const LOG_FOLLOWED_BYTES_MAX: usize = 512 * 1024;
/// So much of the file's end is in memory again after a start, in bytes.
pub const LOG_READ_AGAIN_BYTES_MAX: u64 = 256 * 1024;
/// A file of a plugin's log of this size is put aside, in bytes.
pub const LOG_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Files of a plugin's log put aside.
pub const LOG_FILES_KEPT: u32 = 3;
/// Lines of a plugin's log that are shown where nothing else is said.
pub const LOG_LINES: u32 = 100;
/// Most files in a plugin's folder.
pub const FILES_MAX: usize = 4_096;
/// Most bytes in a plugin's folder.
pub const FOLDER_BYTES_MAX: u64 = 64 * 1024 * 1024;
