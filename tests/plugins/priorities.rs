//! Priorities from end to end (rule 12): what is more urgent goes first, in the lanes' turns, through the place that is kept, and after a
//! restart, whatever waits before it in the store.

use serde_json::json;

use super::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::until;

/// Writes what it handles to `handled.txt`, and handles nothing that is low as long as the file `hold` is there.
const WRITES: &str = r"    @on('t.x')
    def x(self, event):
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
        while event.payload['name'].startswith('low') and os.path.exists(os.path.join(folder, 'hold')):
            time.sleep(0.001)
        with open(os.path.join(folder, 'handled.txt'), 'a') as file:
            file.write(event.payload['name'] + '\n')";

/// A plugin that handles what it gets, and the file that holds it up.
struct Lanes {
    stage: Stage,
}

impl Lanes {
    /// With these settings of its subscription, running, and with one low event in its hands.
    fn with(settings: &str) -> (Self, Daemon) {
        let stage = Stage::with(&format!("on: [{{topic: t.x, {settings}}}]"), &[("plugin.py", &python(WRITES))]);
        std::fs::write(stage.scratch.file("hold"), "").unwrap();
        let daemon = stage.start();
        stage.until_state(&daemon, "p", "running");
        publish(&daemon, &[("low", "low-first".to_owned())]);
        until("the first is in its hands", || {
            let row = &daemon.get("/subscriptions").json()["items"][0];
            (row["in_flight"] == 1).then_some(())
        });
        (Self { stage }, daemon)
    }

    fn go_on(&self) {
        std::fs::remove_file(self.stage.scratch.file("hold")).unwrap();
    }

    fn handled(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.stage.scratch.file("handled.txt")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn until_handled(&self, number: usize) -> Vec<String> {
        until("everything is handled", || Some(self.handled()).filter(|handled| handled.len() >= number))
    }
}

/// Publishes events of these priorities and names, in this order.
fn publish(daemon: &Daemon, events: &[(&str, String)]) {
    let line = |(priority, name): &(&str, String)| format!("{}\n", json!({"type": "t.x", "priority": priority, "data": {"name": name}}));
    let lines: String = events.iter().map(line).collect();
    assert_eq!(daemon.connect().post("/events?receipts=summary", "application/x-ndjson", lines.as_bytes()).unwrap().status, 200);
}

fn low(number: usize) -> Vec<(&'static str, String)> {
    (0..number).map(|n| ("low", format!("low-{n}"))).collect()
}

#[test]
fn rule_12_a_critical_event_goes_before_a_backlog_of_low_ones_that_keep_their_order() {
    let (lanes, daemon) = Lanes::with("concurrency: 1");
    publish(&daemon, &low(20));
    publish(&daemon, &[("critical", "critical".to_owned())]);
    lanes.go_on();

    let handled = lanes.until_handled(22);
    assert_eq!(handled[1], "critical", "{handled:?}");
    let lows: Vec<&String> = handled.iter().filter(|name| name.starts_with("low-") && *name != "low-first").collect();
    assert_eq!(lows, low(20).iter().map(|(_, name)| name).collect::<Vec<_>>());
    assert!(daemon.stop().success());
}

#[test]
fn rule_12_low_events_get_their_turns_while_critical_ones_wait() {
    let (lanes, daemon) = Lanes::with("concurrency: 1");
    publish(&daemon, &(0..40).map(|n| ("critical", format!("critical-{n}"))).collect::<Vec<_>>());
    publish(&daemon, &low(4));
    lanes.go_on();

    let handled = lanes.until_handled(45);
    for n in 0..4 {
        // Of nine turns one is low's, where only these two lanes have anything.
        let place = handled.iter().position(|name| *name == format!("low-{n}")).unwrap();
        assert!(place <= 10 * (n + 1), "low-{n} came as number {place}: {handled:?}");
    }
    assert!(daemon.stop().success());
}

#[test]
fn rule_12_a_critical_event_gets_the_place_that_is_kept_for_it_while_the_others_hang() {
    let (lanes, daemon) = Lanes::with("concurrency: 2");
    publish(&daemon, &low(5));
    publish(&daemon, &[("critical", "critical".to_owned())]);

    assert_eq!(lanes.until_handled(1), ["critical"]);
    until("one low event is in its hands, and the others wait", || {
        let row = &daemon.get("/subscriptions").json()["items"][0];
        let stands = (&row["done"], &row["in_flight"], &row["pending"]);
        (stands == (&json!(1), &json!(1), &json!(5))).then_some(())
    });
    assert_eq!(lanes.handled(), ["critical"]);
    lanes.go_on();
    lanes.until_handled(7);
    assert!(daemon.stop().success());
}

#[test]
fn rule_12_strict_takes_the_highest_as_long_as_there_is_one() {
    let (lanes, daemon) = Lanes::with("concurrency: 1, priority: strict");
    let names = ["low-1", "normal-1", "high-1", "critical-1", "low-2", "normal-2", "high-2", "critical-2"];
    let events: Vec<_> = names.iter().map(|name| (name.split('-').next().unwrap(), (*name).to_owned())).collect();
    publish(&daemon, &events);
    lanes.go_on();

    let order = ["low-first", "critical-1", "critical-2", "high-1", "high-2", "normal-1", "normal-2", "low-1", "low-2"];
    assert_eq!(lanes.until_handled(9), order);
    let shown = lanes.stage.ask(&["subscription", "show", "p/t.x"]);
    assert_eq!(shown["priority"], "strict");
    assert!(daemon.stop().success());
}

#[test]
fn rule_12_after_a_kill_what_is_urgent_is_found_behind_a_backlog_that_memory_does_not_hold() {
    let (lanes, daemon) = Lanes::with("concurrency: 1");
    publish(&daemon, &low(1_500));
    publish(&daemon, &[("high", "high".to_owned()), ("critical", "critical".to_owned())]);
    daemon.kill();

    let daemon = lanes.stage.start();
    lanes.go_on();
    let handled = lanes.until_handled(1_503);
    for urgent in ["high", "critical"] {
        let place = handled.iter().position(|name| name == urgent).unwrap();
        assert!(place <= 4, "{urgent} came as number {place}: {:?}", &handled[..8]);
    }
    assert!(daemon.stop().success());
}
