//! Setting secrets and giving them to plugins (semantics rule 19).

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::plugins::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};

/// A plugin that tells what it got, backwards.
fn telling() -> String {
    python("    @on('t.x')\n    async def x(self, event): await self.emit_event('told', self.config['token'][::-1])")
}

fn set(stage: &Stage, name: &str, value: &str) -> Value {
    let output = stage.scratch.run_with_input(&["config", "secret", "set", name, "-o", "json"], value.as_bytes());
    assert!(output.status.success(), "{}", told(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

const MANIFEST: &str = "permissions: {secrets: [TOKEN]}\nconfig: {token: !secret TOKEN}";

#[test]
fn rule_19_a_plugin_waits_for_its_secret_gets_it_by_message_and_is_restarted_with_another_value() {
    let stage = Stage::with(MANIFEST, &[("plugin.py", &telling())]);
    let daemon = stage.start();
    stage.until_plugin(&daemon, "p", |found| found["reason"].as_str().is_some_and(|why| why.contains("it waits for the secret `TOKEN`")));

    assert_eq!(set(&stage, "TOKEN", "first-value\n"), json!({"changed": true, "name": "TOKEN", "restarted": []}));
    let before = stage.until_state(&daemon, "p", "running");
    stage.publish("t.x", "{}");
    assert_eq!(stage.until_event(&daemon, "told")["data"], "eulav-tsrif");

    assert_eq!(set(&stage, "TOKEN", "first-value")["changed"], false);
    assert_eq!(set(&stage, "TOKEN", "another-value")["restarted"], json!(["p"]));
    stage.until_plugin(&daemon, "p", |found| found["state"] == "running" && found["pid"] != before["pid"]);
    assert_eq!(stage.ask(&["plugin", "config", "get", "p"])["config"]["token"], json!({"$secret": "TOKEN"}));
    let listed = stage.ask(&["config", "secret", "list"]);
    assert_eq!((&listed[0]["name"], &listed[0]["used_by"]), (&json!("TOKEN"), &json!(["p"])), "{listed}");
    let audited = stage.ask(&["audit", "list", "--action", "secret.*"]);
    assert_eq!((audited.as_array().unwrap().len(), &audited[0]["object"]), (2, &json!("TOKEN")), "{audited}");
}

#[test]
fn rule_19_a_plugin_gets_only_the_secrets_that_its_manifest_names_and_a_command_gets_none() {
    let stage = Stage::with("config: {token: !secret TOKEN}", &[("plugin.py", &telling())]);
    stage.plugin("q", "permissions: {secrets: [OTHER]}\nconfig: {token: plain}", &[("plugin.py", &telling())]);
    let exec = "runtime: exec\ncommand: [\"true\"]\non: [{topic: t.x}]\npermissions: {secrets: [TOKEN]}\nconfig: {token: !secret TOKEN}";
    stage.plugin("r", exec, &[]);
    let daemon = stage.start();
    set(&stage, "TOKEN", "a-value-of-it");

    let problems = |plugin: &str| daemon.get(&format!("/plugins/{plugin}")).json()["problems"].to_string();
    assert!(problems("p").contains("does not name the secret `TOKEN`"), "{}", problems("p"));
    assert!(problems("r").contains("other programs would see a secret"), "{}", problems("r"));
    let (exit, failure) = stage.refused(&["plugin", "config", "set", "q", "token", r#"{"$secret": "TOKEN"}"#]);
    assert_eq!((exit, &failure["code"]), (6, &json!("plugin.config_invalid")), "{failure}");
    let (_, failure) = stage.refused(&["plugin", "config", "set", "q", "token", r#"{"$secret": "OTHER"}"#]);
    assert!(failure["detail"].as_str().unwrap().contains("`OTHER` is not set"), "{failure}");
}

#[test]
fn rule_19_secrets_outlive_the_daemon_a_new_key_and_no_wrong_one() {
    let stage = Stage::with(MANIFEST, &[("plugin.py", &telling())]);
    let daemon = stage.start();
    set(&stage, "TOKEN", "the-value-of-it");
    let key = stage.scratch.path().join("data.keys/secrets.key");
    let first = std::fs::read(&key).unwrap();
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o400);
    assert_eq!(stage.ask(&["config", "secret", "rotate"])["secrets"], 1);
    assert_ne!(std::fs::read(&key).unwrap(), first);
    assert!(daemon.stop().success());

    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.publish("t.x", "{}");
    assert_eq!(stage.until_event(&daemon, "told")["data"], "ti-fo-eulav-eht");
    assert!(daemon.stop().success());

    std::fs::remove_file(&key).unwrap();
    std::fs::write(&key, first).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o400)).unwrap();
    let refused = stage.scratch.run(&["daemon", "run"]);
    assert_eq!(refused.status.code(), Some(78), "{}", told(&refused));
    assert!(told(&refused).contains("secret.key_wrong") && told(&refused).contains("TOKEN"), "{}", told(&refused));
}

#[test]
fn rule_19_a_rotation_that_was_cut_short_is_mended_at_the_next_start() {
    for after_the_transaction in [false, true] {
        let stage = Stage::new();
        let daemon = stage.start();
        set(&stage, "TOKEN", "the-value-of-it");
        let keys = stage.scratch.path().join("data.keys");
        let old = std::fs::read(keys.join("secrets.key")).unwrap();
        stage.ask(&["config", "secret", "rotate"]);
        assert!(daemon.stop().success());
        // As a crash would have left it: the new key is beside the old one, and the store is sealed with either of them.
        let new = std::fs::read(keys.join("secrets.key")).unwrap();
        let (present, next) = if after_the_transaction { (old, new) } else { (new, old) };
        for (name, key) in [("secrets.key", present), ("secrets.key.next", next)] {
            let _ = std::fs::remove_file(keys.join(name));
            std::fs::write(keys.join(name), key).unwrap();
            std::fs::set_permissions(keys.join(name), std::fs::Permissions::from_mode(0o400)).unwrap();
        }

        let daemon = stage.start();

        assert_eq!(stage.ask(&["config", "secret", "list"])[0]["name"], "TOKEN");
        assert!(!keys.join("secrets.key.next").exists());
        drop(daemon);
    }
}

#[test]
fn rule_19_what_is_no_secret_is_refused_and_one_can_be_removed() {
    let stage = Stage::new();
    let _daemon = stage.start();
    for (name, value) in [("NAME", "short"), ("a name", "long enough for one"), ("NAME", &"x".repeat(16 * 1024 + 1))] {
        let output = stage.scratch.run_with_input(&["config", "secret", "set", name, "-o", "json"], value.as_bytes());
        assert_eq!(output.status.code(), Some(6), "{}", told(&output));
        assert!(!told(&output).contains(value), "{}", told(&output));
    }
    set(&stage, "NAME", "long enough for one");
    assert_eq!(stage.ask(&["config", "secret", "remove", "NAME", "--reason", "a test"])["changed"], true);
    assert_eq!(stage.refused(&["config", "secret", "remove", "NAME"]).0, 4);
    assert_eq!(stage.ask(&["config", "secret", "list"]), json!([]));
}

#[test]
fn rule_19_a_reason_for_a_change_of_a_secret_is_bounded_like_every_other() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let ask = |method: &str, path: &str, body: Value| {
        daemon.connect().request(method, path, &[("content-type", "application/json")], body.to_string().as_bytes()).unwrap()
    };
    let (long, held) = ("why ".repeat(50_000), "x".repeat(500));
    assert_eq!(ask("PUT", "/config/secrets/TOKEN", json!({"value": "a-value-of-it", "reason": held})).status, 200);

    let refused = [
        ask("PUT", "/config/secrets/TOKEN", json!({"value": "another-value", "reason": long})),
        ask("DELETE", &format!("/config/secrets/TOKEN?reason={}", "x".repeat(501)), Value::Null),
        ask("POST", "/config/secrets/rotate", json!({"reason": long})),
    ];

    for answer in refused {
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("request.invalid")), "{}", answer.json());
    }
    let recorded = daemon.get("/audit?limit=1000").body;
    assert!(recorded.len() < 20_000, "{} bytes of the audit", recorded.len());
}
