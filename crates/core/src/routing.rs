//! Which subscriptions an event matches. The set is immutable and has a version; publishers match against a snapshot of it
//! before they reach the bus, and are asked again if it is no longer current (design decision 2).

use std::sync::Arc;
use std::time::Duration;

use panotti_protocol::api::{OnDead, OnDisabled, Tag, Turns};
use panotti_protocol::json::Value;
use panotti_protocol::topic::{Topic, TopicPattern};

use crate::event::Draft;
use crate::limits;
use crate::order::{KeyPath, Keyed, OrderKey};
use crate::retry::RetryPolicy;
use crate::schemas::{SchemaSet, Verdict};

/// A subscription in the store: small, never reused, recorded with each event it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SubscriptionId(pub u32);

/// What a plugin subscribes to: one entry of its manifest's `on:`, or one handler of its `ready`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionSpec {
    /// Its name within the plugin, by default the topic pattern; also the handler's name.
    pub name: String,
    /// Topics it gets.
    pub pattern: TopicPattern,
    /// Of these topics only the events that match this filter. Whoever makes a specification has compiled it.
    pub filter: Option<String>,
    /// Most calls of its handler at once.
    pub concurrency: u32,
    /// Most deliveries in one call of its handler: 1 where it takes one at a time.
    pub batch: u32,
    /// A handler's hard limit.
    pub timeout: Duration,
    /// What happens after a failed attempt.
    pub retry: RetryPolicy,
    /// What becomes of events that match while the plugin is disabled.
    pub on_disabled: OnDisabled,
    /// Where its ordering key is in an event; `None` takes the event's `orderingkey`.
    pub key: Option<KeyPath>,
    /// What a dead letter does to its key.
    pub on_dead: OnDead,
    /// How priorities take turns.
    pub turns: Turns,
}

impl SubscriptionSpec {
    /// A subscription to a pattern with every other choice at its default.
    pub fn new(pattern: TopicPattern) -> Self {
        Self {
            name: pattern.as_str().to_owned(),
            pattern,
            filter: None,
            concurrency: limits::CONCURRENCY,
            batch: 1,
            timeout: limits::HANDLER_TIMEOUT,
            retry: RetryPolicy::default(),
            on_disabled: OnDisabled::Hold,
            key: None,
            on_dead: OnDead::Continue,
            turns: Turns::Weighted,
        }
    }
}

/// One subscription as publishers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub subscription: SubscriptionId,
    /// The plugin it belongs to.
    pub plugin: String,
    /// Its name within the plugin.
    pub name: String,
    /// Topics it gets.
    pub pattern: TopicPattern,
    /// Of these topics only the events that match this filter.
    pub filter: Option<String>,
    /// Where its ordering key is in an event; `None` takes the event's `orderingkey`.
    pub key: Option<KeyPath>,
}

/// A stored filter that tags, as publishers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRule {
    /// Topics it looks at.
    pub pattern: TopicPattern,
    /// The filter.
    pub filter: String,
    /// What it tags with.
    pub tag: Tag,
}

/// The name of the subscriptions that a stored filter routes by.
pub fn made_by_filter(filter: &str) -> String {
    format!("{FILTER_PREFIX}{filter}")
}

/// Whether a subscription's name says that a stored filter made it. No manifest may use such a name.
pub fn is_made_by_a_filter(subscription: &str) -> bool {
    subscription.starts_with(FILTER_PREFIX)
}

const FILTER_PREFIX: &str = "filter:";

/// All subscriptions, with the version that events record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet {
    /// Counts up with every change.
    pub version: u64,
    /// In the order of their ids.
    pub rules: Vec<Rule>,
    /// Of the stored filters that tag.
    pub tags: Vec<TagRule>,
    /// Of the topics that have one that is not off.
    pub schemas: SchemaSet,
}

impl RuleSet {
    /// The subscriptions whose pattern fits, in the order of their ids. By the topic alone: filters are compiled and judged by whoever
    /// keeps the set for publishers.
    pub fn matches(&self, topic: &Topic) -> Matches {
        let subscriptions = self.rules.iter().filter(|rule| rule.pattern.matches(topic)).map(|rule| rule.subscription).collect();
        Matches { subscriptions, rules: self.version, ..Matches::default() }
    }

    /// Adds the ordering key of each subscription that matched. `data` parses the payload, and is called only where a path leads there.
    pub fn with_keys<'d>(&self, mut matches: Matches, event: &Draft, data: impl FnOnce() -> Option<&'d Value>) -> Matches {
        let matched = |rule: &&Rule| matches.subscriptions.binary_search(&rule.subscription).is_ok();
        let by_event = event.orderingkey.as_deref().map(|key| Keyed::By(OrderKey::of(key)));
        let reads_data = self.rules.iter().filter(matched).any(|rule| rule.key.as_ref().is_some_and(KeyPath::reads_data));
        let data = if reads_data { data() } else { None };
        let keyed = self.rules.iter().filter(matched).filter_map(|rule| {
            let found = rule.key.as_ref().map(|path| path.find(event, data)).or(by_event)?;
            Some((rule.subscription, found))
        });
        matches.keys = keyed.collect();
        matches
    }
}

/// What an event matched, and by which version of the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    /// The subscriptions that get a delivery, in the order of their ids.
    pub subscriptions: Vec<SubscriptionId>,
    /// What the ordering keys of some of them come to: of those whose manifest names a path, and of all where the event brings a key.
    pub keys: Vec<(SubscriptionId, Keyed)>,
    /// The rule set's version.
    pub rules: u64,
    /// Subscriptions whose filter asked for a field that the event does not have, or has with another type.
    pub missing: Vec<SubscriptionId>,
    /// Subscriptions whose filter took too many steps on the event, which therefore does not match them.
    pub gave_up: Vec<SubscriptionId>,
    /// What stored filters tag the event with.
    pub tags: Vec<Tag>,
    /// What the schema of its topic says of it.
    pub schema: Verdict,
}

/// Matches events for those who publish. The daemon's rules implement it; the bus tells it of every new rule set.
pub trait Matcher: Send + Sync {
    /// What the event matches now.
    fn matches(&self, event: &crate::event::Draft) -> Matches;
    /// Uses this set from now on.
    fn replace(&self, rules: Arc<RuleSet>);
}
