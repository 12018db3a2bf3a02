//! A route in the document.

use std::collections::BTreeMap;

use panotti_protocol::permission::{Resource, Verb};
use serde_json::{Map, Value, json};

use super::components::{Components, without_null};
use super::problems;
use super::shape::{Content, SchemaOf, Shape};
use crate::daemon::api::operation::{Needs, Operation};

/// A group of routes: those whose path begins with one of these.
#[derive(Debug)]
pub struct Tag {
    /// Its name.
    pub name: &'static str,
    /// What its routes are about.
    pub about: &'static str,
    /// What their paths begin with. Of several that fit, the longest counts.
    pub paths: &'static [&'static str],
}

const fn tag(name: &'static str, about: &'static str, paths: &'static [&'static str]) -> Tag {
    Tag { name, about, paths }
}

/// The groups, in the order in which people read them.
pub const TAGS: &[Tag] = &[
    tag("events", "Publishing events, finding them, and what became of them.", &["/events"]),
    tag("topics", "Topics that events were published to, and who gets them.", &["/topics"]),
    tag(
        "filters",
        "Conditions on events that are kept under a name, and trying one out.",
        &["/events/filter", "/events/filtered", "/events/{id}/filtered"],
    ),
    tag("schemas", "What the payloads of a topic must look like.", &["/schemas"]),
    tag("replays", "Giving stored events to plugins once more.", &["/events/replay", "/replays"]),
    tag("subscriptions", "Who gets what.", &["/subscriptions"]),
    tag("plugins", "Plugins: their state, configuration, stored state and logs.", &["/plugins"]),
    tag("access", "Keys, roles, and who may do what.", &["/keys", "/roles", "/permissions", "/whoami"]),
    tag("audit", "Who did what, and whether that record is whole.", &["/audit"]),
    tag("seal", "Whether stored events are as they were written.", &["/seal"]),
    tag("configuration", "Settings of the daemon.", &["/config"]),
    tag(
        "daemon",
        "The daemon itself, and this document.",
        &["/livez", "/readyz", "/version", "/status", "/daemon", "/slo", "/openapi.json", "/docs"],
    ),
];

/// What a parameter in a path means: the path's beginning, the parameter's name, what it is, one as it could be.
const PARAMETERS: &[(&str, &str, &str, &str)] = &[
    ("/events/", "id", "The event's `eventid`, the last six characters of it or more, or `@last`.", "@last"),
    ("/events/filter/", "name", "The filter's name.", "large"),
    ("/topics/", "topic", "The topic.", "recording.ended"),
    ("/schemas/", "topic", "The topic.", "payment.made"),
    ("/replays/", "id", "The job's `replayid`, or the name that was given to it.", "rpl_01m81fbs45ecpa9kk2k4dez543"),
    ("/subscriptions/", "plugin", "The plugin's name.", "word-count"),
    ("/subscriptions/", "name", "The subscription's name, which is its topic pattern where the manifest gives none.", "recording.ended"),
    ("/plugins/", "id", "The plugin's name.", "word-count"),
    ("/plugins/", "key", "A key of the plugin's state; it may have `/` in it.", "total"),
    ("/keys/", "id", "The key's id, or its name.", "ci"),
    ("/config/secrets/", "name", "The secret's name.", "studio-token"),
    ("/roles/", "name", "The role's name.", "publisher"),
];

/// A route's two halves: schemas of what is taken are named once all are known.
#[derive(Debug)]
pub struct Described {
    /// Parameters and body.
    pub taken: Map<String, Value>,
    /// Everything else.
    pub given: Map<String, Value>,
}

/// The path as OpenAPI writes it: what the router takes as the rest of the path is a parameter like others.
pub fn template(path: &str) -> String {
    path.replace("{*", "{")
}

/// The group of a route. None where no group has its path.
pub fn tag_of(path: &str) -> Option<&'static Tag> {
    let length = |tag: &Tag| tag.paths.iter().filter(|begins| is_within(path, begins)).map(|begins| begins.len()).max();
    TAGS.iter().filter_map(|tag| length(tag).map(|length| (length, tag))).max_by_key(|(length, _)| *length).map(|(_, tag)| tag)
}

fn is_within(path: &str, begins: &str) -> bool {
    path.strip_prefix(begins).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The parameters in a path, with what they mean: empty where nobody has said it.
pub fn path_parameters(path: &str) -> Vec<(String, &'static str, &'static str)> {
    let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(|name| name.trim_start_matches('*'));
    let meaning = |name: &str| {
        let known = PARAMETERS.iter().filter(|(begins, known, ..)| path.starts_with(begins) && *known == name);
        known.max_by_key(|(begins, ..)| begins.len()).map_or(("", ""), |(.., about, example)| (*about, *example))
    };
    named.map(|name| (name.to_owned(), meaning(name).0, meaning(name).1)).collect()
}

/// Describes a route.
pub fn operation(operation: &Operation, components: &mut Components, shared: &mut BTreeMap<String, Value>) -> Described {
    let mut given = Map::new();
    given.insert("operationId".to_owned(), json!(operation.id));
    given.insert("summary".to_owned(), json!(operation.summary));
    given.insert("description".to_owned(), json!(needs(operation.needs)));
    given.insert("tags".to_owned(), json!(tag_of(operation.path).map(|tag| tag.name).into_iter().collect::<Vec<_>>()));
    if operation.needs == Needs::Nothing {
        given.insert("security".to_owned(), json!([]));
    }
    if let Needs::Permission(verb, resource) | Needs::PermissionForEach(verb, resource) = operation.needs {
        given.insert("x-panotti-permission".to_owned(), json!(permission(verb, resource)));
    }
    let mut responses = replies(&operation.shape, components);
    responses.extend(problems::responses(operation, shared));
    given.insert("responses".to_owned(), Value::Object(responses));
    let mut taken = Map::new();
    let parameters = parameters(operation, components);
    if !parameters.is_empty() {
        taken.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some(body) = body(&operation.shape, components) {
        taken.insert("requestBody".to_owned(), body);
    }
    Described { taken, given }
}

fn permission(verb: Verb, resource: Resource) -> String {
    format!("{verb}:{resource}")
}

fn needs(needs: Needs) -> String {
    match needs {
        Needs::Nothing => "Needs no key.".to_owned(),
        Needs::Principal => "Needs a key, whatever it may do.".to_owned(),
        Needs::Permission(verb, resource) => format!("Needs the permission `{verb}:{resource}:>`: for all {resource}."),
        Needs::PermissionForEach(verb, resource) => {
            format!("Needs the permission `{verb}:{resource}:...` for each of the {resource} that it is about.")
        }
    }
}

fn parameters(operation: &Operation, components: &mut Components) -> Vec<Value> {
    let mut parameters = Vec::new();
    for (name, about, example) in path_parameters(operation.path) {
        let schema = json!({ "type": "string", "minLength": 1 });
        parameters.push(json!({
            "name": name, "in": "path", "required": true, "description": about, "schema": schema, "example": example,
        }));
    }
    for schema in &operation.shape.queries {
        parameters.extend(query(*schema, components));
    }
    for header in &operation.shape.headers {
        let schema = json!({ "type": "string" });
        parameters.push(json!({ "name": header.name, "in": "header", "description": header.about, "schema": schema }));
    }
    parameters
}

/// The fields of a type, as parameters of the query.
fn query(schema: SchemaOf, components: &mut Components) -> Vec<Value> {
    let mut schema = components.taken(schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties").map(Value::take) else { return Vec::new() };
    let parameter = |(name, mut schema): (String, Value)| {
        without_null(&mut schema);
        let about = schema.as_object_mut().and_then(|object| object.remove("description")).unwrap_or_default();
        let required = required.contains(&json!(name));
        json!({ "name": name, "in": "query", "required": required, "description": about, "schema": schema })
    };
    properties.into_iter().map(parameter).collect()
}

fn body(shape: &Shape, components: &mut Components) -> Option<Value> {
    if shape.bodies.is_empty() {
        return None;
    }
    let example = shape.example.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let mut content = Map::new();
    let mut required = shape.reads_body;
    for body in &shape.bodies {
        let mut described = media(body, components);
        if let Some(example) = example.as_ref().filter(|_| body.media_type == "application/json") {
            described["example"] = example.clone();
        }
        required |= components.requires_something(body.schema);
        content.insert(body.media_type.to_owned(), described);
    }
    Some(json!({ "required": required, "content": content }))
}

fn media(content: &Content, components: &mut Components) -> Value {
    match content.schema {
        Some(schema) => json!({ "schema": components.taken(schema) }),
        None => json!({}),
    }
}

/// The answers that are no failures: of several bodies of one status and media type, any.
fn replies(shape: &Shape, components: &mut Components) -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, BTreeMap<&str, Vec<Value>>> = BTreeMap::new();
    for reply in &shape.replies {
        let schemas = by_status.entry(reply.status).or_default().entry(reply.content.media_type).or_default();
        schemas.extend(reply.content.schema.map(|schema| components.given(schema)));
    }
    let mut responses = Map::new();
    for (status, contents) in by_status {
        let mut content = Map::new();
        for (media_type, mut schemas) in contents {
            let described = match schemas.len() {
                0 => json!({}),
                1 => json!({ "schema": schemas.remove(0) }),
                _ => json!({ "schema": { "anyOf": schemas } }),
            };
            content.insert(media_type.to_owned(), described);
        }
        let about = match status {
            201 => "Made.",
            202 => "Begun.",
            _ => "Done.",
        };
        let headers = json!({ "x-request-id": { "$ref": "#/components/headers/RequestId" } });
        responses.insert(status.to_string(), json!({ "description": about, "headers": headers, "content": content }));
    }
    responses
}
