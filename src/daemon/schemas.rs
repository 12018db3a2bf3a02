//! Bringing schemas into force. A schema is compiled and compared in the task of whoever brings it; the bus
//! only decides which version is in force.

use std::sync::Arc;

use panotti_core::schemas::CreateSchema;
use panotti_filter::schema::compatible::{Break, breaks};
use panotti_filter::schema::{Schema, invalid};
use panotti_protocol::api::{Compatibility, SchemaChanged, SchemaMode};
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart};
use panotti_protocol::topic::Topic;
use serde_json::Value;

use super::bus::handle::BusHandle;
use super::rules::Rules;
use super::store::failure::StoreError;
use super::store::sqlite::readers::Readers;
use super::store::sqlite::schemas::{self, TopicRow};

/// A schema that somebody wants in force.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The topic.
    pub topic: Topic,
    /// JSON Schema.
    pub text: String,
    /// `None` keeps the mode.
    pub mode: Option<SchemaMode>,
    /// The mode for a topic that has no schema.
    pub fresh_mode: SchemaMode,
    /// What the version in force must keep.
    pub compatibility: Compatibility,
    /// Who brings it: a principal, or `plugin:NAME`.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What bringing a schema into force works with.
#[derive(Debug, Clone)]
pub struct Registry {
    /// The bus.
    pub bus: BusHandle,
    /// The store, to read.
    pub readers: Readers,
    /// What publishers match against.
    pub rules: Arc<Rules>,
}

/// A topic's schema as it is stored.
#[derive(Debug)]
pub struct Found {
    /// What is in force.
    pub row: TopicRow,
    /// A version.
    pub version: u32,
    /// Its schema, as it was written.
    pub text: String,
}

/// What the store says when it cannot be read: paths and SQL are for the log.
fn unreadable(error: StoreError) -> Failure {
    tracing::error!(code = %error.code(), %error, "a query failed");
    Failure::new(error.code(), error.code().row().title)
}

impl Registry {
    /// A version of a topic's schema: the one asked for, else the one in force. `None` where there is none.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn find(&self, topic: &Topic, version: Option<u32>) -> Result<Option<Found>, Failure> {
        let topic = topic.clone();
        let reading = self.readers.read(move |connection| {
            let Some(row) = schemas::of_topic(connection, &topic)? else { return Ok(None) };
            let Some(version) = version.or(row.in_force) else { return Ok(None) };
            Ok(schemas::text(connection, &topic, version)?.map(|text| Found { row, version, text }))
        });
        reading.await.map_err(unreadable)
    }

    /// Brings a schema into force, or says what would happen.
    ///
    /// # Errors
    /// `schema.invalid`, `schema.incompatible`, `schema.changed`, `event.topic_reserved`, `overloaded` where a limit is reached.
    pub async fn bring(&self, wanted: Wanted) -> Result<SchemaChanged, Failure> {
        if wanted.topic.is_reserved() {
            let detail = format!("the events of `{}` are the daemon's own and are not checked", wanted.topic);
            return Err(Failure::new(ErrorCode::EVENT_TOPIC_RESERVED, detail));
        }
        let new = Schema::compile(&wanted.text).map_err(invalid)?;
        let before = self.find(&wanted.topic, None).await?;
        let mut same = false;
        if let Some(before) = &before {
            let old = Schema::compile(&before.text).map_err(invalid)?;
            same = old.says_the_same(&new) && said(&before.text) == said(&wanted.text);
            if !same {
                compatible(&old, &new, wanted.compatibility, &wanted.topic, before.version)?;
            }
        }
        let mode = wanted.mode.or(before.as_ref().map(|before| before.row.mode)).unwrap_or(wanted.fresh_mode);
        let version = before.as_ref().map(|before| before.version);
        let changed = !same || before.is_some_and(|before| before.row.mode != mode);
        let Wanted { topic, text, fresh_mode, compatibility, by, reason, dry_run, .. } = wanted;
        if dry_run || !changed {
            let version = if same { version.unwrap_or(1) } else { self.last(&topic).await? + 1 };
            return Ok(SchemaChanged { changed, topic, version, mode, dry_run });
        }
        let text: Arc<str> = Arc::from(text);
        self.rules.keep_ready(&text, new);
        let asked = CreateSchema {
            topic: topic.clone(),
            text,
            mode: Some(mode),
            fresh_mode,
            compatibility,
            compared_with: version,
            same,
            by,
            reason,
        };
        let changed = self.bus.create_schema(asked).await?;
        let version = self.find(&topic, None).await?.map_or(0, |found| found.version);
        Ok(SchemaChanged { changed, topic, version, mode, dry_run })
    }

    /// Whether the newest version that somebody brought for a topic says just this.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn was_brought(&self, topic: &Topic, by: &str, text: &str) -> Result<bool, Failure> {
        let (topic, by) = (topic.clone(), by.to_owned());
        let newest = self.readers.read(move |connection| schemas::newest_by(connection, &topic, &by)).await.map_err(unreadable)?;
        Ok(newest.is_some_and(|newest| said(&newest) == said(text)))
    }

    async fn last(&self, topic: &Topic) -> Result<u32, Failure> {
        let topic = topic.clone();
        let row = self.readers.read(move |connection| schemas::of_topic(connection, &topic)).await.map_err(unreadable)?;
        Ok(row.map_or(0, |row| row.last))
    }
}

/// A schema with its titles and descriptions, whatever its layout.
fn said(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn compatible(old: &Schema, new: &Schema, wanted: Compatibility, topic: &Topic, version: u32) -> Result<(), Failure> {
    let found = told(breaks(old, new, wanted));
    if found.is_empty() {
        return Ok(());
    }
    let detail = format!("the schema is not {wanted} compatible with {topic}@{version}");
    Err(Failure::new(ErrorCode::SCHEMA_INCOMPATIBLE, detail).errors(found))
}

/// What broke, as clients get it.
pub fn told(found: Vec<Break>) -> Vec<FailurePart> {
    let part = |found: Break| {
        let pointer = if found.forward { format!("old:{}", found.pointer) } else { found.pointer };
        FailurePart { pointer, detail: found.detail, next: String::new() }
    };
    found.into_iter().map(part).collect()
}
