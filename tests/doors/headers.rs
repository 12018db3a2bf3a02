//! Headers that other programs rely on: where the next page is, which state an answer shows, which trace a request belongs to.

use serde_json::json;

use crate::support::daemon::Daemon;
use crate::support::scratch::Scratch;

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn a_list_is_read_by_following_its_links() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    (1..=25).for_each(|n| assert_eq!(daemon.post("/events", &json!({"type": "a.b", "data": n})).status, 201));

    let (mut path, mut sizes) = ("/v1/events?topic=a.%3E&limit=10".to_owned(), Vec::new());
    loop {
        let page = daemon.get(&path);
        sizes.push(page.json()["items"].as_array().unwrap().len());
        let link = page.header("link");
        if link.is_empty() {
            assert!(page.json()["next_cursor"].is_null());
            break;
        }
        path = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap().to_owned();
        assert!(path.starts_with("/v1/events?topic=a.%3E&limit=10&cursor="), "{path}");
    }
    assert_eq!(sizes, [10, 10, 5]);
    for other in ["/topics", "/plugins", "/events/1/explain", "/status"] {
        assert_eq!(daemon.get(other).header("link"), "", "{other}");
    }
}

#[test]
fn what_is_as_the_client_has_it_is_not_sent_again() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let ask = |path: &str, known: &str| daemon.connect().request("GET", path, &[("if-none-match", known)], b"").unwrap();
    for path in ["/openapi.json", "/v1/config/overlay"] {
        let tag = daemon.get(path).header("etag").to_owned();
        assert!(tag.starts_with('"'), "{path}: {tag}");
        let same = ask(path, &format!("\"other\", {tag}"));
        assert_eq!((same.status, same.header("etag"), same.body.len()), (304, tag.as_str(), 0), "{path}");
        assert_eq!(ask(path, "\"other\"").status, 200, "{path}");
    }
    // What is in force depends on the files too, which the revision does not tell.
    let tag = daemon.get("/config").header("etag").to_owned();
    assert_eq!(ask("/config", &tag).status, 200);

    for days in [20, 21] {
        let change = json!({"overlay": {"retention.days": days}}).to_string();
        let fields = [("content-type", "application/json"), ("if-match", "*")];
        assert_eq!(daemon.connect().request("PATCH", "/config", &fields, change.as_bytes()).unwrap().status, 200);
    }
    assert_eq!(ask("/config/overlay", &tag).status, 200, "it has changed");
    let page = daemon.get("/config/history?limit=1");
    assert!(page.header("link").starts_with("</config/history?limit=1&cursor="), "{:?}", page.headers);
}

#[test]
fn the_trace_of_a_request_goes_into_its_events_and_its_answer() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let own = TRACEPARENT.replace("4bf9", "aaaa");
    let publish = |fields: &[(&str, &str)], body: &str| {
        let answer = daemon.connect().request("POST", "/events", fields, body.as_bytes()).unwrap();
        assert!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
        answer
    };
    let newest = || daemon.get("/events/@last").json()["traceparent"].clone();
    let json_type = ("content-type", "application/json");

    let answer = publish(&[json_type, ("traceparent", TRACEPARENT)], "{\"type\":\"a.b\"}");
    assert_eq!(newest(), TRACEPARENT);
    assert_eq!(answer.header("traceparent"), format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", answer.header("x-request-id")));
    publish(&[json_type, ("traceparent", TRACEPARENT)], &json!({"type": "a.b", "traceparent": own}).to_string());
    assert_eq!(newest(), own, "an event's own counts");
    publish(&[("content-type", "application/cloudevents-batch+json"), ("traceparent", TRACEPARENT)], "[{\"type\":\"a.b\"}]");
    assert_eq!(newest(), TRACEPARENT);
    publish(&[("content-type", "application/x-ndjson"), ("traceparent", TRACEPARENT)], "{\"type\":\"a.b\"}\n");
    assert_eq!(newest(), TRACEPARENT);
    let answer = publish(&[json_type, ("traceparent", "00-zz")], "{\"type\":\"a.b\"}");
    assert_eq!((newest(), answer.header("traceparent")), (serde_json::Value::Null, ""), "what does not hold is passed over");
}
