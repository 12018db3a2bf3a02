//! Leases that end before the work does (rule 5): the delivery is handed out again under a larger token, and what comes late is refused.

use serde_json::{Value, json};

use super::stage::{READY, Stage};

/// Speaks the protocol in shell. The first delivery that it gets is only written down, in `first`; from the second on it answers to the first
/// once more, with an event that must not be there, says in `refused` what it is told of that, and then handles what it was given.
const ANSWERS_LATE: &str = r#"ready
take() { delivery=${1#*\"delivery_id\":\"}; delivery=${delivery%%\"*}; token=${1#*\"fencing_token\":}; token=${token%%[,\}]*}; }
done_with() { echo "{\"type\":\"outcome\",\"delivery_id\":\"$delivery\",\"fencing_token\":$token,\"outcome\":\"done\",\"emits\":[{\"topic\":\"$1\"}]}" >&3; }
while read -r frame <&3; do
  case "$frame" in
    *'"type":"deliver"'*)
      if [ -e first ]; then
        echo "$frame" > second
        take "$(cat first)"; done_with t.late
      else
        echo "$frame" > first.new; mv first.new first
      fi ;;
    *'"type":"refused"'*) echo "$frame" >> refused; take "$(cat second)"; done_with t.made ;;
    *'"type":"goodbye"'*) exit 0 ;;
  esac
done
"#;

/// The second attempt was the one that counted, and everybody was told of the late answer to the first.
fn only_the_second_counted(stage: &Stage, daemon: &crate::support::daemon::Daemon, event: &str, why: &str) {
    let delivery = stage.until_delivery(daemon, event, |delivery| delivery["state"] == "done");
    let history = delivery["history"].as_array().unwrap();
    let outcomes: Vec<&Value> = history.iter().map(|attempt| &attempt["outcome"]).collect();
    assert_eq!((outcomes, &delivery["attempts"]), (vec![&json!("timeout"), &json!("done")], &json!(2)), "{delivery:#}");
    assert!(history[0]["error"]["message"].as_str().unwrap().contains(why), "{delivery:#}");

    let read = |file: &str| -> Value { serde_json::from_str(&std::fs::read_to_string(stage.folder("p").join(file)).unwrap()).unwrap() };
    let (first, second, refused) = (read("first"), read("second"), read("refused"));
    assert_eq!(first["delivery_id"], second["delivery_id"]);
    assert!(second["fencing_token"].as_u64() > first["fencing_token"].as_u64(), "tokens grow");
    assert_eq!((&refused["code"], &refused["fencing_token"]), (&json!("delivery.stale"), &first["fencing_token"]));
    assert!(stage.log("p").iter().any(|line| line.contains("was refused: the lease of this delivery is over")), "{:#?}", stage.log("p"));
    stage.until_event(daemon, "t.made");
    assert_eq!(daemon.get("/events?topic=t.late").json()["items"], json!([]), "what came late took no effect");
}

#[test]
fn rule_05_a_plugin_that_says_nothing_for_the_length_of_its_lease_loses_it_and_its_late_answer_is_refused() {
    let script = format!("{READY}{ANSWERS_LATE}");
    let lines = "runtime: native\nentry: run.sh\nretry: {first: 100ms, factor: 1, cap: 100ms}";
    let stage = Stage::with(lines, &[("run.sh", script.as_str())]);
    let daemon = stage.start();
    let before = stage.until_state(&daemon, "p", "running");
    let event = stage.publish("t.x", "{}");

    let other = stage.until_plugin(&daemon, "p", |found| found["state"] == "running" && found["pid"] != before["pid"]);
    only_the_second_counted(&stage, &daemon, &event, "no heartbeat came and the lease ran out");
    let told = stage.log("p").into_iter().any(|line| line.contains("it hangs: no heartbeat came for 30 s"));
    assert!(told, "the copy that hung was ended, and its log says why: {:#?}", stage.log("p"));
    assert!(other["pid"].is_u64());
    assert!(daemon.stop().success());
}

#[test]
fn rule_05_an_answer_after_the_handlers_hard_limit_is_refused() {
    let script = format!("{READY}{ANSWERS_LATE}");
    let lines = "runtime: native\nentry: run.sh\nretry: {first: 100ms, factor: 1, cap: 100ms}\nlimits: {start: 30s, timeout: 1s}";
    let stage = Stage::with(lines, &[("run.sh", script.as_str())]);
    let daemon = stage.start();
    let before = stage.until_state(&daemon, "p", "running");
    let event = stage.publish("t.x", "{}");

    only_the_second_counted(&stage, &daemon, &event, "the handler took longer than 1 s");
    assert_eq!(stage.listed("p")["pid"], before["pid"], "it answers, and so it goes on");
    assert!(daemon.stop().success());
}
