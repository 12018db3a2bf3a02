//! Ordering keys from end to end (rule 11): a key's events come one at a time in their order, over retries, crashes of the daemon and
//! dead letters.

use serde_json::{Value, json};

use super::stage::{Stage, python};
use crate::support::until;

/// Writes what it handles to `handled.txt` beside itself; `n: 2` fails twice, whatever restarts meanwhile.
const WRITES: &str = r#"    @on('t.x')
    def x(self, event):
        told = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'handled.txt')
        line = '%s %d\n' % (event.payload['id'], event.payload['n'])
        with open(told, 'a') as file:
            file.write(line)
        if event.payload['n'] == 2 and open(told).read().count(line) < 3:
            raise Retry(after='200ms')"#;

/// Rejects whatever says so, as long as it says so on disk.
const REJECTS: &str = r#"    @on('t.x')
    def x(self, event):
        rejects = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'rejects')
        if event.payload.get('bad') and os.path.exists(rejects):
            raise Reject('not this one')"#;

fn states(daemon: &crate::support::daemon::Daemon, events: &[String]) -> Vec<String> {
    let state = |event: &String| daemon.get(&format!("/events/{event}")).json()["deliveries"][0]["state"].as_str().unwrap().to_owned();
    events.iter().map(state).collect()
}

#[test]
fn rule_11_events_of_a_key_are_handled_in_their_order_over_retries_and_a_kill() {
    let stage = Stage::with("on: [{topic: t.x, key: data.id}]", &[("plugin.py", &python(WRITES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let mut events = Vec::new();
    for n in 1..=6 {
        for id in ["a", "b"] {
            events.push(stage.publish("t.x", &json!({"id": id, "n": n}).to_string()));
        }
    }
    let told = stage.scratch.file("handled.txt");
    let handled = || std::fs::read_to_string(&told).unwrap_or_default();
    until("the second of a key has failed", || handled().contains("a 2\n").then_some(()));
    daemon.kill();

    let daemon = stage.start();
    until("everything is handled", || states(&daemon, &events).iter().all(|state| state == "done").then_some(()));

    for id in ["a", "b"] {
        let order: Vec<String> = handled().lines().filter(|line| line.starts_with(id)).map(str::to_owned).collect();
        let mut sorted = order.clone();
        sorted.sort();
        assert_eq!(order, sorted, "each number after those before it");
        assert!(order.iter().filter(|line| line.ends_with(" 2")).count() >= 3, "{order:?}");
        assert_eq!(order.last().unwrap(), &format!("{id} 6"));
    }
    assert!(daemon.stop().success());
}

#[test]
fn rule_11_a_blocked_key_waits_for_a_person_and_other_keys_go_on() {
    let stage = Stage::with("on: [{topic: t.x, key: data.id, on_dead: block}]", &[("plugin.py", &python(REJECTS))]);
    std::fs::write(stage.scratch.file("rejects"), "").unwrap();
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let publish = |id: &str, bad: bool| stage.publish("t.x", &json!({"id": id, "bad": bad}).to_string());
    let discarded = publish("a", true);
    let behind_discarded = publish("a", false);
    let retried = publish("b", true);
    let behind_retried = publish("b", false);
    let other = publish("c", false);
    let without = stage.publish("t.x", "{}");
    let all = [discarded, behind_discarded, retried, behind_retried, other, without];
    until("all that can go have gone", || (states(&daemon, &all) == ["dead", "blocked", "dead", "blocked", "done", "done"]).then_some(()));

    daemon.kill();
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let later = publish("c", false);
    stage.until_delivery(&daemon, &later, |delivery| delivery["state"] == "done");
    assert_eq!(states(&daemon, &all), ["dead", "blocked", "dead", "blocked", "done", "done"], "a restart unblocks nothing");

    stage.ask(&["event", "discard", &all[0], "--reason", "a test"]);
    stage.until_delivery(&daemon, &all[1], |delivery| delivery["state"] == "done");
    std::fs::remove_file(stage.scratch.file("rejects")).unwrap();
    stage.ask(&["event", "retry", &all[2]]);
    stage.until_delivery(&daemon, &all[3], |delivery| delivery["state"] == "done");
    assert_eq!(states(&daemon, &all), ["cancelled", "done", "done", "done", "done", "done"]);

    let shown: Value = stage.ask(&["plugin", "show", "p"]);
    let subscription = &shown["subscriptions"][0];
    let told = (&subscription["key"], &subscription["on_dead"], &subscription["without_key"]);
    assert_eq!(told, (&json!("data.id"), &json!("block"), &json!(1)), "{subscription:#}");
    assert!(daemon.stop().success());
}
