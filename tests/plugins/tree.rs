//! No process of a plugin's tree outlives the daemon, however the daemon dies (semantics rule 16): `kill -9` of the real one.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use super::stage::{Stage, python};
use crate::support::daemon::Daemon;
use crate::support::scratch::told;
use crate::support::until;

const NOBODY: u32 = 65_534;
/// From the daemon's death to that of the last process (issue 2).
const GONE_MAX: Duration = Duration::from_secs(1);
/// What has to run before a daemon is killed: words of a command line and how many processes have them. The main process of the hostile
/// plugin, the double-forked one and its child; the processes between them and the daemon come on top.
const WHOLE: [(&str, usize); 4] = [("tame/plugin.py", 1), ("sleep 1000001", 1), ("sleep 1000002", 2), ("hostile.py", 3)];

/// Rounds of each; by hand: `PANOTTI_TREE_ROUNDS=200`.
fn rounds() -> usize {
    std::env::var("PANOTTI_TREE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

/// A Python plugin and a command that have started processes for an event, and a hostile plugin.
fn stage() -> Stage {
    let stage = Stage::new();
    let tame = python("    @on('t.x')\n    def x(self, event):\n        import subprocess\n        subprocess.run(['sleep', '1000001'])");
    stage.plugin("tame", "on: [{topic: t.x}]", &[("plugin.py", &tame)]);
    stage.plugin("command", "on: [{topic: t.x}]", &[("plugin.sh", "#!/bin/sh\nsleep 1000002 &\nsleep 1000002\n")]);
    stage.plugin("hostile", "runtime: native\ncommand: [python3, hostile.py]", &[("hostile.py", include_str!("hostile.py"))]);
    stage
}

/// Command lines of the processes that belong to a daemon on this folder, by the token in their environment or by their arguments.
fn alive(store: &str, folder: &Path) -> Vec<String> {
    let token = format!("PANOTTI_STORE={store}");
    let folder = folder.to_str().unwrap();
    let entries = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    entries
        .filter(|process| process.file_name().is_some_and(|name| name.as_encoded_bytes()[0].is_ascii_digit()))
        .filter_map(|process| {
            let line = String::from_utf8_lossy(&std::fs::read(process.join("cmdline")).ok()?).trim_end_matches('\0').replace('\0', " ");
            let environment = std::fs::read(process.join("environ")).unwrap_or_default();
            let has_token = environment.split(|byte| *byte == 0).any(|one| one == token.as_bytes());
            (!line.is_empty() && (has_token || line.contains(folder))).then_some(line)
        })
        .collect()
}

fn all_there(alive: &[String]) -> bool {
    let plugins = || alive.iter().filter(|line| !line.contains("__plugin-") && !line.contains("daemon run"));
    WHOLE.iter().all(|(words, number)| plugins().filter(|line| line.contains(words)).count() >= *number)
}

/// Where a test panics while this is held, it prints what is there instead.
struct Missing<'a> {
    stage: &'a Stage,
    alive: &'a dyn Fn() -> Vec<String>,
}

impl Drop for Missing<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("there is {:#?}\n{}", (self.alive)(), told(&self.stage.scratch.run(&["plugin", "list"])));
        }
    }
}

fn chown_all(path: &Path, uid: u32) {
    std::os::unix::fs::lchown(path, Some(uid), Some(uid)).unwrap();
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap().flatten() {
            chown_all(&entry.path(), uid);
        }
    }
}

/// The program where that user can run it.
fn program(stage: &Stage, uid: u32) -> PathBuf {
    let built = PathBuf::from(env!("CARGO_BIN_EXE_panotti"));
    if uid == own_uid() {
        return built;
    }
    let copied = stage.scratch.path().join("panotti");
    std::fs::copy(built, &copied).unwrap();
    chown_all(stage.scratch.path(), uid);
    copied
}

fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn start(stage: &Stage, program: &Path, uid: u32, tree: &str) -> Daemon {
    let mut command = stage.scratch.program(program.to_str().unwrap());
    command.arg("--data").arg(stage.scratch.data()).args(["daemon", "run"]).env("PANOTTI_PLUGINS__PROCESS_TREE", tree);
    if uid != own_uid() {
        command.uid(uid).gid(uid);
    }
    let mut daemon = Daemon::spawn_command(&stage.scratch, command);
    daemon.wait_until_ready();
    daemon
}

fn a_killed_daemon_leaves_nothing(uid: u32, setting: &str) {
    let stage = stage();
    let program = program(&stage, uid);
    let mut slowest = Duration::ZERO;
    let mut tree = String::new();
    for round in 0..rounds() {
        let daemon = start(&stage, &program, uid, setting);
        let store = daemon.get("/status").json()["store_id"].as_str().unwrap().to_owned();
        if round == 0 {
            // Its handlers never end: every daemon after this one hands it out again.
            assert_eq!(daemon.post("/events", &json!({ "type": "t.x", "data": {} })).status, 201);
        }
        let alive = || alive(&store, stage.scratch.path());
        let missing = Missing { stage: &stage, alive: &alive };
        until("all of the trees are there", || all_there(&alive()).then_some(()));
        drop(missing);
        daemon.get("/plugins/hostile/status").json()["process_tree"].as_str().unwrap().clone_into(&mut tree);
        let killed_at = Instant::now();
        daemon.kill();
        loop {
            let left = alive();
            let took = killed_at.elapsed();
            if left.is_empty() {
                slowest = slowest.max(took);
                break;
            }
            assert!(took < GONE_MAX, "left in round {round} after {took:?}: {left:#?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    println!("{tree} ({setting}) as user {uid}: {} rounds, the slowest was gone after {slowest:?}", rounds());
}

/// The other user, where there can be one.
fn ordinary_user() -> Option<u32> {
    if own_uid() == 0 {
        return Some(NOBODY);
    }
    println!("skipped: only root can become another user; the other tests have run as user {}", own_uid());
    None
}

#[test]
fn rule_16_no_plugin_process_outlives_a_killed_daemon() {
    a_killed_daemon_leaves_nothing(own_uid(), "auto");
}

#[test]
fn rule_16_no_plugin_process_outlives_a_killed_daemon_without_namespaces() {
    a_killed_daemon_leaves_nothing(own_uid(), "subreaper");
}

#[test]
fn rule_16_no_plugin_process_outlives_a_killed_daemon_of_an_ordinary_user() {
    if let Some(uid) = ordinary_user() {
        a_killed_daemon_leaves_nothing(uid, "auto");
    }
}

#[test]
fn rule_16_no_plugin_process_outlives_a_killed_daemon_of_an_ordinary_user_without_namespaces() {
    if let Some(uid) = ordinary_user() {
        a_killed_daemon_leaves_nothing(uid, "subreaper");
    }
}
