//! A Python plugin, a shell plugin of three lines, and one that a stranger wrote in Node from the protocol's document: from end to end.

use serde_json::{Value, json};

use super::stage::{Stage, python};

fn emits_as_promised(stage: &Stage, plugin: &str) -> Value {
    let daemon = stage.start();
    stage.until_state(&daemon, plugin, "running");
    let output = stage.ask(&["event", "publish", "recording.ended", r#"{"transcript":"one two three"}"#, "--correlation", "story-1"]);
    let handled = output["eventid"].as_str().unwrap();

    let emitted = stage.until_event(&daemon, "words.counted");
    assert_eq!(emitted["data"], json!({ "n": 3 }), "{emitted:#}");
    assert_eq!(emitted["source"], format!("/plugins/{plugin}"), "{emitted:#}");
    assert_eq!((&emitted["causationid"], &emitted["correlationid"]), (&json!(handled), &json!("story-1")), "{emitted:#}");
    let delivery = stage.until_delivery(&daemon, handled, |delivery| delivery["state"] == "done");
    assert_eq!((&delivery["attempts"], &delivery["plugin"]), (&json!(1), &json!(plugin)), "{delivery:#}");
    assert_eq!(delivery["history"][0]["emitted"], json!([emitted["eventid"]]), "{delivery:#}");
    assert!(daemon.stop().success());
    delivery
}

#[test]
fn a_python_plugin_in_a_folder_handles_an_event_and_its_emit_tells_where_it_comes_from() {
    let code = python(
        "    @on('recording.ended')\n    async def count(self, event):\n        \
         await self.emit_event('words.counted', {'n': len(event.payload['transcript'].split())})",
    );
    let stage = Stage::with("", &[("plugin.py", &code)]);
    let delivery = emits_as_promised(&stage, "p");
    assert_eq!(delivery["subscription"], "p/recording.ended", "{delivery:#}");
}

#[test]
fn a_shell_plugin_of_three_lines_handles_an_event_and_its_emit_tells_where_it_comes_from() {
    let document = include_str!("../../docs/plugin-protocol.md");
    let script = document.rsplit("```sh\n").next().unwrap().split("```").next().unwrap();
    assert_eq!(script.lines().count(), 3);
    let stage = Stage::with("on: [{topic: recording.ended}]", &[("plugin.sh", script)]);
    emits_as_promised(&stage, "p");
}

#[test]
fn a_plugin_written_only_from_the_protocols_document_handles_an_event_and_its_emit_tells_where_it_comes_from() {
    let document = include_str!("../../docs/plugin-protocol.md");
    let part = |fence: &str| document.split("## 9.").nth(1).unwrap().split(fence).nth(1).unwrap().split("```").next().unwrap().to_owned();
    let stage = Stage::new();
    // Only the time to start is added, for slow machines.
    let manifest = format!("{}limits: {{start: 30s}}\n", part("```yaml\n"));
    stage.write("word-count-node", &[("plugin.yaml", &manifest), ("plugin.js", &part("```js\n"))]);
    emits_as_promised(&stage, "word-count-node");
}

#[test]
fn rule_05_state_written_with_a_done_delivery_is_there_after_a_restart_of_the_daemon_and_that_of_a_failed_one_is_not() {
    let code = python(
        "    @on('t.x')\n    def count(self, event):\n        \
         n = self.state.get('n', 0) + 1\n        self.state.set('n', n)\n        self.state.delete('gone')\n        \
         if event.payload.get('fail'): raise Reject('no')\n        self.emit_event('counted', {'n': n})",
    );
    let stage = Stage::with("on: [{topic: t.x, concurrency: 1}]", &[("plugin.py", &code)]);
    let daemon = stage.start();
    stage.publish("t.x", "{}");
    assert_eq!(stage.until_event(&daemon, "counted")["data"]["n"], 1);
    let failed = stage.publish("t.x", r#"{"fail":true}"#);
    let dead = stage.until_delivery(&daemon, &failed, |delivery| delivery["state"] == "dead");
    assert_eq!((&dead["cause"], &dead["attempts"]), (&json!("rejected"), &json!(1)), "{dead:#}");
    assert!(daemon.stop().success());

    let daemon = stage.start();
    let last = stage.publish("t.x", "{}");
    stage.until_delivery(&daemon, &last, |delivery| delivery["state"] == "done");
    let counted = stage.until_event(&daemon, "counted");
    assert_eq!((&counted["data"]["n"], &counted["causationid"]), (&json!(2), &json!(last)), "{counted:#}");
    assert!(stage.log("p").iter().filter(|line| line.ends_with("-> running")).count() >= 2, "both lives are in the log");
    assert!(daemon.stop().success());
}
