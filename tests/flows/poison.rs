//! A delivery that crashes its plugin (semantics rule 9): three times, then it is quarantined, and runs again only for whoever asks.

use serde_json::json;

use crate::plugins::stage::{READY, Stage};

/// Ends with an exit code as soon as it gets `crash`, until the folder has a file `well`; anything else is done.
const CRASHES: &str = r#"ready
while read -r frame <&3; do
  case "$frame" in
    *'"deliver"'*)
      case "$frame" in *crash*) [ -e well ] || exit 7 ;; esac
      delivery=${frame#*\"delivery_id\":\"}; delivery=${delivery%%\"*}
      token=${frame#*\"fencing_token\":}; token=${token%%[,\}]*}
      echo "{\"type\":\"outcome\",\"delivery_id\":\"$delivery\",\"fencing_token\":$token,\"outcome\":\"done\"}" >&3 ;;
    *'"goodbye"'*) exit 0 ;;
  esac
done
"#;

#[test]
fn rule_09_what_crashes_its_plugin_three_times_is_quarantined_and_runs_again_only_when_asked_for() {
    let script = format!("{READY}{CRASHES}");
    let stage =
        Stage::with("runtime: native\nentry: run.sh\nretry: {max: 9, first: 100ms, factor: 1, cap: 100ms}", &[("run.sh", script.as_str())]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");

    let poison = stage.publish("t.x", r#"{"what": "crash"}"#);
    let quarantined = stage.until_delivery(&daemon, &poison, |delivery| delivery["state"] == "quarantined");
    assert_eq!((&quarantined["attempts"], &quarantined["cause"]), (&json!(3), &json!("crash")));
    let told = stage.until_event(&daemon, "panotti.delivery.quarantined");
    assert_eq!(told["data"]["eventid"], poison.as_str());
    let well = stage.publish("t.x", r#"{"what": "else"}"#);
    stage.until_delivery(&daemon, &well, |delivery| delivery["state"] == "done");
    let failed = stage.ask(&["event", "list", "--failed"]);
    assert_eq!(failed[0]["eventid"], poison.as_str(), "it counts as failed");

    assert_eq!(stage.ask(&["event", "replay", "--failed"])["plan"]["deliveries"], 0, "a replay leaves it out");
    assert_eq!(stage.ask(&["event", "replay", "--topic", "t.x", "--dry-run"])["plan"]["deliveries"], 1);
    std::fs::write(stage.folder("p").join("well"), "").unwrap();
    let replay = stage.ask(&["event", "replay", "--failed", "--include-quarantined"]);
    assert_eq!((&replay["ok"], &replay["state"]), (&json!(1), &json!("done")), "{replay}");
    let shown = daemon.get(&format!("/events/{poison}")).json();
    assert_eq!((&shown["deliveries"][0]["state"], &shown["deliveries"][1]["state"]), (&json!("recovered"), &json!("done")));
}

#[test]
fn rule_09_a_person_may_try_it_again_over_a_restart() {
    let script = format!("{READY}{CRASHES}");
    let stage =
        Stage::with("runtime: native\nentry: run.sh\nretry: {max: 9, first: 100ms, factor: 1, cap: 100ms}", &[("run.sh", script.as_str())]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let poison = stage.publish("t.x", r#"{"what": "crash"}"#);
    stage.until_delivery(&daemon, &poison, |delivery| delivery["state"] == "quarantined");
    assert!(daemon.stop().success());

    let daemon = stage.start();
    stage.ask(&["event", "retry", &poison]);
    stage.until_delivery(&daemon, &poison, |delivery| delivery["attempts"] == 4 && delivery["state"] == "quarantined");
    std::fs::write(stage.folder("p").join("well"), "").unwrap();
    stage.ask(&["event", "retry", &poison]);
    stage.until_delivery(&daemon, &poison, |delivery| delivery["state"] == "done");
}
