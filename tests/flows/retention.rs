//! Old events go, the store stays within its room, and the file shrinks with its data (semantics rules 14 and 22).

use std::path::Path;
use std::time::Duration;

use panotti::daemon::store::sqlite::database::Database;
use panotti::daemon::store::sqlite::events;
use panotti::daemon::store::sqlite::writer::Sealing;
use panotti_protocol::time::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::plugins::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::scratch::told;
use crate::support::until;

const DAY: Duration = Duration::from_secs(86_400);

/// Makes everything that a stopped daemon has stored older, but for the deaths of its deliveries.
fn make_older(data: &Path, by: Duration) {
    let connection = Connection::open(data.join("panotti.db")).unwrap();
    let store = std::fs::read_to_string(data.join("store-id")).unwrap().trim().parse().unwrap();
    let sealing = Sealing { keys: &data.with_extension("keys"), topics: Vec::new() };
    // What was changed under its tag would be believed by nobody, and so stay.
    let seals = sealing.open(&connection, store, Timestamp::from_ms(1), false).unwrap();
    events::make_older_for_test(&Database::new(connection, seals), by).unwrap();
}

/// Makes the deaths older too.
fn make_deaths_older(data: &Path, by: Duration) {
    let connection = Connection::open(data.join("panotti.db")).unwrap();
    let ms = i64::try_from(by.as_millis()).unwrap();
    connection.execute("UPDATE deliveries SET ended_ms = ended_ms - ?1", [ms]).unwrap();
}

fn one_number(data: &Path, sql: &str) -> i64 {
    Connection::open(data.join("panotti.db")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn publish(daemon: &Daemon, topic: &str, id: &str, payload: &Value) -> (u16, Value) {
    let answer = daemon.post("/events", &json!({"type": topic, "source": "/test", "id": id, "data": payload}));
    (answer.status, answer.json())
}

/// The topics of everything that is stored, oldest first.
fn topics(daemon: &Daemon) -> Vec<String> {
    let items = daemon.get("/events?order=oldest&limit=1000").json();
    items["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

fn store(daemon: &Daemon) -> Value {
    daemon.get("/events/status").json()["store"].clone()
}

#[test]
fn rule_22_what_is_past_its_days_goes_and_the_sequences_go_on() {
    let stage = Stage::new();
    let daemon = stage.start();
    let ids: Vec<Value> =
        (0..20).map(|number| publish(&daemon, "old.made", &format!("{number}"), &json!(number)).1["eventid"].clone()).collect();
    assert!(daemon.stop().success());
    make_older(&stage.scratch.data(), DAY * 31);

    let daemon = stage.start();
    // The newest stays until another comes: the counting rests on it.
    until("old events are gone", || (topics(&daemon).len() == 1).then_some(()));
    let gone = daemon.get(&format!("/events/{}", ids[3].as_str().unwrap()));
    assert_eq!((gone.status, &gone.json()["code"]), (404, &json!("event.not_found")));
    let (status, again) = publish(&daemon, "new.made", "3", &json!(3));
    assert_eq!((status, &again["sequence"], &again["duplicate"]), (201, &json!(21), &Value::Null), "an id is free when its event is gone");
    let first = daemon.get("/events?order=oldest&limit=1").json();
    let next = daemon.get(&format!("/events?order=oldest&limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).json();
    assert_eq!(next["items"][0]["sequence"], 21, "a list goes on over the gap");
    assert_eq!(store(&daemon)["events"], 2);
    let planned = daemon.post("/events/replay", &json!({"selection": {"topic": "old.>"}, "dry_run": true}));
    assert_eq!(planned.json()["plan"]["events"], 0, "nobody was subscribed");
}

#[test]
fn rule_22_topics_are_kept_as_long_as_the_most_specific_pattern_says() {
    let stage = Stage::new();
    let start = || Daemon::start_with(&stage.scratch, &[], &[("PANOTTI_RETENTION__TOPICS", "load.>=1h,load.report=60d")]);
    let daemon = start();
    for topic in ["load.unit", "load.report", "other.made", "load.last"] {
        assert_eq!(publish(&daemon, topic, topic, &json!({})).0, 201);
    }
    assert!(daemon.stop().success());
    make_older(&stage.scratch.data(), DAY * 2);

    let daemon = start();
    until("what is kept an hour is gone", || (topics(&daemon) == ["load.report", "other.made", "load.last"]).then_some(()));
    assert!(daemon.stop().success());
    make_older(&stage.scratch.data(), DAY * 29);

    let daemon = start();
    until("what is kept thirty days is gone too", || (topics(&daemon) == ["load.report", "load.last"]).then_some(()));
    let shown = stage.ask(&["topic", "show", "load.report"]);
    assert_eq!((&shown["kept_ms"], &shown["kept_by"]), (&json!(60 * 86_400_000_u64), &json!("load.report")));
    let said = told(&stage.scratch.run(&["topic", "show", "load.unit"]));
    assert!(said.contains("kept      1h   \"load.>\" in retention.topics"), "{said}");
    let said = told(&stage.scratch.run(&["topic", "show", "other.made"]));
    assert!(said.contains("kept      30d   retention.days"), "{said}");
}

#[test]
fn rule_14_a_dead_letter_keeps_its_event_for_90_days_and_ends_as_cancelled() {
    let stage = Stage::with("runtime: exec\ncommand: [\"false\"]\nretry: {max: 0}\non: [{topic: bad.made}]", &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let event = stage.publish("bad.made", "{}");
    let other = stage.publish("good.made", "{}");
    stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "dead");
    assert!(daemon.stop().success());
    let data = stage.scratch.data();
    make_older(&data, DAY * 80);
    make_deaths_older(&data, DAY * 80);

    let daemon = stage.start();
    until("what nobody waits for is gone", || (daemon.get(&format!("/events/{other}")).status == 404).then_some(()));
    assert_eq!(daemon.get(&format!("/events/{event}")).status, 200, "a dead letter is not removed to make room");
    assert!(daemon.stop().success());
    make_deaths_older(&data, DAY * 11);

    let daemon = stage.start();
    until("the dead letter is gone with its event", || (daemon.get(&format!("/events/{event}")).status == 404).then_some(()));
    let numbers = daemon.get("/events/status").json();
    assert_eq!((&numbers["deliveries"]["dead"], &numbers["deliveries"]["cancelled"]), (&json!(0), &json!(1)));
    assert!(daemon.stop().success());
    let audited = "SELECT count(*) FROM audit WHERE action = 'delivery.cancel' AND actor = 'daemon' AND reason LIKE '%90 days%'";
    assert_eq!(one_number(&data, audited), 1);
}

#[test]
fn rule_14_near_the_limit_a_warning_is_given_once_old_events_go_early_and_publishing_goes_on() {
    let stage = Stage::with("enabled: false\nruntime: exec\ncommand: [\"true\"]\non: [{topic: owed.made}]", &[]);
    let daemon = Daemon::start_with(&stage.scratch, &[], &[("PANOTTI_STORE__BYTES_MAX", "8MiB")]);
    let (status, owed) = publish(&daemon, "owed.made", "owed", &json!("nobody has handled it yet"));
    assert_eq!(status, 201);
    let payload = json!("x".repeat(100_000));
    let mut warned = false;
    let mut accepted = 0;
    // Five times what the store may hold.
    for number in 0..400 {
        until("there is room for the next event", || {
            let (status, answer) = publish(&daemon, "load.sent", &number.to_string(), &payload);
            assert!(status == 201 || answer["code"] == "store.full", "{answer}");
            (status == 201).then_some(())
        });
        accepted += 1;
        let used = store(&daemon)["used_bytes"].as_u64().unwrap();
        assert!(used <= 9 * 1024 * 1024, "{used} bytes after {accepted} events");
        if !warned && used > 7 * 1024 * 1024 {
            let warning = stage.until_event(&daemon, "panotti.store.watermark");
            assert!(warning["data"]["percent"].as_u64().unwrap() >= 80, "{warning}");
            warned = true;
        }
    }
    assert!(warned);
    let there = daemon.get(&format!("/events/{}", owed["eventid"].as_str().unwrap())).json();
    assert_eq!(there["deliveries"][0]["state"], "held", "what is owed is never removed to make room");
    let warnings = one_number(&stage.scratch.data(), "SELECT value FROM meta WHERE name = 'watermark'");
    assert_eq!(warnings, 1);
    let text = String::from_utf8(stage.scratch.run(&["daemon", "status"]).stdout).unwrap();
    assert!(text.contains("of 8.3 MB"), "{text}");
}

#[test]
fn rule_14_when_nothing_may_go_publishing_is_refused_and_what_is_stored_is_handled_and_makes_room() {
    let stage = Stage::with("enabled: false\nruntime: exec\ncommand: [\"true\"]\non: [{topic: owed.made}]", &[]);
    let daemon = Daemon::start_with(&stage.scratch, &[], &[("PANOTTI_STORE__BYTES_MAX", "8MiB")]);
    let payload = json!("x".repeat(200_000));
    let mut number = 0;
    let refused = until("the store is full", || {
        number += 1;
        let (status, answer) = publish(&daemon, "owed.made", &number.to_string(), &payload);
        (status != 201).then_some((status, answer))
    });
    assert_eq!((refused.0, &refused.1["code"]), (507, &json!("store.full")));
    assert_eq!(daemon.get("/events?limit=1").status, 200, "reading goes on");
    assert_eq!(publish(&daemon, "owed.made", "1", &payload).1["duplicate"], true, "and so do the receipts of what is stored");

    stage.ask(&["plugin", "enable", "p"]);
    until("the store has room again", || (publish(&daemon, "owed.made", "more", &payload).0 == 201).then_some(()));
}
