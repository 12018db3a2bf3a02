//! JSON that is too deep, has too many keys, or a key twice: refused in every body, in every line, and in every event of a batch.

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::scratch::Scratch;

/// An event whose payload has this depth: the event itself is one deep.
fn deep(depth: usize) -> String {
    format!(r#"{{"type":"a.b","data":{}1{}}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1))
}

/// An event with this number of keys.
fn wide(keys: usize) -> String {
    let data: Vec<String> = (0..keys - 2).map(|key| format!("\"k{key}\":{key}")).collect();
    format!(r#"{{"type":"a.b","data":{{{}}}}}"#, data.join(","))
}

/// Events at and below the limits, and those that are refused.
fn events() -> (Vec<String>, Vec<String>) {
    let good = vec![deep(63), deep(64), wide(999), wide(1_000), r#"{"type":"a.b","data":{"a":{"a":1}}}"#.to_owned()];
    let bad = vec![
        deep(65),
        deep(100_000),
        wide(1_001),
        r#"{"type":"a.b","type":"a.b"}"#.to_owned(),
        r#"{"type":"a.b","data":{"a":1,"a":2}}"#.to_owned(),
        r#"{"type":"a.b","data":[[{"b":{"a":1,"\u0061":2}}]]}"#.to_owned(),
        "{\"type\":\"a.b\",\"data\":\"\u{fffd}\"}".replace('\u{fffd}', "\\ud800x\u{1}"),
    ];
    (good, bad)
}

#[test]
fn what_is_too_deep_too_wide_or_of_two_meanings_is_no_event_whichever_way_it_comes() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let (good, bad) = events();
    let send = |media_type: &str, body: &str| daemon.connect().post("/events", media_type, body.as_bytes()).unwrap();
    for event in &good {
        assert_eq!(send("application/json", event).status, 201, "{:.80}", event);
    }
    for event in &bad {
        let answer = send("application/json", event);
        assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"), "{:.80}", event);
    }
    let all = [good.clone(), bad.clone()].concat();

    // What is far too deep is no batch at all; what is only too deep leaves the others alone.
    let bomb = send("application/cloudevents-batch+json", &format!("[{}]", bad[1]));
    assert_eq!((bomb.status, bomb.header("content-type")), (400, "application/problem+json"));
    let batched = [good.clone(), bad[..1].to_vec(), bad[2..6].to_vec()].concat();
    let batch: Value = send("application/cloudevents-batch+json", &format!("[{}]", batched.join(","))).json();
    let lines = String::from_utf8(send("application/x-ndjson", &all.join("\n")).body).unwrap();

    let held = |items: &[Value]| items.iter().map(|item| item["receipt"].is_object()).collect::<Vec<bool>>();
    let expected: Vec<bool> = (0..all.len()).map(|index| index < good.len()).collect();
    assert_eq!(held(batch["items"].as_array().unwrap()), expected[..batched.len()]);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(held(&lines), expected);
    assert_eq!(daemon.get("/events/status").json()["accepted"], good.len() * 3);
}

#[test]
fn base64_is_no_way_around_how_strictly_json_is_read() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for bad in [r#"{"amount":1,"amount":1000}"#.to_owned(), format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000))] {
        let data = data_encoding::BASE64.encode(bad.as_bytes());
        let answer = daemon.post("/events", &json!({"type": "a.b", "datacontenttype": "application/json", "data_base64": data}));
        assert_eq!((answer.status, &answer.json()["code"]), (422, &json!("event.payload_invalid")), "{:.80}", bad);
    }
    assert_eq!(daemon.get("/events/status").json()["accepted"], 0);
}

#[test]
fn other_bodies_are_read_as_strictly() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let schema = |body: &str| daemon.connect().post("/schemas", "application/json", body.as_bytes()).unwrap();
    for bad in [
        r#"{"topic":"a.b","topic":"a.c","schema":{}}"#.to_owned(),
        r#"{"topic":"a.b","schema":{"type":"object","type":"string"}}"#.to_owned(),
        format!(r#"{{"topic":"a.b","schema":{}1{}}}"#, "[".repeat(64), "]".repeat(64)),
        "[".repeat(100_000),
    ] {
        let answer = schema(&bad);
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("request.invalid")), "{:.80}", bad);
    }
    assert_eq!(schema(r#"{"topic":"a.b","schema":{"type":"object"}}"#).status, 201);
}

#[test]
fn a_compressed_body_is_not_unpacked() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for coding in ["gzip", "deflate", "br", "zstd", "gzip, identity", "x"] {
        let headers = [("content-type", "application/json"), ("content-encoding", coding)];
        let answer = daemon.connect().request("POST", "/events", &headers, b"\x1f\x8b").unwrap();
        assert_eq!((answer.status, &answer.json()["code"]), (415, &json!("request.media_type")), "{coding}");
    }
    let plain = [("content-type", "application/json"), ("content-encoding", "identity")];
    assert_eq!(daemon.connect().request("POST", "/events", &plain, br#"{"type":"a.b"}"#).unwrap().status, 201);
}
