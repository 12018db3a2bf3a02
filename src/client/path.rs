//! Paths and queries of requests: everything that is not plain is percent-encoded.

use panotti_protocol::failure::{ErrorCode, Failure};
use serde::Serialize;
use serde_json::Value;

/// One segment of a path. `@last` stays as it is.
pub fn segment(text: &str) -> String {
    encode(text)
}

fn encode(text: &str) -> String {
    const HEXADECIMAL: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'@' | b'*') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEXADECIMAL[usize::from(byte >> 4)]));
            encoded.push(char::from(HEXADECIMAL[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// `path?name=value&...` from the fields of a query type. Absent fields and `false` are left out.
///
/// # Errors
/// `internal` where a field is a list or a table: no query has one.
pub fn with_query(path: &str, query: &impl Serialize) -> Result<String, Failure> {
    let internal = |why: String| Failure::new(ErrorCode::INTERNAL, format!("the query of {path} cannot be written: {why}"));
    let fields = match serde_json::to_value(query).map_err(|error| internal(error.to_string()))? {
        Value::Object(fields) => fields,
        other => return Err(internal(format!("it is {other}"))),
    };
    let mut pairs = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Null | Value::Bool(false) => {}
            Value::String(text) => pairs.push(format!("{name}={}", encode(&text))),
            Value::Bool(true) | Value::Number(_) => pairs.push(format!("{name}={value}")),
            Value::Array(_) | Value::Object(_) => return Err(internal(format!("`{name}` is not one value"))),
        }
    }
    Ok(if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) })
}

#[cfg(test)]
mod tests {
    use panotti_protocol::api::EventsQuery;

    use super::*;

    #[test]
    fn queries_leave_out_what_is_absent_and_encode_the_rest() {
        let query =
            EventsQuery {
                topic: "a.>".parse().ok(), failed: true, limit: Some(5), plugin: Some("a b/é".into()), ..EventsQuery::default()
            };
        assert_eq!(with_query("/events", &query).unwrap(), "/events?failed=true&limit=5&plugin=a%20b%2F%C3%A9&topic=a.%3E");
        assert_eq!(with_query("/events", &EventsQuery::default()).unwrap(), "/events");
        assert_eq!(segment("@last"), "@last");
        assert_eq!(segment("../x"), "..%2Fx");
    }
}
