//! Plugins that do not start: each has a state and a reason that tell what to do, hides nobody else, and costs no delivery an attempt.

use serde_json::json;

use super::stage::{READY, Stage, python};

const NATIVE: &str = "runtime: native\nentry: run.sh";

#[test]
fn rule_18_a_misspelt_key_of_a_manifest_is_told_with_its_place_and_what_was_meant_and_hides_no_other_plugin() {
    let stage = Stage::new();
    stage.plugin("p", "confg: {a: 1}\nenabled: yes please", &[("plugin.py", &python("    pass"))]);
    stage.plugin("good", NATIVE, &[("run.sh", &format!("{READY}ready\ncat <&3"))]);
    let (code, failure) = stage.refused(&["plugin", "validate", stage.folder("p").to_str().unwrap()]);
    assert_eq!((code, &failure["code"]), (6, &json!("plugin.manifest_invalid")));

    let daemon = stage.start();
    let listed = stage.until_state(&daemon, "p", "stopped");
    assert_eq!(listed["reason"], "its manifest does not hold", "{listed:#}");
    assert_eq!(listed["problems"], failure["errors"], "{listed:#}");
    let problems = listed["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2, "{listed:#}");
    let misspelt = problems.iter().find(|problem| problem["pointer"] == "plugin.yaml:4:1").unwrap_or_else(|| panic!("{listed:#}"));
    assert!(misspelt.to_string().contains("did you mean `config`?"), "{listed:#}");

    let (code, failure) = stage.refused(&["plugin", "enable", "p"]);
    assert_eq!((code, &failure["code"], failure["errors"].as_array().unwrap().len()), (6, &json!("plugin.manifest_invalid"), 2));
    stage.until_state(&daemon, "good", "running");
    let listed = stage.listed("p");
    assert_eq!((&listed["state"], listed["problems"].as_array().unwrap().len()), (&json!("stopped"), 2), "{listed:#}");
    assert!(daemon.stop().success());
}

#[test]
fn rule_16_a_plugin_that_never_says_ready_is_ended_and_backed_off() {
    let stage = Stage::with(&format!("{NATIVE}\nlimits: {{start: 500ms}}"), &[("run.sh", "#!/bin/sh\nsleep 600\n")]);
    let daemon = stage.start();
    let listed = stage.until_state(&daemon, "p", "backoff");
    assert_eq!(listed["reason"], "it was not ready within 0.5 s", "{listed:#}");
    let (code, failure) = stage.refused(&["plugin", "enable", "p"]);
    assert_eq!((code, &failure["code"]), (1, &json!("plugin.not_running")), "{failure:#}");
    assert!(daemon.stop().success());
}

#[test]
fn rule_16_a_plugin_that_exits_at_once_uses_no_attempts_is_told_as_a_crash_loop_and_enable_starts_it_when_it_is_mended() {
    let broken = "#!/bin/sh\necho 'no module named x' >&2\nexit 1\n";
    let stage = Stage::with(&format!("{NATIVE}\non: [{{topic: t.x}}]"), &[("run.sh", broken)]);
    let daemon = stage.start();
    let event = stage.publish("t.x", "{}");
    let loops = stage.until_event(&daemon, "panotti.plugin.crash_loop");
    assert_eq!(loops["data"]["plugin"], "p", "{loops:#}");
    let listed = stage.until_state(&daemon, "p", "backoff");
    assert_eq!(
        (&listed["reason"], &listed["health"]),
        (&json!("it exited with code 1: no module named x"), &json!("degraded")),
        "{listed:#}"
    );
    let waiting = stage.until_delivery(&daemon, &event, |_| true);
    assert_eq!((&waiting["state"], &waiting["attempts"]), (&json!("pending"), &json!(0)), "{waiting:#}");

    let mended = format!(
        "{READY}ready\nwhile read -r frame <&3; do case \"$frame\" in *'\"deliver\"'*)\n\
         echo \"$frame\" | sed 's/.*\"delivery_id\":\\(\"[^\"]*\"\\),\"fencing_token\":\\([0-9]*\\).*/\
         {{\"type\":\"outcome\",\"delivery_id\":\\1,\"fencing_token\":\\2,\"outcome\":\"done\"}}/' >&3 ;;\n\
         *'\"goodbye\"'*) exit 0 ;; esac; done\n"
    );
    stage.write("p", &[("run.sh", &mended)]);
    let enabled = stage.ask(&["plugin", "enable", "p"]);
    assert_eq!((&enabled["changed"], &enabled["plugin"]["state"]), (&json!(false), &json!("running")), "{enabled:#}");
    let done = stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "done");
    assert_eq!(done["attempts"], 1, "{done:#}");
    let listed = stage.until_plugin(&daemon, "p", |found| found["health"] == "degraded");
    assert!(listed["reason"].as_str().unwrap().starts_with("it failed 5 times within a minute"), "{listed:#}");
    assert!(daemon.stop().success());
}

#[test]
fn rule_15_a_plugin_that_is_not_ready_yet_is_started_again_until_it_is() {
    let code = python(
        "    async def initialize(self):\n        if not os.path.exists(os.path.join(self.data_dir, 'there')): raise NotReady('no file yet')\n\
         \x20   @on('t.x')\n    async def x(self, event): pass",
    );
    let stage = Stage::with("", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let listed = stage.until_state(&daemon, "p", "backoff");
    assert_eq!(listed["reason"], "no file yet", "{listed:#}");
    std::fs::write(stage.scratch.data().join("plugin-data/p/there"), "").unwrap();
    stage.until_state(&daemon, "p", "running");
    assert!(daemon.stop().success());
}

#[test]
fn rule_15_a_configuration_that_does_not_hold_stops_a_plugin_until_it_changes() {
    let code = python(
        "    async def initialize(self):\n        if self.config['least'] < 1: raise ConfigurationError('least must be 1 or more')\n\
         \x20   @on('t.x')\n    async def x(self, event): pass",
    );
    let stage = Stage::with("config: {least: 0}", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let listed = stage.until_state(&daemon, "p", "stopped");
    assert_eq!(listed["reason"], "least must be 1 or more", "{listed:#}");
    let set = stage.ask(&["plugin", "config", "set", "p", "least", "3"]);
    assert_eq!((&set["changed"], &set["effect"]), (&json!(true), &json!("not_running")), "{set:#}");
    stage.until_state(&daemon, "p", "running");
    assert!(daemon.stop().success());
}

#[test]
fn rule_15_a_plugin_that_says_it_can_never_start_has_failed_and_is_not_started_again() {
    let code = python(
        "    async def initialize(self): raise PermanentError('this machine has no microphone')\n    @on('t.x')\n    async def x(self, event): pass",
    );
    let stage = Stage::with("", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let listed = stage.until_plugin(&daemon, "p", |found| found["state"] == "failed" && found["pid"].is_null());
    assert_eq!(listed["reason"], "this machine has no microphone", "{listed:#}");
    assert!(daemon.stop().success());
}

#[test]
fn rule_04_a_manifest_and_handlers_that_do_not_agree_stop_the_plugin_and_both_are_named() {
    let code = python("    @on('t.handled')\n    async def x(self, event): pass");
    let stage = Stage::with("on: [{topic: t.wanted}]", &[("plugin.py", &code)]);
    let daemon = stage.start();
    let listed = stage.until_state(&daemon, "p", "stopped");
    let reason = listed["reason"].as_str().unwrap();
    assert!(reason.contains("`t.wanted`") && reason.contains("`t.handled`"), "{reason}");
    assert!(daemon.stop().success());
}
