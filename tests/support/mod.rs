//! What the flows stand on. Every wait is for a condition; the one pause is in [`until`].
//!
//! - `scratch`: a folder that goes with its value, an environment of its own, the program in it
//! - `daemon`: a daemon as a child process: started, killed, stopped, asked
//! - `http`: the API as `curl` would use it, over the local socket
//! - `random`: numbers from a seed

pub mod daemon;
pub mod http;
pub mod random;
pub mod scratch;

use std::time::{Duration, Instant};

/// How long anything may take before a test gives up: much longer than it ever should.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until the condition holds, and gives what it found.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    const PAUSE: Duration = Duration::from_millis(2);
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {} s", PATIENCE.as_secs());
        std::thread::sleep(PAUSE);
    }
}
