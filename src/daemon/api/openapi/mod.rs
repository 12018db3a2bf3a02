//! The OpenAPI 3.1 document, made of the table of routes and of the types that the handlers use; nothing in it is written twice.
//!
//! - [`shape`]: what a handler takes and answers, read off its signature
//! - [`components`]: the schemas of those types
//! - [`problems`]: the failures of a route
//! - [`paths`]: a route in the document; what its path's parameters mean
//! - [`headers`]: headers of requests and answers
//! - [`examples`]: answers as a daemon gave them
//! - [`links`]: which answers name what other routes are about
//! - `promised`: in builds for tests, whether the daemon fails as the document says
//! - [`page`]: the page that shows the document, without anything from elsewhere
//!
//! A new route needs nothing here but for a parameter in its path with a new meaning, or a new first word of its path: then
//! the tests below say so. `docs/openapi.json` is the document as it is committed; `make generated` writes it.

pub mod components;
pub mod examples;
pub mod headers;
pub mod links;
pub mod page;
pub mod paths;
pub mod problems;
#[cfg(debug_assertions)]
pub mod promised;
pub mod shape;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use panotti_protocol::api::API_VERSION;
use panotti_protocol::failure::Failure;
use serde_json::{Map, Value, json};

use super::answers::{IfNoneMatch, Unless};
use super::operation::Operation;
use super::routes::operations;
use headers::Sent;
use paths::Shared;

/// What the document is sent with, beside its tag.
pub const HEADERS: [Sent; 2] = [Sent::Always(&headers::CACHE_CONTROL), Sent::Always(&headers::ETAG)];
/// Bytes of the document's digest that its tag has.
const TAG_BYTES: usize = 16;

/// `GET /openapi.json`
pub async fn served(known: IfNoneMatch) -> Unless<Response> {
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(text()));
    static TAG: LazyLock<String> = LazyLock::new(|| format!("\"{}\"", HEXLOWER.encode(&digest(&SHA256, &TEXT).as_ref()[..TAG_BYTES])));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        // A daemon of another version has another document at the same address.
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Unless::new(&known, TAG.clone(), (headers, TEXT.clone()).into_response())
}

/// The document as text, one line a value, as it is served and committed.
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// The document.
pub fn document() -> Value {
    let mut shared = Shared::default();
    let mut taken = Map::new();
    let mut given: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let operations = operations();
    for operation in &operations {
        let described = paths::operation(operation, &mut shared);
        given.insert(operation.id, described.given);
        taken.insert(operation.id.to_owned(), Value::Object(described.taken));
    }
    let Shared { schemas: mut components, responses, headers } = shared;
    // Problems are failures.
    components.given(shape::schema_of::<Failure>);
    let (schemas, differing) = components.finish();
    let mut taken = Value::Object(taken);
    components::rename(&mut taken, &differing);
    let mut by_path = Map::new();
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
            "summary": "An event daemon: publish events, see what became of them, give them to plugins once more",
            "description": include_str!("about.md").trim_end(),
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
            "headers": headers.finish(),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "`Authorization: Bearer KEY` with a key of `panotti key create`." },
                "apiKey": { "type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key, for clients that cannot set the other header. A request has one of the two." },
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
            assert!(
                shape.replies.iter().any(|reply| reply.status < 300),
                "{id}: its handler answers a bare `Response`; add `.answers::<T>(status)` in routes.rs"
            );
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
    fn every_body_in_the_openapi_document_has_an_example_that_is_json() {
        for operation in operations() {
            let (id, shape) = (operation.id, &operation.shape);
            let names: BTreeSet<&str> = shape.examples.iter().map(|example| example.name).collect();
            assert_eq!(names.len(), shape.examples.len(), "{id}: two examples have one name");
            for body in shape.bodies.iter().filter(|body| body.schema.is_some()) {
                let there = shape.examples.iter().any(|example| example.media_type == body.media_type);
                assert!(there, "{id}: add `.example(r#\"{{...}}\"#)` in routes.rs, for {}", body.media_type);
            }
            for example in &shape.examples {
                assert!(shape.bodies.iter().any(|body| body.media_type == example.media_type), "{id} does not take {}", example.media_type);
                assert!(serde_json::from_str::<Value>(example.text).is_ok(), "{id}: {}", example.text);
            }
        }
    }

    #[test]
    fn every_parameter_in_the_openapi_document_is_described() {
        let document = document();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for parameter in methods.as_object().unwrap().values().flat_map(|route| route["parameters"].as_array().into_iter().flatten()) {
                let name = &parameter["name"];
                assert!(parameter["description"].is_string(), "{path}: document the field `{name}` of its query");
                let shown = parameter["required"] != true || parameter.get("example").is_some();
                assert!(shown, "{path}: give a value of `{name}` in openapi/paths.rs (`ASKED`)");
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
