//! Roles of one's own from end to end: what they allow, that a change counts at once, who may change them, and why something is allowed.

use serde_json::{Value, json};

use super::api::is_problem;
use super::keys::{ask, make_key};
use crate::support::daemon::Daemon;
use crate::support::http::Answer;
use crate::support::scratch::{Scratch, told};

#[test]
fn rule_20_a_role_of_ones_own_allows_what_it_says_and_a_change_counts_at_once() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let made = daemon.post(
        "/roles",
        &json!({"name": "recorder", "from": "viewer", "allow": ["publish:events:recording.*"], "deny": ["read:events:salary.>"]}),
    );
    assert_eq!((made.status, made.header("location")), (201, "/roles/recorder"), "{}", made.json());
    let key = make_key(&daemon, &json!({"name": "box", "role": "recorder"}));
    let salary = daemon.post("/events", &json!({"type": "salary.paid"})).json()["eventid"].as_str().unwrap().to_owned();

    assert_eq!(ask(&daemon, &key, "POST", "/events", &json!({"type": "recording.ended"})).status, 201);
    is_problem(&ask(&daemon, &key, "POST", "/events", &json!({"type": "invoice.sent"})), 403, "permission.denied");
    is_problem(&ask(&daemon, &key, "GET", &format!("/events/{salary}"), &Value::Null), 404, "event.not_found");
    let listed = ask(&daemon, &key, "GET", "/events", &Value::Null).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "what is denied is left out: {listed}");

    let set = ask(
        &daemon,
        &make_key(&daemon, &json!({"name": "boss", "role": "admin"})),
        "PUT",
        "/roles/recorder",
        &json!({"allow": ["publish:events:invoice.*"]}),
    );
    assert_eq!((set.status, &set.json()["changed"]), (200, &json!(true)), "{}", set.json());
    assert_eq!(ask(&daemon, &key, "POST", "/events", &json!({"type": "invoice.sent"})).status, 201);
    is_problem(&ask(&daemon, &key, "POST", "/events", &json!({"type": "recording.ended"})), 403, "permission.denied");
    is_problem(&ask(&daemon, &key, "GET", "/events", &Value::Null), 403, "permission.denied");
    let audited = daemon.get("/audit?action=role.*&order=oldest").json();
    let actions: Vec<&str> = audited["items"].as_array().unwrap().iter().map(|record| record["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["role.create", "role.set"], "{audited}");
}

#[test]
fn rule_20_nobody_makes_a_role_of_more_than_they_hold_and_what_comes_with_panotti_stays() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    daemon.post("/roles", &json!({"name": "key-maker", "allow": ["manage:keys:>", "read:keys:>", "read:events:a.>"]}));
    let key = make_key(&daemon, &json!({"name": "maker", "role": "key-maker"}));
    let make = |request: Value| ask(&daemon, &key, "POST", "/roles", &request);

    is_problem(&make(json!({"name": "more", "allow": ["read:events:>"]})), 403, "permission.exceeded");
    is_problem(&make(json!({"name": "more", "from": "viewer"})), 403, "permission.exceeded");
    assert_eq!(make(json!({"name": "less", "allow": ["read:events:a.b"]})).status, 201);
    is_problem(&make(json!({"name": "less", "allow": ["read:events:a.c"]})), 409, "role.exists");
    is_problem(&ask(&daemon, &key, "PUT", "/roles/less", &json!({"allow": ["publish:events:a.b"]})), 403, "permission.exceeded");
    is_problem(&daemon.connect().request("DELETE", "/roles/viewer", &[], b"").unwrap(), 409, "role.built_in");
    make_key(&daemon, &json!({"name": "user", "role": "less"}));
    is_problem(&daemon.connect().request("DELETE", "/roles/less", &[], b"").unwrap(), 409, "role.in_use");
    daemon.post("/keys/user/revoke", &json!({"reason": "a test"}));
    assert_eq!(daemon.connect().request("DELETE", "/roles/less", &[], b"").unwrap().json()["changed"], true);
    is_problem(&daemon.get("/roles/less"), 404, "role.not_found");
}

#[test]
fn rule_20_the_command_line_makes_roles_and_says_which_permission_decides() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let run = |line: &[&str]| {
        let output = scratch.run(line);
        (output.status.code().unwrap(), told(&output))
    };

    let (exit, said) =
        run(&["role", "create", "recorder", "--allow", "publish:events:recording.*", "--deny", "publish:events:recording.secret"]);
    assert_eq!(exit, 0, "{said}");
    for (permission, exit, words) in [
        ("publish:events:recording.ended", 0, "publish:events:recording.*"),
        ("publish:events:recording.secret", 1, "deny publish:events:recording.secret"),
        ("manage:plugins:a", 1, "nothing in the role recorder allows it"),
    ] {
        let (found, said) = run(&["role", "check", "role:recorder", permission]);
        assert!(found == exit && said.contains(words), "{permission}: {found} {said}");
    }
    assert_eq!(run(&["role", "check", "role:none", "read:events:a"]).0, 4);
    assert_eq!(run(&["role", "check", "role:recorder", "read:events:>"]).0, 2, "a check is about one object");
    let (_, listed) = run(&["role", "list", "-o", "json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["admin", "auditor", "developer", "operator", "publisher", "recorder", "viewer"]);
    assert_eq!(run(&["role", "remove", "recorder"]).0, 0);
    assert_eq!(run(&["role", "show", "recorder"]).0, 4);
    drop(daemon);
}

/// `PATCH /config` with a key, whatever was set before.
fn set(daemon: &Daemon, key: &str, overlay: &Value) -> Answer {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", "*")];
    daemon.connect().request("PATCH", "/config", &headers, json!({"overlay": overlay}).to_string().as_bytes()).unwrap()
}

#[test]
fn rule_20_whoever_manages_settings_gives_nobody_a_role_that_way() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let operator = make_key(&daemon, &json!({"name": "operator", "role": "operator"}));
    let admin = make_key(&daemon, &json!({"name": "admin", "role": "admin"}));

    for overlay in [
        json!({"socket.roles": ["uid:1000=admin"]}),
        json!({"socket.group": "0"}),
        json!({"plugins.dirs": ["/tmp"]}),
        json!({"seal.topics": []}),
        json!({"audit.checkpoint_dirs": ["/tmp"]}),
        json!({"access_log.enabled": "no"}),
        json!({"http.insecure": true}),
    ] {
        is_problem(&set(&daemon, &operator, &overlay), 403, "permission.exceeded");
    }
    let recipient = json!({"recipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"});
    is_problem(&ask(&daemon, &operator, "PUT", "/seal/recovery", &recipient), 403, "permission.exceeded");
    let other = set(&daemon, &operator, &json!({"store.free_bytes_min": "32MiB"}));
    assert_eq!(other.status, 200, "what gives no access is its to set: {}", other.json());
    let given = set(&daemon, &admin, &json!({"socket.roles": ["uid:1000=viewer"]}));
    assert_eq!((given.status, &given.json()["changed"]), (200, &json!(true)), "{}", given.json());
    is_problem(&set(&daemon, &operator, &json!({"socket.roles": null})), 403, "permission.exceeded");
    let unchanged = set(&daemon, &operator, &json!({"store.free_bytes_min": "16MiB"}));
    assert_eq!(unchanged.status, 200, "what was set stays, and others can be changed: {}", unchanged.json());
}
