//! Traces: the tree of a story over a chain of plugins, with what is dead, waiting, without a subscriber, or no longer stored.

use serde_json::{Value, json};

use crate::plugins::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::scratch::told;
use crate::support::until;

/// `recording.ended` is transcribed and counted; the transcript is archived, refused by one plugin and put off by another.
fn chain() -> Stage {
    let stage = Stage::new();
    let emits = |topic: &str, emitted: &str| {
        python(&format!("    @on('{topic}')\n    async def x(self, event): await self.emit_event('{emitted}', {{}})"))
    };
    let answers = |what: &str| python(&format!("    @on('recording.transcribed')\n    async def x(self, event): {what}"));
    stage.plugin("transcribe", "", &[("plugin.py", &emits("recording.ended", "recording.transcribed"))]);
    stage.plugin("word-count", "", &[("plugin.py", &emits("recording.ended", "words.counted"))]);
    stage.plugin("archive", "", &[("plugin.py", &answers("pass"))]);
    stage.plugin("summarize", "", &[("plugin.py", &answers("raise Reject('too short')"))]);
    stage.plugin("notify", "", &[("plugin.py", &answers("raise Retry('busy', after='1h')"))]);
    stage
}

/// Publishes one recording and waits until nothing of its story moves any more.
fn told_story(stage: &Stage, daemon: &Daemon) -> (String, Value) {
    for plugin in ["transcribe", "word-count", "archive", "summarize", "notify"] {
        stage.until_state(daemon, plugin, "running");
    }
    let first = stage.publish("recording.ended", "{}");
    let trace = until("the story has come to rest", || {
        let trace = daemon.get(&format!("/events/trace?of={first}")).json();
        let states: Vec<&str> = deliveries(&trace).iter().map(|delivery| delivery["state"].as_str().unwrap()).collect();
        (states.len() == 5 && !states.contains(&"pending") && !states.contains(&"leased")).then_some(trace)
    });
    (first, trace)
}

fn deliveries(trace: &Value) -> Vec<&Value> {
    trace["events"].as_array().unwrap().iter().flat_map(|event| event["deliveries"].as_array().unwrap()).collect()
}

/// The lines of `event trace`, without durations and ends of ids, which differ from run to run.
fn drawn(stage: &Stage, arguments: &[&str]) -> Vec<String> {
    let output = stage.scratch.run(&[&["event", "trace"], arguments].concat());
    assert!(output.status.success(), "{}", told(&output));
    let varies = |word: &str| word.starts_with("..") || (word.ends_with('s') && word.starts_with(|c: char| c.is_ascii_digit()));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split(' ').filter(|word| !varies(word)).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_chain_of_plugins_is_one_story_and_its_tree_shows_what_came_of_what() {
    let stage = chain();
    let daemon = stage.start();
    let (first, trace) = told_story(&stage, &daemon);

    assert_eq!(
        (&trace["correlationid"], &trace["deliveries"], &trace["dead"], &trace["open"]),
        (&json!(first), &json!(5), &json!(1), &json!(1))
    );
    let lines = drawn(&stage, &[&first]);
    assert_eq!(lines.len(), 7, "{lines:#?}");
    assert!(lines[1].starts_with("recording.ended  user:") || lines[1].starts_with("recording.ended   user:"), "{lines:#?}");
    // Deliveries stand in the order of their subscriptions, which is that in which the plugins came up.
    let expected = [
        ("transcribe ✓ ─> recording.transcribed", 1),
        ("archive ✓", 2),
        ("notify … waiting 1/4  Retry", 2),
        ("summarize ✗ dead 1/4  Reject", 2),
        ("word-count ✓ ─> words.counted  (no subscriber)", 1),
    ];
    for (words, depth) in expected {
        let sticks = |line: &str| line.chars().take_while(|c| "├└│─ ".contains(*c)).count();
        let fits = |line: &&String| line.trim_end().ends_with(words) && sticks(line) == depth * 3;
        assert_eq!(lines.iter().filter(fits).count(), 1, "`{words}` in {lines:#?}");
    }
    let by_emitted = trace["events"][1]["eventid"].as_str().unwrap();
    assert_eq!(drawn(&stage, &[by_emitted])[1..], lines[1..], "any event of a story leads to it");
    assert_eq!(drawn(&stage, &[&first[first.len() - 8..]])[1..], lines[1..], "so does the end of its id");
    let listed = stage.ask(&["event", "list", "--correlation", &first]);
    assert_eq!(listed.as_array().unwrap().len(), 3, "{listed:#}");
    let dead = stage.ask(&["event", "list", "--correlation", &first, "--failed"]);
    assert_eq!((dead.as_array().unwrap().len(), &dead[0]["type"]), (1, &json!("recording.transcribed")), "{dead:#}");
    assert!(daemon.stop().success());
}

#[test]
fn an_event_that_is_no_longer_stored_leaves_a_hole_in_its_story_that_is_named() {
    let stage = chain();
    let daemon = stage.start();
    let (first, trace) = told_story(&stage, &daemon);
    let (transcribed, counted) = match trace["events"].as_array().unwrap().as_slice() {
        [_, one, other] if one["type"] == "recording.transcribed" => (one.clone(), other.clone()),
        [_, one, other] => (other.clone(), one.clone()),
        other => panic!("{other:?}"),
    };
    assert!(daemon.stop().success());
    forget(&stage, counted["sequence"].as_u64().unwrap());
    let daemon = stage.start();

    let without_a_leaf = daemon.get(&format!("/events/trace?of={first}")).json();
    assert!(deliveries(&without_a_leaf).iter().any(|delivery| delivery["gone"] == json!([counted["eventid"]])), "{without_a_leaf:#}");
    assert!(drawn(&stage, &[&first]).iter().any(|line| line.contains("(no longer stored)")));

    assert!(daemon.stop().success());
    forget(&stage, trace["events"][0]["sequence"].as_u64().unwrap());
    let daemon = stage.start();
    let without_its_root = daemon.get(&format!("/events/trace?of={first}")).json();
    assert_eq!(without_its_root["events"].as_array().unwrap().len(), 1, "{without_its_root:#}");
    assert_eq!(
        (&without_its_root["events"][0]["eventid"], &without_its_root["events"][0]["cause_gone"]),
        (&transcribed["eventid"], &json!(true))
    );
    let lines = drawn(&stage, &[&first]);
    assert!(lines[1].starts_with("recording.transcribed") && lines[1].ends_with("which is no longer stored"), "{lines:#?}");
    assert!(daemon.stop().success());
}

/// Takes an event out of the store, as retention does.
fn forget(stage: &Stage, sequence: u64) {
    let connection = rusqlite::Connection::open(stage.scratch.file("panotti.db")).unwrap();
    connection.execute("DELETE FROM deliveries WHERE sequence = ?1", [sequence]).unwrap();
    connection.execute("DELETE FROM events WHERE sequence = ?1", [sequence]).unwrap();
}

#[test]
fn a_story_with_a_name_of_its_own_is_found_by_it_and_one_that_is_too_long_says_that_it_is_cut() {
    let stage = Stage::new();
    let daemon = stage.start();
    let lines: String =
        (0..1_001).map(|number| format!("{{\"type\":\"a.b\",\"correlationid\":\"import 7\",\"data\":{number}}}\n")).collect();
    assert_eq!(daemon.connect().post("/events", "application/x-ndjson", lines.as_bytes()).unwrap().status, 200);

    let trace = daemon.get("/events/trace?of=import%207").json();

    assert_eq!((trace["events"].as_array().unwrap().len(), &trace["cut"]), (1_000, &json!(true)));
    let output = stage.scratch.run(&["event", "trace", "import 7", "--format", "mermaid"]);
    let text = told(&output);
    assert!(text.starts_with("flowchart LR\n") && text.contains("cut: the story is longer"), "{}", &text[text.len() - 300..]);
    assert_eq!(daemon.get("/events/trace?of=import%208").status, 404);
    assert_eq!(daemon.get("/events/trace?of=").status, 400);
    assert_eq!(daemon.get("/events/trace").status, 400);
    assert!(daemon.stop().success());
}
