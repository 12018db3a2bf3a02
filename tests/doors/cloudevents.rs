//! The CloudEvents HTTP binding: the same event in each of its modes reads back the same.

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::scratch::Scratch;

#[test]
fn an_event_reads_back_the_same_in_whichever_mode_it_came() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let event = |id: &str| {
        json!({
            "specversion": "1.0", "type": "order.paid", "source": "/shop", "id": id, "subject": "Euro € 😀", "time": "2026-11-22T10:00:00.000Z",
            "datacontenttype": "application/json", "tenant": "a", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "data": {"amount": 3},
        })
    };
    let binary = [
        ("ce-specversion", "1.0"),
        ("ce-type", "order.paid"),
        ("ce-source", "/shop"),
        ("ce-id", "binary"),
        ("ce-subject", "Euro%20%E2%82%AC%20%F0%9F%98%80"),
        ("ce-time", "2026-11-22T10:00:00.000Z"),
        ("ce-tenant", "a"),
        ("ce-traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("content-type", "application/json"),
    ];

    let answers = [
        daemon.connect().request("POST", "/events", &binary, br#"{"amount": 3}"#).unwrap().json(),
        daemon.connect().post("/events", "application/cloudevents+json", event("structured").to_string().as_bytes()).unwrap().json(),
        daemon
            .connect()
            .post("/events", "application/cloudevents-batch+json", json!([event("batched")]).to_string().as_bytes())
            .unwrap()
            .json()["items"][0]["receipt"]
            .clone(),
    ];

    for (answer, id) in answers.iter().zip(["binary", "structured", "batched"]) {
        let shown = daemon.get(&format!("/events/{}", answer["eventid"].as_str().unwrap_or_else(|| panic!("{id}: {answer}")))).json();
        let path = format!("/events/{}", shown["eventid"].as_str().unwrap());
        let structured = daemon.connect().request("GET", &path, &[("accept", "application/cloudevents+json")], b"").unwrap();
        assert_eq!(structured.header("content-type"), "application/cloudevents+json");
        for (name, value) in event(id).as_object().unwrap() {
            assert_eq!((&shown[name], &structured.json()[name]), (value, value), "{name} of {id}");
        }
        let binary = daemon.get(&format!("{path}/payload"));
        assert_eq!((binary.header("ce-subject"), binary.header("ce-id")), ("Euro%20%E2%82%AC%20%F0%9F%98%80", id));
        let fields: Vec<(&str, &str)> = binary.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let own = ["ce-eventid", "ce-sequence", "ce-actor", "ce-rules", "content-length", "date", "x-request-id"];
        let others: Vec<_> = fields.into_iter().filter(|(name, _)| !own.contains(name)).collect();
        let again = daemon.connect().request("POST", "/events", &others, &binary.body).unwrap();
        assert_eq!(
            (again.status, again.json()["duplicate"].clone()),
            (200, json!(true)),
            "what is read can be published: {}",
            again.json()
        );
    }
}

#[test]
fn a_payload_of_any_kind_comes_through_binary_mode_byte_for_byte() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for (media_type, body) in
        [("image/png", &[0, 1, 255][..]), ("text/plain; charset=utf-8", "käse".as_bytes()), ("application/json", b"[1, 2]"), ("a/b", b"")]
    {
        let fields = [("ce-specversion", "1.0"), ("ce-type", "a.b"), ("content-type", media_type)];
        let receipt = daemon.connect().request("POST", "/events", &fields, body).unwrap().json();
        let payload = daemon.get(&format!("/events/{}/payload", receipt["eventid"].as_str().unwrap_or_else(|| panic!("{receipt}"))));
        assert_eq!((payload.body.as_slice(), payload.header("content-type")), (body, media_type));
    }
    let read = |key: &str, subject: &str| {
        let fields = [("ce-specversion", "1.0"), ("ce-type", "a.b"), ("ce-subject", subject), ("idempotency-key", key)];
        daemon.connect().request("POST", "/events", &fields, b"{}").unwrap()
    };
    assert_eq!((read("k", "x").status, read("k", "x").status), (201, 200));
    assert_eq!(read("k", "y").json()["code"], "event.key_reused", "a key stands for the fields too");
    let bad = daemon.connect().request("POST", "/events", &[("ce-specversion", "1.0"), ("ce-type", "a..b")], b"").unwrap();
    assert_eq!((bad.status, bad.json()["code"].clone()), (400, Value::from("event.topic_invalid")));
}
