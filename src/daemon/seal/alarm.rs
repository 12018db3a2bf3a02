//! Events that do not read back as they were written: each is logged and told once, however often it is read. Bounded: a disk that loses
//! everything must not fill memory or the log too.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use panotti_protocol::id::Sequence;
use tokio::sync::Notify;

use super::Unfit;
use super::limits::CORRUPT_REMEMBERED_MAX;

/// See the module.
#[derive(Debug, Default)]
pub struct Alarm {
    inner: Mutex<Inner>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    found: BTreeSet<Sequence>,
    untold: Vec<Sequence>,
}

impl Alarm {
    /// An event did not fit.
    pub fn raise(&self, sequence: Sequence, why: Unfit) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.found.len() >= CORRUPT_REMEMBERED_MAX || !inner.found.insert(sequence) {
            return;
        }
        inner.untold.push(sequence);
        tracing::error!(%sequence, %why, "a stored event does not read back as it was written; it is never delivered");
        self.news.notify_one();
    }

    /// Events that did not fit since the start, up to [`CORRUPT_REMEMBERED_MAX`].
    pub fn number(&self) -> u64 {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).found.len() as u64
    }

    /// Waits for events that were not told of yet, and takes them.
    pub async fn untold(&self) -> Vec<Sequence> {
        loop {
            let untold = std::mem::take(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner).untold);
            if !untold.is_empty() {
                return untold;
            }
            self.news.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_event_that_is_read_again_and_again_is_told_once() {
        let alarm = Alarm::default();
        for sequence in [4, 4, 9, 4] {
            alarm.raise(Sequence(sequence), Unfit::Row);
        }

        assert_eq!(alarm.untold().await, [Sequence(4), Sequence(9)]);
        alarm.raise(Sequence(9), Unfit::Payload);
        alarm.raise(Sequence(10), Unfit::NoTag);
        assert_eq!(alarm.untold().await, [Sequence(10)]);
        assert_eq!(alarm.number(), 3);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let alarm = Alarm::default();
        (0..3 * CORRUPT_REMEMBERED_MAX as u64).for_each(|sequence| alarm.raise(Sequence(sequence), Unfit::Row));

        assert_eq!(alarm.number(), CORRUPT_REMEMBERED_MAX as u64);
    }
}
