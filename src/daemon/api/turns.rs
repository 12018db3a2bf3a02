//! Turns of those who read through the whole store: each principal has one page read at a time, however many exports and streams it has
//! begun, so that the readers are never all its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Whose turn it is. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Turns {
    by_principal: Arc<Mutex<BTreeMap<String, Weak<Semaphore>>>>,
}

/// A turn, until it is dropped. It keeps its principal known.
#[derive(Debug)]
pub struct Turn {
    _permit: OwnedSemaphorePermit,
    _of: Arc<Semaphore>,
}

impl Turns {
    /// Waits until nothing else of a principal has its turn.
    pub async fn take(&self, principal: &str) -> Turn {
        let of = self.of(principal);
        let permit = Arc::clone(&of).acquire_owned().await.expect("the semaphore is never closed");
        Turn { _permit: permit, _of: of }
    }

    fn of(&self, principal: &str) -> Arc<Semaphore> {
        let mut known = self.by_principal.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of) = known.get(principal).and_then(Weak::upgrade) {
            return of;
        }
        // Those who have nothing under way are forgotten.
        known.retain(|_, of| of.strong_count() > 0);
        let of = Arc::new(Semaphore::new(1));
        known.insert(principal.to_owned(), Arc::downgrade(&of));
        of
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn one_principal_has_one_turn_at_a_time_others_do_not_wait_for_it_and_who_has_none_is_forgotten() {
        let turns = Turns::default();
        let first = turns.take("key:a").now_or_never().expect("nobody is before it");
        let mut second = pin!(turns.take("key:a"));

        assert!(second.as_mut().now_or_never().is_none(), "its other one has the turn");
        assert!(turns.take("key:b").now_or_never().is_some());
        drop(first);
        let second = second.now_or_never().expect("its turn has come");

        drop(second);
        let _ = turns.take("key:c").now_or_never();
        let known: Vec<String> = turns.by_principal.lock().unwrap().keys().cloned().collect();
        assert_eq!(known, ["key:c"]);
    }
}
