//! The form of a setting that has topic patterns: whose payloads are stored sealed.

use panotti_protocol::topic::TopicPattern;

use super::limits::TOPICS_SET_MAX;
use super::settings::SettingValue;

/// Reads topic patterns.
///
/// # Errors
/// What was expected instead.
pub fn read_topics(written: impl Iterator<Item = String>) -> Result<SettingValue, String> {
    let mut patterns = Vec::new();
    for written in written {
        let pattern: TopicPattern = written.parse().map_err(|why| format!("`{written}` is not a topic pattern: {why}"))?;
        if patterns.contains(&pattern) {
            return Err(format!("`{written}` is there twice"));
        }
        patterns.push(pattern);
    }
    match patterns.len() {
        number if number > TOPICS_SET_MAX => Err(format!("{number} patterns; the most is {TOPICS_SET_MAX}")),
        _ => Ok(SettingValue::Topics(patterns)),
    }
}

/// The patterns that every topic fits.
pub fn all() -> Vec<TopicPattern> {
    vec![">".parse().expect("`>` is a pattern")]
}
