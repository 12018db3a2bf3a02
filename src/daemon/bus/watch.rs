//! The live feed: what was published and how attempts ended, for those who watch. It never slows the bus: a slow reader loses notices
//! and is told how many.

use std::sync::Arc;

use panotti_core::action::Notice;
use panotti_core::event::StoredEvent;
use tokio::sync::broadcast;

use super::limits::FEED_NOTICES_MAX;

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
    /// An attempt ended.
    Outcome(Arc<Notice>),
}

/// The sending side. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Feed(broadcast::Sender<FeedItem>);

impl Default for Feed {
    fn default() -> Self {
        Self(broadcast::Sender::new(FEED_NOTICES_MAX))
    }
}

impl Feed {
    /// Whether anybody watches: if not, nothing needs to be made.
    pub fn is_watched(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// Tells everybody who watches of an event.
    pub fn published(&self, event: &StoredEvent) {
        let draft = event.draft.without_payload();
        let size_bytes = event.draft.payload.len() as u64;
        let event = StoredEvent { draft, matches: event.matches.clone(), keys: event.keys.clone(), ..*event };
        // An error means that the last reader has just gone.
        let _ = self.0.send(FeedItem::Published { event: Arc::new(event), size_bytes });
    }

    /// Tells everybody who watches how an attempt ended.
    pub fn outcome(&self, notice: Notice) {
        let _ = self.0.send(FeedItem::Outcome(Arc::new(notice)));
    }

    /// Watches from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<FeedItem> {
        self.0.subscribe()
    }
}
