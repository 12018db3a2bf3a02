//! `Idempotency-Key`: a key under which a request is published once (semantics rule 13). The key belongs to the caller and stands for the
//! whole body.

use aws_lc_rs::digest::{Context, SHA256};
use axum::http::HeaderMap;
use panotti_core::once::PublisherKey;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::EventId;
use panotti_protocol::limits::PUBLISHER_KEY_BYTES_MAX;

const HEADER: &str = "idempotency-key";

/// The key that a request came with, before its body was read.
#[derive(Debug, Clone)]
pub struct RequestKey(String);

impl RequestKey {
    /// Reads the header, where there is one.
    ///
    /// # Errors
    /// `request.invalid` where it is empty, too long, there twice, or not visible ASCII.
    pub fn read(headers: &HeaderMap) -> Result<Option<Self>, Failure> {
        let invalid = |detail: String| Err(Failure::new(ErrorCode::REQUEST_INVALID, detail));
        let mut values = headers.get_all(HEADER).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return invalid("there are two `Idempotency-Key`".to_owned());
        }
        let bytes = value.as_bytes();
        if bytes.is_empty() || bytes.len() > PUBLISHER_KEY_BYTES_MAX {
            return invalid(format!("`Idempotency-Key` is {} bytes; 1 to {PUBLISHER_KEY_BYTES_MAX} are allowed", bytes.len()));
        }
        match value.to_str() {
            Ok(text) => Ok(Some(Self(text.to_owned()))),
            Err(_) => invalid("`Idempotency-Key` is not visible ASCII".to_owned()),
        }
    }

    /// The key with what it stands for: the body, and the event it was made from.
    pub fn of(self, actor: &str, body: &[u8], made_from: Option<EventId>) -> PublisherKey {
        let mut context = Context::new(&SHA256);
        if let Some(eventid) = made_from {
            context.update(eventid.as_bytes());
        }
        context.update(body);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        PublisherKey { actor: actor.to_owned(), key: self.0, digest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_within_its_length_and_there_once() {
        let read = |values: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(HEADER, axum::http::HeaderValue::from_bytes(value).unwrap());
            }
            RequestKey::read(&headers).map(|key| key.map(|key| key.0))
        };

        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"pay-17"]), Ok(Some("pay-17".to_owned())));
        for bad in [&[b"".as_slice()][..], &[b"a", b"a"], &[&[b'k'; PUBLISHER_KEY_BYTES_MAX + 1]], &[b"\xc3\xa4"]] {
            assert!(read(bad).unwrap_err().is(ErrorCode::REQUEST_INVALID), "{bad:?}");
        }
    }
}
