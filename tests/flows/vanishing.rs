//! Clients that go away in the middle of a change: what they had begun is finished, so that memory and store tell one story, and the next
//! change, and the next start, find it.

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::http::{Answer, Connection};
use crate::support::scratch::Scratch;
use crate::support::until;

/// Changes that nobody waits for. Where in its work a daemon notices that a client is gone is its own affair: one time is not enough, and of
/// any number all may be gone before their request is read, so that the tests go on until one was.
const VANISHING: usize = 25;
/// Secrets that they set.
const SECRETS: usize = 25;

/// Sends a whole request and is gone.
fn vanish(scratch: &Scratch, method: &str, path: &str, body: &Value) {
    let body = body.to_string();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nif-match: *\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut connection = Connection::open(&scratch.socket()).unwrap();
    // As many as may be connected may still be: then one is cut off.
    let _ = connection.send_raw(format!("{head}{body}").as_bytes());
}

fn change(daemon: &Daemon, method: &str, path: &str, body: &Value) -> Answer {
    daemon.connect().request(method, path, &[("if-match", "*"), ("content-type", "application/json")], body.to_string().as_bytes()).unwrap()
}

#[test]
fn rule_18_a_change_of_the_configuration_is_finished_although_its_client_went_away() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let mut rounds = 1..;
    let mut go_away = || {
        let bytes = format!("{}GB", rounds.next().unwrap());
        vanish(&scratch, "PATCH", "/config", &json!({"overlay": {"store.bytes_max": bytes}}));
    };
    (0..VANISHING).for_each(|_| go_away());
    until("one of them was taken", || {
        go_away();
        let history = daemon.get("/config/history").json();
        (!history["items"].as_array().unwrap().is_empty()).then_some(())
    });

    let set = change(&daemon, "PATCH", "/config", &json!({"overlay": {"log.level": "debug"}}));

    assert_eq!(set.status, 200, "{}", set.json());
    until("what is in force is what is written down", || {
        let (overlay, history) = (daemon.get("/config/overlay").json(), daemon.get("/config/history").json());
        (overlay["revision"] == history["items"][0]["revision"] && overlay["overlay"] == history["items"][0]["overlay"]).then_some(())
    });
    assert!(daemon.stop().success());
    assert!(Daemon::start(&scratch).stop().success());
}

#[test]
fn rule_19_secrets_outlive_clients_that_go_away_while_they_are_set_and_while_all_are_sealed_anew() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let first = change(&daemon, "PUT", "/config/secrets/FIRST", &json!({"value": "value of the first"}));
    assert_eq!(first.status, 200, "{}", first.json());
    let mut rounds = 0..;
    let mut go_away = || {
        let round = rounds.next().unwrap() % SECRETS;
        vanish(&scratch, "PUT", &format!("/config/secrets/S_{round}"), &json!({"value": format!("value of secret {round}")}));
        vanish(&scratch, "POST", "/config/secrets/rotate", &json!({}));
    };
    (0..VANISHING).for_each(|_| go_away());
    until("one of them is set", || {
        go_away();
        (daemon.get("/config/secrets").json()["items"].as_array().unwrap().len() > 1).then_some(())
    });

    let last = change(&daemon, "PUT", "/config/secrets/LAST", &json!({"value": "value of the last"}));
    assert_eq!(last.status, 200, "{}", last.json());
    let rotated = change(&daemon, "POST", "/config/secrets/rotate", &json!({}));
    assert_eq!(rotated.status, 200, "{}", rotated.json());
    assert!(daemon.stop().success());

    let daemon = Daemon::start(&scratch);
    let names = daemon.get("/config/secrets").json();
    let names: Vec<&str> = names["items"].as_array().unwrap().iter().map(|secret| secret["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"FIRST") && names.contains(&"LAST"), "{names:?}");
    assert!(daemon.stop().success());
}
