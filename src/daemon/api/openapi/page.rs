//! `GET /docs`: the document as a page. Its three files are in the program, and its policy lets a browser load nothing else, so that it
//! works without a network and nothing in the document could become more than text.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

use super::headers::{self, Sent};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
);

/// What every file of the page is sent with.
pub const HEADERS: [Sent; 4] = [
    Sent::Always(&headers::POLICY),
    Sent::Always(&headers::NO_SNIFFING),
    Sent::Always(&headers::REFERRER_POLICY),
    Sent::Always(&headers::CACHE_CONTROL),
];

/// `GET /docs`
pub async fn page() -> Response {
    file("text/html; charset=utf-8", include_str!("page.html"))
}

/// `GET /docs/page.js`
pub async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("page.js"))
}

/// `GET /docs/page.css`
pub async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("page.css"))
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    let headers: [(HeaderName, HeaderValue); 5] = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}
