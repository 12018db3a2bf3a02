//! Sealed payloads: nothing of them in the data folder, whoever may open them can, and nobody else; new identities while the daemon works.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::flows::keys::{ask, make_key};
use crate::plugins::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::random::Random;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// What nobody may find.
const CANARY: &str = "zebra-7193-under-the-lamp";

/// Files of a folder in which a text stands.
fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if path.is_file() && std::fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes()) {
            found.push(path);
        }
    }
    found
}

fn publish(daemon: &Daemon, topic: &str, data: Value) -> String {
    let answer = daemon.post("/events", &json!({"type": topic, "data": data}));
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["eventid"].as_str().unwrap().to_owned()
}

/// A key's file.
fn key(scratch: &Scratch, name: &str) -> PathBuf {
    let mut files = std::fs::read_dir(scratch.path().join("data.keys")).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|ending| ending == name)).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn t13_no_payload_stands_in_the_data_folder_and_everybody_who_may_reads_it() {
    let plugin =
        "runtime: exec\ncommand: [\"sh\", \"-c\", \"grep -q zebra && touch $PANOTTI_DATA_DIR/heard || touch heard\"]\non: [{topic: t.x}]";
    let stage = Stage::with(plugin, &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let event = publish(&daemon, "t.x", json!({"secret": CANARY}));
    stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "done");

    assert_eq!(daemon.get(&format!("/events/{event}")).json()["data"]["secret"], CANARY);
    let listed = daemon.get("/events?filter=data.secret%20!%3D%20%22%22&topic=t.x").json();
    assert_eq!(listed["items"][0]["eventid"], json!(event), "filters look into it: {listed:#}");
    assert_eq!(listed["items"][0]["size_bytes"], json!(json!({"secret": CANARY}).to_string().len()), "its own size is shown");
    assert_eq!(daemon.get("/schemas/t.x/infer").json()["events"], 1);
    assert_eq!(daemon.get("/seal/check").json()["corrupt"], json!([]));
    daemon.kill();

    assert_eq!(files_with(&stage.scratch.data(), CANARY), Vec::<PathBuf>::new(), "database, log of the database, logs");
    let daemon = Daemon::start_with(&stage.scratch, &[], &[("PANOTTI_SEAL__TOPICS", "other.>")]);
    assert_eq!(daemon.get(&format!("/events/{event}")).json()["data"]["secret"], CANARY, "what is stored stays as it is");
    publish(&daemon, "t.x", json!({"open": format!("{CANARY}-2")}));
    assert!(daemon.stop().success());
    assert!(!files_with(&stage.scratch.data(), &format!("{CANARY}-2")).is_empty(), "this search finds what is not sealed");
    assert!(files_with(&stage.scratch.data(), &format!("{CANARY}\"")).is_empty());
}

#[test]
fn s3_payloads_that_are_exchanged_are_refused_and_so_is_one_with_another_key() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for number in 0..4 {
        publish(&daemon, ["a.b", "a.c"][number % 2], json!({"n": number}));
    }
    assert!(daemon.stop().success());
    let open = rusqlite::Connection::open(scratch.file("panotti.db")).unwrap();
    open.execute_batch(
        "CREATE TEMP TABLE kept AS SELECT sequence, payload, tag, key_id FROM events;
         UPDATE events SET payload = (SELECT payload FROM kept WHERE kept.sequence = 3) WHERE sequence = 1;
         UPDATE events SET (payload, tag) = (SELECT payload, tag FROM kept WHERE kept.sequence = 1) WHERE sequence = 3;
         UPDATE events SET (payload, tag, key_id) = (SELECT payload, tag, key_id FROM kept WHERE kept.sequence = 1) WHERE sequence = 2;
         UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE key_id = 1) WHERE key_id = 2;",
    )
    .unwrap();
    drop(open);

    let daemon = Daemon::start(&scratch);
    let checked = daemon.get("/seal/check").json();
    let numbers: Vec<u64> = checked["corrupt"].as_array().unwrap().iter().map(|one| one["sequence"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4], "the last has the key of another topic: {checked:#}");
    assert!(daemon.stop().success());
}

#[test]
fn s2_a_store_whose_identity_is_lost_wrong_or_open_to_others_does_not_start_and_the_recovery_identity_opens_it() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let event = publish(&daemon, "a.b", json!({"text": CANARY}));
    let warned = daemon.get("/status").json()["warnings"].to_string();
    assert!(warned.contains("panotti seal init"), "{warned}");
    let own = scratch.run(&["seal", "show", "-o", "json"]);
    let own: Value = serde_json::from_slice(&own.stdout).unwrap();
    let recipient = own["recipients"][0]["recipient"].as_str().unwrap().to_owned();
    let recovery = scratch.path().join("recovery.txt");
    let made = scratch.run(&["seal", "init", "recovery.txt"]);
    assert!(made.status.success(), "{}", told(&made));
    assert_eq!(std::fs::metadata(&recovery).unwrap().permissions().mode() & 0o777, 0o600);
    let again = scratch.run(&["seal", "init", "other.txt"]);
    assert_eq!(again.status.code(), Some(5), "there is one already: {}", told(&again));
    assert!(!scratch.path().join("other.txt").exists());
    assert_eq!(daemon.get("/status").json()["warnings"], Value::Null);
    assert!(daemon.stop().success());

    let (identity, tag) = (key(&scratch, "identity"), key(&scratch, "tag"));
    let mine = std::fs::read(&identity).unwrap();
    let stranger = b"AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    let set = |bytes: Option<&[u8]>, mode: u32| {
        let _ = std::fs::remove_file(&identity);
        if let Some(bytes) = bytes {
            std::fs::write(&identity, bytes).unwrap();
            std::fs::set_permissions(&identity, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    for (bytes, mode, code, why) in [
        (None, 0, 78, recipient.as_str()),
        (Some(stranger.as_slice()), 0o400, 78, recipient.as_str()),
        (Some(b"nothing of the kind".as_slice()), 0o400, 78, recipient.as_str()),
        (Some(mine.as_slice()), 0o444, 77, "chmod"),
    ] {
        set(bytes, mode);
        let (ended, words) = Daemon::refused(&scratch);
        assert_eq!(ended, Some(code), "{words}");
        assert!(words.contains(why), "{words}");
    }
    std::fs::remove_file(&tag).unwrap();
    set(Some(&std::fs::read(&recovery).unwrap()), 0o400);
    let daemon = Daemon::start(&scratch);
    assert_eq!(daemon.get(&format!("/events/{event}")).json()["data"]["text"], CANARY, "the keys folder was lost, and nothing else");
    let rotated = scratch.run(&["seal", "rotate", "--reason", "the keys folder was lost"]);
    assert!(rotated.status.success(), "{}", told(&rotated));
    assert!(daemon.stop().success());
    assert_ne!(std::fs::read(&identity).unwrap(), std::fs::read(&recovery).unwrap(), "the recovery identity is offline again");
    let daemon = Daemon::start(&scratch);
    assert_eq!(daemon.get(&format!("/events/{event}")).json()["data"]["text"], CANARY);
    assert!(daemon.stop().success());
}

#[test]
fn s1_keys_are_wrapped_anew_under_load_and_over_kills_and_nothing_is_unreadable_at_any_time() {
    const TOPICS: u64 = 900;
    let mut random = Random::from_environment("PANOTTI_ROTATION_SEED");
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let lines = |from: u64| -> String {
        let line = |number: u64| json!({"type": format!("t.n{number}"), "data": {"number": number, "text": CANARY}}).to_string() + "\n";
        (from..from + TOPICS).map(line).collect()
    };
    let publish = |daemon: &Daemon, from: u64| {
        let answer = daemon.connect().post("/events?receipts=summary", "application/x-ndjson", lines(from).as_bytes());
        answer.is_ok_and(|answer| answer.status == 200)
    };
    assert!(publish(&daemon, 0));
    let first = std::fs::read(key(&scratch, "identity")).unwrap();
    drop(daemon);

    let mut rotations = 0;
    for round in 1..=6 {
        let daemon = Daemon::start(&scratch);
        let asked = daemon.post("/seal/rotate", &json!({}));
        rotations += u64::from(asked.status == 200);
        assert!([200, 409].contains(&asked.status), "one that was cut short goes on by itself");
        let behind = random.below(TOPICS);
        std::thread::scope(|scope| {
            scope.spawn(|| publish(&daemon, round * 100));
            until("so many keys are left, or none", || {
                let seal = daemon.get("/seal").json();
                (seal["rotating"] == false || seal["keys_left"].as_u64().unwrap() <= behind).then_some(())
            });
        });
        daemon.kill();
    }

    let daemon = Daemon::start(&scratch);
    until("every key is wrapped anew", || (daemon.get("/seal").json()["rotating"] == false).then_some(()));
    let checked = scratch.run(&["seal", "check", "-o", "json"]);
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap_or_else(|_| panic!("{}", told(&checked)));
    assert!(checked["checked"].as_u64().unwrap() >= TOPICS && checked["corrupt"] == json!([]), "{checked:#}");
    assert!(rotations >= 2, "{rotations} began");
    let seal = daemon.get("/seal").json();
    assert_eq!((seal["keys_left"].as_u64(), seal["recipients"].as_array().unwrap().len()), (Some(0), 1), "{seal:#}");
    assert!(daemon.stop().success());

    let identity = key(&scratch, "identity");
    std::fs::remove_file(&identity).unwrap();
    std::fs::write(&identity, first).unwrap();
    std::fs::set_permissions(&identity, std::fs::Permissions::from_mode(0o400)).unwrap();
    let (ended, words) = Daemon::refused(&scratch);
    assert_eq!(ended, Some(78), "the first identity opens nothing any more: {words}");
}

/// What a query finds in the store of a running daemon.
fn stored(scratch: &Scratch, query: &str) -> Vec<Vec<u8>> {
    let store = rusqlite::Connection::open_with_flags(scratch.file("panotti.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement = store.prepare(query).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(|row| row.unwrap()).collect()
}

#[test]
fn t13_of_keys_and_secrets_that_were_replaced_or_removed_nothing_is_left_in_the_log_of_the_database_either() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    publish(&daemon, "a.b", json!({"text": CANARY}));
    let set = json!({"value": "the-first-value-of-it"});
    let put =
        |path: &str| daemon.connect().request("PUT", path, &[("content-type", "application/json")], set.to_string().as_bytes()).unwrap();
    assert_eq!(put("/config/secrets/GONE").status, 200);
    let wrapped = stored(&scratch, "SELECT wrapped FROM data_keys").remove(0);
    let sealed = stored(&scratch, "SELECT sealed FROM secrets").remove(0);
    // Only where they can be, and not the large index of the log: this looks again and again.
    let is_there = |bytes: &[u8]| {
        let files = ["panotti.db", "panotti.db-wal"].map(|name| std::fs::read(scratch.file(name)).unwrap_or_default());
        files.iter().any(|file| file.windows(bytes.len()).any(|window| window == bytes))
    };
    assert!(is_there(&wrapped[..64]) && is_there(&sealed));

    assert_eq!(daemon.connect().request("DELETE", "/config/secrets/GONE", &[], b"").unwrap().status, 200);
    let rotated = scratch.run(&["seal", "rotate", "--reason", "somebody has seen the old one"]);
    assert!(rotated.status.success(), "{}", told(&rotated));
    let nowhere = |bytes: &[u8]| (!is_there(bytes)).then_some(());
    until("the key as it was wrapped before is nowhere", || nowhere(&wrapped[..64]));
    until("the secret as it was sealed is nowhere", || nowhere(&sealed));

    assert_eq!(put("/config/secrets/GONE").status, 200);
    let sealed = stored(&scratch, "SELECT sealed FROM secrets").remove(0);
    assert_eq!(daemon.connect().request("DELETE", "/config/secrets/GONE", &[], b"").unwrap().status, 200);
    daemon.kill();
    let daemon = Daemon::start(&scratch);
    until("what a kill has left of the log is begun anew too", || nowhere(&sealed));
    assert!(daemon.stop().success());
}

#[test]
fn rule_20_what_is_wrong_with_the_machine_is_told_to_those_who_may_do_everything_and_to_the_log() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let role = json!({"name": "sealer", "allow": ["manage:system:>"]});
    let made = daemon.post("/roles", &role);
    assert_eq!(made.status, 201, "{}", made.json());
    let sealer = make_key(&daemon, &json!({"name": "ci", "role": "sealer"}));
    let keys = scratch.path().join("data.keys");
    std::fs::rename(&keys, scratch.path().join("elsewhere")).unwrap();

    let told = ask(&daemon, &sealer, "POST", "/seal/rotate", &json!({}));
    let everything = daemon.post("/seal/rotate", &json!({}));
    std::fs::rename(scratch.path().join("elsewhere"), &keys).unwrap();

    let path = keys.display().to_string();
    assert!(told.status >= 500 && told.json()["code"] == "daemon.cannot_create", "{}", told.json());
    assert!(!told.json().to_string().contains(&path), "{}", told.json());
    assert!(everything.json()["detail"].as_str().unwrap().contains(&path), "{}", everything.json());
    let log = std::fs::read_to_string(scratch.file("logs/panotti.log")).unwrap();
    let line = log.lines().find(|line| line.contains(told.header("x-request-id"))).unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains(&path), "{line}");
}
