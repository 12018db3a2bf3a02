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
