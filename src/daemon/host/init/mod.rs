//! `panotti __plugin-init`: keeps the process tree of one plugin together, so that none of it outlives the plugin or the daemon.
//!
//! Run as `__plugin-init TREE PARENT -- PROGRAM ARGUMENTS...`, with the protocol's socket as descriptor 3, and the plugin's whole
//! environment as its own. It starts the plugin, hands signals on, reaps, and ends with the plugin's exit code. It refuses to go
//! on when the daemon is gone: its end of the socket hangs up, or the parent-death signal comes, and the whole tree is killed.
//!
//! - TREE `pid-namespace`: this process leaves for a new pid namespace (as an ordinary user with a user namespace) and runs itself
//!   again inside as process 1. When that one ends, for whatever reason, the kernel kills everything in the namespace.
//! - TREE `subreaper`: orphans of the tree come back to this process, which kills them all before it ends.
//!
//! [`guard`] is the loop of all three; [`tree`] finds and kills processes; [`exec`] is `runtime: exec`; [`sys`] is what is `unsafe`.

pub mod exec;
pub mod guard;
pub mod sys;
pub mod tree;

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use rustix::process::{Pid, Signal};
use rustix::thread::UnshareFlags;

use tree::ProcessTree;

/// First argument of the process that keeps a plugin's tree together.
pub const INIT: &str = "__plugin-init";
/// First argument of the process that speaks the protocol for `runtime: exec`.
pub const EXEC: &str = "__plugin-exec";
/// In place of TREE: says which kind of tree this system allows, and ends.
pub const PROBE: &str = "probe";
/// In place of PARENT: this is process 1 of the new namespace.
const INSIDE: &str = "inside";

/// Exit code when the plugin could not be started at all.
const EXIT_CANNOT_RUN: u8 = 127;
/// Exit code when the daemon was gone before the plugin was started.
const EXIT_ORPHAN: u8 = 137;

/// Runs what the first argument names; `None` when that is not one of the two. Call it first in `main`: it must find one thread.
pub fn run_if_asked(arguments: &[OsString]) -> Option<ExitCode> {
    let (first, rest) = arguments.get(1..)?.split_first()?;
    match first.to_str()? {
        INIT => Some(ExitCode::from(run(rest))),
        EXEC => Some(ExitCode::from(exec::run(rest))),
        _ => None,
    }
}

fn run(arguments: &[OsString]) -> u8 {
    let result = match arguments {
        [probe] if probe == PROBE => Ok(self::probe()),
        [tree, parent, dashes, program @ ..] if dashes == "--" && !program.is_empty() => start(tree, parent, program),
        _ => Err("it is started by the daemon, not by people".to_owned()),
    };
    result.unwrap_or_else(|why| {
        say(&format!("panotti: the plugin was not started: {why}"));
        EXIT_CANNOT_RUN
    })
}

fn start(tree: &OsString, parent: &OsString, program: &[OsString]) -> Result<u8, String> {
    let tree = tree.to_str().and_then(ProcessTree::from_word).ok_or("the kind of process tree is unknown")?;
    if parent == INSIDE {
        return inside(program);
    }
    let parent: i32 = parent.to_str().and_then(|text| text.parse().ok()).ok_or("the parent's process id is no number")?;
    close_to_children()?;
    if tree == ProcessTree::PidNamespace {
        leave()?;
    }
    // Only now: a change of credentials takes the parent-death signal away.
    die_with_parent(if tree == ProcessTree::PidNamespace { Signal::KILL } else { Signal::HUP })?;
    if rustix::process::getppid().map(Pid::as_raw_pid) != Some(parent) {
        return Ok(EXIT_ORPHAN);
    }
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).map_err(|error| format!("cannot become a subreaper: {error}"))?;
    match tree {
        ProcessTree::PidNamespace => outside(program),
        ProcessTree::Subreaper => guard::run(guard::Guard { command: plugin(program), kill: guard::Kill::Descendants, life: Vec::new() }),
    }
}

/// The process between daemon and namespace: starts process 1 and holds the pipe by which that one knows it is alive.
fn outside(program: &[OsString]) -> Result<u8, String> {
    let (life, held) = std::io::pipe().map_err(|error| format!("cannot make a pipe: {error}"))?;
    let mut command = Command::new("/proc/self/exe");
    command.arg(INIT).arg(ProcessTree::PidNamespace.as_str()).arg(INSIDE).arg("--").args(program).stdin(life);
    let code = guard::run(guard::Guard { command, kill: guard::Kill::Child, life: Vec::new() });
    drop(held);
    code
}

/// Process 1 of the namespace. Its standard input is the pipe from outside.
fn inside(program: &[OsString]) -> Result<u8, String> {
    die_with_parent(Signal::KILL)?;
    let life = rustix::io::fcntl_dupfd_cloexec(std::io::stdin(), 10).map_err(|error| format!("cannot keep its life line: {error}"))?;
    guard::run(guard::Guard { command: plugin(program), kill: guard::Kill::MyselfAsFirst, life: vec![life] })
}

fn plugin(program: &[OsString]) -> Command {
    let mut command = Command::new(&program[0]);
    command.args(&program[1..]).stdin(Stdio::null()).process_group(0);
    command
}

/// Leaves for a new pid namespace: plainly where that is allowed, else with a user namespace in which the user stays who it is.
fn leave() -> Result<(), String> {
    if sys::unshare(UnshareFlags::NEWPID).is_ok() {
        return Ok(());
    }
    let (user, group) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    sys::unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWPID).map_err(|error| format!("no pid namespace is allowed: {error}"))?;
    let write = |file: &str, text: String| std::fs::write(file, text).map_err(|error| format!("cannot write {file}: {error}"));
    write("/proc/self/setgroups", "deny".to_owned())?;
    write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    write("/proc/self/gid_map", format!("{group} {group} 1"))
}

/// Says on standard output which kind of tree this system allows. Tries a real child, because some systems refuse only that.
fn probe() -> u8 {
    let first_child_is_one =
        || Command::new("/proc/self/exe").args([INIT, "--"]).stdin(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let tree = if leave().is_ok() && first_child_is_one() { ProcessTree::PidNamespace } else { ProcessTree::Subreaper };
    let written = std::io::Write::write_all(&mut std::io::stdout(), tree.as_str().as_bytes());
    u8::from(written.is_err())
}

fn die_with_parent(signal: Signal) -> Result<(), String> {
    rustix::process::set_parent_process_death_signal(Some(signal)).map_err(|error| format!("cannot set the parent-death signal: {error}"))
}

/// Whatever the daemon's own starter left open is not for plugins. Descriptor 3 is.
fn close_to_children() -> Result<(), String> {
    let open = std::fs::read_dir("/proc/self/fd").map_err(|error| format!("cannot list its descriptors: {error}"))?;
    for descriptor in open.flatten().filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok())) {
        if descriptor > sys::CHANNEL {
            // It may be the one that lists the folder, which is closed meanwhile.
            let _ = sys::set_inherited(descriptor, false);
        }
    }
    sys::set_inherited(sys::CHANNEL, true).map_err(|error| format!("descriptor 3 is not open: {error}"))
}

/// Into the plugin's log, which is what standard error is here.
fn say(line: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{line}\n").as_bytes());
}
