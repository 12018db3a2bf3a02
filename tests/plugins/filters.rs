//! Filters as people meet them: `where:` of a manifest, `--filter` of lists, tails and replays.

use serde_json::{Value, json};

use super::stage::Stage;

/// Handles every event by doing nothing.
const EXEC: &str = "runtime: exec\ncommand: [\"true\"]\n";

fn ids(listed: &Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|event| event["eventid"].as_str().unwrap()).collect()
}

#[test]
fn section_4_where_lets_the_events_through_that_match_and_counts_those_that_lack_a_field() {
    let on = "on: [{topic: 'order.*', name: large, where: data.amount > 100}, {topic: order.paid, name: all}]";
    let stage = Stage::with(&format!("{EXEC}{on}"), &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let large = stage.publish("order.paid", r#"{"amount": 500}"#);
    let small = stage.publish("order.paid", r#"{"amount": 5}"#);
    let without = stage.publish("order.sent", r#"{"note": "x"}"#);
    let text = stage.publish("order.sent", r#"{"amount": "500"}"#);

    let subscriptions = |id: &str| {
        let shown = daemon.get(&format!("/events/{id}")).json();
        let mut names: Vec<String> =
            shown["deliveries"].as_array().unwrap().iter().map(|d| d["subscription"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(subscriptions(&large), ["p/all", "p/large"]);
    assert_eq!(subscriptions(&small), ["p/all"]);
    let why = daemon.get(&format!("/events/{small}/explain")).json();
    let large_one = why["items"].as_array().unwrap().iter().find(|one| one["subscription"] == "p/large").unwrap().clone();
    assert_eq!((&large_one["gets"], &large_one["why"]), (&json!(false), &json!("filter")), "{large_one}");
    assert_eq!(large_one["detail"], "its filter does not match: `data.amount > 100` expects > 100; found 5");
    assert!(subscriptions(&without).is_empty() && subscriptions(&text).is_empty());
    let status = |daemon: &crate::support::daemon::Daemon| {
        let numbers = daemon.get("/events/status").json();
        let found = numbers["subscriptions"].as_array().unwrap().iter().find(|one| one["subscription"] == "p/large").unwrap().clone();
        (found["filter"].clone(), found["filter_missing"].clone(), found["filter_gave_up"].clone())
    };
    assert_eq!(status(&daemon), (json!("data.amount > 100"), json!(2), json!(0)));
    let shown = stage.scratch.run(&["plugin", "show", "p"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("2 x a field was missing or of another type"), "{shown:?}");
    assert!(daemon.stop().success());

    let daemon = stage.start();
    assert_eq!(status(&daemon).1, 2, "the count is stored");
    let again = stage.publish("order.paid", r#"{"amount": 101}"#);
    assert_eq!(daemon.get(&format!("/events/{again}")).json()["deliveries"].as_array().unwrap().len(), 2, "the filter is in force at once");
    assert!(daemon.stop().success());
}

#[test]
fn lists_tails_and_replays_take_a_filter_and_a_wrong_one_is_told_with_its_place() {
    let stage = Stage::with(&format!("{EXEC}on: [{{topic: 'order.*'}}]"), &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let mut connection = daemon.connect();
    connection.send_head("GET", "/events/stream?after=0&filter=data.n%20%3E%3D%202", &[("accept", "text/event-stream")]).unwrap();
    assert_eq!(connection.read_head().unwrap().0, 200);
    let (_stream, mut lines) = connection.body_lines();
    let first = stage.publish("order.paid", r#"{"n": 1}"#);
    let second = stage.publish("order.paid", r#"{"n": 2, "kind": "x"}"#);
    let third = stage.publish("order.sent", r#"{"n": 3}"#);

    assert_eq!(ids(&stage.ask(&["event", "list", "--filter", "data.n > 1 && type.startsWith('order.s')"])), [third.as_str()]);
    assert_eq!(ids(&stage.ask(&["event", "list", "--filter", "data.kind == 'x' || data.n == 1"])), [second.as_str(), first.as_str()]);
    let page = daemon.get("/events?limit=1&filter=data.n%20%3D%3D%201").json();
    assert_eq!((&page["items"][0]["eventid"], page["scanned"].as_u64() > Some(1)), (&json!(first), true), "{page}");
    assert_eq!(ids(&stage.ask(&["event", "list", "--filter", "eventid.endsWith('zzzzzz')"])).len(), 0);

    let plan = stage.ask(&["event", "replay", "--filter", "has(data.kind)", "--dry-run"]);
    assert_eq!((&plan["plan"]["events"], &plan["plan"]["deliveries"]), (&json!(1), &json!(1)), "{plan:#}");
    let done = stage.ask(&["event", "replay", "--filter", "data.n in [1, 2]", "--topic", "order.paid"]);
    assert_eq!(
        (&done["selected"], &done["ok"], &done["selection"]["filter"]),
        (&json!(2), &json!(2), &json!("data.n in [1, 2]")),
        "{done:#}"
    );

    let refused = daemon.get("/events?filter=dta.n%20%3D%3D%201");
    assert_eq!(
        (refused.status, &refused.json()["code"], &refused.json()["errors"][0]["pointer"]),
        (400, &json!("filter.invalid"), &json!("column 1"))
    );
    let (exit, failure) = stage.refused(&["event", "list", "--filter", "data.n = 1"]);
    assert!(exit == 2 && failure["detail"].as_str().unwrap().contains("column 8"), "{failure:#}");

    let mut streamed = String::new();
    while !streamed.contains(&format!("\"eventid\":\"{third}\"")) {
        streamed.push_str(&lines.next_line().unwrap().expect("the stream goes on"));
    }
    assert!(streamed.contains(&second) && !streamed.contains(&first), "{streamed}");
    assert!(daemon.stop().success());
}

#[test]
fn a_stored_filter_routes_tags_and_is_tried_on_history() {
    let stage = Stage::with(&format!("{EXEC}on: [{{topic: idle.asked}}]"), &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let before = stage.publish("order.paid", r#"{"amount": 500}"#);
    let rules = daemon.get(&format!("/events/{before}")).json()["rules"].as_u64();

    let made =
        stage.ask(&["filter", "create", "large", "data.amount > 100", "--topic", "order.*", "--to", "p", "--action", "tag=size:large"]);
    assert_eq!((&made["changed"], &made["filter"]["to"], &made["filter"]["tag"]["key"]), (&json!(true), &json!(["p"]), &json!("size")));
    assert_eq!(
        stage.ask(&["filter", "create", "large", "data.amount > 100", "--topic", "order.*", "--to", "p", "--action", "tag=size:large"])["changed"],
        false
    );
    assert_eq!(stage.refused(&["filter", "create", "large", "data.amount > 1", "--to", "p"]).0, 5);
    assert_eq!(stage.refused(&["filter", "create", "other", "data.amount > 1", "--to", "nobody"]).1["code"], "plugin.not_found");
    assert_eq!(stage.refused(&["filter", "create", "other", "data.amount > 1"]).1["code"], "request.invalid");

    let large = stage.publish("order.paid", r#"{"amount": 500}"#);
    let small = stage.publish("order.paid", r#"{"amount": 5}"#);
    let done = stage.until_delivery(&daemon, &large, |delivery| delivery["state"] == "done");
    assert_eq!(done["subscription"], "p/filter:large");
    let shown = daemon.get(&format!("/events/{large}")).json();
    assert_eq!((&shown["tags"], shown["rules"].as_u64() > rules), (&json!([{"key": "size", "value": "large"}]), true), "{shown}");
    assert!(daemon.get(&format!("/events/{small}")).json()["deliveries"].as_array().unwrap().is_empty());
    assert_eq!(ids(&stage.ask(&["event", "list", "--tag", "size:large"])), [large.as_str()]);
    assert!(ids(&stage.ask(&["event", "list", "--tag", "size:small"])).is_empty());

    let tried = stage.ask(&["filter", "test", "data.amount > 100", "--topic", "order.*"]);
    assert_eq!((&tried["matched"], &tried["events"], &tried["missing"]), (&json!(2), &json!(3), &json!(0)), "{tried}");
    let tried = stage.ask(&["filter", "test", "data.amount > 100 && data.nobody", "--event", &small]);
    assert_eq!(
        tried,
        json!({"matched": false, "missing": false, "why": {"clause": "data.amount > 100", "expected": "> 100", "actual": "5"}})
    );
    assert_eq!(stage.ask(&["filter", "test", "data.amount > 100", "--event", &large]), json!({"matched": true, "missing": false}));
    assert!(daemon.stop().success());

    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let again = stage.publish("order.sent", r#"{"amount": 101}"#);
    stage.until_delivery(&daemon, &again, |delivery| delivery["state"] == "done");
    assert_eq!(stage.ask(&["filter", "list"])[0]["name"], "large");
    assert_eq!(stage.ask(&["filter", "remove", "large"])["changed"], true);
    assert_eq!(stage.refused(&["filter", "remove", "large"]).1["code"], "filter.not_found");
    let after = stage.publish("order.sent", r#"{"amount": 101}"#);
    let shown = daemon.get(&format!("/events/{after}")).json();
    assert!(shown["deliveries"].as_array().unwrap().is_empty() && shown.get("tags").is_none(), "{shown}");
    assert!(daemon.stop().success());
}
