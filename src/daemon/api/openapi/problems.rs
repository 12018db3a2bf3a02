//! The failures of a route in the document: those that every route has by being one, and those that come from what it does.

use std::collections::{BTreeMap, BTreeSet};

use panotti_protocol::failure::{ErrorCode, Failure};
use serde_json::{Map, Value, json};

use super::headers::{CHALLENGE, Headers, RETRY_AFTER, Sent};
use super::paths::Shared;
use crate::daemon::api::operation::{Needs, Operation};
use crate::daemon::api::problem::RETRIED;
use crate::daemon::api::routes::operations;

/// What any request can be answered with: how it is written, who sends it, how the daemon is.
const ANY: &[ErrorCode] = &[
    ErrorCode::REQUEST_INVALID,
    ErrorCode::REQUEST_HOST,
    ErrorCode::REQUEST_ORIGIN,
    ErrorCode::REQUEST_MEDIA_TYPE,
    ErrorCode::REQUEST_TOO_SLOW,
    ErrorCode::REQUEST_TOO_LARGE,
    ErrorCode::REQUEST_URI_TOO_LONG,
    ErrorCode::KEY_IN_URL,
    ErrorCode::KEY_INVALID,
    ErrorCode::KEY_THROTTLED,
    ErrorCode::KEY_RATE_EXCEEDED,
    ErrorCode::INTERNAL,
    ErrorCode::OVERLOADED,
    ErrorCode::DAEMON_STOPPING,
];
/// What reading the store can come to.
const STORED: &[ErrorCode] = &[ErrorCode::STORE_UNAVAILABLE, ErrorCode::STORE_CORRUPT];

/// Every code that a route can fail with.
pub fn codes(operation: &Operation) -> BTreeSet<&'static str> {
    let mut codes: Vec<ErrorCode> = ANY.iter().chain(operation.fails).copied().collect();
    if operation.needs != Needs::Nothing {
        codes.push(ErrorCode::KEY_MISSING);
        codes.extend(STORED);
    }
    if matches!(operation.needs, Needs::Permission(..) | Needs::PermissionForEach(..)) {
        codes.push(ErrorCode::PERMISSION_DENIED);
    }
    if operation.method != "GET" {
        codes.push(ErrorCode::STORE_FULL);
    }
    codes.into_iter().map(ErrorCode::as_str).collect()
}

/// The answers of a route that are problems, by status. Those that many routes have are kept in `shared`, under a name.
pub fn responses(operation: &Operation, shared: &mut Shared) -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in codes(operation).into_iter().filter_map(ErrorCode::find) {
        by_status.entry(code.row().status).or_default().push(code);
    }
    let mut responses = Map::new();
    for (status, codes) in by_status {
        let answer = if codes.iter().any(|code| operation.fails.contains(code)) {
            problem(status, &codes, &mut shared.headers)
        } else {
            let name = name(&codes);
            shared.responses.entry(name.clone()).or_insert_with(|| problem(status, &codes, &mut shared.headers));
            json!({ "$ref": format!("#/components/responses/{name}") })
        };
        responses.insert(status.to_string(), answer);
    }
    responses
}

/// The name of a shared answer: its codes, since some routes have fewer of a status than others.
fn name(codes: &[ErrorCode]) -> String {
    codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join("-")
}

/// Every code as somebody would get it, under its name.
pub fn examples() -> Map<String, Value> {
    let crosses = |code: &ErrorCode| operations().iter().any(|operation| codes(operation).contains(code.as_str()));
    let known = ErrorCode::TABLE.iter().filter_map(|row| ErrorCode::find(row.code)).filter(crosses);
    known
        .map(|code| {
            let failure = Failure { request_id: "4bbbee39e86f934c".to_owned(), ..Failure::new(code, code.row().title) };
            (code.as_str().to_owned(), json!({ "summary": code.row().title, "value": failure }))
        })
        .collect()
}

fn problem(status: u16, codes: &[ErrorCode], headers: &mut Headers) -> Value {
    let told: Vec<String> = codes.iter().map(|code| format!("- `{code}`: {}", code.row().title)).collect();
    let examples: Map<String, Value> =
        codes.iter().map(|code| (code.as_str().to_owned(), json!({ "$ref": format!("#/components/examples/{code}") }))).collect();
    let mut own = Vec::new();
    match status {
        401 => own.push(Sent::Always(&CHALLENGE)),
        // Not where a web page is what is refused.
        403 if codes.contains(&ErrorCode::PERMISSION_DENIED) => own.push(Sent::Sometimes(&CHALLENGE)),
        _ => {}
    }
    if RETRIED.contains(&status) {
        own.push(Sent::Always(&RETRY_AFTER));
    }
    // Beside the reference, so that those who make clients of this see one type for all failures.
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let schema = json!({
        "$ref": "#/components/schemas/Failure",
        "properties": { "code": { "enum": words }, "status": { "const": status } },
    });
    json!({
        "description": told.join("\n"),
        "headers": headers.of(&own),
        "content": { "application/problem+json": { "schema": schema, "examples": examples } },
    })
}
