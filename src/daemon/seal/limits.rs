//! Bounds of sealing.

/// Events that did not fit and are remembered, so that each is told once; what comes beyond is refused all the same, and not told.
pub const CORRUPT_REMEMBERED_MAX: usize = 1_000;
/// Bytes of a key that tags are made with.
pub const TAG_KEY_BYTES: usize = 32;
/// Bytes of each of the two halves of a tag: HMAC-SHA-256, cut.
pub const TAG_HALF_BYTES: usize = 16;
/// Bytes that an envelope mostly has, without the payload.
pub const ENVELOPE_BYTES_USUAL: usize = 512;
