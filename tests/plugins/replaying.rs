//! Replay jobs as a person steers them.

use serde_json::json;

use super::stage::{Stage, python};
use crate::support::until;

const TAKES: &str = "    @on('t.x')\n    async def x(self, event):\n        pass";

#[test]
fn rule_10_a_paused_replay_keeps_its_place_over_a_restart_and_ends_when_it_is_resumed() {
    let stage = Stage::with("", &[("plugin.py", &python(TAKES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let lines = "{\"type\":\"t.x\"}\n".repeat(40);
    assert_eq!(daemon.connect().post("/events?receipts=summary", "application/x-ndjson", lines.as_bytes()).unwrap().status, 200);
    until("all are handled", || (daemon.get("/events/status").json()["deliveries"]["done"] == 40).then_some(()));

    let started = stage.ask(&["replay", "start", "--topic", "t.x", "--rate", "4"]);
    let id = started["replay"]["replayid"].as_str().unwrap().to_owned();
    let paused = stage.ask(&["replay", "pause", &id]);
    let again = stage.ask(&["replay", "pause", &id]);
    assert!(daemon.stop().success());
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let shown = stage.ask(&["replay", "show", &id]);
    assert_eq!((&paused["changed"], &again["changed"], &shown["state"]), (&json!(true), &json!(false), &json!("paused")), "{shown:#}");
    assert!(shown["ok"].as_u64().unwrap() < 40, "{shown:#}");
    assert_eq!(stage.ask(&["replay", "list", "--state", "paused"]).as_array().unwrap().len(), 1);

    assert_eq!(stage.ask(&["replay", "resume", &id])["changed"], true);
    let resumed = daemon.get(&format!("/replays/{id}")).json();
    assert_eq!(resumed["state"], "running");
    assert_eq!(stage.ask(&["replay", "cancel", &id])["changed"], true);
    until("it has ended", || daemon.get(&format!("/replays/{id}")).json()["ended_at"].is_string().then_some(()));
    assert_eq!(stage.refused(&["replay", "pause", &id]).1["code"], "replay.state");

    let fast = stage.ask(&["event", "replay", "--topic", "t.x", "--rate", "max"]);
    assert_eq!((&fast["state"], &fast["ok"], &fast["rate"]), (&json!("done"), &json!(40), &json!(0)), "{fast:#}");
    assert!(daemon.stop().success());
}

/// Fails on what it is told to, with an error that names the number; everything else it handles.
const FAILS: &str = "    @on('t.*')\n    async def x(self, event):\n        if event.payload.get('fail') and event.replay is None:\n            raise ValueError('no ' + event.payload['fail'])";

#[test]
fn rule_10_a_replay_selects_by_group_of_errors_and_by_story() {
    let stage = Stage::with("retry: {max: 0}", &[("plugin.py", &python(FAILS))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let first = stage.publish("t.a", "{\"fail\": \"ink\"}");
    stage.publish("t.a", "{\"fail\": \"ink\"}");
    let other = stage.publish("t.a", "{\"fail\": \"paper\"}");
    let story = stage.ask(&["event", "publish", "t.b", "--correlation", &first, "--wait"]);
    assert_eq!(story["waited"]["outcome"], "done");
    until("three are dead", || (daemon.get("/events/status").json()["deliveries"]["dead"] == 3).then_some(()));
    let groups = stage.ask(&["event", "errors"]);
    let ink = groups.as_array().unwrap().iter().find(|group| group["count"] == 2).unwrap()["fingerprint"].as_str().unwrap().to_owned();

    let by_story = stage.ask(&["event", "replay", "--correlation", &first, "--dry-run"]);
    let by_group = stage.ask(&["event", "replay", "--error", &ink]);
    let left = stage.ask(&["event", "list", "--failed"]);

    assert_eq!((&by_story["plan"]["events"], &by_story["plan"]["deliveries"]), (&json!(2), &json!(2)), "the first event began the story");
    assert_eq!((&by_group["state"], &by_group["ok"]), (&json!("done"), &json!(2)), "{by_group:#}");
    assert_eq!((left.as_array().unwrap().len(), &left[0]["eventid"]), (1, &json!(other)));
    assert!(daemon.stop().success());
}

#[test]
fn rule_10_a_subscription_that_never_had_the_events_gets_them_where_it_is_named() {
    let stage = Stage::new();
    stage.plugin("old", "on: [{topic: t.x}]", &[("plugin.py", &python(TAKES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "old", "running");
    let event = stage.publish("t.x", "{\"n\": 1}");
    stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "done");
    assert!(daemon.stop().success());
    stage.plugin("new", "on: [{topic: t.x, name: late}]", &[("plugin.py", &python(TAKES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "new", "running");

    let unnamed = stage.refused(&["event", "replay", "--topic", "t.x", "--to", "new/never"]);
    let alone = stage.refused(&["event", "replay", "--to", "new/late"]);
    let replayed = stage.ask(&["event", "replay", "--topic", "t.x", "--to", "new/late"]);

    assert_eq!((unnamed.1["code"].as_str(), alone.1["code"].as_str()), (Some("selection.invalid"), Some("replay.selector_missing")));
    assert_eq!((&replayed["selected"], &replayed["ok"]), (&json!(1), &json!(1)), "{replayed:#}");
    let deliveries = daemon.get(&format!("/events/{event}")).json()["deliveries"].clone();
    let shown: Vec<(&str, &str)> =
        deliveries.as_array().unwrap().iter().map(|one| (one["subscription"].as_str().unwrap(), one["state"].as_str().unwrap())).collect();
    assert_eq!(shown, [("old/t.x", "done"), ("new/late", "done")], "{deliveries:#}");
    assert!(daemon.stop().success());
}
