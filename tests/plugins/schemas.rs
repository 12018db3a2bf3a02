//! Schemas that plugins bring for what they emit, and emits that do not fit one.

use serde_json::{Value, json};

use super::stage::{Stage, python};
use crate::support::scratch::told;
use crate::support::until;

const COUNTS: &str = r#"
    @on("text.written")
    def count(self, event):
        self.emit_event("words.counted", {"words": event.payload["words"]})
"#;
const MANIFEST: &str = "runtime: python\nentry: plugin.py\non: [{topic: text.written}]\nemits: [words.counted]\nretry: {max: 1, first: 100ms}\nschemas: {words.counted: words.json}";

fn words(least: u64) -> String {
    json!({"type": "object", "required": ["words"], "properties": {"words": {"type": "integer", "minimum": least}}}).to_string()
}

fn stage(schema: &str) -> Stage {
    Stage::with(MANIFEST, &[("plugin.py", &python(COUNTS)), ("words.json", schema)])
}

fn listed(stage: &Stage) -> Value {
    stage.ask(&["schema", "list"])
}

#[test]
fn a_plugin_brings_the_schemas_of_what_it_emits_and_the_first_one_warns() {
    let stage = stage(&words(0));
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let found = listed(&stage);
    assert_eq!(
        (&found[0]["topic"], &found[0]["version"], &found[0]["mode"]),
        (&json!("words.counted"), &json!(1), &json!("warn")),
        "{found}"
    );
    assert_eq!(found[0]["by"], "plugin:p");

    stage.publish("text.written", r#"{"words": -1}"#);
    let emitted = stage.until_event(&daemon, "words.counted");
    assert_eq!((&emitted["schema"], &listed(&stage)[0]["warned"]), (&json!(1), &json!(1)), "it was accepted, stamped and counted");
    stage.ask(&["schema", "remove", "words.counted"]);
    assert!(daemon.stop().success());

    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    assert_eq!(listed(&stage), json!([]), "what was decided about it stays: it is brought once");
    assert!(daemon.stop().success());
}

#[test]
fn a_plugin_whose_schema_breaks_the_one_in_force_does_not_start_and_says_what_to_do() {
    let stage = stage(&words(0));
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    assert!(daemon.stop().success());
    stage.write("p", &[("words.json", &words(1))]);

    let daemon = stage.start();
    let stopped = stage.until_state(&daemon, "p", "stopped");
    assert!(stopped["reason"].as_str().unwrap().contains("brings a schema of `words.counted` that cannot come into force"), "{stopped}");
    let refused = stage.scratch.run(&["plugin", "enable", "p"]);
    assert_eq!(refused.status.code(), Some(6), "{}", told(&refused));
    for said in ["/properties/words/minimum  tightened from 0 to 1", "schema.incompatible", "--compat none"] {
        assert!(told(&refused).contains(said), "{}", told(&refused));
    }
    let file = stage.folder("p").join("words.json");
    stage.ask(&["schema", "create", "words.counted", file.to_str().unwrap(), "--compat", "none"]);
    assert!(daemon.stop().success());
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    assert_eq!(listed(&stage)[0]["version"], 2);
    assert!(daemon.stop().success());
}

#[test]
fn a_manifest_that_names_no_schema_or_a_file_that_holds_none_is_told_its_place() {
    let stage = stage(r#"{"type": "objekt"}"#);
    let folder = stage.folder("p");
    let check = || stage.scratch.run(&["plugin", "validate", folder.to_str().unwrap()]);
    assert!(
        check().status.code() == Some(6) && told(&check()).contains("the schema in words.json does not hold at /type"),
        "{}",
        told(&check())
    );
    std::fs::remove_file(folder.join("words.json")).unwrap();
    assert!(told(&check()).contains("words.json cannot be read"), "{}", told(&check()));
    stage.plugin("p", &MANIFEST.replace("words.json", "../words.json"), &[]);
    assert!(told(&check()).contains("leads out of the plugin's folder"), "{}", told(&check()));
    stage.plugin("p", &MANIFEST.replace("{words.counted:", "{'words.*':"), &[]);
    assert!(told(&check()).contains("`words.*` is not a topic"), "{}", told(&check()));
}

#[test]
fn rule_08_an_emit_that_an_enforced_schema_refuses_fails_the_attempt_and_the_delivery_dies_with_the_cause_schema() {
    let stage = stage(&words(0));
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.ask(&["schema", "set", "words.counted", "--mode", "enforce"]);

    let bad = stage.publish("text.written", r#"{"words": "many"}"#);
    let dead = stage.until_delivery(&daemon, &bad, |delivery| delivery["state"] == "dead");
    assert_eq!(
        (&dead["cause"], &dead["attempts"], &dead["error"]["class"]),
        (&json!("schema"), &json!(2), &json!("SchemaViolated")),
        "{dead}"
    );
    assert!(dead["error"]["message"].as_str().unwrap().contains("/data/words: expected integer, found a string"), "{dead}");
    let good = stage.publish("text.written", r#"{"words": 3}"#);
    stage.until_delivery(&daemon, &good, |delivery| delivery["state"] == "done");
    let counted = until("both are settled", || {
        let events = daemon.get("/events?topic=words.counted").json();
        (!events["items"].as_array()?.is_empty()).then(|| events["items"].clone())
    });
    assert_eq!(counted.as_array().unwrap().len(), 1, "nothing of the refused outcome took effect");
    assert!(daemon.stop().success());
}
