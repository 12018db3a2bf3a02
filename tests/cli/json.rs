//! Every command against a real daemon: `-o json` parses whatever there is to say, `| head -1` is no disaster, bad input is named.

use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::process::Stdio;

use serde_json::{Value, json};

use super::tree::visible;
use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};

/// Commands that are no single answer, or whose answer is no data: they have tests of their own.
const OTHERS: [&str; 8] = [
    "panotti completion",
    "panotti help",
    "panotti daemon run",
    "panotti event tail",
    "panotti event export",
    "panotti config edit",
    "panotti audit tail",
    "panotti audit export",
];

const NOBODY: &str = "evt_01kc2v7jq8ew2s7q4m8t1n0zcd";

/// A plugin that is there and does nothing.
const IDLE: &str =
    "name: idle\nversion: 0.1.0\nenabled: false\nruntime: exec\ncommand: [\"true\"]\non: [{topic: idle.asked}]\nconfig: {words: 3}\n";

/// Every command, what it is run with on an empty store, and how it exits. In this order: the last ones change something, and from the
/// restart on there is a plugin.
const COMMANDS: &[(&str, &[&str], i32)] = &[
    ("panotti", &[], 0),
    ("panotti daemon start", &[], 0),
    ("panotti daemon status", &[], 0),
    ("panotti daemon logs", &["--level", "error"], 0),
    ("panotti daemon install", &["--print"], 0),
    ("panotti health", &[], 0),
    ("panotti doctor", &[], 0),
    ("panotti version", &[], 0),
    ("panotti explain", &["event.not_found"], 0),
    ("panotti event list", &[], 0),
    ("panotti event errors", &[], 0),
    ("panotti event show", &[NOBODY], 4),
    ("panotti event trace", &[NOBODY], 4),
    ("panotti event explain", &[NOBODY], 4),
    ("panotti event stats", &[], 0),
    ("panotti subscription list", &[], 0),
    ("panotti subscription show", &["a/b"], 4),
    ("panotti topic list", &[], 0),
    ("panotti topic show", &["a.b"], 4),
    ("panotti topic route", &["a.b"], 0),
    ("panotti slo", &[], 0),
    ("panotti config secret list", &[], 0),
    ("panotti config secret set", &["TOKEN"], 6),
    ("panotti config secret remove", &["TOKEN"], 4),
    ("panotti config secret rotate", &[], 0),
    ("panotti audit list", &["--action", "nothing.*"], 0),
    ("panotti audit verify", &[], 0),
    ("panotti event retry", &[NOBODY], 4),
    ("panotti event discard", &[NOBODY, "--reason", "a test"], 4),
    ("panotti event cancel", &[NOBODY], 4),
    ("panotti event purge", &["--before", "1d"], 0),
    ("panotti event replay", &["--failed"], 0),
    ("panotti replay start", &["--failed"], 0),
    ("panotti filter list", &[], 0),
    ("panotti filter show", &["nothing"], 4),
    ("panotti filter create", &["all", "has(data)", "--action", "tag=seen:yes"], 0),
    ("panotti filter test", &["has(data)"], 0),
    ("panotti filter remove", &["all"], 0),
    ("panotti schema list", &[], 0),
    ("panotti schema show", &["a.b"], 4),
    ("panotti schema create", &["s.a", "schema.json", "--mode", "warn", "--dry-run"], 0),
    ("panotti schema create", &["s.a", "schema.json", "--mode", "warn"], 0),
    ("panotti schema create", &["s.a", "schema.json"], 0),
    ("panotti schema check", &["s.a", "schema.json", "--compat", "full"], 0),
    ("panotti schema validate", &["s.a", "{}"], 0),
    ("panotti schema validate", &["s.a@1", "7"], 6),
    ("panotti schema infer", &["s.a"], 4),
    ("panotti schema set", &["s.a", "--mode", "off"], 0),
    ("panotti schema set", &["s.a", "--mode", "off"], 0),
    ("panotti schema remove", &["s.a"], 0),
    ("panotti seal show", &[], 0),
    ("panotti seal init", &["recovery.txt"], 0),
    ("panotti seal rotate", &[], 0),
    ("panotti seal check", &[], 0),
    ("panotti key list", &[], 0),
    ("panotti key create", &["ci", "--role", "viewer"], 0),
    ("panotti key create", &["ci", "--role", "viewer"], 5),
    ("panotti key show", &["ci"], 0),
    ("panotti key show", &["nobody"], 4),
    ("panotti key rotate", &["ci", "--overlap", "0s"], 0),
    ("panotti key revoke", &["ci"], 0),
    ("panotti key revoke", &["ci"], 0),
    ("panotti key whoami", &[], 0),
    ("panotti role list", &[], 0),
    ("panotti role show", &["viewer"], 0),
    ("panotti role show", &["nobody"], 4),
    ("panotti role create", &["team", "--from", "viewer", "--deny", "read:events:salary.>"], 0),
    ("panotti role create", &["team"], 5),
    ("panotti role set", &["team", "--allow", "read:events:team.>"], 0),
    ("panotti role set", &["viewer", "--allow", "read:events:team.>"], 5),
    ("panotti role check", &["role:team", "read:events:team.a"], 0),
    ("panotti role remove", &["team"], 0),
    ("panotti replay list", &[], 0),
    ("panotti replay show", &["rpl_01kc2v7jq8ew2s7q4m8t1n0zcd"], 4),
    ("panotti replay watch", &["rpl_01kc2v7jq8ew2s7q4m8t1n0zcd"], 4),
    ("panotti replay pause", &["rpl_01kc2v7jq8ew2s7q4m8t1n0zcd"], 4),
    ("panotti replay resume", &["rpl_01kc2v7jq8ew2s7q4m8t1n0zcd"], 4),
    ("panotti replay cancel", &["rpl_01kc2v7jq8ew2s7q4m8t1n0zcd"], 4),
    ("panotti plugin list", &[], 0),
    ("panotti config list", &[], 0),
    ("panotti config get", &["store.bytes_max"], 0),
    ("panotti config path", &[], 0),
    ("panotti config validate", &[], 0),
    ("panotti config schema", &[], 0),
    ("panotti config set", &["log.files_max", "4"], 0),
    ("panotti config set", &["log.files_max", "4"], 0),
    ("panotti config diff", &[], 0),
    ("panotti config history", &[], 0),
    ("panotti config unset", &["log.files_max"], 0),
    ("panotti config rollback", &["1", "--dry-run"], 0),
    ("panotti config reload", &[], 0),
    ("panotti event publish", &["a.b", "--dry-run"], 0),
    ("panotti event publish", &["a.b"], 0),
    ("panotti plugin validate", &["data/plugins/idle"], 0),
    ("panotti daemon restart", &[], 0),
    ("panotti plugin show", &["idle"], 0),
    ("panotti plugin logs", &["idle"], 0),
    ("panotti plugin disable", &["idle"], 0),
    ("panotti plugin config get", &["idle"], 0),
    ("panotti plugin config set", &["idle", "words", "4"], 0),
    ("panotti plugin config set", &["idle", "words", "4"], 0),
    ("panotti plugin state list", &["idle"], 0),
    ("panotti plugin state set", &["idle", "words", "4"], 0),
    ("panotti plugin state set", &["idle", "words", "4"], 0),
    ("panotti plugin state get", &["idle", "words"], 0),
    ("panotti plugin state delete", &["idle", "words"], 0),
    ("panotti plugin state delete", &["idle", "words"], 0),
    ("panotti plugin enable", &["idle"], 0),
    ("panotti plugin enable", &["idle"], 0),
    ("panotti daemon stop", &[], 0),
    ("panotti daemon stop", &[], 0),
];

/// A folder with the idle plugin.
fn folder() -> Scratch {
    let scratch = Scratch::new();
    std::fs::DirBuilder::new().mode(0o700).create(scratch.data()).unwrap();
    add_plugin(&scratch);
    scratch
}

fn add_plugin(scratch: &Scratch) {
    let plugin = scratch.file("plugins/idle");
    std::fs::create_dir_all(&plugin).unwrap();
    std::fs::write(plugin.join("plugin.yaml"), IDLE).unwrap();
}

/// A daemon in the background, stopped with the value.
struct Background<'a>(&'a Scratch);

impl Drop for Background<'_> {
    fn drop(&mut self) {
        self.0.run(&["daemon", "stop", "--drain", "0s"]);
    }
}

#[test]
fn every_command_prints_json_that_parses_also_where_there_is_nothing_and_nothing_to_do() {
    let scratch = Scratch::new();
    let _background = Background(&scratch);
    let started = scratch.run(&["daemon", "start", "-o", "json"]);
    assert_eq!(serde_json::from_slice::<Value>(&started.stdout).unwrap()["changed"], true, "{}", told(&started));

    std::fs::write(scratch.path().join("schema.json"), r#"{"type":"object"}"#).unwrap();
    for (words, arguments, exit) in COMMANDS {
        if words.starts_with("panotti plugin validate") {
            add_plugin(&scratch);
        }
        let mut line: Vec<&str> = words.split(' ').skip(1).collect();
        line.extend(*arguments);
        line.extend(["-o", "json"]);
        let output = scratch.run(&line);
        assert_eq!(output.status.code(), Some(*exit), "{line:?}: {}", told(&output));
        let (answer, failure) = (serde_json::from_slice::<Value>(&output.stdout), serde_json::from_slice::<Value>(&output.stderr));
        if *exit == 0 {
            let answer = answer.unwrap_or_else(|error| panic!("{line:?}: {error}: {}", told(&output)));
            let empty_list = (line.contains(&"list") && line[0] != "config" && line[0] != "role")
                || line.contains(&"errors")
                || line.starts_with(&["daemon", "logs"]);
            assert!(!empty_list || answer == json!([]), "{line:?}: {answer}");
        } else {
            assert!(output.stdout.is_empty(), "{line:?}");
            let failure = failure.unwrap_or_else(|error| panic!("{line:?}: {error}: {}", told(&output)));
            assert_eq!(failure["exit"], *exit, "{line:?}");
        }
    }
}

#[test]
fn no_command_is_left_out_of_the_walk() {
    let all: BTreeSet<String> = visible()
        .into_iter()
        .filter(|(words, command)| words == "panotti" || command.get_subcommands().filter(|sub| !sub.is_hide_set()).count() == 0)
        .map(|(words, _)| words)
        .collect();
    let walked: BTreeSet<String> = COMMANDS.iter().map(|(words, _, _)| words.to_string()).chain(OTHERS.map(str::to_owned)).collect();
    assert_eq!(walked, all);
}

#[test]
fn what_is_already_so_is_answered_with_changed_false() {
    let scratch = folder();
    let _daemon = Daemon::start(&scratch);
    assert!(scratch.run(&["plugin", "disable", "idle"]).status.success());
    for line in
        [&["daemon", "start"][..], &["plugin", "disable", "idle"], &["event", "replay", "--failed"], &["replay", "start", "--failed"]]
    {
        let output = scratch.run(&[line, &["-o", "json"]].concat());
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{line:?}: {}", told(&output)));
        let changed = answer.as_array().map_or(&answer["changed"], |items| &items[0]["changed"]);
        assert_eq!((output.status.code(), changed), (Some(0), &json!(false)), "{line:?}: {answer}");
    }
}

#[test]
fn a_reader_that_closes_its_end_is_no_panic() {
    let scratch = folder();
    let daemon = Daemon::start(&scratch);
    let lines: String = (0..500).map(|number| format!("{{\"type\":\"a.b\",\"data\":{number}}}\n")).collect();
    assert_eq!(daemon.connect().post("/events", "application/x-ndjson", lines.as_bytes()).unwrap().status, 200);
    for line in [
        &["event", "list", "--all"][..],
        &["event", "list", "-o", "json"],
        &["event", "list", "-o", "jsonl"],
        &["event", "show", "@last"],
        &["plugin", "list"],
        &["plugin", "show", "idle"],
        &["daemon", "logs"],
        &["daemon", "status"],
        &["config", "list"],
        &["completion", "bash"],
        &["help"],
        &["event", "publish", "--help"],
        &["explain", "event.not_found"],
        &[],
    ] {
        let mut child = scratch.panotti(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut words = String::new();
        child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        let status = child.wait().unwrap();
        let by_pipe = std::os::unix::process::ExitStatusExt::signal(&status) == Some(13) || matches!(status.code(), Some(0 | 141));
        assert!(by_pipe && !words.contains("panicked"), "{line:?}: {status}: {words}");
    }
}

#[test]
fn bad_input_exits_by_what_is_wrong_with_it() {
    let scratch = Scratch::new();
    let _daemon = Daemon::start(&scratch);
    let large = scratch.path().join("large.json");
    std::fs::write(&large, format!("\"{}\"", "x".repeat(300_000))).unwrap();
    let huge = scratch.path().join("huge.json");
    std::fs::write(&huge, format!("\"{}\"", "x".repeat(3_000_000))).unwrap();
    let (large, huge) = (format!("@{}", large.display()), format!("@{}", huge.display()));
    for (line, exit, code) in [
        (&["event", "show", NOBODY][..], 4, "event.not_found"),
        (&["event", "show", "@last"], 4, "event.not_found"),
        (&["plugin", "show", "nobody"], 4, "plugin.not_found"),
        (&["plugin", "enable", "nobody"], 4, "plugin.not_found"),
        (&["plugin", "config", "get", "nobody"], 4, "plugin.not_found"),
        (&["event", "publish", "a..b"], 6, "event.topic_invalid"),
        (&["event", "publish", "a.b", "{\"half\":"], 6, "event.payload_invalid"),
        (&["event", "publish", "a.b", &large], 6, "event.payload_too_large"),
        (&["event", "publish", "a.b", &huge], 6, "event.payload_too_large"),
        (&["event", "replay"], 2, "replay.selector_missing"),
    ] {
        let output = scratch.run(&[line, &["-o", "json"]].concat());
        let failure: Value = serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{line:?}: {}", told(&output)));
        assert_eq!((output.status.code(), failure["code"].as_str()), (Some(exit), Some(code)), "{line:?}: {failure}");
        assert!(output.stdout.is_empty(), "{line:?}");
    }
}

#[test]
fn a_malformed_line_17_is_named_and_the_others_are_published() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let lines: Vec<String> = (1..=30)
        .map(|number| if number == 17 { "{\"type\": \"a.b\", \"da".to_owned() } else { format!("{{\"type\":\"a.b\",\"data\":{number}}}") })
        .collect();

    let output = scratch.run_with_input(&["event", "publish", "--jsonl", "-", "-o", "json"], lines.join("\n").as_bytes());

    let summary: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)));
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert_eq!((&summary["accepted"], &summary["refused"], &summary["errors"][0]["pointer"]), (&json!(29), &json!(1), &json!("line 17")));
    assert_eq!(daemon.get("/events/status").json()["accepted"], 29);
    let again = scratch.run_with_input(&["event", "publish", "--jsonl", "-"], lines.join("\n").as_bytes());
    assert!(again.status.code() == Some(3) && told(&again).contains("line 17"), "{}", told(&again));
}

#[test]
fn without_a_daemon_the_command_that_starts_one_on_this_folder_is_named() {
    let scratch = Scratch::new();
    for line in [&["event", "list"][..], &["event", "publish", "a.b"], &["daemon", "status"]] {
        let output = scratch.run(line);
        assert_eq!(output.status.code(), Some(9), "{}", told(&output));
        assert!(told(&output).contains(&format!("`panotti --data {} daemon start`", scratch.data().display())), "{}", told(&output));
    }
}
