//! The network and HTTP itself: where the daemon listens, what it refuses, what a connection may cost.
//!
//! - `listening`: when it listens, and who is told what without a key
//! - `describing`: the OpenAPI document and its page
//! - `cloudevents`: the modes of the CloudEvents binding
//! - `examples`: every example of that document, sent, and its answer held to it
//! - `headers`: where the next page is, which trace a request belongs to
//! - `json`: JSON that is too deep, too wide, or of two meanings
//! - `limits`: every limit at, below and above
//! - `pace`: how much a key may ask for
//! - `remote`: the command line with a daemon over the network
//! - `sdks`: the CloudEvents SDKs for Python and JavaScript
//! - `smuggling`: requests that two readers could read differently
//! - `streams`: server-sent events
//! - `tls`: TLS: what is spoken, who is trusted, certificates that change
//! - `traversal`: paths that would lead out

mod cloudevents;
mod describing;
mod examples;
mod headers;
mod json;
mod limits;
mod listening;
mod pace;
mod remote;
mod sdks;
mod smuggling;
mod streams;
mod tls;
mod traversal;

use std::net::SocketAddr;

use crate::support::daemon::Daemon;
use crate::support::http::Connection;
use crate::support::scratch::Scratch;

/// Variables of a daemon that listens at a free port of this machine.
const ON: [(&str, &str); 2] = [("PANOTTI_HTTP__ENABLED", "on"), ("PANOTTI_HTTP__LISTEN", "127.0.0.1:0")];

/// A daemon that listens on the network, with more variables.
fn listening(scratch: &Scratch, more: &[(&str, &str)]) -> (Daemon, SocketAddr) {
    let daemon = Daemon::start_with(scratch, &[], &[&ON, more].concat());
    let address = daemon.network();
    (daemon, address)
}

/// Sends bytes and gives everything that comes back until the daemon closes.
fn raw(mut connection: Connection, bytes: &[u8]) -> String {
    // The daemon may have closed before all of it was written.
    let _ = connection.send_raw(bytes);
    String::from_utf8_lossy(&connection.read_until_closed()).into_owned()
}

/// The statuses of all answers in what came back.
fn statuses(answers: &str) -> Vec<u16> {
    answers.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().unwrap()).collect()
}
