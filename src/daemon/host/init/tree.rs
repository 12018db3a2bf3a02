//! Finds processes by their ancestors or by the token in their environment, and kills them until none is left. Reads `/proc`.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

/// How long it goes on killing what makes new processes faster than they die.
const KILL_FOR: Duration = Duration::from_secs(5);

/// What keeps a plugin's process tree together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessTree {
    /// A pid namespace of its own.
    PidNamespace,
    /// An ancestor to which orphans come back.
    Subreaper,
}

impl ProcessTree {
    /// The word that people see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PidNamespace => "pid-namespace",
            Self::Subreaper => "subreaper",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::PidNamespace, Self::Subreaper].into_iter().find(|tree| tree.as_str() == word)
    }
}

/// Kills every descendant of this process, again and again until there is none. Takes none of them in: that is for
/// the loop that waits for one of them.
pub fn kill_descendants() {
    let began = Instant::now();
    while began.elapsed() < KILL_FOR {
        let found = descendants(rustix::process::getpid());
        if found.is_empty() {
            return;
        }
        for pid in found {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Kills every process of this user whose environment has `token`, a whole `NAME=value`, until there is none. For what a daemon
/// that was killed may have left behind. Gives how many it found.
pub fn sweep(token: &str) -> usize {
    let began = Instant::now();
    let mut killed = std::collections::BTreeSet::new();
    while began.elapsed() < KILL_FOR {
        let found = with_token(token);
        if found.is_empty() {
            break;
        }
        for pid in found {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
            killed.insert(pid.as_raw_pid());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    killed.len()
}

fn processes() -> impl Iterator<Item = Pid> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw))
}

/// Parent and state letter of a process: `PID (NAME) STATE PARENT ...`, where NAME may hold anything.
fn parent_and_state(pid: Pid) -> Option<(i32, char)> {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((fields.next()?.parse().ok()?, state))
}

fn descendants(of: Pid) -> Vec<Pid> {
    let known: BTreeMap<i32, (i32, char)> =
        processes().filter_map(|pid| parent_and_state(pid).map(|found| (pid.as_raw_pid(), found))).collect();
    let is_descendant = |mut pid: i32| {
        // Bounded: a chain that is read while it changes could run in a circle.
        for _ in 0..known.len() {
            match known.get(&pid) {
                Some((parent, _)) if *parent == of.as_raw_pid() => return true,
                Some((parent, _)) if *parent > 1 => pid = *parent,
                _ => return false,
            }
        }
        false
    };
    let living = known.iter().filter(|(_, (_, state))| !matches!(state, 'Z' | 'X')).map(|(pid, _)| *pid);
    living.filter(|pid| is_descendant(*pid)).filter_map(Pid::from_raw).collect()
}

fn with_token(token: &str) -> Vec<Pid> {
    let (myself, user) = (rustix::process::getpid(), rustix::process::getuid().as_raw());
    let has_token = |pid: &Pid| {
        let folder = format!("/proc/{}", pid.as_raw_pid());
        *pid != myself
            && std::fs::metadata(&folder).is_ok_and(|found| found.uid() == user)
            && std::fs::read(format!("{folder}/environ")).is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == token.as_bytes()))
    };
    processes().filter(has_token).collect()
}
