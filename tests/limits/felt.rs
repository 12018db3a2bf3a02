//! Requests just below, at and just above each limit, all at one daemon: what is within is taken, what is beyond is refused with the code
//! that the table says.

use panotti::daemon::api::limits::{BODY_BYTES_MAX, INFER_EVENTS_MAX, REPLAY_EVENTS_NAMED_MAX, REPLAY_SUBSCRIPTIONS_NAMED_MAX};
use panotti_core::limits::{FILTERS_MAX, ROLES_MAX};
use panotti_filter::limits::{LIST_VALUES_MAX, NESTING_MAX, PATH_STEPS_MAX, QUANTIFIERS_NESTED_MAX, SCHEMA_BYTES_MAX, TEXT_BYTES_MAX};
use panotti_protocol::failure::ErrorCode;
use panotti_protocol::limits::*;
use serde_json::{Value, json};

use crate::plugins::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::http::{Answer, Connection};

/// A request of some size.
struct Asked {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Asked {
    fn post(path: impl Into<String>, media_type: &str, body: impl Into<String>) -> Self {
        Self { method: "POST", path: path.into(), headers: vec![("content-type", media_type.to_owned())], body: body.into() }
    }

    fn json(path: impl Into<String>, body: impl Into<String>) -> Self {
        Self::post(path, "application/json", body)
    }

    fn put(path: impl Into<String>, body: impl Into<String>) -> Self {
        Self { method: "PUT", ..Self::json(path, body) }
    }

    fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: Vec::new(), body: String::new() }
    }

    fn send(&self, connection: &mut Connection) -> Answer {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        connection.request(self.method, &self.path, &headers, self.body.as_bytes()).unwrap()
    }
}

/// A limit: what it is of, its figure, a request of any size, and the code of what is beyond it.
type Case = (&'static str, usize, fn(usize) -> Asked, ErrorCode);

fn event(members: &str) -> Asked {
    Asked::json("/events", format!("{{\"type\":\"a.b\"{members}}}"))
}

fn padded(text: &str, bytes: usize) -> String {
    format!("{text}{}", " ".repeat(bytes - text.len()))
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

fn joined(number: usize, item: impl Fn(usize) -> String) -> String {
    (0..number).map(item).collect::<Vec<_>>().join(",")
}

const BATCH: &str = "application/cloudevents-batch+json";

const EVENTS: &[Case] = &[
    (
        "bytes of a topic",
        TOPIC_BYTES_MAX,
        |n| Asked::json("/events", json!({"type": "a".repeat(n)}).to_string()),
        ErrorCode::EVENT_TOPIC_INVALID,
    ),
    (
        "words of a topic",
        TOPIC_WORDS_MAX,
        |n| Asked::json("/events", json!({"type": vec!["a"; n].join(".")}).to_string()),
        ErrorCode::EVENT_TOPIC_INVALID,
    ),
    ("an attribute", ATTRIBUTE_BYTES_MAX, |n| event(&format!(",\"subject\":\"{}\"", "s".repeat(n))), ErrorCode::EVENT_ATTRIBUTE_INVALID),
    ("extensions", EXTENSIONS_MAX, |n| event(&format!(",{}", joined(n, |at| format!("\"x{at}\":1")))), ErrorCode::EVENT_ATTRIBUTE_INVALID),
    ("an extension's name", EXTENSION_NAME_BYTES_MAX, |n| event(&format!(",\"{}\":1", "x".repeat(n))), ErrorCode::EVENT_ATTRIBUTE_INVALID),
    ("an extension's value", EXTENSION_BYTES_MAX, |n| event(&format!(",\"x\":\"{}\"", "v".repeat(n))), ErrorCode::EVENT_ATTRIBUTE_INVALID),
    ("a payload", PAYLOAD_BYTES_MAX, |n| event(&format!(",\"data\":\"{}\"", "x".repeat(n - 2))), ErrorCode::EVENT_PAYLOAD_TOO_LARGE),
    ("an event", LINE_BYTES_MAX, |n| Asked::json("/events", padded("{\"type\":\"a.b\"}", n)), ErrorCode::EVENT_PAYLOAD_TOO_LARGE),
    ("depth", JSON_DEPTH_MAX, |n| event(&format!(",\"data\":{}", nested("[", "1", "]", n - 1))), ErrorCode::REQUEST_INVALID),
    (
        "keys",
        EVENT_KEYS_MAX,
        |n| event(&format!(",\"data\":{{{}}}", joined(n - 2, |at| format!("\"k{at}\":1")))),
        ErrorCode::REQUEST_INVALID,
    ),
    (
        "events of a batch",
        BATCH_EVENTS_MAX,
        |n| Asked::post("/events", BATCH, format!("[{}]", joined(n, |_| "{\"type\":\"a.b\"}".into()))),
        ErrorCode::REQUEST_TOO_LARGE,
    ),
    (
        "bytes of a batch",
        BATCH_BYTES_MAX,
        |n| Asked::post("/events", BATCH, padded("[{\"type\":\"a.b\"}]", n)),
        ErrorCode::REQUEST_TOO_LARGE,
    ),
    (
        "a publisher's key",
        PUBLISHER_KEY_BYTES_MAX,
        |n| {
            let Asked { mut headers, body, .. } = event("");
            headers.push(("idempotency-key", "k".repeat(n)));
            Asked { headers, ..Asked::json("/events", body) }
        },
        ErrorCode::REQUEST_INVALID,
    ),
];

/// Stores a filter that is named by a number. What is stored already is taken again.
fn filter(number: usize, text: &str) -> Asked {
    Asked::json("/events/filter", json!({"name": format!("f{number}"), "filter": text, "tag": {"key": "k", "value": "v"}}).to_string())
}

fn tagged(key: &str, value: &str, reason: usize) -> Asked {
    let name = format!("t{}-{}-{reason}", key.len(), value.len());
    let body = json!({"name": name, "filter": "type == 'x'", "tag": {"key": key, "value": value}, "reason": "r".repeat(reason)});
    Asked::json("/events/filter", body.to_string())
}

const FILTERS_AND_SCHEMAS: &[Case] = &[
    ("a filter", TEXT_BYTES_MAX, |n| filter(n, &padded("type == 'x'", n)), ErrorCode::FILTER_INVALID),
    ("brackets", NESTING_MAX, |n| filter(n, &nested("(", "type == 'x'", ")", n)), ErrorCode::FILTER_INVALID),
    ("steps of a path", PATH_STEPS_MAX, |n| filter(100 + n, &format!("data{} == 1", ".a".repeat(n))), ErrorCode::FILTER_INVALID),
    ("a list of a filter", LIST_VALUES_MAX, |n| filter(n, &format!("data.a in [{}]", vec!["1"; n].join(","))), ErrorCode::FILTER_INVALID),
    (
        "quantifiers",
        QUANTIFIERS_NESTED_MAX,
        |n| {
            let inside = (0..n).rev().fold("1 == 1".to_owned(), |inner, at| match at {
                0 => format!("data.a.exists(x0, {inner})"),
                _ => format!("x{}.a.exists(x{at}, {inner})", at - 1),
            });
            filter(200 + n, &inside.replace("1 == 1", &format!("x{} == 1", n - 1)))
        },
        ErrorCode::FILTER_INVALID,
    ),
    (
        "a filter's name",
        FILTER_NAME_BYTES_MAX,
        |n| {
            let body = json!({"name": "f".repeat(n), "filter": "type == 'x'", "tag": {"key": "k", "value": "v"}});
            Asked::json("/events/filter", body.to_string())
        },
        ErrorCode::REQUEST_INVALID,
    ),
    ("a tag's key", TAG_BYTES_MAX, |n| tagged(&"k".repeat(n), "v", 1), ErrorCode::REQUEST_INVALID),
    ("a tag's value", TAG_BYTES_MAX, |n| tagged("k", &"v".repeat(n), 1), ErrorCode::REQUEST_INVALID),
    ("a reason", REASON_BYTES_MAX, |n| tagged("k", "v", n), ErrorCode::REQUEST_INVALID),
    (
        "a body",
        BODY_BYTES_MAX,
        |n| {
            let body = json!({"name": "body", "filter": "type == 'x'", "tag": {"key": "k", "value": "v"}});
            Asked::json("/events/filter", padded(&body.to_string(), n))
        },
        ErrorCode::REQUEST_TOO_LARGE,
    ),
    (
        "a schema",
        SCHEMA_BYTES_MAX,
        |n| {
            let schema = format!("{{\"title\":\"{}\"}}", "x".repeat(n - "{\"title\":\"\"}".len()));
            Asked::json("/schemas", format!("{{\"topic\":\"c.n{n}\",\"schema\":{schema}}}"))
        },
        ErrorCode::SCHEMA_INVALID,
    ),
    ("rows of a page", PAGE_MAX as usize, |n| Asked::get(format!("/events?limit={n}")), ErrorCode::REQUEST_INVALID),
    (
        "events that a schema is inferred from",
        INFER_EVENTS_MAX as usize,
        |n| Asked::get(format!("/schemas/a.b/infer?from={n}")),
        ErrorCode::REQUEST_INVALID,
    ),
];

/// Makes a key of the given members.
fn key(name: &str, members: &Value) -> Asked {
    let mut body = json!({"name": name, "role": "viewer"});
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    Asked::json("/keys", body.to_string())
}

const PRINCIPALS: &[Case] = &[
    ("a key's name", ACCESS_NAME_BYTES_MAX, |n| key(&"n".repeat(n), &json!({})), ErrorCode::REQUEST_INVALID),
    ("a key's label", KEY_LABEL_BYTES_MAX, |n| key(&format!("label{n}"), &json!({"label": "l".repeat(n)})), ErrorCode::REQUEST_INVALID),
    (
        "a key's scope",
        KEY_SCOPE_MAX,
        |n| {
            let scope: Vec<String> = (0..n).map(|at| format!("read:events:a{at}")).collect();
            key(&format!("scope{n}"), &json!({"scope": scope}))
        },
        ErrorCode::REQUEST_INVALID,
    ),
    (
        "a key's networks",
        KEY_NETWORKS_MAX,
        |n| {
            let networks: Vec<String> = (0..n).map(|at| format!("10.0.{at}.0/24")).collect();
            key(&format!("networks{n}"), &json!({"cidr": networks}))
        },
        ErrorCode::REQUEST_INVALID,
    ),
    (
        "a key's life",
        KEY_LIFE_MAX.as_secs() as usize,
        |n| key(&format!("life{n}"), &json!({"expires_in_seconds": n})),
        ErrorCode::REQUEST_INVALID,
    ),
    (
        "the overlap of a rotation",
        KEY_OVERLAP_MAX.as_secs() as usize,
        |n| Asked::json("/keys/rotated/rotate", json!({"overlap_seconds": n}).to_string()),
        ErrorCode::REQUEST_INVALID,
    ),
    (
        "a role's permissions",
        ROLE_PERMISSIONS_MAX,
        |n| {
            let allow: Vec<String> = (0..n).map(|at| format!("read:events:a{at}")).collect();
            Asked::json("/roles", json!({"name": format!("r{n}"), "allow": allow}).to_string())
        },
        ErrorCode::REQUEST_INVALID,
    ),
    (
        "a secret's name",
        SECRET_NAME_BYTES_MAX,
        |n| Asked::put(format!("/config/secrets/{}", "s".repeat(n)), json!({"value": "a secret value"}).to_string()),
        ErrorCode::SECRET_INVALID,
    ),
    (
        "a secret",
        SECRET_BYTES_MAX,
        |n| Asked::put(format!("/config/secrets/s{n}"), json!({"value": "v".repeat(n)}).to_string()),
        ErrorCode::SECRET_INVALID,
    ),
    (
        "a key of a state",
        STATE_KEY_BYTES_MAX,
        |n| Asked::put(format!("/plugins/p/state/{}", "k".repeat(n)), "{\"value\":1}"),
        ErrorCode::PLUGIN_STATE_FULL,
    ),
    (
        "a value of a state",
        STATE_VALUE_BYTES_MAX,
        |n| Asked::put("/plugins/p/state/k", json!({"value": "v".repeat(n - 2)}).to_string()),
        ErrorCode::PLUGIN_STATE_FULL,
    ),
];

/// A daemon that knows a plugin `p`, which is off.
fn daemon(stage: &Stage) -> Daemon {
    stage.plugin("p", "enabled: false\non: [{topic: t.x}]", &[("plugin.py", "")]);
    let daemon = stage.start();
    assert_eq!(key("rotated", &json!({})).send(&mut daemon.connect()).status, 201);
    daemon
}

#[test]
fn every_limit_of_a_request_is_felt_below_at_and_above() {
    let stage = Stage::new();
    let daemon = daemon(&stage);
    let mut wrong = Vec::new();
    for (what, limit, request, beyond) in [EVENTS, FILTERS_AND_SCHEMAS, PRINCIPALS].concat() {
        for (size, within) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
            // What is refused before its end may cost the connection.
            let answer = request(size).send(&mut daemon.connect());
            let expected = if within { answer.status < 300 } else { answer.status == beyond.row().status };
            let code = if answer.status < 300 { String::new() } else { answer.json()["code"].as_str().unwrap_or("none").to_owned() };
            if !expected || (!within && code != beyond.as_str()) {
                wrong.push(format!("{what} of {size}: {} {}", answer.status, String::from_utf8_lossy(&answer.body)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let short = |bytes: usize| {
        let secret = Asked::put(format!("/config/secrets/short{bytes}"), json!({"value": "v".repeat(bytes)}).to_string());
        secret.send(&mut daemon.connect()).status
    };
    assert_eq!((short(SECRET_BYTES_MIN + 1), short(SECRET_BYTES_MIN), short(SECRET_BYTES_MIN - 1)), (200, 200, 422));
    replays_name_so_many(&daemon);
    assert!(daemon.stop().success());
}

fn replays_name_so_many(daemon: &Daemon) {
    let eventid = event("").send(&mut daemon.connect()).json()["eventid"].clone();
    let plan = |selection: &Value| {
        let answer = daemon.post("/events/replay", &json!({"dry_run": true, "selection": selection}));
        (answer.status, answer.json()["detail"].as_str().unwrap_or_default().to_owned())
    };
    for (number, expected) in [(REPLAY_EVENTS_NAMED_MAX - 1, 200), (REPLAY_EVENTS_NAMED_MAX, 200), (REPLAY_EVENTS_NAMED_MAX + 1, 400)] {
        let (status, detail) = plan(&json!({"events": vec![&eventid; number]}));
        assert_eq!((status, detail.contains("the limit is")), (expected, expected == 400), "{number} events: {detail}");
    }
    // Nobody has such a subscription: that is found out only of a selection that is within its limit.
    let limit = REPLAY_SUBSCRIPTIONS_NAMED_MAX;
    for (number, refused) in [(limit - 1, "there is no subscription"), (limit, "there is no subscription"), (limit + 1, "the limit is")] {
        let (status, detail) = plan(&json!({"topic": "a.b", "to": vec!["nobody/a.b"; number]}));
        assert!(status == 400 && detail.contains(refused), "{number} subscriptions: {status} {detail}");
    }
}

#[test]
fn a_line_has_its_bytes_and_one_that_is_too_long_leaves_the_next_alone() {
    let stage = Stage::new();
    let daemon = stage.start();
    let lines: Vec<String> =
        [LINE_BYTES_MAX - 1, LINE_BYTES_MAX, LINE_BYTES_MAX + 1, 100].map(|bytes| padded("{\"type\":\"a.b\"}", bytes)).into();
    let answer = daemon.connect().post("/events", "application/x-ndjson", lines.join("\n").as_bytes()).unwrap();
    let answers: Vec<Value> = String::from_utf8(answer.body).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let codes: Vec<&Value> = answers.iter().map(|answer| &answer["failure"]["code"]).collect();
    let none = Value::Null;
    assert_eq!(codes, [&none, &none, &json!("event.payload_too_large"), &none]);
    assert!(daemon.stop().success());
}

/// Makes one more of something.
type Make<'m> = &'m dyn Fn(usize) -> Asked;

#[test]
fn of_what_is_kept_there_are_as_many_as_allowed_and_no_more() {
    let stage = Stage::new();
    let daemon = stage.start();
    let mut connection = daemon.connect();
    let roles = |number: usize| Asked::json("/roles", json!({"name": format!("r{number}"), "allow": ["read:events:a"]}).to_string());
    let secrets = |number: usize| Asked::put(format!("/config/secrets/s{number}"), "{\"value\":\"a secret value\"}");
    let filters = |number: usize| filter(number, "type == 'x'");
    let cases: [(&str, usize, Make<'_>, ErrorCode); 3] = [
        ("roles", ROLES_MAX, &roles, ErrorCode::OVERLOADED),
        ("secrets", SECRETS_MAX, &secrets, ErrorCode::SECRET_INVALID),
        ("filters", FILTERS_MAX, &filters, ErrorCode::OVERLOADED),
    ];
    for (what, limit, make, beyond) in cases {
        for number in 1..=limit {
            let answer = make(number).send(&mut connection);
            assert!(answer.status < 300, "{what}: number {number}: {}", String::from_utf8_lossy(&answer.body));
        }
        let answer = make(limit + 1).send(&mut connection);
        assert_eq!((answer.status, answer.json()["code"].clone()), (beyond.row().status, json!(beyond.as_str())), "{what}");
    }
    drop(connection);
    assert!(daemon.stop().success());
}
