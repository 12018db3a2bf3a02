//! The API as `curl` sees it: paths, statuses, bodies, problems, streams.

use serde_json::{Value, json};

use crate::support::daemon::{Daemon, block_on};
use crate::support::http::Answer;
use crate::support::scratch::Scratch;
use crate::support::until;

pub fn is_problem(answer: &Answer, status: u16, code: &str) {
    let problem = answer.json();
    assert_eq!((answer.status, problem["code"].as_str()), (status, Some(code)), "{problem}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("docs/errors/{code}.md"));
    for field in ["title", "detail", "next"] {
        assert!(!problem[field].as_str().unwrap_or("").is_empty(), "`{field}` of {problem}");
    }
    assert_eq!(problem["request_id"], answer.header("x-request-id"), "the request can be found in the log");
}

#[test]
fn a_daemon_says_that_it_lives_that_it_is_ready_and_which_versions_it_has() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);

    assert_eq!((daemon.get("/livez").status, daemon.get("/readyz").status), (200, 200));
    let version = daemon.get("/version").json();
    assert_eq!((&version["api"], &version["plugin_protocols"]), (&json!([1]), &json!([1])));
    let status = daemon.get("/status").json();
    assert_eq!((&status["pid"], &status["epoch"], &status["health"]), (&json!(daemon.pid()), &json!(1), &json!("ok")));
    assert_eq!(daemon.get("/events/status").json()["accepted"], 0);
    assert!(daemon.get("/config").json()["items"].as_array().unwrap().iter().any(|setting| setting["key"] == "store.bytes_max"));
    for list in ["/events", "/events/errors", "/replays", "/plugins"] {
        assert_eq!(daemon.get(list).json()["items"], json!([]), "{list}");
    }
}

#[test]
fn the_typed_client_has_no_entrance_of_its_own() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);

    let status = block_on(async { daemon.client().status().await }).unwrap();

    assert_eq!(serde_json::to_value(status.store_id).unwrap(), daemon.get("/status").json()["store_id"]);
}

#[test]
fn every_route_is_there_with_the_version_in_front_too() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for path in
        ["/livez", "/readyz", "/version", "/status", "/config", "/events", "/events/status", "/events/errors", "/replays", "/plugins"]
    {
        assert_eq!(daemon.get(&format!("/v1{path}")).status, 200, "{path}");
    }
    is_problem(&daemon.get("/v2/events"), 404, "route.not_found");
}

#[test]
fn what_is_wrong_with_a_request_is_a_problem_with_a_code_and_what_to_do() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let event = "evt_01kc2v7jq8ew2s7q4m8t1n0zcd";
    for (path, status, code) in [
        ("/nowhere", 404, "route.not_found"),
        ("/events/replay", 405, "request.method"),
        (&*format!("/events/{event}"), 404, "event.not_found"),
        ("/events/@last", 404, "event.not_found"),
        ("/replays/rpl_01kc2v7jq8ew2s7q4m8t1n0zcd", 404, "replay.not_found"),
        ("/plugins/nobody", 404, "plugin.not_found"),
        ("/events?limit=0", 400, "request.invalid"),
        ("/events?cursor=%25", 400, "request.invalid"),
        ("/events?nonsense=1", 400, "request.invalid"),
        ("/events?topic=a..b", 400, "request.invalid"),
    ] {
        is_problem(&daemon.get(path), status, code);
    }
    for (path, body, status, code) in [
        ("/events", json!({"type": "a..b"}), 400, "event.topic_invalid"),
        ("/events", json!({"type": "panotti.x"}), 403, "event.topic_reserved"),
        ("/events", json!({"type": "a", "sequence": 1}), 400, "event.attribute_invalid"),
        ("/events", json!({"type": "a", "data": 1, "data_base64": "AA=="}), 422, "event.payload_invalid"),
        ("/events", json!({"type": "a", "data": "x".repeat(300_000)}), 413, "event.payload_too_large"),
        ("/events", json!({"type": "a", "data": "x".repeat(1_100_000)}), 413, "event.payload_too_large"),
        ("/events/replay", json!({"selection": {}}), 400, "replay.selector_missing"),
        ("/livez", json!({}), 405, "request.method"),
    ] {
        is_problem(&daemon.post(path, &body), status, code);
    }
    is_problem(&daemon.connect().post("/events", "text/csv", b"a,b").unwrap(), 415, "request.media_type");
    is_problem(&daemon.connect().post("/events", "application/json", b"{oops").unwrap(), 400, "request.invalid");
}

#[test]
fn rule_13_the_same_event_again_is_answered_with_the_first_receipt() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let event = json!({"specversion": "1.0", "type": "order.paid", "source": "/shop", "id": "17", "data": {"amount": 3}});

    let first = daemon.connect().post("/events", "application/cloudevents+json", event.to_string().as_bytes()).unwrap();
    let second = daemon.post("/v1/events", &event);

    let (receipt, again) = (first.json(), second.json());
    assert_eq!((first.status, second.status), (201, 200));
    assert_eq!(first.header("location"), format!("/events/{}", receipt["eventid"].as_str().unwrap()));
    assert_eq!((&receipt["sequence"], &receipt["id"], &receipt["duplicate"]), (&json!(1), &json!("17"), &Value::Null));
    assert_eq!((&again["eventid"], &again["sequence"], &again["duplicate"]), (&receipt["eventid"], &json!(1), &json!(true)));
    let shown = daemon.get(first.header("location")).json();
    assert_eq!((&shown["data"], &shown["type"], &shown["source"]), (&json!({"amount": 3}), &json!("order.paid"), &json!("/shop")));
    let payload = daemon.get(&format!("{}/payload", first.header("location")));
    assert_eq!((payload.body.as_slice(), payload.header("content-type")), (br#"{"amount":3}"#.as_slice(), "application/json"));
}

#[test]
fn a_batch_has_an_answer_for_each_and_a_bad_one_leaves_the_others_alone() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let batch = json!([{"type": "a.b", "data": 1}, {"type": "a..b"}, {"type": "a.b", "data": 3}]).to_string();

    let answer = daemon.connect().post("/events", "application/cloudevents-batch+json", batch.as_bytes()).unwrap();

    let items = answer.json()["items"].clone();
    assert_eq!(answer.status, 200);
    assert_eq!((&items[0]["receipt"]["sequence"], &items[2]["receipt"]["sequence"]), (&json!(1), &json!(2)));
    assert_eq!((&items[1]["line"], &items[1]["failure"]["code"]), (&json!(2), &json!("event.topic_invalid")));
    let too_many = Value::from(vec![json!({"type": "a.b"}); 501]).to_string();
    is_problem(
        &daemon.connect().post("/events", "application/cloudevents-batch+json", too_many.as_bytes()).unwrap(),
        413,
        "request.too_large",
    );
}

#[test]
fn a_list_is_read_page_by_page_in_both_directions() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let lines: String =
        (1..=25).map(|n| format!("{{\"type\":\"{}\",\"data\":{n}}}\n", if n % 5 == 0 { "five" } else { "other" })).collect();
    let answer = daemon.connect().post("/events?receipts=summary", "application/x-ndjson", lines.as_bytes()).unwrap();
    assert_eq!(answer.json(), json!({"accepted": 25, "duplicates": 0, "refused": 0, "errors": []}));

    let pages = |query: &str| {
        let (mut sequences, mut sizes, mut cursor) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = daemon.get(&format!("/events?limit=10{query}{cursor}")).json();
            let items = page["items"].as_array().unwrap();
            sizes.push(items.len());
            sequences.extend(items.iter().map(|item| item["sequence"].as_u64().unwrap()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return (sequences, sizes),
            }
        }
    };
    let (oldest, sizes) = pages("&order=oldest");
    assert_eq!((oldest, sizes), ((1..=25).collect::<Vec<u64>>(), vec![10, 10, 5]));
    assert_eq!(pages("").0, (1..=25).rev().collect::<Vec<u64>>());
    assert_eq!(pages("&topic=five").0, [25, 20, 15, 10, 5]);
}

#[test]
fn lines_are_answered_while_more_are_still_to_come_and_counted_at_the_end() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let mut connection = daemon.connect();
    connection.begin_lines("/events").unwrap();
    connection.send_chunk(b"{\"type\":\"a.b\",\"id\":\"1\"}\n{oops}\n").unwrap();
    assert_eq!(connection.read_head().unwrap().0, 200);
    let (stream, mut lines) = connection.body_lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next_line().unwrap().unwrap()).unwrap();

    assert_eq!(next()["receipt"]["sequence"], 1, "answered while the body goes on");
    let refused = next();
    assert_eq!((&refused["line"], &refused["failure"]["code"]), (&json!(2), &json!("request.invalid")));
    drop((stream, lines));
    until("the daemon is well after a client has vanished", || (daemon.get("/readyz").status == 200).then_some(()));
    let text = "{\"type\":\"a.b\",\"id\":\"1\"}\n{\"type\":\"a..b\"}\n{\"type\":\"a.b\"}";
    let summary = daemon.connect().post("/events?receipts=summary", "application/x-ndjson", text.as_bytes()).unwrap().json();
    assert_eq!((&summary["accepted"], &summary["duplicates"], &summary["refused"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(summary["errors"][0]["pointer"], "line 2");
}

#[test]
fn a_stream_has_the_past_then_the_present_and_ends_with_a_word() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let publish = |number: u64| assert_eq!(daemon.post("/events", &json!({"type": "a.b", "data": {"n": number}})).status, 201);
    (1..=3).for_each(publish);
    let mut connection = daemon.connect();
    connection.send_head("GET", "/events/stream?payload=true", &[("last-event-id", "1"), ("accept", "text/event-stream")]).unwrap();
    let (status, headers) = connection.read_head().unwrap();
    assert_eq!((status, headers["content-type"].as_str()), (200, "text/event-stream"));
    let (_stream, mut lines) = connection.body_lines();
    let mut block = || {
        let mut fields = std::collections::BTreeMap::new();
        loop {
            match lines.next_line().unwrap().as_deref() {
                Some("") if fields.contains_key("event") => return fields,
                Some(line) => {
                    let (name, value) = line.split_once(':').unwrap_or((line, ""));
                    fields.insert(name.to_owned(), value.trim_start().to_owned());
                }
                None => panic!("the stream ended without a word"),
            }
        }
    };

    let past: Vec<_> = (0..2).map(|_| block()).collect();
    publish(4);
    let present = block();
    daemon.signal(rustix::process::Signal::TERM);
    let goodbye = block();

    let data =
        |fields: &std::collections::BTreeMap<String, String>| serde_json::from_str::<Value>(&fields["data"]).unwrap()["data"]["n"].clone();
    assert_eq!((past[0]["event"].as_str(), past[0]["id"].as_str(), data(&past[1])), ("published", "2", json!(3)));
    assert_eq!((present["event"].as_str(), present["id"].as_str(), data(&present)), ("published", "4", json!(4)));
    assert_eq!(goodbye["event"], "goodbye");
}
