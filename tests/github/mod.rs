//! Filters on events that were not made for them: the 329 webhook payloads that GitHub's own examples hold (`scripts/github-payloads.sh`
//! fetches them). What a filter finds is held against what jq finds, which shares no code with it.
//!
//! - `cases`: each filter, beside it the same question to jq

mod cases;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Output;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use cases::CASES;

/// How many payloads the pinned version has.
const PAYLOADS: usize = 329;

/// One kind of webhook in the package's file.
#[derive(Deserialize)]
struct Kind {
    name: String,
    examples: Vec<Box<RawValue>>,
}

/// The payloads as lines that `event publish --jsonl` takes. The topic is `github.KIND.ACTION`, without the last word where there is no action.
fn lines() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".payloads/github-7.6.1.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `scripts/github-payloads.sh` fetches it", path.display()));
    let kinds: Vec<Kind> = serde_json::from_str(&text).unwrap();
    let mut lines = String::new();
    for kind in &kinds {
        for (number, payload) in kind.examples.iter().enumerate() {
            let action = serde_json::from_str::<Value>(payload.get()).unwrap()["action"].as_str().map(|action| format!(".{action}"));
            // A line break in JSON can only stand between two tokens, where a space is as good.
            let data = payload.get().replace('\n', " ");
            let (name, action) = (&kind.name, action.unwrap_or_default());
            writeln!(lines, r#"{{"type":"github.{name}{action}","source":"/github","id":"{name}-{number}","data":{data}}}"#).unwrap();
        }
    }
    assert_eq!(lines.lines().count(), PAYLOADS);
    lines
}

fn publish(scratch: &Scratch, lines: &str) {
    let output = scratch.run_with_input(&["event", "publish", "--jsonl", "-", "-o", "json"], lines.as_bytes());
    assert!(output.status.success(), "{}", told(&output));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&summary["accepted"], &summary["refused"]), (&Value::from(PAYLOADS), &Value::from(0)), "none is too large: {summary}");
}

/// The lines of a program that has to end well.
fn printed(output: &Output) -> BTreeSet<String> {
    assert!(output.status.success(), "{}", told(output));
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(str::to_owned).collect()
}

/// The publisher's ids of the events that jq selects.
fn by_jq(scratch: &Scratch, file: &Path, condition: &str) -> BTreeSet<String> {
    let selected = format!("select({condition}) | .id");
    printed(&scratch.program("jq").args(["-r", &selected]).arg(file).output().unwrap())
}

/// The publisher's ids of the events that a list has.
fn by_list(scratch: &Scratch, selection: &[&str]) -> BTreeSet<String> {
    let arguments = [&["event", "list", "--all", "-o", "csv", "--fields", "id", "--no-headers"], selection].concat();
    printed(&scratch.run(&arguments))
}

#[test]
fn every_payload_is_taken_and_comes_out_as_it_went_in() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let lines = lines();
    publish(&scratch, &lines);

    let exported = String::from_utf8(scratch.run(&["event", "export"]).stdout).unwrap();

    assert_eq!(exported.lines().count(), PAYLOADS);
    for (went_in, came_out) in lines.lines().zip(exported.lines()) {
        let (went_in, came_out): (Value, Value) = (serde_json::from_str(went_in).unwrap(), serde_json::from_str(came_out).unwrap());
        for key in ["type", "source", "id", "data"] {
            assert_eq!(went_in[key], came_out[key], "{key} of {}", went_in["id"]);
        }
    }
    assert!(daemon.stop().success());
}

#[test]
fn a_filter_finds_the_events_that_jq_finds_when_they_are_published_and_when_they_are_listed() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for (number, case) in CASES.iter().enumerate() {
        let (name, action) = (format!("f{number}"), format!("tag=case:{number}"));
        let created = scratch.run(&["filter", "create", &name, case.filter, "--action", &action]);
        assert!(created.status.success(), "{}: {}", case.filter, told(&created));
    }
    let (lines, file) = (lines(), scratch.path().join("events.jsonl"));
    std::fs::write(&file, &lines).unwrap();
    publish(&scratch, &lines);

    for (number, case) in CASES.iter().enumerate() {
        let expected = by_jq(&scratch, &file, case.jq);
        let listed = by_list(&scratch, &["--filter", case.filter]);
        assert_eq!(listed, expected, "`--filter '{}'` and jq '{}'", case.filter, case.jq);
        let tagged = by_list(&scratch, &["--tag", &format!("case:{number}")]);
        assert_eq!(tagged, expected, "the stored filter `{}` and jq '{}'", case.filter, case.jq);
        assert_eq!(expected.len(), case.found, "events that fit `{}`", case.filter);
    }
    assert!(daemon.stop().success());
}
