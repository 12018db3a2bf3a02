//! The configuration of a running daemon (semantics rule 18): what is set counts at once or says that it does not, is kept, can be taken
//! back; what does not hold changes nothing.

use std::path::Path;

use panotti::config::settings::{TABLE, read_text};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::http::Answer;
use crate::support::random::Random;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Sends a change of the configuration.
fn send(daemon: &Daemon, method: &str, path: &str, revision: Option<&str>, body: &Value) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(revision.map(|revision| ("if-match", revision)));
    daemon.connect().request(method, path, &headers, body.to_string().as_bytes()).unwrap()
}

fn setting(daemon: &Daemon, key: &str) -> Value {
    let page = daemon.get("/config").json();
    page["items"].as_array().unwrap().iter().find(|row| row["key"] == key).unwrap().clone()
}

fn run_json(scratch: &Scratch, words: &[&str]) -> Value {
    let output = scratch.run(&[words, &["-o", "json"]].concat());
    assert!(output.status.success(), "{words:?}: {}", told(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The failure of a command that must fail, with its exit code.
fn failed(scratch: &Scratch, words: &[&str]) -> (i32, Value) {
    let output = scratch.run(&[words, &["-o", "json"]].concat());
    let failure = serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{words:?}: {}", told(&output)));
    (output.status.code().unwrap(), failure)
}

fn publish(daemon: &Daemon, bytes: usize) -> u16 {
    daemon.post("/events", &json!({"type": "a.b", "data": "x".repeat(bytes)})).status
}

#[test]
fn rule_18_what_is_set_counts_at_once_over_a_restart_and_can_be_taken_back() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    assert_eq!(publish(&daemon, 2_000), 201);

    let set = run_json(&scratch, &["config", "set", "events.payload_bytes_max", "1KiB", "--reason", "INC-42"]);
    assert_eq!((&set["changed"], &set["revision"], &set["changes"][0]["live"]), (&json!(true), &json!(1), &json!(true)), "{set}");
    assert_eq!(publish(&daemon, 2_000), 413);
    let again = run_json(&scratch, &["config", "set", "events.payload_bytes_max", "1KiB"]);
    assert_eq!((&again["changed"], &again["revision"]), (&json!(false), &json!(1)));

    assert!(daemon.stop().success());
    let offline = run_json(&scratch, &["config", "get", "events.payload_bytes_max"]);
    assert!(offline["origin"].as_str().unwrap().contains("overlay.yaml:"), "{offline}");
    let daemon = Daemon::start(&scratch);
    assert_eq!(publish(&daemon, 2_000), 413);

    let back = run_json(&scratch, &["config", "rollback", "0"]);
    assert_eq!(back["revision"], 2);
    assert_eq!(publish(&daemon, 2_000), 201);
    let history = run_json(&scratch, &["config", "history"]);
    let told: Vec<(&Value, &Value, &Value)> =
        history.as_array().unwrap().iter().map(|row| (&row["revision"], &row["action"], &row["reason"])).collect();
    let expected = [(&json!(2), &json!("config.rollback"), &json!("")), (&json!(1), &json!("config.set"), &json!("INC-42"))];
    assert_eq!(told, expected);
    assert_eq!(failed(&scratch, &["config", "rollback", "7"]).1["code"], "config.revision_not_found");
}

#[test]
fn rule_21_every_change_of_the_configuration_is_in_the_audit() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    run_json(&scratch, &["config", "set", "log.level", "debug", "--reason", "INC-7"]);
    run_json(&scratch, &["config", "unset", "log.level"]);
    std::fs::write(scratch.file("panotti.yaml"), "daemon: { drain: 3s }\n").unwrap();
    run_json(&scratch, &["config", "reload"]);
    assert!(daemon.stop().success());

    let store = rusqlite::Connection::open(scratch.file("panotti.db")).unwrap();
    let mut entries = store.prepare("SELECT action, reason, detail FROM audit WHERE action LIKE 'config.%' ORDER BY entry").unwrap();
    let entries: Vec<(String, String, String)> =
        entries.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().collect::<Result<_, _>>().unwrap();
    let words = |action: &str, reason: &str, detail: &str| (action.to_owned(), reason.to_owned(), detail.to_owned());
    assert_eq!(
        entries,
        [
            words("config.set", "INC-7", "log.level: not set -> \"debug\""),
            words("config.set", "", "log.level: \"debug\" -> not set"),
            words("config.reload", "", "daemon.drain: \"25s\" -> \"3s\""),
        ]
    );
}

#[test]
fn rule_18_what_only_a_start_changes_says_so_and_waits_for_it() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let set = run_json(&scratch, &["config", "set", "limits.connections_max", "99"]);
    assert_eq!(set["changes"][0]["live"], false, "{set}");
    let row = setting(&daemon, "limits.connections_max");
    assert_eq!((&row["value"], &row["after_restart"]), (&json!(1024), &json!(99)), "{row}");

    assert!(daemon.stop().success());
    let daemon = Daemon::start(&scratch);
    let row = setting(&daemon, "limits.connections_max");
    assert_eq!((&row["value"], row.get("after_restart")), (&json!(99), None), "{row}");
}

#[test]
fn a_change_says_what_it_was_made_on_412_where_that_is_stale_and_428_where_it_says_nothing() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let body = json!({"overlay": {"log.level": "debug"}});
    assert_eq!(daemon.get("/config").header("etag"), "\"0\"");
    for (method, path, body) in
        [("PATCH", "/config", &body), ("PUT", "/config", &body), ("POST", "/config/rollback", &json!({"revision": 0}))]
    {
        let missing = send(&daemon, method, path, None, body);
        assert_eq!((missing.status, missing.json()["code"].as_str()), (428, Some("config.revision_missing")), "{method}");
        let stale = send(&daemon, method, path, Some("\"9\""), body);
        assert_eq!((stale.status, stale.json()["code"].as_str()), (412, Some("config.changed")), "{method}");
        assert_eq!(send(&daemon, method, path, Some("nonsense"), body).status, 412, "{method}");
    }
    let changed = send(&daemon, "PATCH", "/config", Some("\"0\""), &body);
    assert_eq!((changed.status, changed.header("etag")), (200, "\"1\""));
    let replaced = send(&daemon, "PUT", "/config", Some("*"), &json!({"overlay": {"daemon.drain": "2s"}}));
    assert_eq!((replaced.status, replaced.header("etag")), (200, "\"2\""));
    assert_eq!(daemon.get("/config/overlay").json(), json!({"revision": 2, "overlay": {"daemon.drain": "2s"}}));
}

#[test]
fn rule_18_a_key_that_a_variable_pins_is_refused_naming_the_variable() {
    let scratch = Scratch::new();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_LOG__LEVEL", "warn")]);
    let (exit, failure) = failed(&scratch, &["config", "set", "log.level", "debug"]);
    assert_eq!((exit, failure["code"].as_str()), (5, Some("config.pinned")));
    assert!(failure["detail"].as_str().unwrap().contains("PANOTTI_LOG__LEVEL"), "{failure}");
    assert_eq!(setting(&daemon, "log.level")["value"], "warn");
}

#[test]
fn what_does_not_hold_is_refused_by_name_and_a_dry_run_changes_nothing() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let before = daemon.get("/config").json();
    let (exit, failure) = failed(&scratch, &["config", "set", "daemon.drain", "90"]);
    assert_eq!((exit, failure["code"].as_str()), (6, Some("config.invalid")), "{failure}");
    assert!(failure["detail"].as_str().unwrap().contains("a duration such as"), "{failure}");
    let (exit, failure) = failed(&scratch, &["config", "set", "store.byte_max", "1GB"]);
    assert_eq!((exit, failure["code"].as_str()), (4, Some("config.key_unknown")));
    assert!(failure["next"].as_str().unwrap().contains("store.bytes_max"), "{failure}");
    // One that holds beside one that does not.
    let both = send(&daemon, "PATCH", "/config", Some("\"0\""), &json!({"overlay": {"log.level": "debug", "log.files_max": 0}}));
    assert_eq!(both.status, 422);
    let dry = run_json(&scratch, &["config", "set", "log.level", "debug", "--dry-run"]);
    assert_eq!((&dry["changed"], &dry["dry_run"], &dry["changes"][0]["to"]), (&json!(true), &json!(true), &json!("debug")));
    assert_eq!(daemon.get("/config").json(), before);
    assert!(!scratch.file("overlay.yaml").exists());
}

#[test]
fn a_hangup_makes_the_daemon_read_its_file_anew_and_a_file_that_does_not_hold_changes_nothing() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    std::fs::write(scratch.file("panotti.yaml"), "log: { level: debug }\n").unwrap();
    let difference = run_json(&scratch, &["config", "diff"]);
    assert_eq!((&difference[0]["key"], &difference[0]["to"]), (&json!("log.level"), &json!("debug")), "{difference}");
    assert_eq!(scratch.run(&["config", "diff", "--exit-code", "-q"]).status.code(), Some(1));

    daemon.signal(Signal::HUP);
    until("the level is debug", || (setting(&daemon, "log.level")["value"] == "debug").then_some(()));
    assert_eq!(scratch.run(&["config", "diff", "--exit-code", "-q"]).status.code(), Some(0));

    std::fs::write(scratch.file("panotti.yaml"), "daemon: { drain: 3s }\nlog: { level: loud }\n").unwrap();
    daemon.signal(Signal::HUP);
    let log = || std::fs::read_to_string(scratch.file("logs/panotti.log")).unwrap();
    until("the log says why", || log().contains("panotti.yaml:2:15 log.level: expected one of").then_some(()));
    assert_eq!((&setting(&daemon, "log.level")["value"], &setting(&daemon, "daemon.drain")["value"]), (&json!("debug"), &json!("25s")));
    assert_eq!(publish(&daemon, 10), 201);
}

/// Files that do not hold, each with a change before the place that is wrong, and the line of that place.
fn broken_files() -> Vec<(String, usize)> {
    const GOOD: &str = "log:\n  level: debug\n";
    let lines = |text: &str| text.lines().count();
    let mut files = Vec::new();
    let rows = TABLE.iter().filter(|row| !row.key.starts_with("log."));
    let wrong = [
        "-1",
        "[[1]]",
        "{ a: { b: 1 } }",
        "\"\"",
        "nonsense !",
        "1e400",
        "&anchor 1",
        "*alias",
        "!!str 1",
        "!tag 1",
        "true",
        "\"\\u0000\"",
    ];
    for row in rows {
        let (section, key) = row.key.split_once('.').unwrap();
        // What is wrong for most can be a value of some: a name, a switch that is on, no patterns at all.
        let plain = |value: &str| !value.starts_with(['[', '{', '&', '*', '!']);
        let holds = |value: &str| plain(value) && read_text(row.form, value.trim_matches('"'), Path::new("/")).is_ok();
        let wrong = wrong.iter().filter(|value| !holds(value));
        files.extend(wrong.map(|value| (format!("{GOOD}{section}:\n  {key}: {value}\n"), lines(GOOD) + 2)));
        files.push((format!("{GOOD}{section}:\n  {key}x: 1\n"), lines(GOOD) + 2));
        files.push((format!("{GOOD}{section}s:\n  {key}: 1\n"), lines(GOOD) + 1));
        files.push((format!("{GOOD}{section}: {{ {key}: [\n"), lines(GOOD) + 1));
    }
    let structural = [
        "log: { level: info }\n",
        "  level: info\n",
        "---\na: 1\n",
        "config_version: 99\n",
        "config_version: x\n",
        "? [a]\n: 1\n",
        "store: 7\n",
        "store: [a]\n",
        "x: 1\n",
        "store: 'open\n",
        "store: \"open\n",
        "store: { a: 1\n",
        "- a\n",
        "store: |\n  text\n",
        "<<: *base\n",
        "}\n",
        "]\n",
        "store: {bytes_max: 1GB, bytes_max: 2GB}\n",
    ];
    files.extend(structural.map(|text| (format!("{GOOD}{text}"), lines(GOOD) + 1)));
    files
}

#[test]
fn rule_18_of_two_hundred_broken_files_none_is_applied_in_part_and_each_is_told_with_its_line() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let before = daemon.get("/config").json();
    let files = broken_files();
    assert!(files.len() >= 170, "{}", files.len());
    let mut refused = 0;
    for (text, line) in &files {
        std::fs::write(scratch.file("panotti.yaml"), text).unwrap();
        let answer = daemon.post("/config/reload", &json!({}));
        let failure = answer.json();
        assert_eq!((answer.status, failure["code"].as_str()), (422, Some("config.invalid")), "{text}\n{failure}");
        let places: Vec<usize> = failure["errors"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|part| part["pointer"].as_str()?.rsplit(':').nth(1)?.parse().ok())
            .collect();
        // What is not closed is noticed where the file ends.
        assert!(places.iter().any(|place| (*line..=line + 2).contains(place)), "{text}\nline {line}: {failure}");
        refused += 1;
    }
    for bytes in (0..30).map(|number| vec![0xff_u8 - number; 40]).chain([vec![b'a'; 300_000], b"log: \xff\n".to_vec()]) {
        std::fs::write(scratch.file("panotti.yaml"), bytes).unwrap();
        assert_ne!(daemon.post("/config/reload", &json!({})).status, 200);
        refused += 1;
    }
    assert!(refused >= 200, "{refused}");
    assert_eq!(daemon.get("/config").json(), before);
    assert!(daemon.stop().success());
    for (text, _) in files.iter().step_by(40) {
        std::fs::write(scratch.file("panotti.yaml"), text).unwrap();
        let start = scratch.run(&["daemon", "run"]);
        assert_eq!(start.status.code(), Some(78), "{text}\n{}", told(&start));
    }
}

#[test]
fn a_change_is_refused_where_the_files_do_not_hold_and_nothing_is_written() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    std::fs::write(scratch.file("panotti.yaml"), "store: { bytes_max: lots }\n").unwrap();
    let (exit, failure) = failed(&scratch, &["config", "set", "log.level", "debug"]);
    assert_eq!((exit, failure["code"].as_str()), (6, Some("config.invalid")));
    assert!(failure["errors"][0]["pointer"].as_str().unwrap().ends_with("panotti.yaml:1:21"), "{failure}");
    assert_eq!(daemon.get("/config/overlay").json()["revision"], 0);
    assert!(!scratch.file("overlay.yaml").exists());
}

#[test]
fn a_file_of_what_is_set_that_was_taken_away_sets_nothing_and_one_that_is_ahead_is_taken_back() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    run_json(&scratch, &["config", "set", "log.files_max", "7"]);
    assert!(daemon.stop().success());
    let path = scratch.file("overlay.yaml");
    let written = std::fs::read_to_string(&path).unwrap();

    // As a crash between the file and the store leaves it.
    std::fs::write(&path, "config_version: 1\nx-revision: 2\nlog: { files_max: 9 }\n").unwrap();
    let daemon = Daemon::start(&scratch);
    assert_eq!(setting(&daemon, "log.files_max")["value"], 7);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written);
    assert!(daemon.stop().success());

    std::fs::remove_file(&path).unwrap();
    let daemon = Daemon::start(&scratch);
    assert_eq!(setting(&daemon, "log.files_max")["value"], 5);
    let newest = run_json(&scratch, &["config", "history", "--limit", "1"]);
    assert_eq!((&newest[0]["action"], &newest[0]["overlay"]), (&json!("config.reset"), &json!({})), "{newest}");
    assert!(daemon.stop().success());
    let daemon = Daemon::start(&scratch);
    assert_eq!(daemon.get("/config/overlay").json(), json!({"revision": 2, "overlay": {}}), "it is written down once");
}

#[test]
fn what_is_set_can_be_edited_and_a_text_that_does_not_hold_is_kept() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let edit = |script: &str| {
        let mut command = scratch.panotti(&["config", "edit", "-o", "json"]);
        command.env("EDITOR", script).env("TMPDIR", scratch.path()).output().unwrap()
    };
    let edited = edit("sed -i -e 's/^# log:/log:/' -e 's/^  # level: \"info\"/  level: debug/'");
    assert!(edited.status.success(), "{}", told(&edited));
    assert_eq!(setting(&daemon, "log.level")["value"], "debug");
    let unchanged = edit("true");
    assert_eq!(serde_json::from_slice::<Value>(&unchanged.stdout).unwrap()["changed"], false);

    let wrong = edit("sed -i -e 's/level: .debug./level: loud/'");
    let failure: Value = serde_json::from_slice(&wrong.stderr).unwrap();
    assert_eq!((wrong.status.code(), failure["code"].as_str()), (Some(6), Some("config.invalid")), "{failure}");
    let kept = failure["next"].as_str().unwrap().rsplit(' ').next().unwrap().to_owned();
    assert!(std::fs::read_to_string(&kept).unwrap().contains("level: loud"), "{failure}");
    assert_eq!(setting(&daemon, "log.level")["value"], "debug");
}

/// By hand with `PANOTTI_CONFIG_KILLS=200`.
#[test]
fn s7_a_daemon_killed_while_a_setting_is_changed_has_the_old_or_the_new_and_never_loses_what_was_acknowledged() {
    let kills: u64 = std::env::var("PANOTTI_CONFIG_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let scratch = Scratch::new();
    let mut random = Random::from_environment("PANOTTI_SEED");
    let mut acknowledged = 5;
    for number in 1..=kills {
        let daemon = Daemon::start(&scratch);
        let present = setting(&daemon, "log.files_max")["value"].as_u64().unwrap();
        assert_eq!(present, acknowledged, "round {number}");
        let wanted = 6 + number % 90;
        let set = scratch.panotti(&["config", "set", "log.files_max", &wanted.to_string()]).stdout(std::process::Stdio::null()).spawn();
        let mut set = set.unwrap();
        // No wait for a condition: the kill must come at any moment of the change.
        std::thread::sleep(std::time::Duration::from_micros(random.below(60_000)));
        daemon.kill();
        let told = set.wait().unwrap().success();
        let daemon = Daemon::start(&scratch);
        let after = setting(&daemon, "log.files_max")["value"].as_u64().unwrap();
        assert!(after == wanted || (after == present && !told), "round {number}: {present} -> {wanted}, told {told}: {after}");
        acknowledged = after;
        assert!(daemon.stop().success());
    }
}
