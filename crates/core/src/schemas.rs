//! Schemas of topics: which version is in force, what it does to an event that does not fit, and what becomes of such an event. The core
//! reads no schema: whoever matches an event also judges it, against the same rule set, and what it found comes with the event. A change of
//! a schema is a change of the rules, so that every event is judged by the schema in force when it is committed.

use std::collections::BTreeMap;
use std::sync::Arc;

use panotti_protocol::api::{Compatibility, SchemaMode};
use panotti_protocol::delivery::{AttemptError, Cause};
use panotti_protocol::event::Receipt;
use panotti_protocol::failure::FailurePart;
use panotti_protocol::id::FencingToken;
use panotti_protocol::topic::Topic;

use crate::action::{Step, Write};
use crate::bus::Bus;
use crate::command::{Answer, AuditEntry, Publish, Refusal};
use crate::limits::{SCHEMA_TOPICS_MAX, SCHEMA_VERSIONS_MAX, SCHEMAS_BYTES_MAX};

/// The schema of a topic that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSchema {
    /// Its version.
    pub version: u32,
    /// What it does to an event that does not fit.
    pub mode: SchemaMode,
    /// JSON Schema. Whoever makes one has compiled it.
    pub text: Arc<str>,
}

/// All schemas in force, as publishers see them.
pub type SchemaSet = Arc<BTreeMap<Topic, TopicSchema>>;

/// What the bus knows of a topic that has a schema, or had one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSchema {
    /// The topic.
    pub topic: Topic,
    /// The highest version ever given: none is given twice.
    pub last: u32,
    /// The one in force; `None` after it was removed.
    pub in_force: Option<TopicSchema>,
}

/// Bring a schema into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateSchema {
    /// The topic.
    pub topic: Topic,
    /// JSON Schema, compiled by whoever asks.
    pub text: Arc<str>,
    /// `None` keeps the mode; for a topic that has no schema it is `fresh_mode`.
    pub mode: Option<SchemaMode>,
    /// The mode for a topic that has no schema.
    pub fresh_mode: SchemaMode,
    /// What it was held to.
    pub compatibility: Compatibility,
    /// The version in force that it was compared with.
    pub compared_with: Option<u32>,
    /// It says the same as the version in force: then only the mode may change.
    pub same: bool,
    /// Who brings it: a principal, or `plugin:NAME`.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A change of the schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaCommand {
    /// A first schema, or a new version.
    Create(CreateSchema),
    /// Another mode.
    Mode {
        /// The topic.
        topic: Topic,
        /// The mode.
        mode: SchemaMode,
        /// Who asks.
        actor: String,
        /// Why.
        reason: String,
    },
    /// Nothing is in force any more; the versions stay readable.
    Remove {
        /// The topic.
        topic: Topic,
        /// Who asks.
        actor: String,
        /// Why.
        reason: String,
    },
}

/// What is written of schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaWrite {
    /// A new version.
    Version {
        /// The topic.
        topic: Topic,
        /// The version.
        version: u32,
        /// JSON Schema.
        text: Arc<str>,
        /// What it was held to.
        compatibility: Compatibility,
        /// Who brought it.
        by: String,
    },
    /// What is in force for a topic.
    InForce {
        /// The topic.
        topic: Topic,
        /// The version; `None` for nothing.
        version: Option<u32>,
        /// The mode.
        mode: SchemaMode,
        /// The highest version ever given.
        last: u32,
    },
    /// An event was accepted although it does not fit.
    Warned {
        /// Its topic.
        topic: Topic,
    },
}

/// What the schema of its topic says of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Verdict {
    /// The topic has no schema, or it is off.
    #[default]
    Unchecked,
    /// It fits.
    Fits {
        /// The version it was checked against.
        version: u32,
    },
    /// It does not fit.
    Fails(Box<Misfit>),
}

/// How an event does not fit the schema of its topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The topic.
    pub topic: Topic,
    /// The version it was checked against.
    pub version: u32,
    /// Whether the event is refused for it.
    pub enforced: bool,
    /// What does not fit, by JSON pointers into the event.
    pub problems: Vec<FailurePart>,
    /// Whether there are more.
    pub more: bool,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the payload does not fit version {} of the schema of `{}`", self.version, self.topic)?;
        if let Some(FailurePart { pointer, detail, .. }) = self.problems.first() {
            write!(f, ": {pointer}: {detail}")?;
        }
        match self.problems.len() {
            0 | 1 => Ok(()),
            number if self.more => write!(f, " (and more than {} others)", number - 1),
            number => write!(f, " (and {} more)", number - 1),
        }
    }
}

impl Verdict {
    /// The version that the event is stamped with.
    pub fn version(&self) -> Option<u32> {
        match self {
            Self::Unchecked => None,
            Self::Fits { version } => Some(*version),
            Self::Fails(misfit) => Some(misfit.version),
        }
    }

    /// Why the event is refused, if it is.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Fails(misfit) if misfit.enforced => Some(Refusal::Schema(misfit.clone())),
            _ => None,
        }
    }
}

impl Bus {
    pub(crate) fn load_schemas(stored: Vec<StoredSchema>) -> BTreeMap<Topic, StoredSchema> {
        stored.into_iter().map(|known| (known.topic.clone(), known)).collect()
    }

    /// What publishers judge by: a schema that is off judges nothing.
    pub(crate) fn schema_set(&self) -> SchemaSet {
        let in_force = self.schemas.values().filter_map(|known| Some((known.topic.clone(), known.in_force.clone()?)));
        Arc::new(in_force.filter(|(_, schema)| schema.mode != SchemaMode::Off).collect())
    }

    pub(crate) fn change_schemas(&mut self, command: SchemaCommand, step: &mut Step) -> Answer {
        match command {
            SchemaCommand::Create(create) => self.create_schema(create, step),
            SchemaCommand::Mode { topic, mode, actor, reason } => {
                let Some(known) = self.schemas.get_mut(&topic) else { return Answer::Changed(0) };
                match &mut known.in_force {
                    Some(schema) if schema.mode != mode => schema.mode = mode,
                    _ => return Answer::Changed(0),
                }
                self.schema_changed(&topic, entry("schema.set", &topic, actor, reason, format!("mode {mode}")), step)
            }
            SchemaCommand::Remove { topic, actor, reason } => {
                let removed = self.schemas.get_mut(&topic).and_then(|known| known.in_force.take());
                let Some(removed) = removed else { return Answer::Changed(0) };
                let detail = format!("version {}, mode {}", removed.version, removed.mode);
                self.schema_changed(&topic, entry("schema.remove", &topic, actor, reason, detail), step)
            }
        }
    }

    fn create_schema(&mut self, create: CreateSchema, step: &mut Step) -> Answer {
        let CreateSchema { topic, text, mode, fresh_mode, compatibility, compared_with, same, by, reason } = create;
        let known = self.schemas.get(&topic);
        let before = known.and_then(|known| known.in_force.clone());
        if before.as_ref().map(|before| before.version) != compared_with {
            return Answer::Refused(Refusal::SchemaChanged(topic));
        }
        let mode = mode.or(before.as_ref().map(|before| before.mode)).unwrap_or(fresh_mode);
        if let Some(before) = before.as_ref().filter(|_| same) {
            let other = before.mode != mode;
            return if other {
                self.change_schemas(SchemaCommand::Mode { topic, mode, actor: by, reason }, step)
            } else {
                Answer::Changed(0)
            };
        }
        if let Some(refusal) = self.schema_without_room(&topic, &text) {
            return Answer::Refused(refusal);
        }
        let version = known.map_or(0, |known| known.last) + 1;
        let in_force = Some(TopicSchema { version, mode, text: Arc::clone(&text) });
        self.schemas.insert(topic.clone(), StoredSchema { topic: topic.clone(), last: version, in_force });
        let entry = entry("schema.create", &topic, by.clone(), reason, format!("version {version}, mode {mode}, {compatibility}"));
        step.writes.push(Write::Schema(Box::new(SchemaWrite::Version { topic: topic.clone(), version, text, compatibility, by })));
        self.schema_changed(&topic, entry, step)
    }

    fn schema_without_room(&self, topic: &Topic, text: &str) -> Option<Refusal> {
        let known = self.schemas.get(topic);
        if known.is_none() && self.schemas.len() >= SCHEMA_TOPICS_MAX {
            return Some(Refusal::TooMany { what: "topics that have or had a schema", limit: SCHEMA_TOPICS_MAX });
        }
        if known.is_some_and(|known| known.last >= SCHEMA_VERSIONS_MAX) {
            return Some(Refusal::TooMany { what: "versions of this schema", limit: SCHEMA_VERSIONS_MAX as usize });
        }
        let others = self.schemas.values().filter(|known| known.topic != *topic);
        let bytes: usize = others.filter_map(|known| known.in_force.as_ref()).map(|schema| schema.text.len()).sum();
        let over = bytes + text.len() > SCHEMAS_BYTES_MAX;
        over.then_some(Refusal::TooMany { what: "bytes of schemas in force", limit: SCHEMAS_BYTES_MAX })
    }

    fn schema_changed(&mut self, topic: &Topic, entry: AuditEntry, step: &mut Step) -> Answer {
        let Some(known) = self.schemas.get(topic) else { return Answer::Changed(0) };
        let version = known.in_force.as_ref().map(|schema| schema.version);
        let mode = known.in_force.as_ref().map_or(SchemaMode::Off, |schema| schema.mode);
        let write = SchemaWrite::InForce { topic: topic.clone(), version, mode, last: known.last };
        step.writes.push(Write::Schema(Box::new(write)));
        step.writes.push(Write::Audit(entry));
        self.renew_rules(step);
        Answer::Changed(1)
    }

    /// Why the first of these events that is new to the store is refused, if one is.
    pub(crate) fn refused_by_schema<'p>(&self, publishes: impl Iterator<Item = &'p Publish>) -> Option<(usize, Refusal)> {
        let new = publishes.enumerate().filter(|(_, publish)| !self.is_again(publish));
        new.filter_map(|(place, publish)| Some((place, publish.matches.schema.refusal()?))).next()
    }

    /// Tells and counts what was accepted although it does not fit.
    pub(crate) fn warn_of_schema(&self, verdict: Verdict, receipt: Receipt, step: &mut Step) -> Receipt {
        let Verdict::Fails(misfit) = verdict else { return receipt };
        step.writes.push(Write::Schema(Box::new(SchemaWrite::Warned { topic: misfit.topic })));
        Receipt { warnings: misfit.problems, ..receipt }
    }

    /// An attempt whose handler was done, but emits what may not be published: nothing of it takes effect, and it was an attempt.
    pub(crate) fn emit_refused(&mut self, token: FencingToken, emits: &[Publish], log_tail: &str, step: &mut Step) -> Option<Answer> {
        let refused = emits.iter().find_map(|emit| emit.matches.schema.refusal())?;
        let error =
            AttemptError { class: "SchemaViolated".to_owned(), message: format!("it emits what is refused: {refused}"), place: None };
        Some(self.failed_attempt(token, error, Cause::Schema, log_tail.to_owned(), step))
    }
}

fn entry(action: &str, topic: &Topic, actor: String, reason: String, detail: String) -> AuditEntry {
    AuditEntry { actor, action: action.to_owned(), object: topic.to_string(), reason, detail }
}
