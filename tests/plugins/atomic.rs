//! What a handler emits, the state it writes and the end of its delivery are one (semantics rule 5), whenever the daemon dies.

use std::path::Path;
use std::time::Duration;

use panotti_protocol::delivery::DeliveryState;
use rusqlite::Connection;
use serde_json::json;

use super::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::random::Random;
use crate::support::until;

/// Counts what it has handled, in its state, and says so.
const COUNTS: &str = "    @on('work.todo')\n    async def todo(self, event):\n        count = await self.state.get('count', 0) + 1\n        await self.state.set('count', count)\n        await self.emit_event('work.done', {'count': count})";

/// Deliveries, emits and the counter, as the store has them.
#[derive(Debug, PartialEq, Eq)]
struct Effects {
    done: u64,
    emitted: u64,
    counted: u64,
}

/// Reads a copy of what a dead daemon left behind, log included, so that the next start finds it untouched.
fn effects(data: &Path) -> Effects {
    let copy = tempfile::tempdir().unwrap();
    for file in ["panotti.db", "panotti.db-wal"] {
        if data.join(file).exists() {
            std::fs::copy(data.join(file), copy.path().join(file)).unwrap();
        }
    }
    let connection = Connection::open(copy.path().join("panotti.db")).unwrap();
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
    Effects {
        done: number(&format!("SELECT count(*) FROM deliveries WHERE state = {}", DeliveryState::Done.number())),
        emitted: number("SELECT count(*) FROM events JOIN topics USING (topic_id) WHERE topic = 'work.done'"),
        counted: number("SELECT coalesce((SELECT CAST(value AS INTEGER) FROM plugin_state WHERE key = 'count'), 0)"),
    }
}

fn work(daemon: &Daemon, events: usize) {
    let lines = "{\"type\":\"work.todo\"}\n".repeat(events);
    assert_eq!(daemon.connect().post("/events?receipts=summary", "application/x-ndjson", lines.as_bytes()).unwrap().status, 200);
}

#[test]
fn rule_05_emits_state_and_acknowledgement_are_all_there_or_none_however_often_the_daemon_is_killed() {
    const WORK: usize = 120;
    let kills: u64 = std::env::var("PANOTTI_ATOMIC_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let mut random = Random::from_environment("PANOTTI_ATOMIC_SEED");
    let stage = Stage::with("on: [{topic: work.todo, concurrency: 1}]", &[("plugin.py", &python(COUNTS))]);
    let mut before = 0;

    for _ in 0..kills {
        let daemon = stage.start();
        work(&daemon, WORK);
        let done = || daemon.get("/events/status").json()["deliveries"]["done"].as_u64().unwrap_or(0);
        let at = before + 1 + random.below(WORK as u64 / 4);
        until("some more are done", || (done() >= at).then_some(()));
        std::thread::sleep(Duration::from_micros(random.below(3_000)));
        daemon.kill();

        let left = effects(&stage.scratch.data());
        assert!(left.done == left.emitted && left.done == left.counted, "a part of an outcome is there without the others: {left:?}");
        assert!(left.done >= at, "what was reported as done is still done: {left:?}");
        before = left.done;
    }

    let daemon = stage.start();
    let all = kills * WORK as u64;
    until("all of it is done", || (daemon.get("/events/status").json()["deliveries"]["done"] == all).then_some(()));
    daemon.kill();
    assert_eq!(effects(&stage.scratch.data()), Effects { done: all, emitted: all, counted: all }, "each once");
}

#[test]
fn rule_13_an_emit_that_is_stored_already_is_that_event_and_the_daemon_goes_on() {
    let stage = Stage::with("on: [{topic: work.todo}]", &[("plugin.py", &python(COUNTS))]);
    let daemon = stage.start();
    stage.ask(&["plugin", "disable", "p"]);
    let event = stage.publish("work.todo", "{}");
    let waiting = stage.until_delivery(&daemon, &event, |_| true);
    // As when an export of a newer copy of this store is imported into an older one.
    let emitted = json!({"type": "work.done", "source": "/plugins/p", "id": format!("{}/0", waiting["deliveryid"].as_str().unwrap()), "data": {"count": 1}});
    let imported = daemon.post("/events", &emitted);
    assert_eq!(imported.status, 201, "{}", imported.json());

    stage.ask(&["plugin", "enable", "p"]);

    let done = stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "done");
    assert_eq!(done["history"][0]["emitted"], json!([imported.json()["eventid"]]), "{done}");
    assert!(daemon.stop().success());
    assert_eq!(effects(&stage.scratch.data()), Effects { done: 1, emitted: 1, counted: 1 });
}
