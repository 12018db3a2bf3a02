//! The headers of the document: those that every answer has, and those that come with one kind of answer. What a handler answers names its
//! own ([`super::shape::Answers`]), so that a header is described where it is sent. `Content-Type` is told by the media types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A header, in a request or in an answer.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its JSON Schema, as text.
    pub schema: &'static str,
    /// A value of it.
    pub example: &'static str,
}

/// A header of an answer.
#[derive(Debug, Clone, Copy)]
pub enum Sent {
    /// It is always there.
    Always(&'static Header),
    /// It is there where what it tells is so.
    Sometimes(&'static Header),
}

const TEXT: &str = r#"{"type": "string", "minLength": 1}"#;

/// Names the request.
pub static REQUEST_ID: Header = Header {
    name: "x-request-id",
    about: "Names this request in the daemon's logs and in its audit.",
    schema: r#"{"type": "string", "pattern": "^[0-9a-f]{16}$"}"#,
    example: "4bbbee39e86f934c",
};
/// The trace of the request.
pub static TRACEPARENT: Header = Header {
    name: "traceparent",
    about: "Where the request had one that holds: the same trace, with the request's id as the parent (W3C Trace Context).",
    schema: r#"{"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"}"#,
    example: "00-4bf92f3577b34da6a3ce929d0e0e4736-4bbbee39e86f934c-01",
};
/// What a key may ask for.
pub static RATE_LIMIT_POLICY: Header = Header {
    name: "RateLimit-Policy",
    about: "Where the request came with a key: how many requests (`q`) it may send in how many seconds (`w`).",
    schema: r#"{"type": "string", "pattern": "^\"requests\";q=[0-9]+;w=[0-9]+$"}"#,
    example: "\"requests\";q=4000;w=2",
};
/// What is left of it.
pub static RATE_LIMIT: Header = Header {
    name: "RateLimit",
    about: "Where the request came with a key: how many requests are left (`r`), and in how many seconds all are there again (`t`).",
    schema: r#"{"type": "string", "pattern": "^\"requests\";r=[0-9]+;t=[0-9]+$"}"#,
    example: "\"requests\";r=3999;t=1",
};
/// When to try again.
pub static RETRY_AFTER: Header = Header {
    name: "Retry-After",
    about: "Seconds after which trying again makes sense; `retry_after` of the body says the same.",
    schema: r#"{"type": "integer", "minimum": 1}"#,
    example: "1",
};
/// Which kind of key is asked for.
pub static CHALLENGE: Header = Header {
    name: "WWW-Authenticate",
    about: "Which kind of key is asked for, and what is wrong with the one that came (RFC 6750).",
    schema: r#"{"type": "string", "pattern": "^Bearer realm=\"panotti\""}"#,
    example: "Bearer realm=\"panotti\", error=\"invalid_token\"",
};
/// Which state of something an answer shows.
pub static ETAG: Header = Header {
    name: "ETag",
    about: "Which state of it this is, in quotes.",
    schema: r#"{"type": "string", "pattern": "^\"[!#-~]+\"$"}"#,
    example: "\"17\"",
};
/// Where something is.
pub static LOCATION: Header = Header {
    name: "Location",
    about: "The path of what was made.",
    schema: r#"{"type": "string", "pattern": "^/"}"#,
    example: "/events/evt_01m81e7thtfct8g2mjg15efpc6",
};
/// Where the next page is.
pub static LINK: Header = Header {
    name: "Link",
    about: "Where the next page is, unless this is the last: the path of the same request from the next row on (RFC 8288).",
    schema: r#"{"type": "string", "pattern": "^<[^>]+>; rel=\"next\"$"}"#,
    example: "</events?limit=2&cursor=ZTI>; rel=\"next\"",
};
/// Whether it may be kept.
pub static CACHE_CONTROL: Header = Header {
    name: "Cache-Control",
    about: "Whether caches may keep the answer: not at all, or only to ask whether it is still so.",
    schema: r#"{"type": "string", "enum": ["no-store", "no-cache"]}"#,
    example: "no-store",
};
/// Whether proxies may collect it.
pub static NOT_BUFFERED: Header = Header {
    name: "X-Accel-Buffering",
    about: "Asks proxies to pass the stream on as it comes.",
    schema: r#"{"const": "no"}"#,
    example: "no",
};
/// What the page may load.
pub static POLICY: Header = Header {
    name: "Content-Security-Policy",
    about: "What the page may load: its own files.",
    schema: TEXT,
    example: "default-src 'none'",
};
/// Whether browsers may guess the media type.
pub static NO_SNIFFING: Header = Header {
    name: "X-Content-Type-Options",
    about: "The media type is what it says.",
    schema: r#"{"const": "nosniff"}"#,
    example: "nosniff",
};
/// What browsers tell others of the page.
pub static REFERRER_POLICY: Header = Header {
    name: "Referrer-Policy",
    about: "Browsers tell nobody where they come from.",
    schema: r#"{"const": "no-referrer"}"#,
    example: "no-referrer",
};

/// The headers of every answer.
const EVERY: [Sent; 4] =
    [Sent::Always(&REQUEST_ID), Sent::Sometimes(&TRACEPARENT), Sent::Sometimes(&RATE_LIMIT), Sent::Sometimes(&RATE_LIMIT_POLICY)];

/// All headers that answers were described with, by the names that they have among the components.
#[derive(Debug, Default)]
pub struct Headers(BTreeMap<String, Value>);

impl Headers {
    /// The headers of an answer: its own, and those of every answer.
    pub fn of(&mut self, own: &[Sent]) -> Map<String, Value> {
        EVERY.iter().chain(own).map(|sent| self.reference(*sent)).collect()
    }

    fn reference(&mut self, sent: Sent) -> (String, Value) {
        let (header, name, required) = match sent {
            Sent::Always(header) => (header, header.name.to_owned(), true),
            Sent::Sometimes(header) => (header, format!("{}-sometimes", header.name), false),
        };
        self.0.entry(name.clone()).or_insert_with(
            || json!({ "description": header.about, "required": required, "schema": header.schema(), "example": header.example() }),
        );
        (header.name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))
    }

    /// All of them.
    pub fn finish(self) -> Map<String, Value> {
        self.0.into_iter().collect()
    }
}

impl Header {
    /// Its schema.
    pub fn schema(&self) -> Value {
        serde_json::from_str(self.schema).unwrap_or_default()
    }

    /// Its example, as a value of its schema.
    pub fn example(&self) -> Value {
        match self.schema()["type"].as_str() {
            Some("integer") => serde_json::from_str(self.example).unwrap_or_default(),
            _ => json!(self.example),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::api::routes::operations;

    #[test]
    fn every_header_has_a_schema_that_its_example_fits() {
        let of_requests: Vec<Header> =
            operations().into_iter().flat_map(|operation| operation.shape.headers).map(|taken| taken.header).collect();
        let of_answers = operations().into_iter().flat_map(|operation| operation.shape.replies).flat_map(|reply| reply.headers);
        let of_answers = of_answers.chain(EVERY).map(|sent| match sent {
            Sent::Always(header) | Sent::Sometimes(header) => *header,
        });
        for header in of_answers.chain(of_requests) {
            let schema =
                panotti_filter::schema::Schema::compile(header.schema).unwrap_or_else(|problems| panic!("{}: {problems:?}", header.name));
            assert!(schema.holds(&header.example()), "{}: {}", header.name, header.example);
        }
    }
}
