//! The live feed: what was published and how attempts ended, for those who watch. It never slows the bus: a slow reader loses notices
//! and is told how many. What is kept for slow readers is bounded in bytes, for all of them together.

use std::sync::Arc;

use panotti_core::action::Notice;
use panotti_core::event::StoredEvent;

use super::limits::FEED_BYTES_MAX;
use crate::daemon::ring::{Reader, Ring};

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum FeedItem {
    /// An event is on disk. Without its payload, so that a slow reader holds little memory.
    Published {
        /// The event, its payload taken out.
        event: Arc<StoredEvent>,
        /// Bytes of the payload.
        size_bytes: u64,
    },
    /// An attempt ended. Without what its plugin logged meanwhile, and what it emitted.
    Outcome(Arc<Notice>),
}

/// The sending side. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Feed(Ring<FeedItem>);

impl Default for Feed {
    fn default() -> Self {
        Self(Ring::new(FEED_BYTES_MAX))
    }
}

impl Feed {
    /// Whether anybody watches: if not, nothing needs to be made.
    pub fn is_watched(&self) -> bool {
        self.0.is_read()
    }

    /// Tells everybody who watches of an event.
    pub fn published(&self, event: &StoredEvent) {
        let draft = event.draft.without_payload();
        let size_bytes = event.draft.payload.len() as u64;
        let event = StoredEvent { draft, matches: event.matches.clone(), keys: event.keys.clone(), ..*event };
        let bytes = size_of::<FeedItem>() + event.bytes();
        self.0.say(FeedItem::Published { event: Arc::new(event), size_bytes }, bytes);
    }

    /// Tells everybody who watches how an attempt ended.
    pub fn outcome(&self, mut notice: Notice) {
        if let Some(attempt) = &mut notice.row.attempt {
            (attempt.log_tail, attempt.emitted) = (String::new(), Vec::new());
        }
        let bytes = size_of::<FeedItem>() + size_of::<Notice>() + texts(&notice);
        self.0.say(FeedItem::Outcome(Arc::new(notice)), bytes);
    }

    /// Watches from now on.
    pub fn subscribe(&self) -> Reader<FeedItem> {
        self.0.read()
    }
}

/// Bytes of the texts of a notice.
fn texts(notice: &Notice) -> usize {
    let attempt = notice.row.attempt.as_ref();
    let error = attempt.and_then(|attempt| attempt.error.as_ref());
    notice.topic.as_str().len()
        + notice.row.fingerprint.as_ref().map_or(0, String::len)
        + attempt.map_or(0, |attempt| attempt.plugin_version.len() + attempt.plugin_digest.len())
        + error.map_or(0, |error| error.class.len() + error.message.len() + error.place.as_ref().map_or(0, String::len))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use panotti_core::event::Draft;
    use panotti_protocol::id::{EventId, Sequence, uuid_v7};
    use panotti_protocol::time::Timestamp;

    use super::*;
    use crate::daemon::ring::Missed;

    fn event(sequence: u64, attribute: usize, payload: usize) -> StoredEvent {
        let mut draft = Draft::new("a.b".parse().unwrap(), "/test", "test", vec![b'x'; payload]);
        draft.subject = Some("s".repeat(attribute));
        StoredEvent {
            sequence: Sequence(sequence),
            eventid: EventId::from_bytes(uuid_v7(sequence, [0; 10])),
            accepted_at: Timestamp::from_ms(sequence),
            rules: 0,
            schema: None,
            matches: None,
            keys: Vec::new(),
            draft,
        }
    }

    #[test]
    fn what_is_kept_for_slow_watchers_is_bounded_in_bytes_however_large_events_are() {
        let feed = Feed::default();
        let mut slow: Vec<_> = (0..100).map(|_| feed.subscribe()).collect();
        for sequence in 1..=40_000 {
            feed.published(&event(sequence, 1_000, 10));
            assert!(feed.0.bytes() <= FEED_BYTES_MAX, "{}", feed.0.bytes());
        }
        for watcher in &mut slow {
            let missed = watcher.next().now_or_never().unwrap().map(drop);
            assert!(matches!(missed, Err(Missed(1..40_000))), "{missed:?}");
        }
        let before = feed.0.bytes();
        feed.published(&event(40_001, 1_000, 256 * 1024));
        assert!(feed.0.bytes() <= before + 1_000, "the payload itself is not kept");
    }
}
