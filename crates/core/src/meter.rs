//! Measured times in buckets that grow by a quarter, so that few numbers tell quantiles of anything between a millisecond and hours.

use std::time::Duration;

/// Buckets in all; the last takes everything that is longer.
pub const BUCKETS: usize = 81;
/// Buckets that a time ten times as long is further on.
const PER_DECADE: f64 = 10.0;

/// Measurements that are no part of any write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// Publisher's call to handler's start: buckets with how many fell in each.
    pub latency: Vec<(u8, u64)>,
}

/// The bucket of a time: 0 is up to a millisecond.
pub fn bucket(time: Duration) -> usize {
    let ms = time.as_secs_f64() * 1_000.0;
    if ms <= 1.0 {
        return 0;
    }
    let place = (ms.log10() * PER_DECADE).ceil();
    // Far below the type's limit, and never negative.
    (place as usize).min(BUCKETS - 1)
}

/// The longest time of a bucket, in milliseconds.
pub fn upper_ms(bucket: u8) -> f64 {
    10_f64.powf(f64::from(bucket) / PER_DECADE)
}

/// The time that a share of all are no longer than, in milliseconds. The buckets come in order, each with its number.
pub fn quantile(buckets: &[(u8, u64)], share: f64) -> Option<f64> {
    let all: u64 = buckets.iter().map(|(_, number)| number).sum();
    let wanted = (all as f64 * share).ceil().max(1.0);
    let mut seen = 0;
    let found = buckets.iter().find(|(_, number)| {
        seen += number;
        seen as f64 >= wanted
    })?;
    Some((upper_ms(found.0) * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_is_at_most_a_quarter_below_its_end() {
        for ms in [1, 2, 3, 7, 10, 18, 99, 1_000, 60_000, 3_600_000] {
            let upper = upper_ms(u8::try_from(bucket(Duration::from_millis(ms))).unwrap());
            assert!(upper >= ms as f64 * 0.999 && upper <= ms as f64 * 1.26, "{ms} ms stand as {upper}");
        }
        assert_eq!(bucket(Duration::from_micros(3)), 0);
        assert_eq!(bucket(Duration::from_secs(999_999_999)), BUCKETS - 1);
    }

    #[test]
    fn a_quantile_is_the_end_of_the_bucket_that_reaches_the_share() {
        let buckets = [(0, 50), (10, 45), (20, 5)];

        assert_eq!(quantile(&buckets, 0.5), Some(1.0));
        assert_eq!(quantile(&buckets, 0.95), Some(10.0));
        assert_eq!(quantile(&buckets, 0.99), Some(100.0));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
