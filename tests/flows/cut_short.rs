//! A daemon that is killed at one point after the other while its identity is made, while it gets another one, and while a recovery recipient
//! is added (`strace` kills it): the next one starts, opens everything, and has no change left half done.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::disk::strace_is_there;
use crate::support::daemon::{Daemon, terminate};
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Killed at each of so many calls of a thread; that these are all is asserted.
const CALLS_MAX: u64 = 100;

/// Where a daemon is killed.
#[derive(Clone, Copy)]
enum Calls {
    /// Those that put the file of a key on the disk.
    OfFiles,
    /// Those that give it its name.
    OfNames,
    /// Those that end a transaction.
    OfTransactions,
    /// All of both.
    Any,
}

/// `strace` that kills what it traces when one of its threads makes the `place`-th of these calls.
fn killing(scratch: &Scratch, calls: Calls, place: u64) -> Command {
    let mut command = scratch.program("strace");
    let of_calls = match calls {
        Calls::OfFiles | Calls::OfTransactions => "fsync,fdatasync",
        Calls::OfNames => "rename",
        Calls::Any => "fsync,fdatasync,rename",
    };
    command.args(["-f", "-qq", "-e", &format!("trace={of_calls}"), "-o"]).arg(scratch.path().join("trace"));
    command.args(["-e", &format!("inject={of_calls}:signal=KILL:when={place}")]);
    for path in paths(scratch, calls) {
        command.arg("-P").arg(path);
    }
    command
}

/// The files whose calls count; none for all.
fn paths(scratch: &Scratch, calls: Calls) -> Vec<PathBuf> {
    match calls {
        Calls::Any => Vec::new(),
        Calls::OfTransactions => vec![scratch.file("panotti.db-wal")],
        Calls::OfFiles | Calls::OfNames => {
            let keys = scratch.path().join("data.keys");
            let store = std::fs::read_to_string(scratch.file("store-id")).unwrap();
            let file = |ending: &str| keys.join(format!("{}.identity{ending}", store.trim()));
            let files = ["", ".next", ".next.torn"].map(file);
            files.into_iter().chain([keys.clone()]).collect()
        }
    }
}

/// A tracer of a daemon that runs already. It ends with the daemon; with the value at the latest.
struct Tracer(Child);

impl Tracer {
    fn attach(scratch: &Scratch, daemon: &Daemon, calls: Calls, place: u64) -> Self {
        let process = daemon.pid();
        let mut command = killing(scratch, calls, place);
        let child = command.args(["-p", &process.to_string()]).stderr(Stdio::null()).spawn().unwrap();
        let is_traced = |status: String| status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"));
        until("every thread is traced", || {
            let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
            let mut all = threads.map(|thread| std::fs::read_to_string(thread.unwrap().path().join("status")).unwrap_or_default());
            all.all(is_traced).then_some(())
        });
        Self(child)
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // SIGTERM lets go of a daemon that is still there.
        terminate(self.0.id());
        let _ = self.0.wait();
    }
}

fn publish(daemon: &Daemon, number: u64) -> String {
    let answer = daemon.post("/events", &json!({"type": format!("t.n{number}"), "data": {"number": number}}));
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["eventid"].as_str().unwrap().to_owned()
}

/// The endings of the files in the keys folder that hold a key, sorted.
fn names_of_keys(scratch: &Scratch) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(scratch.path().join("data.keys"))
        .unwrap()
        .filter_map(|entry| entry.unwrap().path().extension().map(|ending| ending.to_str().unwrap().to_owned()))
        .filter(|ending| ["identity", "tag", "new", "next", "torn"].contains(&ending.as_str()))
        .collect();
    names.sort();
    names
}

/// The daemon of now opens everything, has finished what was begun, and can be given a new identity.
fn judge(scratch: &Scratch, events: &[String], recipients: std::ops::RangeInclusive<usize>) {
    let daemon = Daemon::start(scratch);
    until("nothing is left half done", || (daemon.get("/seal").json()["rotating"] == false).then_some(()));
    for (number, event) in events.iter().enumerate() {
        assert_eq!(daemon.get(&format!("/events/{event}")).json()["data"]["number"], json!(number), "{}", daemon.output());
    }
    let number = daemon.get("/seal").json()["recipients"].as_array().unwrap().len();
    assert!(recipients.contains(&number), "{number} recipients");
    let rotated = scratch.run(&["seal", "rotate"]);
    assert!(rotated.status.success(), "{}", told(&rotated));
    // The new identity gets its name after the store has it.
    until("no other key is left", || (names_of_keys(scratch) == ["identity", "tag"]).then_some(()));
    assert!(daemon.stop().success());
    let daemon = Daemon::start(scratch);
    let checked = daemon.get("/seal/check").json();
    assert_eq!(checked["corrupt"], json!([]), "{checked:#}");
    assert!(daemon.stop().success());
}

/// Whether the daemon was killed at this call of the change.
fn killed_in(change: impl Fn(&Scratch) -> Command, calls: Calls, place: u64, recipients: std::ops::RangeInclusive<usize>) -> bool {
    let scratch = Scratch::new();
    let mut daemon = Daemon::start(&scratch);
    let events: Vec<String> = (0..3).map(|number| publish(&daemon, number)).collect();
    let tracer = Tracer::attach(&scratch, &daemon, calls, place);
    let changed = change(&scratch).output().unwrap();
    let killed = !changed.status.success();
    if killed {
        // Whatever else was refused would leave it alive.
        assert!(daemon.wait().code().is_none(), "place {place}: {}", told(&changed));
    }
    drop(tracer);
    drop(daemon);
    judge(&scratch, &events, recipients);
    killed
}

/// How many of the calls of a change the daemon was killed at, one after the other.
fn places(change: impl Fn(&Scratch) -> Command, calls: Calls, recipients: std::ops::RangeInclusive<usize>) -> u64 {
    let first_that_is_none = (1..=CALLS_MAX).find(|place| !killed_in(&change, calls, *place, recipients.clone()));
    first_that_is_none.expect("a change ends before so many calls") - 1
}

#[test]
fn s1_a_daemon_that_is_killed_at_any_point_of_a_rotation_goes_on_with_it_and_nothing_is_unreadable() {
    if !strace_is_there() {
        return;
    }
    let rotate = |scratch: &Scratch| scratch.panotti(&["seal", "rotate"]);
    let [files, names, transactions] = [Calls::OfFiles, Calls::OfNames, Calls::OfTransactions].map(|calls| places(rotate, calls, 1..=1));

    println!("killed at {files} syncs of a key's file, {names} of its names and {transactions} transactions: nothing was unreadable");
    assert!(files >= 2 && names >= 1 && transactions >= 3, "{files}, {names}, {transactions}");
}

#[test]
fn s1_a_daemon_that_is_killed_while_a_recovery_recipient_is_added_has_it_or_not_and_its_identity_is_kept() {
    if !strace_is_there() {
        return;
    }
    let change = |scratch: &Scratch| scratch.panotti(&["seal", "init", "recovery.txt"]);
    let transactions = places(change, Calls::OfTransactions, 1..=2);
    assert!(transactions >= 3, "{transactions}");

    let scratch = Scratch::new();
    let mut daemon = Daemon::start(&scratch);
    publish(&daemon, 0);
    let tracer = Tracer::attach(&scratch, &daemon, Calls::OfTransactions, 1);
    let cut_short = change(&scratch).output().unwrap();
    assert!(!cut_short.status.success() && daemon.wait().code().is_none(), "{}", told(&cut_short));
    drop((tracer, daemon));
    let daemon = Daemon::start(&scratch);
    let text = std::fs::read_to_string(scratch.path().join("recovery.txt")).expect("whether the daemon has it is not known: it is kept");
    let again = scratch.run(&["seal", "init", "recovery.txt"]);
    assert!(told(&again).contains("panotti seal init --recipient"), "{}", told(&again));
    let recipient = text.lines().next().unwrap().trim_start_matches("# public key: ");
    let gone_on = scratch.run(&["seal", "init", "--recipient", recipient]);
    assert!(gone_on.status.success(), "{}", told(&gone_on));
    let seal: Value = daemon.get("/seal").json();
    assert!(seal["recipients"].as_array().unwrap().iter().any(|one| one["recipient"] == recipient), "{seal:#}");
    assert!(daemon.stop().success());
}

#[test]
fn s1_a_first_start_that_is_killed_at_any_point_is_begun_again() {
    if !strace_is_there() {
        return;
    }
    let mut killed = 0;
    loop {
        let scratch = Scratch::new();
        let mut command = killing(&scratch, Calls::Any, killed + 1);
        command.arg(env!("CARGO_BIN_EXE_panotti")).arg("--data").arg(scratch.data()).args(["daemon", "run"]);
        let mut tracer = Daemon::spawn_command(&scratch, command);
        let ready = until("the daemon is ready or ends", || tracer.ended().map(|_| false).or_else(|| tracer.is_ready().then_some(true)));
        if ready {
            let process = std::fs::read_to_string(scratch.file("LOCK")).unwrap().trim().parse().unwrap();
            terminate(process);
            tracer.wait();
        }
        judge(&scratch, &[], 1..=1);
        if ready {
            break;
        }
        killed += 1;
        assert!(killed < CALLS_MAX, "a first start ends before so many calls");
    }
    println!("killed at {killed} calls of a first start: each next one began again");
    assert!(killed >= 8, "{killed}");
}
