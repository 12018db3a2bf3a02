//! How many deliveries with one error have died, so that one alert can stand for all of them. Bounded, and only since the start.

use std::collections::BTreeMap;

use panotti_protocol::notice::DeadGroup;
use panotti_protocol::time::Timestamp;

use crate::limits::{FAILURE_GROUP_QUIET, FAILURE_GROUPS_MAX};

/// By plugin and fingerprint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Groups(BTreeMap<String, Group>);

#[derive(Debug, Clone)]
struct Group {
    number: u64,
    first_at: Timestamp,
    last_at: Timestamp,
}

impl Groups {
    /// One more has died.
    pub(crate) fn died(&mut self, plugin: &str, fingerprint: &str, now: Timestamp) -> DeadGroup {
        let id = format!("{plugin}:{fingerprint}");
        if !self.0.contains_key(&id) && self.0.len() >= FAILURE_GROUPS_MAX {
            let quietest = self.0.iter().min_by_key(|(_, group)| group.last_at).map(|(id, _)| id.clone());
            quietest.and_then(|quietest| self.0.remove(&quietest));
        }
        let group = self.0.entry(id.clone()).or_insert(Group { number: 0, first_at: now, last_at: now });
        if now.since(group.last_at) >= FAILURE_GROUP_QUIET {
            *group = Group { number: 0, first_at: now, last_at: now };
        }
        group.number += 1;
        group.last_at = now;
        DeadGroup { id, number: group.number, first_at: group.first_at }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn rule_08_a_group_counts_its_deaths_and_begins_anew_after_an_hour_of_quiet() {
        let mut groups = Groups::default();
        let begin = Timestamp::from_ms(1_000_000);

        let numbers: Vec<u64> = (0..3).map(|minute| groups.died("p", "f", begin + Duration::from_secs(minute * 60)).number).collect();
        let other = groups.died("q", "f", begin);
        let later = groups.died("p", "f", begin + Duration::from_secs(2 * 60) + FAILURE_GROUP_QUIET);

        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!((other.number, other.id.as_str()), (1, "q:f"));
        assert_eq!((later.number, later.first_at), (1, begin + Duration::from_secs(120) + FAILURE_GROUP_QUIET));
    }

    #[test]
    fn rule_14_groups_are_bounded_and_the_quietest_goes_first() {
        let mut groups = Groups::default();
        for number in 0..=FAILURE_GROUPS_MAX as u64 {
            groups.died("p", &number.to_string(), Timestamp::from_ms(number));
        }

        assert_eq!(groups.0.len(), FAILURE_GROUPS_MAX);
        assert_eq!(groups.died("p", "1", Timestamp::from_ms(2_000)).number, 2, "still known");
        assert_eq!(groups.died("p", "0", Timestamp::from_ms(2_000)).number, 1, "forgotten");
    }
}
