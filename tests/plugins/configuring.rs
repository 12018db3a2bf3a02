//! Configuration of a running plugin: taken live, with a restart, or not at all (semantics rule 18).

use serde_json::json;

use super::stage::{READY, Stage, python};

#[test]
fn rule_18_a_plugin_that_updates_its_configuration_goes_on_with_the_new_one_in_the_same_process() {
    let code = python(
        "    async def update_configuration(self, new): print('told', new['least'])\n\
         \x20   @on('t.x')\n    async def x(self, event): await self.emit_event('least', self.config['least'])",
    );
    let stage = Stage::with("config: {least: 1}", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let before = stage.until_state(&daemon, "p", "running");
    let set = stage.ask(&["plugin", "config", "set", "p", "least", "5"]);
    assert_eq!((&set["effect"], &set["revision"], &set["config"]["least"]), (&json!("live"), &json!(1), &json!(5)), "{set:#}");
    assert_eq!(stage.ask(&["plugin", "config", "set", "p", "least", "5"])["changed"], false);
    stage.publish("t.x", "{}");
    assert_eq!(stage.until_event(&daemon, "least")["data"], 5);
    assert_eq!(stage.listed("p")["pid"], before["pid"]);
    assert!(daemon.stop().success());

    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let got = stage.ask(&["plugin", "config", "get", "p"]);
    assert!(got.to_string().contains('5'), "it outlives the daemon: {got:#}");
    assert!(daemon.stop().success());
}

#[test]
fn rule_18_a_plugin_that_may_have_kept_old_values_is_restarted_for_a_new_configuration() {
    let code = python(
        "    async def initialize(self): self.least = self.config['least']\n\
         \x20   @on('t.x')\n    async def x(self, event): await self.emit_event('least', self.least)",
    );
    let stage = Stage::with("config: {least: 1}", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let before = stage.until_state(&daemon, "p", "running");
    let set = stage.ask(&["plugin", "config", "set", "p", "least", "5"]);
    assert_eq!(set["effect"], "needs_restart", "{set:#}");
    stage.until_plugin(&daemon, "p", |found| found["state"] == "running" && found["pid"] != before["pid"]);
    stage.publish("t.x", "{}");
    assert_eq!(stage.until_event(&daemon, "least")["data"], 5);
    assert!(daemon.stop().success());
}

#[test]
fn rule_18_a_plugin_that_does_not_answer_to_a_new_configuration_is_restarted_with_it() {
    let script = format!("{READY}echo \"got $hello\"\nready\ncat <&3 >/dev/null\n");
    let stage = Stage::with("runtime: native\nentry: run.sh\nconfig: {least: 1}", &[("run.sh", &script)]);
    let daemon = stage.start();
    let before = stage.until_state(&daemon, "p", "running");
    let set = stage.ask(&["plugin", "config", "set", "p", "least", "5"]);
    assert_eq!(set["effect"], "needs_restart", "{set:#}");
    stage.until_plugin(&daemon, "p", |found| found["state"] == "running" && found["pid"] != before["pid"]);
    assert!(
        stage.log("p").iter().any(|line| line.starts_with("got ") && line.contains(r#""config":{"least":5}"#)),
        "{:#?}",
        stage.log("p")
    );
    assert!(daemon.stop().success());
}

#[test]
fn rule_18_an_unknown_key_of_a_configuration_is_refused_with_the_key_that_was_meant() {
    let code = python("    @on('t.x')\n    async def x(self, event): pass");
    let stage = Stage::with("config: {least: 1}", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let (code, failure) = stage.refused(&["plugin", "config", "set", "p", "laest", "5"]);
    assert_eq!((code, &failure["code"]), (4, &json!("plugin.config_key_unknown")), "{failure:#}");
    assert_eq!(failure["next"], "did you mean `least`?", "{failure:#}");
    let (code, failure) = stage.refused(&["plugin", "config", "set", "q", "least", "5"]);
    assert_eq!((code, &failure["code"]), (4, &json!("plugin.not_found")), "{failure:#}");
    assert!(daemon.stop().success());
}
