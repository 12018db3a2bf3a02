//! A line of the access log for every request, around everything else: written when the last byte of the answer is gone, or the client is.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

use super::Api;
use super::principal;
use super::problem::REQUEST_ID;
use super::recording::{Asker, method_name};
use crate::daemon::access_log::{AccessLine, AccessLog};

/// Writes its line when it is dropped.
struct Pending {
    log: AccessLog,
    line: AccessLine,
    begun: Instant,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.line.duration_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.log.write(std::mem::take(&mut self.line));
    }
}

/// A body whose bytes are counted.
struct Counted {
    body: Body,
    pending: Pending,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.pending.line.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Logs a request. Outside of everything else.
pub async fn log(State(api): State<Api>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str);
    let line = AccessLine {
        timestamp: api.clock.now(),
        request_id: String::new(),
        actor: None,
        key: None,
        peer: principal::peer(request.extensions()),
        method: method_name(request.method()).to_owned(),
        route: route.strip_prefix("/v1").unwrap_or(route).to_owned(),
        status: None,
        bytes: 0,
        duration_ms: 0,
        lost: 0,
    };
    let mut pending = Pending { log: api.access.clone(), line, begun: Instant::now() };
    let mut response = next.run(request).await;
    pending.line.status = Some(response.status().as_u16());
    if let Some(id) = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()) {
        pending.line.request_id = id.to_owned();
    }
    if let Some(asker) = response.extensions_mut().remove::<Asker>() {
        (pending.line.actor, pending.line.key) = (Some(asker.actor), asker.key);
    }
    response.map(|body| Body::new(Counted { body, pending }))
}
