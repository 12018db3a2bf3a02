//! Cancelling what has not begun, and removing events for good: what goes, what stays, what is asked before.

use serde_json::{Value, json};

use crate::plugins::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::scratch::told;
use crate::support::until;

/// A plugin that is off and so is owed everything.
const OFF: &str = "enabled: false\nruntime: exec\ncommand: [\"true\"]\non: [{topic: owed.made}]";
/// One that rejects everything.
const BAD: &str = "runtime: exec\ncommand: [\"false\"]\nretry: {max: 0}\non: [{topic: bad.made}]";
/// One that fails and tries again in an hour.
const LATER: &str = "runtime: exec\ncommand: [\"false\"]\nretry: {max: 3, first: 1h, cap: 2h}\non: [{topic: later.made}]";

fn states(daemon: &Daemon, event: &str) -> Vec<String> {
    let shown = daemon.get(&format!("/events/{event}")).json();
    shown["deliveries"].as_array().unwrap().iter().map(|delivery| delivery["state"].as_str().unwrap().to_owned()).collect()
}

fn is_there(daemon: &Daemon, event: &str) -> bool {
    daemon.get(&format!("/events/{event}")).status == 200
}

#[test]
fn what_has_not_begun_is_cancelled_with_an_audit_entry_and_never_handed_out() {
    let stage = Stage::with(OFF, &[]);
    stage.plugin("later", LATER, &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "later", "running");
    let (owed, waiting) = (stage.publish("owed.made", "{}"), stage.publish("later.made", "{}"));
    stage.until_delivery(&daemon, &waiting, |delivery| delivery["state"] == "waiting");

    let cancelled = stage.ask(&["event", "cancel", &owed, &waiting, "--reason", "sent by mistake"]);
    assert_eq!(cancelled["changed"], true, "{cancelled}");
    for (place, event) in [&owed, &waiting].into_iter().enumerate() {
        assert_eq!(cancelled["events"][place]["deliveries"][0]["state"], "cancelled", "it says what became of each: {cancelled}");
        assert_eq!(states(&daemon, event), ["cancelled"]);
    }
    let again = stage.ask(&["event", "cancel", &owed]);
    assert_eq!(again["changed"], false, "what is cancelled is unchanged");
    stage.ask(&["plugin", "enable", "p"]);
    let next = stage.publish("owed.made", "{}");
    stage.until_delivery(&daemon, &next, |delivery| delivery["state"] == "done");
    assert_eq!(states(&daemon, &owed), ["cancelled"], "the plugin runs and handles what came later");
    let numbers = daemon.get("/events/status").json();
    assert_eq!((&numbers["deliveries"]["cancelled"], &numbers["deliveries"]["waiting"]), (&json!(2), &json!(0)));
    assert!(daemon.stop().success());
    let store = rusqlite::Connection::open(stage.scratch.file("panotti.db")).unwrap();
    let audited = "SELECT count(*) FROM audit WHERE action = 'delivery.cancel' AND reason = 'sent by mistake'";
    assert_eq!(store.query_row(audited, [], |row| row.get::<_, i64>(0)).unwrap(), 2);
}

#[test]
fn what_a_plugin_is_working_on_is_finished_and_not_cancelled() {
    let slow = "runtime: exec\ncommand: [\"sh\", \"slow.sh\"]\non: [{topic: slow.made}]";
    let script = "#!/bin/sh\ntouch begun\nuntil [ -e go ]; do sleep 0.01; done\n";
    let stage = Stage::with(slow, &[("slow.sh", script)]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let event = stage.publish("slow.made", "{}");
    stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "leased");

    let cancelled = stage.ask(&["event", "cancel", &event]);
    assert_eq!((&cancelled["changed"], &cancelled["events"][0]["deliveries"][0]["state"]), (&json!(false), &json!("leased")));
    daemon.post(&format!("/events/{event}/cancel"), &json!({"plugin": "p"}));
    assert_eq!(states(&daemon, &event), ["leased"]);
    std::fs::write(stage.folder("p").join("go"), "").unwrap();
    stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "done");
}

#[test]
fn a_purge_needs_a_selection_shows_its_plan_and_asks() {
    let stage = Stage::new();
    let daemon = stage.start();
    stage.publish("old.made", "{}");
    stage.publish("last.made", "{}");

    let (exit, failure) = stage.refused(&["event", "purge"]);
    assert_eq!((exit, &failure["code"]), (2, &json!("purge.selector_missing")));
    assert_eq!(daemon.post("/events/purge", &json!({"selection": {}})).json()["code"], "purge.selector_missing");
    let (exit, failure) = stage.refused(&["event", "purge", "--status", "waiting", "--yes"]);
    assert_eq!((exit, &failure["code"]), (2, &json!("selection.invalid")));
    let (exit, failure) = stage.refused(&["event", "purge", "--topic", "old.>"]);
    assert_eq!((exit, &failure["code"]), (7, &json!("purge.confirmation")));
    let plan = stage.ask(&["event", "purge", "--topic", "old.>", "--dry-run"]);
    assert_eq!((&plan["changed"], &plan["events"], &plan["scanned"]), (&json!(false), &json!(1), &json!(1)));
    let said = told(&stage.scratch.run(&["event", "purge", "--topic", "old.>", "--dry-run"]));
    assert!(said.contains("1 event of 1 looked at") && said.contains("nothing was removed"), "{said}");
}

#[test]
fn rule_14_a_purge_removes_what_is_resolved_and_the_file_shrinks_and_what_is_owed_stays() {
    let stage = Stage::with(OFF, &[]);
    stage.plugin("bad", BAD, &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "bad", "running");
    let owed = stage.publish("owed.made", "{}");
    let dead = stage.publish("bad.made", "{}");
    stage.until_delivery(&daemon, &dead, |delivery| delivery["state"] == "dead");
    let payload = "x".repeat(100_000);
    for number in 0..200 {
        let answer = daemon.post("/events", &json!({"type": "load.sent", "data": payload, "id": number.to_string()}));
        assert_eq!(answer.status, 201);
    }
    let last = stage.publish("last.made", "{}");
    let bytes = || daemon.get("/events/status").json()["store"]["database_bytes"].as_u64().unwrap();
    until("the events are in the file", || (bytes() > 15_000_000).then_some(()));

    let kept = stage.ask(&["event", "purge", "--before", "0s", "--keep-failed", "--yes", "--reason", "a test"]);
    assert_eq!((&kept["kept_unresolved"], &kept["kept_failed"]), (&json!(1), &json!(1)), "{kept}");
    assert!(kept["events"].as_u64().unwrap() >= 200, "the daemon's own go too: {kept}");
    assert!(is_there(&daemon, &owed) && is_there(&daemon, &dead) && is_there(&daemon, &last));
    until("the file has shrunk", || (bytes() < 8_000_000).then_some(()));

    let purged = stage.ask(&["event", "purge", "--status", "dead", "--yes"]);
    assert_eq!((&purged["events"], &purged["failed"]), (&json!(1), &json!(1)), "{purged}");
    assert!(!is_there(&daemon, &dead) && is_there(&daemon, &owed));
    let numbers: Value = daemon.get("/events/status").json();
    assert_eq!((&numbers["deliveries"]["dead"], &numbers["deliveries"]["cancelled"]), (&json!(0), &json!(1)));
    let listed = daemon.get("/events?limit=1000").json()["items"].as_array().unwrap().len();
    assert_eq!(numbers["store"]["events"], listed, "{numbers}");
    stage.ask(&["plugin", "enable", "p"]);
    stage.until_delivery(&daemon, &owed, |delivery| delivery["state"] == "done");
}
