//! The program itself against a server of the tests: output in every form, exit codes, what goes to which stream.

use std::io::Read;
use std::process::Stdio;

use axum::Json;
use axum::Router;
use axum::routing::{get, post};
use panotti_protocol::failure::{ErrorCode, Failure};
use serde_json::{Value, json};

use super::server::{Server, panotti, problem, text};

const EVENT: &str = "evt_01kc2v7jq8ew2s7q4m8t1n0zcd";

fn event() -> Value {
    json!({
        "eventid": EVENT, "sequence": 7, "type": "recording.ended", "source": "/cli/ana@host", "id": EVENT,
        "time": "2026-11-22T10:00:00.000Z", "accepted_at": "2026-11-22T10:00:00.000Z", "priority": "normal",
        "correlationid": EVENT, "actor": "uid:1000", "datacontenttype": "application/json", "size_bytes": 12,
        "deliveries": [{
            "deliveryid": "dlv_01kc2v7jq8ew2s7q4m8t1n0zcd", "subscription": "summarize/recording.ended", "plugin": "summarize",
            "state": "dead", "cause": "timeout", "attempts": 4, "attempts_max": 4,
            "error": {"class": "TimeoutError", "message": "took too\tlong"}
        }]
    })
}

fn server() -> Server {
    Server::start(
        Router::new()
            .route("/events", get(|| async { Json(json!({"items": [event()]})) }))
            .route("/plugins", get(|| async { Json(json!({"items": []})) }))
            .route("/events/{id}/retry", post(|| async { Json(json!({"changed": false, "deliveries": []})) }))
            .route("/readyz", get(|| async { Json(json!({"status": "ok"})) }))
            .route("/plugins/{id}", get(|| async { problem(&Failure::new(ErrorCode::PLUGIN_NOT_FOUND, "there is no plugin `slack`")) })),
    )
}

#[test]
fn a_piped_list_is_tab_separated_with_whole_ids_and_its_json_is_the_array_of_the_api() {
    let server = server();
    let table = text(&server.panotti(&["event", "list", "--failed"]).stdout);
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0][..4], ["EVENT", "TOPIC", "PLUGIN", "STATUS"]);
    assert_eq!(rows[1][..5], [EVENT, "recording.ended", "summarize", "dead", "4/4"]);
    assert_eq!(rows[1][8], "TimeoutError: took too long", "a tab of the plugin's is none of the table's");

    let items: Vec<Value> = serde_json::from_slice(&server.panotti(&["event", "list", "-o", "json"]).stdout).unwrap();
    assert_eq!(items[0]["eventid"], EVENT);
    assert_eq!(text(&server.panotti(&["events", "ls", "-q"]).stdout), format!("{EVENT}\n"));
    assert_eq!(
        text(&server.panotti(&["-o", "csv", "event", "list", "--fields", "sequence,type"]).stdout),
        "sequence,type\n7,recording.ended\n"
    );
    assert!(text(&server.panotti(&["event", "list", "--fields", "?"]).stdout).lines().any(|line| line == "correlationid"));
}

#[test]
fn a_list_that_was_cut_says_so_on_stderr_in_every_form_and_one_that_is_whole_says_nothing() {
    let page = |more: bool| if more { json!({"items": [event()], "next_cursor": "c"}) } else { json!({"items": [event()]}) };
    let (cut, whole) = (page(true), page(false));
    let cut = Server::start(Router::new().route("/events", get(move || async move { Json(cut) })));
    let whole = Server::start(Router::new().route("/events", get(move || async move { Json(whole) })));
    for form in [&[][..], &["-q"], &["-o", "json"], &["-o", "jsonl"], &["-o", "csv"], &["-o", "id"]] {
        let arguments = [&["event", "list", "--limit", "1"], form].concat();
        let output = cut.panotti(&arguments);
        assert_eq!(text(&output.stderr), "there are more: --limit N or --all\n", "{arguments:?}");
        assert!(!text(&output.stdout).contains("there are more"), "{arguments:?}");
        assert_eq!(text(&whole.panotti(&arguments).stderr), "", "{arguments:?}");
    }
}

#[test]
fn empty_and_unchanged_results_are_parsing_json_too() {
    let server = server();
    for (arguments, expected) in [
        (&["plugin", "list", "-o", "json"][..], json!([])),
        (
            &["event", "retry", EVENT, "-o", "json"],
            json!({"changed": false, "events": [{"event": EVENT, "changed": false, "deliveries": []}]}),
        ),
        (&["health", "-o", "json"], json!({"status": "ok"})),
    ] {
        let output = server.panotti(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), expected, "{arguments:?}");
    }
    assert_eq!(text(&server.panotti(&["plugin", "list", "-o", "jsonl"]).stdout), "");
}

#[test]
fn a_failure_goes_to_stderr_with_what_why_fix_and_code_or_as_one_json_object() {
    let server = server();
    let output = server.panotti(&["plugin", "show", "slack"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(4), 0));
    let told = text(&output.stderr);
    for part in ["error: there is no plugin `slack`", "  why: ", "  fix: ", "  code: plugin.not_found"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let output = server.panotti(&["plugin", "show", "slack", "-o", "json"]);
    assert_eq!(serde_json::from_slice::<Value>(&output.stderr).unwrap()["code"], "plugin.not_found");
    let output = server.panotti(&["plugin", "show", "-o", "json"]);
    let usage: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((output.status.code(), usage["code"].as_str()), (Some(2), Some("usage")));
}

#[test]
fn without_a_daemon_every_command_that_needs_one_exits_9_and_says_how_to_start_it() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        &["daemon", "status"][..],
        &["event", "list"],
        &["event", "publish", "a.b"],
        &["event", "publish", "--jsonl", "-"],
        &["event", "tail"],
        &["replay", "list"],
        &["plugin", "list"],
        &["health"],
        &["version", "--check"],
    ] {
        let output = panotti(home.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(9), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("`panotti daemon start`"), "{arguments:?}");
    }
    let output = panotti(home.path()).args(["daemon", "stop", "-o", "json"]).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "{\n  \"changed\": false\n}\n".to_owned()));
    let output = panotti(home.path()).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout).lines().count()), (Some(0), 6));
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let home = tempfile::tempdir().unwrap();
    let mut child = panotti(home.path()).args(["help", "environment"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!((child.wait().unwrap().code(), told.as_str()), (Some(141), ""));
}

#[test]
fn bad_input_is_refused_before_a_daemon_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let too_long = "x".repeat(2_000);
    for (arguments, code, exit) in [
        (vec!["event", "publish", "a..b"], "event.topic_invalid", 6),
        (vec!["event", "publish", "panotti.x"], "event.topic_reserved", 8),
        (vec!["event", "publish", "a.b", "{oops"], "event.payload_invalid", 6),
        (vec!["event", "publish", "a.b", "@/nowhere"], "input.unreadable", 2),
        (vec!["event", "publish", "a.b", "--source", &too_long], "event.attribute_invalid", 6),
        (vec!["event", "show", "nonsense!"], "event.not_found", 4),
        (vec!["event", "replay"], "replay.selector_missing", 2),
        (vec!["event", "retry", "m8t1n0zcd", "--no-input"], "usage", 2),
        (vec!["config", "get", "store.byte_max"], "config.key_unknown", 4),
        (vec!["emit", "a.b"], "usage", 2),
    ] {
        let output = panotti(home.path()).args(&arguments).args(["-o", "json"]).output().unwrap();
        let failure: Value = serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{arguments:?}: {}", text(&output.stderr)));
        assert_eq!((failure["code"].as_str(), output.status.code()), (Some(code), Some(exit)), "{arguments:?}");
    }
}

#[test]
fn a_broken_line_of_a_jsonl_file_is_named_by_its_number() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("events.jsonl");
    let lines: Vec<String> =
        (1..=20).map(|n| if n == 17 { "{\"type\":".into() } else { format!("{{\"type\":\"a.b\",\"data\":{n}}}") }).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let source = format!("@{}", file.display());

    let output = panotti(home.path()).args(["event", "publish", "--jsonl", &source, "--dry-run", "-o", "json"]).output().unwrap();

    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let failure: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((summary["accepted"].as_u64(), summary["refused"].as_u64()), (Some(19), Some(1)));
    assert_eq!((failure["errors"][0]["pointer"].as_str(), output.status.code()), (Some("line 17"), Some(3)));
}

fn status(pid: u32) -> Value {
    json!({
        "version": "0.1.0", "pid": pid, "started_at": "2026-11-22T10:00:00.000Z", "uptime_ms": 60_000,
        "store_id": "sto_01kc2v7jq8ew2s7q4m8t1n0zcd", "epoch": 3, "data_dir": "/data", "socket": "/data/run/panotti.sock",
        "log_file": "/data/logs/panotti.log", "health": "ok", "plugins": {"running": 2, "stopped": 1},
        "events": {
            "accepted": 1_204, "unrouted": 3, "deliveries": {"pending": 12, "done": 900}, "replays_running": 0,
            "subscriptions": [{"subscription": "a/b", "topic": "b", "pending": 12, "leased": 0, "waiting": 0, "done": 900, "dead": 7}],
            "store": {"database_bytes": 230_000_000, "used_bytes": 212_000_000, "retention_days": 30, "days_held": 24.0, "wal_bytes": 0, "free_bytes": 9_000_000_000_u64, "free_bytes_min": 1, "bytes_max": 1_000_000_000}
        }
    })
}

/// A process that has ended, but whose id is nobody else's yet.
fn ended_process() -> u32 {
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    child.id()
}

#[test]
fn starting_where_a_daemon_answers_changes_nothing_and_stopping_returns_when_the_process_is_gone() {
    let pid = ended_process();
    let server = Server::start(
        Router::new()
            .route("/readyz", get(|| async { Json(json!({"status": "ok"})) }))
            .route("/status", get(move || async move { Json(status(pid)) }))
            .route("/daemon/stop", post(move |Json(_): Json<Value>| async move { Json(json!({"changed": true, "pid": pid})) })),
    );
    let started = server.panotti(&["daemon", "start", "-o", "json"]);
    let value: Value = serde_json::from_slice(&started.stdout).unwrap();
    assert_eq!((started.status.code(), &value["changed"], &value["pid"]), (Some(0), &json!(false), &json!(pid)));

    let shown = text(&server.panotti(&["daemon", "status"]).stdout);
    for part in [
        "● panotti 0.1.0  running 1m",
        "1,204 accepted",
        "pending 12",
        "dead 7",
        "212 MB of 1 GB, holds 24 of 30 days",
        "2 running, 1 stopped",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(shown.lines().count(), 6);
    let stopped = server.panotti(&["daemon", "stop", "-o", "json"]);
    assert_eq!(serde_json::from_slice::<Value>(&stopped.stdout).unwrap(), json!({"changed": true, "pid": pid}));
}

#[test]
fn the_daemons_log_is_read_from_its_files_and_shown_as_text() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    std::fs::create_dir_all(data.join("logs")).unwrap();
    let line = |second: u32, level: &str, message: &str| {
        format!(
            "{{\"timestamp\":\"2026-11-22T10:00:{second:02}.000Z\",\"level\":\"{level}\",\"target\":\"t\",\"message\":\"{message}\",\"port\":7}}\n"
        )
    };
    std::fs::write(data.join("logs/panotti.log.1"), line(1, "INFO", "first") + &line(2, "WARN", "second")).unwrap();
    std::fs::write(data.join("logs/panotti.log"), line(3, "ERROR", "third\\u001b[2J")).unwrap();
    let logs = |arguments: &[&str]| {
        let output = panotti(home.path()).arg("--data").arg(&data).args(["daemon", "logs", "--utc"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(
        logs(&[]),
        "10:00:01.000  INFO first  port=7 t\n10:00:02.000  WARN second  port=7 t\n10:00:03.000 ERROR third\u{fffd}[2J  port=7 t\n"
    );
    assert_eq!(logs(&["-n", "1", "--level", "warn", "-o", "jsonl"]).lines().count(), 1);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&logs(&["--level", "warn", "-o", "json"])).unwrap().len(), 2);
}

#[test]
fn a_replay_above_the_guard_is_refused_where_nobody_can_be_asked_and_names_the_line_that_does_it() {
    let server = Server::start(Router::new().route(
        "/events/replay",
        post(|Json(request): Json<Value>| async move {
            assert_eq!(request["dry_run"], true, "nothing may be started");
            let plan = json!({"events": 5_000, "deliveries": 5_001, "plugins": {"a": 5_001}, "rate": 200});
            Json(json!({"changed": false, "plan": plan}))
        }),
    ));
    let output = server.panotti(&["event", "replay", "--failed", "--topic", "a.*"]);
    assert_eq!(output.status.code(), Some(7));
    assert!(text(&output.stderr).contains("event replay --failed --topic 'a.*' --yes"), "{}", text(&output.stderr));
    let output = server.panotti(&["event", "replay", "--failed", "--dry-run"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).starts_with("Plan   5,001 failed deliveries of 5,000 events -> a 5,001"), "{}", text(&output.stdout));
}

#[test]
fn an_attached_replay_exits_by_its_outcome_and_a_detached_one_prints_its_id() {
    let job = |state: &str| {
        json!({"replayid": "rpl_01kc2v7jq8ew2s7q4m8t1n0zcd", "state": state, "selection": {"failed": true}, "selected": 42, "ok": 40,
            "failed": 2, "skipped": 0, "rate": 200, "started_at": "2026-11-22T10:00:00.000Z", "ended_at": "2026-11-22T10:00:11.800Z", "by": "ana"})
    };
    let plan = json!({"events": 40, "deliveries": 42, "plugins": {"a": 42}, "rate": 200});
    let server = Server::start(
        Router::new()
            .route(
                "/events/replay",
                post(move |Json(request): Json<Value>| async move {
                    let dry = request["dry_run"] == true;
                    Json(if dry {
                        json!({"changed": false, "plan": plan})
                    } else {
                        json!({"changed": true, "plan": plan, "replay": job("running")})
                    })
                }),
            )
            .route("/replays/{id}", get(move || async move { Json(job("partial")) })),
    );
    let output = server.panotti(&["event", "replay", "--failed"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("✗ 40 ok, 2 failed, 0 skipped in 11s"), "{}", text(&output.stdout));
    let output = server.panotti(&["replay", "start", "--failed", "-o", "id"]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "rpl_01kc2v7jq8ew2s7q4m8t1n0zcd\n".to_owned()));
}

#[test]
fn emit_writes_one_line_to_descriptor_3_where_the_daemon_has_opened_it() {
    let home = tempfile::tempdir().unwrap();
    let script = format!("printf '{{\"n\":\\n3}}' | {} emit words.counted - 3>emitted", env!("CARGO_BIN_EXE_panotti"));
    let run = |mark: &str| {
        let mut command = std::process::Command::new("sh");
        command
            .args(["-c", &script])
            .current_dir(home.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", home.path());
        command.env(mark, "3").output().unwrap()
    };
    assert_eq!(run("PANOTTI_EMIT_FD").status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(home.path().join("emitted")).unwrap(), "{\"topic\":\"words.counted\",\"data\":{\"n\": 3}}\n");
    assert_eq!(run("OTHER").status.code(), Some(2));
}
