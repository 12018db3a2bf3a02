//! W3C Trace Context: `traceparent` of a request goes into the events that it publishes, and the answer names the request as a part of the
//! same trace. What does not hold is passed over, as the recommendation says: it is no reason to refuse anything.

use axum::extract::Request;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::RequestId;

/// The header.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Bytes of a `traceparent` of version 00: version, trace, parent, flags.
const BYTES: usize = 55;
const VERSION: usize = 2;
const TRACE: std::ops::Range<usize> = 3..35;
const PARENT: std::ops::Range<usize> = 36..52;
const FLAGS: std::ops::Range<usize> = 53..55;

/// The `traceparent` that a request came with, where it has one that holds.
pub fn of(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    value.to_str().ok().filter(|text| holds(text))
}

/// Whether a text is a `traceparent` of version 00.
fn holds(text: &str) -> bool {
    let lower_hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let some = |part: &str| lower_hexadecimal(part) && part.bytes().any(|byte| byte != b'0');
    let dashes = [VERSION, TRACE.end, PARENT.end];
    text.len() == BYTES
        && text.is_ascii()
        && dashes.iter().all(|at| text.as_bytes()[*at] == b'-')
        && text.starts_with("00")
        && some(&text[TRACE])
        && some(&text[PARENT])
        && lower_hexadecimal(&text[FLAGS])
}

/// Answers a request of a trace with the same trace, and the request's id as the parent of what comes next. Inside of
/// [`super::problem::with_request_id`], whose id has the length of a span's.
pub async fn answer(request: Request, next: Next) -> Response {
    let of_request = of(request.headers()).map(str::to_owned);
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let mut response = next.run(request).await;
    if let (Some(text), Some(id)) = (of_request, id)
        && let Ok(value) = HeaderValue::from_str(&format!("00-{}-{id}-{}", &text[TRACE], &text[FLAGS]))
    {
        response.headers_mut().insert(TRACEPARENT, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn what_does_not_hold_is_passed_over() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(TRACEPARENT, HeaderValue::from_str(value).unwrap());
            }
            of(&headers).map(str::to_owned)
        };
        assert_eq!(read(&[GOOD]).as_deref(), Some(GOOD));
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[GOOD, GOOD]), None, "which of them?");
        for bad in [
            "",
            "00",
            &GOOD.to_uppercase(),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", "00000000000000000000000000000000"),
            &GOOD.replace("00f067aa0ba902b7", "0000000000000000"),
            &GOOD.replace('-', "_"),
            &format!("{GOOD}-00"),
        ] {
            assert_eq!(read(&[bad]), None, "{bad}");
        }
    }
}
