//! A plugin's durable state from inside and outside.

use rusqlite::Connection;
use serde_json::json;

use super::stage::{Stage, python};

const KEEPS: &str = "    @on('t.x')\n    async def x(self, event):\n        for key, value in event.payload.items():\n            await self.state.set(key, value)\n        await self.emit_event('t.seen', await self.state.list('user:'))";

#[test]
fn a_plugin_lists_its_keys_and_a_person_looks_at_them_and_mends_them() {
    let stage = Stage::with("", &[("plugin.py", &python(KEEPS))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.publish("t.x", "{\"user:1\": {\"n\": 1}, \"user/2\": 2}");
    assert_eq!(stage.until_event(&daemon, "t.seen")["data"], json!({"user:1": {"n": 1}}), "with what the handler wrote itself");

    let keys = |arguments: &[&str]| {
        let listed = stage.ask(&[&["plugin", "state", "list", "p"], arguments].concat());
        listed.as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((keys(&[]), keys(&["--prefix", "user:"])), (vec!["user/2".to_owned(), "user:1".to_owned()], vec!["user:1".to_owned()]));
    assert_eq!(stage.ask(&["plugin", "state", "get", "p", "user:1"])["value"], json!({"n": 1}));

    let set = |value: &str| stage.ask(&["plugin", "state", "set", "p", "user/2", value, "--reason", "INC-42"])["changed"].clone();
    assert_eq!((set("[1]"), set("[1]")), (json!(true), json!(false)));
    assert_eq!(stage.ask(&["plugin", "state", "get", "p", "user/2"])["value"], json!([1]));
    let delete = || stage.ask(&["plugin", "state", "delete", "p", "user/2"])["changed"].clone();
    assert_eq!((delete(), delete()), (json!(true), json!(false)));
    assert_eq!(stage.refused(&["plugin", "state", "get", "p", "user/2"]).1["code"], "plugin.state_key_not_found");
    assert_eq!(stage.refused(&["plugin", "state", "set", "p", "k", "{oops"]).0, 2);
    assert_eq!(stage.refused(&["plugin", "state", "list", "nobody"]).1["code"], "plugin.not_found");

    assert!(daemon.stop().success());
    let store = Connection::open(stage.scratch.data().join("panotti.db")).unwrap();
    let audited = "SELECT group_concat(action || ' ' || object || ' ' || reason, ', ') FROM (SELECT * FROM audit ORDER BY entry)";
    let audited: String = store.query_row(audited, [], |row| row.get(0)).unwrap();
    assert!(audited.contains("plugin.state.set p/user/2 INC-42, plugin.state.delete p/user/2 "), "{audited}");
}

#[test]
fn rule_14_a_state_at_its_limit_refuses_what_would_make_it_larger_and_says_so() {
    let stage = Stage::with("retry: {max: 0}", &[("plugin.py", &python(KEEPS))]);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");
    stage.publish("t.x", "{\"old\": 1}");
    stage.until_event(&daemon, "t.seen");
    assert!(daemon.stop().success());
    let store = Connection::open(stage.scratch.data().join("panotti.db")).unwrap();
    store.execute("UPDATE plugin_state_sizes SET keys = 1000000", []).unwrap();
    drop(store);
    let daemon = stage.start();
    stage.until_state(&daemon, "p", "running");

    let event = stage.publish("t.x", "{\"new\": 1}");
    let dead = stage.until_delivery(&daemon, &event, |delivery| delivery["state"] == "dead");
    let same = stage.publish("t.x", "{\"old\": 2}");
    stage.until_delivery(&daemon, &same, |delivery| delivery["state"] == "done");

    assert_eq!((&dead["cause"], &dead["error"]["class"]), (&json!("handler_error"), &json!("plugin.state_full")), "{dead:#}");
    assert_eq!(stage.refused(&["plugin", "state", "set", "p", "more", "1"]).1["code"], "plugin.state_full");
    assert_eq!(stage.ask(&["plugin", "state", "list", "p"]).as_array().unwrap().len(), 1);
    let large = format!("\"{}\"", "x".repeat(300_000));
    let put = daemon.connect().request("PUT", "/plugins/p/state/k", &[], format!("{{\"value\":{large}}}").as_bytes()).unwrap();
    assert_eq!((put.status, &put.json()["code"]), (422, &json!("plugin.state_full")));
    assert!(daemon.stop().success());
}
