//! Plugins switched off and on: what waits meanwhile, and what needs what.

use serde_json::json;

use super::stage::{Stage, python};

fn handles() -> String {
    python("    @on('t.x')\n    async def x(self, event): pass")
}

#[test]
fn rule_04_a_disabled_plugin_holds_what_arrives_and_enable_resumes_it() {
    let stage = Stage::with("on: [{topic: t.x}]", &[("plugin.py", &handles())]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let disabled = stage.ask(&["plugin", "disable", "p", "--reason", "a test"]);
    assert_eq!(disabled["changed"], true, "{disabled:#}");
    stage.until_state(&daemon, "p", "disabled");
    let events: Vec<String> = (0..3).map(|_| stage.publish("t.x", "{}")).collect();
    for event in &events {
        let held = stage.until_delivery(&daemon, event, |_| true);
        assert_eq!((&held["state"], &held["attempts"]), (&json!("held"), &json!(0)), "{held:#}");
    }
    assert_eq!(stage.ask(&["plugin", "disable", "p"])["changed"], false);
    assert!(daemon.stop().success());

    let daemon = stage.start();
    let shown = stage.ask(&["plugin", "show", "p"]);
    assert_eq!((&shown["state"], &shown["subscriptions"][0]["pending"]), (&json!("disabled"), &json!(3)), "{shown:#}");
    let enabled = stage.ask(&["plugin", "enable", "p", "--wait", "60s"]);
    assert_eq!((&enabled["changed"], &enabled["plugin"]["state"]), (&json!(true), &json!("running")), "{enabled:#}");
    for event in &events {
        let done = stage.until_delivery(&daemon, event, |delivery| delivery["state"] == "done");
        assert_eq!(done["attempts"], 1, "{done:#}");
    }
    assert!(daemon.stop().success());
}

#[test]
fn rule_04_a_plugin_disabled_with_skip_gets_nothing_of_what_arrived_meanwhile() {
    let stage = Stage::with("on: [{topic: t.x}]", &[("plugin.py", &handles())]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.ask(&["plugin", "disable", "p", "--skip"]);
    let skipped = stage.publish("t.x", "{}");
    stage.until_delivery(&daemon, &skipped, |delivery| delivery["state"] == "skipped");
    stage.ask(&["plugin", "enable", "p", "--wait", "60s"]);
    let handled = stage.publish("t.x", "{}");
    stage.until_delivery(&daemon, &handled, |delivery| delivery["state"] == "done");
    let still = stage.until_delivery(&daemon, &skipped, |_| true);
    assert_eq!((&still["state"], &still["attempts"]), (&json!("skipped"), &json!(0)), "{still:#}");
    assert!(daemon.stop().success());
}

#[test]
fn rule_04_a_plugin_that_its_manifest_switches_off_skips_or_holds_like_any_other_and_stays_on_once_it_was_enabled() {
    let stage = Stage::new();
    let exec = "enabled: false\nruntime: exec\ncommand: [\"true\"]\n";
    stage.plugin("holds", &format!("{exec}on: [{{topic: t.hold}}]"), &[]);
    stage.plugin("skips", &format!("{exec}on: [{{topic: t.skip, on_disabled: skip}}]"), &[]);
    let daemon = stage.start();
    let (held, skipped) = (stage.publish("t.hold", "{}"), stage.publish("t.skip", "{}"));
    stage.until_delivery(&daemon, &held, |delivery| delivery["state"] == "held");
    stage.until_delivery(&daemon, &skipped, |delivery| delivery["state"] == "skipped");

    for plugin in ["holds", "skips"] {
        assert_eq!(stage.ask(&["plugin", "enable", plugin, "--wait", "60s"])["changed"], true, "{plugin}");
        assert_eq!(stage.ask(&["plugin", "enable", plugin])["changed"], false, "{plugin}");
    }

    stage.until_delivery(&daemon, &held, |delivery| delivery["state"] == "done");
    assert!(daemon.stop().success());
    let daemon = stage.start();
    stage.until_state(&daemon, "holds", "running");
    let handled = stage.publish("t.skip", "{}");
    stage.until_delivery(&daemon, &handled, |delivery| delivery["state"] == "done");
    assert_eq!(stage.until_delivery(&daemon, &skipped, |_| true)["state"], "skipped");
    assert!(daemon.stop().success());
}

#[test]
fn rule_15_a_plugin_whose_dependency_is_missing_or_disabled_is_not_enabled_and_waits_for_one_that_starts() {
    let stage = Stage::new();
    stage.plugin("base", "enabled: false", &[("plugin.py", &handles())]);
    stage.plugin("needs-base", "dependencies: [base]", &[("plugin.py", &handles())]);
    stage.plugin("needs-nobody", "enabled: false\ndependencies: [nobody]", &[("plugin.py", &handles())]);
    let daemon = stage.start();
    let listed = stage.until_state(&daemon, "needs-base", "stopped");
    assert_eq!(listed["reason"], "`needs-base` needs `base`, which is disabled", "{listed:#}");
    for (plugin, what) in [("needs-base", "which is disabled"), ("needs-nobody", "which is not there")] {
        let (code, failure) = stage.refused(&["plugin", "enable", plugin]);
        assert_eq!((code, &failure["code"]), (5, &json!("plugin.dependency")), "{failure:#}");
        assert!(failure["detail"].as_str().unwrap().contains(what), "{failure:#}");
    }
    assert_eq!(stage.listed("needs-nobody")["enabled"], false);
    stage.ask(&["plugin", "enable", "base", "--wait", "60s"]);
    stage.until_state(&daemon, "needs-base", "running");
    assert!(daemon.stop().success());
}

#[test]
fn the_log_of_a_plugin_is_still_there_after_a_restart_of_the_daemon() {
    let code =
        python("    async def initialize(self): print('one life of', os.getpid())\n    @on('t.x')\n    async def x(self, event): pass");
    let stage = Stage::with("", &[("plugin.py", &code)]);
    for life in 1..=2 {
        let daemon = stage.start();
        stage.until_state(&daemon, "p", "running");
        let lives = stage.log("p").iter().filter(|line| line.starts_with("one life of")).count();
        assert_eq!(lives, life);
        assert!(daemon.stop().success());
    }
}
