//! How long resolved events are kept, by topic (semantics rule 22). Of the patterns that fit a topic the most specific decides; where none
//! fits, the general age does.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::time::Duration;

use panotti_protocol::topic::{Topic, TopicPattern};

/// Ages by topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ages {
    general: Duration,
    /// Most specific first: the first that fits decides.
    by_topic: Vec<(TopicPattern, Duration)>,
}

impl Ages {
    /// Of every topic alike.
    pub fn of_all(general: Duration) -> Self {
        Self { general, by_topic: Vec::new() }
    }

    /// Some topics longer or shorter than the others. The order in which they are given does not matter.
    #[must_use]
    pub fn with(mut self, by_topic: impl IntoIterator<Item = (TopicPattern, Duration)>) -> Self {
        self.by_topic.extend(by_topic);
        self.by_topic.sort_by(|(one, _), (other, _)| by_specificity(one, other));
        self
    }

    /// Where no pattern fits.
    pub fn general(&self) -> Duration {
        self.general
    }

    /// How long events of a topic are kept, and the pattern that says so; `None` where that is the general age.
    pub fn of(&self, topic: &Topic) -> (Duration, Option<&TopicPattern>) {
        let found = self.by_topic.iter().find(|(pattern, _)| pattern.matches(topic));
        found.map_or((self.general, None), |(pattern, age)| (*age, Some(pattern)))
    }

    /// The different ages there are, shortest first.
    pub fn distinct(&self) -> BTreeSet<Duration> {
        self.by_topic.iter().map(|(_, age)| *age).chain([self.general]).collect()
    }
}

/// Word by word from the left: a word before `*` before `>`. Two patterns that fit the same topic differ in one of these, so that one of
/// them always comes first.
fn by_specificity(one: &TopicPattern, other: &TopicPattern) -> Ordering {
    one.as_str().split('.').map(rank).cmp(other.as_str().split('.').map(rank))
}

fn rank(word: &str) -> (u8, &str) {
    match word {
        ">" => (2, ""),
        "*" => (1, ""),
        word => (0, word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: u64) -> Duration {
        Duration::from_secs(days * 86_400)
    }

    fn decides(patterns: &[&str], topic: &str) -> Option<String> {
        let by_topic = patterns.iter().map(|pattern| (pattern.parse().unwrap(), days(1)));
        let ages = Ages::of_all(days(30)).with(by_topic);
        ages.of(&topic.parse().unwrap()).1.map(TopicPattern::to_string)
    }

    #[test]
    fn rule_22_the_most_specific_pattern_that_fits_decides_whatever_the_order() {
        let patterns = [">", "load.>", "load.*", "load.*.done", "load.unit", "*.unit", "load.unit.>"];
        for (topic, expected) in [
            ("load.unit", "load.unit"),
            ("load.other", "load.*"),
            ("load.other.done", "load.*.done"),
            ("load.unit.done", "load.unit.>"),
            ("load.a.b.c", "load.>"),
            ("other.unit", "*.unit"),
            ("other", ">"),
        ] {
            assert_eq!(decides(&patterns, topic).as_deref(), Some(expected), "{topic}");
            let mut other_order = patterns;
            other_order.reverse();
            for _ in 0..patterns.len() {
                other_order.rotate_left(1);
                assert_eq!(decides(&other_order, topic).as_deref(), Some(expected), "{topic} of {other_order:?}");
            }
        }
        assert_eq!(decides(&["load.>"], "other.unit"), None);
    }

    #[test]
    fn every_age_that_is_named_is_one_to_look_for() {
        let ages = Ages::of_all(days(30)).with([("a.>".parse().unwrap(), days(1)), ("b".parse().unwrap(), days(30))]);

        assert_eq!(ages.distinct().into_iter().collect::<Vec<_>>(), [days(1), days(30)]);
        assert_eq!(ages.of(&"a.b".parse().unwrap()).0, days(1));
        assert_eq!(ages.of(&"c".parse().unwrap()).0, days(30));
    }
}
