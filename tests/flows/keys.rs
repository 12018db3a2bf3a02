//! Keys from end to end: what one may do, how long, from where; what happens to wrong ones; and that nobody sees a secret twice.

use std::time::{Duration, Instant};

use panotti_protocol::key::{ApiKeyText, KeyId};
use serde_json::{Value, json};

use super::api::is_problem;
use crate::support::daemon::Daemon;
use crate::support::http::Answer;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Makes a key and gives the whole of it.
pub fn make_key(daemon: &Daemon, request: &Value) -> String {
    let made = daemon.post("/keys", request);
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.header("cache-control"), "no-store");
    made.json()["key"].as_str().unwrap().to_owned()
}

/// A request with a key.
pub fn ask(daemon: &Daemon, key: &str, method: &str, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {key}");
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    daemon.connect().request(method, path, &headers, text.as_bytes()).unwrap()
}

fn get(daemon: &Daemon, key: &str, path: &str) -> Answer {
    ask(daemon, key, "GET", path, &Value::Null)
}

#[test]
fn rule_20_a_key_acts_as_itself_within_its_role_and_scope() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let key = make_key(&daemon, &json!({"name": "ci", "role": "publisher", "scope": ["publish:events:recording.*"], "label": "the build"}));

    let me = get(&daemon, &key, "/whoami").json();
    assert_eq!(
        (&me["principal"], &me["role"], &me["allow"]),
        (&json!("key:ci"), &json!("publisher"), &json!(["publish:events:recording.*"]))
    );
    let published = ask(&daemon, &key, "POST", "/events", &json!({"type": "recording.ended"}));
    assert_eq!(published.status, 201);
    let event = daemon.get(published.header("location")).json();
    assert_eq!((&event["source"], &event["actor"]), (&json!("/key/ci"), &json!("key:ci")));

    let refused = ask(&daemon, &key, "POST", "/events", &json!({"type": "invoice.sent"}));
    is_problem(&refused, 403, "permission.denied");
    assert!(refused.header("www-authenticate").contains("insufficient_scope"));
    assert!(refused.json()["detail"].as_str().unwrap().contains("publish:events:invoice.sent"));
    for source in ["/plugins/words", "/plugins", "/panotti", "/key/another", "/key/cii", "/key"] {
        let refused = ask(&daemon, &key, "POST", "/events", &json!({"type": "recording.ended", "source": source}));
        is_problem(&refused, 403, "event.source_reserved");
    }
    for source in ["/key/ci", "/key/ci/laptop", "/keys", "/cli/ana"] {
        assert_eq!(ask(&daemon, &key, "POST", "/events", &json!({"type": "recording.ended", "source": source})).status, 201, "{source}");
    }
    is_problem(&get(&daemon, &key, "/events"), 403, "permission.denied");
    let lines = b"{\"type\":\"recording.ended\"}\n{\"type\":\"invoice.sent\"}\n";
    let x_api_key = [("x-api-key", key.as_str()), ("content-type", "application/x-ndjson")];
    let answer = daemon.connect().request("POST", "/events?receipts=summary", &x_api_key, lines).unwrap().json();
    assert_eq!((&answer["accepted"], &answer["refused"]), (&json!(1), &json!(1)));
    let known = daemon.get("/keys/ci").json();
    assert!(
        known["last_used_at"].is_string()
            || until("its use is noted", || daemon.get("/keys/ci").json()["last_used_at"].is_string().then_some(true))
    );
}

#[test]
fn rule_20_a_wrong_key_is_told_nothing_and_whoever_sends_many_waits() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let key = make_key(&daemon, &json!({"name": "ci", "role": "viewer"}));
    let last = if key.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &key[..key.len() - 1]);
    let unknown = ApiKeyText::new(KeyId::from_random([1; 12]), [2; 32]);

    for (wrong, word) in [(mistyped.as_str(), "checksum"), (unknown.reveal(), "no such key"), ("pnt_", "begins with")] {
        let answer = get(&daemon, wrong, "/events");
        is_problem(&answer, 401, "key.invalid");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"panotti\", error=\"invalid_token\"");
        assert!(answer.json()["detail"].as_str().unwrap().contains(word), "{}", answer.json());
    }
    (0..7).for_each(|_| drop(get(&daemon, unknown.reveal(), "/events")));
    let waits = get(&daemon, &key, "/events");

    is_problem(&waits, 429, "key.throttled");
    let seconds: u64 = waits.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(daemon.get("/events").status, 200, "who needs no key does not wait");
}

#[test]
fn rule_20_a_key_in_the_url_is_refused_wherever_it_stands() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let key = make_key(&daemon, &json!({"name": "ci", "role": "admin"}));
    for path in
        [format!("/events?api_key={key}"), format!("/keys/{key}"), format!("/v1/events?topic={key}"), "/livez?access_token=x".to_owned()]
    {
        is_problem(&daemon.get(&path), 400, "key.in_url");
    }
    let log = std::fs::read_to_string(scratch.file("logs/panotti.log")).unwrap();
    assert!(log.contains("a key was sent in a URL") && !log.contains(&key[20..50]), "the log tells of it without the key");
}

#[test]
fn rule_20_of_100_streams_open_with_a_revoked_key_none_is_open_a_second_later() {
    const STREAMS: usize = 100;
    let scratch = Scratch::new();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_LIMITS__CONNECTIONS_PER_USER_MAX", "200")]);
    let key = make_key(&daemon, &json!({"name": "watcher", "role": "viewer"}));
    let bearer = format!("Bearer {key}");
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        let mut connection = daemon.connect();
        connection.send_head("GET", "/events/stream", &[("authorization", &bearer)]).unwrap();
        assert_eq!(connection.read_head().unwrap().0, 200);
        streams.push(connection);
    }
    let mut other = daemon.connect();
    other.send_head("GET", "/events/stream", &[]).unwrap();
    assert_eq!(other.read_head().unwrap().0, 200);

    assert_eq!(daemon.post("/keys/watcher/revoke", &json!({"reason": "it leaked"})).json()["changed"], true);
    let revoked = Instant::now();
    for mut stream in streams {
        // The connection breaks off; what is read before is comments.
        let _ = stream.read_to_end();
    }
    let took = revoked.elapsed();

    assert!(took <= Duration::from_secs(1), "{took:?}");
    is_problem(&get(&daemon, &key, "/events"), 401, "key.invalid");
    assert_eq!(daemon.post("/events", &json!({"type": "a.b"})).status, 201);
    let (_stream, mut lines) = other.body_lines();
    until("another caller's stream goes on", || lines.next_line().unwrap().unwrap().contains("a.b").then_some(()));
}

#[test]
fn rule_20_a_key_that_expires_ends_what_was_begun_with_it() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let key = make_key(&daemon, &json!({"name": "short", "role": "viewer", "expires_in_seconds": 2}));
    let mut stream = daemon.connect();
    stream.send_head("GET", "/events/stream", &[("authorization", &format!("Bearer {key}"))]).unwrap();
    assert_eq!(stream.read_head().unwrap().0, 200);

    let _ = stream.read_to_end();

    let answer = get(&daemon, &key, "/events");
    is_problem(&answer, 401, "key.invalid");
    assert!(answer.json()["detail"].as_str().unwrap().contains("has expired"));
    assert_eq!(daemon.get("/keys/short").json()["state"], "expired");
}

#[test]
fn rule_20_a_rotated_key_has_two_secrets_until_the_old_one_is_revoked_and_both_outlive_a_restart() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let old = make_key(&daemon, &json!({"name": "ci", "role": "viewer", "cidr": ["127.0.0.0/8"]}));
    let old_id = daemon.get("/keys/ci").json()["id"].as_str().unwrap().to_owned();
    let rotated = daemon.post("/keys/ci/rotate", &json!({"overlap_seconds": 3600}));
    let new = rotated.json()["key"].as_str().unwrap().to_owned();
    assert_eq!((rotated.status, &rotated.json()["replaces"]), (201, &json!(old_id)));
    daemon.kill();

    let daemon = Daemon::start(&scratch);
    assert_eq!((get(&daemon, &old, "/events").status, get(&daemon, &new, "/events").status), (200, 200));
    assert_eq!(daemon.get(&format!("/keys/{old_id}")).json()["state"], "replaced");
    assert_eq!(daemon.post(&format!("/keys/{old_id}/revoke"), &json!({})).status, 200);
    assert_eq!((get(&daemon, &old, "/events").status, get(&daemon, &new, "/events").status), (401, 200));
    is_problem(&daemon.post("/keys/ci/rotate", &json!({"overlap_seconds": 604_801})), 400, "request.invalid");
    is_problem(&daemon.post(&format!("/keys/{old_id}/rotate"), &json!({})), 409, "key.over");
}

#[test]
fn rule_20_nobody_gives_away_what_they_do_not_hold() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    daemon.post("/keys", &json!({"name": "boss", "role": "admin"}));
    let clerk = make_key(&daemon, &json!({"name": "clerk", "role": "admin", "scope": ["*:keys:>", "read:events:team.>"]}));

    for (name, request, status) in [
        ("more", json!({"name": "more", "role": "admin"}), 403),
        ("reader", json!({"name": "reader", "role": "viewer"}), 403),
        ("fits", json!({"name": "fits", "role": "viewer", "scope": ["read:events:team.a.>"]}), 201),
    ] {
        let answer = ask(&daemon, &clerk, "POST", "/keys", &request);
        assert_eq!(answer.status, status, "{name}: {}", answer.json());
    }
    is_problem(&ask(&daemon, &clerk, "POST", "/keys/boss/rotate", &json!({})), 403, "permission.exceeded");
    is_problem(&ask(&daemon, &clerk, "POST", "/keys", &json!({"name": "x", "role": "viewer", "admin": true})), 400, "request.invalid");
}

#[test]
fn a_key_is_shown_once_and_then_only_its_owner_has_it() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let shown = scratch.run(&["key", "create", "ci", "--role", "viewer", "-q"]);
    let key = String::from_utf8(shown.stdout).unwrap().trim().to_owned();
    assert!(key.parse::<ApiKeyText>().is_ok(), "{key}");
    let file = scratch.path().join("other.key");
    let kept = scratch.run(&["key", "create", "other", "--role", "viewer", "--out", file.to_str().unwrap(), "-o", "json"]);
    let other = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap()) & 0o777, 0o600);
    assert_eq!(get(&daemon, &other, "/whoami").json()["principal"], "key:other");
    let again = scratch.run(&["key", "rotate", "other", "--out", file.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2), "no file is overwritten: {}", told(&again));

    let listed = scratch.run(&["key", "list", "-o", "json"]);
    let secrets: Vec<String> = [&key, &other].map(|key| key.parse::<ApiKeyText>().unwrap().secret().to_owned()).to_vec();
    assert_eq!(get(&daemon, &other, "/keys").status, 403, "a viewer sees no keys");
    assert!(daemon.stop().success());
    let mut texts = vec![told(&listed), told(&kept)];
    let mut folders = vec![scratch.data()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry)
            } else {
                texts.push(String::from_utf8_lossy(&std::fs::read(entry).unwrap_or_default()).into_owned())
            }
        }
    }
    assert!(texts.len() > 4);
    assert!(!texts.iter().any(|text| secrets.iter().any(|secret| text.contains(secret))), "no secret is anywhere but with its owner");
}
