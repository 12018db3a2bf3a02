//! The snapshot that publishers match against: replaced as a whole, read without a lock.

use std::sync::Arc;

use arc_swap::ArcSwap;
use panotti_core::event::Draft;
use panotti_core::routing::{Matcher, Matches, RuleSet};

/// The rules in force. Cheap to share.
#[derive(Debug, Default)]
pub struct Rules {
    current: ArcSwap<RuleSet>,
}

impl Rules {
    /// The rule set in force.
    pub fn current(&self) -> Arc<RuleSet> {
        self.current.load_full()
    }
}

impl Matcher for Rules {
    fn matches(&self, event: &Draft) -> Matches {
        self.current.load().matches(&event.topic)
    }

    fn replace(&self, rules: Arc<RuleSet>) {
        self.current.store(rules);
    }
}
