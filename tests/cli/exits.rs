//! Exit codes: for each that `panotti help exit-codes` lists, a command that ends with it.

use std::collections::BTreeSet;
use std::process::Output;

use axum::Router;
use axum::routing::get;
use panotti_protocol::failure::{ErrorCode, Failure};

use super::server::{Server, problem};
use crate::plugins::stage::Stage;
use crate::support::scratch::{Scratch, told};

const NOBODY: &str = "evt_01kc2v7jq8ew2s7q4m8t1n0zcd";

/// What other tests end with, because it takes more than a command: 65, 77 and 75 again (`flows::folder`), 74 (`flows::disk`), signals
/// (`cli::binary`).
const ELSEWHERE: [i32; 5] = [65, 74, 77, 130, 141];

/// Commands against a daemon whose only plugin, `p`, rejects everything, on a store with one dead letter.
const COMMANDS: &[(i32, &[&str])] = &[
    (0, &["event", "list"]),
    (0, &["daemon", "start"]),
    (0, &["plugin", "enable", "p"]),
    (1, &["event", "publish", "t.x", "--wait"]),
    (2, &["event", "list", "--nothing-like-it"]),
    (2, &["event", "list", "--filter", "data.n >"]),
    (2, &["event", "list", "--fields", "nothing"]),
    (2, &["event", "replay"]),
    (2, &["event", "purge"]),
    (3, &["event", "retry", "@last", NOBODY]),
    (4, &["event", "show", NOBODY]),
    (4, &["plugin", "show", "nothing"]),
    (4, &["replay", "show", "rpl_01kc2v7jq8ew2s7q4m8t1n0zcd"]),
    (5, &["plugin", "enable", "needs-nobody"]),
    (6, &["event", "publish", "t.x", "{"]),
    (6, &["event", "publish", "t.x", "--expires", "2020-01-01T00:00:00Z"]),
    (7, &["event", "purge", "--topic", "t.>", "--reason", "a test"]),
    (8, &["event", "publish", "panotti.x"]),
    (75, &["daemon", "run"]),
    (124, &["event", "publish", "t.x", "--delay", "1h", "--wait=10ms"]),
];

fn ends_with(code: i32, output: &Output, what: &[&str]) {
    assert_eq!(output.status.code(), Some(code), "{what:?}: {}", told(output));
}

#[test]
fn every_exit_code_that_is_listed_is_one_that_a_command_ends_with() {
    let stage = Stage::with("runtime: exec\ncommand: [sh, -c, 'exit 65']\non: [{topic: t.x}]", &[]);
    stage.plugin("needs-nobody", "enabled: false\nruntime: exec\ncommand: [\"true\"]\non: [{topic: t.y}]\ndependencies: [nobody]", &[]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    let mut seen = BTreeSet::from(ELSEWHERE);
    for (code, command) in COMMANDS {
        ends_with(*code, &stage.scratch.run(command), command);
        seen.insert(*code);
    }
    assert!(daemon.stop().success());
    seen.insert(9);
    ends_with(9, &stage.scratch.run(&["event", "list"]), &["event", "list"]);

    for (code, answer) in [(10, None), (11, Some(ErrorCode::STORE_FULL))] {
        let answer = move || async move {
            match answer {
                Some(failure) => problem(&Failure::new(failure, "there is no room")),
                None => axum::response::IntoResponse::into_response("an answer of another version"),
            }
        };
        ends_with(code, &Server::start(Router::new().route("/events", get(answer))).panotti(&["event", "list"]), &["event", "list"]);
        seen.insert(code);
    }

    let scratch = Scratch::new();
    std::fs::write(scratch.path().join("wrong.yaml"), "store: {bytes_may: 1}").unwrap();
    for (code, command) in [(73, &["--data", "/proc/nothing", "daemon", "run"]), (78, &["--config", "wrong.yaml", "daemon", "run"])] {
        ends_with(code, &scratch.program(env!("CARGO_BIN_EXE_panotti")).args(command).output().unwrap(), command);
        seen.insert(code);
    }

    let listed = String::from_utf8(scratch.run(&["help", "exit-codes"]).stdout).unwrap();
    let listed: BTreeSet<i32> = listed.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
    assert_eq!(listed, seen);
}
