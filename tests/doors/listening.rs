//! When the daemon listens on the network, and who is told what without a key (threats T8 and T9).

use std::net::TcpListener;

use panotti::daemon::api::routes::{Needs, operations};

use super::{listening, raw};
use crate::support::daemon::Daemon;
use crate::support::http::Connection;
use crate::support::scratch::Scratch;

#[test]
fn nothing_listens_on_the_network_before_there_is_a_key_unless_it_is_switched_on() {
    let scratch = Scratch::new();
    let daemon = Daemon::start_with(&scratch, &[], &[("PANOTTI_HTTP__LISTEN", "127.0.0.1:0")]);
    let http = daemon.get("/status").json()["http"].clone();
    assert_eq!((&http["listening"], &http["problem"]), (&false.into(), &serde_json::Value::Null));
    assert!(daemon.stop().success());

    let (daemon, address) = listening(&scratch, &[]);
    assert_eq!(Connection::to(address).unwrap().get("/livez").unwrap().status, 200);
    let http = daemon.get("/status").json()["http"].clone();
    assert_eq!((&http["tls"], &http["insecure"]), (&false.into(), &false.into()));
    assert!(daemon.stop().success(), "and it stops in order");
    assert!(Connection::to(address).is_err(), "nobody listens any more");
}

#[test]
fn rule_20_without_a_key_the_network_learns_that_the_daemon_lives_and_what_its_api_is_and_nothing_else() {
    let scratch = Scratch::new();
    let (_daemon, address) = listening(&scratch, &[]);
    let mut connection = Connection::to(address).unwrap();
    for operation in operations() {
        for prefix in ["", "/v1"] {
            let path = format!("{prefix}{}", operation.path.replace(['{', '}', '*'], ""));
            let answer = connection.request(operation.method, &path, &[], b"").unwrap();
            if operation.needs == Needs::Nothing {
                assert_eq!(answer.status, 200, "{path}");
            } else {
                assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("key.missing")), "{} {path}", operation.method);
                assert!(answer.header("www-authenticate").starts_with("Bearer "), "{path}");
            }
        }
    }
    for unknown in ["/nowhere", "/v2/events", "/events/../status", "/v1/v1/livez", "/livez/"] {
        assert_eq!(connection.get(unknown).unwrap().status, 401, "what there is and what not is for those with a key: {unknown}");
    }
    assert_eq!(connection.request("DELETE", "/events", &[], b"").unwrap().status, 401);
}

#[test]
fn an_address_that_other_machines_reach_is_refused_without_tls_unless_a_setting_says_so_and_shows() {
    let scratch = Scratch::new();
    let public = [("PANOTTI_HTTP__ENABLED", "on"), ("PANOTTI_HTTP__LISTEN", "0.0.0.0:0")];
    let mut refused = Daemon::spawn(&scratch, &[], &public);
    assert_eq!(refused.wait().code(), Some(78), "{}", refused.output());
    assert!(refused.output().contains("http.public"), "{}", refused.output());

    let insecure = [&public[..], &[("PANOTTI_HTTP__INSECURE", "true")]].concat();
    let daemon = Daemon::start_with(&scratch, &[], &insecure);
    assert_eq!(daemon.network().ip().to_string(), "0.0.0.0");
    assert_eq!(daemon.get("/status").json()["http"]["insecure"], true);
    let shown = scratch.run(&["daemon", "status"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("without TLS"), "{}", String::from_utf8_lossy(&shown.stdout));
}

#[test]
fn an_address_that_is_taken_is_told_at_the_start() {
    let scratch = Scratch::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut refused = Daemon::spawn(&scratch, &[], &[("PANOTTI_HTTP__ENABLED", "on"), ("PANOTTI_HTTP__LISTEN", &address)]);
    assert_eq!(refused.wait().code(), Some(73), "{}", refused.output());
    assert!(refused.output().contains("http.cannot_listen"), "{}", refused.output());
}

/// What a web page could make its browser send: none of it is answered with anything but a refusal, with or without a key.
#[test]
fn what_a_web_page_makes_its_browser_send_is_refused() {
    let scratch = Scratch::new();
    let (_daemon, address) = listening(&scratch, &[("PANOTTI_HTTP__HOSTS", "panotti.example,other.example")]);
    let ask =
        |target: &str, fields: &str| raw(Connection::to(address).unwrap(), format!("GET {target} HTTP/1.1\r\n{fields}\r\n\r\n").as_bytes());
    for (status, target, fields) in [
        ("421", "/livez", "host: evil.example"),
        ("421", "/livez", "host: evil.example:7700"),
        ("421", "/livez", "host: localhost.evil.example"),
        ("421", "/livez", "host: 192.0.2.1"),
        ("421", "/livez", "host: user@localhost"),
        ("421", "/livez", "host: panotti.example.evil.example"),
        ("421", "http://evil.example/livez", "host: localhost"),
        ("421", "http://localhost/livez", "host: evil.example"),
        ("403", "/livez", "host: localhost\r\norigin: http://evil.example"),
        ("403", "/livez", "host: localhost\r\norigin: null"),
        ("403", "/livez", "host: localhost\r\norigin: http://localhost"),
        ("403", "/livez", "host: localhost\r\nsec-fetch-site: cross-site"),
        ("403", "/livez", "host: panotti.example\r\nsec-fetch-site: same-site"),
    ] {
        let answer = ask(target, fields);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{target} {fields}: {answer}");
        assert!(!answer.contains("access-control"), "{answer}");
    }
    let preflight = raw(
        Connection::to(address).unwrap(),
        b"OPTIONS /events HTTP/1.1\r\nhost: localhost\r\norigin: http://evil.example\r\naccess-control-request-method: POST\r\n\r\n",
    );
    assert!(preflight.starts_with("HTTP/1.1 403 "), "{preflight}");

    for own in ["localhost", "127.0.0.1", "[::1]:7700", "panotti.example", "Other.Example.:443"] {
        let answer = ask("/livez", &format!("host: {own}\r\nconnection: close"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{own}: {answer}");
    }
}
