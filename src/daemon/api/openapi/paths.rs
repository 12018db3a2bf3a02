//! A route in the document.

use std::collections::BTreeMap;

use panotti_protocol::limits::{PAGE_DEFAULT, PAGE_MAX};
use panotti_protocol::permission::{Resource, Verb};
use serde_json::{Map, Value, json};

use super::components::{Components, without_null};
use super::headers::{Header, Headers, Sent};
use super::shape::{Content, Example, Read, Reply, SchemaOf, Shape};
use super::{examples, problems};
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
    ("/replays/", "id", "The job's `replayid`, the last six characters of it or more, or `@last`.", "@last"),
    ("/subscriptions/", "plugin", "The plugin's name.", "word-count"),
    ("/subscriptions/", "name", "The subscription's name, which is its topic pattern where the manifest gives none.", "recording.ended"),
    ("/plugins/", "id", "The plugin's name.", "word-count"),
    ("/plugins/", "key", "A key of the plugin's state; it may have `/` in it.", "total"),
    ("/keys/", "id", "The key's id, or its name.", "ci"),
    ("/config/secrets/", "name", "The secret's name.", "studio-token"),
    ("/roles/", "name", "The role's name.", "studio"),
];

/// Values of parameters of the query that must be there: the route's name, the parameter's, the value.
const ASKED: &[(&str, &str, &str)] = &[
    ("test_filter", "filter", "data.amount > 1000"),
    ("test_filter_on_event", "filter", "has(data)"),
    ("get_trace", "of", "@last"),
    ("check_permission", "principal", "role:publisher"),
    ("check_permission", "permission", "publish:events:recording.ended"),
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

/// What is collected while the routes are described, and stands among the components.
#[derive(Debug, Default)]
pub struct Shared {
    /// Schemas.
    pub schemas: Components,
    /// Answers that many routes have.
    pub responses: BTreeMap<String, Value>,
    /// Headers.
    pub headers: Headers,
}

/// Describes a route.
pub fn operation(operation: &Operation, shared: &mut Shared) -> Described {
    let mut given = Map::new();
    given.insert("operationId".to_owned(), json!(operation.id));
    given.insert("summary".to_owned(), json!(operation.summary));
    given.insert("description".to_owned(), json!(description(operation)));
    given.insert("tags".to_owned(), json!(tag_of(operation.path).map(|tag| tag.name).into_iter().collect::<Vec<_>>()));
    if operation.needs == Needs::Nothing {
        given.insert("security".to_owned(), json!([]));
    }
    if let Needs::Permission(verb, resource) | Needs::PermissionForEach(verb, resource) = operation.needs {
        given.insert("x-panotti-permission".to_owned(), json!(permission(verb, resource)));
    }
    let mut responses = replies(operation, shared);
    responses.extend(problems::responses(operation, shared));
    given.insert("responses".to_owned(), Value::Object(responses));
    let mut taken = Map::new();
    let parameters = parameters(operation, &mut shared.schemas);
    if !parameters.is_empty() {
        taken.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some(body) = body(&operation.shape, &mut shared.schemas) {
        taken.insert("requestBody".to_owned(), body);
    }
    Described { taken, given }
}

/// How a route is used, where there is more to say than one line, and what it needs.
fn description(operation: &Operation) -> String {
    let needs = needs(operation.needs);
    match operation.details {
        "" => needs,
        details => format!("{details}\n\n{needs}"),
    }
}

fn permission(verb: Verb, resource: Resource) -> String {
    format!("{verb}:{resource}")
}

fn needs(needs: Needs) -> String {
    match needs {
        Needs::Nothing => "Needs no key.".to_owned(),
        Needs::Principal => "Needs a key, and no permission.".to_owned(),
        Needs::Permission(verb, resource) => format!("Needs the permission `{verb}:{resource}:>`."),
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
        parameters.extend(query(operation.id, *schema, components));
    }
    for Read { header, required } in &operation.shape.headers {
        parameters.push(json!({
            "name": header.name, "in": "header", "required": required, "description": header.about, "schema": header.schema(),
            "example": header.example(),
        }));
    }
    parameters
}

/// The fields of a type, as parameters of the query.
fn query(id: &str, schema: SchemaOf, components: &mut Components) -> Vec<Value> {
    let mut schema = components.taken(schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties").map(Value::take) else { return Vec::new() };
    let parameter = |(name, mut schema): (String, Value)| {
        without_null(&mut schema);
        if name == "limit" {
            // Read by `pages::limit`, whatever the list.
            schema = json!({ "type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": PAGE_DEFAULT, "description": schema["description"] });
        }
        let about = schema.as_object_mut().and_then(|object| object.remove("description")).unwrap_or_default();
        let required = required.contains(&json!(name));
        let mut described = json!({ "name": name, "in": "query", "required": required, "description": about, "schema": schema });
        if let Some((.., value)) = ASKED.iter().find(|(of, asked, _)| *of == id && *asked == name) {
            described["example"] = json!(value);
        }
        described
    };
    properties.into_iter().map(parameter).collect()
}

fn body(shape: &Shape, components: &mut Components) -> Option<Value> {
    if shape.bodies.is_empty() {
        return None;
    }
    let mut content = Map::new();
    let mut required = shape.reads_body;
    for body in &shape.bodies {
        let mut described = media(body, components);
        let examples: Map<String, Value> =
            shape.examples.iter().filter(|example| example.media_type == body.media_type).map(sent).collect();
        if !examples.is_empty() {
            described["examples"] = Value::Object(examples);
        }
        required |= components.requires_something(body.schema);
        content.insert(body.media_type.to_owned(), described);
    }
    Some(json!({ "required": required, "content": content }))
}

fn sent(example: &Example) -> (String, Value) {
    let mut described = json!({ "value": serde_json::from_str::<Value>(example.text).unwrap_or_default() });
    if !example.about.is_empty() {
        described["summary"] = json!(example.about);
    }
    (example.name.to_owned(), described)
}

fn media(content: &Content, components: &mut Components) -> Value {
    match content.schema {
        Some(schema) => json!({ "schema": components.taken(schema) }),
        None => json!({}),
    }
}

/// The answers that are no failures: of several bodies of one status and media type, any. A header that one of them lacks is not always there.
fn replies(operation: &Operation, shared: &mut Shared) -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<&Reply>> = BTreeMap::new();
    for reply in &operation.shape.replies {
        by_status.entry(reply.status).or_default().push(reply);
    }
    let mut responses = Map::new();
    for (status, replies) in by_status {
        let told: Vec<&str> = replies.iter().map(|reply| reply.about).filter(|about| !about.is_empty()).collect();
        let about = if told.is_empty() { "Done.".to_owned() } else { told.join(" ") };
        let mut response = json!({ "description": about, "headers": shared.headers.of(&headers_of(&replies)) });
        let content = content_of(operation, status, &replies, &mut shared.schemas);
        if !content.is_empty() {
            response["content"] = Value::Object(content);
        }
        responses.insert(status.to_string(), response);
    }
    responses
}

fn headers_of(replies: &[&Reply]) -> Vec<Sent> {
    let mut headers: BTreeMap<&str, (&'static Header, usize)> = BTreeMap::new();
    for sent in replies.iter().flat_map(|reply| &reply.headers) {
        let (header, times) = match sent {
            Sent::Always(header) => (*header, 1),
            Sent::Sometimes(header) => (*header, 0),
        };
        headers.entry(header.name).or_insert((header, 0)).1 += times;
    }
    let merged = |(header, times)| if times == replies.len() { Sent::Always(header) } else { Sent::Sometimes(header) };
    headers.into_values().map(merged).collect()
}

fn content_of(operation: &Operation, status: u16, replies: &[&Reply], components: &mut Components) -> Map<String, Value> {
    let mut by_type: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for content in replies.iter().filter_map(|reply| reply.content) {
        by_type.entry(content.media_type).or_default().extend(content.schema.map(|schema| components.given(schema)));
    }
    let described = by_type.into_iter().map(|(media_type, mut schemas)| {
        let mut described = match schemas.len() {
            0 => json!({}),
            1 => json!({ "schema": schemas.remove(0) }),
            _ => json!({ "schema": { "anyOf": schemas } }),
        };
        let examples = examples::of(operation.id, status, media_type);
        if !examples.is_empty() {
            described["examples"] = Value::Object(examples);
        }
        (media_type.to_owned(), described)
    });
    described.collect()
}
