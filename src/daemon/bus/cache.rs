//! Events that were just published and are about to be sent, so that a delivery reads no database. Bounded in bytes; the oldest go
//! first, and whoever misses one reads it from the store.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use panotti_core::event::SharedEvent;
use panotti_protocol::id::Sequence;
use panotti_protocol::time::Timestamp;

use super::limits::CACHE_BYTES_MAX;

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct EventCache(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    events: HashMap<Sequence, (SharedEvent, Timestamp)>,
    order: VecDeque<(Sequence, usize)>,
    bytes: usize,
}

/// What an event costs beside its bytes: what the allocator adds to its eight or so strings, its places in the map and the queue.
const OVERHEAD_BYTES: usize = 512;

impl EventCache {
    /// Keeps an event, with the time at which its publisher called: of the first publisher of its batch, so not later.
    pub fn insert(&self, event: SharedEvent, called_at: Timestamp) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = event.bytes() + OVERHEAD_BYTES;
        inner.bytes += bytes;
        inner.order.push_back((event.sequence, bytes));
        inner.events.insert(event.sequence, (event, called_at));
        while inner.bytes > CACHE_BYTES_MAX {
            let Some((oldest, bytes)) = inner.order.pop_front() else { break };
            inner.bytes -= bytes;
            inner.events.remove(&oldest);
        }
    }

    /// Finds an event.
    pub fn get(&self, sequence: Sequence) -> Option<(SharedEvent, Timestamp)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).events.get(&sequence).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use panotti_core::event::{Draft, StoredEvent};
    use panotti_protocol::id::{EventId, uuid_v7};

    #[test]
    fn the_oldest_events_go_when_the_bytes_are_used_up() {
        let cache = EventCache::default();
        let megabyte = 1024 * 1024;
        for sequence in 1..=40 {
            let draft = Draft::new("a".parse().unwrap(), "", "", vec![0; megabyte]);
            let eventid = EventId::from_bytes(uuid_v7(sequence, [0; 10]));
            let accepted_at = Timestamp::from_ms(sequence);
            let event = StoredEvent {
                sequence: Sequence(sequence),
                eventid,
                accepted_at,
                rules: 0,
                schema: None,
                matches: None,
                keys: Vec::new(),
                draft,
            };
            cache.insert(Arc::new(event), accepted_at);
        }

        assert!(cache.get(Sequence(1)).is_none());
        assert!(cache.get(Sequence(40)).is_some());
        assert!(cache.0.lock().unwrap().bytes <= CACHE_BYTES_MAX);
    }
}
