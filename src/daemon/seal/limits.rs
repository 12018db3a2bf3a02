//! Bounds of sealing.

use std::time::Duration;

/// Events that did not fit and are remembered, so that each is told once; what comes beyond is refused all the same, and not told.
pub const CORRUPT_REMEMBERED_MAX: usize = 1_000;
/// Bytes of a key that tags are made with.
pub const TAG_KEY_BYTES: usize = 32;
/// Bytes of each of the two halves of a tag: HMAC-SHA-256, cut.
pub const TAG_HALF_BYTES: usize = 16;
/// Bytes that an envelope mostly has, without the payload.
pub const ENVELOPE_BYTES_USUAL: usize = 512;
/// Bytes of a data key.
pub const DATA_KEY_BYTES: usize = 32;
/// Payloads that one data key seals at most: with random nonces of 96 bits more would make it likely that one comes twice.
pub const MESSAGES_PER_KEY_MAX: u64 = 1 << 32;
/// Topics whose key of the day is in memory; beyond them all get new ones.
pub const TOPICS_SEALED_MAX: usize = 10_000;
/// Data keys that were opened to read and are in memory.
pub const KEYS_OPENED_MAX: usize = 4_096;
/// Bytes of an identity's file that are read.
pub const IDENTITY_BYTES_MAX: usize = 4_096;
/// Data keys wrapped anew in one transaction.
pub const KEYS_REWRAPPED_MAX: u32 = 256;
/// Everything that is stored is held against its tags this often, the first time at a start.
pub const LOOKED_THROUGH_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// It rests after each page for so many times as long as the page took: one part in twenty of a processor at most.
pub const LOOKED_THROUGH_REST: u32 = 19;
/// It rests at least so long after each page.
pub const LOOKED_THROUGH_REST_MIN: Duration = Duration::from_millis(100);
