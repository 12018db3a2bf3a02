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
    let ending = &hidden[hidden.len() - 8..];
    assert_eq!(told(suffix(ending)), told(suffix("00000000")));
    assert_eq!(suffix(&format!("..{ending}")).json()["detail"], format!("there is no event ..{ending}"));
    assert_eq!(suffix("..00000000").json()["detail"], "there is no event ..00000000");
    is_problem(&suffix(&format!("stream?after={}", u64::MAX)), 400, "request.invalid");
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

#[test]
fn rule_20_a_name_that_looks_like_an_id_ends_with_all_its_keys() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let old = make_key(&daemon, &json!({"name": "productionci", "role": "viewer"}));
    assert_eq!(daemon.post("/keys/productionci/rotate", &json!({"overlap_seconds": 3_600})).status, 201);
    let whoami = || ask(&daemon, &old, "GET", "/whoami", &serde_json::Value::Null);
    assert_eq!(whoami().status, 200, "until its overlap is over");

    assert_eq!(daemon.post("/keys/productionci/revoke", &json!({})).json()["changed"], true);

    is_problem(&whoami(), 401, "key.invalid");
    assert!(daemon.stop().success());
}

#[test]
fn rule_20_nobody_hides_a_story_by_an_event_of_their_own_or_learns_of_one_by_it() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let reader = make_key(&daemon, &json!({"name": "orders", "role": "viewer", "scope": ["read:events:orders.>"]}));
    let scope = ["publish:events:a.>", "read:events:a.>"];
    let other = make_key(&daemon, &json!({"name": "other", "role": "developer", "scope": scope}));
    let story = |key: &str, of: &str| ask(&daemon, key, "GET", &format!("/events/trace?of={of}"), &serde_json::Value::Null);
    let topics = |answer: crate::support::http::Answer| -> Vec<serde_json::Value> {
        answer.json()["events"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect()
    };
    assert_eq!(daemon.post("/events", &json!({"type": "orders.made", "correlationid": "case-99"})).status, 201);

    for case in ["case-99", "case-100"] {
        let injected = json!({"type": "a.x", "correlationid": case});
        assert_eq!(ask(&daemon, &other, "POST", "/events", &injected).status, 201);
        assert_eq!(topics(story(&other, case)), ["a.x"], "and nothing of whether there are others");
    }

    assert_eq!(topics(story(&reader, "case-99")), ["orders.made"]);
    is_problem(&story(&reader, "case-100"), 404, "event.not_found");
    assert_eq!(topics(daemon.get("/events/trace?of=case-99")), ["orders.made", "a.x"]);
    assert!(daemon.stop().success());
}

#[test]
fn rule_20_counting_what_a_filter_matches_is_reading() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let role = json!({"name": "keeper", "allow": ["manage:events:>", "replay:events:>"]});
    assert_eq!(daemon.post("/roles", &role).status, 201);
    let keeper = make_key(&daemon, &json!({"name": "keeper", "role": "keeper"}));
    assert_eq!(daemon.post("/events", &json!({"type": "salary.paid", "data": {"amount": 7_311}})).status, 201);

    for path in ["/events/purge", "/events/replay"] {
        let asked = |selection| ask(&daemon, &keeper, "POST", path, &json!({"selection": selection, "dry_run": true}));
        assert_eq!(asked(json!({"topic": "salary.>"})).status, 200, "{path}");
        is_problem(&asked(json!({"topic": "salary.>", "filter": "data.amount >= 7000"})), 403, "permission.denied");
    }
    assert!(daemon.stop().success());
}

#[test]
fn rule_20_what_a_role_allows_is_not_told_to_those_who_may_not_look_at_it() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for role in [json!({"name": "readers", "allow": ["read:events:orders.>"]}), json!({"name": "makers", "allow": ["manage:keys:t.*"]})] {
        assert_eq!(daemon.post("/roles", &role).status, 201);
    }
    let maker = make_key(&daemon, &json!({"name": "t.maker", "role": "makers"}));

    let refused = ask(&daemon, &maker, "POST", "/keys", &json!({"name": "t.x", "role": "readers"}));

    is_problem(&refused, 403, "permission.exceeded");
    assert!(!refused.json().to_string().contains("orders"), "{}", refused.json());
    assert!(daemon.stop().success());
}
