//! Events that are published for later, and events that came too late (semantics rule 7).

use std::time::Duration;

use panotti_protocol::time::Timestamp;
use serde_json::{Value, json};

use crate::plugins::stage::Stage;

fn in_time(duration: Duration) -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_ms(u64::try_from((since + duration).as_millis()).unwrap())
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn rule_07_an_event_for_later_waits_for_its_time_over_a_kill_of_the_daemon() {
    let stage = Stage::with("runtime: exec\ncommand: [\"true\"]\non: [{topic: later.made}]", &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");

    let event = stage.ask(&["event", "publish", "later.made", "{}", "--delay", "3s", "--expires", "1h"])["eventid"].clone();
    let event = event.as_str().unwrap();
    let waiting = stage.until_delivery(&daemon, event, |delivery| delivery["state"] == "waiting");
    let due = time(&waiting["next_attempt_at"]);
    assert_eq!(waiting["attempts"], 0);
    daemon.kill();

    let daemon = stage.start();
    let done = stage.until_delivery(&daemon, event, |delivery| delivery["state"] == "done");
    let shown = daemon.get(&format!("/events/{event}")).json();
    assert!(time(&shown["deliveries"][0]["history"][0]["started_at"]) >= due, "{shown}");
    assert_eq!(done["attempts"], 1);
}

#[test]
fn rule_07_what_is_too_late_or_too_far_away_is_refused_and_says_why() {
    let stage = Stage::new();
    let daemon = stage.start();

    let late = daemon.post("/events", &json!({"type": "a.b", "expires": "2020-01-01T00:00:00Z"}));
    assert_eq!((late.status, &late.json()["code"]), (422, &json!("event.expired")));
    let (exit, failure) = stage.refused(&["event", "publish", "a.b", "--expires", "2020-01-01T00:00:00Z"]);
    assert_eq!((exit, &failure["code"]), (6, &json!("event.expired")));
    let far = in_time(Duration::from_secs(31 * 86_400)).to_string();
    let far = daemon.post("/events", &json!({"type": "a.b", "deliver_at": far}));
    assert_eq!((far.status, &far.json()["code"]), (400, &json!("event.attribute_invalid")));
    let (exit, failure) = stage.refused(&["event", "publish", "a.b", "--delay", "2h", "--expires", "1h"]);
    assert_eq!((exit, &failure["code"]), (6, &json!("event.attribute_invalid")));
    let lines = format!(
        "{}\n{}\n",
        json!({"type": "a.b", "deliver_at": "2020-01-01T00:00:00Z"}),
        json!({"type": "a.b", "expires": "2020-01-01T00:00:00Z"})
    );
    let answer = daemon.connect().post("/events", "application/x-ndjson", lines.as_bytes()).unwrap();
    let answers: Vec<Value> = String::from_utf8(answer.body).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers[0]["receipt"]["sequence"], 1, "a time that has come is now: {answers:?}");
    assert_eq!(answers[1]["failure"]["code"], "event.expired");
}
