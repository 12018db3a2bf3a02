//! Which answers name what other routes are about: a receipt has the id of an event, which every route under `/events/{id}` takes. Readers
//! find the next step by them, and generated requests what they can be about.

use serde_json::{Map, Value, json};

use super::paths::path_parameters;
use crate::daemon::api::operation::Operation;

/// An answer that names something: the route, the status, where in the body the name is, and what the paths of the routes about it begin with.
const NAMED: &[(&str, u16, &str, &str)] = &[
    ("publish_events", 201, "/eventid", "/events/{id}"),
    ("republish_event", 201, "/eventid", "/events/{id}"),
    ("list_events", 200, "/items/0/eventid", "/events/{id}"),
    ("start_replay", 202, "/replay/replayid", "/replays/{id}"),
    ("list_replays", 200, "/items/0/replayid", "/replays/{id}"),
    ("create_filter", 201, "/filter/name", "/events/filter/{name}"),
    ("list_filters", 200, "/items/0/name", "/events/filter/{name}"),
    ("create_schema", 201, "/topic", "/schemas/{topic}"),
    ("list_schemas", 200, "/items/0/topic", "/schemas/{topic}"),
    ("list_topics", 200, "/items/0/topic", "/topics/{topic}"),
    ("list_plugins", 200, "/items/0/name", "/plugins/{id}"),
    ("create_key", 201, "/id", "/keys/{id}"),
    ("list_keys", 200, "/items/0/id", "/keys/{id}"),
    ("create_role", 201, "/role/name", "/roles/{name}"),
    ("list_roles", 200, "/items/0/name", "/roles/{name}"),
];

/// The links of one answer: to every route that takes nothing in its path but what the answer names.
pub fn links(id: &str, status: u16, operations: &[Operation]) -> Map<String, Value> {
    let mut links = Map::new();
    for (_, _, pointer, begins) in NAMED.iter().filter(|(from, of, ..)| *from == id && *of == status) {
        for target in operations.iter().filter(|operation| is_about(operation.path, begins)) {
            let Some((parameter, ..)) = path_parameters(target.path).into_iter().next() else { continue };
            let parameters = json!({ parameter: format!("$response.body#{pointer}") });
            links.insert(target.id.to_owned(), json!({ "operationId": target.id, "parameters": parameters }));
        }
    }
    links
}

fn is_about(path: &str, begins: &str) -> bool {
    let rest = path.strip_prefix(begins);
    rest.is_some_and(|rest| (rest.is_empty() || rest.starts_with('/')) && !rest.contains('{'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::api::openapi::document;
    use crate::daemon::api::routes::operations;

    /// The schema of what a pointer leads to in values of a schema.
    fn field<'a>(document: &'a Value, schema: &'a Value, pointer: &str) -> Option<&'a Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            return field(document, document.pointer(&reference[1..])?, pointer);
        }
        let Some((first, rest)) = pointer.strip_prefix('/').map(|path| path.split_once('/').unwrap_or((path, ""))) else {
            return Some(schema);
        };
        let inside = if first == "0" { schema.get("items") } else { schema["properties"].get(first) };
        field(document, inside?, &if rest.is_empty() { String::new() } else { format!("/{rest}") })
    }

    #[test]
    fn every_link_of_the_openapi_document_leads_from_a_field_that_the_answer_has() {
        let (document, operations) = (document(), operations());
        for (from, status, pointer, begins) in NAMED {
            let operation = operations.iter().find(|operation| operation.id == *from).unwrap();
            let answer = &document["paths"][operation.path][operation.method.to_lowercase()]["responses"][status.to_string()];
            assert!(!answer["links"].as_object().unwrap().is_empty(), "{from}: no route takes what {begins} has in its path");
            let schema = &answer["content"]["application/json"]["schema"];
            assert!(field(&document, schema, pointer).is_some(), "{from} {status} has no {pointer}");
        }
    }
}
