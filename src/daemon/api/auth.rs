//! Finds out who calls, before anything else is looked at: by a key where there is one, else by the user at the other end of the local
//! socket. Over the network there is nobody without a key. What is begun with a key ends when the key does.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Extensions, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::{Frame, SizeHint};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::key::ApiKeyText;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::Api;
use super::principal::{Peer, Principal, RemoteAddress};
use super::problem::Problem;
use super::routes::{Needs, operations};
use crate::daemon::access::KnownKey;
use crate::daemon::access::attempts::Source;

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Parameters in which others take keys. No route has one of these.
const PARAMETERS_OF_KEYS: [&str; 5] = ["access_token", "api-key", "api_key", "apikey", "x-api-key"];

/// Finds out who calls.
pub async fn identify(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    if let Err(failure) = refuse_key_in_url(request.uri()) {
        return Problem(failure).into_response();
    }
    let origin = Origin::of(request.extensions());
    let presented = match presented_key(request.headers()) {
        Ok(presented) => presented.map(str::to_owned),
        Err(failure) => return Problem(failure).into_response(),
    };
    match (presented, origin) {
        (Some(key), Some(origin)) => match api.gate.admit(&key, origin.source(), origin.address()) {
            Ok(known) => at_its_pace(&api, &known, request, next).await,
            Err(failure) => Problem(failure).into_response(),
        },
        (None, Some(Origin::Local(_))) => {
            let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>() else { return next.run(request).await };
            let (access, roles_changed) = api.gate.access_until_roles_change();
            let by_roles = api.local_users.roles(peer).next().is_some();
            let over = if by_roles { roles_changed.clone() } else { CancellationToken::new() };
            let principal = Principal::local_user(peer, &api.local_users, &access, over);
            request.extensions_mut().insert(principal);
            if by_roles { until(roles_changed, request, next).await } else { next.run(request).await }
        }
        (None, Some(Origin::Network(_))) if !is_for_strangers(request.uri().path()) => {
            Problem(Failure::new(ErrorCode::KEY_MISSING, "no key came with the request")).into_response()
        }
        // Without a principal only the probes answer.
        (None, _) | (_, None) => next.run(request).await,
    }
}

/// Answers a request that came with a key, where the key does not ask for too much; in either case the answer says what is left.
async fn at_its_pace(api: &Api, known: &KnownKey, mut request: Request, next: Next) -> Response {
    let (standing, mut response) = match known.pace.requests.take(1, api.clock.now()) {
        Ok(standing) => {
            request.extensions_mut().insert(Principal::of_key(known));
            (standing, until(known.ended.clone(), request, next).await)
        }
        Err(standing) => (standing, Problem(standing.exceeded("requests")).into_response()),
    };
    for (name, text) in [(RATE_LIMIT_POLICY, standing.policy()), (RATE_LIMIT, standing.header())] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Answers a request. What of it goes on, its body or the answer's, breaks off when the permission it began with is over.
async fn until(ended: CancellationToken, request: Request, next: Next) -> Response {
    let response = next.run(request.map(|body| while_in_force(body, ended.clone()))).await;
    response.map(|body| answered_while(body, ended))
}

/// Whether a path is a route that needs nothing. What else there is, strangers are not told.
fn is_for_strangers(path: &str) -> bool {
    static PATHS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        operations().iter().filter(|operation| operation.needs == Needs::Nothing).map(|operation| operation.path).collect()
    });
    PATHS.contains(&path.strip_prefix("/v1").unwrap_or(path))
}

/// The place that wrong keys of a request count for. `None` where the request comes over no connection.
pub fn source_of(extensions: &Extensions) -> Option<Source> {
    Origin::of(extensions).map(Origin::source)
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The local socket: the user at its other end.
    Local(u32),
    /// The network.
    Network(IpAddr),
}

impl Origin {
    fn of(extensions: &Extensions) -> Option<Self> {
        let remote = extensions.get::<ConnectInfo<RemoteAddress>>().map(|ConnectInfo(remote)| remote);
        if let Some(RemoteAddress(address)) = remote.or_else(|| extensions.get::<RemoteAddress>()) {
            return Some(Self::Network(address.ip()));
        }
        extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| Self::Local(peer.uid))
    }

    fn source(self) -> Source {
        match self {
            Self::Local(uid) => Source::User(uid),
            Self::Network(address) => Source::of_address(address),
        }
    }

    fn address(self) -> Option<IpAddr> {
        match self {
            Self::Local(_) => None,
            Self::Network(address) => Some(address),
        }
    }
}

/// The key that a request brings: `Authorization: Bearer KEY` or `X-API-Key: KEY`.
///
/// # Errors
/// `request.invalid` where it brings more than one; `key.invalid` where it brings something else in its place.
fn presented_key(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let mut found = None;
    for value in headers.get_all(AUTHORIZATION).iter().chain(headers.get_all(X_API_KEY).iter()) {
        if found.replace(value).is_some() {
            return Err(Failure::new(ErrorCode::REQUEST_INVALID, "the request brings more than one key"));
        }
    }
    let Some(value) = found else { return Ok(None) };
    let text = value.to_str().map_err(|_| Failure::new(ErrorCode::KEY_INVALID, "the key is no plain text"))?;
    if !headers.contains_key(AUTHORIZATION) {
        return Ok(Some(text.trim()));
    }
    match text.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(key.trim())),
        _ => Err(Failure::new(ErrorCode::KEY_INVALID, "`Authorization` is not `Bearer KEY`")),
    }
}

/// A key in the URL is no secret any more: proxies, logs and histories have it.
fn refuse_key_in_url(uri: &Uri) -> Result<(), Failure> {
    let whole = uri.path_and_query().map_or("", |text| text.as_str());
    let names = uri.query().unwrap_or("").split('&').map(|pair| pair.split('=').next().unwrap_or("").to_ascii_lowercase());
    let named = names.into_iter().any(|name| PARAMETERS_OF_KEYS.contains(&name.as_str()));
    if !named && !ApiKeyText::is_within(&percent_decoded(whole)) {
        return Ok(());
    }
    // The path may hold the key, so it is shown nowhere. The log and the audit are told where refusals are recorded.
    Err(Failure::new(ErrorCode::KEY_IN_URL, "the URL has a key in it, or a parameter for one"))
}

fn percent_decoded(text: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let pair = bytes.get(at + 1).copied().and_then(digit).zip(bytes.get(at + 2).copied().and_then(digit));
        match (bytes[at], pair) {
            (b'%', Some((high, low))) => {
                decoded.extend(u8::try_from(high * 16 + low));
                at += 3;
            }
            (byte, _) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// An answer's body that breaks off when the permission it is read with is over. One that is whole already stays as it is.
fn answered_while(body: Body, ended: CancellationToken) -> Body {
    if body.size_hint().exact().is_some() { body } else { while_in_force(body, ended) }
}

/// A body that breaks off when the permission it is sent or read with is over, also one whose length is known: it is not there yet.
fn while_in_force(body: Body, ended: CancellationToken) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(WhileInForce { body, ended: Box::pin(ended.cancelled_owned()) })
}

struct WhileInForce {
    body: Body,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl HttpBody for WhileInForce {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.ended.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(axum::Error::new(std::io::Error::other("the key is over")))));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    /// Never before its end was asked for: what came whole before the permission was over counts only if it was over after that.
    fn is_end_stream(&self) -> bool {
        false
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_key_comes_in_either_header_and_in_one_only() {
        let of =
            |pairs: &[(&'static str, &'static str)]| presented_key(&headers(pairs)).map(|key| key.map(str::to_owned)).map_err(|f| f.code);
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[("authorization", "Bearer pnt_x")]), Ok(Some("pnt_x".to_owned())));
        assert_eq!(of(&[("authorization", "bearer  pnt_x ")]), Ok(Some("pnt_x".to_owned())));
        assert_eq!(of(&[("x-api-key", "pnt_x")]), Ok(Some("pnt_x".to_owned())));
        assert_eq!(of(&[("authorization", "Basic dXNlcjpwYXNz")]), Err("key.invalid".to_owned()));
        assert_eq!(of(&[("authorization", "pnt_x")]), Err("key.invalid".to_owned()));
        assert_eq!(of(&[("authorization", "Bearer a"), ("x-api-key", "b")]), Err("request.invalid".to_owned()));
    }

    #[test]
    fn a_key_in_the_url_is_found_however_it_is_written() {
        let key = ApiKeyText::new(panotti_protocol::key::KeyId::from_random([1; 12]), [2; 32]);
        let escaped: String = key.reveal().bytes().map(|byte| format!("%{byte:02x}")).collect();
        for url in [
            format!("/events?x={}", key.reveal()),
            format!("/keys/{}", key.reveal()),
            format!("/events?x={escaped}"),
            "/events?API_KEY=x".to_owned(),
        ] {
            assert!(refuse_key_in_url(&url.parse().unwrap()).unwrap_err().is(ErrorCode::KEY_IN_URL), "{url}");
        }
        assert!(refuse_key_in_url(&"/plugins/a/state/key?limit=3".parse().unwrap()).is_ok());
    }
}
