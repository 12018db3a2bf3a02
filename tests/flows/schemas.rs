//! Schemas of topics as publishers and those who look after them meet them: over the API as `curl` sees it, and on the command line.

use std::process::Output;

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};

const BATCH: &str = "application/cloudevents-batch+json";

fn order() -> Value {
    json!({
        "type": "object",
        "required": ["id"],
        "properties": { "id": { "type": "integer" }, "state": { "enum": ["new", "paid"] } },
    })
}

/// Runs `panotti schema ...` with a schema in `schema.json`.
fn schema(scratch: &Scratch, arguments: &[&str], schema: &Value) -> Output {
    std::fs::write(scratch.path().join("schema.json"), schema.to_string()).unwrap();
    scratch.run(&[&["schema"], arguments].concat())
}

fn create(scratch: &Scratch, arguments: &[&str], wanted: &Value) -> Output {
    schema(scratch, &[&["create", "order.paid", "schema.json"], arguments].concat(), wanted)
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn parsed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", told(output)))
}

fn publish(daemon: &Daemon, data: Value) -> (u16, Value) {
    let answer = daemon.post("/events", &json!({"type": "order.paid", "data": data}));
    (answer.status, answer.json())
}

#[test]
fn an_enforced_schema_refuses_with_pointers_and_exit_6_and_stamps_what_fits_also_after_a_restart() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let made = create(&scratch, &["-o", "json"], &order());
    assert_eq!(parsed(&made), json!({"changed": true, "topic": "order.paid", "version": 1, "mode": "enforce"}));

    let (status, problem) = publish(&daemon, json!({"id": "7", "state": "lost"}));
    assert_eq!((status, &problem["code"], &problem["exit"]), (422, &json!("schema.violated"), &json!(6)));
    assert_eq!(
        problem["errors"],
        json!([
            {"pointer": "/data/id", "detail": "expected integer, found a string"},
            {"pointer": "/data/state", "detail": "expected one of `\"new\"`, `\"paid\"`"},
        ])
    );
    let refused = scratch.run(&["event", "publish", "order.paid", "{\"state\": \"new\"}"]);
    assert!(code(&refused) == Some(6) && told(&refused).contains("/data  `\"id\"` is missing"), "{}", told(&refused));
    let (status, receipt) = publish(&daemon, json!({"id": 7}));
    assert_eq!((status, &receipt["sequence"], &receipt["warnings"]), (201, &json!(1), &Value::Null), "nothing of the others was stored");
    assert_eq!(daemon.get("/events/@last").json()["schema"], 1);
    assert!(told(&scratch.run(&["event", "show", "@last"])).contains("schema version 1"));
    daemon.kill();

    let daemon = Daemon::start(&scratch);
    assert_eq!(publish(&daemon, json!({"id": "7"})).0, 422, "a restart keeps it");
    assert_eq!(daemon.get("/events/@last").json()["schema"], 1);
    assert_eq!(daemon.post("/events", &json!({"type": "order.sent", "data": "anything"})).status, 201, "another topic");
}

#[test]
fn of_a_stream_and_a_batch_each_event_is_judged_by_itself_and_a_key_takes_all_or_nothing() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    assert_eq!(code(&create(&scratch, &[], &order())), Some(0));

    let lines = "{\"type\":\"order.paid\",\"data\":{\"id\":1}}\n{\"type\":\"order.paid\",\"data\":{}}\n{\"type\":\"order.paid\",\"data\":{\"id\":3}}\n";
    let answer = daemon.connect().post("/events", "application/x-ndjson", lines.as_bytes()).unwrap();
    let answers: Vec<Value> = answer.body.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    assert_eq!([&answers[0]["receipt"]["sequence"], &answers[2]["receipt"]["sequence"]], [&json!(1), &json!(2)], "{answers:?}");
    assert_eq!((&answers[1]["line"], &answers[1]["failure"]["code"]), (&json!(2), &json!("schema.violated")), "{answers:?}");
    assert_eq!(answers[1]["failure"]["errors"][0]["pointer"], "/data");

    let batch = json!([{"type": "order.paid", "data": {"id": 4}}, {"type": "order.paid", "data": {"id": null}}]).to_string();
    let each = daemon.connect().post("/events", BATCH, batch.as_bytes()).unwrap().json();
    assert_eq!((&each["items"][0]["receipt"]["sequence"], &each["items"][1]["failure"]["status"]), (&json!(3), &json!(422)), "{each}");
    let headers = [("content-type", BATCH), ("idempotency-key", "night")];
    let whole = daemon.connect().request("POST", "/events", &headers, batch.as_bytes()).unwrap();
    assert_eq!((whole.status, &whole.json()["errors"][0]["pointer"]), (422, &json!("/1/data/id")));
    assert_eq!(daemon.get("/events/status").json()["accepted"], 3);
}

#[test]
fn a_schema_that_warns_accepts_tells_and_counts_and_off_checks_nothing() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    assert_eq!(code(&create(&scratch, &["--mode", "warn"], &order())), Some(0));

    let published = scratch.run(&["event", "publish", "order.paid", "{\"id\": \"x\"}"]);
    assert!(
        code(&published) == Some(0) && told(&published).contains("! /data/id  expected integer, found a string"),
        "{}",
        told(&published)
    );
    let (status, receipt) = publish(&daemon, json!([]));
    assert_eq!((status, &receipt["warnings"][0]["pointer"]), (201, &json!("/data")));
    let text = daemon.post("/events", &json!({"type": "order.paid", "datacontenttype": "text/plain", "data": "hi"})).json();
    assert_eq!(text["warnings"][0]["detail"], "the payload is `text/plain`, and a schema describes JSON");
    let listed = parsed(&scratch.run(&["schema", "list", "-o", "json"]));
    assert_eq!((&listed[0]["warned"], &listed[0]["mode"]), (&json!(3), &json!("warn")), "{listed}");

    assert!(told(&scratch.run(&["schema", "set", "order.paid", "--mode", "off"])).contains("order.paid@1  mode off"));
    assert_eq!(publish(&daemon, json!("x")).1["warnings"], Value::Null);
    assert_eq!(daemon.get("/events/@last").json()["schema"], Value::Null, "it was not checked");
    assert_eq!(parsed(&scratch.run(&["schema", "list", "-o", "json"]))[0]["warned"], 3);
}

#[test]
fn a_new_version_must_keep_valid_what_was_valid_unless_somebody_says_otherwise() {
    let scratch = Scratch::new();
    let _daemon = Daemon::start(&scratch);
    assert_eq!(code(&create(&scratch, &[], &order())), Some(0));
    let same = parsed(&create(&scratch, &["-o", "json"], &order()));
    assert_eq!((&same["changed"], &same["version"]), (&json!(false), &json!(1)));

    let narrower =
        json!({"type": "object", "required": ["id", "owner"], "properties": {"id": {"type": "integer"}, "state": {"enum": ["new"]}}});
    let refused = create(&scratch, &[], &narrower);
    assert_eq!(code(&refused), Some(6));
    for broke in ["/required  `owner` is new and required", "/properties/state/enum  no longer allowed: `\"paid\"`", "schema.incompatible"]
    {
        assert!(told(&refused).contains(broke), "{}", told(&refused));
    }
    let checked = schema(&scratch, &["check", "order.paid", "schema.json"], &narrower);
    assert_eq!((code(&checked), told(&checked).contains("order.paid@1")), (Some(6), true), "{}", told(&checked));

    let wider =
        json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "number"}, "state": {"enum": ["new", "paid", "sent"]}}});
    let planned = parsed(&create(&scratch, &["--dry-run", "-o", "json"], &wider));
    assert_eq!((&planned["version"], &planned["dry_run"], &planned["changed"]), (&json!(2), &json!(true), &json!(true)));
    assert_eq!(code(&create(&scratch, &["--compat", "full"], &wider)), Some(6));
    assert_eq!(code(&create(&scratch, &["--reason", "parts are sold too"], &wider)), Some(0));
    assert_eq!(code(&create(&scratch, &["--compat", "none"], &narrower)), Some(0));
    let shown = parsed(&scratch.run(&["schema", "show", "order.paid", "-o", "json"]));
    let versions: Vec<&Value> = shown["versions"].as_array().unwrap().iter().map(|version| &version["compatibility"]).collect();
    assert_eq!((&shown["version"], versions), (&json!(3), vec![&json!("none"), &json!("backward"), &json!("backward")]));
    let first = scratch.run(&["schema", "show", "order.paid@1", "--raw"]);
    assert_eq!(serde_json::from_slice::<Value>(&first.stdout).unwrap(), order());
    assert_eq!(code(&scratch.run(&["schema", "show", "order.paid@9"])), Some(4));
}

#[test]
fn what_is_no_schema_is_refused_with_its_place_and_nothing_is_changed() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for (wrong, said) in [
        (json!({"properties": {"id": {"minimun": 1}}}), "/properties/id/minimun"),
        (json!({"$ref": "https://example.com/order.json"}), "leads out of the schema"),
        (json!([1]), "an object, `true` or `false`"),
    ] {
        let refused = create(&scratch, &[], &wrong);
        assert_eq!(code(&refused), Some(6), "{}", told(&refused));
        assert!(told(&refused).contains(said) && told(&refused).contains("schema.invalid"), "{}", told(&refused));
    }
    std::fs::write(scratch.path().join("half.json"), "{").unwrap();
    assert_eq!(code(&scratch.run(&["schema", "create", "order.paid", "half.json"])), Some(6));
    assert_eq!(code(&scratch.run(&["schema", "create", "panotti.delivery.dead", "schema.json"])), Some(8));
    assert_eq!(code(&scratch.run(&["schema", "create", "order.*", "schema.json"])), Some(2), "a schema is of one topic");
    assert_eq!(daemon.get("/schemas").json()["items"], json!([]));
    assert_eq!(daemon.get("/schemas/order.paid").status, 404);
}

#[test]
fn a_removed_schema_checks_nothing_and_its_versions_stay_readable() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    assert_eq!(code(&create(&scratch, &[], &order())), Some(0));
    assert_eq!(publish(&daemon, json!({"id": 1})).0, 201);

    assert_eq!(code(&scratch.run(&["schema", "remove", "order.paid"])), Some(0));
    assert_eq!(code(&scratch.run(&["schema", "remove", "order.paid"])), Some(4));
    assert_eq!(publish(&daemon, json!("x")).0, 201);
    let shown = parsed(&scratch.run(&["schema", "show", "order.paid@1", "-o", "json"]));
    assert_eq!((&shown["in_force"], &shown["schema"]), (&Value::Null, &order()));
    let again = parsed(&create(&scratch, &["-o", "json"], &order()));
    assert_eq!(again["version"], 2, "a number is not used again");
}

#[test]
fn a_schema_inferred_from_events_comes_into_force_and_they_fit_it() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for number in 0..12 {
        let data = json!({"id": number, "state": if number % 2 == 0 { "new" } else { "paid" }, "at": "2026-11-22T10:00:00Z", "note": null});
        assert_eq!(publish(&daemon, data).0, 201);
    }
    let inferred = scratch.run(&["schema", "infer", "order.paid"]);
    let wanted: Value = serde_json::from_slice(&inferred.stdout).unwrap_or_else(|error| panic!("{error}: {}", told(&inferred)));
    assert_eq!(wanted["properties"]["state"], json!({"enum": ["new", "paid"]}));
    assert_eq!(wanted["properties"]["at"], json!({"type": "string", "format": "date-time"}));
    assert_eq!(wanted["required"], json!(["at", "id", "note", "state"]));
    assert!(told(&inferred).contains("from 12 events"), "{}", told(&inferred));
    assert_eq!(code(&create(&scratch, &[], &wanted)), Some(0));

    let fits = "{\"id\": 99, \"state\": \"paid\", \"at\": \"2026-11-23T00:00:00Z\", \"note\": null}";
    assert_eq!(code(&scratch.run(&["schema", "validate", "order.paid", fits])), Some(0));
    let wrong =
        scratch.run(&["schema", "validate", "order.paid", "{\"id\": 99, \"state\": \"lost\", \"at\": \"yesterday\", \"note\": null}"]);
    assert_eq!(code(&wrong), Some(6));
    assert!(told(&wrong).contains("/at  expected the format `date-time`") && told(&wrong).contains("/state"), "{}", told(&wrong));
    let again = parsed(&scratch.run(&["schema", "infer", "order.paid", "-o", "json"]));
    assert_eq!(
        (&again["events"], &again["schema"]),
        (&json!(12), &wanted),
        "nothing was published, and the same events give the same schema"
    );
    assert_eq!(code(&scratch.run(&["schema", "infer", "nobody.knows"])), Some(4));
}

#[test]
fn the_catalogue_the_route_and_the_explanation_know_the_schema() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    assert_eq!(publish(&daemon, json!({"id": 1})).0, 201);
    assert_eq!(daemon.get("/events/@last/explain").json()["schema"], Value::Null, "it was not checked");
    assert_eq!(daemon.get("/topics/order.paid").json()["schema"], Value::Null);
    assert_eq!(code(&create(&scratch, &["--mode", "warn"], &order())), Some(0));
    assert_eq!(publish(&daemon, json!({"id": "x"})).0, 201);
    assert_eq!(code(&create(&scratch, &["--compat", "none"], &json!({"type": "object"}))), Some(0));

    let said = daemon.get("/events/@last/explain").json()["schema"].clone();
    let errors = json!([{"pointer": "/data/id", "detail": "expected integer, found a string"}]);
    assert_eq!(said, json!({"version": 1, "fits": false, "errors": errors}), "by the version of then");
    let told_so = told(&scratch.run(&["event", "explain", "@last"]));
    assert!(told_so.contains("version 1 of the schema: it does not fit\n  /data/id  expected integer"), "{told_so}");
    assert_eq!(publish(&daemon, json!({"id": "x"})).0, 201);
    assert_eq!(daemon.get("/events/@last/explain").json()["schema"], json!({"version": 2, "fits": true}));

    let in_force = json!({"version": 2, "mode": "warn"});
    assert_eq!(daemon.get("/topics").json()["items"][0]["schema"], in_force);
    assert_eq!(daemon.get("/topics/order.paid").json()["schema"], in_force);
    assert_eq!(daemon.get("/topics/order.paid/route").json()["schema"], in_force);
    assert!(told(&scratch.run(&["topic", "list"])).contains("2 warn"));
    assert!(told(&scratch.run(&["topic", "show", "order.paid"])).contains("version 2, mode warn"));
}
