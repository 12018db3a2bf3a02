//! The daemon as a service: what it tells the service manager, and the unit that is printed for it.

use std::os::unix::net::UnixDatagram;
use std::process::Command;

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use crate::support::{PATIENCE, until};

/// The exposure that the unit may have at most, of 10.
const EXPOSURE_MAX: f64 = 2.0;

/// What came until a message holds `word`.
fn wait_for(manager: &UnixDatagram, word: &str) -> String {
    until(&format!("the service manager is told {word}"), || {
        let mut buffer = [0; 4_096];
        let length = manager.recv(&mut buffer).unwrap();
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        text.lines().any(|line| line == word).then_some(text)
    })
}

#[test]
fn the_service_manager_is_told_when_the_daemon_is_ready_that_it_lives_and_that_it_stops() {
    let scratch = Scratch::new();
    let path = scratch.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let daemon = Daemon::spawn(&scratch, &[], &[("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "100000")]);

    wait_for(&manager, "READY=1");
    assert!(daemon.is_ready(), "it was told when it was so, not before");
    wait_for(&manager, "WATCHDOG=1");
    wait_for(&manager, "WATCHDOG=1");

    daemon.signal(rustix::process::Signal::TERM);
    let stopping = wait_for(&manager, "STOPPING=1");
    assert!(stopping.contains("EXTEND_TIMEOUT_USEC=45000000"), "{stopping}");
}

fn unit(scratch: &Scratch) -> std::path::PathBuf {
    let printed = scratch.run(&["daemon", "install", "--print", "--program", "/usr/bin/env"]);
    assert!(printed.status.success(), "{}", told(&printed));
    let path = scratch.path().join("panotti.service");
    std::fs::write(&path, &printed.stdout).unwrap();
    path
}

fn systemd_analyze() -> Option<Command> {
    let command = || Command::new("systemd-analyze");
    match command().arg("--version").output() {
        Ok(_) => Some(command()),
        Err(_) => {
            println!("skipped: systemd-analyze is not installed; scripts/setup.sh test installs it");
            None
        }
    }
}

#[test]
fn the_printed_unit_is_one_that_systemd_takes() {
    let scratch = Scratch::new();
    let Some(mut analyze) = systemd_analyze() else { return };
    let output = analyze.args(["verify", "--man=no"]).arg(unit(&scratch)).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let about_ours: Vec<String> = told(&output).lines().filter(|line| line.contains("panotti.service")).map(str::to_owned).collect();
    assert_eq!(about_ours, Vec::<String>::new());
}

#[test]
fn the_printed_unit_is_exposed_to_at_most_two_of_ten() {
    let scratch = Scratch::new();
    let Some(mut analyze) = systemd_analyze() else { return };
    let output = analyze.args(["security", "--offline=yes", "--no-pager"]).arg(unit(&scratch)).output().unwrap();
    let words = told(&output);
    let level = words.lines().find_map(|line| line.split("Overall exposure level").nth(1)).unwrap_or_else(|| panic!("{words}"));
    let exposure: f64 = level.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().parse().unwrap();
    println!("exposure {exposure}");
    assert!(exposure <= EXPOSURE_MAX, "{words}");
}

/// Without it the figure above could be 0 for any unit.
#[test]
fn a_unit_without_hardening_is_exposed_to_more_than_two() {
    let scratch = Scratch::new();
    let Some(mut analyze) = systemd_analyze() else { return };
    let path = scratch.path().join("plain.service");
    std::fs::write(&path, "[Service]\nExecStart=/usr/bin/env\n").unwrap();
    let output = analyze.args(["security", "--offline=yes", "--no-pager", "--threshold=20"]).arg(&path).output().unwrap();
    assert!(!output.status.success(), "{}", told(&output));
}
