//! Exports: what comes out goes in again elsewhere, byte by byte where it matters, and what broke off does not pass for everything.

use std::io::Read;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};

fn exported(scratch: &Scratch, arguments: &[&str]) -> Vec<Value> {
    let output = scratch.run(&[&["event", "export"], arguments].concat());
    assert!(output.status.success(), "{}", told(&output));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_is_exported_can_be_published_elsewhere_and_is_the_same_event() {
    let (here, there) = (Scratch::new(), Scratch::new());
    let (one, other) = (Daemon::start(&here), Daemon::start(&there));
    for event in [
        json!({ "type": "a.b", "data": { "n": 1 }, "subject": "s", "priority": "high", "tenant": "x", "orderingkey": "k" }),
        json!({ "type": "a.c", "source": "/studio", "id": "take-1", "correlationid": "story 1", "time": "2026-01-01T00:00:00Z" }),
        json!({ "type": "a.d", "datacontenttype": "text/plain", "data": "plain\nwords" }),
        json!({ "type": "a.e", "data_base64": "AP8=" }),
    ] {
        assert_eq!(one.post("/events", &event).status, 201, "{event}");
    }

    let lines = here.run(&["event", "export"]).stdout;
    let published = there.run_with_input(&["event", "publish", "--jsonl", "-", "-o", "json"], &lines);
    assert!(published.status.success(), "{}", told(&published));

    assert_eq!(exported(&there, &[]), exported(&here, &[]));
    let number = other.get("/events/status").json()["accepted"].clone();
    assert_eq!(number, 4);
    let again = there.run_with_input(&["event", "publish", "--jsonl", "-", "-o", "json"], &lines);
    assert_eq!(serde_json::from_slice::<Value>(&again.stdout).unwrap()["duplicates"], 4, "the same lines again are the same events");
    let first = &exported(&here, &["--topic", "a.b"])[0];
    assert_eq!((&first["correlationid"], &first["data"]), (&first["id"], &json!({ "n": 1 })), "a story of its own keeps its name");
    assert!(one.stop().success() && other.stop().success());
}

#[test]
fn an_export_is_chosen_like_a_list_leaves_the_daemons_own_events_out_and_says_where_it_was_cut() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let lines: String = (0..300).map(|number| format!("{{\"type\":\"t.{}\",\"data\":{number}}}\n", number % 2)).collect();
    assert_eq!(daemon.connect().post("/events", "application/x-ndjson", lines.as_bytes()).unwrap().status, 200);

    let all: Vec<u64> = exported(&scratch, &[]).iter().map(|event| event["data"].as_u64().unwrap()).collect();
    assert_eq!(all, (0..300).collect::<Vec<_>>(), "oldest first, page after page");
    assert_eq!(exported(&scratch, &["--topic", "t.1"]).len(), 150);
    assert_eq!(exported(&scratch, &["--failed"]), Vec::<Value>::new());
    let cut = scratch.run(&["event", "export", "--limit", "7"]);
    assert_eq!(String::from_utf8_lossy(&cut.stdout).lines().count(), 7);
    assert!(String::from_utf8_lossy(&cut.stderr).contains("cut after 7 events: there are more"), "{}", told(&cut));
    let exact = scratch.run(&["event", "export", "--limit", "300"]);
    assert!(String::from_utf8_lossy(&exact.stderr).contains("300 events exported"), "{}", told(&exact));
    assert_eq!(daemon.get("/events/export?limit=3").status, 400);

    let mut child = scratch.panotti(&["event", "export"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    assert!(!words.contains("panicked"), "{words}");
    assert_eq!(child.wait().unwrap().code(), Some(141));
    assert!(daemon.stop().success());
}
