//! What a connection is doing, and by when it must have gone on. A client that sends a byte a second, or reads nothing, holds its seat for
//! as long as this allows and no longer.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::limits::{ANSWER_STALL_MAX, HEAD_TIME_MAX, IDLE_TIME_MAX};

/// How long a listener waits for its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the rest of a head.
    pub head: Duration,
    /// For the next request.
    pub idle: Duration,
    /// For a client to take something of its answer; `None`: for ever.
    pub stall: Option<Duration>,
}

impl Patience {
    /// With users of this machine. Whoever pages through an export may take a break.
    pub const LOCAL: Self = Self { head: HEAD_TIME_MAX, idle: IDLE_TIME_MAX, stall: None };
    /// With everybody else.
    pub const NETWORK: Self = Self { head: HEAD_TIME_MAX, idle: IDLE_TIME_MAX, stall: Some(ANSWER_STALL_MAX) };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// Nothing, since then.
    Idle(Instant),
    /// A head is being read, since then.
    Head(Instant),
    /// A request is being answered.
    Answering,
}

#[derive(Debug)]
struct State {
    doing: Doing,
    /// Since when nothing of what was to be written could be.
    stalled: Option<Instant>,
}

/// What one connection is doing.
#[derive(Debug)]
pub struct Progress {
    patience: Patience,
    state: Mutex<State>,
}

impl Progress {
    /// Of a connection that was just made.
    pub fn new(patience: Patience) -> Arc<Self> {
        Arc::new(Self { patience, state: Mutex::new(State { doing: Doing::Idle(Instant::now()), stalled: None }) })
    }

    /// When the connection is cut off unless something happens before.
    pub fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        let doing = match state.doing {
            Doing::Idle(since) => Some(since + self.patience.idle),
            Doing::Head(since) => Some(since + self.patience.head),
            Doing::Answering => None,
        };
        let stall = state.stalled.and_then(|since| Some(since + self.patience.stall?));
        doing.into_iter().chain(stall).min()
    }

    /// A head is complete. The request lasts until the guard is dropped.
    pub fn answering(self: &Arc<Self>) -> Answering {
        self.state().doing = Doing::Answering;
        Answering(Arc::clone(self))
    }

    fn read(&self) {
        let mut state = self.state();
        if let Doing::Idle(_) = state.doing {
            state.doing = Doing::Head(Instant::now());
        }
    }

    fn wrote(&self, went_on: bool) {
        let mut state = self.state();
        state.stalled = if went_on { None } else { state.stalled.or_else(|| Some(Instant::now())) };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub struct Answering(Arc<Progress>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.state().doing = Doing::Idle(Instant::now());
    }
}

/// A stream that tells [`Progress`] what it does.
#[derive(Debug)]
pub struct Watched<S> {
    stream: S,
    progress: Arc<Progress>,
}

impl<S> Watched<S> {
    /// Watches a stream.
    pub fn new(stream: S, progress: Arc<Progress>) -> Self {
        Self { stream, progress }
    }

    fn after_write<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.progress.wrote(written.is_ready());
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.progress.read();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_write(written)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffers: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.after_write(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.after_write(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.stream).poll_shutdown(context);
        self.after_write(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(progress: &Progress) -> Option<Duration> {
        let left = progress.deadline()?.saturating_duration_since(Instant::now());
        // The next whole second: these steps take no time that counts.
        Some(Duration::from_secs(left.as_secs_f64().ceil() as u64))
    }

    #[test]
    fn a_connection_waits_long_for_a_request_and_not_long_for_the_rest_of_a_head() {
        let progress = Progress::new(Patience::NETWORK);
        assert_eq!(after(&progress), Some(IDLE_TIME_MAX));
        progress.read();
        assert_eq!(after(&progress), Some(HEAD_TIME_MAX));
        let first = progress.deadline();
        progress.read();
        assert_eq!(progress.deadline(), first, "a byte now and then gives no more time");

        let answering = progress.answering();
        progress.read();
        assert_eq!(progress.deadline(), None, "an answer may take its time");
        drop(answering);
        assert_eq!(after(&progress), Some(IDLE_TIME_MAX));
    }

    #[test]
    fn who_takes_nothing_of_an_answer_is_cut_off_and_who_takes_a_little_is_not() {
        let progress = Progress::new(Patience::NETWORK);
        let _answering = progress.answering();
        progress.wrote(false);
        progress.wrote(false);
        assert_eq!(after(&progress), Some(ANSWER_STALL_MAX));
        progress.wrote(true);
        assert_eq!(progress.deadline(), None);
        let local = Progress::new(Patience::LOCAL);
        let _answering = local.answering();
        local.wrote(false);
        assert_eq!(local.deadline(), None, "a local user may take a break");
    }
}
