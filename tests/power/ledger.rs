//! Publishers that remember every receipt they have read, and the check that what they remember is still there. A receipt counts only
//! where it was read while counting was on: a disk that is being shut down may claim a success that is none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use panotti::client::Client;
use panotti::client::publish::{Line, publish_lines};
use panotti_protocol::event::{NewEvent, Receipt};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::EventId;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::rig::Daemon;

/// Where our events come from. The daemon's own come from elsewhere.
const SOURCE: &str = "/tests/power";
/// Publishers of single events that work at the same time, beside one that streams.
const PUBLISHERS: usize = 8;

/// One event per number: the same number is always the same event.
pub fn event(number: u64) -> NewEvent {
    NewEvent {
        topic: "power.test".into(),
        id: Some(format!("n-{number}")),
        source: Some(SOURCE.into()),
        data: Some(RawValue::from_string(payload(number)).unwrap()),
        ..NewEvent::default()
    }
}

/// Mostly small, sometimes of several pages, rarely large.
fn payload(number: u64) -> String {
    let characters = match number {
        number if number % 251 == 0 => 60_000,
        number if number % 17 == 0 => 9_000,
        number => 20 + number % 700,
    };
    let letter = char::from(b'a' + (number % 26) as u8);
    let fill = letter.to_string().repeat(usize::try_from(characters).unwrap());
    format!(r#"{{"number":{number},"fill":"{fill}"}}"#)
}

/// What was acknowledged: by sequence the number and the id.
#[derive(Default)]
pub struct Ledger {
    receipts: Mutex<BTreeMap<u64, (u64, EventId)>>,
    counting: AtomicBool,
    next: AtomicU64,
}

impl Ledger {
    /// From now on receipts count.
    pub fn count(&self) {
        self.counting.store(true, Ordering::SeqCst);
    }

    /// From now on they don't: those read later say nothing.
    pub fn stop_counting(&self) {
        self.counting.store(false, Ordering::SeqCst);
    }

    /// How many events are acknowledged.
    pub fn len(&self) -> usize {
        self.receipts.lock().unwrap().len()
    }

    /// The number of the newest acknowledged event.
    pub fn newest_number(&self) -> u64 {
        self.receipts.lock().unwrap().values().next_back().unwrap().0
    }

    /// A number that no event had yet.
    pub fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Remembers a receipt that was read.
    pub fn note(&self, number: u64, receipt: &Receipt) {
        let mut receipts = self.receipts.lock().unwrap();
        if self.counting.load(Ordering::SeqCst) {
            let before = receipts.insert(receipt.sequence.0, (number, receipt.eventid));
            assert!(before.is_none_or(|(earlier, _)| earlier == number), "sequence {} was given twice", receipt.sequence.0);
        }
    }

    /// Publishes one event.
    pub async fn publish(&self, client: &mut Client) -> Result<Receipt, Failure> {
        let number = self.next();
        let receipt = client.publish(&event(number)).await?;
        self.note(number, &receipt);
        Ok(receipt)
    }

    /// The newest `most` acknowledged events are read back through the daemon, payload and all.
    pub async fn read_back(&self, client: &mut Client, most: usize) {
        let newest: Vec<_> = self.receipts.lock().unwrap().values().rev().take(most).copied().collect();
        for (number, eventid) in newest {
            let (bytes, _) = client
                .event_payload(&eventid.to_string(), &Default::default())
                .await
                .unwrap_or_else(|failure| panic!("{eventid}: {failure}"));
            assert!(bytes == payload(number).as_bytes(), "{eventid}: not the payload that was published");
        }
    }

    /// Looks for everything acknowledged in a copy of a data folder that nobody writes to.
    pub fn check(&self, data: &Path) -> Findings {
        let copy = tempfile::tempdir().unwrap();
        for name in ["panotti.db", "panotti.db-wal"] {
            if data.join(name).exists() {
                std::fs::copy(data.join(name), copy.path().join(name)).unwrap();
            }
        }
        let database = rusqlite::Connection::open(copy.path().join("panotti.db")).unwrap();
        let mut findings = Findings::default();
        let integrity: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        if integrity != "ok" {
            findings.wrong.push(format!("integrity_check says {integrity}"));
        }
        let receipts = self.receipts.lock().unwrap();
        let mut numbers = BTreeSet::new();
        let mut query = database.prepare("SELECT sequence, source, id, payload FROM events ORDER BY sequence").unwrap();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let sequence: u64 = row.get(0).unwrap();
            if sequence != findings.newest + 1 {
                findings.wrong.push(format!("after sequence {} comes {sequence}", findings.newest));
            }
            findings.newest = sequence;
            if row.get::<_, String>(1).unwrap() != SOURCE {
                continue;
            }
            let number: u64 = row.get::<_, String>(2).unwrap().trim_start_matches("n-").parse().unwrap();
            if row.get::<_, Vec<u8>>(3).unwrap() != payload(number).as_bytes() || number > self.next.load(Ordering::SeqCst) {
                findings.wrong.push(format!("sequence {sequence} has not the payload that was published"));
            }
            if !numbers.insert(number) {
                findings.wrong.push(format!("the event {number} is there twice"));
            }
            if receipts.get(&sequence).is_some_and(|(acknowledged, _)| *acknowledged != number) {
                findings.wrong.push(format!("sequence {sequence} was acknowledged for another event"));
            }
        }
        findings.lost = receipts.values().map(|(number, _)| *number).filter(|number| !numbers.contains(number)).collect();
        findings
    }
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Numbers of acknowledged events that are gone.
    pub lost: Vec<u64>,
    /// Anything else that must not be.
    pub wrong: Vec<String>,
    /// The newest sequence that is stored.
    pub newest: u64,
}

impl Findings {
    /// Fails the test unless everything is there.
    pub fn assert_nothing_lost(&self, when: &str) {
        assert!(self.lost.is_empty() && self.wrong.is_empty(), "{when}: {} acknowledged events lost, {:?}", self.lost.len(), self.wrong);
    }
}

/// Publishers at work. They end with the value, or when the daemon is gone.
pub struct Load {
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Begins to publish, singly and as a stream. A full store is waited out.
    pub fn begin(daemon: &Daemon, ledger: &Arc<Ledger>) -> Self {
        let mut tasks: Vec<_> = (0..PUBLISHERS).map(|_| tokio::spawn(singly(daemon.client(), Arc::clone(ledger)))).collect();
        tasks.push(tokio::spawn(as_a_stream(daemon.client(), Arc::clone(ledger))));
        Self { tasks }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn singly(mut client: Client, ledger: Arc<Ledger>) {
    loop {
        match ledger.publish(&mut client).await {
            Ok(_) => {}
            Err(failure) if failure.is(ErrorCode::STORE_FULL) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            Err(_) => return,
        }
    }
}

async fn as_a_stream(mut client: Client, ledger: Arc<Ledger>) {
    let (lines, receiver) = mpsc::channel(16);
    let source = Arc::clone(&ledger);
    let feeding = async move {
        loop {
            let number = source.next();
            let json = serde_json::to_vec(&event(number)).unwrap().into();
            if lines.send(Line { number, json }).await.is_err() {
                return;
            }
        }
    };
    let publishing = publish_lines(&mut client, receiver, |answer| {
        if let Some(receipt) = &answer.receipt {
            ledger.note(answer.line, receipt);
        }
    });
    // Either end is the end: the daemon is gone, or the task is told to stop.
    tokio::select! {
        () = feeding => {}
        _ = publishing => {}
    }
}
