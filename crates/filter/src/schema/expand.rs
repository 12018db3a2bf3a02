//! A schema as written becomes a tree without `$ref`, so that what checking a payload costs follows from the tree's size, and two schemas
//! can be compared part by part. What has no effect on validity is dropped; what is not understood is refused, so that a misspelt keyword
//! cannot pass unnoticed.

use serde_json::{Map, Value};

use super::{SchemaProblem, formats};
use crate::limits::{SCHEMA_DEPTH_MAX, SCHEMA_PROBLEMS_MAX, SCHEMA_VALUES_MAX, SUBSCHEMAS_MAX};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Keywords whose value is one schema.
pub const ONE: [&str; 10] = [
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
pub const SEVERAL: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value has schemas by name.
pub const NAMED: [&str; 3] = ["dependentSchemas", "patternProperties", "properties"];
/// Keywords whose value is no schema.
const PLAIN: [&str; 19] = [
    "const",
    "dependentRequired",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "required",
    "type",
];
/// Keywords without an effect on validity.
const ANNOTATIONS: [&str; 12] = [
    "$comment",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
    "$vocabulary",
];

/// The keyword that marks what is sensitive: `true`, or a word that says what it is.
pub const MARK: &str = "x-sensitive";
/// Longest word of a mark, in bytes.
const MARK_BYTES_MAX: usize = 32;

/// Refuses a schema that says it is written in another dialect.
pub fn check_dialect(schema: &Value) -> Result<(), SchemaProblem> {
    match schema.get("$schema") {
        None => Ok(()),
        Some(Value::String(name)) if name.trim_end_matches('#') == DIALECT => Ok(()),
        Some(other) => Err(SchemaProblem::new("/$schema", format!("it is written in {other}; schemas here are `{DIALECT}`"))),
    }
}

/// The tree. The schema is valid by its meta-schema.
pub fn expand(schema: &Value) -> Result<Value, Vec<SchemaProblem>> {
    expand_with(schema, false)
}

/// The tree with its marks of what is sensitive, which have no effect on validity.
pub fn marked(schema: &Value) -> Result<Value, Vec<SchemaProblem>> {
    expand_with(schema, true)
}

fn expand_with(schema: &Value, marks: bool) -> Result<Value, Vec<SchemaProblem>> {
    let mut expander = Expander { root: schema, followed: Vec::new(), schemas: 0, values: 0, marks, names: 0, problems: Vec::new() };
    let tree = expander.schema(schema, &mut Vec::new());
    for place in ["$defs", "definitions"] {
        // Also what nothing leads to must hold: it is meant to be used one day.
        for (name, unused) in schema.get(place).and_then(Value::as_object).into_iter().flatten() {
            expander.schema(unused, &mut vec![place.to_owned(), name.clone()]);
        }
    }
    if expander.problems.is_empty() { Ok(tree) } else { Err(expander.problems) }
}

struct Expander<'s> {
    root: &'s Value,
    /// The `$ref`s that are being followed.
    followed: Vec<&'s str>,
    schemas: usize,
    values: usize,
    /// Whether marks are kept.
    marks: bool,
    /// How many schemas of properties' names it is in.
    names: usize,
    problems: Vec<SchemaProblem>,
}

impl<'s> Expander<'s> {
    fn refuse(&mut self, at: &[String], detail: impl Into<String>) {
        if self.problems.len() < SCHEMA_PROBLEMS_MAX {
            let problem = SchemaProblem::new(pointer(at), detail);
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }

    /// Whether there is room for more. Told once.
    fn has_room(&mut self, at: &[String]) -> bool {
        let over = if self.schemas > SUBSCHEMAS_MAX {
            format!("it has more than {SUBSCHEMAS_MAX} schemas in it, each counted as often as a `$ref` leads to it")
        } else if self.values > SCHEMA_VALUES_MAX {
            format!("it has more than {SCHEMA_VALUES_MAX} values in it, each counted as often as a `$ref` leads to it")
        } else if at.len() > 2 * SCHEMA_DEPTH_MAX {
            format!("schemas are nested deeper than {SCHEMA_DEPTH_MAX}")
        } else {
            return true;
        };
        self.refuse(&[], over);
        false
    }

    fn schema(&mut self, schema: &'s Value, at: &mut Vec<String>) -> Value {
        self.schemas += 1;
        if !self.has_room(at) {
            return Value::Bool(true);
        }
        let Value::Object(keywords) = schema else { return schema.clone() };
        let mut tree = Map::new();
        for (keyword, value) in keywords {
            at.push(keyword.clone());
            if let Some(kept) = self.keyword(keyword, value, at) {
                tree.insert(keyword.clone(), kept);
            }
            at.pop();
        }
        if let Some(Value::String(target)) = keywords.get("$ref") {
            at.push("$ref".to_owned());
            let target = self.reference(target, at);
            at.pop();
            match tree.entry("allOf").or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(all) => all.push(target),
                _ => self.refuse(at, "`allOf` is not a list"),
            }
        }
        Value::Object(tree)
    }

    fn keyword(&mut self, keyword: &str, value: &'s Value, at: &mut Vec<String>) -> Option<Value> {
        match keyword {
            "propertyNames" => {
                self.names += 1;
                let tree = self.schema(value, at);
                self.names -= 1;
                return Some(tree);
            }
            MARK => return self.mark(value, at),
            _ if ONE.contains(&keyword) => return Some(self.schema(value, at)),
            _ if SEVERAL.contains(&keyword) => return Some(Value::Array(self.several(value, at))),
            _ if NAMED.contains(&keyword) => return Some(Value::Object(self.named(value, at))),
            _ if PLAIN.contains(&keyword) => {
                self.count(value);
                return self.has_room(at).then(|| value.clone());
            }
            "uniqueItems" => return (value == &Value::Bool(true)).then(|| value.clone()),
            "format" => match value.as_str() {
                Some(format) if formats::KNOWN.contains(&format) => return Some(value.clone()),
                _ => self.refuse(at, format!("{value} is not a format that is checked here; these are: {}", formats::KNOWN.join(", "))),
            },
            "$ref" | "$defs" | "definitions" => {}
            "$schema" | "$id" if at.len() == 1 && self.followed.is_empty() => {}
            "$schema" | "$id" => self.refuse(at, "it can only stand at the top"),
            "$anchor" | "$dynamicAnchor" | "$dynamicRef" | "$recursiveAnchor" | "$recursiveRef" => {
                self.refuse(at, format!("`{keyword}` is not supported; use `$defs` and `$ref`"));
            }
            _ if ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-") => {}
            _ => self.refuse(at, format!("`{keyword}` is not a keyword of JSON Schema 2020-12; one of your own begins with `x-`")),
        }
        None
    }

    /// A mark of what is sensitive. One that is not understood would leave something unmasked.
    fn mark(&mut self, value: &Value, at: &[String]) -> Option<Value> {
        let is_word = |word: &str| {
            (1..=MARK_BYTES_MAX).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if !value.is_boolean() && !value.as_str().is_some_and(is_word) {
            self.refuse(at, format!("it is `true`, or a word of at most {MARK_BYTES_MAX} letters and digits that says what is sensitive"));
        } else if self.names > 0 {
            self.refuse(at, "values can be masked, and names of properties cannot");
        }
        (self.marks && value != &Value::Bool(false)).then(|| value.clone())
    }

    fn several(&mut self, value: &'s Value, at: &mut Vec<String>) -> Vec<Value> {
        let mut trees = Vec::new();
        for (place, schema) in value.as_array().into_iter().flatten().enumerate() {
            at.push(place.to_string());
            trees.push(self.schema(schema, at));
            at.pop();
        }
        trees
    }

    fn named(&mut self, value: &'s Value, at: &mut Vec<String>) -> Map<String, Value> {
        let mut trees = Map::new();
        for (name, schema) in value.as_object().into_iter().flatten() {
            at.push(name.clone());
            trees.insert(name.clone(), self.schema(schema, at));
            at.pop();
        }
        trees
    }

    fn reference(&mut self, target: &'s str, at: &mut Vec<String>) -> Value {
        let nothing = Value::Bool(true);
        let Some(path) = target.strip_prefix('#').filter(|path| path.is_empty() || (path.starts_with('/') && !path.contains('%'))) else {
            self.refuse(at, format!("`{target}` leads out of the schema; only JSON pointers into it are followed, like `#/$defs/name`"));
            return nothing;
        };
        if path.is_empty() || self.followed.contains(&target) {
            self.refuse(at, format!("`{target}` leads back to itself: what checking a payload costs would have no bound"));
            return nothing;
        }
        let root = self.root;
        let Some(found) = root.pointer(path).filter(|found| found.is_object() || found.is_boolean()) else {
            self.refuse(at, format!("`{target}` leads to nothing that is a schema"));
            return nothing;
        };
        self.followed.push(target);
        let tree = self.schema(found, at);
        self.followed.pop();
        tree
    }

    fn count(&mut self, value: &Value) {
        self.values += 1;
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.count(item)),
            Value::Object(members) => members.values().for_each(|member| self.count(member)),
            _ => {}
        }
    }
}

/// A JSON pointer of its steps.
pub fn pointer(steps: &[String]) -> String {
    steps.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
}
