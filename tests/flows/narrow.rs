//! What a key of little does not find out or do by a way round (semantics rule 20): each of these was a way once.

use panotti_protocol::key::ApiKeyText;
use serde_json::json;

use super::api::is_problem;
use super::keys::{ask, make_key};
use crate::support::daemon::Daemon;
use crate::support::scratch::Scratch;
use crate::support::until;

#[test]
fn rule_20_a_request_whose_key_is_revoked_before_its_body_is_there_does_nothing() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let key = make_key(&daemon, &json!({"name": "stolen", "role": "admin"}));
    let body = json!({"name": "another", "role": "admin"}).to_string();
    let (bearer, length) = (format!("Bearer {key}"), body.len().to_string());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("content-length", length.as_str())];
    let mut connection = daemon.connect();
    connection.send_head("POST", "/keys", &headers).unwrap();
    connection.send_raw(&body.as_bytes()[..5]).unwrap();
    until("the daemon has begun with it", || (daemon.get("/keys/stolen").json()["last_used_at"].is_string()).then_some(()));

    let id = key.parse::<ApiKeyText>().unwrap().id();
    assert_eq!(daemon.post(&format!("/keys/{id}/revoke"), &json!({})).status, 200);
    let sent = connection.send_raw(&body.as_bytes()[5..]);

    let answered = sent.and_then(|()| connection.read_answer()).map(|answer| answer.status);
    assert!(answered.is_err() || answered.is_ok_and(|status| status >= 400), "it was made");
    is_problem(&daemon.get("/keys/another"), 404, "key.not_found");
    assert!(daemon.stop().success());
}

#[test]
fn rule_20_a_filter_is_asked_about_no_event_that_the_caller_may_not_see() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let key = make_key(&daemon, &json!({"name": "a", "role": "viewer", "scope": ["read:events:a.>"]}));
    for (topic, amount) in [("a.b", 1), ("salary.paid", 2_500), ("salary.paid", 900)] {
        assert_eq!(daemon.post("/events", &json!({"type": topic, "data": {"amount": amount}})).status, 201);
    }
    let asked = |query: &str| ask(&daemon, &key, "GET", &format!("/events?{query}"), &serde_json::Value::Null).json();

    for query in ["topic=salary.%3E&filter=data.amount%3E%3D1000&limit=1", "topic=salary.paid&limit=1", "filter=data.amount%3E1&limit=1"] {
        assert_eq!((&asked(query)["items"], &asked(query)["next_cursor"]), (&json!([]), &json!(null)), "{query}");
    }
    assert_eq!(asked("filter=data.amount%3E%3D1")["scanned"], 1);
    let suffix = |known: &str| ask(&daemon, &key, "GET", &format!("/events/{known}"), &serde_json::Value::Null);
    let hidden = daemon.get("/events?topic=salary.paid&limit=1").json()["items"][0]["eventid"].as_str().unwrap().to_owned();
    let told =
        |answer: crate::support::http::Answer| answer.json()["detail"].as_str().unwrap().split(' ').take(4).collect::<Vec<_>>().join(" ");
    assert_eq!(told(suffix(&hidden[hidden.len() - 8..])), told(suffix("00000000")));
    assert!(daemon.stop().success());
}

#[test]
fn rule_20_nobody_has_a_stored_filter_look_at_what_they_may_not_see() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let scope = ["manage:filters:>", "read:plugins:>", "read:events:a.>"];
    let key = make_key(&daemon, &json!({"name": "filters", "role": "operator", "scope": scope}));
    let create = |name: &str, topic: &str| {
        ask(
            &daemon,
            &key,
            "POST",
            "/events/filter",
            &json!({"name": name, "filter": "true", "topic": topic, "tag": {"key": "k", "value": "v"}}),
        )
    };

    is_problem(&create("wide", ">"), 403, "permission.denied");
    is_problem(&create("salaries", "salary.>"), 403, "permission.denied");
    assert_eq!(create("own", "a.>").status, 201, "{}", create("own", "a.>").json());
    assert!(daemon.stop().success());
}

#[test]
fn rule_20_no_list_shows_by_its_pages_how_much_of_it_is_hidden() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let key = make_key(&daemon, &json!({"name": "a", "role": "viewer", "scope": ["read:events:seen.>", "read:schemas:seen.>"]}));
    for topic in ["salary.paid", "seen.first", "salary.raised", "seen.second", "salary.cut"] {
        assert_eq!(daemon.post("/events", &json!({"type": topic})).status, 201);
        assert_eq!(daemon.post("/schemas", &json!({"topic": topic, "schema": {"type": "object"}, "mode": "warn"})).status, 201);
    }

    for list in ["topics", "schemas"] {
        let (mut pages, mut path) = (Vec::new(), format!("/{list}?limit=1"));
        loop {
            let page = ask(&daemon, &key, "GET", &path, &serde_json::Value::Null).json();
            pages.push(page["items"].as_array().unwrap().iter().map(|item| item["topic"].clone()).collect::<Vec<_>>());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/{list}?limit=1&cursor={cursor}");
        }
        let mut seen = pages.concat();
        seen.sort_by_key(ToString::to_string);
        assert_eq!(seen, [json!("seen.first"), json!("seen.second")], "{list}");
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 0], "{list}");
    }
    assert!(daemon.stop().success());
}
