//! Paths that would lead out of where they belong, in every parameter of every path: no file is touched that the daemon does not touch
//! anyway, and nothing of one comes back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use panotti::daemon::api::routes::{Operation, operations};

use crate::support::daemon::Daemon;
use crate::support::scratch::Scratch;

/// What must not come back.
const CANARY: &str = "canary-of-the-traversal-test";

/// Ways to write "one folder up", and ways to end.
fn strings(target: &Path) -> BTreeSet<String> {
    let ups = [
        "../",
        "..%2f",
        "..%2F",
        "%2e%2e/",
        "%2e%2e%2f",
        "%2E%2E%2F",
        ".%2e/",
        "%252e%252e%252f",
        "..%252f",
        "..%5c",
        "..\\",
        "%5c..%5c",
        "....//",
        "....%2f%2f",
        "..;/",
        "..%3b/",
        "..%c0%af",
        "..%c1%9c",
        "..%e0%80%af",
        "%c0%ae%c0%ae%2f",
        "..%ef%bc%8f",
        "%uff0e%uff0e/",
        "/",
        "%2f",
    ];
    let target = target.display().to_string();
    let rest = target.trim_start_matches('/');
    let encoded = rest.replace('/', "%2f");
    let mut strings = BTreeSet::new();
    for up in ups {
        for depth in [1, 3, 8] {
            for end in [rest, &encoded, "panotti.db"] {
                strings.insert(format!("{}{end}", up.repeat(depth)));
            }
        }
    }
    for odd in
        ["%00", "a%00b", "%0a", "..", ".", "%2e", "~", "~root", "file:%2f%2f%2fetc%2fpasswd", "con", "a%2f%2e%2e%2fb", "%", "%zz", "%ff"]
    {
        strings.insert(odd.to_owned());
    }
    strings
}

/// Every file of the folder but those that the daemon writes as it goes, with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() {
            found.extend(files(&entry));
        } else if !name.starts_with("panotti.db") && !name.ends_with(".log") && name != "seal" && name != "panotti.sock" {
            found.push((entry.clone(), std::fs::read(&entry).unwrap()));
        }
    }
    found.sort();
    found
}

/// A route for every parameter that there is: the first that asks and has it last.
fn each_parameter() -> Vec<Operation> {
    let mut seen = BTreeSet::new();
    let asks = operations().into_iter().filter(|operation| operation.method == "GET" && operation.path.ends_with('}'));
    asks.filter(|operation| seen.insert(operation.path)).collect()
}

#[test]
fn no_string_in_a_path_leads_to_a_file() {
    let scratch = Scratch::new();
    let secret = scratch.path().join("secret.txt");
    std::fs::write(&secret, CANARY).unwrap();
    let daemon = Daemon::start(&scratch);
    let before = files(scratch.path());
    let strings = strings(&secret);
    assert!(strings.len() >= 200, "{}", strings.len());
    let mut connection = daemon.connect();
    for operation in each_parameter() {
        for string in &strings {
            let path: String = operation
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { string.as_str() } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let answer = match connection.request(operation.method, &path, &[("content-type", "application/json")], b"") {
                Ok(answer) => answer,
                // The one before was answered with the end of its connection.
                Err(_) => {
                    connection = daemon.connect();
                    connection.request(operation.method, &path, &[("content-type", "application/json")], b"").unwrap()
                }
            };
            let text = String::from_utf8_lossy(&answer.body);
            assert!(answer.status < 500, "{} {path}: {text}", operation.method);
            assert!(!text.contains(CANARY), "{} {path}: {text}", operation.method);
            if answer.status >= 400 {
                assert_eq!(answer.header("content-type"), "application/problem+json", "{} {path}: {text}", operation.method);
            }
        }
    }
    assert!(each_parameter().len() >= 8, "{:?}", each_parameter());
    assert_eq!(files(scratch.path()), before, "no file has come, gone or changed");
}
