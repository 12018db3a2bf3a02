//! `panotti doctor`: fine where everything is fine, with a daemon and without; and each thing that is broken is seen by its check.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{DirBuilderExt, FileExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use panotti::cli::doctor::ALL;
use rustix::fs::{FlockOperation, flock};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// A user that no test runs as.
const NOBODY: u32 = 65_534;
/// What only a running daemon can look at.
const OF_A_DAEMON: [&str; 3] = ["recovery", "taking-events", "write-ahead-log"];

/// A folder with a store in it that a daemon has left in order.
fn used_folder() -> Scratch {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for number in 0..3 {
        assert_eq!(daemon.post("/events", &json!({"type": "a.b", "data": number})).status, 201);
    }
    assert!(daemon.stop().success());
    scratch
}

fn doctor(scratch: &Scratch) -> Command {
    scratch.panotti(&["doctor", "-o", "json"])
}

/// The status of each check by its name, with its words.
fn read(output: &Output) -> BTreeMap<String, (String, String)> {
    let items: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", told(output)));
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    items.iter().map(|item| (text(item, "name"), (text(item, "status"), item.to_string()))).collect()
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn add_plugin(scratch: &Scratch, manifest: &str) {
    let folder = scratch.file("plugins/broken");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("plugin.yaml"), manifest).unwrap();
}

/// How one thing is broken: what is done to the folder, and what to the command.
struct Broken {
    check: &'static str,
    status: &'static str,
    says: &'static str,
    folder: fn(&Scratch),
    command: fn(&Scratch) -> Command,
}

fn broken(check: &'static str, says: &'static str, folder: fn(&Scratch)) -> Broken {
    Broken { check, status: "failed", says, folder, command: doctor }
}

/// Everything that is broken while no daemon runs.
fn broken_at_rest() -> Vec<Broken> {
    const PYTHON: &str = "name: broken\nversion: 0.1.0\nenabled: true\nruntime: python\nentry: plugin.py\non: [{topic: a.b}]\n";
    vec![
        broken("configuration", "unknown key `store.byte_max`", |scratch| {
            std::fs::write(scratch.file("panotti.yaml"), "store: { byte_max: 1GB }\n").unwrap();
        }),
        Broken {
            command: |scratch| {
                let mut command = doctor(scratch);
                command.env("PANOTTI_DATE", "/d");
                command
            },
            status: "warning",
            ..broken("environment", "PANOTTI_DATA", |_| {})
        },
        broken("data-folder", "chmod 700", |scratch| set_mode(&scratch.data(), 0o755)),
        broken("data-files", "chmod 600", |scratch| set_mode(&scratch.file("panotti.db"), 0o644)),
        broken("data-files", "not a plain file", |scratch| {
            std::fs::rename(scratch.file("seal"), scratch.file("elsewhere")).unwrap();
            std::os::unix::fs::symlink("elsewhere", scratch.file("seal")).unwrap();
        }),
        broken("log-folder", "chmod 700", |scratch| set_mode(&scratch.file("logs"), 0o750)),
        broken("keys-folder", "chmod 600", |scratch| {
            let keys = scratch.path().join("data.keys");
            if !keys.exists() {
                std::fs::DirBuilder::new().mode(0o700).create(&keys).unwrap();
            }
            std::fs::write(keys.join("identity"), "AGE-SECRET-KEY").unwrap();
            set_mode(&keys.join("identity"), 0o644);
        }),
        Broken {
            command: |scratch| {
                let mut command = doctor(scratch);
                command.env("PANOTTI_STORE__FREE_BYTES_MIN", "1TB");
                command
            },
            ..broken("disk-room", "publishing is refused", |_| {})
        },
        broken("clock", "the clock was set back", |scratch| {
            let later = SystemTime::now() + Duration::from_secs(86_400);
            std::fs::File::open(scratch.file("seal")).unwrap().set_modified(later).unwrap();
        }),
        broken("store", "format 99", |scratch| {
            const USER_VERSION: u64 = 60;
            let file = std::fs::OpenOptions::new().write(true).open(scratch.file("panotti.db")).unwrap();
            file.write_all_at(&99_u32.to_be_bytes(), USER_VERSION).unwrap();
        }),
        broken("seal", "missing", |scratch| std::fs::remove_file(scratch.file("seal")).unwrap()),
        broken("seal", "no whole entry", |scratch| std::fs::write(scratch.file("seal"), "torn").unwrap()),
        broken("socket", "is no socket", |scratch| std::fs::write(scratch.socket(), "mine").unwrap()),
        Broken {
            command: |scratch| {
                let mut command = scratch.program("sh");
                let line =
                    format!("ulimit -n 64 && exec {} --data {} doctor -o json", env!("CARGO_BIN_EXE_panotti"), scratch.data().display());
                command.args(["-c", &line]);
                command
            },
            ..broken("open-files", "may open 64 files", |_| {})
        },
        broken("plugins", "plugin.yaml:1:1", |scratch| add_plugin(scratch, "nmae: broken\n")),
        Broken {
            command: |scratch| {
                let mut command = doctor(scratch);
                command.env("PATH", scratch.path());
                command
            },
            ..broken("plugin-interpreters", "install Python 3", |scratch| {
                add_plugin(scratch, PYTHON);
                std::fs::write(scratch.file("plugins/broken/plugin.py"), "").unwrap();
            })
        },
    ]
}

#[test]
fn a_folder_in_order_passes_every_check_without_a_daemon_and_with_one() {
    let scratch = used_folder();
    let names: BTreeSet<&str> = ALL.iter().map(|check| check.name).collect();
    assert!(names.len() >= 10 && names.len() == ALL.len(), "{names:?}");

    let at_rest = doctor(&scratch).output().unwrap();
    let checks = read(&at_rest);
    assert_eq!(at_rest.status.code(), Some(0), "{}", told(&at_rest));
    assert_eq!(checks.keys().map(String::as_str).collect::<BTreeSet<_>>(), names);
    assert!(OF_A_DAEMON.iter().all(|name| checks[*name].0 == "skipped"), "{checks:?}");

    let _daemon = Daemon::start(&scratch);
    let (status, words) = read(&doctor(&scratch).output().unwrap())["recovery"].clone();
    assert!(status == "warning" && words.contains("panotti seal init"), "keys lost would be payloads lost: {words}");
    assert!(scratch.run(&["seal", "init", "recovery.txt"]).status.success());
    let running = doctor(&scratch).output().unwrap();
    let checks = read(&running);
    assert_eq!(running.status.code(), Some(0), "{}", told(&running));
    for name in OF_A_DAEMON.iter().chain(&["daemon", "other-instance", "store", "seal", "socket"]) {
        assert_eq!(checks[*name].0, "ok", "{checks:?}");
    }
}

#[test]
fn before_the_first_start_nothing_has_failed_and_nothing_is_made() {
    let scratch = Scratch::new();
    let output = doctor(&scratch).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(read(&output)["store"].0, "skipped");
    assert!(!scratch.data().exists());
}

#[test]
fn each_thing_that_is_broken_is_seen_by_its_check_which_says_what_to_do() {
    for broken in broken_at_rest() {
        let scratch = used_folder();
        (broken.folder)(&scratch);

        let output = (broken.command)(&scratch).output().unwrap();

        let (status, words) = read(&output)[broken.check].clone();
        assert_eq!(status, broken.status, "{}: {words}", broken.check);
        assert!(words.contains(broken.says) && words.contains("\"next\""), "{}: {words}", broken.check);
        assert_eq!(output.status.code(), Some(i32::from(status == "failed")), "{}", told(&output));
    }
}

#[test]
fn a_warning_fails_only_when_asked_for_strictness_and_checks_can_be_chosen() {
    let scratch = used_folder();
    let mut lenient = scratch.panotti(&["doctor", "environment", "-o", "json"]);
    let mut strict = scratch.panotti(&["doctor", "environment", "--strict"]);
    let lenient = lenient.env("PANOTTI_DATE", "/d").output().unwrap();
    assert_eq!((lenient.status.code(), read(&lenient).len()), (Some(0), 1), "{}", told(&lenient));
    let strict = strict.env("PANOTTI_DATE", "/d").output().unwrap();
    assert_eq!(strict.status.code(), Some(1), "{}", told(&strict));
    assert_eq!(scratch.run(&["doctor", "nonsense"]).status.code(), Some(2));
}

#[test]
fn a_daemon_that_does_not_answer_and_one_that_holds_the_folder_unseen_are_seen() {
    let scratch = used_folder();
    let lock = std::fs::File::open(scratch.file("LOCK")).unwrap();
    flock(&lock, FlockOperation::NonBlockingLockExclusive).unwrap();
    let checks = read(&doctor(&scratch).output().unwrap());
    assert_eq!((checks["other-instance"].0.as_str(), checks["daemon"].0.as_str()), ("failed", "failed"), "{checks:?}");
    assert!(checks["other-instance"].1.contains(&format!("process {}", std::process::id())), "{checks:?}");
    drop(lock);

    let daemon = Daemon::start(&scratch);
    daemon.signal(Signal::STOP);
    let output = doctor(&scratch).output().unwrap();
    daemon.signal(Signal::CONT);
    let checks = read(&output);
    assert_eq!((output.status.code(), checks["daemon"].0.as_str()), (Some(1), "failed"), "{checks:?}");
    assert!(checks["daemon"].1.contains("did not answer"), "{checks:?}");
}

#[test]
fn a_daemon_of_another_folder_behind_the_socket_is_seen() {
    let (mine, theirs) = (used_folder(), Scratch::new());
    let _daemon = Daemon::start(&theirs);
    let socket = theirs.socket();
    let output = mine.run(&["--socket", socket.to_str().unwrap(), "doctor", "daemon", "-o", "json"]);
    let checks = read(&output);
    assert_eq!(checks["daemon"].0, "failed");
    assert!(checks["daemon"].1.contains("serves"), "{checks:?}");
}

#[test]
fn what_a_running_daemon_refuses_or_has_too_little_of_is_seen() {
    let scratch = used_folder();
    let _daemon = Daemon::spawn(&scratch, &[], &[("PANOTTI_LIMITS__CONNECTIONS_MAX", "65536"), ("PANOTTI_STORE__FREE_BYTES_MIN", "1TB")]);
    // A daemon that takes no events is never ready; it answers all the same.
    until("the daemon answers", || scratch.run(&["health", "live"]).status.success().then_some(()));
    let checks = read(&doctor(&scratch).output().unwrap());
    assert_eq!(checks["taking-events"].0, "failed", "{checks:?}");
    assert_ne!(checks["open-files"].0, "ok", "{checks:?}");
}

#[test]
fn a_store_in_memory_is_warned_about() {
    let folder = Path::new("/dev/shm");
    if !folder.is_dir() {
        println!("skipped: this system has no /dev/shm");
        return;
    }
    let memory = tempfile::tempdir_in(folder).unwrap();
    let scratch = Scratch::new();
    let mut command = scratch.program(env!("CARGO_BIN_EXE_panotti"));
    command.arg("--data").arg(memory.path()).args(["doctor", "file-system", "-o", "json"]);
    let output = command.output().unwrap();
    let checks = read(&output);
    assert_eq!((checks["file-system"].0.as_str(), output.status.code()), ("warning", Some(0)), "{checks:?}");
}

#[test]
fn files_of_another_user_and_the_wrong_user_are_seen() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can give files away");
        return;
    }
    let scratch = used_folder();
    std::os::unix::fs::chown(scratch.file("panotti.db"), Some(NOBODY), None).unwrap();
    let checks = read(&doctor(&scratch).output().unwrap());
    assert_eq!(checks["data-files"].0, "failed", "{checks:?}");
    assert_eq!(checks["service-user"].0, "warning", "root runs it: {checks:?}");

    use std::os::unix::process::CommandExt;
    set_mode(scratch.path(), 0o755);
    // Where nobody may run the program the tests cannot show it.
    if let Ok(output) = doctor(&scratch).uid(NOBODY).output() {
        let checks = read(&output);
        assert_eq!((checks["service-user"].0.as_str(), checks["data-folder"].0.as_str()), ("failed", "failed"), "{checks:?}");
    }
}

/// The first four are broken above; others where they are judged: `src/config/file_system.rs`, `src/daemon/api/checks.rs`, `flows/sealed.rs`.
#[test]
fn no_check_is_without_a_test_that_breaks_it() {
    const ELSEWHERE: [&str; 7] =
        ["daemon", "other-instance", "taking-events", "service-user", "file-system", "write-ahead-log", "recovery"];
    let tested: BTreeSet<&str> = broken_at_rest().iter().map(|broken| broken.check).chain(ELSEWHERE).collect();
    assert_eq!(tested, ALL.iter().map(|check| check.name).collect());
}

#[test]
fn the_page_names_every_check() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor.md")).unwrap();
    for check in ALL {
        assert!(page.contains(&format!("| `{}` |", check.name)), "docs/doctor.md does not name {}", check.name);
    }
}
