//! What is refused before anybody asks who calls: requests that two readers could understand differently, requests meant for another host,
//! and requests that a web page makes its browser send.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, ORIGIN, TRANSFER_ENCODING};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Uri, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use panotti_protocol::failure::{ErrorCode, Failure};

use super::limits::URI_BYTES_MAX;
use crate::daemon::api::principal::RemoteAddress;
use crate::daemon::api::problem::Problem;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The address of this machine at which a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnAddress(pub SocketAddr);

/// The names by which clients on the network may call this daemon, in lower case. `localhost`, this machine's loopback addresses and the
/// address that was connected to are always among them.
pub type Hosts = Arc<[String]>;

/// Refuses what does not hold, and closes its connection: what follows on it could be the rest of what was refused.
pub async fn gate(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let checked = well_framed(&request).and_then(|()| match request.extensions().get::<ConnectInfo<RemoteAddress>>() {
        Some(_) => meant_for_us(&request, &hosts).and_then(|()| not_from_a_web_page(request.headers())),
        None => Ok(()),
    });
    match checked {
        Ok(()) => next.run(request).await,
        Err(failure) => {
            let mut response = Problem(failure).into_response();
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }
    }
}

fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::REQUEST_INVALID, detail)
}

/// Whether there is one way to read the request.
fn well_framed(request: &Request) -> Result<(), Failure> {
    let (uri, headers) = (request.uri(), request.headers());
    let length = uri.path_and_query().map_or(0, |path| path.as_str().len());
    if length > URI_BYTES_MAX {
        let detail = format!("the path with its query is {length} bytes, the limit is {URI_BYTES_MAX}");
        return Err(Failure::new(ErrorCode::REQUEST_URI_TOO_LONG, detail));
    }
    well_formed_path(request.method(), uri)?;
    if headers.get_all(HOST).iter().count() > 1 || (request.version() >= Version::HTTP_11 && !headers.contains_key(HOST)) {
        return Err(invalid("a request has one `Host`"));
    }
    let mut encodings = headers.get_all(TRANSFER_ENCODING).iter();
    if let Some(encoding) = encodings.next()
        && (encodings.next().is_some() || !encoding.as_bytes().eq_ignore_ascii_case(b"chunked"))
    {
        return Err(invalid("the only `Transfer-Encoding` is `chunked`, once"));
    }
    let has_body = headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0");
    if has_body && matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(invalid(format!("{} has no body", request.method())));
    }
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    match codings.find(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        Some(coding) => {
            let detail = format!("a body in the encoding `{}` is not taken", String::from_utf8_lossy(coding.as_bytes()));
            Err(Failure::new(ErrorCode::REQUEST_MEDIA_TYPE, detail).next("send the body as it is, without `Content-Encoding`"))
        }
        None => Ok(()),
    }
}

/// Whether the target is a path whose percent-encoding gives text without control characters.
fn well_formed_path(method: &Method, uri: &Uri) -> Result<(), Failure> {
    if method == Method::CONNECT
        || !uri.path().starts_with('/')
        || uri.scheme_str().is_some_and(|scheme| !["http", "https"].contains(&scheme))
    {
        return Err(invalid("the target of a request is a path"));
    }
    let decoded = percent_decoded(uri.path()).ok_or_else(|| invalid("the path has a `%` without two hexadecimal digits"))?;
    match String::from_utf8(decoded) {
        Ok(text) if !text.chars().any(char::is_control) => Ok(()),
        Ok(_) => Err(invalid("the path has a control character in it")),
        Err(_) => Err(invalid("the path is not UTF-8")),
    }
}

/// The bytes that a percent-encoded text stands for; `None` where a `%` is not followed by two hexadecimal digits.
pub fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
            let (high, low) = (digit(0)?, digit(1)?);
            decoded.push(u8::try_from(high * 16 + low).ok()?);
            rest = &after[2..];
        } else {
            decoded.push(*first);
        }
    }
    Some(decoded)
}

/// Whether the host that the client named is this one: a name of somebody else's that was made to lead here is how a web page reaches
/// what only this machine should.
fn meant_for_us(request: &Request, hosts: &[String]) -> Result<(), Failure> {
    let named = request.headers().get(HOST).map(|value| value.to_str().unwrap_or(""));
    let own = request.extensions().get::<OwnAddress>().map(|OwnAddress(address)| address.ip());
    // A target with a host counts before `Host` (RFC 9112 3.2.2); here both must hold.
    let of_target = request.uri().authority().map(Authority::as_str);
    for host in named.into_iter().chain(of_target) {
        if !is_ours(host, own, hosts) {
            let detail = format!("`{}` is no name of this daemon", host.escape_default());
            return Err(Failure::new(ErrorCode::REQUEST_HOST, detail));
        }
    }
    if named.is_none() && of_target.is_none() {
        return Err(invalid("a request has one `Host`"));
    }
    Ok(())
}

fn is_ours(host: &str, own: Option<IpAddr>, hosts: &[String]) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let port = host.get(authority.host().len()..).unwrap_or("@");
    if host.contains('@') || !(matches!(port, "" | ":") || authority.port_u16().is_some()) {
        return false;
    }
    let name = authority.host().to_ascii_lowercase();
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
    if let Ok(address) = bare.parse::<IpAddr>() {
        let address = address.to_canonical();
        return address.is_loopback() || own.is_some_and(|own| own.to_canonical() == address);
    }
    let name = name.strip_suffix('.').unwrap_or(&name);
    name == "localhost" || hosts.iter().any(|host| host == name)
}

/// Browsers name the page that makes them send something; the API is for programs.
fn not_from_a_web_page(headers: &HeaderMap) -> Result<(), Failure> {
    let from_elsewhere = |value: &HeaderValue| !["none", "same-origin"].iter().any(|own| value == own);
    if headers.contains_key(ORIGIN) || headers.get(FETCH_SITE).is_some_and(from_elsewhere) {
        return Err(Failure::new(ErrorCode::REQUEST_ORIGIN, "the request comes from a web page"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_ours_by_loopback_by_the_address_that_was_connected_to_or_by_the_settings() {
        let own = Some("192.0.2.7".parse().unwrap());
        let hosts = ["panotti.example".to_owned()];
        let ours = |host: &str| is_ours(host, own, &hosts);
        for host in ["localhost", "LOCALHOST:7700", "127.0.0.1:7700", "[::1]:80", "192.0.2.7", "[::ffff:192.0.2.7]", "panotti.example.:443"]
        {
            assert!(ours(host), "{host}");
        }
        for host in
            ["", "evil.example", "localhost.evil.example", "192.0.2.8", "user@localhost", "localhost:port", "a b", "[::2]", "2130706433"]
        {
            assert!(!ours(host), "{host}");
        }
    }

    #[test]
    fn percent_encoding_is_two_digits() {
        assert_eq!(percent_decoded("a%20%C3%a9").unwrap(), "a é".as_bytes());
        for bad in ["%", "%4", "%4g", "a%zz", "%+1"] {
            assert_eq!(percent_decoded(bad), None, "{bad}");
        }
    }
}
