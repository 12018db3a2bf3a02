//! A replay of very many stored events as fast as its plugin takes them: it costs no memory, live events of the same subscription go on
//! beside it, and it is over at once when it is cancelled.

use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::time::{Duration, Instant};

use serde_json::json;

use super::behind::memory_bytes;
use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Stored before the replay, unless `PANOTTI_REPLAY_EVENTS` says otherwise.
const EVENTS: u64 = 20_000;
/// Repeated before the live events are published.
const UNDER_WAY: u64 = 1_000;
/// Live events, whose way to the end is measured.
const LIVE: usize = 200;
/// The daemon may grow by so much.
const GROWTH_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// From the request to the replay's end.
const CANCEL_MAX: Duration = Duration::from_secs(1);

const PLUGIN: &str =
    "from panotti import *\n\nclass P(PluginBase):\n    @on('t.x')\n    async def x(self, event):\n        pass\n\nP.main()\n";

fn install(scratch: &Scratch) {
    let folder = scratch.data().join("plugins/p");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("plugin.yaml"), "name: p\nversion: 0.1.0\nlimits: {start: 30s}\non: [{topic: t.x}]\n").unwrap();
    std::fs::write(folder.join("plugin.py"), PLUGIN).unwrap();
}

/// Publishes so many events that nobody subscribes to yet.
fn store(scratch: &Scratch, events: u64) {
    let lines = scratch.path().join("lines");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&lines).unwrap());
    (0..events).for_each(|n| writeln!(file, r#"{{"n":{n}}}"#).unwrap());
    file.flush().unwrap();
    let published = scratch.run(&["event", "publish", "t.x", "--jsonl", &format!("@{}", lines.display())]);
    assert!(published.status.success(), "{}", told(&published));
}

/// Publishes live events one after another and gives the times until each was done, shortest first.
fn live(daemon: &Daemon) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..LIVE)
        .map(|_| {
            let begun = Instant::now();
            let receipt = daemon.post("/events", &json!({"type": "t.x", "data": {}})).json();
            let path = format!("/events/{}", receipt["eventid"].as_str().unwrap());
            until("a live event is done", || (daemon.get(&path).json()["deliveries"][0]["state"] == "done").then(|| begun.elapsed()))
        })
        .collect();
    times.sort();
    times
}

#[test]
fn rule_10_a_replay_of_very_many_at_full_speed_costs_no_memory_and_is_cancelled_at_once() {
    let events = std::env::var("PANOTTI_REPLAY_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(EVENTS);
    let scratch = Scratch::new();
    std::fs::DirBuilder::new().mode(0o700).create(scratch.data()).unwrap();
    let daemon = Daemon::start(&scratch);
    store(&scratch, events);
    assert!(daemon.stop().success());
    install(&scratch);
    let daemon = Daemon::start(&scratch);
    until("the plugin runs", || (daemon.get("/plugins/p/status").json()["state"] == "running").then_some(()));
    let idle = live(&daemon);
    let before = memory_bytes(&daemon);

    let begun = Instant::now();
    let started = scratch.run(&["replay", "start", "--topic", "t.x", "--to", "p/t.x", "--rate", "max", "--yes", "-o", "json"]);
    assert!(started.status.success(), "{}", told(&started));
    let started: serde_json::Value = serde_json::from_slice(&started.stdout).unwrap();
    // Counted in parts: a part looks at 10,000 of them.
    let plan = &started["plan"];
    assert_eq!((plan["events"].as_u64(), plan["deliveries"].as_u64()), (Some(events + LIVE as u64), Some(events + LIVE as u64)), "{plan}");
    assert_eq!(started["replay"]["selected"], plan["deliveries"], "the progress is measured by the plan");
    let path = format!("/replays/{}", started["replay"]["replayid"].as_str().unwrap());
    let repeated = || daemon.get(&path).json()["ok"].as_u64().unwrap();
    until("it is well under way", || (repeated() >= UNDER_WAY.min(events / 4)).then_some(()));
    let during = live(&daemon);
    let (done, taken) = (repeated(), begun.elapsed());
    let still_runs = daemon.get(&path).json()["state"] == "running";
    let grown = memory_bytes(&daemon).saturating_sub(before);

    let asked = Instant::now();
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(daemon.post(&format!("/replays/{id}/cancel"), &json!({})).status, 200);
    until("it has ended", || daemon.get(&path).json()["ended_at"].is_string().then_some(()));
    let cancelled = asked.elapsed();

    println!("{done} of {events} repeated in {taken:?}; the daemon grew by {} KiB; cancelled within {cancelled:?}", grown / 1024);
    for (when, times) in [("before", &idle), ("beside it", &during)] {
        println!("live events {when}: median {:?}, p99 {:?}", times[LIVE / 2], times[LIVE * 99 / 100]);
    }
    assert!(still_runs, "it was still under way when the live events had been handled");
    assert!(grown <= GROWTH_BYTES_MAX, "the daemon grew by {grown} bytes");
    assert!(cancelled <= CANCEL_MAX, "cancelled after {cancelled:?}");
    assert!(daemon.stop().success());
}
