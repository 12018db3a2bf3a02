//! Publishing under a key (semantics rule 13), as a publisher sees it.

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::http::Answer;
use crate::support::scratch::{Scratch, told};

const ONE: &str = "application/json";
const BATCH: &str = "application/cloudevents-batch+json";

fn publish(daemon: &Daemon, media_type: &str, key: &str, body: &Value) -> Answer {
    let headers = [("content-type", media_type), ("idempotency-key", key)];
    daemon.connect().request("POST", "/events", &headers, body.to_string().as_bytes()).unwrap()
}

fn accepted(daemon: &Daemon) -> Value {
    daemon.get("/events/status").json()["accepted"].clone()
}

#[test]
fn rule_13_the_same_key_is_answered_with_the_first_receipt_also_after_kill_9() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let event = json!({"type": "order.paid", "data": {"amount": 3}});

    let first = publish(&daemon, ONE, "pay-17", &event);
    let second = publish(&daemon, ONE, "pay-17", &event);
    daemon.kill();
    let daemon = Daemon::start(&scratch);
    let third = publish(&daemon, ONE, "pay-17", &event);

    assert_eq!((first.status, second.status, third.status), (201, 200, 200));
    let (receipt, again, later) = (first.json(), second.json(), third.json());
    assert_eq!((&receipt["sequence"], &receipt["duplicate"]), (&json!(1), &Value::Null));
    for told in [&again, &later] {
        assert_eq!((&told["eventid"], &told["sequence"], &told["duplicate"]), (&receipt["eventid"], &json!(1), &json!(true)));
    }
    assert_eq!(accepted(&daemon), 1);
}

#[test]
fn rule_13_another_body_under_a_key_is_refused_and_another_key_is_another_event() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    assert_eq!(publish(&daemon, ONE, "pay-17", &json!({"type": "order.paid", "data": 3})).status, 201);

    let refused = publish(&daemon, ONE, "pay-17", &json!({"type": "order.paid", "data": 4}));
    let other = publish(&daemon, ONE, "pay-18", &json!({"type": "order.paid", "data": 4}));
    let without = daemon.post("/events", &json!({"type": "order.paid", "data": 4}));

    assert_eq!((refused.status, &refused.json()["code"], &refused.json()["exit"]), (409, &json!("event.key_reused"), &json!(5)));
    assert_eq!((other.status, without.status), (201, 201));
    assert_eq!(accepted(&daemon), 3);
}

#[test]
fn rule_13_a_batch_under_a_key_is_published_whole_or_not_at_all() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let good = json!([{"type": "a.b", "data": 1}, {"type": "a.b", "data": 2}]);

    let bad = publish(&daemon, BATCH, "night", &json!([{"type": "a.b"}, {"type": "a..b"}]));
    let first = publish(&daemon, BATCH, "night", &good).json();
    let second = publish(&daemon, BATCH, "night", &good).json();

    assert_eq!((bad.status, &bad.json()["errors"][0]["pointer"]), (400, &json!("/1")), "the key is still free");
    let sequences = |answer: &Value| [0, 1].map(|place| answer["items"][place]["receipt"]["sequence"].clone());
    assert_eq!((sequences(&first), sequences(&second)), ([json!(1), json!(2)], [json!(1), json!(2)]));
    assert_eq!(second["items"][1]["receipt"]["duplicate"], true);
    assert_eq!(publish(&daemon, "application/x-ndjson", "night", &good).status, 400, "lines have ids of their own");
}

#[test]
fn rule_13_the_command_takes_a_key_and_the_same_command_again_changes_nothing() {
    let scratch = Scratch::new();
    let _daemon = Daemon::start(&scratch);
    let publish =
        |amount: &str| scratch.run(&["event", "publish", "order.paid", "-p", amount, "--idempotency-key", "pay-17", "-o", "json"]);

    let (first, second, other) = (publish("amount:=3"), publish("amount:=3"), publish("amount:=4"));

    let receipt = |output: &std::process::Output| serde_json::from_slice::<Value>(&output.stdout).unwrap();
    assert_eq!(receipt(&first)["eventid"], receipt(&second)["eventid"]);
    assert_eq!(receipt(&second)["duplicate"], true);
    assert_eq!((second.status.code(), other.status.code()), (Some(0), Some(5)), "{}", told(&other));
    let moving = scratch.run(&["event", "publish", "a", "--idempotency-key", "k", "--expires", "1h"]);
    assert_eq!(moving.status.code(), Some(2), "{}", told(&moving));
}
