//! Server-sent events: where they begin, what a reader is told that is too slow, and that silence is not the end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use panotti::daemon::api::limits::{STREAM_BYTES_MAX, STREAMS_BYTES_MAX};
use panotti::daemon::bus::limits::FEED_BYTES_MAX;
use panotti_protocol::limits::PAYLOAD_BYTES_MAX;
use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::http::{Lines, Wire};
use crate::support::scratch::Scratch;

/// A stream and the first lines of it.
fn stream(daemon: &Daemon, query: &str, fields: &[(&str, &str)]) -> (Wire, Lines) {
    let mut connection = daemon.connect();
    connection.send_head("GET", &format!("/events/stream{query}"), &[fields, &[("accept", "text/event-stream")]].concat()).unwrap();
    let (status, headers) = connection.read_head().unwrap();
    assert_eq!((status, headers["content-type"].as_str(), headers["cache-control"].as_str()), (200, "text/event-stream", "no-store"));
    assert_eq!(headers["x-accel-buffering"], "no");
    let (wire, mut lines) = connection.body_lines();
    assert_eq!((lines.next_line().unwrap().as_deref(), lines.next_line().unwrap().as_deref()), (Some("retry: 3000"), Some("")));
    (wire, lines)
}

/// The fields of the next event.
fn next(lines: &mut Lines) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    loop {
        match lines.next_line().unwrap().as_deref() {
            Some("") if fields.contains_key("event") => return fields,
            Some(line) => {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                fields.insert(name.to_owned(), value.trim_start().to_owned());
            }
            None => panic!("the stream ended without a word"),
        }
    }
}

fn data(fields: &BTreeMap<String, String>) -> Value {
    serde_json::from_str(&fields["data"]).unwrap()
}

fn publish(daemon: &Daemon, number: u64) {
    assert_eq!(daemon.post("/events", &json!({"type": "a.b", "data": {"n": number}})).status, 201);
}

#[test]
fn a_filter_holds_for_the_past_and_the_present_and_a_stream_goes_on_where_it_ended() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    (1..=4).for_each(|number| publish(&daemon, number));
    let query = "?payload=true&filter=data.n%20%3E%202";

    let (wire, mut lines) = stream(&daemon, query, &[("last-event-id", "0")]);
    let first = next(&mut lines);
    assert_eq!((first["id"].as_str(), &data(&first)["data"]["n"]), ("3", &json!(3)));
    drop((wire, lines));
    (1..=5).for_each(|number| publish(&daemon, number));

    let (_wire, mut lines) = stream(&daemon, query, &[("last-event-id", &first["id"])]);
    let ids: Vec<String> = (0..4).map(|_| next(&mut lines)["id"].clone()).collect();
    assert_eq!(ids, ["4", "7", "8", "9"], "each once, in order");
    publish(&daemon, 1);
    publish(&daemon, 7);
    assert_eq!(next(&mut lines)["id"], "11", "the present too");
    let refused = daemon.connect().request("GET", "/events/stream", &[("last-event-id", "yesterday")], b"").unwrap();
    assert_eq!((refused.status, refused.json()["code"].clone()), (400, json!("request.invalid")));
}

#[test]
fn rule_14_a_reader_that_is_too_slow_is_told_of_the_gap_and_goes_on_with_the_present() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let (_wire, mut lines) = stream(&daemon, "", &[]);
    // What is told of each event fills what the system keeps for a reader, the queue of the stream, and the feed behind it.
    let number = u64::try_from((STREAM_BYTES_MAX + FEED_BYTES_MAX) / 1_000 * 5 / 4).unwrap();
    let text: String = (0..number).map(|_| format!("{{\"type\":\"a.b\",\"subject\":\"{}\"}}\n", "s".repeat(1_000))).collect();
    let answer = daemon.connect().post("/events?receipts=summary", "application/x-ndjson", text.as_bytes()).unwrap();
    assert_eq!(answer.json()["accepted"], number, "the bus does not wait for it");

    let (mut seen, mut missed) = (0, 0);
    while seen + missed < number {
        let event = next(&mut lines);
        match event["event"].as_str() {
            "published" => seen += 1,
            "gap" => missed += data(&event)["missed"].as_u64().unwrap(),
            other => panic!("{other}"),
        }
    }

    assert!(missed > 0 && seen + missed == number, "{seen} seen, {missed} missed");
    publish(&daemon, 1);
    assert_eq!(next(&mut lines)["id"], (number + 1).to_string());
}

#[test]
fn i6_readers_that_take_nothing_of_large_events_stop_nobody_and_lose_nothing_that_is_still_told() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let mut slow: Vec<(Wire, Lines)> = (0..20).map(|_| stream(&daemon, "?payload=true", &[])).collect();
    let (_wire, mut quick) = stream(&daemon, "?payload=true", &[]);
    let text = "x".repeat(PAYLOAD_BYTES_MAX - 2);
    // More than all of them may leave waiting.
    let number = u64::try_from(2 * STREAMS_BYTES_MAX / slow.len() / PAYLOAD_BYTES_MAX).unwrap();
    for place in 1..=number {
        assert_eq!(daemon.post("/events", &json!({"type": "a.b", "data": text})).status, 201);
        assert_eq!(next(&mut quick)["id"], place.to_string(), "at once, beside those who take nothing");
    }
    for (_, lines) in &mut slow {
        for place in 1..=number {
            let event = next(lines);
            assert_eq!((event["event"].as_str(), event["id"].clone()), ("published", place.to_string()));
        }
    }
}

#[test]
fn silence_is_broken_by_a_comment_so_that_nobody_takes_it_for_the_end() {
    const HEARTBEAT: Duration = Duration::from_secs(15);
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let begun = Instant::now();
    let (_wire, mut lines) = stream(&daemon, "", &[]);
    let line = lines.next_line().unwrap().unwrap();
    assert!(line.starts_with(':'), "{line}");
    assert!(begun.elapsed() >= HEARTBEAT - Duration::from_secs(1) && begun.elapsed() < HEARTBEAT * 2, "{:?}", begun.elapsed());
}
