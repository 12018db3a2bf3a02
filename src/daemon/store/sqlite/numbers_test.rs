//! Numbers are those of the writes, and bounded.

use std::sync::Arc;

use panotti_core::event::Draft;
use panotti_protocol::id::{EventId, Sequence, uuid_v7};

use super::super::statistics;
use super::*;

fn store() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(concat!(include_str!("0001.sql"), include_str!("0002.sql"))).unwrap();
    connection
}

fn published(sequence: u64, topic: &str, source: &str, at: Timestamp) -> Write {
    let draft = Draft::new(topic.parse().unwrap(), source, "user:x", vec![0; 10]);
    let eventid = EventId::from_bytes(uuid_v7(at.as_ms(), [0; 10]));
    Write::Event(Arc::new(StoredEvent {
        sequence: Sequence(sequence),
        eventid,
        accepted_at: at,
        schema: None,
        rules: 0,
        matches: None,
        keys: Vec::new(),
        draft,
    }))
}

/// Writes a step of events of these topics and sources.
fn step(tally: &mut Tally, connection: &Connection, names: &mut TopicNumbers, events: &[(String, String)], at: Timestamp) {
    for (index, (topic, source)) in events.iter().enumerate() {
        tally.note(&published(index as u64 + 1, topic, source, at), at);
    }
    tally.write(connection, names, at).unwrap();
}

fn number(connection: &Connection, sql: &str) -> u64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn topics_beyond_the_bound_of_an_hour_are_counted_together_also_after_a_restart() {
    let (connection, at) = (store(), Timestamp::from_ms(3_600_000_000));
    let events: Vec<_> = (0..TOPICS_COUNTED_MAX + 5).map(|index| (format!("t.{index}"), "/x".to_owned())).collect();
    step(&mut Tally::default(), &connection, &mut TopicNumbers::default(), &events, at);
    let more = vec![("t.more".to_owned(), "/x".to_owned()), ("t.0".to_owned(), "/x".to_owned())];
    step(&mut Tally::default(), &connection, &mut TopicNumbers::default(), &more, at);

    assert_eq!(number(&connection, "SELECT count(DISTINCT topic_id) FROM topic_numbers WHERE topic_id > 0"), TOPICS_COUNTED_MAX as u64);
    assert_eq!(number(&connection, "SELECT sum(events) FROM topic_numbers WHERE span = 1 AND topic_id = 0"), 6);
    assert_eq!(number(&connection, "SELECT sum(events) FROM topic_numbers WHERE span = 0"), events.len() as u64 + 2);
    assert_eq!(number(&connection, "SELECT sum(bytes) FROM topic_totals"), (events.len() as u64 + 2) * 10);
}

#[test]
fn producers_beyond_the_bound_of_a_topic_are_counted_together() {
    let (connection, at) = (store(), Timestamp::from_ms(3_600_000_000));
    let events: Vec<_> = (0..PRODUCERS_MAX + 7).map(|index| ("t".to_owned(), format!("/{index:03}"))).collect();
    let (mut tally, mut names) = (Tally::default(), TopicNumbers::default());
    step(&mut tally, &connection, &mut names, &events, at);
    step(&mut tally, &connection, &mut names, &events, at);

    assert_eq!(number(&connection, "SELECT count(*) FROM topic_producers"), PRODUCERS_MAX + 1);
    assert_eq!(number(&connection, "SELECT events FROM topic_producers WHERE source = ''"), 14);
}

#[test]
fn minutes_go_after_three_hours_and_hours_after_thirty_days() {
    let connection = store();
    let (mut tally, mut names) = (Tally::default(), TopicNumbers::default());
    let event = [("t".to_owned(), "/x".to_owned())];
    for minute in 0..2 * MINUTES_KEPT {
        step(&mut tally, &connection, &mut names, &event, Timestamp::from_ms((1_000_000 + minute) * 60_000));
    }
    let minutes = number(&connection, "SELECT count(*) FROM topic_numbers WHERE span = 0");
    assert!((MINUTES_KEPT..=MINUTES_KEPT + 2).contains(&minutes), "{minutes} minutes are kept");
    for hour in 0..HOURS_KEPT + 100 {
        step(&mut tally, &connection, &mut names, &event, Timestamp::from_ms((20_000 + hour) * 3_600_000));
    }
    let hours = number(&connection, "SELECT count(*) FROM topic_numbers WHERE span = 1");
    assert!((HOURS_KEPT..=HOURS_KEPT + 2).contains(&hours), "{hours} hours are kept");
}

#[test]
fn a_start_counts_as_loaded_only_when_it_reached_running() {
    let connection = store();
    let mut tally = Tally::default();
    let moved = |from: &str, to: &str| {
        let [plugin, from, to, reason, actor] = ["p", from, to, "", "daemon"].map(str::to_owned);
        Write::Record(Record::Transition { plugin, from, to, reason, actor })
    };
    let at = |ms: u64| Timestamp::from_ms(3_600_000_000 + ms);
    for (from, to, ms) in
        [("disabled", "starting", 0), ("starting", "backoff", 50), ("backoff", "starting", 100), ("starting", "running", 350)]
    {
        tally.note(&moved(from, to), at(ms));
    }
    tally.write(&connection, &mut TopicNumbers::default(), at(400)).unwrap();

    let sql = "SELECT starts, loaded, load_ms, load_ms_max FROM plugin_numbers WHERE span = 0";
    let row: (u64, u64, u64, u64) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    assert_eq!(row, (2, 1, 250, 250));
}

#[test]
fn what_was_measured_is_added_up_with_what_is_not_stored_yet() {
    let (connection, at) = (store(), Timestamp::from_ms(3_600_000_000));
    let measured = |bucket, number| Measured { latency: vec![(bucket, number)] };
    let mut tally = Tally::default();
    for _ in 0..2 {
        tally.note(&Write::Record(Record::Measured(measured(0, 30))), at);
        tally.write(&connection, &mut TopicNumbers::default(), at).unwrap();
    }

    let window = statistics::Window::since(at, at);
    let latency = statistics::indicators(&connection, window, &measured(20, 40)).unwrap().latency_ms;
    assert_eq!((latency.measured, latency.p50, latency.p95), (100, Some(1.0), Some(100.0)));
}
