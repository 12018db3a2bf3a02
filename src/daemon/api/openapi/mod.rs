//! The OpenAPI 3.1 document, made of the table of routes and of the types that the handlers use; nothing in it is written twice.
//!
//! - [`shape`]: what a handler takes and answers, read off its signature
//! - [`components`]: the schemas of those types
//! - [`problems`]: the failures of a route
//! - [`paths`]: a route in the document; what its path's parameters mean
//! - [`links`]: which answers name what other routes are about
//! - [`page`]: the page that shows the document, without anything from elsewhere
//!
//! A new route needs nothing here but for a parameter in its path with a new meaning, or a new first word of its path: then
//! the tests below say so. `docs/openapi.json` is the document as it is committed; `make generated` writes it.

pub mod components;
pub mod links;
pub mod page;
pub mod paths;
pub mod problems;
pub mod shape;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use panotti_protocol::api::API_VERSION;
use panotti_protocol::failure::Failure;
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::routes::operations;
use components::Components;

const ABOUT: &str = "The API of a Panotti daemon: publishing events, seeing what became of them, giving them to plugins once more, and \
everything else that the command line can do.\n\nThe same routes are served on the daemon's local socket, where the user at the other end is \
known by the kernel, and over the network, where a key is needed. Every path also exists with `/v1` before it. Unknown fields and \
parameters of a request are refused; unknown fields of an answer must be ignored, since later versions add some. Failures are problems \
(RFC 9457) with a `code` that never changes.";

/// `GET /openapi.json`
pub async fn served() -> Response {
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(text()));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        // A daemon of another version has another document at the same address.
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, TEXT.clone()).into_response()
}

/// The document as text, one line a value, as it is served and committed.
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// The document.
pub fn document() -> Value {
    let mut components = Components::default();
    let mut responses = BTreeMap::new();
    let mut taken = Map::new();
    let mut given: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations() {
        let described = paths::operation(&operation, &mut components, &mut responses);
        given.insert(operation.id, described.given);
        taken.insert(operation.id.to_owned(), Value::Object(described.taken));
    }
    // Problems are failures.
    components.given(shape::schema_of::<Failure>);
    let (schemas, differing) = components.finish();
    let mut taken = Value::Object(taken);
    components::rename(&mut taken, &differing);
    let mut by_path = Map::new();
    let operations = operations();
    for operation in &operations {
        let mut whole = given.remove(operation.id).unwrap_or_default();
        link(operation, &operations, &mut whole);
        whole.extend(taken.get(operation.id).and_then(Value::as_object).cloned().unwrap_or_default());
        let entry = by_path.entry(paths::template(operation.path)).or_insert_with(|| json!({}));
        entry[operation.method.to_lowercase()] = Value::Object(whole);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Panotti",
            "version": API_VERSION.to_string(),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [
            { "url": "/", "description": "This daemon" },
            { "url": format!("/v{API_VERSION}"), "description": "This daemon, and no later version of the API" },
        ],
        "security": [{ "bearer": [] }, { "apiKey": [] }],
        "tags": paths::TAGS.iter().map(|tag| json!({ "name": tag.name, "description": tag.about })).collect::<Vec<_>>(),
        "paths": by_path,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "examples": problems::examples(),
            "headers": headers(),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "`Authorization: Bearer KEY` with a key of `panotti key create`." },
                "apiKey": { "type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key, for clients that cannot set the other header." },
            },
        },
    })
}

/// Adds the links of a route's answers.
fn link(operation: &Operation, operations: &[Operation], described: &mut Map<String, Value>) {
    let Some(Value::Object(responses)) = described.get_mut("responses") else { return };
    for reply in &operation.shape.replies {
        let links = links::links(operation.id, reply.status, operations);
        if let Some(response) = responses.get_mut(&reply.status.to_string()).filter(|_| !links.is_empty()) {
            response["links"] = Value::Object(links);
        }
    }
}

fn headers() -> Value {
    json!({
        "RequestId": { "description": "Names this request in the daemon's log.", "required": true, "schema": { "type": "string", "pattern": "^[0-9a-f]{16}$" } },
        "Challenge": { "description": "What kind of key is asked for (RFC 6750).", "required": true, "schema": { "type": "string" } },
        "RetryAfter": { "description": "Seconds after which trying again makes sense.", "schema": { "type": "integer", "minimum": 0 } },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::daemon::api::operation::Needs;

    #[test]
    fn every_route_is_described_in_the_openapi_document() {
        for operation in operations() {
            let (id, shape) = (operation.id, &operation.shape);
            assert!(
                !operation.summary.is_empty() && !operation.summary.ends_with('.'),
                "{id}: `.says(...)` what it does, in one line without a stop"
            );
            assert!(!shape.replies.is_empty(), "{id}: its handler answers a bare `Response`; add `.answers::<T>(status)` in routes.rs");
            assert!(
                !shape.reads_body || !shape.bodies.is_empty(),
                "{id}: its handler takes a bare `Request`; add `.takes::<T>(media type)` in routes.rs"
            );
            assert!(
                paths::tag_of(operation.path).is_some(),
                "{id}: no group in openapi/paths.rs has {}; add its first words to `TAGS`",
                operation.path
            );
            for (name, about, example) in paths::path_parameters(operation.path) {
                assert!(!about.is_empty() && !example.is_empty(), "{id}: say in openapi/paths.rs (`PARAMETERS`) what `{name}` means");
            }
            for code in operation.fails {
                assert!((400..600).contains(&code.row().status), "{id}: {code} never crosses HTTP");
            }
        }
    }

    #[test]
    fn every_body_in_the_openapi_document_has_an_example_that_is_one() {
        for operation in operations() {
            let json = operation.shape.bodies.iter().any(|body| body.media_type == "application/json");
            let example = operation.shape.example.map(serde_json::from_str::<Value>);
            assert!(
                !json || example.is_some_and(|example| example.is_ok()),
                "{}: add `.example(r#\"{{...}}\"#)` in routes.rs",
                operation.id
            );
        }
    }

    #[test]
    fn every_parameter_in_the_openapi_document_is_described() {
        let document = document();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for parameter in methods.as_object().unwrap().values().flat_map(|route| route["parameters"].as_array().into_iter().flatten()) {
                assert!(parameter["description"].is_string(), "{path}: document the field `{}` of its query", parameter["name"]);
            }
        }
    }

    #[test]
    fn every_reference_of_the_openapi_document_leads_somewhere_and_nothing_is_there_for_nothing() {
        let document = document();
        let mut named = BTreeSet::new();
        collect(&document, &mut named);
        for reference in &named {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
        }
        for (kind, components) in document["components"].as_object().unwrap().iter().filter(|(kind, _)| *kind != "securitySchemes") {
            for name in components.as_object().unwrap().keys() {
                assert!(named.contains(&format!("#/components/{kind}/{name}")), "{kind} {name} is used nowhere");
            }
        }
    }

    fn collect(value: &Value, named: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                named.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| collect(value, named));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, named)),
            _ => {}
        }
    }

    #[test]
    fn rule_20_the_openapi_document_says_what_each_route_needs() {
        let document = document();
        for operation in operations() {
            let described = &document["paths"][paths::template(operation.path)][operation.method.to_lowercase()];
            assert_eq!(described["operationId"], operation.id);
            assert_eq!(described.get("security").is_some(), operation.needs == Needs::Nothing, "{}", operation.id);
            assert!(described["responses"].get("401").is_some(), "{}: a wrong key is refused everywhere", operation.id);
            let refusals = described["responses"]["403"].to_string();
            let expected = matches!(operation.needs, Needs::Permission(..) | Needs::PermissionForEach(..));
            assert_eq!(refusals.contains("permission.denied"), expected, "{}", operation.id);
        }
    }
}
