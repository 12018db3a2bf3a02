//! A batch: a JSON array of events, each kept as text until it is its turn. One that is too long, or far too deep, is not read to its end:
//! looking for that end is what a bomb wants.

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::BATCH_EVENTS_MAX;
use serde_json::value::RawValue;

use super::limits::BATCH_DEPTH_MAX;

/// What a first look at a batch finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FirstLook {
    /// It may be one.
    Good,
    /// It has more events than a batch may have.
    TooMany,
    /// Something in it is nested too deeply.
    TooDeep,
}

/// Reads a batch.
///
/// # Errors
/// `request.too_large` where it has too many events, `request.invalid` where it is too deep or no array.
pub fn read(text: &[u8]) -> Result<Vec<&RawValue>, Failure> {
    match first_look(text) {
        FirstLook::Good => {}
        FirstLook::TooMany => {
            return Err(Failure::new(ErrorCode::REQUEST_TOO_LARGE, format!("the batch has more than {BATCH_EVENTS_MAX} events")));
        }
        FirstLook::TooDeep => {
            let detail = format!("the batch is nested deeper than {BATCH_DEPTH_MAX}");
            return Err(Failure::new(ErrorCode::REQUEST_INVALID, detail));
        }
    }
    serde_json::from_slice(text).map_err(|error| Failure::new(ErrorCode::REQUEST_INVALID, format!("this is not a JSON array: {error}")))
}

/// Goes over the brackets, commas and quotes, as far as it must.
fn first_look(text: &[u8]) -> FirstLook {
    let (mut depth, mut commas) = (0, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text {
        if in_string {
            in_string = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' if depth == BATCH_DEPTH_MAX => return FirstLook::TooDeep,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => {
                commas += 1;
                if commas == BATCH_EVENTS_MAX {
                    return FirstLook::TooMany;
                }
            }
            _ => {}
        }
    }
    FirstLook::Good
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(number: usize) -> String {
        format!("[{}]", vec![r#"{"a":[1,2,",]"]}"#; number].join(","))
    }

    #[test]
    fn a_batch_has_its_number_of_events() {
        for number in [0, 1, BATCH_EVENTS_MAX - 1, BATCH_EVENTS_MAX] {
            assert_eq!(read(events(number).as_bytes()).unwrap().len(), number);
        }
        for number in [BATCH_EVENTS_MAX + 1, BATCH_EVENTS_MAX * 100] {
            assert!(read(events(number).as_bytes()).unwrap_err().is(ErrorCode::REQUEST_TOO_LARGE), "{number}");
        }
        for bad in ["{}", "[1", "", "[1,]"] {
            assert!(read(bad.as_bytes()).unwrap_err().is(ErrorCode::REQUEST_INVALID), "{bad}");
        }
    }

    #[test]
    fn an_event_that_is_too_deep_is_left_to_its_turn_and_a_batch_that_is_far_too_deep_is_refused() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(first_look(nested(BATCH_DEPTH_MAX).as_bytes()), FirstLook::Good);
        assert_eq!(first_look(nested(BATCH_DEPTH_MAX + 1).as_bytes()), FirstLook::TooDeep);
        assert!(read("[".repeat(1 << 20).as_bytes()).unwrap_err().is(ErrorCode::REQUEST_INVALID));
        assert_eq!(first_look(br#"["\\","\"[[[",1]"#), FirstLook::Good, "what stands in a string is no bracket");
    }

    #[test]
    fn an_end_is_not_looked_for_where_there_is_too_much_before_it() {
        let endless = format!("[{}", "0,".repeat(BATCH_EVENTS_MAX));
        assert!(read(endless.as_bytes()).unwrap_err().is(ErrorCode::REQUEST_TOO_LARGE));
    }
}
