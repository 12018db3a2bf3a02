//! How a command ends badly: what, why, what to do, and the code, on stderr; one JSON object where the output is JSON.

use std::process::ExitCode;

use panotti_protocol::failure::Failure;

use super::globals::Globals;
use super::output::human::{bold, red};
use super::output::remark;

/// Prints a failure and gives its exit code.
pub fn report(failure: &Failure, flags: &Globals) -> ExitCode {
    remark(&if flags.machine_readable() { as_json(failure) } else { as_text(failure) });
    ExitCode::from(failure.exit)
}

/// One line of JSON: the problem as the API gives it.
pub fn as_json(failure: &Failure) -> String {
    serde_json::to_string(failure).unwrap_or_else(|_| format!("{{\"code\":{:?},\"exit\":{}}}", failure.code, failure.exit))
}

/// What, why, what to do, the code.
pub fn as_text(failure: &Failure) -> String {
    let mut text = format!("{} {}\n", red("error:"), bold(&failure.detail));
    for part in &failure.errors {
        let place = if part.pointer.is_empty() { String::new() } else { format!("{}  ", part.pointer) };
        text.push_str(&format!("  {place}{}", part.detail));
        if !part.next.is_empty() {
            text.push_str(&format!("   {}", part.next));
        }
        text.push('\n');
    }
    if !failure.why.is_empty() {
        text.push_str(&format!("  why: {}\n", failure.why));
    }
    text.push_str(&format!("  fix: {}\n", failure.next));
    text.push_str(&format!("  code: {}", failure.code));
    if !failure.request_id.is_empty() {
        text.push_str(&format!("   request: {}", failure.request_id));
    }
    text
}
