//! What one connection may send, how slowly, and how many there may be. The figures are those of safety.md 4.9; a test sends each at, below
//! and above.

use std::time::Duration;

/// Largest head of a request, its first line included, in bytes. Also what is read ahead of a connection.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most fields of a head.
pub const HEAD_FIELDS_MAX: usize = 64;
/// Longest path with its query, in bytes.
pub const URI_BYTES_MAX: usize = 4 * 1024;
/// How long a head may take from its first byte, and a TLS handshake from its beginning.
pub const HEAD_TIME_MAX: Duration = Duration::from_secs(5);
/// How long a connection may be open without a request.
pub const IDLE_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a body may take that is no stream of lines.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a body may take before its pace counts.
pub const BODY_TIME_FREE: Duration = Duration::from_secs(5);
/// Slowest pace of a body that is no stream of lines, in bytes a second.
pub const BODY_BYTES_PER_SECOND_MIN: u64 = 1024;
/// How long a client over the network may take nothing of an answer that is there for it.
pub const ANSWER_STALL_MAX: Duration = Duration::from_secs(30);
/// What a refused connection may try again after, in seconds.
pub const BUSY_RETRY_SECONDS: u64 = 1;
/// After how many seconds whoever is refused for a reason that goes by should try again, where the reason does not say it.
pub const RETRY_AFTER_SECONDS: u64 = 5;
/// How long an address's network is, in bits, when its connections are counted: whoever has an IPv6 network has all addresses of it.
pub const IPV6_NETWORK_BITS: u32 = 64;
/// After an error such as too many open files, so that accepting does not spin.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Before listening is tried again at an address that was taken.
pub const LISTEN_PAUSE: Duration = Duration::from_secs(5);
