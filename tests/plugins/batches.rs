//! Handlers that take batches, from end to end: an outcome for each event, a kill in the middle of a batch, one that crashes its plugin.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::stage::{Stage, python};
use crate::support::daemon::{Daemon, kill};
use crate::support::until;

const MANIFEST: &str = "retry: {max: 9, first: 100ms, factor: 1, cap: 100ms}\non: [{topic: t.x, batch: 100, concurrency: 3}]";

/// Says in `batches` how large each batch was, and then does with each event as its payload says. While there is a file `hold` it waits.
const TAKES: &str = r#"    def tell(self, line):
        with open(os.path.join(self.data_dir, 'batches'), 'a') as file:
            file.write(line + '\n')

    @on('t.x', batch=100)
    def x(self, events):
        self.tell('%d' % len(events))
        while os.path.exists(os.path.join(self.data_dir, 'hold')):
            time.sleep(0.005)
        for event in events:
            with events.handling(event):
                self.emit_event('t.made', {'of': event.payload['n']})
                match event.payload.get('do'):
                    case 'crash': os._exit(7)
                    case 'reject': raise Reject('not this one')
                    case 'retry' if event.attempt == 1: raise Retry('once more', after='100ms')
                    case 'defer' if not self.once_more(event): raise Defer('100ms', 'later')

    def once_more(self, event):
        known = os.path.join(self.data_dir, 'deferred')
        if os.path.exists(known):
            return True
        open(known, 'w').close()"#;

struct Batches {
    stage: Stage,
}

impl Batches {
    fn new() -> Self {
        let stage = Stage::with(MANIFEST, &[("plugin.py", &python(TAKES))]);
        std::fs::create_dir_all(stage.scratch.data().join("plugin-data/p")).unwrap();
        Self { stage }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.stage.scratch.data().join("plugin-data/p").join(name)
    }

    /// How large each batch was.
    fn sizes(&self) -> Vec<u64> {
        let told = std::fs::read_to_string(self.file("batches")).unwrap_or_default();
        told.lines().map(|line| line.parse().unwrap()).collect()
    }

    /// A daemon whose plugin has one event in a batch that waits, and so many behind it.
    fn with_some_behind(&self, doing: &[&str]) -> Daemon {
        std::fs::write(self.file("hold"), "").unwrap();
        let daemon = self.stage.start();
        self.stage.until_state(&daemon, "p", "running");
        // Both calls that are not kept for critical events are taken by the first two, so that what comes now comes together.
        for n in 0..2 {
            publish(&daemon, &[json!({"n": n})]);
            until("a call waits", || (self.sizes().len() == n + 1).then_some(()));
        }
        let payloads: Vec<Value> = doing.iter().enumerate().map(|(n, what)| json!({"n": n + 2, "do": what})).collect();
        publish(&daemon, &payloads);
        daemon
    }
}

fn publish(daemon: &Daemon, payloads: &[Value]) {
    let lines: String = payloads.iter().map(|payload| format!("{}\n", json!({"type": "t.x", "data": payload}))).collect();
    assert_eq!(daemon.connect().post("/events?receipts=summary", "application/x-ndjson", lines.as_bytes()).unwrap().status, 200);
}

/// The delivery of each event by the number in its payload.
fn deliveries(daemon: &Daemon) -> BTreeMap<u64, Value> {
    let page = daemon.get("/events?topic=t.x&limit=500").json();
    let ids = page["items"].as_array().unwrap().iter().map(|event| event["eventid"].as_str().unwrap().to_owned());
    let shown = ids.map(|id| daemon.get(&format!("/events/{id}")).json());
    shown.map(|event| (event["data"]["n"].as_u64().unwrap(), event["deliveries"][0].clone())).collect()
}

fn until_ended(daemon: &Daemon, number: u64) -> BTreeMap<u64, Value> {
    until("everything has ended", || {
        let counts = &daemon.get("/events/status").json()["deliveries"];
        let ended = ["done", "dead", "quarantined"].iter().map(|state| counts[state].as_u64().unwrap()).sum::<u64>();
        (ended == number).then_some(())
    });
    deliveries(daemon)
}

#[test]
fn rule_05_every_event_of_a_batch_has_an_outcome_of_its_own() {
    let batches = Batches::new();
    let mut doing = vec!["done"; 96];
    doing.extend(["reject", "retry", "defer", "done"]);
    let daemon = batches.with_some_behind(&doing);
    std::fs::remove_file(batches.file("hold")).unwrap();
    let found = until_ended(&daemon, 102);

    let outcomes = |n: u64| -> Vec<String> {
        found[&n]["history"].as_array().unwrap().iter().map(|attempt| attempt["outcome"].as_str().unwrap().to_owned()).collect()
    };
    for (n, delivery) in &found {
        match n {
            98 => assert_eq!((&delivery["state"], &delivery["cause"]), (&json!("dead"), &json!("rejected"))),
            99 => assert_eq!(outcomes(99), ["retry", "done"]),
            100 => assert_eq!(outcomes(100), ["defer", "done"]),
            _ => assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("done"), &json!(1)), "{n}: {delivery}"),
        }
    }
    let made = daemon.get("/events?topic=t.made&limit=500").json();
    let causes: std::collections::BTreeSet<String> =
        made["items"].as_array().unwrap().iter().map(|event| event["causationid"].as_str().unwrap().to_owned()).collect();
    assert_eq!(causes.len(), 101, "what each emitted came with its own outcome, and what was rejected emitted nothing");
    assert!(batches.sizes().contains(&100), "what was ready came together: {:?}", batches.sizes());

    let shown = batches.stage.ask(&["subscription", "show", "p/t.x"]);
    assert_eq!((&shown["batch"], &shown["concurrency"]), (&json!(100), &json!(3)));
    assert!(daemon.stop().success());
}

#[test]
fn rule_06_a_daemon_killed_in_the_middle_of_a_batch_uses_no_attempt_and_loses_nothing() {
    let batches = Batches::new();
    let daemon = batches.with_some_behind(&["done"; 100]);
    daemon.kill();
    std::fs::remove_file(batches.file("hold")).unwrap();
    let daemon = batches.stage.start();
    let found = until_ended(&daemon, 102);
    for (n, delivery) in &found {
        assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("done"), &json!(1)), "{n}: {delivery}");
    }
    assert!(daemon.stop().success());
}

#[test]
fn rule_06_a_plugin_killed_in_the_middle_of_a_batch_uses_an_attempt_of_each_that_it_held() {
    let batches = Batches::new();
    let daemon = batches.with_some_behind(&[]);
    let plugin = batches.stage.listed("p")["pid"].as_u64().unwrap();
    kill(u32::try_from(plugin).unwrap());
    batches.stage.until_plugin(&daemon, "p", |found| found["pid"].as_u64().is_some_and(|pid| pid != plugin));
    std::fs::remove_file(batches.file("hold")).unwrap();
    let found = until_ended(&daemon, 2);
    for (n, delivery) in &found {
        let outcomes: Vec<&Value> = delivery["history"].as_array().unwrap().iter().map(|attempt| &attempt["outcome"]).collect();
        assert_eq!(outcomes, ["crash", "done"], "{n}: {delivery}");
    }
    assert!(daemon.stop().success());
}

#[test]
fn rule_09_one_event_that_crashes_its_plugin_in_a_batch_of_a_hundred_is_quarantined_and_the_others_go_through() {
    let batches = Batches::new();
    let mut doing = vec!["done"; 60];
    doing[30] = "crash";
    let daemon = batches.with_some_behind(&doing);
    std::fs::remove_file(batches.file("hold")).unwrap();
    let found = until_ended(&daemon, 62);
    for (n, delivery) in &found {
        match n {
            32 => assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("quarantined"), &json!(3)), "{delivery}"),
            _ => assert_eq!(delivery["state"], "done", "{n}: {delivery}"),
        }
    }
    assert!(daemon.stop().success());
}

#[test]
fn rule_23_sigterm_returns_a_batch_whole_and_uses_no_attempt() {
    let batches = Batches::new();
    let daemon = batches.with_some_behind(&["done"; 20]);
    daemon.signal(rustix::process::Signal::TERM);
    // The calls that wait are let go: they end within the drain, and nothing new is handed out.
    std::fs::remove_file(batches.file("hold")).unwrap();
    let mut daemon = daemon;
    assert!(daemon.wait().success());
    assert_eq!(batches.sizes(), [1, 1], "nothing new was handed out");

    let daemon = batches.stage.start();
    let found = until_ended(&daemon, 22);
    for (n, delivery) in &found {
        assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("done"), &json!(1)), "{n}: {delivery}");
    }
    assert!(daemon.stop().success());
}

#[test]
fn section_4_a_batch_for_a_handler_that_takes_one_event_is_a_configuration_failure() {
    let one = "    @on('t.x')\n    def x(self, event):\n        pass";
    let stage = Stage::with("on: [{topic: t.x, batch: 100}]", &[("plugin.py", &python(one))]);
    let daemon = stage.start();
    let stopped = stage.until_state(&daemon, "p", "stopped");
    let reason = stopped["reason"].as_str().unwrap();
    assert_eq!(reason, "`on:` in plugin.yaml gives `t.x` batches of 100, and its handler takes one event at a time");
    assert!(daemon.stop().success());
}

#[test]
fn batches_whose_payloads_are_large_come_in_parts_and_use_no_attempt() {
    let batches = Batches::new();
    let daemon = batches.with_some_behind(&[]);
    let large = "x".repeat(240 * 1024);
    let payloads: Vec<Value> = (2..62).map(|n| json!({"n": n, "filler": large})).collect();
    for part in payloads.chunks(10) {
        publish(&daemon, part);
    }
    std::fs::remove_file(batches.file("hold")).unwrap();
    let found = until_ended(&daemon, 62);
    assert!(found.values().all(|delivery| delivery["attempts"] == 1));
    assert!(batches.sizes().iter().all(|size| *size <= 18), "4 MiB are 18 of them: {:?}", batches.sizes());
    assert!(batches.sizes().iter().any(|size| *size > 10), "and they still come together: {:?}", batches.sizes());
    assert!(daemon.stop().success());
}
