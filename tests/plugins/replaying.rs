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
