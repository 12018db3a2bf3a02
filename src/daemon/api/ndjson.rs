//! Publishing as a stream of lines: one event a line, one answer a line, in order. Whatever lines have come while the last batch was
//! syncing are the next batch. The reader stops while the client leaves its answers unread.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use panotti_protocol::api::{LineAnswer, PublishSummary};
use panotti_protocol::failure::{ErrorCode, Failure, FailurePart};
use panotti_protocol::limits::{BATCH_EVENTS_MAX, LINE_BYTES_MAX};
use tokio::sync::mpsc;

use super::Api;
use super::answers::LINES;
use super::events::publish_lines;
use super::limits::{LINE_ANSWERS_MAX, LINES_AHEAD_BYTES_MAX, SUMMARY_ERRORS_MAX};
use super::publisher::Publisher;
use super::room::{Share, Taken};

/// Answers with the stream of receipts, or with the summary when the lines have ended.
pub fn publish(api: Api, publisher: Publisher, summary: bool, body: Body) -> Response {
    let (answers, receiver) = mpsc::channel(LINE_ANSWERS_MAX);
    tokio::spawn(run(api, publisher, body, answers));
    let media_type = if summary { "application/json" } else { LINES };
    let body = if summary { summarise(receiver) } else { answer_lines(receiver) };
    let mut response = body.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn answer_lines(receiver: mpsc::Receiver<Vec<LineAnswer>>) -> Body {
    let lines = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let answers = receiver.recv().await?;
        let mut text = Vec::new();
        for answer in answers {
            if serde_json::to_writer(&mut text, &answer).is_err() {
                return None;
            }
            text.push(b'\n');
        }
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(text)), receiver))
    });
    Body::from_stream(lines)
}

fn summarise(mut receiver: mpsc::Receiver<Vec<LineAnswer>>) -> Body {
    let summing = async move {
        let mut summary = PublishSummary { accepted: 0, duplicates: 0, refused: 0, errors: Vec::new() };
        while let Some(answers) = receiver.recv().await {
            answers.into_iter().for_each(|answer| count(&mut summary, answer));
        }
        serde_json::to_vec(&summary).map(Bytes::from)
    };
    Body::from_stream(futures_util::stream::once(summing))
}

fn count(summary: &mut PublishSummary, answer: LineAnswer) {
    match (answer.receipt, answer.failure) {
        (Some(receipt), _) => {
            summary.accepted += 1;
            summary.duplicates += u64::from(receipt.duplicate);
        }
        (None, failure) => {
            summary.refused += 1;
            if summary.errors.len() < SUMMARY_ERRORS_MAX {
                let failure = failure.unwrap_or_else(|| Failure::new(ErrorCode::INTERNAL, "no answer"));
                summary.errors.push(FailurePart { pointer: format!("line {}", answer.line), detail: failure.detail, next: failure.next });
            }
        }
    }
}

/// Reads and publishes until the body ends, the client is gone, or the daemon stops. Lines are read while others are being published.
async fn run(api: Api, publisher: Publisher, body: Body, answers: mpsc::Sender<Vec<LineAnswer>>) {
    let (sender, mut lines) = mpsc::channel(BATCH_EVENTS_MAX);
    let (stopping, room) = (api.stopping.clone(), api.rooms.lines.share(LINES_AHEAD_BYTES_MAX));
    let reader = tokio::spawn(async move {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = read(body, &room, sender) => {}
        }
    });
    let mut batch = Vec::new();
    while lines.recv_many(&mut batch, BATCH_EVENTS_MAX).await > 0 {
        let over = &publisher.principal.over;
        tokio::select! {
            () = over.cancelled() => {}
            () = publisher.wait_for(&api, batch.len()) => {}
        }
        if over.is_cancelled() {
            break;
        }
        let whole = batch.iter().filter_map(|line: &Line| line.text.as_deref().map(|text| (line.number, text)));
        let mut published = publish_lines(&api, &publisher, whole).await;
        published.extend(batch.iter().filter(|line| line.text.is_none()).map(|line| too_long(line.number)));
        published.sort_by_key(|answer| answer.line);
        batch.clear();
        if answers.send(published).await.is_err() {
            break;
        }
    }
    reader.abort();
}

/// Cuts the body into lines. Waits while the lines that are read and not published hold all the room that there is for them.
async fn read(body: Body, room: &Share, sender: mpsc::Sender<Line>) {
    let mut chunks = body.into_data_stream();
    let mut lines = Lines::default();
    loop {
        let ended = match chunks.next().await {
            Some(Ok(chunk)) => {
                lines.feed(&chunk);
                false
            }
            // The client is gone: what has come whole is published, a line that broke off is not.
            Some(Err(_)) => {
                lines.forget_partial();
                true
            }
            None => {
                lines.end();
                true
            }
        };
        while let Some(mut line) = lines.whole.pop_front() {
            line.room = Some(room.take(line.text.as_ref().map_or(0, Vec::len)).await);
            if sender.send(line).await.is_err() {
                return;
            }
        }
        if ended {
            return;
        }
    }
}

fn too_long(line: u64) -> LineAnswer {
    let failure = Failure::new(ErrorCode::EVENT_PAYLOAD_TOO_LARGE, format!("the line is longer than {LINE_BYTES_MAX} bytes"));
    LineAnswer { line, receipt: None, failure: Some(failure) }
}

/// A line; without text where it was too long. Holds its share of the bytes that may be read ahead.
struct Line {
    number: u64,
    text: Option<Vec<u8>>,
    room: Option<Taken>,
}

/// Cuts bytes into lines. Empty lines are counted and passed over.
#[derive(Default)]
struct Lines {
    whole: std::collections::VecDeque<Line>,
    partial: Vec<u8>,
    too_long: bool,
    number: u64,
}

impl Lines {
    fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.add(&rest[..end]);
            self.end_line();
            rest = &rest[end + 1..];
        }
        self.add(rest);
    }

    fn add(&mut self, part: &[u8]) {
        if self.partial.len() + part.len() > LINE_BYTES_MAX {
            self.too_long = true;
            self.partial.clear();
        } else if !self.too_long {
            self.partial.extend_from_slice(part);
        }
    }

    fn end_line(&mut self) {
        self.number += 1;
        let text = std::mem::take(&mut self.partial);
        if std::mem::take(&mut self.too_long) {
            self.whole.push_back(Line { number: self.number, text: None, room: None });
        } else if !text.trim_ascii().is_empty() {
            self.whole.push_back(Line { number: self.number, text: Some(text), room: None });
        }
    }

    fn end(&mut self) {
        if !self.partial.is_empty() || self.too_long {
            self.end_line();
        }
    }

    fn forget_partial(&mut self) {
        self.partial.clear();
        self.too_long = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_whatever_the_chunks_and_a_line_that_is_too_long_leaves_the_next_alone() {
        let mut lines = Lines::default();
        lines.feed(b"{\"a\"");
        lines.feed(b":1}\n\n  \r\n{");
        lines.feed(&vec![b'x'; LINE_BYTES_MAX + 1]);
        lines.feed(b"\nlast");
        lines.end();

        let shown: Vec<_> = lines.whole.iter().map(|line| (line.number, line.text.as_deref().map(String::from_utf8_lossy))).collect();
        assert_eq!(shown, [(1, Some("{\"a\":1}".into())), (4, None), (5, Some("last".into()))]);
    }
}
