//! How fast events become durable, beside what the disk itself gives: `cargo bench --bench publish`.
//!
//! A release daemon in a temporary folder (`PANOTTI_BENCH_DIR` names another disk) takes events one after another, from many publishers at
//! once, and as one stream of lines. Before and after, bare SQLite commits rows of the same size with the same settings on the same disk:
//! the ratios say what Panotti adds or saves, whatever machine this is. It asserts nothing.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use panotti::client::publish::{Line, publish_lines};
use panotti::client::{Client, Target};
use panotti_protocol::event::NewEvent;
use serde_json::value::RawValue;

/// Commits or publishes whose time is taken one by one.
const SINGLE: usize = 1_000;
/// Publishers at once.
const PUBLISHERS: usize = 32;
/// Events of the stream.
const STREAMED: u64 = 50_000;
/// Rows of one large commit of the baseline: as many as a batch of lines may have.
const ROWS: usize = 500;

fn payload(number: u64) -> String {
    format!(r#"{{"number":{number},"text":"{}"}}"#, "about a hundred characters of something that happened ".repeat(2))
}

fn event(number: u64) -> NewEvent {
    NewEvent { topic: "bench.event".into(), data: Some(RawValue::from_string(payload(number)).unwrap()), ..NewEvent::default() }
}

/// Times of single operations, sorted.
struct Times(Vec<Duration>);

impl Times {
    fn take(mut operation: impl FnMut(u64)) -> Self {
        let mut times: Vec<_> = (0..SINGLE as u64)
            .map(|number| {
                let started = Instant::now();
                operation(number);
                started.elapsed()
            })
            .collect();
        times.sort();
        Self(times)
    }

    fn at(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0
    }
}

/// Bare SQLite with the daemon's settings: a commit for each row, and large commits. Times, and rows a second.
fn baseline(folder: &Path, name: &str) -> (Times, f64) {
    let database = rusqlite::Connection::open(folder.join(name)).unwrap();
    database.pragma_update(None, "journal_mode", "WAL").unwrap();
    database.pragma_update(None, "synchronous", "FULL").unwrap();
    database.execute("CREATE TABLE rows (sequence INTEGER PRIMARY KEY, payload BLOB NOT NULL)", []).unwrap();
    let mut insert = database.prepare("INSERT INTO rows (payload) VALUES (?1)").unwrap();
    let times = Times::take(|number| drop(insert.execute([payload(number).as_bytes()]).unwrap()));
    let started = Instant::now();
    for commit in 0..STREAMED / ROWS as u64 {
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        (0..ROWS as u64).for_each(|row| drop(insert.execute([payload(commit * ROWS as u64 + row).as_bytes()]).unwrap()));
        database.execute_batch("COMMIT").unwrap();
    }
    (times, STREAMED as f64 / started.elapsed().as_secs_f64())
}

/// The daemon. It ends with the value.
struct Daemon(Child, Target);

impl Daemon {
    async fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_panotti"));
        command.env_clear().env("HOME", data).env("USER", "ana").arg("--data").arg(data).args(["daemon", "run"]);
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let target = Target {
            socket: data.join("run/panotti.sock"),
            trusted_users: vec![rustix::process::geteuid().as_raw()],
            private_folder: false,
            start_command: String::new(),
        };
        let daemon = Self(child, target);
        let started = Instant::now();
        while daemon.client().ready().await.is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "the daemon does not start");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        daemon
    }

    fn client(&self) -> Client {
        Client::new(self.1.clone())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Events a second from many publishers, each of which waits for its receipt.
async fn many_publishers(daemon: &Daemon) -> f64 {
    const EACH: u64 = 500;
    let started = Instant::now();
    let publishers: Vec<_> = (0..PUBLISHERS)
        .map(|_| {
            let mut client = daemon.client();
            tokio::spawn(async move {
                for number in 0..EACH {
                    client.publish(&event(number)).await.unwrap();
                }
            })
        })
        .collect();
    for publisher in publishers {
        publisher.await.unwrap();
    }
    (PUBLISHERS as u64 * EACH) as f64 / started.elapsed().as_secs_f64()
}

/// Events a second through one stream of lines, until the last receipt.
async fn stream(daemon: &Daemon) -> f64 {
    let (lines, receiver) = tokio::sync::mpsc::channel(1_000);
    tokio::spawn(async move {
        for number in 1..=STREAMED {
            let event = NewEvent { id: Some(format!("s-{number}")), source: Some("/bench".into()), ..event(number) };
            lines.send(Line { number, json: serde_json::to_vec(&event).unwrap().into() }).await.unwrap();
        }
    });
    let (started, mut receipts) = (Instant::now(), 0);
    publish_lines(&mut daemon.client(), receiver, |answer| receipts += u64::from(answer.receipt.is_some())).await.unwrap();
    assert_eq!(receipts, STREAMED);
    STREAMED as f64 / started.elapsed().as_secs_f64()
}

fn main() {
    let folder = match std::env::var_os("PANOTTI_BENCH_DIR") {
        Some(place) => tempfile::tempdir_in(place).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (raw, raw_rows) = baseline(folder.path(), "before.db");
    let daemon = runtime.block_on(Daemon::start(&folder.path().join("data")));
    let mut client = daemon.client();
    let single = Times::take(|number| drop(runtime.block_on(client.publish(&event(number))).unwrap()));
    let many = runtime.block_on(many_publishers(&daemon));
    let streamed = runtime.block_on(stream(&daemon));
    drop(daemon);
    let (raw_after, raw_rows_after) = baseline(folder.path(), "after.db");

    // The quieter of the two, so that a disturbed baseline flatters nobody.
    let raw = if raw.at(0.5) <= raw_after.at(0.5) { raw } else { raw_after };
    let raw_rows = raw_rows.max(raw_rows_after);
    let commits = 1_000.0 / raw.at(0.5);
    println!("{} bytes of payload, {} cores", payload(0).len(), std::thread::available_parallelism().unwrap());
    println!("SQLite, a commit for each row      {:8.2} ms median, {:.2} ms p99, {commits:.0} a second", raw.at(0.5), raw.at(0.99));
    println!("SQLite, {ROWS} rows a commit          {raw_rows:8.0} rows a second");
    println!(
        "one publish after another          {:8.2} ms median, {:.2} ms p99   = {:.2} of a bare commit's time",
        single.at(0.5),
        single.at(0.99),
        single.at(0.5) / raw.at(0.5)
    );
    println!("{PUBLISHERS} publishers, one event each time {many:8.0} events a second = {:.2} of single commits", many / commits);
    println!(
        "one stream of lines                {streamed:8.0} events a second = {:.2} of single commits, {:.2} of large ones",
        streamed / commits,
        streamed / raw_rows
    );
}
