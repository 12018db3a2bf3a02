//! The audit of a real daemon: what a record says, and that `panotti audit verify` sees what was done to it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::http::Connection;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

static VALUE: AtomicU64 = AtomicU64::new(0);

/// Changes something that is audited, and gives the id of the request.
fn change(daemon: &Daemon, plugin: &str) -> String {
    set(&mut daemon.connect(), &format!("/plugins/{plugin}/state/k"))
}

fn set(connection: &mut Connection, path: &str) -> String {
    // Another value each time: what changes nothing is not recorded.
    let value = VALUE.fetch_add(1, Ordering::Relaxed);
    let body = json!({"value": value, "reason": "a test"}).to_string();
    let answer = connection.request("PUT", path, &[("content-type", "application/json")], body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.header("x-request-id").to_owned()
}

/// A folder with a plugin whose state can be changed.
fn folder() -> Scratch {
    let scratch = Scratch::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700).create(scratch.data()).unwrap();
    let plugin = scratch.file("plugins/idle");
    std::fs::create_dir_all(&plugin).unwrap();
    let manifest = "name: idle\nversion: 0.1.0\nenabled: false\nruntime: exec\ncommand: [\"true\"]\non: [{topic: idle.asked}]\n";
    std::fs::write(plugin.join("plugin.yaml"), manifest).unwrap();
    scratch
}

fn records(daemon: &Daemon, query: &str) -> Vec<Value> {
    daemon.get(&format!("/audit?limit=1000&{query}")).json()["items"].as_array().unwrap().clone()
}

fn database(scratch: &Scratch) -> rusqlite::Connection {
    rusqlite::Connection::open(scratch.file("panotti.db")).unwrap()
}

fn checkpoint_copy(scratch: &Scratch) -> PathBuf {
    let keys = scratch.path().join("data.keys");
    let found = std::fs::read_dir(keys).unwrap().map(|entry| entry.unwrap().path());
    found.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "checkpoints")).unwrap()
}

#[test]
fn rule_21_a_record_says_who_did_what_from_where_and_in_which_request() {
    let scratch = folder();
    let daemon = Daemon::start(&scratch);

    let request = change(&daemon, "idle");

    let record = &records(&daemon, "action=plugin.state.*")[0];
    let uid = rustix::process::geteuid().as_raw();
    let peer = format!("uid {uid}");
    for (field, value) in [("object", "idle/k"), ("decision", "allowed"), ("reason", "a test"), ("peer", &*peer), ("request_id", &*request)]
    {
        assert_eq!(record[field], value, "{field} of {record}");
    }
    assert!(record["actor"].as_str().unwrap().starts_with("user:"), "{record}");
    assert_eq!(records(&daemon, "action=nothing.*"), Vec::<Value>::new());
    assert_eq!(records(&daemon, "actor=user:*&object=idle*&decision=allowed").len(), 1);
    assert_eq!(records(&daemon, "decision=denied").len(), 0);
    let first = &records(&daemon, "order=oldest")[0];
    assert_eq!((&first["number"], &first["action"]), (&json!(1), &json!("audit.key")), "the key that signs is made once, on record");
    assert_eq!(records(&daemon, "after=1&order=oldest")[0]["number"], 2);
    assert_eq!(records(&daemon, "since=2100-01-01T00:00:00Z").len(), 0);
    assert_eq!(records(&daemon, "until=2001-01-01T00:00:00Z").len(), 0);
}

#[test]
fn rule_21_an_untouched_audit_verifies_with_the_daemon_and_from_an_export_without_it() {
    let scratch = folder();
    let daemon = Daemon::start(&scratch);
    (0..30).for_each(|_| drop(change(&daemon, "idle")));

    let verified = scratch.run(&["audit", "verify", "-o", "json"]);
    let export = scratch.run(&["audit", "export"]);
    let later = scratch.run(&["audit", "export", "--after", "10"]);
    assert!(daemon.stop().success());

    let verified: Value = serde_json::from_slice(&verified.stdout).unwrap_or_else(|_| panic!("{}", told(&verified)));
    assert_eq!((&verified["ok"], verified["records"].as_u64().unwrap() >= 31), (&json!(true), true), "{verified}");
    assert_eq!(verified["not_proven"].as_array().unwrap().len(), 3, "it says what it cannot prove");
    let file = scratch.path().join("audit.jsonl");
    std::fs::write(&file, &export.stdout).unwrap();
    let (file, copy) = (file.to_str().unwrap(), checkpoint_copy(&scratch));
    let key = verified["public_key"].as_str().unwrap();
    let offline = scratch.run(&["audit", "verify", "--file", file, "--checkpoints", copy.to_str().unwrap(), "--key", key]);
    assert!(offline.status.success(), "{}", told(&offline));
    assert!(told(&offline).contains("compared with"), "{}", told(&offline));
    let part = scratch.run_with_input(&["audit", "verify", "--file", "-", "-o", "json"], &later.stdout);
    let part: Value = serde_json::from_slice(&part.stdout).unwrap();
    assert_eq!((&part["from"], &part["signed_to"]), (&json!(11), &json!(0)));

    let forged = String::from_utf8(export.stdout).unwrap().replacen("idle/k", "idle/x", 1);
    std::fs::write(file, forged).unwrap();
    let offline = scratch.run(&["audit", "verify", "--file", file]);
    assert_eq!(offline.status.code(), Some(1));
    assert!(told(&offline).contains("it was changed"), "{}", told(&offline));
}

#[test]
fn rule_21_an_edited_record_is_named_and_the_daemon_says_so_from_its_start_on() {
    let scratch = folder();
    let daemon = Daemon::start(&scratch);
    (0..5).for_each(|_| drop(change(&daemon, "idle")));
    assert!(daemon.stop().success());

    database(&scratch).execute("UPDATE audit SET reason = 'another' WHERE entry = 4", []).unwrap();
    let daemon = Daemon::start(&scratch);

    let verified = scratch.run(&["audit", "verify"]);
    assert_eq!(verified.status.code(), Some(1));
    assert!(told(&verified).contains("record 4: it was changed"), "{}", told(&verified));
    drop(daemon);
}

#[test]
fn rule_21_a_data_folder_from_before_is_noticed_by_the_copy_outside_of_it() {
    let scratch = folder();
    let daemon = Daemon::start(&scratch);
    change(&daemon, "idle");
    assert!(daemon.stop().success());
    let kept = ["panotti.db", "seal", "audit.checkpoints"].map(|name| (name, std::fs::read(scratch.file(name)).unwrap()));
    let daemon = Daemon::start(&scratch);
    (0..5).for_each(|_| drop(change(&daemon, "idle")));
    let last = records(&daemon, "")[0]["number"].as_u64().unwrap();
    assert!(daemon.stop().success());

    for (name, bytes) in kept {
        std::fs::write(scratch.file(name), bytes).unwrap();
    }
    let daemon = Daemon::start(&scratch);

    let status = daemon.get("/status").json();
    assert!(status["health"].as_str().unwrap().contains("is not the one that was signed"), "{status}");
    assert_eq!(records(&daemon, "action=audit.broken").len(), 1, "and that is on record too");
    let verified = scratch.run(&["audit", "verify"]);
    assert_eq!(verified.status.code(), Some(1), "{}", told(&verified));
    assert!(told(&verified).contains("checkpoint"), "{}", told(&verified));
    assert!(last > 5);
}

#[test]
fn rule_21_records_added_while_no_daemon_ran_are_noticed_even_where_they_are_hashed_right() {
    let scratch = folder();
    let daemon = Daemon::start(&scratch);
    change(&daemon, "idle");
    let store = daemon.get("/status").json()["store_id"].as_str().unwrap().parse().unwrap();
    assert!(daemon.stop().success());
    let connection = database(&scratch);
    let mut head = panotti::daemon::store::sqlite::audit::head(&connection, store).unwrap();
    panotti::daemon::store::sqlite::audit::append(&connection, &mut head, &super::store::entry(1), Default::default()).unwrap();
    drop(connection);

    let daemon = Daemon::start(&scratch);

    let broken = records(&daemon, "action=audit.broken");
    assert!(broken[0]["detail"].as_str().unwrap().contains("added to the audit while no daemon ran"), "{broken:?}");
}

#[test]
fn rule_21_checkpoints_and_the_key_that_checks_them_can_be_fetched() {
    let scratch = folder();
    let daemon = Daemon::start(&scratch);

    let first = until("the first checkpoint is signed", || daemon.get("/audit/checkpoints").json()["items"][0].as_str().map(str::to_owned));

    assert!(first.starts_with("panotti-audit/sto_"), "{first}");
    assert_eq!(daemon.get("/audit/checkpoints").json()["public_key"], daemon.get("/status").json()["audit"]["public_key"]);
}

#[test]
fn rule_21_a_copy_that_cannot_be_written_is_told_in_the_status() {
    let scratch = folder();
    let elsewhere = scratch.path().join("elsewhere");
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_AUDIT__CHECKPOINT_DIRS", elsewhere.to_str().unwrap())]);

    let problem = until("the copy is missed", || {
        let status = daemon.get("/status").json();
        status["audit"]["problems"][0].as_str().map(str::to_owned)
    });

    assert!(problem.contains("not copied") && problem.contains("elsewhere"), "{problem}");
    assert!(told(&scratch.run(&["daemon", "status"])).contains("not copied"));
}

#[test]
fn rule_21_what_version_0_1_0_recorded_is_chained_at_the_upgrade() {
    let scratch = crate::flows::upgrade::folder_of("0.1.0");
    let old = database(&scratch).query_row("SELECT count(*) FROM audit", [], |row| row.get::<_, u64>(0)).unwrap();

    let daemon = Daemon::start(&scratch);

    let upgraded = records(&daemon, "action=store.upgrade");
    assert_eq!((upgraded.len(), upgraded[0]["number"].as_u64()), (1, Some(old + 1)), "{upgraded:?}");
    let verified = scratch.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", told(&verified));
    drop(daemon);
}
