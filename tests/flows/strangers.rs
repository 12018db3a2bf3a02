//! Those who should not be there, and those who leave in the middle.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::json;

use crate::support::daemon::Daemon;
use crate::support::http::Connection;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Connects, asks, and prints how many bytes came back.
const ASK: &str = "
import socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
print('connected')
try:
    connection.sendall(b'GET /livez HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n')
    print(len(connection.recv(1000)), 'bytes')
except (ConnectionResetError, BrokenPipeError):
    print('0 bytes')
";

#[test]
fn another_user_is_cut_off_without_a_byte_whatever_the_modes_say() {
    let may_change_user = Command::new("setpriv").args(["--reuid=65534", "--regid=65534", "--clear-groups", "python3", "-c", ""]).output();
    if !may_change_user.is_ok_and(|output| output.status.success()) {
        println!("skipped: only root may become another user, and setpriv and python3 are needed");
        return;
    }
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for (path, mode) in
        [(scratch.path().to_owned(), 0o755), (scratch.data(), 0o755), (scratch.file("run"), 0o755), (scratch.socket(), 0o666)]
    {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    let mut stranger = scratch.program("setpriv");
    stranger.args(["--reuid=65534", "--regid=65534", "--clear-groups", "python3", "-c", ASK]).arg(scratch.socket());
    let output = stranger.output().unwrap();

    assert_eq!(told(&output), "connected\n0 bytes\n");
    assert_eq!(daemon.get("/livez").status, 200, "its own user is still served");
}

#[test]
fn clients_that_vanish_anywhere_in_a_request_leave_the_daemon_well() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let whole = "POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n\
                 18\r\n{\"type\":\"a.b\",\"data\":1}\n\r\n18\r\n{\"type\":\"a.b\",\"data\":2}\n\r\n0\r\n\r\n";
    for end in 0..whole.len() {
        let mut connection = Connection::open(&scratch.socket()).unwrap();
        // As long as those before it have not been seen to be gone, one more may be cut off: so many may be connected and no more.
        let _ = connection.send_raw(&whole.as_bytes()[..end]);
        drop(connection);
    }

    until("there is room again", || daemon.connect().get("/readyz").ok().map(drop));
    let accepted = || daemon.get("/events/status").json()["accepted"].as_u64().unwrap();
    until("a whole line of one that vanished is published", || (accepted() > 0).then_some(()));
    assert_eq!(daemon.get("/readyz").status, 200);
    let before = accepted();
    assert_eq!(daemon.post("/events", &json!({"type": "a.b"})).status, 201);
    assert!(accepted() > before);
    assert!(daemon.stop().success(), "and it stops in order");
}

#[test]
fn what_is_no_http_is_refused_and_the_daemon_goes_on() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for rubbish in [&b"\0\x01\x02\x03 rubbish\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", &[b'x'; 1_000_000]] {
        let mut connection = daemon.connect();
        // The daemon may have closed before all of it was written.
        let _ = connection.send_raw(rubbish);
        let answer = connection.read_to_end().unwrap_or_default();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(daemon.get("/readyz").status, 200);
}
