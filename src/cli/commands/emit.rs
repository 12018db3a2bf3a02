//! `panotti emit`: only inside a plugin of `runtime: exec`, where descriptor 3 leads to the daemon.

use std::io::Read;
use std::os::fd::BorrowedFd;

use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::limits::FRAME_BYTES_MAX;
use panotti_protocol::topic::Topic;
use serde_json::value::RawValue;

use crate::cli::context::Outcome;

/// The descriptor that leads to the daemon.
const DESCRIPTOR: i32 = 3;
/// Set by the daemon for every command of an exec plugin.
pub const MARK: &str = "PANOTTI_EMIT_FD";

/// Emit an event from a plugin of `runtime: exec`
///
/// It is published together with the outcome, once the command ends with 0.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  panotti emit words.counted '{\"n\": 3}'\n  wc -w < notes.txt | panotti emit words.counted -")]
pub struct EmitArgs {
    /// Topic to emit to
    #[arg(value_name = "TOPIC")]
    pub topic: String,
    /// The payload: JSON, or `-` for standard input
    #[arg(value_name = "PAYLOAD", default_value = "{}")]
    pub payload: String,
}

/// Writes one line to descriptor 3.
///
/// # Errors
/// `usage` outside of such a plugin, or where topic or payload do not hold.
pub fn run(args: &EmitArgs) -> Outcome {
    let topic: Topic = args
        .topic
        .parse()
        .map_err(|why| Failure::new(ErrorCode::EVENT_TOPIC_INVALID, format!("`{}` is not a topic: {why}", args.topic)))?;
    if std::env::var_os(MARK).is_none() {
        return Err(Failure::new(ErrorCode::USAGE, "`panotti emit` works only inside a plugin of `runtime: exec`")
            .why("There the daemon has opened descriptor 3 for it.")
            .next(format!("elsewhere: `panotti event publish {topic}`")));
    }
    let line = line(&topic, &payload(&args.payload)?)?;
    write_all(line.as_bytes()).map_err(|error| {
        Failure::new(ErrorCode::PLUGIN_PROTOCOL, format!("the event could not be handed to the daemon: {error}"))
            .next("look at `panotti plugin logs NAME`")
    })?;
    Ok(exit::OK)
}

fn payload(text: &str) -> Result<String, Failure> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut read = String::new();
    let input = std::io::stdin().lock().take(FRAME_BYTES_MAX as u64 + 1).read_to_string(&mut read);
    input.map_err(|error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("standard input cannot be read: {error}")))?;
    Ok(read)
}

/// `{"topic":"words.counted","data":{"n":3}}` and a newline; what is inside is on one line too.
fn line(topic: &Topic, payload: &str) -> Result<String, Failure> {
    let invalid = |error: serde_json::Error| {
        Failure::new(ErrorCode::EVENT_PAYLOAD_INVALID, format!("the payload is not JSON: {error}"))
            .next("put text in quotes inside the quotes: '\"text\"'")
    };
    let data: Box<RawValue> = RawValue::from_string(payload.trim().to_owned()).map_err(invalid)?;
    // Line breaks between JSON's parts mean nothing, and inside of its strings there are none.
    let data = data.get().replace(['\n', '\r'], " ");
    let line = format!("{{\"topic\":\"{topic}\",\"data\":{data}}}\n");
    if line.len() > FRAME_BYTES_MAX {
        return Err(Failure::new(
            ErrorCode::EVENT_PAYLOAD_TOO_LARGE,
            format!("the event is {} bytes, the limit is {FRAME_BYTES_MAX}", line.len()),
        ));
    }
    Ok(line)
}

#[allow(unsafe_code)]
fn write_all(mut bytes: &[u8]) -> rustix::io::Result<()> {
    // SAFETY: the descriptor is used for writing only while this function runs and nothing in this program closes it; where it is not open the
    // write fails with EBADF.
    let descriptor = unsafe { BorrowedFd::borrow_raw(DESCRIPTOR) };
    while !bytes.is_empty() {
        match rustix::io::write(descriptor, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emit_is_one_line_whatever_the_payload_looks_like() {
        let topic = "words.counted".parse().unwrap();
        assert_eq!(line(&topic, "{\n \"n\": 3\r\n}\n").unwrap(), "{\"topic\":\"words.counted\",\"data\":{  \"n\": 3  }}\n");
        assert!(line(&topic, "three").unwrap_err().is(ErrorCode::EVENT_PAYLOAD_INVALID));
    }
}
