//! Reads typed values out of a YAML tree and gathers every problem on the way. A method that finds a problem says so and gives nothing;
//! the caller goes on and decides at the end, when [`Problems`] holds them all.
//!
//! ```ignore
//! let mut table = Table::open(&root, "", &mut problems)?;
//! let name = table.required("name", &mut problems).and_then(|node| text(node, &mut problems));
//! table.close(&mut problems); // unknown keys, with suggestions
//! ```

use std::time::Duration;

use serde_json::Value;

use super::suggest::did_you_mean;
use super::units;
use super::yaml::{Content, Entry, Node, Place, Problems, shortened};

/// A table that is being read. It remembers which keys were asked for; what is left at the end is unknown.
#[derive(Debug)]
pub struct Table<'n> {
    place: Place,
    path: String,
    entries: &'n [Entry],
    known: Vec<&'static str>,
}

impl<'n> Table<'n> {
    /// Opens a node that should be a table. `path` is its dotted name for messages, empty for the file's root. Null is an empty table.
    pub fn open(node: &'n Node, path: impl Into<String>, problems: &mut Problems) -> Option<Self> {
        let path = path.into();
        let entries = match &node.content {
            Content::Table(entries) => entries.as_slice(),
            _ if node.is_null() => &[],
            _ if path.is_empty() => {
                problems.add(node.place, format!("expected keys with values, found {}", node.kind()));
                return None;
            }
            _ => {
                problems.add(node.place, format!("`{path}` should be keys with values, not {}", node.kind()));
                return None;
            }
        };
        Some(Self { place: node.place, path, entries, known: Vec::new() })
    }

    /// The value of a key, if it is there.
    pub fn get(&mut self, key: &'static str) -> Option<&'n Node> {
        self.known.push(key);
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The value of a key that must be there.
    pub fn required(&mut self, key: &'static str, problems: &mut Problems) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            problems.add(self.place, format!("`{}` is missing", self.name(key)));
        }
        found
    }

    /// The dotted name of one of its keys.
    pub fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Where the table begins.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Tells of every key that nobody asked for, with the known one that is nearest. Keys that begin with `x-` are free.
    pub fn close(self, problems: &mut Problems) {
        for entry in self.entries {
            if self.known.contains(&entry.key.as_str()) || entry.key.starts_with("x-") {
                continue;
            }
            if problems.is_full() {
                problems.add(entry.place, "unknown key");
                continue;
            }
            let names: Vec<String> = self.known.iter().map(|key| self.name(key)).collect();
            let name = self.name(&entry.key);
            let next = match did_you_mean(&entry.key, self.known.iter().copied()) {
                suggestion if suggestion.is_empty() => String::new(),
                _ => did_you_mean(&name, names.iter().map(String::as_str)),
            };
            problems.add_with(entry.place, format!("unknown key `{}`", shortened(&name)), next);
        }
    }
}

fn wrong<T>(node: &Node, expected: &str, problems: &mut Problems) -> Option<T> {
    let found = match &node.content {
        Content::Scalar(scalar) if !node.is_null() => format!("`{}`", shortened(&scalar.text)),
        _ => node.kind().to_owned(),
    };
    problems.add(node.place, format!("expected {expected}, found {found}"));
    None
}

/// Keys that later versions act on are told as such and not as misspelt.
pub fn later(table: &mut Table<'_>, keys: &[&'static str], problems: &mut Problems) {
    for key in keys {
        if let Some(node) = table.get(key) {
            let name = table.name(key);
            problems.add_with(node.place, format!("this version does not do `{name}` yet"), "leave the key out");
        }
    }
}

/// Text. What is written without quotes and looks like a number or a boolean is refused, so that nothing is converted unnoticed.
pub fn text(node: &Node, problems: &mut Problems) -> Option<String> {
    match &node.content {
        Content::Scalar(scalar) if scalar.meaning().is_string() => Some(scalar.text.clone()),
        Content::Scalar(scalar) if !node.is_null() => {
            let detail = format!("expected text, found {}", node.kind());
            problems.add_with(node.place, detail, format!("put it in quotes: \"{}\"", shortened(&scalar.text)));
            None
        }
        _ => wrong(node, "text", problems),
    }
}

/// Text as it was written, also where YAML would read a number: for versions such as `1.10`.
pub fn text_as_written(node: &Node, problems: &mut Problems) -> Option<String> {
    match &node.content {
        Content::Scalar(scalar) if !node.is_null() => Some(scalar.text.clone()),
        _ => wrong(node, "text", problems),
    }
}

/// `true` or `false`.
pub fn boolean(node: &Node, problems: &mut Problems) -> Option<bool> {
    match node.to_json() {
        Value::Bool(value) => Some(value),
        _ => wrong(node, "`true` or `false`", problems),
    }
}

/// A whole number from `least` to `most`.
pub fn integer(node: &Node, least: u64, most: u64, problems: &mut Problems) -> Option<u64> {
    match node.to_json() {
        Value::Number(number) => match number.as_u64() {
            Some(value) if (least..=most).contains(&value) => Some(value),
            _ => wrong(node, &format!("a whole number from {least} to {most}"), problems),
        },
        _ => wrong(node, &format!("a whole number from {least} to {most}"), problems),
    }
}

/// A positive or zero number, with or without a fraction.
pub fn number(node: &Node, problems: &mut Problems) -> Option<f64> {
    match node.to_json().as_f64() {
        Some(value) if value >= 0.0 => Some(value),
        _ => wrong(node, "a number that is not negative", problems),
    }
}

/// A duration such as `30s`.
pub fn duration(node: &Node, problems: &mut Problems) -> Option<Duration> {
    let found = match &node.content {
        Content::Scalar(scalar) => units::parse_duration(&scalar.text),
        _ => None,
    };
    found.or_else(|| wrong(node, "a duration such as \"90s\", \"500ms\" or \"5m\"", problems))
}

/// A size in bytes such as `16MiB`.
pub fn bytes(node: &Node, problems: &mut Problems) -> Option<u64> {
    let found = match &node.content {
        Content::Scalar(scalar) => units::parse_bytes(&scalar.text),
        _ => None,
    };
    found.or_else(|| wrong(node, "a size such as \"16MiB\" or \"1GB\"", problems))
}

/// One word of a fixed list.
pub fn word<'w>(node: &Node, words: &[&'w str], problems: &mut Problems) -> Option<&'w str> {
    let written = text(node, problems)?;
    let found = words.iter().find(|word| **word == written).copied();
    if found.is_none() {
        let next = did_you_mean(&written, words.iter().copied());
        problems.add_with(node.place, format!("`{}` is none of {}", shortened(&written), words.join(", ")), next);
    }
    found
}

/// A list of at most `most` items; a lone value is not taken for a list of one.
pub fn list<'n>(node: &'n Node, most: usize, problems: &mut Problems) -> Option<&'n [Node]> {
    match &node.content {
        Content::List(items) if items.len() <= most => Some(items),
        Content::List(items) => {
            problems.add(node.place, format!("{} items, the most is {most}", items.len()));
            None
        }
        _ if node.is_null() => Some(&[]),
        _ => wrong(node, "a list such as [a, b]", problems),
    }
}

/// A list of texts. Items that are not text are told and left out.
pub fn texts(node: &Node, most: usize, problems: &mut Problems) -> Option<Vec<String>> {
    let items = list(node, most, problems)?;
    Some(items.iter().filter_map(|item| text(item, problems)).collect())
}

/// Text that `parse` understands; its refusal is told at the value's place.
pub fn parsed<T, E: std::fmt::Display>(node: &Node, parse: impl FnOnce(&str) -> Result<T, E>, problems: &mut Problems) -> Option<T> {
    let written = text(node, problems)?;
    match parse(&written) {
        Ok(value) => Some(value),
        Err(why) => {
            problems.add(node.place, format!("`{}`: {why}", shortened(&written)));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::yaml::parse;
    use super::*;

    #[test]
    fn all_problems_are_told_at_once_each_at_its_place_with_a_suggestion() {
        let mut problems = Problems::new("plugin.yaml");
        let root = parse("enbaled: true\nversion: 1.10\nlimits: {memory: big, x-note: 1}\nname: 7\n", 4_096, &mut problems).unwrap();
        let mut table = Table::open(&root, "", &mut problems).unwrap();
        assert_eq!(table.get("enabled"), None);
        assert_eq!(table.get("version").and_then(|node| text_as_written(node, &mut problems)), Some("1.10".to_owned()));
        assert_eq!(table.get("name").and_then(|node| text(node, &mut problems)), None);
        table.required("entry", &mut problems);
        let limits = table.get("limits").unwrap();
        let mut inner = Table::open(limits, "limits", &mut problems).unwrap();
        assert_eq!(inner.get("memory").and_then(|node| bytes(node, &mut problems)), None);
        inner.close(&mut problems);
        table.close(&mut problems);

        let told: Vec<String> =
            problems.into_parts().iter().map(|p| format!("{} {} {}", p.pointer, p.detail, p.next).trim().to_owned()).collect();
        assert_eq!(
            told,
            [
                "plugin.yaml:1:1 `entry` is missing",
                "plugin.yaml:1:1 unknown key `enbaled` did you mean `enabled`?",
                "plugin.yaml:3:18 expected a size such as \"16MiB\" or \"1GB\", found `big`",
                "plugin.yaml:4:7 expected text, found a number put it in quotes: \"7\"",
            ]
        );
    }

    #[test]
    fn an_unknown_key_inside_a_table_is_named_with_its_path() {
        let mut problems = Problems::new("panotti.yaml");
        let root = parse("retention: {day: 3}\n", 4_096, &mut problems).unwrap();
        let mut table = Table::open(&root, "", &mut problems).unwrap();
        let mut inner = Table::open(table.get("retention").unwrap(), "retention", &mut problems).unwrap();
        inner.get("days");
        inner.close(&mut problems);
        let parts = problems.into_parts();
        assert_eq!((parts[0].detail.as_str(), parts[0].next.as_str()), ("unknown key `retention.day`", "did you mean `retention.days`?"));
    }
}
