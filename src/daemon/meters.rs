//! What is measured while the daemon runs and is no part of any write: how long events take to their handlers, and the processor time of
//! the daemon. Counters in memory; maintenance puts the first into the store every minute.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use panotti_core::meter::Measured;
use panotti_core::meter::{BUCKETS, bucket};

/// Says that nothing was measured yet.
const UNKNOWN: u64 = u64::MAX;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Meters(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    latency: [AtomicU64; BUCKETS],
    /// Thousandths of one processor.
    processor: AtomicU64,
}

impl Default for Meters {
    fn default() -> Self {
        let latency = std::array::from_fn(|_| AtomicU64::new(0));
        Self(Arc::new(Inner { latency, processor: AtomicU64::new(UNKNOWN) }))
    }
}

impl Meters {
    /// An event was handed to its handler so long after its publisher had called.
    pub fn handed_over(&self, latency: Duration) {
        self.0.latency[bucket(latency)].fetch_add(1, Ordering::Relaxed);
    }

    /// Takes what was counted since the last time.
    pub fn take(&self) -> Measured {
        let taken = self.0.latency.iter().map(|number| number.swap(0, Ordering::Relaxed));
        // There are fewer buckets than a byte can number.
        let latency = (0..).zip(taken).filter(|(_, number)| *number > 0).collect();
        Measured { latency }
    }

    /// What was counted since it was last taken; it stays counted.
    pub fn look(&self) -> Measured {
        let numbers = self.0.latency.iter().map(|number| number.load(Ordering::Relaxed));
        Measured { latency: (0..).zip(numbers).filter(|(_, number)| *number > 0).collect() }
    }

    /// Counts again what could not be stored.
    pub fn put_back(&self, measured: &Measured) {
        for (bucket, number) in &measured.latency {
            self.0.latency[usize::from(*bucket)].fetch_add(*number, Ordering::Relaxed);
        }
    }

    /// The daemon used so much processor time in a time.
    pub fn set_processor_share(&self, used: Duration, over: Duration) {
        if !over.is_zero() {
            let thousandths = used.as_secs_f64() / over.as_secs_f64() * 1_000.0;
            self.0.processor.store(thousandths as u64, Ordering::Relaxed);
        }
    }

    /// Share of one processor that was used in the last whole minute; `None` before there was one.
    pub fn processor_share(&self) -> Option<f64> {
        match self.0.processor.load(Ordering::Relaxed) {
            UNKNOWN => None,
            thousandths => Some(thousandths as f64 / 1_000.0),
        }
    }
}

/// Processor time of this process; `None` where the system does not tell it in `/proc`.
pub fn processor_time() -> Option<Duration> {
    /// Linux counts in hundredths of a second for everybody who reads this file.
    const TICK: Duration = Duration::from_millis(10);
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in parentheses and may have spaces; user and system time are the 14th and 15th field.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(TICK * user + TICK * system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_counted_once_and_what_is_put_back_again() {
        let meters = Meters::default();
        meters.handed_over(Duration::from_millis(1));
        meters.handed_over(Duration::from_secs(1));

        let looked = meters.look();
        let taken = meters.take();

        assert_eq!(looked, taken);
        assert_eq!(taken.latency, [(0, 1), (30, 1)]);
        assert_eq!(meters.take(), Measured::default());
        meters.put_back(&taken);
        assert_eq!(meters.take(), taken);
    }

    #[test]
    fn the_share_of_a_processor_is_known_after_the_first_minute() {
        let meters = Meters::default();

        assert_eq!(meters.processor_share(), None);
        meters.set_processor_share(Duration::from_secs(3), Duration::from_secs(60));
        assert_eq!(meters.processor_share(), Some(0.05));
        assert!(processor_time().is_some_and(|time| time < Duration::from_secs(3_600)));
    }
}
