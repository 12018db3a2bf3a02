//! How much a key may ask for: requests and events apart, told before and after (semantics rule 14).

use serde_json::{Value, json};

use crate::flows::api::is_problem;
use crate::flows::keys::{ask, make_key};
use crate::support::daemon::Daemon;
use crate::support::scratch::Scratch;
use crate::support::until;

#[test]
fn rule_14_past_its_rate_a_key_is_told_when_to_come_back_and_the_local_socket_is_not_limited() {
    let scratch = Scratch::new();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_LIMITS__KEY_REQUESTS_PER_SECOND", "5")]);
    let (key, other) =
        (make_key(&daemon, &json!({"name": "one", "role": "viewer"})), make_key(&daemon, &json!({"name": "other", "role": "viewer"})));

    let first = ask(&daemon, &key, "GET", "/events", &Value::Null);
    assert_eq!((first.status, first.header("ratelimit-policy")), (200, "\"requests\";q=10;w=2"));
    assert_eq!(first.header("ratelimit"), "\"requests\";r=9;t=1");
    let refused = until("the key has asked for too much", || {
        let answer = ask(&daemon, &key, "GET", "/events", &Value::Null);
        (answer.status != 200).then_some(answer)
    });
    is_problem(&refused, 429, "key.rate_exceeded");
    assert_eq!((refused.header("retry-after"), refused.json()["retry_after"].clone()), ("1", json!(1)));
    assert_eq!(refused.header("ratelimit"), "\"requests\";r=0;t=2");

    assert_eq!(ask(&daemon, &other, "GET", "/events", &Value::Null).status, 200, "each key has its own share");
    (0..50).for_each(|_| assert_eq!(daemon.get("/events").status, 200));
    assert!(!daemon.get("/events").headers.contains_key("ratelimit"));
    until("there is something left again", || (ask(&daemon, &key, "GET", "/events", &Value::Null).status == 200).then_some(()));
}

#[test]
fn rule_14_events_are_counted_apart_a_batch_is_refused_and_lines_wait() {
    let scratch = Scratch::new();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_LIMITS__KEY_EVENTS_PER_SECOND", "20")]);
    let key = make_key(&daemon, &json!({"name": "one", "role": "publisher"}));
    let bearer = format!("Bearer {key}");
    let send = |media_type: &str, body: &str| {
        let fields = [("authorization", bearer.as_str()), ("content-type", media_type)];
        daemon.connect().request("POST", "/events", &fields, body.as_bytes()).unwrap()
    };
    let batch = Value::from(vec![json!({"type": "a.b"}); 45]).to_string();

    assert_eq!(send("application/cloudevents-batch+json", &batch).status, 200, "what comes in one piece is taken whole");
    is_problem(&send("application/cloudevents-batch+json", &batch), 429, "key.rate_exceeded");
    is_problem(&send("application/json", "{\"type\":\"a.b\"}"), 429, "key.rate_exceeded");
    assert_eq!(ask(&daemon, &key, "GET", "/whoami", &Value::Null).status, 200, "it may still ask");
    let lines = send("application/x-ndjson", "{\"type\":\"a.b\"}\n{\"type\":\"a.b\"}\n");

    assert_eq!((lines.status, String::from_utf8_lossy(&lines.body).matches("receipt").count()), (200, 2));
    assert_eq!(daemon.get("/events/status").json()["accepted"], 47, "nothing that was refused is there");
}
