//! A pace: so many items a second, in short bursts. It says when the next may go; who uses it waits.

use std::time::Duration;

use panotti_protocol::time::Timestamp;

/// Lets so many items through a second, in bursts of at most a tenth of a second.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    per_second: u64,
    /// Millionths of an item.
    allowance: u64,
    at: Timestamp,
}

/// One item, in the unit of the allowance.
const ITEM: u64 = 1_000_000;

impl Pace {
    pub(crate) fn new(per_second: usize, now: Timestamp) -> Self {
        Self { per_second: per_second as u64, allowance: ITEM, at: now }
    }

    /// One that begins with a whole burst.
    pub(crate) fn with_burst(per_second: usize, now: Timestamp) -> Self {
        let pace = Self::new(per_second, now);
        Self { allowance: pace.burst(), ..pace }
    }

    fn burst(&self) -> u64 {
        (self.per_second * ITEM / 10).max(ITEM)
    }

    /// Whether the next may go now.
    pub(crate) fn ready(&mut self, now: Timestamp) -> bool {
        self.ready_for(1, now)
    }

    /// Whether so many may go now: no more than a burst.
    pub(crate) fn ready_for(&mut self, items: usize, now: Timestamp) -> bool {
        if self.per_second == 0 {
            return true;
        }
        let elapsed = u64::try_from(now.since(self.at).as_millis()).unwrap_or(u64::MAX);
        self.allowance = self.allowance.saturating_add(elapsed.saturating_mul(self.per_second * 1_000)).min(self.burst());
        self.at = self.at.max(now);
        self.allowance >= items as u64 * ITEM
    }

    /// So many have gone.
    pub(crate) fn spend(&mut self, items: usize) {
        if self.per_second > 0 {
            self.allowance = self.allowance.saturating_sub(items as u64 * ITEM);
        }
    }

    /// When the next may go, as of the last time that was asked.
    pub(crate) fn next(&self, now: Timestamp) -> Timestamp {
        self.next_for(1, now)
    }

    /// When so many may go, as of the last time that was asked.
    pub(crate) fn next_for(&self, items: usize, now: Timestamp) -> Timestamp {
        let wanted = items as u64 * ITEM;
        if self.per_second == 0 || self.allowance >= wanted {
            return now;
        }
        now + Duration::from_millis((wanted - self.allowance).div_ceil(self.per_second * 1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_10_a_replay_starts_so_many_a_second_and_not_more() {
        let mut pace = Pace::new(200, Timestamp::from_ms(0));
        let mut started = 0;
        for ms in 0..=10_000 {
            while pace.ready(Timestamp::from_ms(ms)) {
                pace.spend(1);
                started += 1;
            }
        }
        assert_eq!(started, 2_001);
    }

    #[test]
    fn a_slow_pace_says_when_the_next_item_may_start() {
        let mut pace = Pace::new(3, Timestamp::from_ms(0));
        assert!(pace.ready(Timestamp::from_ms(0)));
        pace.spend(1);
        let next = pace.next(Timestamp::from_ms(0));
        assert_eq!(next, Timestamp::from_ms(334));
        assert!(!pace.ready(Timestamp::from_ms(333)));
        assert!(pace.ready(next));
    }
}
