//! The snapshot that publishers match against: replaced as a whole, read without a lock.

use std::sync::Arc;

use arc_swap::ArcSwap;
use panotti_core::event::{Draft, JSON};
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
        let rules = self.current.load();
        let json = event.datacontenttype == JSON || event.datacontenttype.ends_with("+json");
        let data = || json.then(|| serde_json::from_slice(&event.payload).ok()).flatten();
        rules.with_keys(rules.matches(&event.topic), event, data)
    }

    fn replace(&self, rules: Arc<RuleSet>) {
        self.current.store(rules);
    }
}
