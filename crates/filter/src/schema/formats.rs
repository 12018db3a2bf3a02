//! Formats: those that are checked, and those that are recognised in texts that were seen.

use serde_json::Value;

use super::build;

/// Formats that may stand in a schema. All of them are asserted: a `format` that is there and not checked would be believed.
pub const KNOWN: [&str; 17] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uuid",
];

/// Formats that are inferred: a text of one of these forms is hardly so by accident.
const INFERRED: [&str; 3] = ["date-time", "date", "uuid"];

/// Recognises formats.
#[derive(Debug)]
pub struct Recogniser(Vec<(&'static str, jsonschema::Validator)>);

impl Recogniser {
    /// One for the formats that are inferred.
    pub fn new() -> Self {
        let validator = |name: &'static str| Some((name, build(&serde_json::json!({ "format": name })).ok()?));
        Self(INFERRED.into_iter().filter_map(validator).collect())
    }

    /// The format of a text, if it has one of these.
    pub fn format_of(&self, text: &Value) -> Option<&'static str> {
        self.0.iter().find(|(_, validator)| validator.is_valid(text)).map(|(name, _)| *name)
    }
}
