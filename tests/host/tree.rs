//! No process of a plugin's tree outlives the daemon, however the daemon dies (semantics rule 16).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host");
/// An interpreter that an ordinary user can run too; a shim in somebody's home is none.
const PYTHON: &str = "/usr/bin/python3";
const NOBODY: u32 = 65_534;
/// Main process, the double-forked one and its child; the processes between them and the daemon come on top.
const HOSTILE_PROCESSES: usize = 3;

/// Rounds of each; by hand: `PLUGIN_TREE_ROUNDS=200`.
fn rounds() -> usize {
    std::env::var("PLUGIN_TREE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

fn user() -> u32 {
    rustix::process::getuid().as_raw()
}

/// What an ordinary user can read and run.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::copy(env!("CARGO_BIN_EXE_panotti"), folder.path().join("panotti")).unwrap();
        for file in ["fake_daemon.py", "hostile.py"] {
            std::fs::copy(Path::new(HERE).join(file), folder.path().join(file)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Processes whose environment has the token.
fn alive(token: &str) -> Vec<(u32, String)> {
    let wanted = format!("PANOTTI_INSTANCE={token}");
    let processes =
        std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok()));
    let has_token = |pid: &u32| {
        std::fs::read(format!("/proc/{pid}/environ")).is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes()))
    };
    let command = |pid: u32| String::from_utf8_lossy(&std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default()).replace('\0', " ");
    processes.filter(has_token).map(|pid| (pid, command(pid))).collect()
}

fn wait_until(what: &str, most: Duration, mut reached: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !reached() {
        assert!(began.elapsed() < most, "{what}: not within {most:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
    began.elapsed()
}

fn fake_daemon(files: &Files, uid: u32, tree: &str, token: &str) -> Child {
    Command::new("python3")
        .arg(files.path("fake_daemon.py"))
        .args([&uid.to_string(), files.path("panotti").to_str().unwrap(), tree, token, PYTHON])
        .arg(files.path("hostile.py"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn killed_daemon_leaves_nothing(uid: u32, tree: &str) {
    let files = Files::new();
    let mut slowest = Duration::ZERO;
    for round in 0..rounds() {
        let token = format!("tree-{}-{uid}-{tree}-{round}", std::process::id());
        let mut daemon = fake_daemon(&files, uid, tree, &token);
        let hostile =
            || alive(&token).iter().filter(|(_, command)| command.contains("hostile.py") && !command.contains("__plugin-init")).count();
        wait_until("the hostile tree is there", Duration::from_secs(8), || hostile() >= HOSTILE_PROCESSES);

        daemon.kill().unwrap();
        daemon.wait().unwrap();
        let took = wait_until(&format!("nothing is left in round {round}: {:?}", alive(&token)), Duration::from_secs(1), || {
            alive(&token).is_empty()
        });
        slowest = slowest.max(took);
    }
    println!("{tree} as {uid}: {} rounds, slowest {slowest:?}", rounds());
}

fn namespaces_allowed(files: &Files, uid: u32) -> bool {
    use std::os::unix::process::CommandExt;
    let mut probe = Command::new(files.path("panotti"));
    probe.args(["__plugin-init", "probe"]);
    if uid != user() {
        probe.uid(uid).gid(uid);
    }
    String::from_utf8_lossy(&probe.output().unwrap().stdout) == "pid-namespace"
}

#[test]
fn rule_16_no_plugin_process_outlives_a_killed_daemon_in_a_pid_namespace() {
    if !namespaces_allowed(&Files::new(), user()) {
        println!("skipped: this system allows no pid namespace to uid {}", user());
        return;
    }
    killed_daemon_leaves_nothing(user(), "pid-namespace");
}

#[test]
fn rule_16_no_plugin_process_outlives_a_killed_daemon_without_namespaces() {
    killed_daemon_leaves_nothing(user(), "subreaper");
}

#[test]
fn rule_16_no_plugin_process_outlives_a_killed_daemon_of_an_ordinary_user() {
    if user() != 0 {
        println!("skipped: only root can become another user");
        return;
    }
    killed_daemon_leaves_nothing(NOBODY, "subreaper");
    if namespaces_allowed(&Files::new(), NOBODY) {
        killed_daemon_leaves_nothing(NOBODY, "pid-namespace");
    } else {
        println!("skipped: this system allows no pid namespace to uid {NOBODY}");
    }
}
