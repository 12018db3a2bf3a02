//! The schemas of the document. A type that is both taken and given can differ in the two: what may be left out of a request is always
//! there in an answer. Then its request's form has `Input` after its name.

use std::collections::BTreeSet;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::shape::SchemaOf;

const PATH: &str = "#/components/schemas/";

/// Collects schemas while the routes are described.
#[derive(Debug)]
pub struct Components {
    taken: SchemaGenerator,
    given: SchemaGenerator,
}

impl Default for Components {
    fn default() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self { taken: settings().for_deserialize().into_generator(), given: settings().for_serialize().into_generator() }
    }
}

impl Components {
    /// The schema of something that a route takes.
    pub fn taken(&mut self, schema: SchemaOf) -> Value {
        let mut schema = schema(&mut self.taken).to_value();
        tidy(&mut schema);
        schema
    }

    /// Whether a body of this type cannot be left out: an empty one is an empty object.
    pub fn requires_something(&mut self, schema: Option<SchemaOf>) -> bool {
        let Some(schema) = schema.map(|schema| self.taken(schema)) else { return false };
        let named = references(&schema).into_iter().next().and_then(|name| self.taken.definitions().get(&name).cloned());
        named.unwrap_or(schema).get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty())
    }

    /// The schema of something that a route gives.
    pub fn given(&mut self, schema: SchemaOf) -> Value {
        let mut schema = schema(&mut self.given).to_value();
        tidy(&mut schema);
        schema
    }

    /// All schemas by their names, and those of them that requests call `...Input`.
    pub fn finish(mut self) -> (Map<String, Value>, BTreeSet<String>) {
        let mut taken = self.taken.take_definitions(true);
        let mut given = self.given.take_definitions(true);
        taken.values_mut().for_each(tidy);
        given.values_mut().for_each(tidy);
        let differing = differing(&taken, &given);
        for (name, mut schema) in taken {
            rename(&mut schema, &differing);
            let name = if differing.contains(&name) { format!("{name}Input") } else { name };
            given.insert(name, schema);
        }
        (given, differing)
    }
}

/// Names that stand for something else in requests than in answers, in themselves or in what they refer to.
fn differing(taken: &Map<String, Value>, given: &Map<String, Value>) -> BTreeSet<String> {
    let mut differing: BTreeSet<String> = taken
        .iter()
        .filter(|(name, schema)| given.get(*name).is_some_and(|other| other != *schema))
        .map(|(name, _)| name.clone())
        .collect();
    loop {
        let refers = |schema: &Value| references(schema).iter().any(|name| differing.contains(name));
        let more: Vec<String> = taken
            .iter()
            .filter(|(name, schema)| given.contains_key(*name) && !differing.contains(*name) && refers(schema))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return differing;
        }
        differing.extend(more);
    }
}

fn references(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match schema {
        Value::Object(object) => {
            if let Some(name) = object.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix(PATH)) {
                found.insert(name.to_owned());
            }
            object.values().for_each(|value| found.extend(references(value)));
        }
        Value::Array(items) => items.iter().for_each(|item| found.extend(references(item))),
        _ => {}
    }
    found
}

/// Makes references to these names lead to the requests' form of them.
pub fn rename(schema: &mut Value, differing: &BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && reference.strip_prefix(PATH).is_some_and(|name| differing.contains(name))
            {
                reference.push_str("Input");
            }
            object.values_mut().for_each(|value| rename(value, differing));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, differing)),
        _ => {}
    }
}

/// Descriptions as text instead of rustdoc; words as one list of them; and what may be absent is never null. In what is given it is left out;
/// in what is taken null is the same, which is said once for all, so that clients that are made of this have one way to leave something out.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            words(object);
            if let Some(Value::String(description)) = object.get_mut("description") {
                *description = plain(description);
            }
            let required = object.get("required").cloned().unwrap_or_default();
            let is_required = |name: &String| required.as_array().is_some_and(|names| names.iter().any(|known| known == name));
            if let Some(Value::Object(properties)) = object.get_mut("properties") {
                properties.iter_mut().filter(|(name, _)| !is_required(name)).for_each(|(_, property)| without_null(property));
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// A choice between words, each with what it means, as the list of the words, with their meanings in its description.
fn words(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("oneOf") else { return };
    let word = |choice: &Value| choice.get("const").and_then(Value::as_str).map(str::to_owned);
    let Some(words) = choices.iter().map(word).collect::<Option<Vec<String>>>() else { return };
    let meaning = |(word, choice): (&String, &Value)| {
        choice.get("description").and_then(Value::as_str).map(|means| format!("- `{word}`: {}", means.replace('\n', " ")))
    };
    let meanings: Vec<String> = words.iter().zip(choices).filter_map(meaning).collect();
    let about = object.get("description").and_then(Value::as_str).unwrap_or_default();
    let described = [about.to_owned(), meanings.join("\n")].join("\n\n");
    object.remove("oneOf");
    object.insert("type".to_owned(), Value::from("string"));
    object.insert("enum".to_owned(), words.into());
    object.insert("description".to_owned(), described.into());
}

/// Takes null out of what a value may be.
pub fn without_null(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            // What is said of this use of it is closer than what is said of the type.
            only.into_iter().for_each(|(keyword, value)| {
                object.entry(keyword).or_insert(value);
            });
        }
    }
}

/// Text without the marks of rustdoc: a link is its word, a line that goes on is one line.
fn plain(description: &str) -> String {
    let text = description.replace("[`", "`").replace("`]", "`");
    let line = |paragraph: &str| if paragraph.starts_with("- ") { paragraph.to_owned() } else { paragraph.replace('\n', " ") };
    text.split("\n\n").map(line).collect::<Vec<_>>().join("\n\n")
}
