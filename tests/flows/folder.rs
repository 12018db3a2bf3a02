//! The data folder: one daemon at a time, nothing foreign or newer touched, nothing open to others, a lost tail noticed.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Starts `daemon run`, which is expected to end by itself, and gives its exit code and its words.
fn refused(scratch: &Scratch) -> (Option<i32>, String) {
    let output = scratch.run(&["daemon", "run"]);
    (output.status.code(), told(&output))
}

/// A folder with a store in it that a daemon has left in order.
fn used_folder() -> Scratch {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    publish(&daemon, 3);
    assert!(daemon.stop().success());
    scratch
}

fn publish(daemon: &Daemon, events: u64) {
    for number in 0..events {
        assert_eq!(daemon.post("/events", &json!({"type": "a.b", "data": number})).status, 201);
    }
}

/// Every file below a folder: bytes and time of the last change.
pub fn picture(folder: &Path) -> BTreeMap<String, (Vec<u8>, i64, i64)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let path = entry.path();
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() {
            found.extend(picture(&path));
        } else {
            let bytes = if metadata.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
            found.insert(path.display().to_string(), (bytes, metadata.mtime(), metadata.mtime_nsec()));
        }
    }
    found
}

/// Writes four bytes into the database's header.
fn set_header(scratch: &Scratch, at: u64, number: u32) {
    use std::os::unix::fs::FileExt;
    let file = std::fs::OpenOptions::new().write(true).open(scratch.file("panotti.db")).unwrap();
    file.write_all_at(&number.to_be_bytes(), at).unwrap();
}

#[test]
fn a_second_daemon_on_the_folder_ends_with_75_and_names_the_first() {
    let scratch = Scratch::new();
    let first = Daemon::start(&scratch);

    let (code, words) = refused(&scratch);

    assert_eq!(code, Some(75), "{words}");
    assert!(words.contains(&format!("process id {}", first.pid())) && words.contains("daemon.already_running"), "{words}");
    assert_eq!(first.get("/readyz").status, 200, "the first goes on");
    let again = scratch.run(&["daemon", "start", "-o", "json"]);
    let answer: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((again.status.code(), &answer["changed"], &answer["pid"]), (Some(0), &json!(false), &json!(first.pid())));
}

#[test]
fn of_twenty_daemons_started_at_once_exactly_one_runs() {
    let scratch = Scratch::new();
    let start = |_| scratch.panotti(&["daemon", "run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut children: Vec<_> = (0..20).map(start).collect();
    let mut codes = Vec::new();

    until("nineteen have ended", || {
        children.retain_mut(|child| match child.try_wait().unwrap() {
            Some(status) => {
                codes.push(status.code());
                false
            }
            None => true,
        });
        (children.len() <= 1).then_some(())
    });

    let mut winner = children.pop().expect("one runs");
    let ready = until("it is ready, or ends", || match winner.try_wait().unwrap() {
        Some(status) => Some(Err(status)),
        None => scratch.run(&["health", "ready"]).status.success().then_some(Ok(())),
    });
    let status = scratch.run(&["daemon", "status", "-o", "json"]);
    winner.kill().unwrap();
    winner.wait().unwrap();
    assert_eq!(ready, Ok(()));
    assert_eq!(codes, [Some(75); 19]);
    assert_eq!(serde_json::from_slice::<Value>(&status.stdout).unwrap()["pid"], json!(winner.id()));
}

#[test]
fn a_folder_from_a_newer_version_is_refused_and_not_touched() {
    const USER_VERSION: u64 = 60;
    let scratch = used_folder();
    set_header(&scratch, USER_VERSION, 99);
    let before = picture(&scratch.data());

    let (code, words) = refused(&scratch);

    assert_eq!(code, Some(65), "{words}");
    assert!(words.contains("format 99") && words.contains("store.newer"), "{words}");
    assert!(picture(&scratch.data()) == before, "every file is as it was, to the byte and to its time");
}

#[test]
fn a_database_of_another_program_is_refused_and_not_touched() {
    const APPLICATION_ID: u64 = 68;
    let scratch = used_folder();
    set_header(&scratch, APPLICATION_ID, 0x1234_5678);
    let before = picture(&scratch.data());

    let (code, words) = refused(&scratch);

    assert_eq!(code, Some(65), "{words}");
    assert!(words.contains("store.foreign"), "{words}");
    assert!(picture(&scratch.data()) == before, "every file is as it was");
}

#[test]
fn a_folder_that_is_open_to_others_is_refused_with_the_command_that_closes_it() {
    let scratch = used_folder();
    std::fs::set_permissions(scratch.data(), std::fs::Permissions::from_mode(0o755)).unwrap();

    let (code, words) = refused(&scratch);

    assert_eq!(code, Some(77), "{words}");
    assert!(words.contains(&format!("chmod 700 {}", scratch.data().display())), "{words}");
}

#[test]
fn a_leftover_socket_is_replaced_and_anything_else_in_its_place_is_not() {
    let scratch = Scratch::new();
    Daemon::start(&scratch).kill();
    assert!(scratch.socket().exists(), "a killed daemon leaves its socket");
    assert!(Daemon::start(&scratch).stop().success());
    assert!(!scratch.socket().exists(), "one that stops takes it along");

    std::fs::write(scratch.socket(), "mine").unwrap();
    let (code, words) = refused(&scratch);

    assert_eq!(code, Some(77), "{words}");
    assert!(words.contains("is no socket"), "{words}");
    assert_eq!(std::fs::read(scratch.socket()).unwrap(), b"mine");
}

/// Takes a store back to an older state of its database, as a copy restored by hand would.
fn with_a_lost_tail() -> Scratch {
    let scratch = used_folder();
    let copy = std::fs::read(scratch.file("panotti.db")).unwrap();
    let daemon = Daemon::start(&scratch);
    publish(&daemon, 4);
    assert!(daemon.stop().success());
    std::fs::write(scratch.file("panotti.db"), copy).unwrap();
    scratch
}

#[test]
fn rule_22_an_older_copy_of_the_database_is_refused_with_the_range_that_is_missing() {
    let scratch = with_a_lost_tail();

    let (code, words) = refused(&scratch);

    assert_eq!(code, Some(78), "{words}");
    assert!(words.contains("events 4 to 7") && words.contains("--accept-loss") && words.contains("store.tail_lost"), "{words}");
}

#[test]
fn rule_22_a_write_ahead_log_that_was_cut_off_is_noticed() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    publish(&daemon, 6);
    daemon.kill();
    let log = std::fs::OpenOptions::new().write(true).open(scratch.file("panotti.db-wal")).unwrap();
    log.set_len(log.metadata().unwrap().len() / 2).unwrap();

    let (code, words) = refused(&scratch);

    assert_eq!(code, Some(78), "{words}");
    assert!(words.contains(" to 6 were accepted and are not in the database"), "{words}");
}

#[test]
fn rule_22_a_loss_that_is_accepted_is_written_to_the_audit_and_not_asked_about_again() {
    let scratch = with_a_lost_tail();

    let daemon = Daemon::start_with(&scratch, &["--accept-loss"], &[]);
    assert_eq!(daemon.get("/events/status").json()["accepted"], 3);
    assert!(daemon.stop().success());
    let daemon = Daemon::start(&scratch);
    publish(&daemon, 1);
    assert_eq!(daemon.get("/events/status").json()["accepted"], 8, "no sequence is given twice, not that of a lost event either");
    assert!(daemon.stop().success());

    let database = rusqlite::Connection::open(scratch.file("panotti.db")).unwrap();
    let told: String = database.query_row("SELECT detail FROM audit WHERE action = 'store.accept_loss'", [], |row| row.get(0)).unwrap();
    assert_eq!(told, "sequences 4 to 7 are gone");
}
