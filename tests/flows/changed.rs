//! Stored events that are not as they were written: found, told of, and delivered to nobody. `PANOTTI_CHANGES` is how many are changed.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use panotti::daemon::seal::limits::CORRUPT_REMEMBERED_MAX;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;

use crate::plugins::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::random::Random;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Writes down the number of each event that it is given. Events come with a key, a schema stamp and everything else a row can hold.
const LISTENER: &str = "runtime: exec\ncommand: [\"sh\", \"listen.sh\"]\nretry: {max: 0}\non: [{topic: t.x, where: \"data.n >= 0\", key: data.n, concurrency: 8}]";
const LISTEN: &str = "read -r line; echo \"$line\" >> heard\n";

/// Every column of an event's row; `topic_id` stands for the topic.
const COLUMNS: [&str; 25] = [
    "sequence",
    "eventid",
    "topic_id",
    "source",
    "id",
    "subject",
    "time_ms",
    "accepted_ms",
    "datacontenttype",
    "dataschema",
    "priority",
    "correlationid",
    "causationid",
    "orderingkey",
    "traceparent",
    "expires_ms",
    "extensions",
    "actor",
    "schema",
    "rules",
    "matches",
    "keys",
    "key_id",
    "tag",
    "payload",
];

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

fn event(number: u64) -> String {
    json!({
        "type": "t.x", "source": "/tests", "id": format!("id-{number}"), "subject": "what it is about", "time": "2026-01-02T03:04:05Z",
        "dataschema": "https://example.com/schema", "priority": (["low", "normal", "high", "critical"][number as usize % 4]),
        "correlationid": format!("story-{}", number % 7), "orderingkey": format!("key-{}", number % 5),
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "expires": "2096-01-02T03:04:05Z",
        "tenant": "someone", "data": {"n": number, "text": "a few words"},
    })
    .to_string()
}

fn database(scratch: &Scratch) -> Connection {
    let database = Connection::open(scratch.file("panotti.db")).unwrap();
    database.pragma_update(None, "foreign_keys", false).unwrap();
    database
}

/// Changes one byte of a value; nothing where it is an empty one.
fn with_another_byte(value: &Value, random: &mut Random) -> Option<Value> {
    let change = |mut bytes: Vec<u8>, random: &mut Random| {
        let place = random.below(bytes.len() as u64) as usize;
        bytes[place] ^= u8::try_from(1 + random.below(255)).unwrap();
        bytes
    };
    match value {
        Value::Integer(number) => {
            Some(Value::Integer(i64::from_be_bytes(change(number.to_be_bytes().to_vec(), random).try_into().unwrap())))
        }
        Value::Text(text) if !text.is_empty() => Some(Value::Blob(change(text.clone().into_bytes(), random))),
        Value::Blob(bytes) if !bytes.is_empty() => Some(Value::Blob(change(bytes.clone(), random))),
        // The id of a cause, which none of these has: it gets its first byte.
        Value::Null => Some(Value::Blob(vec![u8::try_from(random.below(256)).unwrap()])),
        _ => None,
    }
}

/// Changes one byte in one column of an event's row. Says which column.
fn change(database: &Connection, sequence: i64, random: &mut Random) -> &'static str {
    loop {
        let column = COLUMNS[random.below(COLUMNS.len() as u64) as usize];
        let read = format!("SELECT {column} FROM events WHERE sequence = ?1");
        let before: Value = database.query_row(&read, [sequence], |row| row.get(0)).unwrap();
        let Some(after) = with_another_byte(&before, random) else { continue };
        let value = if matches!(before, Value::Text(_)) { "CAST(?2 AS TEXT)" } else { "?2" };
        // Another event may have that number or id by now: then another change is made.
        let sql = format!("UPDATE OR IGNORE events SET {column} = {value} WHERE sequence = ?1");
        if database.execute(&sql, (sequence, after)).unwrap() == 1 {
            return column;
        }
    }
}

#[test]
fn g5_each_event_of_which_a_byte_was_changed_is_found_and_none_is_delivered() {
    let (changes, untouched) = (number("PANOTTI_CHANGES", 240), 24);
    let began = Instant::now();
    let mut random = Random::from_environment("PANOTTI_CHANGES_SEED");
    let stage = Stage::with(LISTENER, &[("listen.sh", LISTEN)]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    assert_eq!(daemon.post("/schemas", &json!({"topic": "t.x", "schema": {"type": "object"}, "mode": "warn"})).status, 201);
    stage.ask(&["plugin", "disable", "p"]);
    stage.until_state(&daemon, "p", "disabled");
    let lines: Vec<String> = (0..changes + untouched).map(event).collect();
    let published =
        daemon.connect().post("/events?receipts=summary", "application/x-ndjson", (lines.join("\n") + "\n").as_bytes()).unwrap();
    assert_eq!(published.status, 200);
    assert!(daemon.stop().success());

    let open = database(&stage.scratch);
    let sequences: Vec<i64> = {
        let mut all = open.prepare("SELECT sequence FROM events JOIN topics USING (topic_id) WHERE topic = 't.x' ORDER BY 1").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(sequences.len() as u64, changes + untouched);
    let mut changed = BTreeMap::new();
    let step = changes / untouched + 2;
    open.execute_batch("BEGIN").unwrap();
    for (place, sequence) in (0..).zip(&sequences).filter(|(place, _)| place % step != 0).take(changes as usize) {
        changed.insert(place, change(&open, *sequence, &mut random));
    }
    open.execute_batch("COMMIT").unwrap();
    drop(open);
    let columns: BTreeSet<&str> = changed.values().copied().collect();
    assert!(changes < 240 || columns.len() >= 20, "only {columns:?} were changed");

    let daemon = stage.start();
    let noticed = changed.len().min(CORRUPT_REMEMBERED_MAX) as u64;
    until("the daemon has noticed them by itself", || {
        (daemon.get("/status").json()["events"]["store"]["corrupt"].as_u64() == Some(noticed)).then_some(())
    });
    assert_eq!(found(&daemon), changed.len(), "what `seal check` finds; {changed:?}");
    let checked = stage.scratch.run(&["seal", "check", "-o", "json"]);
    let failure: serde_json::Value = serde_json::from_slice(&checked.stderr).unwrap_or_else(|_| panic!("{}", told(&checked)));
    assert_eq!((checked.status.code(), &failure["code"]), (Some(1), &json!("event.corrupt")), "{failure:#}");

    stage.ask(&["plugin", "enable", "p"]);
    let heard = || std::fs::read_to_string(stage.folder("p").join("heard")).unwrap_or_default();
    let own: BTreeSet<u64> = (0..changes + untouched).filter(|place| !changed.contains_key(place)).collect();
    until("every event that was left alone is delivered", || (heard().lines().count() >= own.len()).then_some(()));
    until("nothing is owed any more that could be handed out", || {
        let status = daemon.get("/events/status").json();
        let open = ["leased", "waiting"].map(|state| status["deliveries"][state].as_u64().unwrap_or(0));
        (open == [0, 0]).then_some(())
    });
    let numbers: BTreeSet<u64> =
        heard().lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["data"]["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, own, "what was delivered, and what was left alone; {changed:?}");
    println!(
        "{} events had a byte changed in one of {} columns: {} found, 0 delivered, {} left alone and delivered, in {:.0} s",
        changed.len(),
        columns.len(),
        changed.len(),
        own.len(),
        began.elapsed().as_secs_f64()
    );
    assert!(daemon.stop().success());
}

/// Events that a whole check finds changed.
fn found(daemon: &Daemon) -> usize {
    let (mut found, mut path) = (0, "/seal/check".to_owned());
    loop {
        let page = daemon.get(&path).json();
        found += page["corrupt"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => path = format!("/seal/check?cursor={next}"),
            None => return found,
        }
    }
}

#[test]
fn g5_an_event_whose_recorded_matches_were_changed_away_is_told_of_although_nobody_reads_it() {
    let stage = Stage::with("runtime: exec\ncommand: [\"sh\", \"listen.sh\"]\non: [{topic: t.x}]", &[("listen.sh", LISTEN)]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.ask(&["plugin", "disable", "p"]);
    let event = stage.publish("t.x", "{\"n\": 1}");
    let sequence = daemon.get(&format!("/events/{event}")).json()["sequence"].clone();
    assert!(daemon.stop().success());
    let open = database(&stage.scratch);
    let changed = open.execute("UPDATE events SET matches = x'' WHERE sequence = ?1", [sequence.as_i64().unwrap()]).unwrap();
    assert_eq!(changed, 1);
    drop(open);

    let daemon = stage.start();
    let told = stage.until_event(&daemon, "panotti.store.corrupt");
    assert_eq!(told["data"]["sequence"], sequence, "{told:#}");
    assert!(daemon.stop().success());
}

#[test]
fn g5_a_changed_event_is_shown_to_nobody_told_of_once_and_its_delivery_is_dead() {
    let stage = Stage::with("runtime: exec\ncommand: [\"sh\", \"listen.sh\"]\non: [{topic: t.x}]", &[("listen.sh", LISTEN)]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.ask(&["plugin", "disable", "p"]);
    let event = stage.publish("t.x", "{\"n\": 1}");
    let sequence = daemon.get(&format!("/events/{event}")).json()["sequence"].as_i64().unwrap();
    let whole = stage.publish("t.x", "{\"n\": 2}");
    assert!(daemon.stop().success());
    let open = database(&stage.scratch);
    let changed = open.execute("UPDATE events SET payload = CAST('{\"n\": 7}' AS BLOB) WHERE sequence = ?1", [sequence]).unwrap();
    assert_eq!(changed, 1);
    drop(open);

    let daemon = stage.start();
    let (code, failure) = stage.refused(&["event", "show", &event]);
    assert_eq!((code, &failure["code"]), (1, &json!("event.corrupt")), "{failure:#}");
    assert_eq!(daemon.get(&format!("/events/{event}/payload")).status, 500);
    assert_eq!(daemon.get(&format!("/events/{whole}")).status, 200, "the others are as they were");
    stage.ask(&["plugin", "enable", "p"]);
    let dead = stage.until_event(&daemon, "panotti.delivery.dead");
    assert_eq!((&dead["data"]["cause"], &dead["data"]["eventid"]), (&json!("decrypt"), &json!(event)), "{dead:#}");
    let told = stage.until_event(&daemon, "panotti.store.corrupt");
    assert!(told["data"]["sequence"].is_u64(), "{told:#}");
    assert_eq!(daemon.get("/events?topic=panotti.store.corrupt").json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(daemon.get("/status").json()["events"]["store"]["corrupt"], 1);
    stage.until_delivery(&daemon, &whole, |delivery| delivery["state"] == "done");
    let heard = std::fs::read_to_string(stage.folder("p").join("heard")).unwrap();
    assert!(heard.lines().count() == 1 && heard.contains(&whole), "{heard}");
    assert!(daemon.stop().success());
}

/// A store with an event in it, and the file of its key.
fn with_a_key() -> (Scratch, std::path::PathBuf) {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    assert_eq!(daemon.post("/events", &json!({"type": "a.b"})).status, 201);
    assert!(daemon.stop().success());
    let keys = scratch.path().join("data.keys");
    let mut files = std::fs::read_dir(&keys).unwrap().map(|entry| entry.unwrap().path());
    let key = files.find(|path| path.extension().is_some_and(|ending| ending == "tag")).unwrap();
    (scratch, key)
}

#[test]
fn s2_a_store_with_another_key_of_its_tags_does_not_start_and_a_lost_one_is_made_again_by_who_opens_payloads() {
    let (scratch, key) = with_a_key();
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o400);
    let mine = std::fs::read(&key).unwrap();
    let set = |bytes: &[u8], mode: u32| {
        let _ = std::fs::remove_file(&key);
        std::fs::write(&key, bytes).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for (bytes, mode, code, why) in [
        ([7; 32].as_slice(), 0o400, 78, "has the fingerprint"),
        (b"short".as_slice(), 0o400, 78, "5 bytes instead of 32"),
        (mine.as_slice(), 0o444, 77, "chmod"),
    ] {
        set(bytes, mode);
        let (ended, words) = Daemon::refused(&scratch);
        assert_eq!(ended, Some(code), "{words}");
        assert!(words.contains(why), "{words}");
    }
    set(&mine, 0o400);
    let daemon = Daemon::start(&scratch);
    assert_eq!(daemon.get("/events?topic=a.b").json()["items"].as_array().unwrap().len(), 1, "nothing was lost meanwhile");
    assert!(daemon.stop().success());

    std::fs::remove_file(&key).unwrap();
    let daemon = Daemon::start(&scratch);
    assert_eq!(daemon.get("/seal/check").json()["corrupt"], json!([]), "the store has it, wrapped to its identity");
    assert!(daemon.stop().success());
    assert_eq!((std::fs::read(&key).unwrap(), std::fs::metadata(&key).unwrap().permissions().mode() & 0o777), (mine, 0o400));

    std::fs::remove_file(&key).unwrap();
    std::fs::remove_file(key.with_extension("identity")).unwrap();
    let (ended, words) = Daemon::refused(&scratch);
    assert_eq!(ended, Some(78), "{words}");
}

#[test]
fn g5_an_event_whose_tag_was_taken_away_is_no_old_one() {
    let (scratch, _) = with_a_key();
    let open = database(&scratch);
    assert_eq!(open.execute("UPDATE events SET tag = NULL WHERE sequence = 1", []).unwrap(), 1);
    drop(open);
    let daemon = Daemon::start(&scratch);
    let checked = daemon.get("/seal/check").json();
    assert_eq!(checked["corrupt"], json!([{"sequence": 1, "why": "it has no tag"}]), "{checked:#}");
    assert!(daemon.stop().success());

    let open = database(&scratch);
    open.execute("UPDATE meta SET value = 1000 WHERE name = 'untagged_to'", []).unwrap();
    drop(open);
    let (ended, words) = Daemon::refused(&scratch);
    assert_eq!(ended, Some(74), "up to which event tags are missing is itself tagged: {words}");
}
