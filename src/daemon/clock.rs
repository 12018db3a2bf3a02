//! The only source of time and randomness in the daemon. Time never goes back while the daemon runs: it is the wall clock at the
//! start plus what the monotonic clock has measured since, so that a jump of the wall clock moves no timer (safety.md D9).

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use panotti_protocol::time::Timestamp;

/// The daemon's clock. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    wall_at_start: Timestamp,
    start: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock {
    /// Begins with the wall clock of now.
    pub fn new() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall_at_start = Timestamp::from_ms(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX));
        Self { wall_at_start, start: Instant::now() }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.wall_at_start + self.start.elapsed()
    }

    /// The monotonic instant at which [`Clock::now`] will say `at`.
    pub fn instant(&self, at: Timestamp) -> Instant {
        self.start + at.since(self.wall_at_start)
    }
}

/// Random bytes from the system, fit for ids and seeds that nobody can guess. At most 256, which the system gives whole.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    const { assert!(N <= 256) };
    let mut bytes = [0; N];
    rustix::rand::getrandom(bytes.as_mut_slice(), rustix::rand::GetRandomFlags::empty())
        .expect("the system's random source does not fail once the system is up");
    bytes
}

/// A seed that nobody can guess.
pub fn random_seed() -> u64 {
    u64::from_be_bytes(random_bytes())
}
