//! Ten thousand events of mixed sizes through a Python plugin that fails as it is told, while the daemon is killed twenty times: every
//! event is done or dead, nothing is lost, the sums add up, and after the fix a replay leaves nothing behind.

mod behind;
mod plugin;
mod replay;

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::Value;

use crate::support::daemon::Daemon;
use crate::support::random::Random;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

use plugin::{ALWAYS_FAILS_EVERY, calls, install};

/// Published, unless `PANOTTI_ENDURANCE_EVENTS` says otherwise.
const EVENTS: u64 = 10_000;
/// Times the daemon is killed meanwhile.
const KILLS: u64 = 20;
/// Largest payload, in bytes.
const PAYLOAD_BYTES_MAX: u64 = 64 * 1024;

#[test]
fn rule_01_ten_thousand_events_through_a_failing_plugin_and_twenty_kills_are_all_done_or_dead() {
    let events = std::env::var("PANOTTI_ENDURANCE_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(EVENTS);
    let scratch = Scratch::new();
    install(&scratch);
    write_lines(&scratch, events);
    let mut daemon = Daemon::start(&scratch);
    let lines = format!("@{}", scratch.path().join("lines").display());
    let mut publishing = scratch.panotti(&["event", "publish", "load.unit", "--jsonl", &lines]).spawn().unwrap();

    for kill in 1..=KILLS {
        let enough = kill * events / (KILLS + 1);
        until("the plugin was called often enough for the next kill", || (called(&scratch) >= enough).then_some(()));
        daemon.kill();
        daemon = Daemon::start(&scratch);
    }
    let published = until("everything is published", || publishing.try_wait().unwrap());
    assert!(published.success(), "publishing ended with {published}");
    settle(&daemon);

    let found = deliveries(&daemon);
    let in_state = |state: &str| found.values().filter(|delivery| delivery["state"] == state).count() as u64;
    let (done, dead) = (in_state("done"), in_state("dead"));
    assert_eq!(found.len() as u64, events, "every event is stored, and once");
    assert_eq!((done, dead), (events - events / ALWAYS_FAILS_EVERY, events / ALWAYS_FAILS_EVERY), "done and dead add up");
    every_done_was_called_and_every_dead_was_tried_four_times(&scratch, &daemon, &found);
    let counted = &daemon.get("/events/status").json()["subscriptions"][0];
    assert_eq!((counted["done"].as_u64(), counted["dead"].as_u64()), (Some(done), Some(dead)), "the counters say the same");

    mend_and_replay(&scratch, &daemon, dead);
    println!("{events} events, {KILLS} kills, {} calls: {done} done, {dead} dead, all of them recovered", called(&scratch));
}

/// One line an event; most are small, one in twenty goes up to the largest size.
fn write_lines(scratch: &Scratch, events: u64) {
    let mut random = Random::new(7);
    let mut file = std::io::BufWriter::new(std::fs::File::create(scratch.path().join("lines")).unwrap());
    for number in 1..=events {
        let most = if number % 20 == 0 { PAYLOAD_BYTES_MAX - 100 } else { 2_000 };
        let filler = "x".repeat(usize::try_from(random.below(most)).unwrap());
        writeln!(file, r#"{{"n":{number},"filler":"{filler}"}}"#).unwrap();
    }
    file.flush().unwrap();
}

fn called(scratch: &Scratch) -> u64 {
    calls(scratch).values().sum()
}

/// Waits until nothing is owed any more; each wait is for the next delivery that ends or is tried.
fn settle(daemon: &Daemon) {
    let numbers = || {
        let status = daemon.get("/events/status").json();
        let counted = status["subscriptions"][0].clone();
        let number = |name: &str| counted[name].as_u64().unwrap();
        (number("pending") + number("leased") + number("waiting"), number("done") + number("dead") + number("waiting"))
    };
    let mut before = numbers();
    while before.0 > 0 {
        before = until("another delivery ends", || Some(numbers()).filter(|now| *now != before));
    }
}

/// The one delivery of every event, by the event's id.
fn deliveries(daemon: &Daemon) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = daemon.get(&format!("/events?topic=load.unit&limit=1000{cursor}")).json();
        for event in page["items"].as_array().unwrap() {
            let deliveries = event["deliveries"].as_array().unwrap();
            assert_eq!(deliveries.len(), 1, "{event}");
            let twice = found.insert(event["eventid"].as_str().unwrap().to_owned(), deliveries[0].clone());
            assert!(twice.is_none(), "{event}");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

fn every_done_was_called_and_every_dead_was_tried_four_times(scratch: &Scratch, daemon: &Daemon, found: &BTreeMap<String, Value>) {
    let calls = calls(scratch);
    for (eventid, delivery) in found {
        let times = calls.get(eventid).copied().unwrap_or(0);
        assert!(times >= 1, "{eventid} is {} and the plugin was never called for it", delivery["state"]);
        if delivery["state"] == "dead" {
            let shown = daemon.get(&format!("/events/{eventid}")).json();
            let history = shown["deliveries"][0]["history"].as_array().unwrap();
            let counted = history.iter().filter(|attempt| attempt["counted"] == true).count();
            assert_eq!((delivery["attempts"].as_u64(), counted), (Some(4), 4), "{shown}");
            assert!(times >= 4, "{eventid} died and the plugin was called {times} times");
        }
    }
}

fn mend_and_replay(scratch: &Scratch, daemon: &Daemon, dead: u64) {
    let mended = scratch.run(&["plugin", "config", "set", "counter", "mended", "true"]);
    assert!(mended.status.success(), "{}", told(&mended));
    let replayed = scratch.run(&["event", "replay", "--failed"]);
    assert_eq!(replayed.status.code(), Some(0), "{}", told(&replayed));

    let left = scratch.run(&["event", "list", "--failed", "-o", "json"]);
    assert_eq!(String::from_utf8_lossy(&left.stdout).trim(), "[]", "nothing failed is left");
    let recovered = deliveries_recovered(daemon);
    assert_eq!(recovered, dead, "every dead letter is recovered");
}

fn deliveries_recovered(daemon: &Daemon) -> u64 {
    daemon.get("/events/status").json()["deliveries"]["recovered"].as_u64().unwrap()
}
