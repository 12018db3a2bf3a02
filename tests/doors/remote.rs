//! The command line with a daemon over the network: every command that is about the daemon works, those about this machine say so, and the
//! key is seen by nobody.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::listening;
use crate::flows::keys::make_key;
use crate::support::scratch::{Scratch, told};

/// The program as it runs on another machine: it knows a URL and a key and has no folder of the daemon's.
fn there(scratch: &Scratch, url: &str, key: &str) -> Command {
    let mut command = scratch.program(env!("CARGO_BIN_EXE_panotti"));
    command.env("PANOTTI_URL", url).env("PANOTTI_API_KEY", key);
    command
}

fn run(command: &mut Command, arguments: &[&str]) -> Output {
    command.args(arguments).output().unwrap()
}

/// A file with a text and a mode.
fn file(scratch: &Scratch, name: &str, text: &str, mode: u32) -> PathBuf {
    let file = scratch.path().join(name);
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    file
}

#[test]
fn what_a_command_shows_of_a_daemon_over_the_network_is_what_it_shows_of_one_at_hand() {
    let scratch = Scratch::new();
    let (daemon, address) = listening(&scratch, &[]);
    let url = format!("http://{address}");
    let key = make_key(&daemon, &json!({"name": "far", "role": "admin"}));

    let published = run(&mut there(&scratch, &url, &key), &["event", "publish", "a.b", "{\"n\": 1}", "-o", "json"]);
    assert!(published.status.success(), "{}", told(&published));
    let lines = file(&scratch, "events.jsonl", &"{\"type\":\"a.b\"}\n".repeat(500), 0o600);
    let many = run(&mut there(&scratch, &url, &key), &["event", "publish", "--jsonl", &format!("@{}", lines.display()), "-o", "json"]);
    assert_eq!(serde_json::from_slice::<Value>(&many.stdout).unwrap()["accepted"], 500, "{}", told(&many));
    for command in [
        &["event", "list", "--all"][..],
        &["event", "show", "@last"],
        &["event", "trace", "@last"],
        &["event", "export"],
        &["plugin", "list"],
        &["topic", "route", "a.b"],
        &["subscription", "list"],
        &["replay", "list"],
        &["schema", "list"],
        &["filter", "list"],
        &["audit", "verify"],
        &["key", "show", "far"],
        &["config", "list", "--effective"],
        &["seal", "check"],
    ] {
        let far = run(&mut there(&scratch, &url, &key), &[command, &["-o", "jsonl"]].concat());
        let near = scratch.run(&[command, &["-o", "jsonl"]].concat());
        assert_eq!((far.status.code(), &far.stdout), (near.status.code(), &near.stdout), "{command:?}: {}", told(&far));
        assert!(far.status.success() && !far.stdout.is_empty() || ["list", "route"].contains(&command[1]), "{command:?}: {}", told(&far));
    }
    let me = run(&mut there(&scratch, &url, &key), &["key", "whoami", "-o", "json"]);
    assert_eq!(serde_json::from_slice::<Value>(&me.stdout).unwrap()["principal"], "key:far");

    let stopped = run(&mut there(&scratch, &url, &key), &["daemon", "stop"]);
    assert!(stopped.status.success() && TcpListener::bind(address).is_ok(), "it waits until nobody answers: {}", told(&stopped));
}

#[test]
fn the_key_is_in_no_output_and_no_log() {
    let scratch = Scratch::new();
    let (daemon, address) = listening(&scratch, &[("PANOTTI_LOG__LEVEL", "trace")]);
    let url = format!("http://{address}");
    let key = make_key(&daemon, &json!({"name": "far", "role": "admin"}));
    let secret = &key[20..50];
    let file = file(&scratch, "far.key", &format!("{key}\n"), 0o600);

    let by_variable = run(&mut there(&scratch, &url, &key), &["event", "list", "-vv"]);
    let by_file = run(&mut there(&scratch, &url, ""), &["event", "list", "-vv", "--key-file", file.to_str().unwrap()]);
    let by_variable_of_file = run(there(&scratch, &url, "").env("PANOTTI_API_KEY_FILE", &file), &["event", "list", "-vv"]);
    let last = if key.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &key[..key.len() - 1]);
    let refused = run(&mut there(&scratch, &url, &mistyped), &["event", "list", "-vv"]);
    let in_url = run(&mut there(&scratch, &format!("http://{key}@{address}"), &key), &["event", "list", "-vv"]);

    for (output, code) in [(&by_variable, 0), (&by_file, 0), (&by_variable_of_file, 0), (&refused, 8), (&in_url, 2)] {
        assert_eq!(output.status.code(), Some(code), "{}", told(output));
        assert!(!told(output).contains(secret), "{}", told(output));
    }
    assert!(told(&by_variable).contains("GET /events"), "each request is shown: {}", told(&by_variable));
    assert!(daemon.stop().success());
    for log in fs::read_dir(scratch.data().join("logs")).unwrap() {
        let log = log.unwrap().path();
        if log.is_file() {
            let text = fs::read(&log).unwrap();
            assert!(!text.windows(secret.len()).any(|part| part == secret.as_bytes()), "{}", log.display());
        }
    }
}

#[test]
fn what_goes_wrong_on_the_way_is_told_with_what_to_do() {
    let scratch = Scratch::new();
    let (daemon, address) = listening(&scratch, &[]);
    let url = format!("http://{address}");
    let key = make_key(&daemon, &json!({"name": "far", "role": "viewer"}));
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let open = file(&scratch, "open.key", &key, 0o644);
    let list = &["event", "list"][..];
    let with_open = ["event", "list", "--key-file", open.to_str().unwrap()];
    for (what, url, key, arguments, code, words) in [
        ("nobody listens", nobody.as_str(), key.as_str(), list, 9, "Nothing listens there"),
        ("no such host", "http://panotti.invalid:1", &key, list, 9, "look at the name"),
        ("no key", &url, "", list, 8, "--key-file"),
        ("no whole key", &url, &key[..30], list, 8, "the whole line"),
        ("a key that others can read", &url, "", &with_open, 77, "chmod 600"),
        ("no permission", &url, &key, &["event", "publish", "a.b"], 8, "publish:events"),
        ("TLS where there is none", &url.replace("http:", "https:"), &key, list, 9, "http://"),
        ("no URL", "panotti.example", &key, list, 2, "https://"),
        ("a command of that machine", &url, &key, &["daemon", "logs"], 2, "run it there"),
        ("a command of that machine", &url, &key, &["doctor"], 2, "PANOTTI_URL"),
        ("a command of that machine", &url, &key, &["daemon", "start"], 2, "own machine"),
    ] {
        let output = run(&mut there(&scratch, url, key), arguments);
        assert_eq!(output.status.code(), Some(code), "{what}: {}", told(&output));
        assert!(told(&output).contains(words), "{what}: {}", told(&output));
    }
    let both = run(&mut there(&scratch, &url, &key), &["--url", &url, "--socket", "/tmp/x", "event", "list"]);
    assert_eq!(both.status.code(), Some(2), "{}", told(&both));
    let near = run(&mut there(&scratch, &nobody, ""), &["--data", scratch.data().to_str().unwrap(), "event", "list"]);
    assert!(near.status.success(), "a flag for this machine counts before the variable: {}", told(&near));
}
