//! Stores that released versions wrote are opened by this one, and everything in them is still there. `scripts/fixture.sh` wrote them.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::scratch::Scratch;

/// The versions whose stores are kept.
const VERSIONS: [&str; 2] = ["0.1.0", "0.2.0"];

/// A data folder with a copy of what a version wrote.
pub fn folder_of(version: &str) -> Scratch {
    let scratch = Scratch::new();
    std::fs::DirBuilder::new().mode(0o700).create(scratch.data()).unwrap();
    let written = format!("{}/tests/fixtures/store-{version}", env!("CARGO_MANIFEST_DIR"));
    for file in ["panotti.db", "seal", "store-id"] {
        let copy = scratch.file(file);
        std::fs::copy(format!("{written}/{file}"), &copy).unwrap();
        std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    scratch
}

fn listed(daemon: &Daemon, query: &str) -> Vec<Value> {
    daemon.get(&format!("/events?limit=1000&{query}")).json()["items"].as_array().unwrap().clone()
}

#[test]
fn rule_01_what_earlier_versions_accepted_is_there_with_its_deliveries_and_its_dead_letters() {
    for version in VERSIONS {
        let scratch = folder_of(version);

        let daemon = Daemon::start(&scratch);

        assert_eq!(listed(&daemon, "topic=unit.*").len(), 20, "{version}");
        assert_eq!(listed(&daemon, "topic=judged.well").len(), 16, "{version}");
        let dead = listed(&daemon, "failed=true");
        let numbers: Vec<&str> = dead.iter().map(|event| event["id"].as_str().unwrap()).collect();
        assert_eq!(numbers, ["unit-20", "unit-15", "unit-10", "unit-5"], "{version}");
        for event in &dead {
            let shown = daemon.get(&format!("/events/{}", event["eventid"].as_str().unwrap())).json();
            let delivery = &shown["deliveries"][0];
            assert_eq!((&delivery["cause"], delivery["history"].as_array().unwrap().len()), (&json!("handler_error"), 2), "{shown}");
        }
        let text = listed(&daemon, "topic=note.text");
        let payload = daemon.get(&format!("/events/{}/payload", text[0]["eventid"].as_str().unwrap()));
        assert_eq!(payload.body, b"plain words", "{version}");
    }
}

#[test]
fn rule_13_an_event_that_an_earlier_version_accepted_is_known_when_it_is_published_again() {
    for version in VERSIONS {
        let scratch = folder_of(version);
        let daemon = Daemon::start(&scratch);
        let first = &listed(&daemon, "topic=unit.*&order=oldest")[0];

        let again = daemon.post("/events", &json!({ "type": "unit.1", "source": "/fixture", "id": "unit-1", "data": { "n": 1 } }));

        assert_eq!((again.status, &again.json()["duplicate"]), (200, &json!(true)), "{version}");
        assert_eq!(again.json()["eventid"], first["eventid"]);
        let next = daemon.post("/events", &json!({ "type": "unit.1", "data": {} })).json();
        assert!(next["sequence"].as_u64() > first["sequence"].as_u64());
    }
}

#[test]
fn what_version_0_1_0_stored_is_in_the_catalogue_of_topics_and_can_be_explained_as_far_as_it_is_known() {
    let scratch = folder_of("0.1.0");
    let daemon = Daemon::start(&scratch);

    let topic = daemon.get("/topics/judged.well").json();
    let stored = listed(&daemon, "topic=judged.well");

    assert_eq!((&topic["events"], &topic["last_eventid"]), (&json!(16), &stored[0]["eventid"]), "{topic}");
    assert_eq!(topic["producers"].as_array().unwrap().len(), 1, "{topic}");
    let handled = listed(&daemon, "failed=true")[0]["eventid"].as_str().unwrap().to_owned();
    let explained = daemon.get(&format!("/events/{handled}/explain")).json();
    let got: Vec<&Value> = explained["items"].as_array().unwrap().iter().filter(|item| item["gets"] == true).collect();
    assert_eq!((got.len(), &got[0]["state"]), (1, &json!("dead")), "{explained}");
}

#[test]
fn a_payload_that_was_accepted_before_json_was_read_strictly_is_shown_and_is_no_broken_store() {
    let scratch = folder_of("0.1.0");
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let store = rusqlite::Connection::open(scratch.file("panotti.db")).unwrap();
    let changed = store.execute("UPDATE events SET payload = ?1 WHERE id = 'unit-3'", [deep.as_bytes()]).unwrap();
    assert_eq!(changed, 1);
    drop(store);
    let daemon = Daemon::start(&scratch);
    let all = listed(&daemon, "topic=unit.*");
    let eventid = all.iter().find(|event| event["id"] == "unit-3").unwrap()["eventid"].as_str().unwrap();

    let shown = daemon.get(&format!("/events/{eventid}"));

    assert_eq!(shown.status, 200, "{}", shown.json());
    let event = shown.json();
    assert_eq!(event["data_base64"], data_encoding::BASE64.encode(deep.as_bytes()), "its bytes, where no reader of JSON goes so deep");
    assert_eq!(daemon.get(&format!("/events/{eventid}/payload")).body, deep.as_bytes());
}
