//! A hundred thousand deliveries wait behind one dead letter that blocks its key: they cost no memory, and no other key waits for them.

use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Published behind the dead letter, unless `PANOTTI_BEHIND_EVENTS` says otherwise.
const EVENTS: u64 = 100_000;
/// Events of other keys, whose way to the end is measured.
const OTHERS: usize = 200;
/// The daemon may grow by so much.
const GROWTH_BYTES_MAX: u64 = 64 * 1024 * 1024;

const PLUGIN: &str = "from panotti import *\n\nclass P(PluginBase):\n    @on('t.x')\n    def x(self, event):\n        if event.payload['id'] == 'stuck':\n            raise Reject('stuck')\n\nP.main()\n";

fn install(scratch: &Scratch) {
    let folder = scratch.data().join("plugins/p");
    std::fs::create_dir_all(&folder).unwrap();
    let manifest = "name: p\nversion: 0.1.0\nlimits: {start: 30s}\non: [{topic: t.x, key: data.id, on_dead: block}]\n";
    std::fs::write(folder.join("plugin.yaml"), manifest).unwrap();
    std::fs::write(folder.join("plugin.py"), PLUGIN).unwrap();
}

/// Memory of the daemon's own that is in use, in bytes.
pub fn memory_bytes(daemon: &Daemon) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Publishes events of other keys and gives the times until each was done, shortest first.
fn others(daemon: &Daemon, round: &str) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..OTHERS)
        .map(|number| {
            let begun = Instant::now();
            let receipt = daemon.post("/events", &json!({"type": "t.x", "data": {"id": format!("{round}-{number}")}})).json();
            let path = format!("/events/{}", receipt["eventid"].as_str().unwrap());
            until("an event of another key is done", || {
                (daemon.get(&path).json()["deliveries"][0]["state"] == "done").then(|| begun.elapsed())
            })
        })
        .collect();
    times.sort();
    times
}

#[test]
fn rule_11_a_hundred_thousand_behind_a_dead_letter_cost_no_memory_and_hold_no_other_key_up() {
    let events = std::env::var("PANOTTI_BEHIND_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(EVENTS);
    let scratch = Scratch::new();
    std::fs::DirBuilder::new().mode(0o700).create(scratch.data()).unwrap();
    install(&scratch);
    let daemon = Daemon::start(&scratch);
    let first = daemon.post("/events", &json!({"type": "t.x", "data": {"id": "stuck"}})).json();
    let first = format!("/events/{}", first["eventid"].as_str().unwrap());
    until("the first is dead", || (daemon.get(&first).json()["deliveries"][0]["state"] == "dead").then_some(()));
    let idle = others(&daemon, "idle");
    let before = memory_bytes(&daemon);

    let lines = scratch.path().join("lines");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&lines).unwrap());
    (0..events).for_each(|_| writeln!(file, r#"{{"id":"stuck"}}"#).unwrap());
    file.flush().unwrap();
    let published = scratch.run(&["event", "publish", "t.x", "--jsonl", &format!("@{}", lines.display())]);
    assert!(published.status.success(), "{}", told(&published));
    let behind = others(&daemon, "behind");
    let grown = memory_bytes(&daemon).saturating_sub(before);

    daemon.kill();
    let begun = Instant::now();
    let daemon = Daemon::start(&scratch);
    let after = others(&daemon, "after");
    println!("{events} events behind a dead letter: the daemon grew by {} KiB", grown / 1024);
    for (when, times) in [("before", &idle), ("behind it", &behind), ("after a kill", &after)] {
        println!("other keys {when}: median {:?}, p99 {:?}", times[OTHERS / 2], times[OTHERS * 99 / 100]);
    }
    println!("from start to the last of them: {:?}", begun.elapsed());
    assert!(grown <= GROWTH_BYTES_MAX, "the daemon grew by {grown} bytes");
    let status = daemon.get("/events/status").json();
    assert_eq!(status["subscriptions"][0]["pending"], events, "what waits is still owed: {status:#}");
    assert!(daemon.stop().success());
}
