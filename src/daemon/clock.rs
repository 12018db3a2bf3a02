//! The only source of time and randomness in the daemon. Time never goes back while the daemon runs: it is the wall clock at the
//! start plus what the monotonic clock has measured since, so that a jump of the wall clock moves no timer (safety.md D9).

#[cfg(any(test, feature = "defects"))]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use panotti_protocol::time::Timestamp;

/// The daemon's clock. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    wall_at_start: Timestamp,
    start: Instant,
    /// Milliseconds since 1970 that a test sets instead. Only in tests.
    #[cfg(any(test, feature = "defects"))]
    by_hand: Option<&'static AtomicU64>,
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
        Self {
            wall_at_start,
            start: Instant::now(),
            #[cfg(any(test, feature = "defects"))]
            by_hand: None,
        }
    }

    /// A clock for tests, which moves only when the milliseconds since 1970 that it shows are set.
    #[cfg(any(test, feature = "defects"))]
    pub fn by_hand(shown_ms: &'static AtomicU64) -> Self {
        Self { by_hand: Some(shown_ms), ..Self::new() }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        #[cfg(any(test, feature = "defects"))]
        if let Some(shown_ms) = self.by_hand {
            return Timestamp::from_ms(shown_ms.load(Ordering::SeqCst));
        }
        self.wall_at_start + self.start.elapsed()
    }

    /// The monotonic instant at which [`Clock::now`] will say `at`.
    pub fn instant(&self, at: Timestamp) -> Instant {
        #[cfg(any(test, feature = "defects"))]
        if self.by_hand.is_some() {
            return Instant::now() + at.since(self.now());
        }
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
