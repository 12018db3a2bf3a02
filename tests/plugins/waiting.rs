//! Publishing and waiting for what becomes of it; corrected copies of an event.

use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use serde_json::{Value, json};

use super::stage::{Stage, python};
use crate::support::scratch::told;

/// Handles what has a good amount, rejects what has none, and hangs where it is told to.
const JUDGES: &str = "    @on('order.*')\n    async def order(self, event):\n        import asyncio\n        if event.payload.get('hang'):\n            await asyncio.sleep(3600)\n        if event.payload.get('amount', 0) <= 0:\n            raise Reject('no amount')";
const RETRY: &str = "retry: {max: 0}";

fn shown(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", told(output)))
}

/// An editor that runs a line of shell on the file it is given.
fn editor(stage: &Stage, line: &str) -> String {
    let path = stage.scratch.path().join("editor.sh");
    std::fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn run_edited(stage: &Stage, line: &str, arguments: &[&str]) -> Output {
    let mut command = stage.scratch.panotti(&[arguments, &["-o", "json"]].concat());
    command.env("EDITOR", editor(stage, line)).env("TMPDIR", stage.scratch.path()).output().unwrap()
}

#[test]
fn waiting_ends_with_the_last_delivery_and_the_exit_code_says_how() {
    let stage = Stage::with(RETRY, &[("plugin.py", &python(JUDGES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let publish = |payload: &str, wait: &str| stage.scratch.run(&["event", "publish", "order.paid", payload, wait, "-o", "json"]);

    let done = publish("{\"amount\": 3}", "--wait");
    let dead = publish("{\"amount\": 0}", "--wait=30s");
    let late = publish("{\"hang\": true}", "--wait=300ms");
    let nobody = stage.scratch.run(&["event", "publish", "nobody.cares", "--wait"]);
    let person = stage.scratch.run(&["event", "publish", "order.paid", "-p", "amount:=0", "--wait"]);

    for (output, exit, outcome, state) in [(&done, 0, "done", "done"), (&dead, 1, "failed", "dead"), (&late, 124, "timeout", "leased")] {
        let waited = &shown(output)["waited"];
        assert_eq!((output.status.code(), &waited["outcome"]), (Some(exit), &json!(outcome)), "{}", told(output));
        assert_eq!(waited["deliveries"][0]["state"], state, "{waited:#}");
    }
    assert_eq!(nobody.status.code(), Some(0), "{}", told(&nobody));
    assert_eq!(person.status.code(), Some(1));
    assert!(told(&person).contains("✗ p   dead (1/1)  Reject: no amount\n1 of 1 delivery failed"), "{}", told(&person));
    daemon.kill();
}

#[test]
fn rule_10_a_corrected_copy_is_a_new_event_with_the_old_one_as_its_cause() {
    let stage = Stage::with(RETRY, &[("plugin.py", &python(JUDGES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let old = stage.publish("order.paid", "{\"amount\": 0, \"order\": 12345678901234567890123}");
    stage.until_delivery(&daemon, &old, |delivery| delivery["state"] == "dead");

    let copy = stage.ask(&["event", "publish", "--from", &old, "-p", "amount:=5", "--wait"]);
    let payload = daemon.get(&format!("/events/{}/payload", copy["eventid"].as_str().unwrap())).body;
    let detail = daemon.get(&format!("/events/{}", copy["eventid"].as_str().unwrap())).json();

    assert_eq!(copy["waited"]["outcome"], "done");
    assert_eq!((&detail["causationid"], &detail["correlationid"]), (&json!(old), &json!(old)));
    assert_eq!(String::from_utf8_lossy(&payload), r#"{"amount":5,"order":12345678901234567890123}"#, "every other byte as it was");
    assert_eq!(daemon.get(&format!("/events/{old}")).json()["deliveries"][0]["state"], "dead", "until somebody discards it");
    let refused = daemon.post(&format!("/events/{old}/republish"), &json!({"type": "order.paid", "causationid": old}));
    assert_eq!(refused.status, 400, "only the daemon sets the cause");
    assert!(daemon.stop().success());
}

#[test]
fn an_event_is_edited_in_the_users_editor_and_what_was_written_is_never_lost() {
    let stage = Stage::with(RETRY, &[("plugin.py", &python(JUDGES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let old = stage.publish("order.paid", "{\"amount\": 0}");
    stage.until_delivery(&daemon, &old, |delivery| delivery["state"] == "dead");

    let mended = run_edited(&stage, "sed -i 's/\"amount\": 0/\"amount\": 7/' \"$1\"", &["event", "retry", &old, "--edit"]);
    let left_alone = run_edited(&stage, "true", &["event", "publish", "--from", &old, "--edit"]);
    let broken = run_edited(&stage, "echo oops > \"$1\"", &["event", "retry", &old, "--edit"]);
    let failed = run_edited(&stage, "exit 1", &["event", "retry", &old, "--edit"]);
    let unasked = run_edited(&stage, "true", &["event", "retry", &old, "--edit", "--no-input"]);

    let detail = daemon.get(&format!("/events/{}", shown(&mended)["eventid"].as_str().unwrap())).json();
    assert_eq!((&detail["data"], &detail["causationid"]), (&json!({"amount": 7}), &json!(old)));
    assert_eq!((left_alone.status.code(), &shown(&left_alone)["changed"]), (Some(0), &json!(false)));
    let failure: Value = serde_json::from_slice(&broken.stderr).unwrap();
    let next = failure["next"].as_str().unwrap();
    let kept = next.rsplit(' ').next().unwrap();
    assert_eq!((broken.status.code(), std::fs::read_to_string(kept).unwrap().as_str()), (Some(6), "oops\n"), "{failure:#}");
    assert_eq!((failed.status.code(), unasked.status.code()), (Some(2), Some(2)));
    let temporary = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().starts_with("panotti-");
    assert_eq!(
        std::fs::read_dir(stage.scratch.path()).unwrap().filter_map(|entry| temporary(entry).then_some(())).count(),
        1,
        "only what was kept"
    );
    assert!(daemon.stop().success());
}
