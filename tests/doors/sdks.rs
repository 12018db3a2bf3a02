//! The CloudEvents SDKs for Python and JavaScript, over the network and with a key: each publishes in every mode it can write, and both read
//! every event back the same in both modes. `scripts/setup.sh test` installs them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::listening;
use crate::flows::keys::make_key;
use crate::support::scratch::{Scratch, told};

/// Modes that an SDK publishes in; a batch is an array of what it writes in structured mode.
const MODES: [&str; 3] = ["binary", "structured", "batched"];

/// How each SDK is run, and what it says an event is about.
fn sdks() -> [(&'static str, Vec<String>, &'static str); 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = |name: &str| {
        let path = root.join(name);
        assert!(path.exists(), "{} is missing; `scripts/setup.sh test` makes it", path.display());
        path.to_str().unwrap().to_owned()
    };
    [
        ("python", vec![path(".venv/bin/python"), path("tests/doors/sdks/publish.py")], "100 % käse"),
        ("javascript", vec!["node".to_owned(), path(".node/publish.mjs")], "100 % cheese"),
    ]
}

/// Runs an SDK and reads what it prints.
fn run(scratch: &Scratch, program: &[String], key: &str, arguments: &[&str]) -> Value {
    let mut command: Command = scratch.program(&program[0]);
    let output = command.args(&program[1..]).args(arguments).env("PANOTTI_API_KEY", key).output().unwrap();
    assert!(output.status.success(), "{program:?} {arguments:?}: {}", told(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_an_sdk_publishes_in_any_mode_every_sdk_reads_back_the_same() {
    let scratch = Scratch::new();
    let (daemon, address) = listening(&scratch, &[]);
    let key = make_key(&daemon, &json!({"name": "sdk", "role": "admin"}));
    let url = format!("http://{address}");
    let payloads = [
        ("application/json", json!({"amount": 3, "name": "käse"})),
        ("text/plain", json!("käse €")),
        ("image/png", json!({"base64": "AAH+/w=="})),
    ];
    let mut expected = BTreeMap::new();
    for (name, program, subject) in sdks() {
        let ids = run(&scratch, &program, &key, &["publish", &url]);
        for mode in MODES {
            for (media_type, data) in &payloads {
                let id = format!("{name}-{mode}-{media_type}");
                let eventid = ids[&id].as_str().unwrap_or_else(|| panic!("{id} was not published: {ids}")).to_owned();
                let event = json!({
                    "specversion": "1.0", "id": id, "source": format!("/sdks/{name}"), "type": "sdk.tried", "subject": subject,
                    "time": "2026-11-22T10:00:00.123Z", "datacontenttype": media_type, "dataschema": "https://example.com/schema",
                    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tenant": "a b", "data": data,
                });
                expected.insert(eventid, event);
            }
        }
    }
    assert_eq!(expected.len(), 2 * MODES.len() * payloads.len(), "each is an event of its own");
    let ids: Vec<&str> = expected.keys().map(String::as_str).collect();
    for (name, program, _) in sdks() {
        let read = run(&scratch, &program, &key, &[&["read", &url], &ids[..]].concat());
        for (eventid, event) in &expected {
            assert_eq!(&read[eventid]["structured"], event, "{name} reads in structured mode");
            assert_eq!(&read[eventid]["binary"], event, "{name} reads in binary mode");
        }
    }
}
