//! The end of the log is damaged behind the daemon's back: cut off, or with a bit turned. SQLite opens what is left as if nothing had
//! happened; the seal knows better. `PANOTTI_TAILS` is how many logs are damaged.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;

use crate::support::daemon::Daemon;
use crate::support::random::Random;
use crate::support::scratch::Scratch;

/// What there is to damage.
const FILES: [&str; 3] = ["panotti.db", "panotti.db-wal", "seal"];
const EVENTS: u64 = 12;

/// A killed daemon's data folder with this many events in its log, and a copy of its files.
fn killed() -> (Scratch, Vec<(PathBuf, Vec<u8>)>) {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for number in 0..EVENTS {
        assert_eq!(daemon.post("/events", &json!({"type": "a.b", "data": number})).status, 201);
    }
    daemon.kill();
    let files = FILES.map(|name| (scratch.file(name), std::fs::read(scratch.file(name)).unwrap()));
    (scratch, files.into())
}

fn put_back(scratch: &Scratch, files: &[(PathBuf, Vec<u8>)]) {
    let _ = std::fs::remove_file(scratch.file("panotti.db-shm"));
    files.iter().for_each(|(path, bytes)| put(path, bytes));
}

fn put(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// The newest event that is left, as SQLite alone sees it. Looks at a copy, because SQLite changes what it looks at.
fn left(scratch: &Scratch) -> u64 {
    let copy = tempfile::tempdir().unwrap();
    for name in &FILES[..2] {
        std::fs::copy(scratch.file(name), copy.path().join(name)).unwrap();
    }
    newest(&copy.path().join(FILES[0]))
}

fn newest(database: &Path) -> u64 {
    let open = rusqlite::Connection::open(database).unwrap();
    open.query_row("SELECT coalesce(max(sequence), 0) FROM events", [], |row| row.get(0)).unwrap()
}

#[test]
fn d8_each_cut_and_each_turned_bit_in_committed_frames_is_noticed_with_the_range_that_is_missing() {
    let rounds = std::env::var("PANOTTI_TAILS").map_or(200, |text| text.parse().unwrap());
    let began = Instant::now();
    let mut random = Random::from_environment("PANOTTI_TAILS_SEED");
    let (scratch, files) = killed();
    let whole = files[1].1.clone();
    let mut ranges = std::collections::BTreeSet::new();
    for round in 0..rounds {
        put_back(&scratch, &files);
        let mut log = whole.clone();
        let place = random.below(log.len() as u64) as usize;
        match round % 2 {
            0 => log.truncate(place),
            _ => log[place] ^= 1 << random.below(8),
        }
        put(&scratch.file("panotti.db-wal"), &log);
        let first = left(&scratch) + 1;

        let (ended, words) = Daemon::refused(&scratch);

        assert_eq!(ended, Some(78), "place {place} of {} in round {round}: {words}", whole.len());
        assert!(words.contains("store.tail_lost") && words.contains("--accept-loss"), "{words}");
        let range = format!("events {first} to {EVENTS} were accepted");
        assert!(first > EVENTS || words.contains(&range), "{range}: {words}");
        assert!(first <= EVENTS || words.contains("no event is among them"), "{words}");
        let kept = [&files[0].1, &log, &files[2].1];
        assert_eq!(
            FILES.map(|name| std::fs::read(scratch.file(name)).unwrap()).each_ref(),
            kept,
            "a start that is refused changes nothing"
        );
        ranges.insert(first);
    }
    println!(
        "{rounds} logs of {} bytes cut off or with a bit turned: each noticed, with {} different ranges, in {:.0} s",
        whole.len(),
        ranges.len(),
        began.elapsed().as_secs_f64()
    );
    assert!(ranges.len() > 3, "only {ranges:?} were missing");
}

#[test]
fn rule_22_what_was_lost_is_given_up_once_even_where_the_store_has_forgotten_its_keys_with_it() {
    let (scratch, _) = killed();
    std::fs::remove_file(scratch.file("panotti.db-wal")).unwrap();

    let (ended, words) = Daemon::refused(&scratch);
    assert_eq!(ended, Some(78), "{words}");
    assert!(words.contains(&format!("events 1 to {EVENTS} were accepted")), "{words}");
    let daemon = Daemon::start_with(&scratch, &["--accept-loss"], &[]);
    let receipt = daemon.post("/events", &json!({"type": "a.b", "data": "after"})).json();
    assert_eq!(receipt["sequence"].as_u64(), Some(EVENTS + 1), "{receipt}");
    let audit = daemon.get("/audit?action=store.accept_loss").json();
    assert_eq!(audit["items"][0]["detail"], json!(format!("sequences 1 to {EVENTS} are gone")), "{audit:#}");
    daemon.kill();
    let daemon = Daemon::start(&scratch);
    let event = receipt["eventid"].as_str().unwrap();
    assert_eq!(daemon.get(&format!("/events/{event}")).json()["data"], "after");
    assert!(daemon.stop().success());
}

#[test]
fn rule_22_a_database_with_another_history_is_refused_although_it_is_no_shorter() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    assert_eq!(daemon.post("/events", &json!({"type": "a.b"})).status, 201);
    assert!(daemon.stop().success());
    let before = std::fs::read(scratch.file("panotti.db")).unwrap();
    let seal = std::fs::read(scratch.file("seal")).unwrap();
    let another = |text: &str| {
        let daemon = Daemon::start(&scratch);
        assert_eq!(daemon.post("/events", &json!({"type": "a.b", "data": text})).status, 201);
        assert!(daemon.stop().success());
        (std::fs::read(scratch.file("panotti.db")).unwrap(), std::fs::read(scratch.file("seal")).unwrap())
    };
    let (_, first_seal) = another("first");
    std::fs::write(scratch.file("panotti.db"), before).unwrap();
    std::fs::write(scratch.file("seal"), seal).unwrap();
    another("second");
    std::fs::write(scratch.file("seal"), first_seal).unwrap();

    let (ended, words) = Daemon::refused(&scratch);
    assert_eq!(ended, Some(78), "{words}");
    assert!(words.contains("another history"), "{words}");
    let accepted = Daemon::start_with(&scratch, &["--accept-loss"], &[]);
    assert!(accepted.stop().success());
    assert!(Daemon::start(&scratch).stop().success(), "given up once is given up");
}
