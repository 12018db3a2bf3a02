//! How much a key may ask for in a time: a bucket that fills at an even rate, of requests and, apart from them, of events. It holds twice
//! what comes in a second, so that a burst is no offence. Costs two words a key and reads no store.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::time::Timestamp;

use super::limits::BURST_SECONDS;

/// Parts that a whole is counted in, so that what comes within a millisecond is not lost.
const PARTS: i64 = 1_000;

/// Rates of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Requests a second.
    pub requests: u64,
    /// Published events a second.
    pub events: u64,
}

/// The buckets of one key.
#[derive(Debug)]
pub struct KeyPace {
    /// Of requests.
    pub requests: Bucket,
    /// Of published events.
    pub events: Bucket,
}

impl KeyPace {
    /// Full ones.
    pub fn new(rates: Rates) -> Self {
        Self { requests: Bucket::new(rates.requests), events: Bucket::new(rates.events) }
    }
}

/// A bucket.
#[derive(Debug)]
pub struct Bucket {
    per_second: u64,
    level: Mutex<Level>,
}

#[derive(Debug)]
struct Level {
    /// In thousandths. Below zero where more was taken at once than there was.
    parts: i64,
    /// As of when; `None` before the first.
    at: Option<Timestamp>,
}

/// How a bucket stands after something was taken out, or was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What it holds when it is full.
    pub most: u64,
    /// What could be taken now.
    pub left: u64,
    /// How long until it is full again.
    pub full_in: Duration,
    /// How long until something can be taken; zero where it can be now.
    pub wait: Duration,
}

impl Bucket {
    fn new(per_second: u64) -> Self {
        let per_second = per_second.max(1);
        let parts = whole(per_second.saturating_mul(BURST_SECONDS));
        Self { per_second, level: Mutex::new(Level { parts, at: None }) }
    }

    /// Takes so much out. Where there is anything at all it is given, also more than there is: then the next one waits longer, so that
    /// what comes in one piece is never asked to come in smaller ones.
    ///
    /// # Errors
    /// Where there is nothing; nothing was taken then.
    pub fn take(&self, number: u64, now: Timestamp) -> Result<Standing, Standing> {
        let most = whole(self.per_second.saturating_mul(BURST_SECONDS));
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let passed_ms = level.at.map_or(0, |at| now.since(at).as_millis());
        // A thousandth a millisecond is one a second.
        let filled = i64::try_from(passed_ms.saturating_mul(u128::from(self.per_second))).unwrap_or(i64::MAX);
        level.parts = level.parts.saturating_add(filled).min(most);
        level.at = Some(level.at.map_or(now, |at| at.max(now)));
        let given = level.parts >= PARTS;
        if given {
            level.parts = level.parts.saturating_sub(whole(number));
        }
        let standing = self.standing(level.parts, most);
        if given { Ok(standing) } else { Err(standing) }
    }

    fn standing(&self, parts: i64, most: i64) -> Standing {
        let time_for = |parts: i64| Duration::from_millis(u64::try_from(parts.max(0)).unwrap_or(0).div_ceil(self.per_second));
        Standing {
            most: self.per_second.saturating_mul(BURST_SECONDS),
            left: u64::try_from(parts.max(0) / PARTS).unwrap_or(0),
            full_in: time_for(most.saturating_sub(parts)),
            wait: time_for(PARTS.saturating_sub(parts)),
        }
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(PARTS)
}

impl Standing {
    /// The header `RateLimit-Policy` for it (draft-ietf-httpapi-ratelimit-headers): what may be asked for, in how many seconds.
    pub fn policy(&self) -> String {
        format!("\"requests\";q={};w={BURST_SECONDS}", self.most)
    }

    /// The header `RateLimit` for it: what is left, and in how many seconds all of it is there again.
    pub fn header(&self) -> String {
        format!("\"requests\";r={};t={}", self.left, seconds(self.full_in))
    }

    /// The failure of whoever wanted more than there was.
    pub fn exceeded(&self, what: &str) -> Failure {
        let detail = format!("the key asks for more than {} {what} a second", self.most / BURST_SECONDS);
        Failure { retry_after: Some(seconds(self.wait).max(1)), ..Failure::new(ErrorCode::KEY_RATE_EXCEEDED, detail) }
    }
}

fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000 + ms)
    }

    fn taken(bucket: &Bucket, times: u32, now: Timestamp) -> usize {
        (0..times).filter(|_| bucket.take(1, now).is_ok()).count()
    }

    #[test]
    fn a_burst_is_twice_what_comes_in_a_second_and_then_the_rate_holds() {
        let bucket = Bucket::new(100);

        assert_eq!(taken(&bucket, 500, at(0)), 200);
        assert_eq!(taken(&bucket, 500, at(10)), 1, "one is there again after a hundredth of a second");
        assert_eq!(taken(&bucket, 500, at(14)), 0, "and less than one is none");
        assert_eq!(taken(&bucket, 500, at(20)), 1, "which is not lost");
        assert_eq!(taken(&bucket, 500, at(1_020)), 100);
        assert_eq!(taken(&bucket, 500, at(60_000)), 200, "however long nothing came");
        let taken: usize = (0..10_000).map(|ms| taken(&bucket, 3, at(60_000 + ms))).sum();
        assert!((998..=1_000).contains(&taken), "ten seconds are a thousand: {taken}");
    }

    #[test]
    fn what_comes_in_one_piece_is_given_whole_and_the_next_waits_for_it() {
        let bucket = Bucket::new(100);

        let given = bucket.take(500, at(0)).unwrap();
        assert_eq!((given.left, given.wait), (0, Duration::from_millis(3_010)));
        let refused = bucket.take(1, at(3_000)).unwrap_err();
        assert_eq!((refused.wait, refused.exceeded("events").retry_after), (Duration::from_millis(10), Some(1)));
        assert!(bucket.take(1, at(3_010)).is_ok());
    }

    #[test]
    fn the_headers_say_what_is_left() {
        let bucket = Bucket::new(2_000);
        let given = bucket.take(1, at(0)).unwrap();
        assert_eq!((given.policy(), given.header()), ("\"requests\";q=4000;w=2".to_owned(), "\"requests\";r=3999;t=1".to_owned()));
        taken(&bucket, 5_000, at(0));
        let refused = bucket.take(1, at(0)).unwrap_err();
        assert_eq!(refused.header(), "\"requests\";r=0;t=2");
    }
}
