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

/// Writes what it handles to `handled.txt` beside the data; the first of key `a` is put off until there is a file `go`.
const WRITES: &str = r#"    @on('t.x', name='late')
    def x(self, event):
        place = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
        if event.payload == {'id': 'a', 'n': 1} and not os.path.exists(os.path.join(place, 'go')):
            open(os.path.join(place, 'put-off'), 'w').close()
            raise Retry(after='1s')
        with open(os.path.join(place, 'handled.txt'), 'a') as file:
            file.write('%s %d\n' % (event.payload['id'], event.payload['n']))"#;

#[test]
fn rule_11_what_is_sent_to_a_subscription_that_never_had_it_is_ordered_by_the_path_of_that_subscription() {
    let stage = Stage::new();
    stage.plugin("old", "on: [{topic: t.x}]", &[("plugin.py", &python(TAKES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "old", "running");
    for n in 1..=5 {
        for id in ["a", "b"] {
            stage.publish("t.x", &json!({"id": id, "n": n}).to_string());
        }
    }
    assert!(daemon.stop().success());
    let on = "on: [{topic: t.x, name: late, key: data.id, concurrency: 4}]\nretry: {max: 25, first: 100ms, factor: 1, cap: 1s}";
    stage.plugin("new", on, &[("plugin.py", &python(WRITES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "new", "running");
    let replay = stage.ask(&["replay", "start", "--topic", "t.x", "--to", "new/late"]);
    let id = replay["replay"]["replayid"].as_str().unwrap().to_owned();
    let told = stage.scratch.file("handled.txt");
    let handled = |key: &str| -> Vec<String> {
        let text = std::fs::read_to_string(&told).unwrap_or_default();
        text.lines().filter(|line| line.starts_with(key)).map(str::to_owned).collect()
    };
    let in_order = |key: &str| (1..=5).map(|n| format!("{key} {n}")).collect::<Vec<_>>();
    until("the other key went on", || (stage.scratch.file("put-off").exists() && handled("b") == in_order("b")).then_some(()));
    assert_eq!(handled("a"), [""; 0], "the first of the key holds it");

    // Its key is known over a restart, although the event has none recorded for this subscription.
    daemon.kill();
    std::fs::remove_file(stage.scratch.file("put-off")).unwrap();
    let daemon = stage.start();
    until("the first of the key was tried again", || stage.scratch.file("put-off").exists().then_some(()));
    let live = stage.publish("t.x", &json!({"id": "a", "n": 6}).to_string());
    assert_eq!(handled("a"), [""; 0], "and holds it still");
    std::fs::write(stage.scratch.file("go"), "").unwrap();
    until("the replay has ended", || daemon.get(&format!("/replays/{id}")).json()["ended_at"].is_string().then_some(()));
    until("what was published meanwhile is done, and no key is left held", || {
        let shown = daemon.get(&format!("/events/{live}")).json();
        shown["deliveries"].as_array().unwrap().iter().all(|delivery| delivery["state"] == "done").then_some(())
    });

    let order: Vec<String> = handled("a").into_iter().filter(|line| line != "a 6").collect();
    assert_eq!(order, in_order("a"), "oldest first, one at a time");
    let shown = daemon.get(&format!("/replays/{id}")).json();
    assert_eq!((&shown["state"], &shown["ok"]), (&json!("done"), &json!(10)), "{shown:#}");
    assert!(daemon.stop().success());
}
