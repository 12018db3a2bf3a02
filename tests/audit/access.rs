//! The access log: a line for every request, whatever became of it, and nothing that stood in a path.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

fn lines(scratch: &Scratch) -> Vec<Value> {
    let text = std::fs::read_to_string(scratch.file("logs/access.log")).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn line(scratch: &Scratch, request: &str) -> Value {
    until("the line is written", || lines(scratch).into_iter().find(|line| line["request_id"] == request))
}

#[test]
fn rule_21_every_request_is_a_line_of_the_access_log() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);

    let listed = daemon.get("/v1/events?topic=secret.topic");
    let missing = daemon.get("/plugins/a-name-in-the-path");
    let nowhere = daemon.get("/nowhere/at/all");

    let found = line(&scratch, listed.header("x-request-id"));
    assert_eq!((&found["method"], &found["route"], &found["status"]), (&json!("GET"), &json!("/events"), &json!(200)), "{found}");
    assert_eq!(found["bytes"], listed.body.len(), "{found}");
    assert!(found["actor"].as_str().unwrap().starts_with("user:") && found["peer"].as_str().unwrap().starts_with("uid "), "{found}");
    assert!(found["duration_ms"].is_u64() && found["timestamp"].is_string(), "{found}");
    let found = line(&scratch, missing.header("x-request-id"));
    assert_eq!((&found["route"], &found["status"]), (&json!("/plugins/{id}"), &json!(404)), "{found}");
    assert_eq!(found["bytes"], missing.body.len(), "{found}");
    assert_eq!(line(&scratch, nowhere.header("x-request-id"))["route"], "(none)");
    let text = std::fs::read_to_string(scratch.file("logs/access.log")).unwrap();
    assert!(!text.contains("a-name-in-the-path") && !text.contains("secret.topic") && !text.contains("nowhere"), "{text}");
    let mode = std::fs::metadata(scratch.file("logs/access.log")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let shown = told(&scratch.run(&["daemon", "logs", "--access", "--grep", "plugins"]));
    assert!(shown.contains("404 GET /plugins/{id}"), "{shown}");
}

#[test]
fn rule_21_the_access_log_keeps_to_its_size_and_can_be_switched_off() {
    let scratch = Scratch::new();
    let variables = [("PANOTTI_ACCESS_LOG__FILE_BYTES_MAX", "64KiB"), ("PANOTTI_ACCESS_LOG__FILES_MAX", "2")];
    let daemon = Daemon::start_with(&scratch, &[], &variables);
    let mut connection = daemon.connect();
    until("the log was put aside twice", || {
        connection.get("/livez").unwrap();
        let first = lines(&scratch).first().map(|line| line["request_id"].clone());
        let aside = std::fs::read_to_string(scratch.file("logs/access.log.1")).ok()?;
        // What was put aside is not the beginning any more: the oldest file is gone.
        (first.is_some() && !aside.contains("/readyz")).then_some(())
    });
    assert!(!scratch.file("logs/access.log.2").exists());
    assert!(std::fs::metadata(scratch.file("logs/access.log.1")).unwrap().len() <= 64 * 1024);
    assert!(daemon.stop().success());

    std::fs::remove_file(scratch.file("logs/access.log")).unwrap();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_ACCESS_LOG__ENABLED", "no")]);
    assert_eq!(daemon.get("/livez").status, 200);
    assert!(daemon.stop().success());
    assert!(!scratch.file("logs/access.log").exists());
}
