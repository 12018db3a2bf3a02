//! What is refused is recorded once, with who asked, from where and in which request; and answered as refused whatever becomes of the record.

use panotti_protocol::key::{ApiKeyText, KeyId};
use serde_json::{Value, json};

use crate::flows::keys::{ask, make_key};
use crate::support::daemon::Daemon;
use crate::support::http::{Answer, Connection};
use crate::support::scratch::Scratch;

fn denied(daemon: &Daemon) -> Vec<Value> {
    daemon.get("/audit?limit=1000&decision=denied&order=oldest").json()["items"].as_array().unwrap().clone()
}

/// The one record of a refused request.
fn record_of(daemon: &Daemon, answer: &Answer) -> Value {
    let request = answer.header("x-request-id");
    let all = daemon.get("/audit?limit=1000").json();
    let mut found: Vec<Value> = all["items"].as_array().unwrap().iter().filter(|record| record["request_id"] == request).cloned().collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn rule_21_a_wrong_key_is_one_record_that_says_where_it_came_from() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let wrong = ApiKeyText::new(KeyId::from_random([1; 12]), [2; 32]);

    let answer = ask(&daemon, wrong.reveal(), "GET", "/events", &Value::Null);
    assert_eq!(answer.status, 401);

    let record = record_of(&daemon, &answer);
    let peer = format!("uid {}", rustix::process::geteuid().as_raw());
    for (field, value) in
        [("action", "key.refused"), ("actor", "unknown"), ("object", "GET /events"), ("decision", "denied"), ("peer", &*peer)]
    {
        assert_eq!(record[field], value, "{field} of {record}");
    }
    assert!(record["detail"].as_str().unwrap().starts_with("key.invalid: "), "{record}");
    assert_eq!(denied(&daemon).len(), 1, "once: {:?}", denied(&daemon));
    assert!(!record.to_string().contains(&wrong.reveal()[20..50]), "without the key");
}

#[test]
fn rule_21_a_request_without_a_key_over_the_network_is_one_record() {
    let scratch = Scratch::new();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_HTTP__ENABLED", "on"), ("PANOTTI_HTTP__LISTEN", "127.0.0.1:0")]);
    let mut network = Connection::to(daemon.network()).unwrap();

    let answer = network.request("GET", "/events", &[], b"").unwrap();
    assert_eq!(answer.status, 401, "{}", answer.json());

    let record = record_of(&daemon, &answer);
    assert_eq!(
        (&record["action"], &record["decision"], &record["actor"]),
        (&json!("request"), &json!("denied"), &json!("unknown")),
        "{record}"
    );
    assert!(record["peer"].as_str().unwrap().starts_with("127.0.0.1:"), "{record}");
    assert!(record["detail"].as_str().unwrap().starts_with("key.missing: "), "{record}");
    assert_eq!(denied(&daemon).len(), 1);
}

#[test]
fn rule_21_a_permission_that_is_missing_is_one_record_with_the_key_that_asked() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let key = make_key(&daemon, &json!({"name": "ci", "role": "viewer"}));
    let id = daemon.get("/keys/ci").json()["id"].clone();

    let answer = ask(&daemon, &key, "POST", "/keys", &json!({"name": "more", "role": "admin"}));
    assert_eq!(answer.status, 403);

    let record = record_of(&daemon, &answer);
    assert_eq!((&record["actor"], &record["key"], &record["object"]), (&json!("key:ci"), &id, &json!("POST /keys")), "{record}");
    assert!(record["detail"].as_str().unwrap().starts_with("permission.denied: "), "{record}");
    assert_eq!(denied(&daemon).len(), 1);
    let hidden = ask(&daemon, &key, "GET", "/plugins/none", &Value::Null);
    assert_eq!((hidden.status, denied(&daemon).len()), (404, 1), "what is not there is not refused");
}

#[test]
fn rule_21_strangers_neither_fill_the_audit_nor_keep_others_out_of_it() {
    let scratch = Scratch::new();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_HTTP__ENABLED", "on"), ("PANOTTI_HTTP__LISTEN", "127.0.0.1:0")]);
    let key = make_key(&daemon, &json!({"name": "ci", "role": "viewer"}));
    let address = daemon.network();
    let mut stranger = Connection::to(address).unwrap();
    assert_eq!(stranger.request(&"X".repeat(12_000), "/events", &[], b"").unwrap().status, 401);
    let mut stranger = Connection::to(address).unwrap();
    for _ in 0..70 {
        assert_eq!(stranger.request("GET", "/events", &[], b"").unwrap().status, 401);
    }
    let records = denied(&daemon);
    assert!(records.len() <= 2, "at most one a minute of those who bring nothing: {}", records.len());
    assert_eq!(records[0]["object"], "other /events", "a method that nobody has defined is not written down");

    let bearer = format!("Bearer {key}");
    let insider = stranger.request("POST", "/keys", &[("authorization", &bearer)], b"{\"name\":\"more\",\"role\":\"admin\"}").unwrap();
    let wrong = ApiKeyText::new(KeyId::from_random([1; 12]), [2; 32]);
    let wrong = stranger.request("GET", "/events", &[("x-api-key", wrong.reveal())], b"").unwrap();

    assert_eq!((insider.status, wrong.status), (403, 401));
    assert_eq!(record_of(&daemon, &insider)["actor"], "key:ci");
    assert_eq!(record_of(&daemon, &wrong)["action"], "key.refused");
}

#[test]
fn rule_21_a_key_in_a_url_is_recorded_and_nobody_can_flush_the_log_with_them() {
    let scratch = Scratch::new();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_HTTP__ENABLED", "on"), ("PANOTTI_HTTP__LISTEN", "127.0.0.1:0")]);
    let key = make_key(&daemon, &json!({"name": "ci", "role": "viewer"}));
    let mut stranger = Connection::to(daemon.network()).unwrap();

    let first = stranger.get(&format!("/events?access_token={key}")).unwrap();
    for _ in 0..200 {
        assert_eq!(stranger.get("/events?api_key=1").unwrap().status, 400);
    }

    assert_eq!((first.status, &first.json()["code"]), (400, &json!("key.in_url")));
    let record = record_of(&daemon, &first);
    assert_eq!((&record["action"], &record["decision"]), (&json!("key.in_url"), &json!("denied")), "{record}");
    let log = std::fs::read_to_string(scratch.file("logs/panotti.log")).unwrap();
    let lines = log.lines().filter(|line| line.contains("a key was sent in a URL")).count();
    assert!((1..=20).contains(&lines), "{lines} lines of the log");
    assert!(denied(&daemon).len() <= 20);
    assert!(!log.contains(&key[20..50]) && !record.to_string().contains(&key[20..50]), "without the key");
}
