//! The forms that values of settings have, and how a value is read by its form.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use panotti_core::limits::{DISTINCT_AGES_MAX, TOPIC_AGES_MAX};
use panotti_protocol::topic::TopicPattern;
use serde_json::Value;

use super::http::read_names;
use super::local_users::{LocalRole, read_group, read_roles};
use super::sealed::read_topics;
use super::units;

/// The form a setting's value must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A size such as `16MiB`, within bounds in bytes.
    Bytes {
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// A duration such as `30s`, within bounds.
    Duration {
        /// Least.
        least: Duration,
        /// Most.
        most: Duration,
    },
    /// A whole number, within bounds.
    Integer {
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// Folders: a list in a file, with colons between them in a variable. Relative ones count from the file's folder.
    Folders,
    /// A file; `none` where there is none. A relative one counts from the file's folder.
    File,
    /// `true` or `false`.
    Switch,
    /// An address with its port: `127.0.0.1:7700`.
    Address,
    /// Names of hosts: a list in a file, with commas between them in a variable.
    Names,
    /// Topic patterns: a list in a file, with commas between them in a variable; `none` for an empty one.
    Topics,
    /// A group of this machine, by its name or id.
    Group,
    /// Roles of local users: a list in a file, with commas between them in a variable.
    LocalRoles,
    /// Topic patterns, each with a duration within bounds: keys with values in a file, `PATTERN=DURATION,...` in a variable.
    Ages {
        /// Least.
        least: Duration,
        /// Most.
        most: Duration,
    },
}

impl Form {
    /// The form in words, for messages and the reference.
    pub fn describe(self) -> String {
        match self {
            Form::Bytes { least, most } => {
                format!("a size such as \"16MiB\", from {} to {}", units::format_bytes(least), units::format_bytes(most))
            }
            Form::Duration { least, most } => {
                format!("a duration such as \"90s\", from {} to {}", units::format_duration(least), units::format_duration(most))
            }
            Form::Integer { least, most } => format!("a whole number from {least} to {most}"),
            Form::Word(words) => format!("one of {}", words.join(", ")),
            Form::Folders => "a list of folders".to_owned(),
            Form::File => "a file".to_owned(),
            Form::Switch => "true or false".to_owned(),
            Form::Address => "an address such as \"127.0.0.1:7700\"".to_owned(),
            Form::Names => "a list of names of hosts".to_owned(),
            Form::Topics => "a list of topic patterns such as `[\"order.>\"]`".to_owned(),
            Form::Group => "a group's name or number, or none".to_owned(),
            Form::LocalRoles => "a list such as `[\"uid:1000=viewer\", \"group:ops=operator\"]`".to_owned(),
            Form::Ages { least, most } => format!(
                "topic patterns with durations such as `\"load.>\": 1d`, from {} to {}",
                units::format_duration(least),
                units::format_duration(most)
            ),
        }
    }
}

/// A value that has the form of its setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// Bytes.
    Bytes(u64),
    /// A duration.
    Duration(Duration),
    /// A whole number.
    Integer(u64),
    /// A word.
    Word(&'static str),
    /// Absolute folders.
    Folders(Vec<PathBuf>),
    /// An absolute file, or none.
    File(Option<PathBuf>),
    /// On or off.
    Switch(bool),
    /// An address with its port.
    Address(SocketAddr),
    /// Names of hosts, in lower case.
    Names(Vec<String>),
    /// Topic patterns.
    Topics(Vec<TopicPattern>),
    /// A group, or none.
    Group(Option<String>),
    /// Roles of local users.
    LocalRoles(Vec<LocalRole>),
    /// Durations by topic pattern.
    Ages(BTreeMap<TopicPattern, Duration>),
}

impl SettingValue {
    /// As a file or an answer shows it: sizes and durations as text.
    pub fn to_json(&self) -> Value {
        match self {
            SettingValue::Bytes(bytes) => Value::String(units::format_bytes(*bytes)),
            SettingValue::Duration(duration) => Value::String(units::format_duration(*duration)),
            SettingValue::Integer(number) => Value::from(*number),
            SettingValue::Word(word) => Value::from(*word),
            SettingValue::File(file) => file.as_ref().map_or(Value::Null, |file| Value::from(file.to_string_lossy())),
            SettingValue::Switch(on) => Value::from(*on),
            SettingValue::Address(address) => Value::from(address.to_string()),
            SettingValue::Names(names) => names.iter().map(String::as_str).collect(),
            SettingValue::Topics(patterns) => patterns.iter().map(|pattern| Value::from(pattern.to_string())).collect(),
            SettingValue::Group(group) => Value::from(group.as_deref().unwrap_or("none")),
            SettingValue::LocalRoles(roles) => roles.iter().map(ToString::to_string).collect(),
            SettingValue::Ages(ages) => {
                ages.iter().map(|(pattern, age)| (pattern.to_string(), Value::String(units::format_duration(*age)))).collect()
            }
            SettingValue::Folders(folders) => folders.iter().map(|folder| Value::from(folder.to_string_lossy())).collect(),
        }
    }
}

/// Reads a value that is one text: a variable's, a default, or a scalar of a file. `base` is what relative folders count from.
///
/// # Errors
/// What was expected instead.
pub fn read_text(form: Form, text: &str, base: &Path) -> Result<SettingValue, String> {
    let value = match form {
        Form::Bytes { least, most } => units::parse_bytes(text).filter(|v| (least..=most).contains(v)).map(SettingValue::Bytes),
        Form::Duration { least, most } => units::parse_duration(text).filter(|v| (least..=most).contains(v)).map(SettingValue::Duration),
        Form::Integer { least, most } => text.parse().ok().filter(|v| (least..=most).contains(v)).map(SettingValue::Integer),
        Form::Word(words) => words.iter().find(|word| **word == text).copied().map(SettingValue::Word),
        Form::File if text == "none" => Some(SettingValue::File(None)),
        Form::File => (!text.is_empty() && !text.contains('\0')).then(|| SettingValue::File(Some(base.join(text)))),
        Form::Switch => text.parse().ok().map(SettingValue::Switch),
        Form::Address => text.parse().ok().map(SettingValue::Address),
        Form::Names if text == "none" => Some(SettingValue::Names(Vec::new())),
        Form::Names => return read_names(text.split(',')),
        Form::Topics => {
            return read_topics(text.split(',').map(str::trim).filter(|part| !part.is_empty() && *part != "none").map(str::to_owned));
        }
        Form::Group => return read_group(text),
        Form::LocalRoles => return read_roles(text.split(',').filter(|part| *part != "none")),
        Form::Ages { .. } => {
            let named = text.split(',').filter(|part| !part.trim().is_empty() && *part != "none");
            let pair = |part: &'_ str| part.trim().rsplit_once('=').map(|(pattern, age)| (pattern.to_owned(), age.to_owned()));
            return read_ages(form, named.map(|part| pair(part).unwrap_or((part.to_owned(), String::new()))));
        }
        Form::Folders => Some(SettingValue::Folders(text.split(':').filter(|part| !part.is_empty()).map(|part| base.join(part)).collect())),
    };
    value.ok_or_else(|| format!("expected {}, got `{text}`", form.describe()))
}

/// Reads a value as an answer or a request shows it: text, a number, true or false, a list, durations by pattern.
///
/// # Errors
/// What was expected instead.
pub fn read_json(form: Form, value: &Value, base: &Path) -> Result<SettingValue, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("expected {}, got `{other}`", form.describe())),
    };
    let texts = |items: &[Value]| items.iter().map(text).collect::<Result<Vec<_>, _>>();
    match (form, value) {
        (Form::Folders, Value::Array(items)) => Ok(SettingValue::Folders(texts(items)?.iter().map(|folder| base.join(folder)).collect())),
        (Form::Names, Value::Array(items)) => read_names(texts(items)?.iter().map(String::as_str)),
        (Form::Topics, Value::Array(items)) => read_topics(texts(items)?.into_iter()),
        (Form::LocalRoles, Value::Array(items)) => read_roles(texts(items)?.iter().map(String::as_str)),
        (Form::Switch, Value::Bool(on)) => Ok(SettingValue::Switch(*on)),
        (Form::Ages { .. }, Value::Object(pairs)) => {
            let pairs: Vec<(String, String)> =
                pairs.iter().map(|(pattern, age)| Ok((pattern.clone(), text(age)?))).collect::<Result<_, String>>()?;
            read_ages(form, pairs.into_iter())
        }
        (_, value) => read_text(form, &text(value)?, base),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_counts_from_the_folder_of_whoever_names_it() {
        let read = |text: &str| read_text(Form::File, text, Path::new("/etc/panotti"));
        assert_eq!(read("tls.crt"), Ok(SettingValue::File(Some("/etc/panotti/tls.crt".into()))));
        assert_eq!(read("/srv/tls.crt"), Ok(SettingValue::File(Some("/srv/tls.crt".into()))));
        assert_eq!(read("none"), Ok(SettingValue::File(None)));
        assert!(read("").is_err());
    }
}
