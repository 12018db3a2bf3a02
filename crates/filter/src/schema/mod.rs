//! Schemas of payloads: JSON Schema, draft 2020-12. Compiled once, offline, within limits; a payload is checked in time that its size and
//! the schema's bound.
//!
//! - [`expand`]: a schema as written becomes a tree without `$ref`: what may stand in it, and how much
//! - [`violation`]: what is wrong with a payload, in words
//! - [`compatible`]: whether what was valid stays valid under a new version
//! - [`sensitive`]: payloads without the values that a schema marks
//! - [`infer`]: a schema that describes payloads that were seen

pub mod compatible;
mod expand;
mod formats;
pub mod infer;
mod members;
mod numbers;
pub mod sensitive;
pub mod violation;

#[cfg(test)]
mod tests;

use jsonschema::{Draft, PatternOptions, Validator};
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart};
use serde_json::Value;

use crate::limits::{PATTERN_BYTES_MAX, SCHEMA_BYTES_MAX, SCHEMA_PROBLEMS_MAX};
use violation::Violations;

/// A compiled schema.
#[derive(Debug, Clone)]
pub struct Schema {
    validator: Validator,
    /// The schema with every `$ref` replaced by what it leads to, without what has no effect on validity.
    plain: Value,
}

/// What is wrong with a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProblem {
    /// Where: a JSON pointer into the schema; empty for the whole.
    pub pointer: String,
    /// What.
    pub detail: String,
}

impl SchemaProblem {
    fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// The failure that names what is wrong with a schema.
pub fn invalid(problems: Vec<SchemaProblem>) -> Failure {
    let detail = match problems.first() {
        Some(SchemaProblem { pointer, detail }) if pointer.is_empty() => format!("the schema does not hold: {detail}"),
        Some(SchemaProblem { pointer, detail }) => format!("the schema does not hold at {pointer}: {detail}"),
        None => "the schema does not hold".to_owned(),
    };
    let parts = problems.into_iter().map(|problem| FailurePart { pointer: problem.pointer, detail: problem.detail, next: String::new() });
    Failure::new(ErrorCode::SCHEMA_INVALID, detail).errors(parts.collect())
}

impl Schema {
    /// Reads and compiles a schema.
    ///
    /// # Errors
    /// What is wrong with it, [`SCHEMA_PROBLEMS_MAX`] problems at most: it is not JSON or not JSON Schema, it is over a limit, or has
    /// something that is left out on purpose (`docs/schemas.md`).
    pub fn compile(text: &str) -> Result<Self, Vec<SchemaProblem>> {
        let one = |problem| Err(vec![problem]);
        if text.len() > SCHEMA_BYTES_MAX {
            return one(SchemaProblem::new("", format!("it is {} bytes, the limit is {SCHEMA_BYTES_MAX}", text.len())));
        }
        match serde_json::from_str(text) {
            Ok(value) => Self::of(&value),
            Err(error) => one(SchemaProblem::new("", format!("it is not JSON: {error}"))),
        }
    }

    /// Compiles a schema.
    ///
    /// # Errors
    /// As [`Schema::compile`].
    pub fn of(value: &Value) -> Result<Self, Vec<SchemaProblem>> {
        expand::check_dialect(value).map_err(|problem| vec![problem])?;
        let wrong = |error: jsonschema::ValidationError<'_>| SchemaProblem::new(error.instance_path().as_str(), violation::detail(&error));
        let meta: Vec<_> = match jsonschema::draft202012::meta::validator().iter_errors(value) {
            errors if value.is_object() || value.is_boolean() => errors.take(SCHEMA_PROBLEMS_MAX).map(wrong).collect(),
            _ => vec![SchemaProblem::new("", "a schema is an object, `true` or `false`")],
        };
        if !meta.is_empty() {
            return Err(meta);
        }
        let plain = expand::expand(value)?;
        let validator = build(&plain).map_err(|problem| vec![problem])?;
        Ok(Self { validator, plain })
    }

    /// Whether a payload is valid.
    pub fn holds(&self, payload: &Value) -> bool {
        self.validator.is_valid(payload)
    }

    /// What is wrong with a payload. Nothing where it is valid.
    pub fn violations(&self, payload: &Value) -> Violations {
        if self.validator.is_valid(payload) {
            return Violations::default();
        }
        Violations::of(self.validator.iter_errors(payload))
    }

    /// Whether two schemas say the same, whatever their titles, descriptions and the order of their keys.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.plain == other.plain
    }
}

/// Compiles a tree without `$ref`. Formats are asserted; patterns run in time that is linear in the text.
fn build(plain: &Value) -> Result<Validator, SchemaProblem> {
    let patterns = PatternOptions::regex().size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX);
    let options = jsonschema::options().with_draft(Draft::Draft202012).offline();
    let built = options.with_pattern_options(patterns).should_validate_formats(true).build(plain);
    built.map_err(|error| SchemaProblem::new(error.instance_path().as_str(), violation::detail(&error)))
}
