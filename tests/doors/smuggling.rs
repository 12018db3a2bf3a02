//! Requests that two readers could read differently. Each is answered 400 and its connection closed, or read exactly as RFC 9112 allows; in
//! none is the request seen that is hidden in it.

use serde_json::json;

use super::{listening, raw, statuses};
use crate::support::daemon::Daemon;
use crate::support::http::Connection;
use crate::support::scratch::Scratch;

/// 25 bytes, 19 in hexadecimal.
const EVENT: &str = r#"{"type":"smuggling.case"}"#;
/// What must not be seen.
const HIDDEN: &str =
    "POST /events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 25\r\n\r\n{\"type\":\"smuggled.event\"}";

/// How a case is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// 400, and the connection is closed.
    Refused,
    /// The event is published, and the connection is closed where the request said so or leaves a doubt.
    Read,
}
use Answer::{Read, Refused};

/// A `POST /events` with these fields and this body. `\n` in them stands for a line break of HTTP.
fn post(fields: &str, body: &str) -> String {
    lines(&format!("POST /events HTTP/1.1\nhost: localhost\ncontent-type: application/json\n{fields}\n\n")) + body
}

fn lines(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// The event as one chunk, whose size is written so, with what follows it.
fn chunks(size: &str, end: &str) -> String {
    format!("{size}\r\n{EVENT}{end}")
}

/// Two lengths, a length and an encoding, and lengths that are none.
fn lengths() -> Vec<(&'static str, String, Answer)> {
    let close = "connection: close";
    let whole = chunks("19", "\r\n0\r\n\r\n");
    let length = |value: &str| post(&format!("content-length:{value}\n{close}"), EVENT);
    vec![
        ("length and encoding", post("content-length: 6\ntransfer-encoding: chunked", &whole), Read),
        ("encoding and length", post("transfer-encoding: chunked\ncontent-length: 6", &whole), Read),
        ("encoding and length 0", post("transfer-encoding: chunked\ncontent-length: 0", &whole), Read),
        ("two lengths and an encoding", post("content-length: 1\ntransfer-encoding: chunked\ncontent-length: 2", &whole), Read),
        ("an encoding that ends at once, and a length", post("content-length: 99\ntransfer-encoding: chunked", "0\r\n\r\n"), Refused),
        ("two lengths", post("content-length: 25\ncontent-length: 26", EVENT), Refused),
        ("two lengths, the shorter first", post("content-length: 0\ncontent-length: 25", EVENT), Refused),
        ("one length twice", post(&format!("content-length: 25\ncontent-length: 25\n{close}"), EVENT), Read),
        ("lengths in a list", length(" 25, 25"), Refused),
        ("different lengths in a list", length(" 25, 1"), Refused),
        ("length with a sign", length(" +25"), Refused),
        ("negative length", length(" -25"), Refused),
        ("hexadecimal length", length(" 0x19"), Refused),
        ("length with letters", length(" 25abc"), Refused),
        ("length with a space in it", length(" 2 5"), Refused),
        ("empty length", length(""), Refused),
        ("length of 2^64", length(" 18446744073709551616"), Refused),
        ("length with leading zeros", length(" 0025"), Read),
        ("length between spaces", length(" \t 25 \t"), Read),
        ("a request in a body", post(&format!("content-length: {}\n{close}", HIDDEN.len()), ""), Refused),
        ("space before the colon of the length", post("content-length : 25", EVENT), Refused),
        ("line break in the length", post("content-length:\n 25", EVENT), Refused),
    ]
}

/// Encodings that are none, and chunks that are none.
fn encodings() -> Vec<(&'static str, String, Answer)> {
    let whole = chunks("19", "\r\n0\r\n\r\n");
    let encoding = |value: &str| post(&format!("transfer-encoding:{value}\nconnection: close"), &whole);
    let chunked = |body: &str| post("transfer-encoding: chunked\nconnection: close", body);
    let sized = |size: &str| chunked(&chunks(size, "\r\n0\r\n\r\n"));
    vec![
        ("chunked", encoding(" chunked"), Read),
        ("chunked in capitals", encoding(" CHUNKED"), Read),
        ("chunked after a tab", encoding("\tchunked"), Read),
        ("unknown encoding", encoding(" xchunked"), Refused),
        ("encoding in two words", encoding(" chunk ed"), Refused),
        ("chunked first", encoding(" chunked, identity"), Refused),
        ("identity first", encoding(" identity, chunked"), Refused),
        ("compressed and chunked", encoding(" gzip, chunked"), Refused),
        ("chunked twice in a list", encoding(" chunked, chunked"), Refused),
        ("chunked in quotes", encoding(" \"chunked\""), Refused),
        ("chunked with a parameter", encoding(" chunked;q=1"), Refused),
        ("empty encoding", encoding(""), Refused),
        ("two encodings", encoding(" chunked\ntransfer-encoding: chunked"), Refused),
        ("two encodings, the second unknown", encoding(" chunked\ntransfer-encoding: x"), Refused),
        ("two encodings, the first unknown", encoding(" x\ntransfer-encoding: chunked"), Refused),
        ("vertical tab before the encoding", encoding(" \x0bchunked"), Refused),
        ("space before the colon of the encoding", post("transfer-encoding : chunked", &whole), Refused),
        ("tab before the colon of the encoding", post("transfer-encoding\t: chunked", &whole), Refused),
        ("line break in the encoding", encoding("\n chunked"), Refused),
        ("encoding of an old version", post("transfer-encoding: chunked", &whole).replace("HTTP/1.1", "HTTP/1.0"), Refused),
        ("size that is no number", sized("zz"), Refused),
        ("size with a prefix", sized("0x19"), Refused),
        ("size with a sign", sized("+19"), Refused),
        ("negative size", sized("-19"), Refused),
        ("size after a space", sized(" 19"), Refused),
        ("empty size", sized(""), Refused),
        ("size of 2^68", sized("fffffffffffffffff"), Refused),
        ("size with leading zeros", sized("0019"), Read),
        ("size with an extension", sized("19;name=value"), Read),
        ("bare line feed after the size", chunked(&format!("19\n{EVENT}\r\n0\r\n\r\n")), Refused),
        ("bare line feed in an extension", sized("19;a\nb"), Refused),
        ("chunk that goes on after its size", chunked(&chunks("10", "\r\n0\r\n\r\n")), Refused),
        ("chunk without its line break", chunked(&chunks("19", "0\r\n\r\n")), Refused),
        ("chunk with a bare line feed after it", chunked(&chunks("19", "\n0\r\n\r\n")), Refused),
        ("trailer that names a length", chunked(&chunks("19", "\r\n0\r\ncontent-length: 99\r\n\r\n")), Read),
        ("trailer that is none", chunked(&chunks("19", "\r\n0\r\nno trailer\r\n\r\n")), Refused),
    ]
}

/// Lines and fields that are none.
fn heads() -> Vec<(&'static str, String, Answer)> {
    let good = "content-length: 25\nconnection: close";
    let with = |field: &str| post(&format!("{field}\n{good}"), EVENT);
    let begin = |line: &str| lines(&format!("{line}\nhost: localhost\ncontent-type: application/json\n{good}\n\n")) + EVENT;
    vec![
        ("plain", with("x: y"), Read),
        ("bare line feeds", with("x: y").replace("\r\n", "\n"), Read),
        ("bare line feed in a field", with("x: y\u{0}z").replace('\u{0}', "\n"), Refused),
        ("bare carriage return in a field", with("x: y\rcontent-length: 0"), Refused),
        ("folded field", with("x: y\n z"), Refused),
        ("folded first field", lines(&format!("POST /events HTTP/1.1\n host: localhost\nhost: localhost\n{good}\n\n")) + EVENT, Refused),
        ("field without a colon", with("nothing"), Refused),
        ("field without a name", with(": y"), Refused),
        ("space in a name", with("content length: 3"), Refused),
        ("null in a name", with("x\u{0}: y"), Refused),
        ("null in a value", with("x: y\u{0}"), Refused),
        ("no host", lines(&format!("POST /events HTTP/1.1\n{good}\n\n")) + EVENT, Refused),
        ("two hosts", with("host: localhost"), Refused),
        ("two different hosts", with("host: other"), Refused),
        ("empty lines before it", format!("\r\n\r\n{}", with("x: y")), Read),
        ("a host in the target", begin("POST http://localhost/events HTTP/1.1"), Read),
        ("another scheme in the target", begin("POST ftp://localhost/events HTTP/1.1"), Refused),
        ("a target that is no path", begin("POST events HTTP/1.1"), Refused),
        ("a host as target", begin("CONNECT localhost:80 HTTP/1.1"), Refused),
        ("a star as target", begin("OPTIONS * HTTP/1.1"), Refused),
        ("no target", begin("POST HTTP/1.1"), Refused),
        ("a space in the target", begin("POST /events /x HTTP/1.1"), Refused),
        ("two spaces", begin("POST  /events HTTP/1.1"), Refused),
        ("a tab for a space", begin("POST\t/events HTTP/1.1"), Refused),
        ("a method that is none", begin("PO(ST /events HTTP/1.1"), Refused),
        ("version 1.2", begin("POST /events HTTP/1.2"), Refused),
        ("version 3", begin("POST /events HTTP/3.0"), Refused),
        ("version 1", begin("POST /events HTTP/1"), Refused),
        ("version in small letters", begin("POST /events http/1.1"), Refused),
        ("something after the version", begin("POST /events HTTP/1.1 x"), Refused),
        ("no version", "GET /events\r\n\r\n".to_owned(), Refused),
        ("body of a GET", begin("GET /events HTTP/1.1"), Refused),
        ("chunks of a GET", lines("GET /events HTTP/1.1\nhost: localhost\ntransfer-encoding: chunked\n\n0\n\n"), Refused),
        ("body of a HEAD", begin("HEAD /events HTTP/1.1"), Refused),
        ("an upgrade that nobody makes", with("upgrade: h2c\nconnection: upgrade\nhttp2-settings: AAMAAABkAAQAAP__"), Read),
        ("a field that names the length as its own", with("connection: content-length"), Read),
    ]
}

fn cases() -> Vec<(&'static str, String, Answer)> {
    [lengths(), encodings(), heads()].concat()
}

/// What the local socket answers to one: the whole way, with bodies read.
fn judge(daemon: &Daemon, (name, request, expected): &(&str, String, Answer)) -> Result<(), String> {
    let answers = raw(daemon.connect(), format!("{request}{HIDDEN}").as_bytes());
    let holds = matches!((expected, &statuses(&answers)[..]), (Read, [201]) | (Refused, [400]));
    if holds { Ok(()) } else { Err(format!("{name}: expected {expected:?}, got {answers}")) }
}

#[test]
fn a_request_hidden_in_another_is_never_seen() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());

    let wrong: Vec<String> = cases.iter().filter_map(|case| judge(&daemon, case).err()).collect();

    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert_eq!(daemon.get("/events?topic=smuggled.event").json()["items"], json!([]));
    let read = cases.iter().filter(|(_, _, expected)| *expected == Read).count();
    assert_eq!(daemon.get("/events/status").json()["accepted"], read, "each that was read was read once");
}

#[test]
fn without_a_key_a_hidden_request_is_not_seen_either() {
    let scratch = Scratch::new();
    let (daemon, address) = listening(&scratch, &[]);
    for (name, request, expected) in cases() {
        let answers = raw(Connection::to(address).unwrap(), format!("{request}{HIDDEN}").as_bytes());
        let statuses = statuses(&answers);
        let allowed: &[u16] = if expected == Read { &[401] } else { &[400, 401] };
        assert!(matches!(statuses[..], [only] if allowed.contains(&only)), "{name}: {answers}");
    }
    assert_eq!(daemon.get("/events/status").json()["accepted"], 0);
}
