//! What publishers were promised, and the check that it was kept (semantics rules 1 and 13): every acknowledged event is there with the
//! same id, sequence and payload; sequences have no hole; nothing is there that was not sent, and nothing twice.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use panotti_protocol::event::Receipt;
use serde_json::{Value, json};

use crate::support::http::Connection;
use crate::support::random::Random;

/// The source of every event of these tests.
pub const SOURCE: &str = "/tests/promises";

/// What was sent and what was promised for it.
#[derive(Debug, Default)]
pub struct Promises {
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    /// By publisher: how many of its events were sent at least once.
    sent: BTreeMap<usize, u64>,
    receipts: HashMap<String, Receipt>,
    broken: Vec<String>,
    duplicates: u64,
}

/// What a check went over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stored {
    /// The newest sequence.
    pub head: u64,
}

impl Promises {
    /// About to send event `number` of a publisher. Gives the line.
    pub fn send(&self, publisher: usize, number: u64) -> String {
        let mut books = self.books.lock().unwrap();
        let sent = books.sent.entry(publisher).or_default();
        *sent = (*sent).max(number + 1);
        line(publisher, number)
    }

    /// A receipt was read.
    pub fn received(&self, publisher: usize, number: u64, receipt: Receipt) {
        let mut books = self.books.lock().unwrap();
        let id = id(publisher, number);
        books.duplicates += u64::from(receipt.duplicate);
        if receipt.id != id {
            books.broken.push(format!("a receipt for {id} names {}", receipt.id));
        }
        match books.receipts.get(&id) {
            Some(before) if (before.eventid, before.sequence) != (receipt.eventid, receipt.sequence) || !receipt.duplicate => {
                let broken = format!("{id} was sent again: the receipts are {before:?} and {receipt:?}");
                books.broken.push(broken);
            }
            Some(_) => {}
            None => drop(books.receipts.insert(id, receipt)),
        }
    }

    /// How many events are acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.books.lock().unwrap().receipts.len()
    }

    /// The newest sequence that is acknowledged.
    pub fn newest(&self) -> u64 {
        self.books.lock().unwrap().receipts.values().map(|receipt| receipt.sequence.0).max().unwrap_or(0)
    }

    /// How many receipts said that the event had been stored before.
    pub fn duplicates(&self) -> u64 {
        self.books.lock().unwrap().duplicates
    }

    /// Reads what the daemon has after a sequence and compares. Those that were acknowledged must be there.
    ///
    /// # Errors
    /// Which promise was broken.
    pub fn check(&self, mut connection: Connection, after: Stored) -> Result<Stored, String> {
        let head = connection.get("/events/status").map_err(|error| error.to_string())?.json()["accepted"].as_u64().unwrap();
        let books = self.books.lock().unwrap();
        if let Some(broken) = books.broken.first() {
            return Err(broken.clone());
        }
        if let Some(lost) = books.receipts.values().find(|receipt| receipt.sequence.0 > head) {
            return Err(format!("{lost:?} was acknowledged; the log ends at {head}"));
        }
        if head < after.head {
            return Err(format!("the log ended at {}, now at {head}", after.head));
        }
        let by_sequence: HashMap<u64, &Receipt> = books.receipts.values().map(|receipt| (receipt.sequence.0, receipt)).collect();
        let mut seen = HashMap::new();
        let mut reader = EventReader::begin(connection, after.head)?;
        for sequence in after.head + 1..=head {
            let event = reader.next()?;
            if event["sequence"] != sequence {
                return Err(format!("a hole: {sequence} was expected, {event} came"));
            }
            books.compare(&event, by_sequence.get(&sequence).copied())?;
            if let Some(twice) = seen.insert(event["id"].as_str().unwrap_or("").to_owned(), sequence) {
                return Err(format!("{} is stored twice: {twice} and {sequence}", event["id"]));
            }
        }
        Ok(Stored { head })
    }
}

impl Books {
    fn compare(&self, event: &Value, promised: Option<&Receipt>) -> Result<(), String> {
        let id = event["id"].as_str().unwrap_or("");
        let Some((publisher, number)) =
            read_id(id).filter(|(publisher, number)| self.sent.get(publisher).is_some_and(|sent| number < sent))
        else {
            return Err(format!("{id} was never sent: {event}"));
        };
        if event["data"] != payload(publisher, number) || event["source"] != SOURCE {
            return Err(format!("{id} is not what was sent"));
        }
        if let Some(receipt) = promised
            && (receipt.id != id || event["eventid"] != receipt.eventid.to_string().as_str())
        {
            return Err(format!("{receipt:?} was given, and {id} ({}) stands in that place", event["eventid"]));
        }
        if promised.is_none()
            && let Some(elsewhere) = self.receipts.get(id)
        {
            return Err(format!("{elsewhere:?} was given, and {id} stands at {}", event["sequence"]));
        }
        Ok(())
    }
}

/// Whole events from the server-sent stream, oldest first.
struct EventReader {
    lines: crate::support::http::Lines,
    _stream: crate::support::http::Wire,
}

impl EventReader {
    fn begin(mut connection: Connection, after: u64) -> Result<Self, String> {
        let said = |error: std::io::Error| error.to_string();
        connection.send_head("GET", &format!("/events/stream?after={after}&payload=true"), &[]).map_err(said)?;
        let (status, _) = connection.read_head().map_err(said)?;
        assert_eq!(status, 200, "the stream of events is there");
        let (stream, lines) = connection.body_lines();
        Ok(Self { lines, _stream: stream })
    }

    fn next(&mut self) -> Result<Value, String> {
        loop {
            let line = self.lines.next_line().map_err(|error| format!("an event that was counted does not come: {error}"))?;
            let line = line.ok_or("the stream ended before the head")?;
            if let Some(data) = line.strip_prefix("data:") {
                return serde_json::from_str(data).map_err(|error| error.to_string());
            }
        }
    }
}

fn id(publisher: usize, number: u64) -> String {
    format!("p{publisher}-{number}")
}

fn read_id(id: &str) -> Option<(usize, u64)> {
    let (publisher, number) = id.strip_prefix('p')?.split_once('-')?;
    Some((publisher.parse().ok()?, number.parse().ok()?))
}

/// The payload of an event: always the same, of mixed sizes, some of them over a page of the database.
fn payload(publisher: usize, number: u64) -> Value {
    let mut random = Random::new(number * 64 + publisher as u64);
    let bytes = if random.below(40) == 0 { random.below(16 * 1024) } else { random.below(400) };
    let text: String = (0..bytes).map(|_| char::from(b'a' + (random.next() % 26) as u8)).collect();
    json!({"number": number, "text": text})
}

fn line(publisher: usize, number: u64) -> String {
    json!({"type": "load.sent", "source": SOURCE, "id": id(publisher, number), "data": payload(publisher, number)}).to_string()
}

#[test]
fn the_check_sees_a_lost_event_a_hole_and_one_that_nobody_sent() {
    let promises = Promises::default();
    promises.send(0, 0);
    let receipt = |sequence| Receipt {
        eventid: "evt_01kc2v7jq8ew2s7q4m8t1n0zcd".parse().unwrap(),
        sequence: panotti_protocol::id::Sequence(sequence),
        id: "p0-0".into(),
        deliveries: 0,
        duplicate: false,
        warnings: Vec::new(),
    };
    promises.received(0, 0, receipt(1));
    let books = promises.books.lock().unwrap();
    let event = json!({"id": "p0-0", "source": SOURCE, "sequence": 1, "eventid": receipt(1).eventid.to_string(), "data": payload(0, 0)});
    let changed = |name: &str, value: Value| {
        let mut event = event.clone();
        event[name] = value;
        event
    };
    assert_eq!(books.compare(&event, Some(&receipt(1))), Ok(()));
    assert!(books.compare(&event, None).is_err(), "it stands where it was not promised");
    assert!(books.compare(&changed("data", json!(1)), Some(&receipt(1))).is_err());
    assert!(books.compare(&changed("id", json!("p0-1")), None).is_err(), "never sent");
    assert!(books.compare(&changed("eventid", json!("evt_x")), Some(&receipt(1))).is_err());
}
