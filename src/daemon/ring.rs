//! What was said last, for readers who may be slow: the newest of it, within so many bytes for all readers together. Whoever says something
//! never waits; a reader that falls behind misses the oldest and is told how much.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// The saying side. Cheap to clone.
#[derive(Debug)]
pub struct Ring<T>(Arc<Shared<T>>);

impl<T> Clone for Ring<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Shared<T> {
    bytes_max: usize,
    kept: Mutex<Kept<T>>,
    /// Wakes readers. There is one receiver for each.
    said: watch::Sender<()>,
}

#[derive(Debug)]
struct Kept<T> {
    /// What was said, with what each takes.
    items: VecDeque<(T, usize)>,
    /// The number of the first of them.
    first: u64,
    bytes: usize,
}

impl<T> Kept<T> {
    fn end(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    fn forget_first(&mut self) {
        if let Some((_, bytes)) = self.items.pop_front() {
            self.first += 1;
            self.bytes -= bytes;
        }
    }
}

/// So much was said and is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed(pub u64);

impl<T: Clone> Ring<T> {
    /// An empty one that keeps so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        let kept = Kept { items: VecDeque::new(), first: 0, bytes: 0 };
        Self(Arc::new(Shared { bytes_max, kept: Mutex::new(kept), said: watch::Sender::new(()) }))
    }

    /// Whether anybody reads: if not, nothing needs to be said.
    pub fn is_read(&self) -> bool {
        self.0.said.receiver_count() > 0
    }

    /// Tells all readers something that takes so many bytes. One thing always fits. Without a reader nothing is kept.
    pub fn say(&self, item: T, bytes: usize) {
        let mut kept = self.0.kept();
        if !self.is_read() {
            return;
        }
        kept.items.push_back((item, bytes));
        kept.bytes += bytes;
        while kept.bytes > self.0.bytes_max && kept.items.len() > 1 {
            kept.forget_first();
        }
        drop(kept);
        self.0.said.send_replace(());
    }

    /// Reads what is said from now on.
    pub fn read(&self) -> Reader<T> {
        let kept = self.0.kept();
        Reader { place: kept.end(), said: self.0.said.subscribe(), shared: Arc::clone(&self.0) }
    }

    /// Bytes that are kept for all readers.
    pub fn bytes(&self) -> usize {
        self.0.kept().bytes
    }
}

impl<T> Shared<T> {
    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One reader.
#[derive(Debug)]
pub struct Reader<T> {
    /// The number of what it reads next.
    place: u64,
    said: watch::Receiver<()>,
    shared: Arc<Shared<T>>,
}

impl<T: Clone> Reader<T> {
    /// The next that was said. Waits where it has heard everything; nothing is lost where the waiting is given up.
    ///
    /// # Errors
    /// [`Missed`] where it was too slow: then it goes on with the oldest that is still there.
    pub async fn next(&mut self) -> Result<T, Missed> {
        loop {
            // Before the look: what is said after it wakes the reader.
            self.said.mark_unchanged();
            if let Some(found) = self.look() {
                return found;
            }
            if self.said.changed().await.is_err() {
                // The sender is in what this reader itself holds.
                std::future::pending::<()>().await;
            }
        }
    }

    fn look(&mut self) -> Option<Result<T, Missed>> {
        let kept = self.shared.kept();
        if self.place < kept.first {
            let missed = kept.first - self.place;
            self.place = kept.first;
            return Some(Err(Missed(missed)));
        }
        let offset = usize::try_from(self.place - kept.first).ok()?;
        let (item, _) = kept.items.get(offset)?;
        self.place += 1;
        Some(Ok(item.clone()))
    }
}

impl<T> Drop for Reader<T> {
    fn drop(&mut self) {
        let mut kept = self.shared.kept();
        // The last reader: nobody will ask for what is there.
        if self.shared.said.receiver_count() == 1 {
            kept.first = kept.end();
            (kept.items, kept.bytes) = (VecDeque::new(), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// What a reader hears without waiting.
    fn heard(reader: &mut Reader<u64>) -> Vec<Result<u64, Missed>> {
        std::iter::from_fn(|| reader.next().now_or_never()).collect()
    }

    #[test]
    fn a_reader_that_reads_nothing_holds_no_more_than_the_bytes_of_all_and_is_told_what_it_missed() {
        let ring = Ring::new(1_000);
        let (mut slow, mut quick) = (ring.read(), ring.read());
        for number in 0..10_000 {
            ring.say(number, 300);
            assert!(ring.bytes() <= 1_000, "{} bytes after {number}", ring.bytes());
            assert_eq!(heard(&mut quick), [Ok(number)]);
        }
        assert_eq!(heard(&mut slow), [Err(Missed(9_997)), Ok(9_997), Ok(9_998), Ok(9_999)]);
        assert!(heard(&mut slow).is_empty());
    }

    #[test]
    fn one_thing_always_fits() {
        let ring = Ring::new(1_000);
        let mut reader = ring.read();
        ring.say(1, 999);
        ring.say(2, 5_000);
        assert_eq!(heard(&mut reader), [Err(Missed(1)), Ok(2)]);
        ring.say(3, 1_000);
        assert_eq!((ring.bytes(), heard(&mut reader)), (1_000, vec![Ok(3)]));
    }

    #[test]
    fn without_a_reader_nothing_is_kept() {
        let ring = Ring::new(1_000);
        ring.say(1, 10);
        assert_eq!((ring.is_read(), ring.bytes()), (false, 0));
        let first = ring.read();
        let mut second = ring.read();
        ring.say(2, 10);
        drop(first);
        assert_eq!((heard(&mut second), ring.bytes()), (vec![Ok(2)], 10));
        drop(second);
        assert_eq!((ring.is_read(), ring.bytes()), (false, 0));
        assert!(heard(&mut ring.read()).is_empty(), "who comes later hears nothing of before");
    }

    #[tokio::test]
    async fn a_reader_waits_until_something_is_said() {
        let ring = Ring::new(1_000);
        let mut reader = ring.read();
        let waiting = tokio::spawn(async move { reader.next().await });
        tokio::task::yield_now().await;
        ring.say(7, 1);
        assert_eq!(waiting.await.unwrap(), Ok(7));
    }
}
