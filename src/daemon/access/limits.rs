//! Bounds on who may try keys, and how often. How much one key may ask for is a setting (`limits.key_*`).

use std::time::Duration;

/// Wrong keys of one source within a minute, after which it waits.
pub const ATTEMPTS_MAX: u32 = 10;
/// Wrong keys of all sources within a minute, at which there is an alarm.
pub const ALARM_ATTEMPTS: u32 = 100;
/// The first wait; each one after it is twice as long.
pub const WAIT_FIRST: Duration = Duration::from_secs(60);
/// No wait is longer.
pub const WAIT_MAX: Duration = Duration::from_secs(15 * 60);
/// Sources that are remembered.
pub const SOURCES_MAX: usize = 4_096;
/// A source that has been quiet for so long begins anew.
pub const FORGOTTEN: Duration = Duration::from_secs(30 * 60);
/// Seconds' worth of requests, and of events, that a key may ask for at once.
pub const BURST_SECONDS: u64 = 2;
