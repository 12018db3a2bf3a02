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
const PLACES: u64 = 80;
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
    command.args(["-f", "-ttt", "-y", "-Y", "-e", "trace=fsync,fdatasync,write", "-o"]).arg(&trace);
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

/// A call of the trace: `process<thread's name> time call(...`.
struct Call<'a> {
    line: &'a str,
    thread: &'a str,
    at: f64,
}

impl<'a> Call<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (thread, rest) = line.split_once("> ")?;
        Some(Self { line, thread, at: rest.split_whitespace().next()?.parse().ok()? })
    }

    /// Whether it begins to sync a file, or to write one.
    fn begins(&self, call: &str, file: &str) -> bool {
        !self.line.contains("resumed>") && self.line.contains(call) && self.line.contains(file)
    }
}

/// Seconds from the sync that failed to the end of the process. No thread may write after it that a later sync of the log has held, and the
/// seal is written after each commit and before anybody is answered.
///
/// SQLite passes over a failed sync of the folder; the daemon syncs it once more itself before it is ready, which is a place of its own.
fn judge_trace(trace: &str, may_commit: bool) -> Result<f64, String> {
    let calls: Vec<Call<'_>> = trace.lines().filter_map(Call::read).collect();
    let is_of_folder = |call: &Call<'_>| call.line.contains("/data>");
    let failed = |of_folder: bool| calls.iter().position(|call| call.line.contains("(INJECTED)") && is_of_folder(call) == of_folder);
    let place = failed(false).or_else(|| failed(true)).ok_or("no sync failed")?;
    let (before, failed, rest) = (&calls[..place], &calls[place], &calls[place + 1..]);
    // Where the line says how a call ended, the one before it of the same thread says what it was.
    let what = match failed.line.contains("resumed>") {
        true => before.iter().rfind(|call| call.thread == failed.thread).ok_or("a call ended that never began")?,
        false => failed,
    };
    let synced = rest.iter().position(|call| call.begins("sync(", "panotti.db-wal>"));
    if let Some(again) = synced.filter(|_| what.line.contains("panotti.db-wal>") && !may_commit) {
        let answered = rest[again..].iter().find(|call| call.begins("write(", "/seal>"));
        let by_the_same = rest[again].thread == failed.thread;
        if let Some(cause) = answered.or_else(|| by_the_same.then_some(&rest[again])) {
            return Err(format!(
                "the log was synced again after a sync of it had failed: {}; {}; {}",
                failed.line, rest[again].line, cause.line
            ));
        }
    }
    let ended = rest.iter().find(|call| call.line.contains("+++ exited with 74 +++")).ok_or("no exit with 74")?;
    Ok(ended.at - failed.at)
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
