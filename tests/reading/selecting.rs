//! What is selected is selected alike by every command, and by a filter where one is given.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::plugins::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};

/// One that rejects everything.
const BAD: &str = "runtime: exec\ncommand: [\"false\"]\nretry: {max: 0}\non: [{topic: bad.made}]";

fn length(value: &Value) -> usize {
    value.as_array().unwrap().len()
}

#[test]
fn lists_exports_and_replays_take_a_group_of_errors_and_a_list_finds_what_nobody_got() {
    let stage = Stage::with(BAD, &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    for _ in 0..2 {
        let dead = stage.publish("bad.made", "{}");
        stage.until_delivery(&daemon, &dead, |delivery| delivery["state"] == "dead");
    }
    let nobodys = stage.publish("nobody.made", "{}");

    let group = stage.ask(&["event", "errors"])[0]["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(length(&stage.ask(&["event", "list", "--error", &group])), 2);
    assert_eq!(length(&stage.ask(&["event", "list", "--error", "no-such-group"])), 0);
    let exported = stage.scratch.run(&["event", "export", "--error", &group]);
    assert_eq!(String::from_utf8_lossy(&exported.stdout).lines().count(), 2, "{}", told(&exported));
    let planned = stage.ask(&["event", "replay", "--error", &group, "--dry-run"]);
    assert_eq!(planned["plan"]["deliveries"], 2, "{planned}");
    let unrouted = stage.ask(&["event", "list", "--unrouted", "--topic", "*.made"]);
    assert_eq!((length(&unrouted), &unrouted[0]["eventid"]), (1, &json!(nobodys)));
}

#[test]
fn numbers_and_purges_take_a_filter_and_say_what_they_looked_at() {
    let stage = Stage::new();
    let daemon = stage.start();
    for number in 1..=4 {
        stage.publish("load.unit", &format!("{{\"n\":{number}}}"));
    }
    stage.publish("last.made", "{}");

    let counted = stage.scratch.run(&["event", "stats", "--by", "topic", "--filter", "data.n > 1", "-o", "json"]);
    let items: Value = serde_json::from_slice(&counted.stdout).unwrap();
    assert_eq!((length(&items), &items[0]["key"], &items[0]["events"]), (1, &json!("load.unit"), &json!(3)), "{items}");
    assert!(told(&counted).contains("looked at"), "{}", told(&counted));
    let page = daemon.get("/events/stats?by=priority&filter=data.n%20%3C%203").json();
    assert_eq!(page["items"][0]["events"], 2, "{page}");
    assert!(page["scanned"].as_u64().unwrap() >= 5, "{page}");
    assert_eq!(daemon.get("/events/stats?cursor=x").json()["code"], "request.invalid");

    let plan = stage.ask(&["event", "purge", "--filter", "data.n > 2", "--dry-run"]);
    assert_eq!((&plan["events"], &plan["changed"]), (&json!(2), &json!(false)), "{plan}");
    let purged = stage.ask(&["event", "purge", "--filter", "data.n > 2", "--yes"]);
    assert_eq!((&purged["events"], &purged["changed"]), (&json!(2), &json!(true)), "{purged}");
    assert_eq!(length(&stage.ask(&["event", "list", "--topic", "load.unit"])), 2);
    let (exit, failure) = stage.refused(&["event", "purge", "--filter", "data.n >", "--yes"]);
    assert_eq!(exit, 2, "{failure}");
    assert!(daemon.stop().success());
    let store = rusqlite::Connection::open(stage.scratch.file("panotti.db")).unwrap();
    let object: String = store.query_row("SELECT object FROM audit WHERE action = 'event.purge'", [], |row| row.get(0)).unwrap();
    assert_eq!(object, "filter data.n > 2");
}

#[test]
fn a_tail_begins_in_the_past_and_the_log_is_searched() {
    let stage = Stage::new();
    let _daemon = stage.start();
    let (first, second) = (stage.publish("load.unit", "{}"), stage.publish("load.unit", "{}"));

    let arguments = ["event", "tail", "--topic", "load.unit", "--since", "1h", "-o", "jsonl"];
    let mut tail = stage.scratch.panotti(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(tail.stdout.take().unwrap()).lines().take(2);
    let seen: Vec<Value> = lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    tail.kill().unwrap();
    tail.wait().unwrap();
    assert_eq!([&seen[0]["data"]["eventid"], &seen[1]["data"]["eventid"]], [&json!(first), &json!(second)]);

    let found = stage.scratch.run(&["daemon", "logs", "--grep", "\"message\":\"re.dy\""]);
    assert_eq!(String::from_utf8_lossy(&found.stdout).lines().count(), 1, "{}", told(&found));
    let nothing = stage.scratch.run(&["daemon", "logs", "--grep", "no such line"]);
    assert!(nothing.status.success() && nothing.stdout.is_empty(), "{}", told(&nothing));
    let refused = stage.scratch.run(&["daemon", "logs", "--grep", "a(b"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(told(&refused).contains("unclosed group"), "{}", told(&refused));
}

#[test]
fn a_question_about_large_payloads_ends_after_so_many_bytes_and_says_so() {
    const EVENTS: u64 = 90;
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let text = "x".repeat(200_000);
    for number in 0..EVENTS {
        assert_eq!(daemon.post("/events", &json!({"type": "t.large", "data": {"number": number, "text": text}})).status, 201);
    }

    let inferred = daemon.get("/schemas/t.large/infer?from=10000").json();
    let (mut path, mut scanned) = ("/events?filter=data.number%20%3C%200".to_owned(), Vec::new());
    loop {
        let page = daemon.get(&path).json();
        scanned.push(page["scanned"].as_u64().unwrap());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/events?filter=data.number%20%3C%200&cursor={cursor}");
    }

    assert!(inferred["events"].as_u64().unwrap() < EVENTS && inferred["more"] == true, "{inferred}");
    assert!(scanned.len() > 1 && scanned[0] < EVENTS, "{scanned:?}");
    assert_eq!(scanned.iter().sum::<u64>(), daemon.get("/events/status").json()["accepted"].as_u64().unwrap(), "and goes on from there");
}
