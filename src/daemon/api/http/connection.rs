//! Serves one connection: HTTP/1.1, one request after another, until the client goes, is too slow, or the daemon stops.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Extensions, HeaderMap, Request, Response, header::CONTENT_TYPE};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::body::PacedBody;
use super::limits::{HEAD_BYTES_MAX, HEAD_FIELDS_MAX};
use super::progress::{Answering, Patience, Progress, Watched};

/// What every connection of a listener is served with.
#[derive(Debug, Clone)]
pub struct Service {
    /// The routes.
    pub router: Router,
    /// How long clients are waited for.
    pub patience: Patience,
    /// Cancelled when the daemon begins to stop: requests under way are finished, no others are taken.
    pub stopping: CancellationToken,
}

impl Service {
    /// Serves a connection to its end. `about` tells every request where it came from.
    pub async fn serve<S>(&self, stream: S, about: Extensions)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let progress = Progress::new(self.patience);
        let stream = TokioIo::new(Watched::new(stream, Arc::clone(&progress)));
        let (router, of_requests) = (self.router.clone(), Arc::clone(&progress));
        let service = service_fn(move |request| answer(router.clone(), request, about.clone(), of_requests.answering()));
        let mut builder = http1::Builder::new();
        // Its own time limit counts idle connections as slow heads.
        builder.header_read_timeout(None).max_buf_size(HEAD_BYTES_MAX).max_header_size(HEAD_BYTES_MAX).max_headers(HEAD_FIELDS_MAX);
        let connection = pin!(builder.serve_connection(stream, service));
        drive(connection, &progress, &self.stopping).await;
    }
}

/// Polls the connection until it ends or is too late for its deadline: then it is dropped, and so closed.
async fn drive<C>(mut connection: Pin<&mut C>, progress: &Progress, stopping: &CancellationToken)
where
    C: Future + Graceful,
{
    let mut stopped = pin!(stopping.cancelled());
    let mut told = false;
    let mut cut_off = pin!(sleep_until(tokio::time::Instant::now()));
    poll_fn(|context| {
        if !told && stopped.as_mut().poll(context).is_ready() {
            told = true;
            connection.as_mut().graceful_shutdown();
        }
        // What went wrong in it is the client's doing, and the client's loss.
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        let Some(deadline) = progress.deadline() else { return Poll::Pending };
        if cut_off.deadline() != deadline {
            cut_off.as_mut().reset(deadline);
        }
        cut_off.as_mut().poll(context)
    })
    .await;
}

/// A connection that can be told to take no further requests.
trait Graceful {
    fn graceful_shutdown(self: Pin<&mut Self>);
}

impl<I, S> Graceful for http1::Connection<I, S>
where
    S: hyper::service::HttpService<Incoming>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    S::ResBody: hyper::body::Body + 'static,
    <S::ResBody as hyper::body::Body>::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn graceful_shutdown(self: Pin<&mut Self>) {
        http1::Connection::graceful_shutdown(self);
    }
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    about: Extensions,
    answering: Answering,
) -> Result<Response<AnswerBody>, Infallible> {
    let rests = may_rest(request.uri().path(), request.headers());
    let mut request = request.map(|body| Body::new(if rests { PacedBody::resting(body) } else { PacedBody::new(body) }));
    request.extensions_mut().extend(about);
    let response = router.oneshot(request).await?;
    Ok(response.map(|inner| AnswerBody { inner, _answering: answering }))
}

/// Whether the body of a request may rest: lines are published as they come, and the next may be long in coming.
fn may_rest(path: &str, headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = media_type.split(';').next().unwrap_or("").trim();
    matches!(path, "/events" | "/v1/events")
        && ["application/x-ndjson", "application/jsonl"].iter().any(|lines| media_type.eq_ignore_ascii_case(lines))
}

/// The body of an answer. The request lasts as long as it does.
#[derive(Debug)]
struct AnswerBody {
    inner: Body,
    _answering: Answering,
}

impl hyper::body::Body for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
