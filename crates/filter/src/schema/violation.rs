//! What is wrong with a payload: where, and what was expected there. Values of the payload are never repeated: they may be secret.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use panotti_protocol::failure::FailurePart;
use serde_json::Value;

use crate::limits::{SCHEMA_PROBLEMS_MAX, SCHEMA_VALUES_SHOWN_MAX};

/// Longest value of a schema that is written out in a sentence, in bytes.
const SHOWN_BYTES_MAX: usize = 80;

/// What is wrong with a payload. Empty where it is valid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations {
    /// By their places, [`SCHEMA_PROBLEMS_MAX`] at most.
    pub items: Vec<FailurePart>,
    /// Whether there are more.
    pub more: bool,
}

impl Violations {
    pub(super) fn of<'e>(errors: impl Iterator<Item = ValidationError<'e>>) -> Self {
        let mut errors = errors;
        let mut items: Vec<FailurePart> = errors.by_ref().take(SCHEMA_PROBLEMS_MAX).map(|error| part(&error)).collect();
        items.sort_by(|left, right| (&left.pointer, &left.detail).cmp(&(&right.pointer, &right.detail)));
        Self { items, more: errors.next().is_some() }
    }

    /// One, of the payload as a whole.
    pub fn one(detail: impl Into<String>) -> Self {
        Self { items: vec![FailurePart { pointer: String::new(), detail: detail.into(), next: String::new() }], more: false }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

fn part(error: &ValidationError<'_>) -> FailurePart {
    FailurePart { pointer: error.instance_path().as_str().to_owned(), detail: detail(error), next: String::new() }
}

/// What was expected, in words.
pub fn detail(error: &ValidationError<'_>) -> String {
    let found = found(error.instance());
    match error.kind() {
        ValidationErrorKind::Type { kind } => format!("expected {}, found {found}", types(kind)),
        ValidationErrorKind::Required { property } => format!("{} is missing", shown(property)),
        ValidationErrorKind::AdditionalProperties { unexpected } | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            format!("{} may not be there", names(unexpected))
        }
        ValidationErrorKind::Enum { options } => format!("expected one of {}", listed(options)),
        ValidationErrorKind::Constant { expected_value } => format!("expected {}", shown(expected_value)),
        ValidationErrorKind::Format { format } => format!("expected the format `{format}`"),
        ValidationErrorKind::Pattern { pattern } => format!("expected a text that matches `{}`", cut(pattern)),
        ValidationErrorKind::Minimum { limit } => format!("expected at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("expected at most {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("expected more than {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("expected less than {limit}"),
        ValidationErrorKind::MultipleOf { multiple_of } => format!("expected a multiple of {multiple_of}"),
        ValidationErrorKind::MinLength { limit } => format!("expected {limit} characters or more"),
        ValidationErrorKind::MaxLength { limit } => format!("expected {limit} characters or fewer"),
        ValidationErrorKind::MinItems { limit } => format!("expected {limit} items or more"),
        ValidationErrorKind::MaxItems { limit } => format!("expected {limit} items or fewer"),
        ValidationErrorKind::MinProperties { limit } => format!("expected {limit} properties or more"),
        ValidationErrorKind::MaxProperties { limit } => format!("expected {limit} properties or fewer"),
        ValidationErrorKind::UniqueItems => "expected items that all differ".to_owned(),
        ValidationErrorKind::AdditionalItems { limit } => format!("expected {limit} items or fewer"),
        ValidationErrorKind::UnevaluatedItems { .. } => "has items that may not be there".to_owned(),
        ValidationErrorKind::Contains => "has too few or too many items that match `contains`".to_owned(),
        ValidationErrorKind::AnyOf { .. } => format!("{found} fits none of `anyOf`"),
        ValidationErrorKind::OneOfNotValid { .. } => format!("{found} fits none of `oneOf`"),
        ValidationErrorKind::OneOfMultipleValid { .. } => format!("{found} fits more than one of `oneOf`"),
        ValidationErrorKind::Not { .. } => format!("{found} is what `not` excludes"),
        ValidationErrorKind::PropertyNames { error } => format!("a property's name does not hold: {}", detail(error)),
        ValidationErrorKind::FalseSchema => "nothing may be there".to_owned(),
        other => format!("does not satisfy `{}`", other.keyword()),
    }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or "),
    }
}

/// What kind of value is there.
pub fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn names(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(SCHEMA_VALUES_SHOWN_MAX).map(|name| format!("`{}`", cut(name))).collect();
    if names.len() > shown.len() {
        shown.push(format!("{} more", names.len() - shown.len()));
    }
    shown.join(", ")
}

fn listed(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut texts: Vec<String> = options.iter().take(SCHEMA_VALUES_SHOWN_MAX).map(shown).collect();
    if options.len() > texts.len() {
        texts.push(format!("{} more", options.len() - texts.len()));
    }
    texts.join(", ")
}

/// A value of a schema as JSON, cut where it is long.
pub fn shown(value: &Value) -> String {
    format!("`{}`", cut(&value.to_string()))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_BYTES_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
