//! Plugins that start and then do wrong: rubbish, frames that are too long, crashes, hanging handlers, outcomes of others.

use serde_json::{Value, json};

use super::stage::{READY, Stage, python};

const NATIVE: &str = "runtime: native\nentry: run.sh";

#[test]
fn rule_16_rubbish_on_descriptor_3_is_answered_makes_the_plugin_degraded_and_ten_lines_of_it_end_it() {
    let few = format!("{READY}ready\necho rubbish >&3\nread -r answer <&3\necho \"answered $answer\"\ncat <&3\n");
    let many = format!("{READY}ready\nfor i in 1 2 3 4 5 6 7 8 9 10; do echo rubbish >&3; done\ncat <&3\n");
    let stage = Stage::new();
    stage.plugin("few", NATIVE, &[("run.sh", &few)]);
    stage.plugin("many", NATIVE, &[("run.sh", &many)]);
    let daemon = stage.start();
    let listed = stage.until_plugin(&daemon, "few", |found| found["health"] == "degraded");
    assert_eq!(listed["state"], "running", "{listed:#}");
    assert!(listed["reason"].as_str().unwrap().contains("no frame"), "{listed:#}");
    let listed = stage.until_state(&daemon, "many", "backoff");
    assert_eq!(listed["reason"], "10 lines in a row on descriptor 3 were no frames", "{listed:#}");
    assert!(
        stage.log("few").iter().any(|line| line.starts_with("answered ") && line.contains("plugin.protocol")),
        "{:#?}",
        stage.log("few")
    );
    assert!(daemon.stop().success());
}

#[test]
fn rule_16_a_frame_over_the_limit_ends_the_plugin_because_nothing_after_it_could_be_trusted() {
    let script = format!("{READY}ready\nhead -c 1100000 /dev/zero | tr '\\0' x >&3\ncat <&3\n");
    let stage = Stage::with(NATIVE, &[("run.sh", &script)]);
    let daemon = stage.start();
    let listed = stage.until_state(&daemon, "p", "backoff");
    assert_eq!(listed["reason"], "it sent a line of more than 1048576 bytes", "{listed:#}");
    assert!(daemon.stop().success());
}

const CRASHES: &str = "    @on('t.x')\n    def x(self, event):\n        print('now it happens')\n        os._exit(7)";

/// Outcomes and whether they counted, attempt by attempt.
fn history(delivery: &Value) -> Vec<(String, bool)> {
    let one = |attempt: &Value| (attempt["outcome"].as_str().unwrap().to_owned(), attempt["counted"].as_bool().unwrap());
    delivery["history"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn rule_06_a_crash_while_a_delivery_is_held_uses_an_attempt_and_the_last_one_is_the_cause_of_death() {
    let stage = Stage::with("retry: {max: 1, first: 100ms}", &[("plugin.py", &python(CRASHES))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let event = stage.publish("t.x", "{}");
    let dead = stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "dead");
    assert_eq!((&dead["cause"], &dead["attempts"]), (&json!("crash"), &json!(2)), "{dead:#}");
    assert_eq!(history(&dead), [("crash".to_owned(), true), ("crash".to_owned(), true)], "{dead:#}");
    assert_eq!(dead["error"]["class"], "PluginCrashed", "{dead:#}");
    assert!(dead["error"]["message"].as_str().unwrap().starts_with("it exited with code 7"), "{dead:#}");
    assert!(dead["history"][0]["log_tail"].as_str().unwrap().contains("now it happens"), "{dead:#}");
    assert!(daemon.stop().success());
}

#[test]
fn rule_06_a_delivery_that_crashes_its_plugin_in_every_attempt_is_dead_after_the_last_and_the_others_are_handled() {
    let code = python("    @on('t.x')\n    def x(self, event):\n        if event.payload.get('poison'): os._exit(7)");
    // A third crash would be quarantine (rule 9).
    let stage = Stage::with("retry: {max: 1, first: 100ms}", &[("plugin.py", &code)]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let poison = stage.publish("t.x", r#"{"poison":true}"#);
    let dead = stage.until_delivery(&daemon, &poison, |delivery| delivery["state"] == "dead");
    assert_eq!((&dead["cause"], &dead["attempts"]), (&json!("crash"), &json!(2)), "{dead:#}");
    let good = stage.publish("t.x", "{}");
    stage.until_delivery(&daemon, &good, |delivery| delivery["state"] == "done");
    assert!(daemon.stop().success());
}

#[test]
fn rule_06_a_handler_beyond_its_timeout_is_cancelled_counted_as_a_timeout_and_the_plugin_goes_on() {
    let code = python(
        "    @on('t.x')\n    def hangs(self, event):\n        while event.payload.get('hang'): time.sleep(1)\n\
         \x20   @on('t.y')\n    async def awaits(self, event):\n        import asyncio\n        await asyncio.sleep(600)",
    );
    let stage = Stage::with("retry: {max: 0}\nlimits: {start: 30s, timeout: 1s}", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let started = stage.until_state(&daemon, "p", "running");
    for (topic, payload) in [("t.x", r#"{"hang":true}"#), ("t.y", "{}")] {
        let event = stage.publish(topic, payload);
        let dead = stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "dead");
        assert_eq!((&dead["cause"], &dead["attempts"]), (&json!("timeout"), &json!(1)), "{dead:#}");
        assert_eq!(history(&dead), [("timeout".to_owned(), true)], "{dead:#}");
    }
    let good = stage.publish("t.x", "{}");
    stage.until_delivery(&daemon, &good, |delivery| delivery["state"] == "done");
    assert_eq!(stage.listed("p")["pid"], started["pid"], "the same copy goes on");
    assert!(daemon.stop().success());
}

/// Answers a delivery with outcomes that are not its own, prints what the daemon says to each, and ends it in the end.
const FORGER: &str = r#"#!/usr/bin/env python3
import json, socket
channel = socket.socket(fileno=3)
lines = channel.makefile("r")
send = lambda **frame: channel.sendall((json.dumps(frame) + "\n").encode())
json.loads(next(lines))
send(type="ready", protocol=1, handlers=[{"name": "t.x", "topic": "t.x"}])
for line in lines:
    frame = json.loads(line)
    if frame["type"] == "goodbye":
        break
    if frame["type"] != "deliver":
        continue
    delivery, token = frame["delivery_id"], frame["fencing_token"]
    forged = [("dlv_00000000000000000000000000", token), (delivery, token + 1), ("dlv_!", token)]
    for forged_delivery, forged_token in forged:
        send(type="outcome", delivery_id=forged_delivery, fencing_token=forged_token, outcome="done")
        answer = json.loads(next(lines))
        print("answer", answer["type"], answer["code"], flush=True)
    emits = frame["event"]["data"].get("emits", [])
    send(type="outcome", delivery_id=delivery, fencing_token=token, outcome="done", emits=emits)
"#;

#[test]
fn rule_05_outcomes_with_ids_or_tokens_that_are_not_theirs_are_refused_and_the_true_one_counts() {
    let stage = Stage::with(&format!("{NATIVE}\nretry: {{max: 0}}"), &[("run.sh", FORGER)]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let event = stage.publish("t.x", "{}");
    let done = stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "done");
    assert_eq!(done["attempts"], 1, "{done:#}");
    let answers: Vec<String> = stage.log("p").into_iter().filter(|line| line.starts_with("answer ")).collect();
    assert_eq!(answers, ["answer refused delivery.stale", "answer refused delivery.stale", "answer error plugin.protocol"]);

    let event = stage.publish("t.x", r#"{"emits":[{"topic":"panotti.mine"}]}"#);
    let dead = stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "dead");
    assert_eq!((&dead["cause"], &dead["attempts"]), (&json!("handler_error"), &json!(1)), "{dead:#}");
    assert!(dead["error"]["message"].as_str().unwrap().contains("panotti.mine"), "{dead:#}");
    assert!(daemon.stop().success());
}
