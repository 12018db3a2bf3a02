//! The client: lost connections, streams, failures, servers of other users.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt;
use panotti::client::publish::{Line, fresh_id, publish_lines};
use panotti::client::stream::{Followed, Following};
use panotti::client::{Client, Target};
use panotti_protocol::api::LineAnswer;
use panotti_protocol::event::Receipt;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::{EventId, Sequence, uuid_v7};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::server::{Server, problem};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A log that forgets nothing, behind connections that break every `break_after` lines.
#[derive(Clone)]
struct Log {
    accepted: Arc<Mutex<Vec<String>>>,
    break_after: usize,
}

impl Log {
    fn accept(&self, line: u64, text: &[u8]) -> LineAnswer {
        let event: Value = serde_json::from_slice(text).unwrap();
        if event["type"] == "refused" {
            return LineAnswer { line, receipt: None, failure: Some(Failure::new(ErrorCode::EVENT_TOPIC_INVALID, "no")) };
        }
        let id = event["id"].as_str().unwrap().to_owned();
        let mut accepted = self.accepted.lock().unwrap();
        let duplicate = accepted.contains(&id);
        if !duplicate {
            accepted.push(id.clone());
        }
        let receipt = Receipt {
            eventid: EventId::from_bytes(uuid_v7(1, [0; 10])),
            sequence: Sequence(accepted.len() as u64),
            id,
            deliveries: 0,
            duplicate,
            warnings: Vec::new(),
        };
        LineAnswer { line, receipt: Some(receipt), failure: None }
    }
}

async fn ndjson(State(log): State<Log>, body: Body) -> Response {
    let (answers, mut receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(16);
    tokio::spawn(async move {
        let (mut input, mut buffer, mut line) = (body.into_data_stream(), Vec::new(), 0_u64);
        while let Some(Ok(bytes)) = input.next().await {
            buffer.extend_from_slice(&bytes);
            while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
                line += 1;
                let text: Vec<u8> = buffer.drain(..=end).collect();
                let answer = log.accept(line, &text);
                if line as usize == log.break_after {
                    // Accepted, and the receipt lost with the connection.
                    let _ = answers.send(Err(std::io::Error::other("lost"))).await;
                    return;
                }
                let _ = answers.send(Ok((serde_json::to_string(&answer).unwrap() + "\n").into())).await;
            }
        }
    });
    Response::new(Body::from_stream(futures_util::stream::poll_fn(move |context| receiver.poll_recv(context))))
}

fn log_server(break_after: usize) -> (Server, Log) {
    let log = Log { accepted: Arc::default(), break_after };
    let alive = get(|| async { Json(json!({"status": "ok"})) });
    let router = Router::new().route("/events", post(ndjson)).route("/livez", alive).with_state(log.clone());
    (Server::start(router), log)
}

fn publish(server: &Server, count: u64, refused: u64) -> Vec<LineAnswer> {
    run(async {
        let (sender, receiver) = mpsc::channel(8);
        tokio::spawn(async move {
            for number in 1..=count {
                let topic = if number == refused { "refused" } else { "a.b" };
                let json = json!({"type": topic, "id": fresh_id().unwrap(), "source": "/test"}).to_string();
                sender.send(Line { number, json: json.into() }).await.unwrap();
            }
        });
        let mut answers = Vec::new();
        publish_lines(&mut server.client(), receiver, |answer| answers.push(answer)).await.unwrap();
        answers
    })
}

#[test]
fn every_line_gets_one_answer_that_names_its_own_number() {
    let (server, log) = log_server(usize::MAX);
    let answers = publish(&server, 3_000, 17);

    assert_eq!(answers.iter().map(|answer| answer.line).collect::<Vec<_>>(), (1..=3_000).collect::<Vec<_>>());
    assert_eq!(answers.iter().filter(|answer| answer.failure.is_some()).map(|answer| answer.line).collect::<Vec<_>>(), [17]);
    assert_eq!(log.accepted.lock().unwrap().len(), 2_999);
}

#[test]
fn what_has_no_receipt_is_sent_again_after_a_lost_connection_and_nothing_is_there_twice() {
    let (server, log) = log_server(40);
    let answers = publish(&server, 200, 0);

    let mut lines: Vec<u64> = answers.iter().map(|answer| answer.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, (1..=200).collect::<Vec<_>>());
    assert_eq!(log.accepted.lock().unwrap().len(), 200, "each event once");
    assert!(
        answers.iter().any(|answer| answer.receipt.as_ref().is_some_and(|receipt| receipt.duplicate)),
        "the lost receipts came as duplicates"
    );
}

#[test]
fn a_stream_goes_on_after_the_last_event_that_was_seen() {
    async fn stream(headers: HeaderMap) -> Response {
        let after: u64 = headers.get("last-event-id").map_or(0, |id| id.to_str().unwrap().parse().unwrap());
        let events: String = (after + 1..=after + 2).map(|id| format!("id: {id}\nevent: published\ndata: {id}\n\n")).collect();
        Response::new(Body::from(events))
    }
    let server = Server::start(Router::new().route("/events/stream", get(stream)));
    let seen = run(async {
        let mut following = Following::begin(server.client(), "/events/stream".into(), String::new()).await.unwrap();
        let (mut seen, mut reconnected) = (Vec::new(), 0);
        while seen.len() < 5 {
            match following.next().await.unwrap() {
                Followed::Event(event) => seen.push(event.id),
                Followed::Reconnected(_) => reconnected += 1,
            }
        }
        assert_eq!(reconnected, 2);
        seen
    });
    assert_eq!(seen, ["1", "2", "3", "4", "5"]);
}

#[test]
fn nothing_is_sent_to_a_server_of_another_user() {
    let asked = Arc::new(Mutex::new(0));
    let counted = asked.clone();
    let server = Server::start(Router::new().fallback(move || async move {
        *counted.lock().unwrap() += 1;
        "{}"
    }));
    let failure = run(async { Client::new(server.target(vec![4_294_967_294])).status().await.unwrap_err() });
    assert!(failure.is(ErrorCode::PERMISSION_DENIED), "{failure}");
    assert_eq!(*asked.lock().unwrap(), 0);
}

#[test]
fn one_connection_serves_several_requests_and_a_failure_comes_as_the_daemon_gave_it() {
    let missing = Failure::new(ErrorCode::PLUGIN_NOT_FOUND, "there is no plugin `slack`");
    let answer = missing.clone();
    let router = Router::new().fallback(move || async move { problem(&answer) });
    let server = Server::start(router);
    run(async {
        let mut client = server.client();
        assert_eq!(client.plugin("slack").await.unwrap_err(), missing);
        assert_eq!(client.plugin("slack").await.unwrap_err(), missing);
    });
}

#[test]
fn no_daemon_and_a_stale_socket_are_told_apart_and_name_the_command_that_starts_one() {
    let folder = tempfile::tempdir().unwrap();
    let target = |name: &str| Target {
        socket: folder.path().join(name),
        trusted_users: vec![rustix::process::geteuid().as_raw()],
        private_folder: false,
        start_command: "panotti --data x daemon start".into(),
    };
    drop(std::os::unix::net::UnixListener::bind(folder.path().join("stale")).unwrap());

    let missing = run(async { Client::new(target("missing")).status().await.unwrap_err() });
    let stale = run(async { Client::new(target("stale")).status().await.unwrap_err() });

    assert!(missing.is(ErrorCode::DAEMON_UNREACHABLE) && stale.is(ErrorCode::DAEMON_UNREACHABLE));
    assert_eq!(missing.next, "`panotti --data x daemon start`");
    assert!(stale.why.contains("left over"), "{}", stale.why);
}

#[test]
fn a_socket_in_a_shared_folder_is_used_only_where_its_own_folder_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let (server, _) = log_server(usize::MAX);
    let folder = server.socket().parent().unwrap().to_path_buf();
    let mut target = server.target(vec![rustix::process::geteuid().as_raw()]);
    target.private_folder = true;

    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let failure = run(async { Client::new(target.clone()).live().await.unwrap_err() });
    assert!(failure.is(ErrorCode::DAEMON_FILES_UNSAFE), "{failure}");

    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert!(run(async { Client::new(target).live().await }).is_ok());
}

#[test]
fn the_program_streams_lines_and_repetitions_and_names_what_the_daemon_refused() {
    let (server, log) = log_server(usize::MAX);
    let file = server.socket().with_file_name("events.jsonl");
    std::fs::write(&file, "{\"type\":\"a.b\"}\n\n{\"type\":\"refused\"}\n{oops\n{\"type\":\"a.b\",\"id\":\"mine\"}\n").unwrap();

    let output = server.panotti(&["event", "publish", "--jsonl", &format!("@{}", file.display()), "-o", "json"]);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let told: Vec<&str> = summary["errors"].as_array().unwrap().iter().map(|part| part["pointer"].as_str().unwrap()).collect();
    assert_eq!((output.status.code(), summary["accepted"].as_u64(), told), (Some(3), Some(2), vec!["line 3", "line 4"]));
    assert!(log.accepted.lock().unwrap().contains(&"mine".to_owned()), "an id of the publisher's own is kept");

    let output = server.panotti(&["event", "publish", "a.b", "--count", "50", "-o", "json"]);
    assert_eq!((output.status.code(), log.accepted.lock().unwrap().len()), (Some(0), 52));
}
