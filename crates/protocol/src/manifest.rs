//! `plugin.yaml` as written: what a plugin is, needs and handles. Read strictly by the configuration, judged by the core.
//!
//! Plain data. Nothing here says whether a plugin can run: `src/config/manifest.rs` finds the problems.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{OnDead, OnDisabled, Turns};

/// The newest form of `plugin.yaml` that this version reads (`manifest: 1`).
pub const MANIFEST: u64 = 1;

/// A plugin's manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The plugin's name, which is its id and its folder's name.
    pub name: String,
    /// A semantic version.
    pub version: String,
    /// Whether it is wanted on when it is seen for the first time.
    pub enabled: bool,
    /// What it needs to run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Versions of the plugin protocol it speaks, as written. Absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// What it does, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How a copy of it is run.
    pub runtime: Runtime,
    /// What is run.
    pub start: Start,
    /// What it subscribes to. Absent: the handlers of its `ready` decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Vec<On>>,
    /// Topics it says it emits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emits: Vec<String>,
    /// Schemas of what it emits: files of its folder, by topic.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub schemas: BTreeMap<String, String>,
    /// What happens after a failed attempt.
    pub retry: Retry,
    /// What it must keep to.
    pub limits: Limits,
    /// `permissions.secrets`: the secrets that its configuration may refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Its configuration, unless something is set over it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub config: BTreeMap<String, Value>,
}

/// How a copy of a plugin is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Runtime {
    /// A Python file; the SDK is on its path.
    Python,
    /// A JavaScript file.
    Node,
    /// A program that speaks the protocol.
    Native,
    /// A program that is run once for each event.
    Exec,
}

impl Runtime {
    /// All of them.
    pub const WORDS: [&str; 4] = ["python", "node", "native", "exec"];

    /// The word in the manifest.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Native => "native",
            Self::Exec => "exec",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Python, Self::Node, Self::Native, Self::Exec].into_iter().find(|runtime| runtime.as_str() == word)
    }
}

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// A file of the plugin's folder.
    Entry(String),
    /// A program with its arguments, run in the plugin's folder.
    Command(Vec<String>),
}

/// A plugin that has to run first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// The versions that will do, as written. Absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl std::fmt::Display for Dependency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{} {version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// One entry of `on:`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct On {
    /// The subscription's name, by default its topic pattern.
    pub name: String,
    /// Topic pattern.
    pub topic: String,
    /// `where:`: a filter, of the events of these topics. Absent: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Most calls of its handler at once.
    pub concurrency: u32,
    /// Most deliveries in one call. Absent: as the handler says, by default one at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
    /// What becomes of events that match while the plugin is disabled.
    pub on_disabled: OnDisabled,
    /// Dotted path to the ordering key in an event. Absent: the event's `orderingkey`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What a dead letter does to its ordering key.
    #[serde(default)]
    pub on_dead: OnDead,
    /// How priorities take turns.
    #[serde(default, rename = "priority")]
    pub turns: Turns,
}

/// What happens after a failed attempt (semantics rule 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// Retries after the first attempt.
    pub max: u32,
    /// First step of the backoff, in milliseconds.
    pub first_ms: u64,
    /// Each step is this many times the one before.
    pub factor: u32,
    /// No step is longer, in milliseconds.
    pub cap_ms: u64,
}

/// What a plugin must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// A handler's hard limit, in milliseconds.
    pub timeout_ms: u64,
    /// From launch to `ready`, in milliseconds.
    pub start_ms: u64,
}

/// The key of a reference to a secret in a configuration: `{"$secret": "NAME"}`, in YAML `!secret NAME`.
pub const SECRET_REFERENCE: &str = "$secret";

/// The secret that a value refers to, if it is a reference.
pub fn secret_reference(value: &Value) -> Option<&str> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.get(SECRET_REFERENCE)?.as_str()
}

/// All secrets that values refer to, wherever in them.
pub fn secrets_of<'v>(values: impl IntoIterator<Item = &'v Value>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left: Vec<&Value> = values.into_iter().collect();
    while let Some(value) = left.pop() {
        match (secret_reference(value), value) {
            (Some(name), _) => drop(found.insert(name.to_owned())),
            (None, Value::Array(items)) => left.extend(items),
            (None, Value::Object(fields)) => left.extend(fields.values()),
            (None, _) => {}
        }
    }
    found
}
