//! YAML with places: a small tree in which each key and value knows its line and column, for `panotti.yaml` and `plugin.yaml`.
//!
//! Refuses anchors, aliases, tags but `!secret`, several documents, keys that are not text, a key that is there twice, and anything over its
//! budgets (bytes, depth, nodes). It goes on after a problem where it can, so that all of them are told at once; reading typed
//! values out of the tree is [`super::decode`]. Why not serde: docs/decisions/0001-yaml-with-places.md.

use std::collections::HashMap;
use std::fmt;

use panotti_protocol::failure::FailurePart;
use panotti_protocol::manifest::SECRET_REFERENCE;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::Value;

use super::limits::{PROBLEMS_MAX, YAML_DEPTH_MAX, YAML_NODES_MAX};

/// The one tag that is understood: `!secret NAME`.
const SECRET_TAG: &str = "secret";

/// Line and column, both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Place {
    /// The first character of a file: where something is missing altogether.
    pub const START: Place = Place { line: 1, column: 1 };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Problems of one file, gathered until all are known.
#[derive(Debug)]
pub struct Problems {
    file: String,
    found: Vec<(Place, FailurePart)>,
    left_out: usize,
}

impl Problems {
    /// None yet. `file` is how places name the file: `plugin.yaml:3:1`.
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), found: Vec::new(), left_out: 0 }
    }

    /// Adds one whose text says what to do.
    pub fn add(&mut self, place: Place, detail: impl Into<String>) {
        self.add_with(place, detail, "");
    }

    /// Adds one with a step to take, for example `did you mean `topic`?`.
    pub fn add_with(&mut self, place: Place, detail: impl Into<String>, next: impl Into<String>) {
        if self.found.len() == PROBLEMS_MAX {
            self.left_out += 1;
            return;
        }
        let part = FailurePart { pointer: format!("{}:{place}", self.file), detail: detail.into(), next: next.into() };
        self.found.push((place, part));
    }

    /// Whether more would only be counted: then nothing need be found out about them.
    pub fn is_full(&self) -> bool {
        self.found.len() == PROBLEMS_MAX
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The file's name, as places show it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// All of them in the order of the file.
    pub fn into_parts(mut self) -> Vec<FailurePart> {
        self.found.sort_by_key(|(place, _)| *place);
        let mut parts: Vec<FailurePart> = self.found.into_iter().map(|(_, part)| part).collect();
        if self.left_out > 0 {
            let detail = format!("{} more problems are not shown", self.left_out);
            parts.push(FailurePart { pointer: self.file, detail, next: String::new() });
        }
        parts
    }
}

/// A key or value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub content: Content,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// One value: text, number, boolean or null, as written.
    Scalar(Scalar),
    /// `[a, b]` or lines with `-`.
    List(Vec<Node>),
    /// Keys with values, in the order of the file. No key is there twice.
    Table(Vec<Entry>),
}

/// One key of a table with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key is.
    pub place: Place,
    /// The value.
    pub value: Node,
}

/// One value as written, so that `version: 1.10` can still be read as the text `1.10`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// Its text without quotes.
    pub text: String,
    /// Whether it was written without quotes and may therefore mean a number, a boolean or null.
    pub plain: bool,
}

impl Scalar {
    /// What it means by YAML 1.2's core schema. `.inf` and `.nan`, which JSON does not have, stay text.
    pub fn meaning(&self) -> Value {
        if !self.plain {
            return Value::String(self.text.clone());
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
            "true" | "True" | "TRUE" => return Value::Bool(true),
            "false" | "False" | "FALSE" => return Value::Bool(false),
            _ => {}
        }
        number(&self.text).map_or_else(|| Value::String(self.text.clone()), Value::Number)
    }
}

fn number(text: &str) -> Option<serde_json::Number> {
    let (digits, radix) = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => (digits, 16),
        (_, Some(digits)) => (digits, 8),
        _ => (text.strip_prefix('+').unwrap_or(text), 10),
    };
    if radix != 10 {
        // `from_str_radix` would take a sign after the prefix.
        let unsigned = digits.chars().all(|digit| digit.is_digit(radix));
        return unsigned.then(|| u64::from_str_radix(digits, radix).ok()).flatten().map(Into::into);
    }
    if !digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'))
        || !digits.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    if let Ok(whole) = digits.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = digits.parse::<u64>() {
        return Some(whole.into());
    }
    digits.parse::<f64>().ok().and_then(serde_json::Number::from_f64)
}

impl Node {
    /// The same as a JSON value: what goes on to a plugin's configuration.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Scalar(scalar) => scalar.meaning(),
            Content::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Content::Table(entries) => Value::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect()),
        }
    }

    /// Whether it is nothing: empty, `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar(scalar) if scalar.meaning().is_null())
    }

    /// What it is, in a word, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.content {
            Content::List(_) => "a list",
            Content::Table(_) => "a table",
            Content::Scalar(scalar) => match scalar.meaning() {
                Value::Null => "nothing",
                Value::Bool(_) => "a boolean",
                Value::Number(_) => "a number",
                _ => "text",
            },
        }
    }
}

/// Reads one document. Problems go to `problems`; the tree comes back as far as it could be read, and not at all where the text is too
/// large or no YAML. An empty text is a null node at the file's start.
pub fn parse(text: &str, bytes_max: usize, problems: &mut Problems) -> Option<Node> {
    if text.len() > bytes_max {
        problems.add(Place::START, format!("the file is {} bytes, the limit is {bytes_max}", text.len()));
        return None;
    }
    let mut reader = Reader { problems, open: Vec::new(), root: None, documents: 0, nodes: 0 };
    for step in Parser::new_from_str(text) {
        match step {
            Ok((event, span)) => match reader.take(event, span) {
                Go::On => {}
                Go::Stop => return None,
            },
            Err(error) => {
                let place = Place { line: error.marker().line().max(1), column: error.marker().col() + 1 };
                reader.problems.add(place, format!("not YAML: {}", error.info()));
                return None;
            }
        }
    }
    let nothing = Content::Scalar(Scalar { text: String::new(), plain: true });
    Some(reader.root.unwrap_or(Node { place: Place::START, content: nothing }))
}

/// A list or table whose end has not come yet.
enum Open {
    List {
        place: Place,
        items: Vec<Node>,
    },
    /// `lines` says where each key is, so that a table of very many keys is read in no more than a moment.
    Table {
        place: Place,
        entries: Vec<Entry>,
        key: Option<(String, Place)>,
        lines: HashMap<String, usize>,
    },
}

enum Go {
    On,
    Stop,
}

struct Reader<'p> {
    problems: &'p mut Problems,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Go {
        let place = Place { line: span.start.line().max(1), column: span.start.col() + 1 };
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.problems.add(place, "a second document begins here; one file is one document");
                    return Go::Stop;
                }
            }
            Event::Alias(_) => {
                self.problems.add_with(place, "aliases (`*name`) are not understood here", "write the value out");
                return self.close(Node { place, content: Content::Scalar(Scalar { text: String::new(), plain: true }) });
            }
            Event::Scalar(text, style, anchor, tag) => {
                let refers = tag.as_ref().is_some_and(|tag| tag.handle == "!" && tag.suffix == SECRET_TAG);
                self.check_extras(place, anchor, tag.is_some() && !refers);
                let scalar = Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain && !refers };
                let node = Node { place, content: Content::Scalar(scalar) };
                return self.close(if refers { reference(node) } else { node });
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_extras(place, anchor, tag.is_some());
                return self.descend(place, Open::List { place, items: Vec::new() });
            }
            Event::MappingStart(anchor, tag) => {
                self.check_extras(place, anchor, tag.is_some());
                return self.descend(place, Open::Table { place, entries: Vec::new(), key: None, lines: HashMap::new() });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let node = match self.open.pop() {
                    Some(Open::List { place, items }) => Node { place, content: Content::List(items) },
                    Some(Open::Table { place, entries, .. }) => Node { place, content: Content::Table(entries) },
                    None => return Go::Stop,
                };
                return self.close(node);
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Go::On
    }

    fn check_extras(&mut self, place: Place, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.problems.add_with(place, "anchors (`&name`) are not understood here", "write the value where it is used");
        }
        if tagged {
            self.problems.add_with(place, "tags (`!name`) other than `!secret` are not understood here", "leave the tag out");
        }
    }

    fn descend(&mut self, place: Place, open: Open) -> Go {
        if self.open.len() == YAML_DEPTH_MAX {
            self.problems.add(place, format!("nested deeper than {YAML_DEPTH_MAX} levels"));
            return Go::Stop;
        }
        self.open.push(open);
        Go::On
    }

    /// Puts a finished node where it belongs.
    fn close(&mut self, node: Node) -> Go {
        self.nodes += 1;
        if self.nodes > YAML_NODES_MAX {
            self.problems.add(node.place, format!("more than {YAML_NODES_MAX} keys and values"));
            return Go::Stop;
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Table { entries, key, lines, .. }) => match key.take() {
                None => *key = Some(key_of(&node, self.problems)),
                Some((key, place)) => match lines.get(&key) {
                    Some(first) => {
                        let detail = format!("the key `{}` is there twice, first in line {first}", shortened(&key));
                        self.problems.add_with(place, detail, "leave one of the two out");
                    }
                    None => {
                        lines.insert(key.clone(), place.line);
                        entries.push(Entry { key, place, value: node });
                    }
                },
            },
        }
        Go::On
    }
}

/// `!secret NAME` as the table that JSON has for it.
fn reference(name: Node) -> Node {
    let place = name.place;
    Node { place, content: Content::Table(vec![Entry { key: SECRET_REFERENCE.to_owned(), place, value: name }]) }
}

/// A text as messages show it.
pub fn shortened(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    if text.chars().nth(SHOWN_MAX).is_none() {
        return text.to_owned();
    }
    text.chars().take(SHOWN_MAX).chain(['…']).collect()
}

fn key_of(node: &Node, problems: &mut Problems) -> (String, Place) {
    match &node.content {
        Content::Scalar(scalar) => (scalar.text.clone(), node.place),
        _ => {
            problems.add(node.place, format!("a key must be text, this is {}", node.kind()));
            (String::new(), node.place)
        }
    }
}

#[cfg(test)]
#[path = "yaml_test.rs"]
mod tests;
