//! Bounds of the API beside those of its connections ([`super::http::limits`]) and of events (`panotti_protocol::limits`): bodies, what waits
//! for slow clients, and how much one request may ask for.

use std::time::Duration;

use crate::daemon::access::limits::ATTEMPTS_MAX;
use panotti_protocol::limits::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX, JSON_DEPTH_MAX, RECEIPTS_UNREAD_MAX};

/// Largest body of a request that is not publishing, in bytes: the largest value of a plugin's state fits into it.
pub const BODY_BYTES_MAX: usize = 512 * 1024;
/// How deep a batch may be at all, in lists and objects. An event that is deeper than events may be is refused alone; what is deeper than this
/// is no event.
pub const BATCH_DEPTH_MAX: usize = 16 * JSON_DEPTH_MAX;
/// Bodies that are published whole and in memory at once, in bytes, of all clients together.
pub const BODIES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Up to so many bytes a body needs no room of [`BODIES_BYTES_MAX`]: the number of connections bounds those.
pub const BODY_BYTES_FREE: usize = 64 * 1024;
/// How long a body waits for room.
pub const BODY_ROOM_WAIT: Duration = Duration::from_secs(5);
/// Lines of one stream that are read and not published, in bytes.
pub const LINES_AHEAD_BYTES_MAX: usize = BATCH_BYTES_MAX;
/// The same of all clients together; beyond it each may have one line more.
pub const LINES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Batches of answers between the publisher of lines and its client: together at most [`RECEIPTS_UNREAD_MAX`] receipts.
pub const LINE_ANSWERS_MAX: usize = RECEIPTS_UNREAD_MAX / BATCH_EVENTS_MAX;
/// Refusals that a summary names.
pub const SUMMARY_ERRORS_MAX: usize = 100;
/// What waits for one client that reads a stream or an export, in bytes. One event always fits.
pub const STREAM_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The same of all clients together; beyond it each may have one piece more.
pub const STREAMS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// What a piece that waits is taken to hold beside its text, in bytes.
pub const PIECE_BYTES_MIN: usize = 256;
/// Events of one page of a stream's past.
pub const PAST_PAGE: u32 = 100;
/// Events of one page of an export.
pub const EXPORT_PAGE: u32 = 64;
/// Bytes after which a page of an export ends.
pub const EXPORT_PAGE_BYTES_MAX: usize = 1024 * 1024;
/// Records that one part of a verification of the audit, or of its export, has.
pub const AUDIT_PART: u32 = 1_000;
/// Checkpoints of the audit that are shown.
pub const CHECKPOINTS_SHOWN_MAX: usize = 100;
/// Refusals recorded of one principal in a minute. The access log has all that it asked for.
pub const REFUSALS_OF_PRINCIPAL_MAX: u32 = 60;
/// Refusals recorded of strangers in a minute, of all together, wherever they come from.
pub const REFUSALS_OF_STRANGERS_MAX: u32 = 60;
/// Refusals recorded of strangers from one place in a minute: as many as there are wrong keys before it has to wait.
pub const REFUSALS_OF_SOURCE_MAX: u32 = ATTEMPTS_MAX;
/// Refusals recorded in a minute of requests that brought no key at all. They say nothing about anybody.
pub const REFUSALS_WITHOUT_KEY_MAX: u32 = 1;
/// Principals with a share of their own; those beyond have one together.
pub const REFUSAL_SHARES_MAX: usize = 4_096;
/// What a record says of a refusal, in bytes: callers choose much of it.
pub const REFUSAL_BYTES_MAX: usize = 500;
/// Values that one page of a plugin's state holds, in bytes; one key always fits.
pub const STATE_PAGE_BYTES_MAX: usize = 1024 * 1024;
/// Transitions of a plugin that are shown.
pub const HISTORY_SHOWN_MAX: u32 = 20;
/// Largest file with a certificate or its key, in bytes.
pub const TLS_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Events that one replay may name.
pub const REPLAY_EVENTS_NAMED_MAX: usize = 10_000;
/// Subscriptions that one replay may name.
pub const REPLAY_SUBSCRIPTIONS_NAMED_MAX: usize = 100;
/// Deliveries that one part of a replay's plan looks at in one go.
pub const PLAN_PAGE: usize = 1_000;
/// Deliveries that one request looks at to plan a replay.
pub const PLAN_SCAN_MAX: u64 = 10_000;
/// Events that a schema is inferred from where nothing else is said.
pub const INFER_EVENTS: u32 = 1_000;
/// Events that it is inferred from at most.
pub const INFER_EVENTS_MAX: u32 = 10_000;
/// Characters of the end of an id that stand for it at least.
pub const SUFFIX_CHARACTERS_MIN: usize = 6;
