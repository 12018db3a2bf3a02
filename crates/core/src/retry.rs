//! When a failed delivery is tried again (semantics rule 7).

use std::time::Duration;

use crate::limits::{BACKOFF_CAP, BACKOFF_FACTOR, BACKOFF_FIRST, RETRIES, RETRY_DELAY_MAX, RETRY_DELAY_MIN};
use crate::random::Random;

/// How often and how soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Retries after the first attempt.
    pub max: u32,
    /// First step.
    pub first: Duration,
    /// Each step is this many times the one before.
    pub factor: u32,
    /// No step is longer.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max: RETRIES, first: BACKOFF_FIRST, factor: BACKOFF_FACTOR, cap: BACKOFF_CAP }
    }
}

impl RetryPolicy {
    /// Attempts in all before a delivery dies.
    pub fn attempts_max(&self) -> u32 {
        self.max + 1
    }

    /// The backoff after `attempts` counted attempts (1 or more): between half and all of its step, at least 100 ms.
    pub fn backoff(&self, attempts: u32, random: &mut Random) -> Duration {
        let step = step(self.first, self.factor, attempts.saturating_sub(1), self.cap);
        let half = step / 2;
        (half + random.up_to(step - half)).max(RETRY_DELAY_MIN)
    }

    /// The delay a handler asked for, within what is allowed.
    pub fn asked(after: Duration) -> Duration {
        after.clamp(RETRY_DELAY_MIN, RETRY_DELAY_MAX)
    }
}

/// `min(first x factor^exponent, cap)` without overflow.
pub(crate) fn step(first: Duration, factor: u32, exponent: u32, cap: Duration) -> Duration {
    let mut step = first;
    for _ in 0..exponent {
        if step >= cap {
            break;
        }
        step = step.saturating_mul(factor);
    }
    step.min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_07_the_delays_are_between_half_and_all_of_1_5_and_25_seconds() {
        let policy = RetryPolicy::default();
        for seed in 0..500 {
            let mut random = Random::new(seed);
            for (attempts, whole) in [(1, 1_000), (2, 5_000), (3, 25_000), (9, 300_000)] {
                let delay = policy.backoff(attempts, &mut random).as_millis();
                assert!((whole / 2..=whole).contains(&delay), "attempt {attempts}: {delay} ms");
            }
        }
    }

    #[test]
    fn rule_07_nothing_is_delivered_again_within_100_ms() {
        let hasty = RetryPolicy { first: Duration::from_millis(1), ..RetryPolicy::default() };

        assert_eq!(hasty.backoff(1, &mut Random::new(1)), RETRY_DELAY_MIN);
        assert_eq!(RetryPolicy::asked(Duration::ZERO), RETRY_DELAY_MIN);
        assert_eq!(RetryPolicy::asked(Duration::from_secs(999_999)), RETRY_DELAY_MAX);
    }
}
