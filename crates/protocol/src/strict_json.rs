//! What JSON from outside must not be, looked for before it is read: too deep, too many keys, a key twice. One pass over the bytes that
//! keeps a number for each key of the objects that are open, and nothing else. Whether it is JSON at all, its reader says.

use std::fmt;

use crate::limits::{BODY_KEYS_MAX, EVENT_KEYS_MAX, JSON_DEPTH_MAX};

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotStrict {
    /// Objects and lists are nested too deeply.
    TooDeep,
    /// There are too many keys, in all objects together.
    TooManyKeys {
        /// How many there may be.
        keys_max: usize,
    },
    /// An object has a key twice, and readers disagree which counts.
    KeyTwice {
        /// The beginning of the key.
        key: String,
    },
}

impl fmt::Display for NotStrict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotStrict::TooDeep => write!(f, "it is nested deeper than {JSON_DEPTH_MAX}"),
            NotStrict::TooManyKeys { keys_max } => write!(f, "it has more than {keys_max} keys"),
            NotStrict::KeyTwice { key } => write!(f, "`{key}` is there twice in one object"),
        }
    }
}

/// Checks an event.
///
/// # Errors
/// What is wrong with it.
pub fn check_event(text: &[u8]) -> Result<(), NotStrict> {
    check(text, EVENT_KEYS_MAX)
}

/// Checks the body of another request.
///
/// # Errors
/// What is wrong with it.
pub fn check_body(text: &[u8]) -> Result<(), NotStrict> {
    check(text, BODY_KEYS_MAX)
}

/// An object or a list that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Where the numbers of its keys begin; `None` for a list.
    keys: Option<usize>,
    /// Whether the next string is a key.
    key_is_next: bool,
}

fn check(text: &[u8], keys_max: usize) -> Result<(), NotStrict> {
    let mut open: Vec<Open> = Vec::new();
    let mut keys: Vec<u64> = Vec::new();
    let mut keys_seen = 0;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => {
                if open.len() == JSON_DEPTH_MAX {
                    return Err(NotStrict::TooDeep);
                }
                let is_object = *byte == b'{';
                open.push(Open { keys: is_object.then_some(keys.len()), key_is_next: is_object });
            }
            b'}' | b']' => {
                if let Some(Open { keys: Some(from), .. }) = open.pop() {
                    once_each(text, &mut keys[from..])?;
                    keys.truncate(from);
                }
            }
            b',' => {
                if let Some(last) = open.last_mut() {
                    last.key_is_next = last.keys.is_some();
                }
            }
            b'"' => {
                let end = end_of_string(text, at);
                if let Some(last) = open.last_mut().filter(|last| last.key_is_next) {
                    last.key_is_next = false;
                    keys_seen += 1;
                    if keys_seen > keys_max {
                        return Err(NotStrict::TooManyKeys { keys_max });
                    }
                    keys.push(number_of(&text[at..end]));
                }
                at = end + 1;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where the string ends that begins here: at its closing quote, or at the end of the text.
fn end_of_string(text: &[u8], mut at: usize) -> usize {
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// Each key of an object once: two keys with one number are one key, but for once in 10^13 objects of a thousand keys.
fn once_each(text: &[u8], keys: &mut [u64]) -> Result<(), NotStrict> {
    if keys.len() < 2 {
        return Ok(());
    }
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(NotStrict::KeyTwice { key: find(text, pair[0]) }),
    }
}

/// The number of a key as written: FNV-1a of its bytes once escapes are resolved, so that `"a"` and `"\u0061"` are one key.
fn number_of(written: &[u8]) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let mix = |number: u64, byte: u8| (number ^ u64::from(byte)).wrapping_mul(PRIME);
    if written.contains(&b'\\') {
        return resolved(written).bytes().fold(BASIS, mix);
    }
    written.iter().copied().fold(BASIS, mix)
}

/// A string without its escapes. One that is no string of JSON is left as it is: its reader will refuse it.
fn resolved(written: &[u8]) -> String {
    let quoted = [b"\"", written, b"\""].concat();
    serde_json::from_slice(&quoted).unwrap_or_else(|_| String::from_utf8_lossy(written).into_owned())
}

/// The first string with this number, for the message: shortened, and without what a terminal would obey.
fn find(text: &[u8], number: u64) -> String {
    const CHARACTERS_MAX: usize = 64;
    let mut at = 0;
    while let Some(begin) = text[at.min(text.len())..].iter().position(|byte| *byte == b'"') {
        let begin = at + begin + 1;
        let end = end_of_string(text, begin).min(text.len());
        if number_of(&text[begin..end]) == number {
            let key: String = resolved(&text[begin..end]).chars().take(CHARACTERS_MAX).collect();
            return key.escape_debug().to_string();
        }
        at = end + 1;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twice(text: &str) -> Option<String> {
        match check_event(text.as_bytes()) {
            Err(NotStrict::KeyTwice { key }) => Some(key),
            Ok(()) => None,
            Err(other) => panic!("{text}: {other}"),
        }
    }

    #[test]
    fn a_key_is_in_an_object_once_however_it_is_written() {
        for good in [
            "{}",
            r#"{"a":1,"b":1}"#,
            r#"{"a":{"a":{"a":1}},"b":{"a":1}}"#,
            r#"[{"a":1},{"a":1}]"#,
            r#"{"a":"a","b":["a","a","b"]}"#,
            r#"{"a":"\",\"a\":","b":"\\"}"#,
            r#"{"a":1,"A":1,"":2}"#,
        ] {
            assert_eq!(twice(good), None, "{good}");
        }
        for (bad, key) in [
            (r#"{"a":1,"a":2}"#, "a"),
            (r#"{"a":1,"b":{"c":[{"d":1,"e":2,"d":3}]}}"#, "d"),
            (r#"{"a":1,"\u0061":2}"#, "a"),
            (r#"{"é":1,"\u00e9":2}"#, "é"),
            (r#"{"":1,"":2}"#, ""),
            (r#"{"a":{"x":1},"b":2,"a":3}"#, "a"),
            (r#"{"a\n":1,"a\n":2}"#, "a\\n"),
        ] {
            assert_eq!(twice(bad).as_deref(), Some(key), "{bad}");
        }
        assert_eq!(twice(&format!(r#"{{"{0}":1,"{0}":2}}"#, "k".repeat(1_000))).map(|key| key.len()), Some(64), "shortened");
    }

    #[test]
    fn the_depth_has_a_limit() {
        let nested = |depth: usize, open: &str, close: &str| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            assert_eq!(check_event(nested(JSON_DEPTH_MAX - 1, open, close).as_bytes()), Ok(()), "below");
            assert_eq!(check_event(nested(JSON_DEPTH_MAX, open, close).as_bytes()), Ok(()), "at");
            assert_eq!(check_event(nested(JSON_DEPTH_MAX + 1, open, close).as_bytes()), Err(NotStrict::TooDeep), "above");
            assert_eq!(check_body(open.repeat(1_000_000).as_bytes()), Err(NotStrict::TooDeep), "far above, and never closed");
        }
        assert_eq!(check_event(format!("\"{}\"", "[".repeat(100)).as_bytes()), Ok(()), "what is in a string is not nested");
    }

    #[test]
    fn the_number_of_keys_has_a_limit_over_all_objects_together() {
        let flat = |keys: usize| format!("{{{}}}", (0..keys).map(|key| format!("\"k{key}\":{key}")).collect::<Vec<_>>().join(","));
        assert_eq!(check_event(flat(EVENT_KEYS_MAX - 1).as_bytes()), Ok(()), "below");
        assert_eq!(check_event(flat(EVENT_KEYS_MAX).as_bytes()), Ok(()), "at");
        let too_many = Err(NotStrict::TooManyKeys { keys_max: EVENT_KEYS_MAX });
        assert_eq!(check_event(flat(EVENT_KEYS_MAX + 1).as_bytes()), too_many, "above");
        let spread = |objects: usize| format!("[{}]", vec![r#"{"a":1,"b":2}"#; objects].join(","));
        assert_eq!(check_event(spread(EVENT_KEYS_MAX / 2).as_bytes()), Ok(()));
        assert_eq!(check_event(spread(EVENT_KEYS_MAX / 2 + 1).as_bytes()), too_many);
        assert_eq!(check_body(flat(BODY_KEYS_MAX).as_bytes()), Ok(()));
        assert!(check_body(flat(BODY_KEYS_MAX + 1).as_bytes()).is_err());
    }

    #[test]
    fn what_is_no_json_is_left_to_its_reader_and_harms_nobody() {
        for text in ["", "}", "]]]", "{", "{\"", "{\"a", "{\"a\\", "\\", "{,,\"a\"\"b\"}", "{\"a\":1]", "\u{0}\u{ff}", "{\"\\ud800\":1}"] {
            assert_eq!(check_event(text.as_bytes()), Ok(()), "{text:?}");
        }
        assert_eq!(check_event(b"{\"\xff\":1,\"\xfe"), Ok(()));
    }
}
