//! Every limit of a connection at, below and above (safety.md 4.9), on the local socket and on the network.

use std::time::{Duration, Instant};

use panotti::daemon::api::http::limits::{BODY_TIME_FREE, HEAD_BYTES_MAX, HEAD_FIELDS_MAX, HEAD_TIME_MAX, URI_BYTES_MAX};

use super::{listening, raw, statuses};
use crate::support::daemon::Daemon;
use crate::support::http::Connection;
use crate::support::scratch::Scratch;
use crate::support::{PATIENCE, until};

/// Both ways in.
fn both(daemon: &Daemon, address: std::net::SocketAddr) -> [Connection; 2] {
    [daemon.connect(), Connection::to(address).unwrap()]
}

/// The status of the only answer.
fn status(connection: Connection, request: &[u8]) -> u16 {
    let answers = raw(connection, request);
    match statuses(&answers)[..] {
        [only] => only,
        _ => panic!("{} bytes were answered with {answers:?}", request.len()),
    }
}

#[test]
fn a_head_has_a_limit_of_bytes_of_fields_and_of_its_path() {
    let scratch = Scratch::new();
    let (daemon, address) = listening(&scratch, &[]);
    let begin = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
    let head = |bytes: usize| {
        // Split over fields, so that none is longer than what any reader takes.
        let mut head = begin.to_owned();
        while head.len() + 1_100 < bytes {
            head.push_str(&format!("x: {}\r\n", "v".repeat(1_000)));
        }
        let rest = bytes - head.len() - "x: \r\n\r\n".len();
        head.push_str(&format!("x: {}\r\n\r\n", "v".repeat(rest)));
        assert_eq!(head.len(), bytes);
        head
    };
    let fields = |number: usize| {
        let more = number - begin.matches(": ").count();
        format!("{begin}{}\r\n", "x: y\r\n".repeat(more))
    };
    let path = |bytes: usize| {
        format!("GET /livez?{} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", "q".repeat(bytes - "/livez?".len()))
    };
    for (what, request, expected) in [
        ("head below", head(HEAD_BYTES_MAX - 1), 200),
        ("head at", head(HEAD_BYTES_MAX), 200),
        ("head above", head(HEAD_BYTES_MAX + 1), 431),
        ("head far above", head(HEAD_BYTES_MAX * 64), 431),
        ("fields below", fields(HEAD_FIELDS_MAX - 1), 200),
        ("fields at", fields(HEAD_FIELDS_MAX), 200),
        ("fields above", fields(HEAD_FIELDS_MAX + 1), 431),
        ("path below", path(URI_BYTES_MAX - 1), 200),
        ("path at", path(URI_BYTES_MAX), 200),
        ("path above", path(URI_BYTES_MAX + 1), 414),
    ] {
        for connection in both(&daemon, address) {
            assert_eq!(status(connection, request.as_bytes()), expected, "{what}");
        }
    }
}

#[test]
fn an_address_has_its_number_of_connections_and_the_local_socket_its_own() {
    let scratch = Scratch::new();
    let (daemon, address) = listening(&scratch, &[("PANOTTI_LIMITS__CONNECTIONS_PER_ADDRESS_MAX", "4")]);
    let mut held: Vec<Connection> = (0..4).map(|_| Connection::to(address).unwrap()).collect();
    for connection in &mut held {
        assert_eq!(connection.get("/livez").unwrap().status, 200, "up to the limit");
    }

    let refused = raw(Connection::to(address).unwrap(), b"");
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 1") && refused.contains("overloaded"), "{refused}");
    assert_eq!(daemon.get("/readyz").status, 200, "the local socket is not theirs");
    assert_eq!(held[0].get("/livez").unwrap().status, 200, "those that are there are served");
    held.pop();
    until("the seat is free again", || {
        let answer = Connection::to(address).and_then(|mut connection| connection.get("/livez"));
        answer.is_ok_and(|answer| answer.status == 200).then_some(())
    });
}

#[test]
fn a_head_that_comes_a_byte_at_a_time_is_cut_off_while_others_are_served() {
    let scratch = Scratch::new();
    let (daemon, address) = listening(&scratch, &[]);
    let mut idle = Connection::to(address).unwrap();
    let slow = both(&daemon, address).map(|mut connection| {
        std::thread::spawn(move || {
            let begun = Instant::now();
            for byte in b"GET /livez HTTP/1.1\r\nhost: localhost\r\nx: ".iter().chain(std::iter::repeat(&b'v')) {
                if connection.send_raw(&[*byte]).is_err() {
                    break;
                }
                // A client that is slow on purpose, not a wait for something.
                std::thread::sleep(Duration::from_millis(100));
                assert!(begun.elapsed() < PATIENCE, "nobody cuts it off");
            }
            (begun.elapsed(), connection.read_to_end().unwrap_or_default())
        })
    });
    for thread in slow {
        let (took, answer) = thread.join().unwrap();
        assert!(took >= HEAD_TIME_MAX && took < HEAD_TIME_MAX * 4, "{took:?}");
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(idle.get("/livez").unwrap().status, 200, "one that has not begun may take longer");
}

#[test]
fn a_body_that_does_not_come_is_given_up_and_a_stream_of_lines_may_rest() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let mut lines = daemon.connect();
    lines.begin_lines("/events").unwrap();
    let begun = Instant::now();
    let mut slow = daemon.connect();
    slow.send_head("POST", "/events", &[("content-type", "application/json"), ("content-length", "100")]).unwrap();
    slow.send_raw(b"{\"type\":").unwrap();

    let answer = String::from_utf8(slow.read_to_end().unwrap()).unwrap();

    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("request.too_slow"), "{answer}");
    assert!(begun.elapsed() >= BODY_TIME_FREE, "{:?}", begun.elapsed());
    lines.send_chunk(b"{\"type\":\"a.b\"}\n").unwrap();
    assert_eq!(lines.read_head().unwrap().0, 200);
    let (_stream, mut answers) = lines.body_lines();
    assert!(answers.next_line().unwrap().unwrap().contains("receipt"), "lines that rested longer are taken");
}
