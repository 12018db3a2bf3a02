//! Bodies that must come at a pace: within their time, and not slower than a modem. Streams of lines may rest for as long as they like.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::LengthLimitError;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use panotti_protocol::failure::{ErrorCode, Failure};
use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::{BODY_BYTES_PER_SECOND_MIN, BODY_TIME_FREE, BODY_TIME_MAX};

/// Why a body did not come whole.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// It came too slowly.
    #[error("it came too slowly")]
    TooSlow,
    /// It broke off, or its chunks are no chunks.
    #[error("it broke off or is not framed as HTTP says: {0}")]
    Broken(#[source] hyper::Error),
}

/// What a body that was not read whole means to whoever sent it.
pub fn failure(error: &axum::Error, bytes_max: usize) -> Failure {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Failure::new(ErrorCode::REQUEST_TOO_LARGE, format!("the body is over {bytes_max} bytes"));
        }
        match error.downcast_ref::<BodyError>() {
            Some(BodyError::TooSlow) => {
                let (seconds, bytes) = (BODY_TIME_MAX.as_secs(), BODY_BYTES_PER_SECOND_MIN);
                return Failure::new(
                    ErrorCode::REQUEST_TOO_SLOW,
                    format!("the body took over {seconds} s or came slower than {bytes} bytes/s"),
                );
            }
            Some(broken) => return Failure::new(ErrorCode::REQUEST_INVALID, format!("the body: {broken}")),
            None => cause = error.source(),
        }
    }
    Failure::new(ErrorCode::REQUEST_INVALID, "the body broke off")
}

/// How long after its beginning a body may be waited for that has brought so many bytes.
fn time_for(bytes: u64) -> Duration {
    let at_pace = Duration::from_secs_f64(bytes as f64 / BODY_BYTES_PER_SECOND_MIN as f64);
    (BODY_TIME_FREE + at_pace).min(BODY_TIME_MAX)
}

/// A body that is given up where it does not go on.
#[derive(Debug)]
pub struct PacedBody {
    inner: Incoming,
    /// When it began; `None` where it may rest.
    begun: Option<Instant>,
    bytes: u64,
    /// Made when there was first something to wait for.
    given_up: Option<Pin<Box<Sleep>>>,
}

impl PacedBody {
    /// Paces a body.
    pub fn new(inner: Incoming) -> Self {
        Self { inner, begun: Some(Instant::now()), bytes: 0, given_up: None }
    }

    /// Lets a body rest.
    pub fn resting(inner: Incoming) -> Self {
        Self { inner, begun: None, bytes: 0, given_up: None }
    }
}

impl Body for PacedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            if let Some(bytes) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
                self.bytes += bytes.len() as u64;
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(BodyError::Broken)));
        }
        let Some(begun) = self.begun else { return Poll::Pending };
        let deadline = begun + time_for(self.bytes);
        let given_up = self.given_up.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if given_up.deadline() != deadline {
            given_up.as_mut().reset(deadline);
        }
        ready!(given_up.as_mut().poll(context));
        Poll::Ready(Some(Err(BodyError::TooSlow)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_five_seconds_free_then_a_pace_and_an_end() {
        let seconds = |bytes: u64| time_for(bytes).as_secs_f64();
        assert_eq!(seconds(0), 5.0);
        assert_eq!(seconds(1024), 6.0);
        assert_eq!(seconds(24 * 1024), 29.0, "just below the end");
        assert_eq!(seconds(25 * 1024), 30.0, "at it");
        assert_eq!(seconds(4 * 1024 * 1024), 30.0, "however much has come");
        assert_eq!(seconds(u64::MAX), 30.0);
    }
}
