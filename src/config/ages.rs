//! The form of a setting that has durations by topic pattern.

use std::collections::{BTreeMap, BTreeSet};

use panotti_core::limits::{DISTINCT_AGES_MAX, TOPIC_AGES_MAX};
use panotti_protocol::topic::TopicPattern;

use super::settings::{Form, SettingValue};
use super::units;

/// Reads durations by topic pattern.
///
/// # Errors
/// What was expected instead.
pub fn read_ages(form: Form, pairs: impl Iterator<Item = (String, String)>) -> Result<SettingValue, String> {
    let Form::Ages { least, most } = form else { return Err(format!("expected {}", form.describe())) };
    let mut ages = BTreeMap::new();
    for (written, age) in pairs {
        let pattern: TopicPattern = written.parse().map_err(|why| format!("`{written}` is not a topic pattern: {why}"))?;
        let wrong = || format!("expected {}, got `{age}` for `{written}`", form.describe());
        let age = units::parse_duration(&age).filter(|age| (least..=most).contains(age)).ok_or_else(wrong)?;
        if ages.insert(pattern, age).is_some() {
            return Err(format!("`{written}` is there twice"));
        }
    }
    let distinct = ages.values().collect::<BTreeSet<_>>().len();
    // One is `retention.days`.
    if ages.len() > TOPIC_AGES_MAX || distinct >= DISTINCT_AGES_MAX {
        let most = DISTINCT_AGES_MAX - 1;
        return Err(format!(
            "{} patterns with {distinct} different ages; the most is {TOPIC_AGES_MAX} patterns and {most} ages",
            ages.len()
        ));
    }
    Ok(SettingValue::Ages(ages))
}
