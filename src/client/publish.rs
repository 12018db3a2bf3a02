//! NDJSON publishing: lines go out while their receipts come back. Each line has its id before it is sent, so a lost connection is answered by
//! connecting again and sending whatever has no receipt; what had been accepted comes back as a duplicate.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use futures_util::stream::unfold;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use panotti_protocol::api::LineAnswer;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::uuid_v7;
use panotti_protocol::limits::RECEIPTS_UNREAD_MAX;
use tokio::sync::mpsc;

use super::connection::Client;

/// Lines between this task and the connection's, before their bytes are written.
const QUEUE_LINES_MAX: usize = 64;
/// Longest line of the answer, in bytes.
const ANSWER_LINE_BYTES_MAX: usize = 256 * 1024;
/// Connections tried in a row without a single receipt before it is given up.
const TRIES_MAX: u32 = 12;
/// First pause before connecting again; doubled up to [`PAUSE_MAX`].
const PAUSE_FIRST: Duration = Duration::from_millis(100);
/// Longest pause before connecting again.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// One line to publish: an event as JSON, without a newline, with `id` and `source` in it.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number in the input, from 1: answers carry it.
    pub number: u64,
    /// The event.
    pub json: Bytes,
}

/// A fresh id for a line: the text of a UUIDv7.
///
/// # Errors
/// `internal` where the system gives no randomness.
pub fn fresh_id() -> Result<String, Failure> {
    let mut random = [0; 10];
    rustix::rand::getrandom(random.as_mut_slice(), rustix::rand::GetRandomFlags::empty())
        .map_err(|_| Failure::new(ErrorCode::INTERNAL, "the system gives no random numbers"))?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let bytes = uuid_v7(u64::try_from(now.as_millis()).unwrap_or(u64::MAX), random);
    let text = data_encoding::HEXLOWER.encode(&bytes);
    Ok(format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]))
}

/// Publishes all lines that come from `lines` and hands every answer to `answered`, in the order in which they come. Returns when each line
/// has its answer.
///
/// # Errors
/// Where the daemon refuses the stream as a whole, or stays away; lines without an answer are named by number.
pub async fn publish_lines(client: &mut Client, lines: mpsc::Receiver<Line>, mut answered: impl FnMut(LineAnswer)) -> Result<(), Failure> {
    // Where no daemon is there from the start, that is said at once.
    client.live().await?;
    let mut state = State { lines, unanswered: VecDeque::new(), input_ended: false };
    let (mut tries, mut pause) = (0, PAUSE_FIRST);
    loop {
        let mut progress = false;
        let ended = session(client, &mut state, |answer| {
            progress = true;
            answered(answer);
        })
        .await;
        let failure = match ended {
            Ok(()) => return Ok(()),
            Err(Trouble::Refused(failure)) => return Err(state.name_unanswered(failure)),
            Err(Trouble::Lost(failure)) => failure,
        };
        (tries, pause) = if progress { (0, PAUSE_FIRST) } else { (tries + 1, (pause * 2).min(PAUSE_MAX)) };
        if tries == TRIES_MAX {
            return Err(state.name_unanswered(failure));
        }
        tokio::time::sleep(pause).await;
    }
}

struct State {
    lines: mpsc::Receiver<Line>,
    /// Sent, or taken to be sent, and without an answer. In the order of the input.
    unanswered: VecDeque<Line>,
    input_ended: bool,
}

impl State {
    fn name_unanswered(&self, failure: Failure) -> Failure {
        match (self.unanswered.front(), self.unanswered.len()) {
            (Some(first), count) => {
                let detail = format!("{}; {count} lines from line {} on have no receipt", failure.detail, first.number);
                Failure { detail, ..failure }
            }
            (None, _) => failure,
        }
    }
}

enum Trouble {
    /// Trying again makes no sense.
    Refused(Failure),
    /// The connection is gone: connect again.
    Lost(Failure),
}

/// One connection's worth of publishing. Lines without an answer stay in the state.
async fn session(client: &mut Client, state: &mut State, mut answered: impl FnMut(LineAnswer)) -> Result<(), Trouble> {
    let (sender, receiver) = mpsc::channel::<Bytes>(QUEUE_LINES_MAX);
    let body = StreamBody::new(unfold(receiver, |mut receiver| async {
        let bytes = receiver.recv().await?;
        Some((Ok::<_, io::Error>(Frame::data(bytes)), receiver))
    }));
    let request = Request::builder()
        .method(Method::POST)
        .uri("/events")
        .header(CONTENT_TYPE, "application/x-ndjson")
        .header(ACCEPT, "application/x-ndjson")
        .body(BodyExt::boxed_unsync(body))
        .map_err(|error| Trouble::Refused(Failure::new(ErrorCode::INTERNAL, format!("the request to /events: {error}"))))?;
    let mut answers = Answers { head: Some(Box::pin(client.begin(request))), body: None, buffer: BytesMut::new() };
    let mut sender = Some(sender);
    // Of this connection: how many lines went out, and for each unanswered one the number it has on this connection.
    let mut sent = 0_usize;
    let mut open: VecDeque<u64> = VecDeque::new();
    let mut session_line = 0_u64;
    loop {
        let may_read = !state.input_ended && sent == state.unanswered.len() && sent < RECEIPTS_UNREAD_MAX;
        let to_send = state.unanswered.get(sent).map(|line| line.json.clone());
        if to_send.is_none() && state.input_ended {
            // The end of the body: the server answers what is left and ends too.
            sender = None;
        }
        tokio::select! {
            answer = answers.next() => match answer? {
                Some(answer) => {
                    if let Some(answer) = settle(answer, state, &mut open, &mut sent)? {
                        answered(answer);
                    }
                }
                None if state.unanswered.is_empty() && state.input_ended => return Ok(()),
                None => return Err(Trouble::Lost(Failure::new(ErrorCode::DAEMON_UNREACHABLE, "the daemon ended the stream before all lines had a receipt"))),
            },
            permit = reserve(sender.clone()), if to_send.is_some() => match permit {
                Some(permit) => {
                    let mut bytes = BytesMut::from(to_send.unwrap_or_default());
                    bytes.extend_from_slice(b"\n");
                    permit.send(bytes.freeze());
                    session_line += 1;
                    open.push_back(session_line);
                    sent += 1;
                }
                // The connection took its end of the body away: the answers say why.
                None => sender = None,
            },
            line = state.lines.recv(), if may_read => match line {
                Some(line) => state.unanswered.push_back(line),
                None => state.input_ended = true,
            },
        }
    }
}

async fn reserve(sender: Option<mpsc::Sender<Bytes>>) -> Option<mpsc::OwnedPermit<Bytes>> {
    match sender {
        Some(sender) => sender.reserve_owned().await.ok(),
        None => std::future::pending().await,
    }
}

/// Finds the line that an answer is about and gives the answer that line's number in the input.
fn settle(answer: LineAnswer, state: &mut State, open: &mut VecDeque<u64>, sent: &mut usize) -> Result<Option<LineAnswer>, Trouble> {
    if let Some(failure) = answer.failure.as_ref().filter(|failure| failure.is(ErrorCode::DAEMON_STOPPING)) {
        return Err(Trouble::Lost(failure.clone()));
    }
    let Some(place) = open.iter().position(|line| *line == answer.line) else {
        return Ok(None);
    };
    open.remove(place);
    *sent -= 1;
    Ok(state.unanswered.remove(place).map(|line| LineAnswer { line: line.number, ..answer }))
}

type Head<'c> = Pin<Box<dyn Future<Output = Result<Response<Incoming>, Failure>> + Send + 'c>>;

/// The answer's lines. Every step can be dropped and begun again.
struct Answers<'c> {
    head: Option<Head<'c>>,
    body: Option<Incoming>,
    buffer: BytesMut,
}

impl Answers<'_> {
    async fn next(&mut self) -> Result<Option<LineAnswer>, Trouble> {
        loop {
            if let Some(head) = self.head.as_mut() {
                let response = head.await;
                self.head = None;
                self.body = Some(response.map_err(lost_or_refused)?.into_body());
            }
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line = self.buffer.split_to(end);
                self.buffer.advance(1);
                if line.is_empty() {
                    continue;
                }
                return serde_json::from_slice(&line).map(Some).map_err(|error| {
                    let detail = format!("a receipt is not understood: {error}");
                    Trouble::Refused(Failure::new(ErrorCode::DAEMON_VERSION_MISMATCH, detail))
                });
            }
            if self.buffer.len() > ANSWER_LINE_BYTES_MAX {
                return Err(Trouble::Refused(Failure::new(ErrorCode::DAEMON_VERSION_MISMATCH, "a receipt is longer than any can be")));
            }
            let Some(body) = self.body.as_mut() else { return Ok(None) };
            match body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(bytes) = frame.data_ref() {
                        self.buffer.extend_from_slice(bytes);
                    }
                }
                Some(Err(error)) => {
                    let detail = format!("the connection to the daemon ended: {}", super::connection::innermost(&error));
                    return Err(Trouble::Lost(Failure::new(ErrorCode::DAEMON_UNREACHABLE, detail)));
                }
                None => self.body = None,
            }
        }
    }
}

/// No answer at all, or one that says "later", is a reason to try again.
fn lost_or_refused(failure: Failure) -> Trouble {
    let later = failure.is(ErrorCode::DAEMON_UNREACHABLE) || failure.is(ErrorCode::DAEMON_STOPPING) || failure.is(ErrorCode::OVERLOADED);
    if later { Trouble::Lost(failure) } else { Trouble::Refused(failure) }
}
