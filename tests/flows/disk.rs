//! A sync that fails, at one injected place after the other (`strace`): nothing is acknowledged after it, the daemon ends with 74 within a
//! second, and what had been acknowledged is there at the next start (semantics rule 22).

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::load::Load;
use super::promises::{Promises, Stored};
use crate::support::daemon::{Daemon, kill};
use crate::support::random::Random;
use crate::support::scratch::Scratch;
use crate::support::until;

/// Syncs that fail, one a daemon: the first ones are those of the start, the others those of commits.
const PLACES: u64 = 64;
/// The daemon ends at most so long after the sync that failed.
const END_SECONDS_MAX: f64 = 1.0;

/// A daemon under `strace`. The daemon goes with the value, not only the tracer.
struct Traced {
    daemon: Daemon,
    lock: std::path::PathBuf,
}

impl Drop for Traced {
    fn drop(&mut self) {
        let process = std::fs::read_to_string(&self.lock).ok().and_then(|text| text.trim().parse().ok());
        if let (None, Some(process)) = (self.daemon.ended(), process) {
            kill(process);
        }
    }
}

/// What became of a daemon whose sync failed.
#[derive(Debug)]
struct End {
    at_start: bool,
    acknowledged: u64,
    seconds: f64,
}

/// Whether processes can be traced here; says so where they cannot.
pub fn strace_is_there() -> bool {
    let tried = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = tried.is_ok_and(|status| status.success());
    if !there {
        println!("skipped: strace is not there or may not trace; see the Makefile");
    }
    there
}

/// Runs a daemon whose `place`-th sync fails (only those of one file, where one is named), under load, until it ends.
fn fail(scratch: &Scratch, place: u64, only: Option<&Path>) -> Result<End, String> {
    let trace = scratch.path().join("trace");
    let mut command = scratch.program("strace");
    command.args(["-f", "-ttt", "-y", "-e", "trace=fsync,fdatasync", "-o"]).arg(&trace);
    command.arg("-e").arg(format!("inject=fsync,fdatasync:error=EIO:when={place}"));
    if let Some(path) = only {
        command.arg("-P").arg(path);
    }
    command.arg(env!("CARGO_BIN_EXE_panotti")).arg("--data").arg(scratch.data()).args(["daemon", "run"]);
    let mut traced = Traced { daemon: Daemon::spawn_command(scratch, command), lock: scratch.file("LOCK") };
    let ready =
        until("the daemon is ready or ends", || traced.daemon.ended().map(Some).or_else(|| traced.daemon.is_ready().then_some(None)));
    let promises = Arc::new(Promises::default());
    if ready.is_none() {
        let mut load = Load::new(&mut Random::new(place));
        let round = load.begin(&scratch.socket(), &promises, |_| {});
        load.end(round);
    }
    let status = traced.daemon.wait();
    if status.code() != Some(74) {
        return Err(format!("the daemon ended with {status}: {}", traced.daemon.output()));
    }
    let promised = promises.newest();
    if promised > sealed(scratch) {
        return Err(format!("{promised} was acknowledged, the last commit that held is {}", sealed(scratch)));
    }
    let trace = std::fs::read_to_string(&trace).map_err(|error| error.to_string())?;
    let seconds = judge_trace(&trace, only.is_some() || ready.is_some())?;
    if !traced.daemon.output().contains("store.unavailable") && !log(scratch).contains("store.unavailable") {
        return Err(format!("neither its words nor its log say why: {}", traced.daemon.output()));
    }
    let after = Daemon::start(scratch);
    promises.check(after.connect(), Stored::default())?;
    if !after.stop().success() {
        return Err("the next daemon did not end well".to_owned());
    }
    Ok(End { at_start: ready.is_some(), acknowledged: promises.acknowledged() as u64, seconds })
}

fn log(scratch: &Scratch) -> String {
    std::fs::read_to_string(scratch.file("logs/panotti.log")).unwrap_or_default()
}

/// How far commits went that returned: the seal is written after each, and before anybody is answered.
fn sealed(scratch: &Scratch) -> u64 {
    const ENTRY_BYTES: usize = 56;
    let entries = std::fs::read(scratch.file("seal")).unwrap_or_default();
    let whole = entries.chunks_exact(ENTRY_BYTES).last();
    whole.map_or(0, |entry| u64::from_be_bytes(entry[..8].try_into().unwrap()))
}

/// Seconds from the sync that failed to the end of the process. Between them no commit is tried again.
///
/// SQLite passes over a failed sync of the folder; the daemon syncs it once more itself before it is ready, which is a place of its own.
fn judge_trace(trace: &str, may_commit: bool) -> Result<f64, String> {
    let at = |line: &str| line.split_whitespace().nth(1).and_then(|word| word.parse::<f64>().ok());
    let lines: Vec<&str> = trace.lines().collect();
    let failed = |of_folder: bool| lines.iter().position(|line| line.contains("(INJECTED)") && line.contains("/data>") == of_folder);
    let place = failed(false).or_else(|| failed(true)).ok_or("no sync failed")?;
    let rest = &lines[place + 1..];
    let log_synced = |line: &&&str| line.contains("sync(") && line.contains("panotti.db-wal>");
    // Other threads sync too, checkpoints of the log and of the audit: until the bus hears of it, it may commit what it has in hand. The
    // kernel tells a failure to every descriptor of the file, so a log that was lost would not be synced by another one either.
    let thread = lines[place].split_whitespace().next().unwrap_or_default();
    let by_the_same = |line: &&&str| line.split_whitespace().next() == Some(thread);
    let of_log = lines[place].contains("panotti.db-wal>");
    if let Some(again) = rest.iter().filter(by_the_same).find(log_synced).filter(|_| of_log && !may_commit) {
        return Err(format!("the log was synced again after a sync of it had failed: {} and then {again}", lines[place]));
    }
    let ended = rest.iter().find(|line| line.contains("+++ exited with 74 +++")).ok_or("no exit with 74")?;
    at(ended).zip(at(lines[place])).map(|(ended, failed)| ended - failed).ok_or_else(|| format!("no time: {ended}"))
}

#[test]
fn rule_22_a_sync_that_fails_ends_the_daemon_at_once_and_nothing_more_is_acknowledged() {
    if !strace_is_there() {
        return;
    }
    let next = AtomicU64::new(1);
    let run = || {
        let mut ends = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place > PLACES {
                return ends;
            }
            let scratch = Scratch::new();
            ends.push(fail(&scratch, place, None).unwrap_or_else(|why| panic!("sync {place}: {why}")));
        }
    };
    let ends: Vec<End> = std::thread::scope(|scope| {
        let threads = [scope.spawn(run), scope.spawn(run)];
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let slowest = ends.iter().map(|end| end.seconds).fold(0.0, f64::max);
    let at_start = ends.iter().filter(|end| end.at_start).count();
    let acknowledged: u64 = ends.iter().map(|end| end.acknowledged).sum();
    println!(
        "{PLACES} syncs failed, {at_start} of them while starting: exit 74 each time, at most {:.0} ms later; {acknowledged} events were \
         acknowledged before, 0 lost",
        slowest * 1_000.0
    );
    assert!(slowest <= END_SECONDS_MAX, "{slowest} s from the failed sync to the end");
    assert!(ends.len() - at_start >= 40 && acknowledged > 0, "most places are under load");
}

#[test]
fn rule_22_a_failed_sync_of_the_seal_or_in_a_checkpoint_ends_the_daemon_too() {
    if !strace_is_there() {
        return;
    }
    for (file, place) in [("seal", 2), ("panotti.db", 1)] {
        let scratch = Scratch::new();
        assert!(Daemon::start(&scratch).stop().success());

        let end = fail(&scratch, place, Some(&scratch.file(file))).unwrap_or_else(|why| panic!("{file}: {why}"));

        println!("{file}: exit 74 {:.0} ms later, {} events acknowledged before", end.seconds * 1_000.0, end.acknowledged);
        assert!(!end.at_start && end.seconds <= END_SECONDS_MAX, "{file}: {end:?}");
    }
}
