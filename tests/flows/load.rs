//! Publishers that go on until their daemon is gone: some over one stream of lines, some one event at a time. What had no receipt is sent
//! again in the next round, and now and then something that had one.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use panotti_protocol::api::LineAnswer;
use panotti_protocol::event::Receipt;

use super::promises::Promises;
use crate::support::http::Connection;
use crate::support::random::Random;

/// Publishers of lines, and those of single events.
const STREAMS: usize = 2;
const SINGLES: usize = 3;
/// Most lines of one write.
const LINES_MAX: u64 = 40;

/// What is done at a receipt of this round, counted from 1.
type AtReceipt = dyn Fn(u64) + Send + Sync;

/// The publishers, between rounds.
#[derive(Debug)]
pub struct Load {
    publishers: Vec<Publisher>,
}

/// Publishers at work.
pub struct Round {
    threads: Vec<JoinHandle<Publisher>>,
}

#[derive(Debug)]
struct Publisher {
    number: usize,
    /// The first that was not sent yet.
    next: u64,
    /// Those that were sent and have no receipt.
    open: Vec<u64>,
    random: Random,
}

/// What publishers need while at work.
#[derive(Clone)]
struct Work {
    socket: PathBuf,
    promises: Arc<Promises>,
    receipts: Arc<AtomicU64>,
    at_receipt: Arc<AtReceipt>,
}

impl Load {
    pub fn new(random: &mut Random) -> Self {
        let publisher = |number| Publisher { number, next: 0, open: Vec::new(), random: Random::new(random.next()) };
        Self { publishers: (0..STREAMS + SINGLES).map(publisher).collect() }
    }

    /// Sets everybody to work. Each ends when its connection breaks.
    pub fn begin(&mut self, socket: &Path, promises: &Arc<Promises>, at_receipt: impl Fn(u64) + Send + Sync + 'static) -> Round {
        let work =
            Work { socket: socket.to_owned(), promises: Arc::clone(promises), receipts: Arc::default(), at_receipt: Arc::new(at_receipt) };
        let threads = std::mem::take(&mut self.publishers).into_iter().map(|mut publisher| {
            let work = work.clone();
            std::thread::spawn(move || {
                let ended = if publisher.number < STREAMS { publisher.lines(&work) } else { publisher.singles(&work) };
                assert!(ended.is_err(), "publishing ends only with the daemon");
                publisher
            })
        });
        Round { threads: threads.collect() }
    }

    /// Waits until everybody's connection is broken.
    pub fn end(&mut self, round: Round) {
        self.publishers = round.threads.into_iter().map(|thread| thread.join().expect("a publisher")).collect();
    }
}

impl Publisher {
    /// What to send next: what is open first, then now and then an old one again, then new ones.
    fn choose(&mut self, number: u64) -> Vec<u64> {
        let mut chosen = std::mem::take(&mut self.open);
        if self.next > 0 && self.random.below(8) == 0 {
            let old = self.random.below(self.next);
            if !chosen.contains(&old) {
                chosen.push(old);
            }
        }
        chosen.extend(self.next..self.next + number);
        self.next += number;
        self.open.clone_from(&chosen);
        chosen
    }

    fn received(&mut self, work: &Work, number: u64, receipt: Receipt) {
        work.promises.received(self.number, number, receipt);
        self.open.retain(|open| *open != number);
        (work.at_receipt)(work.receipts.fetch_add(1, Ordering::Relaxed) + 1);
    }

    fn singles(&mut self, work: &Work) -> io::Result<()> {
        let mut connection = Connection::open(&work.socket)?;
        loop {
            for number in self.choose(1) {
                let line = work.promises.send(self.number, number);
                let answer = connection.post("/v1/events", "application/cloudevents+json", line.as_bytes())?;
                if !matches!(answer.status, 200 | 201) {
                    return Err(io::Error::other(format!("refused: {}", String::from_utf8_lossy(&answer.body))));
                }
                self.received(work, number, serde_json::from_slice(&answer.body)?);
            }
        }
    }

    /// Sends a handful of lines while the answers to the handful before are still to be read.
    fn lines(&mut self, work: &Work) -> io::Result<()> {
        let mut connection = Connection::open(&work.socket)?;
        connection.begin_lines("/events")?;
        let mut sent: Vec<u64> = Vec::new();
        self.send_lines(work, &mut sent, |bytes| connection.send_chunk(bytes))?;
        connection.read_head()?;
        let (mut stream, mut lines) = connection.body_lines();
        let mut answered = 0;
        loop {
            let until = sent.len();
            self.send_lines(work, &mut sent, |bytes| {
                use std::io::Write;
                let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
                chunk.extend_from_slice(bytes);
                chunk.extend_from_slice(b"\r\n");
                stream.write_all(&chunk)
            })?;
            while answered < until {
                let text = lines.next_line()?.ok_or(io::ErrorKind::UnexpectedEof)?;
                let answer: LineAnswer = serde_json::from_str(&text)?;
                assert_eq!(answer.line, answered as u64 + 1, "answers come in the order of the lines");
                let Some(receipt) = answer.receipt else { return Err(io::Error::other(text)) };
                self.received(work, sent[answered], receipt);
                answered += 1;
            }
        }
    }

    fn send_lines(&mut self, work: &Work, sent: &mut Vec<u64>, send: impl FnOnce(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let number = 1 + self.random.below(LINES_MAX);
        let before = std::mem::take(&mut self.open);
        let chosen = if sent.is_empty() {
            self.open.clone_from(&before);
            self.choose(number)
        } else {
            // What is open was sent on this connection: its answers are on their way.
            let chosen = self.choose(number);
            self.open.extend(before);
            chosen
        };
        let text: String = chosen.iter().map(|number| work.promises.send(self.number, *number) + "\n").collect();
        sent.extend(chosen);
        send(text.as_bytes())
    }
}
