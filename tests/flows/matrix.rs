//! Who may do what, all of it: every operation of the table, with every role, inside and outside a scope. A route that is added and not
//! written down here fails the test. Operations are asked in one order and change little; what they remove is made anew.

use panotti::daemon::api::routes::{Needs, Operation, operations};
use panotti_core::permission::Grants;
use panotti_core::roles::{BUILT_IN, built_in};
use panotti_protocol::permission::{Resource, Verb};
use serde_json::{Value, json};

use super::keys::{ask, make_key};
use crate::support::daemon::Daemon;
use crate::support::http::Answer;
use crate::support::scratch::Scratch;

/// The daemon would be gone for everybody else.
const SELF_DESTROYING: &str = "stop_daemon";

/// What an operation answers outside the scope.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Outside {
    /// It is for everybody that the daemon knows.
    Open,
    /// As if the object were not there: this code.
    Missing(&'static str),
    /// 403: what is not there yet, or is about all objects at once, is no secret.
    Denied,
    /// 403 inside too: it counts over everything.
    DeniedInside,
    /// The list without what is outside.
    Left,
}

use Outside::{Denied, DeniedInside, Left, Missing, Open};

/// How an operation is asked: path, body, what it answers outside. `side` is `inside` or `outside`, `event` an event of that side, and
/// `number` different each time.
fn call(operation: &Operation, side: &str, event: &str, number: usize) -> (String, Value, Outside) {
    let (none, reason, topic) = (Value::Null, json!({}), format!("{side}.a"));
    let event_path = |end: &str| format!("/events/{event}{end}");
    let plugin = |end: &str| format!("/plugins/{side}{end}");
    let schema = |end: &str| format!("/schemas/{side}.a{end}");
    let object_schema = json!({"type": "object"});
    let (no_event, no_plugin, no_schema) = (Missing("event.not_found"), Missing("plugin.not_found"), Missing("schema.not_found"));
    let (no_topic, no_filter) = (Missing("topic.not_found"), Missing("filter.not_found"));
    let (no_key, no_role) = (Missing("key.not_found"), Missing("role.not_found"));
    match operation.id {
        "get_live" | "get_ready" | "get_version" | "get_whoami" | "get_openapi" | "get_docs" | "get_docs_script" | "get_docs_style" => {
            (operation.path.to_owned(), none, Open)
        }
        "get_status"
        | "get_slo"
        | "get_event_status"
        | "list_error_groups"
        | "get_event_stats"
        | "get_checks"
        | "check_seal"
        | "get_seal"
        | "get_config_overlay"
        | "list_config_history"
        | "get_config_schema"
        | "list_audit_records"
        | "export_audit_records"
        | "list_audit_checkpoints"
        | "verify_audit"
        | "list_secrets" => (operation.path.to_owned(), none, DeniedInside),
        // Nothing that the other cells stand on is changed.
        "replace_config" | "change_config" => (operation.path.to_owned(), json!({"overlay": {}, "dry_run": true}), DeniedInside),
        "roll_back_config" => (operation.path.to_owned(), json!({"revision": 0, "dry_run": true}), DeniedInside),
        "reload_config" => (operation.path.to_owned(), json!({"dry_run": true}), DeniedInside),
        "set_seal_recovery" => (operation.path.to_owned(), json!({}), DeniedInside),
        SELF_DESTROYING | "rotate_seal" | "rotate_secrets" => (operation.path.to_owned(), reason, DeniedInside),
        "set_secret" => (format!("/config/secrets/{side}"), json!({"value": "a secret of the matrix"}), DeniedInside),
        "remove_secret" => (format!("/config/secrets/{side}"), none, DeniedInside),
        "get_config" | "list_events" | "export_events" | "list_topics" | "list_filters" | "list_schemas" | "list_replays"
        | "list_subscriptions" | "list_plugins" | "list_keys" | "list_roles" | "stream_events" => (operation.path.to_owned(), none, Left),
        "publish_events" => (operation.path.to_owned(), json!({"type": topic, "data": {}}), Denied),
        "purge_events" => (operation.path.to_owned(), json!({"selection": {"topic": topic}, "dry_run": true}), Denied),
        "start_replay" => (operation.path.to_owned(), json!({"selection": {"topic": topic}, "dry_run": true}), Denied),
        "test_filter" => (format!("/events/filtered?filter=has(data)&topic={topic}"), none, Denied),
        "get_trace" => (format!("/events/trace?of={event}"), none, no_event),
        "get_event" => (event_path(""), none, no_event),
        "explain_event" => (event_path("/explain"), none, no_event),
        "test_filter_on_event" => (event_path("/filtered?filter=has(data)"), none, no_event),
        "get_event_payload" => (event_path("/payload"), none, no_event),
        "retry_event" => (event_path("/retry"), reason, no_event),
        "cancel_event" => (event_path("/cancel"), reason, no_event),
        "republish_event" => (event_path("/republish"), json!({"type": topic, "data": {}}), no_event),
        "discard_event" => (event_path("/discard"), json!({"reason": "a test"}), no_event),
        "create_filter" => {
            // It looks at what its maker may read.
            let topics = format!("{side}.>");
            (
                operation.path.to_owned(),
                json!({"name": side, "filter": "has(data)", "topic": topics, "tag": {"key": "a", "value": "b"}}),
                Denied,
            )
        }
        "get_filter" | "remove_filter" => (format!("/events/filter/{side}"), none, no_filter),
        "get_topic" => (format!("/topics/{topic}"), none, no_topic),
        "get_topic_route" => (format!("/topics/{topic}/route"), none, no_topic),
        "create_schema" => (operation.path.to_owned(), json!({"topic": topic, "schema": object_schema}), Denied),
        "get_schema" | "remove_schema" => (schema(""), none, no_schema),
        "set_schema_mode" => (schema("/mode"), json!({"mode": "warn"}), no_schema),
        "check_schema" => (schema("/check"), json!({"schema": object_schema}), no_schema),
        "validate_against_schema" => (schema("/validate"), json!({"data": {}}), no_schema),
        "infer_schema" => (schema("/infer"), none, no_topic),
        "get_replay" => (format!("/replays/{NO_REPLAY}"), none, Missing("replay.not_found")),
        "list_replay_items" => (format!("/replays/{NO_REPLAY}/items"), none, Missing("replay.not_found")),
        "pause_replay" | "resume_replay" | "cancel_replay" => {
            (operation.path.replace("{id}", NO_REPLAY), reason, Missing("replay.not_found"))
        }
        "get_subscription" => (format!("/subscriptions/{side}/{side}.a"), none, Missing("subscription.not_found")),
        "get_plugin" => (plugin(""), none, no_plugin),
        "get_plugin_status" => (plugin("/status"), none, no_plugin),
        "enable_plugin" => (plugin("/enable"), reason, no_plugin),
        "disable_plugin" => (plugin("/disable"), reason, no_plugin),
        "get_plugin_config" => (plugin("/config"), none, no_plugin),
        "set_plugin_config" => (plugin("/config"), json!({"overlay": {}}), no_plugin),
        "list_plugin_state" => (plugin("/state"), none, no_plugin),
        "get_plugin_state" | "remove_plugin_state" => (plugin("/state/a"), none, no_plugin),
        "set_plugin_state" => (plugin("/state/a"), json!({"value": 1}), no_plugin),
        "get_plugin_logs" => (plugin("/logs"), none, no_plugin),
        "create_key" => {
            let scope = format!("read:events:{side}.>");
            (operation.path.to_owned(), json!({"name": format!("{side}.{number}"), "role": "viewer", "scope": [scope]}), Denied)
        }
        "get_key" => (format!("/keys/{side}"), none, no_key),
        "rotate_key" => (format!("/keys/{side}/rotate"), reason, no_key),
        "revoke_key" => (format!("/keys/{side}/revoke"), reason, no_key),
        "create_role" => (operation.path.to_owned(), json!({"name": format!("{side}.{number}")}), Denied),
        "get_role" | "remove_role" => (format!("/roles/{side}.role"), none, no_role),
        "set_role" => (format!("/roles/{side}.role"), json!({"allow": [format!("read:events:{side}.>")]}), no_role),
        "check_permission" => (format!("/permissions/check?principal=key:{side}&permission=read:events:a"), none, no_key),
        other => panic!("`{other}` is not in this matrix: say what it answers outside a scope"),
    }
}

const NO_REPLAY: &str = "rpl_01kc2v7jq8ew2s7q4m8t1n0zcd";

/// Makes what operations have removed.
fn make(daemon: &Daemon, side: &str) {
    let topic = format!("{side}.a");
    daemon.post("/events/filter", &json!({"name": side, "filter": "has(data)", "tag": {"key": "a", "value": "b"}}));
    daemon.post("/schemas", &json!({"topic": topic, "schema": {"type": "object"}}));
    daemon.post("/keys", &json!({"name": side, "role": "viewer", "scope": [format!("read:events:{topic}")]}));
    daemon.post("/roles", &json!({"name": format!("{side}.role")}));
}

fn add_plugin(scratch: &Scratch, side: &str) {
    let folder = scratch.file(&format!("plugins/{side}"));
    std::fs::create_dir_all(&folder).unwrap();
    let manifest = format!("name: {side}\nversion: 0.1.0\nenabled: false\nruntime: exec\ncommand: [\"true\"]\non: [{{topic: {side}.a}}]\n");
    std::fs::write(folder.join("plugin.yaml"), manifest).unwrap();
}

fn send(daemon: &Daemon, key: &str, operation: &Operation, path: &str, body: &Value) -> Answer {
    if operation.id != "stream_events" {
        return ask(daemon, key, operation.method, path, body);
    }
    let mut connection = daemon.connect();
    connection.send_head("GET", path, &[("authorization", &format!("Bearer {key}"))]).unwrap();
    let (status, headers) = connection.read_head().unwrap();
    // The body of a refusal is short; that of a stream has no end.
    let body = if status == 200 { b"{}".to_vec() } else { json!({"code": "permission.denied"}).to_string().into_bytes() };
    Answer { status, headers, body }
}

fn code(answer: &Answer) -> String {
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    problem["code"].as_str().unwrap_or_default().to_owned()
}

/// Whether a role has what an operation needs; republishing looks at an event besides.
fn has(grants: &Grants, operation: &Operation) -> bool {
    match operation.needs {
        Needs::Nothing | Needs::Principal => true,
        Needs::Permission(verb, resource) => grants.allows_all(verb, resource),
        Needs::PermissionForEach(verb, resource) => grants.allows(verb, resource, "inside"),
    }
}

#[test]
fn rule_20_every_operation_with_every_role_inside_and_outside_a_scope() {
    let scratch = Scratch::new();
    {
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new().mode(0o700).create(scratch.data()).unwrap();
    }
    ["inside", "outside"].iter().for_each(|side| add_plugin(&scratch, side));
    let daemon = Daemon::start(&scratch);
    let publish = |side: &str| {
        let receipt = daemon.post("/events", &json!({"type": format!("{side}.a"), "data": {}})).json();
        receipt["eventid"].as_str().unwrap().to_owned()
    };
    let (inside, outside) = (publish("inside"), publish("outside"));
    let (mut cells, mut number) = (0, 0);
    let mut problems = Vec::new();
    for (role, _) in BUILT_IN {
        let grants = built_in(role).unwrap();
        let whole = make_key(&daemon, &json!({"name": format!("whole-{role}"), "role": role}));
        let scope = json!(["*:*:inside", "*:*:inside.>"]);
        let scoped = make_key(&daemon, &json!({"name": format!("scoped-{role}"), "role": role, "scope": scope}));
        for operation in operations() {
            for (key, side, event, narrow) in
                [(&whole, "inside", &inside, false), (&scoped, "inside", &inside, true), (&scoped, "outside", &outside, true)]
            {
                number += 1;
                let (path, body, beyond) = call(&operation, side, event, number);
                let allowed = has(&grants, &operation);
                if operation.id == SELF_DESTROYING && allowed && !narrow {
                    continue;
                }
                if allowed && !matches!(beyond, Open | DeniedInside) {
                    make(&daemon, side);
                }
                let answer = send(&daemon, key, &operation, &path, &body);
                let unseen = operation.id == "republish_event" && !grants.allows_some(Verb::Read, Resource::Events);
                let expected = match (allowed, beyond, narrow && side == "outside") {
                    (false, ..) => (403, "permission.denied"),
                    (true, DeniedInside, _) if narrow => (403, "permission.denied"),
                    (true, Denied, true) => (403, "permission.denied"),
                    (true, Missing(code), true) => (404, code),
                    (true, Missing(code), false) if unseen || code == "replay.not_found" => (404, code),
                    _ => (0, ""),
                };
                let found = (answer.status, code(&answer));
                let refused = matches!(answer.status, 401 | 403) || matches!(beyond, Missing(missing) if missing == found.1);
                let holds = match expected {
                    (0, _) if beyond == Left => answer.status == 200 && lists(&answer, operation.id, narrow),
                    (0, _) => !refused && answer.status < 500,
                    (status, code) => found == (status, code.to_owned()),
                };
                cells += 1;
                if !holds {
                    problems.push(format!(
                        "{role} {} {side}, {}: {found:?}, expected {expected:?}",
                        operation.id,
                        if narrow { "scoped" } else { "whole" }
                    ));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} of {cells}:\n{}", problems.len(), problems.join("\n"));
    assert!(cells > 1_000, "{cells} cells");
    println!("{cells} cells of {} operations and {} roles: each as the table says", operations().len(), BUILT_IN.len());
}

/// Whether a list has what is inside, and nothing of what is outside where the caller may not see that.
fn lists(answer: &Answer, operation: &str, narrow: bool) -> bool {
    let text = String::from_utf8_lossy(&answer.body);
    // There is no replay, no setting is called like the sides, and a stream's body has no end.
    let is_empty = ["list_replays", "get_config", "stream_events"].contains(&operation);
    (is_empty || text.contains("inside")) && !(narrow && text.contains("outside"))
}
