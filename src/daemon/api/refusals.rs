//! How much of what is refused is recorded. Shares of a minute: one for each principal, one for each place that strangers come from, one for
//! all strangers together, so that nobody fills the store by asking, and nobody spends what somebody else would be recorded with. What is
//! beyond is counted, and the next record of the same share says how many. Records nothing itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::limits::{
    REFUSAL_SHARES_MAX, REFUSALS_OF_PRINCIPAL_MAX, REFUSALS_OF_SOURCE_MAX, REFUSALS_OF_STRANGERS_MAX, REFUSALS_WITHOUT_KEY_MAX,
};
use crate::daemon::access::attempts::Source;

const MINUTE: Duration = Duration::from_secs(60);

/// Whose share a record is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Share {
    /// That of a principal, by its name.
    Principal(String),
    /// That of strangers who brought something in the place of a key, and where they come from.
    Stranger(Source),
    /// That of those who brought nothing.
    WithoutKey,
}

/// What of a share is used up.
#[derive(Debug, Default)]
struct Used {
    recorded: u32,
    left_out: u64,
}

impl Used {
    /// Whether there is room for one more; then how many before it were left out.
    fn next(&mut self, most: u32) -> Option<u64> {
        if self.recorded >= most {
            self.left_out += 1;
            return None;
        }
        self.recorded += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

/// What was recorded in this minute.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    since: Option<Instant>,
    principals: HashMap<String, Used>,
    /// Those for whom there was no room in `principals`.
    other_principals: Used,
    strangers: Used,
    /// How many records there are from each place. No more places than records of strangers.
    sources: HashMap<Source, u32>,
    without_key: Used,
}

impl Refusals {
    /// Whether the next refusal of a share is recorded; then how many before it were not.
    pub fn next(&self, share: Share, now: Instant) -> Option<u64> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.since.is_none_or(|since| now.duration_since(since) >= MINUTE) {
            minute.begin(now);
        }
        match share {
            Share::Principal(name) => minute.of_principal(name).next(REFUSALS_OF_PRINCIPAL_MAX),
            Share::Stranger(source) => minute.of_stranger(source),
            Share::WithoutKey => minute.without_key.next(REFUSALS_WITHOUT_KEY_MAX),
        }
    }
}

impl Minute {
    /// Nothing is used up any more. What was left out is told by the next record, however long that takes.
    fn begin(&mut self, now: Instant) {
        self.since = Some(now);
        self.sources.clear();
        self.principals.retain(|_, used| used.left_out > 0);
        let shares = [&mut self.other_principals, &mut self.strangers, &mut self.without_key];
        self.principals.values_mut().chain(shares).for_each(|used| used.recorded = 0);
    }

    fn of_principal(&mut self, name: String) -> &mut Used {
        if self.principals.len() >= REFUSAL_SHARES_MAX && !self.principals.contains_key(&name) {
            return &mut self.other_principals;
        }
        self.principals.entry(name).or_default()
    }

    fn of_stranger(&mut self, source: Source) -> Option<u64> {
        if self.sources.get(&source).is_some_and(|recorded| *recorded >= REFUSALS_OF_SOURCE_MAX) {
            self.strangers.left_out += 1;
            return None;
        }
        let left_out = self.strangers.next(REFUSALS_OF_STRANGERS_MAX)?;
        *self.sources.entry(source).or_default() += 1;
        Some(left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(refusals: &Refusals, share: &Share, times: u32, now: Instant) -> u32 {
        let one = |_| u32::from(refusals.next(share.clone(), now).is_some());
        (0..times).map(one).sum()
    }

    fn ana() -> Share {
        Share::Principal("key:ana".to_owned())
    }

    #[test]
    fn rule_21_refusals_are_recorded_up_to_a_number_in_a_minute_and_the_others_counted() {
        let (refusals, now) = (Refusals::default(), Instant::now());

        assert_eq!(recorded(&refusals, &ana(), REFUSALS_OF_PRINCIPAL_MAX + 5, now), REFUSALS_OF_PRINCIPAL_MAX);
        assert_eq!(refusals.next(ana(), now), None);
        assert_eq!(refusals.next(ana(), now + MINUTE), Some(6), "the next one says how many were left out");
        assert_eq!(refusals.next(ana(), now + MINUTE), Some(0));
    }

    #[test]
    fn rule_21_nobody_spends_what_somebody_else_is_recorded_with() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        let from = |uid| Share::Stranger(Source::User(uid));

        assert_eq!(recorded(&refusals, &Share::WithoutKey, 1_000, now), REFUSALS_WITHOUT_KEY_MAX);
        assert_eq!(recorded(&refusals, &from(1), 1_000, now), REFUSALS_OF_SOURCE_MAX);
        assert_eq!(recorded(&refusals, &from(2), 1, now), 1, "who floods leaves room for those from elsewhere");
        let others: u32 = (3..100).map(|uid| recorded(&refusals, &from(uid), 100, now)).sum();
        assert_eq!(others + REFUSALS_OF_SOURCE_MAX + 1, REFUSALS_OF_STRANGERS_MAX, "of all strangers together");
        assert_eq!(recorded(&refusals, &Share::Principal("key:leo".to_owned()), 1_000, now), REFUSALS_OF_PRINCIPAL_MAX);

        assert_eq!(recorded(&refusals, &ana(), 1, now), 1, "whatever strangers and other principals have done");
        assert_eq!(refusals.next(Share::WithoutKey, now + MINUTE), Some(999));
    }

    #[test]
    fn however_many_principals_and_places_there_are_no_more_are_remembered_than_the_limit() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        for number in 0..u32::try_from(REFUSAL_SHARES_MAX).unwrap() * 2 {
            let _ = refusals.next(Share::Principal(format!("key:{number}")), now);
            let _ = refusals.next(Share::Stranger(Source::User(number)), now);
        }

        let minute = refusals.0.lock().unwrap();
        assert_eq!((minute.principals.len(), minute.sources.len()), (REFUSAL_SHARES_MAX, REFUSALS_OF_STRANGERS_MAX as usize));
    }
}
