//! Fields that a schema marks as sensitive: masked wherever events are shown to people, whole to plugins, and revealed only to those who may,
//! with a word in the audit.

use serde_json::{Value, json};

use super::api::is_problem;
use super::keys::{ask, make_key};
use crate::plugins::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

const SECRET: &str = "0151-canary-number";

/// A schema in force that marks two fields, and an event with both.
fn with_an_event(daemon: &Daemon) -> String {
    let schema =
        json!({"type": "object", "properties": {"phone": {"type": "string", "x-sensitive": "pii"}, "card": {"x-sensitive": true}}});
    assert_eq!(daemon.post("/schemas", &json!({"topic": "call.made", "schema": schema})).status, 201);
    let published = daemon.post("/events", &json!({"type": "call.made", "data": {"id": 7, "phone": SECRET, "card": {"number": SECRET}}}));
    assert_eq!(published.status, 201, "{}", published.json());
    published.json()["eventid"].as_str().unwrap().to_owned()
}

fn masked() -> Value {
    json!({"id": 7, "phone": "[masked: pii]", "card": "[masked]"})
}

fn reveals(daemon: &Daemon) -> Vec<Value> {
    let audit = daemon.get("/audit?action=event.reveal").json();
    audit["items"].as_array().unwrap().clone()
}

#[test]
fn rule_19_what_a_schema_marks_is_masked_wherever_events_are_shown() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let event = with_an_event(&daemon);

    let shown = daemon.get(&format!("/events/{event}")).json();
    assert_eq!((&shown["data"], &shown["masked"]), (&masked(), &json!(2)), "{shown}");
    assert_eq!(daemon.get(&format!("/events/{event}/payload")).json(), masked());
    let exported: Value = serde_json::from_slice(&daemon.get("/events/export").body).unwrap();
    assert_eq!(exported["data"], masked());
    let mut stream = daemon.connect();
    stream.send_head("GET", "/events/stream?payload=true&after=0", &[]).unwrap();
    assert_eq!(stream.read_head().unwrap().0, 200);
    let (_stream, mut lines) = stream.body_lines();
    let streamed = until("the event comes in the stream", || lines.next_line().unwrap().filter(|line| line.contains("call.made")));
    assert!(streamed.contains("[masked: pii]") && !streamed.contains(SECRET), "{streamed}");

    for line in [
        &["event", "show", event.as_str()][..],
        &["event", "show", event.as_str(), "--payload"],
        &["event", "show", event.as_str(), "-o", "json"],
        &["event", "export"],
        &["event", "list", "-o", "json"],
        &["event", "trace", event.as_str()],
        &["event", "explain", event.as_str()],
        &["audit", "list", "--all", "-o", "json"],
        &["daemon", "logs", "-n", "1000"],
    ] {
        let said = told(&scratch.run(line));
        assert!(!said.contains(SECRET), "{line:?}: {said}");
    }
    let refused = scratch.run(&["event", "publish", "--from", &event]);
    assert!(refused.status.code() == Some(2) && told(&refused).contains("2 values of the event are masked"), "{}", told(&refused));
    assert!(reveals(&daemon).is_empty(), "nothing was revealed");
}

#[test]
fn rule_19_revealing_needs_its_own_permission_and_is_audited() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let event = with_an_event(&daemon);
    let viewer = make_key(&daemon, &json!({"name": "viewer", "role": "viewer"}));
    daemon.post("/roles", &json!({"name": "agent", "allow": ["read:events:>", "reveal:events:call.*"]}));
    let agent = make_key(&daemon, &json!({"name": "agent", "role": "agent"}));
    let get = |key: &str, path: &str| ask(&daemon, key, "GET", path, &Value::Null);

    for path in [format!("/events/{event}?reveal=true"), format!("/events/{event}/payload?reveal=true")] {
        is_problem(&get(&viewer, &path), 403, "permission.denied");
    }
    is_problem(&get(&viewer, "/events/export?reveal=true"), 403, "permission.denied");
    is_problem(&get(&agent, "/events/export?reveal=true"), 403, "permission.denied");
    is_problem(&get(&viewer, "/events/stream?payload=true&reveal=true"), 403, "permission.denied");
    is_problem(&get(&viewer, "/schemas/call.made/infer"), 403, "permission.denied");
    assert_eq!(get(&viewer, &format!("/events/{event}")).json()["data"], masked());
    assert!(reveals(&daemon).is_empty());

    let shown = get(&agent, &format!("/events/{event}?reveal=true&reason=a+call")).json();
    assert_eq!((&shown["data"]["phone"], &shown["masked"]), (&json!(SECRET), &json!(0)), "{shown}");
    let record = &reveals(&daemon)[0];
    assert_eq!((&record["actor"], &record["object"]), (&json!("key:agent"), &json!(event)), "{record}");
    assert!(record["reason"] == "a call" && record["detail"] == "2 values of call.made", "{record}");
    let exported = get(&agent, "/events/export?topic=call.made&reveal=true");
    assert!(String::from_utf8_lossy(&exported.body).contains(SECRET));

    let shown = scratch.run(&["event", "show", &event, "--reveal", "--reason", "a test"]);
    assert!(shown.status.success() && told(&shown).contains(SECRET), "{}", told(&shown));
    let copied = scratch.run(&["event", "publish", "--from", &event, "--reveal", "-o", "json"]);
    let receipt: Value = serde_json::from_slice(&copied.stdout).unwrap_or_else(|error| panic!("{error}: {}", told(&copied)));
    let copy = daemon.get(&format!("/events/{}/payload?reveal=true", receipt["eventid"].as_str().unwrap())).json();
    assert_eq!(copy["card"]["number"], SECRET, "a copy has the values and not their masks");
    assert_eq!(reveals(&daemon).len(), 5);
    assert!(!reveals(&daemon).iter().any(|record| record.to_string().contains(SECRET)));
}

#[test]
fn rule_19_nobody_asks_for_a_masked_value_by_a_filter() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let event = with_an_event(&daemon);
    let probe = format!("data.phone%20%3D%3D%20%22{SECRET}%22");

    for filter in [probe.as_str(), "data.phone.startsWith(%22015%22)"] {
        assert_eq!(daemon.get(&format!("/events?filter={filter}")).json()["items"], json!([]), "{filter}");
        assert_eq!(daemon.get(&format!("/events/filtered?filter={filter}")).json()["matched"], 0);
        assert_eq!(daemon.get(&format!("/events/{event}/filtered?filter={filter}")).json()["matched"], false);
        assert!(daemon.get(&format!("/events/export?filter={filter}")).body.is_empty());
    }
    let why = daemon.get(&format!("/events/{event}/filtered?filter=data.phone%20%3D%3D%20%22x%22")).json();
    assert!(why["why"]["actual"].as_str().unwrap().contains("[masked: pii]"), "{why}");
    let plan =
        daemon.post("/events/purge", &json!({"selection": {"filter": format!("data.phone == \"{SECRET}\"")}, "dry_run": true})).json();
    assert_eq!(plan["events"], 0, "{plan}");
    assert_eq!(
        daemon.get("/events?filter=data.id%20%3D%3D%207").json()["items"].as_array().unwrap().len(),
        1,
        "what is shown can be asked for"
    );
}

#[test]
fn rule_19_what_was_marked_stays_masked_and_what_is_marked_later_becomes_so() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let early = daemon.post("/events", &json!({"type": "call.made", "data": {"phone": SECRET}})).json()["eventid"].clone();
    let event = with_an_event(&daemon);
    let data = |event: &str| daemon.get(&format!("/events/{event}")).json()["data"].clone();

    assert_eq!(data(early.as_str().unwrap())["phone"], "[masked: pii]", "it was published before the schema");
    assert_eq!(
        ask(&daemon, &make_key(&daemon, &json!({"name": "a", "role": "admin"})), "DELETE", "/schemas/call.made", &Value::Null).status,
        200
    );
    assert_eq!(data(&event)["phone"], "[masked: pii]", "it was checked against the schema that marks it");
    assert_eq!(data(early.as_str().unwrap())["phone"], SECRET, "no schema says anything of it any more");
}

#[test]
fn rule_19_a_plugin_gets_an_event_as_it_is() {
    let handler = "    @on('call.made')\n    async def made(self, event): await self.emit_event('told', event.payload['phone'][::-1])";
    let stage = Stage::with("", &[("plugin.py", &python(handler))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    with_an_event(&daemon);

    let told = stage.until_event(&daemon, "told");

    assert_eq!(told["data"], SECRET.chars().rev().collect::<String>());
}
