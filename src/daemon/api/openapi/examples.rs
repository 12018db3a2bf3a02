//! Examples: of publishing, in each of its modes, and of answers. The answers were given by a daemon to the requests of the document: the
//! test that sends those writes `answers.json` where `UPDATE_EXAMPLES=1` asks for it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::shape::Example;

/// How events are published.
pub const PUBLISHING: &str = "The answer is sent when the events are on disk. What the body is, its media type says:\n\n\
    - `application/json`: an event. Only `type`, the topic, must be there.\n\
    - `application/cloudevents+json`: the same, the structured mode of CloudEvents.\n\
    - `application/cloudevents-batch+json`: at most 500 events, each answered in its place; one that does not hold leaves the others alone.\n\
    - `application/x-ndjson`: one event a line, as many as you like, answered line by line while you send; with `receipts=summary` by numbers at \
    the end. The schema is that of one line.\n\
    - any media type but those of CloudEvents, with `ce-specversion: 1.0`: the binary mode. The body is the payload, as it is, `Content-Type` its \
    media type, and the `ce-` fields are the attributes, percent-encoded where they are not plain ASCII.\n\n\
    The same `source` and `id` again are answered with the first receipt and `duplicate`; so is the same `Idempotency-Key` with the same body. \
    With a key a batch is published whole or not at all; lines take none.";

/// Events as they are published.
pub const EVENTS: &[Example] = &[
    Example {
        name: "event",
        about: "An event with an id of its publisher's",
        media_type: "application/json",
        text: r#"{"type": "recording.ended", "source": "/studio", "id": "rec-42", "data": {"transcript": "one two three"}}"#,
    },
    Example { name: "least", about: "The least that is an event", media_type: "application/json", text: r#"{"type": "recording.begun"}"# },
    Example {
        name: "structured",
        about: "The structured mode of CloudEvents",
        media_type: "application/cloudevents+json",
        text: r#"{"specversion": "1.0", "type": "payment.made", "source": "/shop", "id": "17", "datacontenttype": "application/json",
            "data": {"amount": 17}}"#,
    },
    Example {
        name: "batch",
        about: "The batched mode of CloudEvents",
        media_type: "application/cloudevents-batch+json",
        text: r#"[{"specversion": "1.0", "type": "payment.made", "source": "/shop", "id": "18", "data": {"amount": 4}},
            {"specversion": "1.0", "type": "payment.made", "source": "/shop", "id": "19", "data": {"amount": 1200}, "priority": "high"}]"#,
    },
    Example {
        name: "line",
        about: "One line of many",
        media_type: "application/x-ndjson",
        text: r#"{"type": "recording.ended", "source": "/studio", "id": "rec-44", "data": {"transcript": "four five"}}"#,
    },
    Example {
        name: "binary",
        about: "The binary mode of CloudEvents, with the `ce-` fields and, for one, `Content-Type: text/plain`",
        media_type: "*/*",
        text: r#""The meeting has begun.""#,
    },
];

/// An answer that a daemon gave.
#[derive(Debug, Deserialize)]
struct Answer {
    status: u16,
    media_type: String,
    /// The name of the request's example, where the route has several.
    #[serde(default)]
    request: Option<String>,
    value: Value,
}

/// The answers of a route with a status and of a media type.
pub fn of(id: &str, status: u16, media_type: &str) -> Map<String, Value> {
    static ANSWERS: LazyLock<BTreeMap<String, Vec<Answer>>> =
        LazyLock::new(|| serde_json::from_str(include_str!("answers.json")).unwrap_or_default());
    let fits = |answer: &&Answer| answer.status == status && answer.media_type == media_type;
    let named = |answer: &Answer| (answer.request.clone().unwrap_or_else(|| "example".to_owned()), json!({ "value": answer.value }));
    ANSWERS.get(id).into_iter().flatten().filter(fits).map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::api::openapi::document;

    #[test]
    fn every_route_that_answers_with_json_has_an_answer_as_an_example() {
        let document = document();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, route) in methods.as_object().unwrap() {
                let bodies = route["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
                let contents: Vec<&Value> = bodies.filter_map(|(_, answer)| answer["content"].get("application/json")).collect();
                let described = contents.iter().filter(|content| content.get("schema").is_some()).count();
                assert!(
                    described == 0 || contents.iter().any(|content| content.get("examples").is_some()),
                    "{method} {path}: let the test of the examples write one, see tests/doors/examples.rs"
                );
            }
        }
    }
}
