//! The snapshot that publishers match against: topics, compiled filters, compiled schemas. Replaced as a whole, read without a lock; an event is matched
//! in its publisher's task.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use panotti_core::event::Draft;
use panotti_core::routing::{Matcher, Matches, RuleSet};
use panotti_core::schemas::TopicSchema;
use panotti_filter::expression::Filter;
use panotti_filter::schema::Schema;
use panotti_protocol::topic::Topic;

use super::clock::Clock;
use super::{event_schema, event_view};

/// Compiled schemas that are kept for the rule sets about to come.
const READY_MAX: usize = 16;

/// The rules in force. Cheap to share.
#[derive(Debug)]
pub struct Rules {
    current: ArcSwap<Compiled>,
    ready: Mutex<VecDeque<(Arc<str>, Arc<Schema>)>>,
    clock: Clock,
}

/// A rule set with its filters compiled.
#[derive(Debug, Default)]
struct Compiled {
    set: Arc<RuleSet>,
    /// By their text: many subscriptions may have the same.
    filters: HashMap<String, Arc<Filter>>,
    schemas: HashMap<Topic, (TopicSchema, Arc<Schema>)>,
}

impl Rules {
    /// No rules yet. The clock tells the time of events that have none of their own.
    pub fn new(clock: Clock) -> Self {
        Self { current: ArcSwap::default(), ready: Mutex::default(), clock }
    }

    /// The rule set in force.
    pub fn current(&self) -> Arc<RuleSet> {
        Arc::clone(&self.current.load().set)
    }

    /// Keeps a compiled schema that is about to come into force, so that it need not be compiled on the bus's thread.
    pub fn keep_ready(&self, text: &Arc<str>, schema: Schema) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.push_back((Arc::clone(text), Arc::new(schema)));
        if ready.len() > READY_MAX {
            ready.pop_front();
        }
    }

    /// The schemas of a rule set, compiled: those that are known are not compiled again.
    fn schemas_of(&self, rules: &RuleSet, before: &Compiled) -> HashMap<Topic, (TopicSchema, Arc<Schema>)> {
        let mut schemas = HashMap::with_capacity(rules.schemas.len());
        for (topic, wanted) in rules.schemas.iter() {
            let known = before.schemas.get(topic).filter(|(known, _)| known.text == wanted.text).map(|(_, schema)| Arc::clone(schema));
            let compiled = known.or_else(|| self.take_ready(&wanted.text)).map_or_else(|| Schema::compile(&wanted.text).map(Arc::new), Ok);
            match compiled {
                Ok(schema) => drop(schemas.insert(topic.clone(), (wanted.clone(), schema))),
                // It compiled when it came into force, in another version perhaps. No event may be lost for it.
                Err(problems) => tracing::error!(%topic, ?problems, "a schema does not compile; the events of its topic are not checked"),
            }
        }
        schemas
    }

    fn take_ready(&self, text: &Arc<str>) -> Option<Arc<Schema>> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let place = ready.iter().position(|(known, _)| known == text)?;
        ready.remove(place).map(|(_, schema)| schema)
    }
}

impl Matcher for Rules {
    fn matches(&self, event: &Draft) -> Matches {
        let current = self.current.load();
        let mut matches = Matches { rules: current.set.version, ..Matches::default() };
        let view = event_view::of_draft(event, self.clock.now());
        for rule in current.set.rules.iter().filter(|rule| rule.pattern.matches(&event.topic)) {
            let Some(filter) = rule.filter.as_ref().and_then(|text| current.filters.get(text)) else {
                matches.subscriptions.push(rule.subscription);
                continue;
            };
            let found = filter.evaluate(&view);
            if found.matched {
                matches.subscriptions.push(rule.subscription);
            }
            if found.missing {
                matches.missing.push(rule.subscription);
            }
            if found.gave_up {
                matches.gave_up.push(rule.subscription);
            }
        }
        for rule in current.set.tags.iter().filter(|rule| rule.pattern.matches(&event.topic)) {
            if current.filters.get(&rule.filter).is_some_and(|filter| filter.evaluate(&view).matched) && !matches.tags.contains(&rule.tag) {
                matches.tags.push(rule.tag.clone());
            }
        }
        if let Some((known, schema)) = current.schemas.get(&event.topic) {
            matches.schema = event_schema::verdict(known, schema, event, || view.data());
        }
        current.set.with_keys(matches, event, || view.data())
    }

    fn replace(&self, rules: Arc<RuleSet>) {
        let before = self.current.load();
        let mut filters = HashMap::new();
        let subscribing = rules.rules.iter().filter_map(|rule| Some((rule.filter.as_ref()?, format!("{}/{}", rule.plugin, rule.name))));
        let tagging = rules.tags.iter().map(|rule| (&rule.filter, format!("tag {}", rule.tag)));
        for (text, used_by) in subscribing.chain(tagging) {
            if filters.contains_key(text) {
                continue;
            }
            let compiled = match before.filters.get(text) {
                Some(known) => Arc::clone(known),
                None => match Filter::compile(text) {
                    Ok(filter) => Arc::new(filter),
                    // It compiled when it was registered, by another version perhaps. No event may be lost for it.
                    Err(problem) => {
                        tracing::error!(%used_by, %problem, "a filter does not compile; its subscription gets every event of its topics");
                        continue;
                    }
                },
            };
            filters.insert(text.clone(), compiled);
        }
        let schemas = self.schemas_of(&rules, &before);
        self.current.store(Arc::new(Compiled { set: rules, filters, schemas }));
    }
}

#[cfg(test)]
mod tests {
    use panotti_core::routing::{Rule, SubscriptionId};

    use super::*;

    fn rule(number: u32, pattern: &str, filter: Option<&str>) -> Rule {
        Rule {
            subscription: SubscriptionId(number),
            plugin: "p".to_owned(),
            name: number.to_string(),
            pattern: pattern.parse().unwrap(),
            filter: filter.map(str::to_owned),
            key: None,
        }
    }

    fn ids(found: &[SubscriptionId]) -> Vec<u32> {
        found.iter().map(|id| id.0).collect()
    }

    #[test]
    fn section_4_a_subscription_gets_the_events_of_its_topics_that_its_filter_lets_through() {
        let rules = Rules::new(Clock::new());
        let (long, missing) = (Some("data.n > 5"), Some("data.nobody > 5 || type == 'a.c'"));
        let set = vec![rule(1, "a.*", None), rule(2, "a.*", long), rule(3, "a.b", missing), rule(4, "x.*", long), rule(5, ">", missing)];
        rules.replace(Arc::new(RuleSet { version: 7, rules: set, ..RuleSet::default() }));
        let publish = |topic: &str, payload: &str| rules.matches(&Draft::new(topic.parse().unwrap(), "/x", "user:x", payload.into()));

        let short = publish("a.b", "{\"n\": 3}");
        assert_eq!((ids(&short.subscriptions), ids(&short.missing), short.rules), (vec![1], vec![3, 5], 7));
        let long = publish("a.c", "{\"n\": 9}");
        assert_eq!((ids(&long.subscriptions), ids(&long.missing)), (vec![1, 2, 5], vec![5]));
        let none = publish("x.y", "");
        assert_eq!((ids(&none.subscriptions), ids(&none.missing)), (vec![], vec![4, 5]));
    }

    #[test]
    fn a_rule_set_that_replaces_another_keeps_the_filters_that_both_have() {
        let rules = Rules::new(Clock::new());
        rules.replace(Arc::new(RuleSet {
            version: 1,
            rules: vec![rule(1, "a", Some("data.n > 1")), rule(2, "a", Some("data.n > 2"))],
            ..RuleSet::default()
        }));
        let before = Arc::clone(&rules.current.load().filters["data.n > 2"]);
        rules.replace(Arc::new(RuleSet {
            version: 2,
            rules: vec![rule(2, "a", Some("data.n > 2")), rule(3, "a", Some("data.n > 2"))],
            ..RuleSet::default()
        }));
        let filters = &rules.current.load().filters;
        assert!(filters.len() == 1 && Arc::ptr_eq(&before, &filters["data.n > 2"]));
    }
}
