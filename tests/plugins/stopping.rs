//! SIGTERM under load (semantics rule 23): leases go back, no attempt is used, it ends in time, also when handlers hang.

use std::time::{Duration, Instant};

use rusqlite::OpenFlags;
use rustix::process::Signal;
use serde_json::json;

use super::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::until;

const EVENTS: u64 = 200;
/// However long the drain: from SIGTERM to the end (issue 2).
const END_MAX: Duration = Duration::from_secs(35);

/// Handles events in threads, until there is a file that makes them hang for ever.
const HANDLES_OR_HANGS: &str = "    @on('t.x')\n    def x(self, event):\n        time.sleep(0.02)\n        \
    while os.path.exists(os.path.join(self.data_dir, 'hang')):\n            \
    open(os.path.join(self.data_dir, 'hanging'), 'w').close()\n            time.sleep(0.5)";

struct Load {
    stage: Stage,
    events: Vec<String>,
}

impl Load {
    fn new() -> Self {
        let stage = Stage::with("on: [{topic: t.x, concurrency: 8}]", &[("plugin.py", &python(HANDLES_OR_HANGS))]);
        Self { stage, events: Vec::new() }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.stage.scratch.data().join("plugin-data/p").join(name)
    }

    /// A daemon that is in the middle of the load, `hanging` or not.
    fn in_the_middle(&mut self, variables: &[(&str, &str)], hanging: bool) -> Daemon {
        let daemon = Daemon::start_with(&self.stage.scratch, &[], variables);
        self.stage.until_state(&daemon, "p", "running");
        self.stage.ask(&["event", "publish", "t.x", "{}", "--count", &EVENTS.to_string()]);
        let all = daemon.get("/events?topic=t.x&limit=500").json();
        self.events = all["items"].as_array().unwrap().iter().map(|event| event["eventid"].as_str().unwrap().to_owned()).collect();
        assert_eq!(self.events.len() as u64, EVENTS);
        until("some of it is done", || {
            let status = daemon.get("/events/status").json();
            (status["deliveries"]["done"].as_u64().unwrap_or(0) >= 5).then_some(())
        });
        if hanging {
            std::fs::write(self.file("hang"), "").unwrap();
            until("handlers hang", || self.file("hanging").exists().then_some(()));
        }
        daemon
    }

    /// Nothing but what is done may have left a trace. Gives how many are done.
    fn only_done_is_written(&self) -> u64 {
        let database =
            rusqlite::Connection::open_with_flags(self.stage.scratch.file("panotti.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
        assert_eq!(count("SELECT count(*) FROM deliveries WHERE state <> 6 OR attempts <> 1"), 0, "only done ones have a row");
        assert_eq!(count("SELECT count(*) FROM attempts"), 0, "nobody has tried twice");
        count("SELECT count(*) FROM deliveries")
    }

    /// The same deliveries are handled by the next daemon, each with its first counted attempt.
    fn all_done_after_a_restart(&self) {
        let _ = std::fs::remove_file(self.file("hang"));
        let daemon = self.stage.start();
        for event in &self.events {
            let done = self.stage.until_delivery(&daemon, event, |delivery| delivery["state"] == "done");
            assert_eq!((&done["attempts"], done["history"].as_array().unwrap().len()), (&json!(1), 1), "{done:#}");
        }
        assert!(daemon.stop().success());
    }
}

#[test]
fn rule_23_sigterm_under_load_returns_every_lease_and_uses_no_attempt() {
    let mut load = Load::new();
    let daemon = load.in_the_middle(&[], false);
    let began = Instant::now();
    assert!(daemon.stop().success());
    let done = load.only_done_is_written();
    println!("stopped under load after {:?} with {done} of {EVENTS} done", began.elapsed());
    assert!(done < EVENTS, "it was stopped in the middle");
    load.all_done_after_a_restart();
}

fn stops_while_a_handler_hangs(variables: &[(&str, &str)], least: Duration, most: Duration) {
    let mut load = Load::new();
    let daemon = load.in_the_middle(variables, true);
    let began = Instant::now();
    assert!(daemon.stop().success());
    let took = began.elapsed();
    println!("stopped with hanging handlers after {took:?} ({variables:?})");
    assert!(took >= least && took < most, "{took:?}");
    load.only_done_is_written();
    load.all_done_after_a_restart();
}

#[test]
fn rule_23_sigterm_while_handlers_hang_waits_for_the_drain_and_returns_every_lease() {
    stops_while_a_handler_hangs(&[("PANOTTI_DAEMON__DRAIN", "1s")], Duration::from_secs(1), Duration::from_secs(12));
}

#[test]
fn rule_23_sigterm_while_handlers_hang_ends_within_35_s_with_the_default_drain() {
    stops_while_a_handler_hangs(&[], Duration::from_secs(25), END_MAX);
}

#[test]
fn rule_23_a_plugin_that_answers_nothing_while_it_stops_is_killed_after_the_drain_and_the_goodbye() {
    let script = format!("{}ready\ntrap '' TERM HUP INT\nwhile :; do sleep 1; done\n", super::stage::READY);
    let stage = Stage::with("runtime: native\nentry: run.sh", &[("run.sh", &script)]);
    let daemon = Daemon::start_with(&stage.scratch, &[], &[("PANOTTI_DAEMON__DRAIN", "1s")]);
    stage.until_state(&daemon, "p", "running");
    stage.publish("t.x", "{}");
    until("it is held", || (daemon.get("/events/status").json()["deliveries"]["leased"] == 1).then_some(()));
    let subscription = &stage.listed("p")["subscriptions"][0];
    assert_eq!((&subscription["pending"], &subscription["leased"]), (&json!(0), &json!(1)), "it is counted once: {subscription:#}");
    let began = Instant::now();
    assert!(daemon.stop().success());
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(6) && took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn rule_23_a_second_sigterm_makes_it_fast_and_loses_nothing() {
    let mut load = Load::new();
    let mut daemon = load.in_the_middle(&[], true);
    daemon.signal(Signal::TERM);
    let began = Instant::now();
    // Signals that come together are one: the first has to be taken before the second is sent.
    until("it is stopping", || log(&load.stage).contains("\"stopping\"").then_some(()));
    daemon.signal(Signal::TERM);
    assert!(daemon.wait().success());
    let took = began.elapsed();
    println!("told twice: {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    load.only_done_is_written();
    load.all_done_after_a_restart();
}

fn log(stage: &Stage) -> String {
    std::fs::read_to_string(stage.scratch.file("logs/panotti.log")).unwrap_or_default()
}
