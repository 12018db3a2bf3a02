//! Server-sent events: the reader of the format, and a stream that connects again after it was lost and goes on where it stopped.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Method, Request};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use panotti_protocol::failure::{ErrorCode, Failure};

use super::connection::Client;

/// Without a byte for this long the connection counts as lost; the server sends a comment every 15 s.
const IDLE_MAX: Duration = Duration::from_secs(45);
/// Longest line of a stream, in bytes: an event with its payload in base64.
const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// First pause before connecting again; doubled up to [`PAUSE_MAX`].
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// Longest pause before connecting again.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// One server-sent event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerEvent {
    /// Its place in the stream; empty where it has none.
    pub id: String,
    /// Its name; `message` where none was given.
    pub event: String,
    /// Its data, lines joined.
    pub data: String,
}

/// Reads server-sent events out of bytes as they come.
#[derive(Debug, Default)]
pub struct EventParser {
    line: Vec<u8>,
    building: ServerEvent,
    has_data: bool,
}

impl EventParser {
    /// Takes bytes and returns the events that are complete with them.
    ///
    /// # Errors
    /// Where a line is longer than any event can be.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<ServerEvent>, String> {
        let mut events = Vec::new();
        for byte in bytes {
            match byte {
                b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.take_line(&String::from_utf8_lossy(&line)));
                }
                b'\r' => {}
                _ if self.line.len() == LINE_BYTES_MAX => return Err(format!("a line is longer than {LINE_BYTES_MAX} bytes")),
                byte => self.line.push(*byte),
            }
        }
        Ok(events)
    }

    fn take_line(&mut self, line: &str) -> Option<ServerEvent> {
        if line.is_empty() {
            let mut event = std::mem::take(&mut self.building);
            if event.event.is_empty() {
                "message".clone_into(&mut event.event);
            }
            return std::mem::take(&mut self.has_data).then_some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => value.clone_into(&mut self.building.id),
            "event" => value.clone_into(&mut self.building.event),
            "data" => {
                if self.has_data {
                    self.building.data.push('\n');
                }
                self.building.data.push_str(value);
                self.has_data = true;
            }
            // A comment (no name) keeps the connection alive; others have no meaning here.
            _ => {}
        }
        None
    }
}

/// What a followed stream gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// An event of the stream.
    Event(ServerEvent),
    /// The connection was lost, and is there again after this long. Nothing that has an id was missed.
    Reconnected(Duration),
}

/// A stream that is followed across lost connections.
pub struct Following {
    client: Client,
    path: String,
    last_id: String,
    body: Option<Incoming>,
    parser: EventParser,
    waiting: VecDeque<ServerEvent>,
}

impl Following {
    /// Connects, and begins after the event of this id (empty: now). `path` may have a query.
    ///
    /// # Errors
    /// The daemon's failure, or why it could not be asked.
    pub async fn begin(client: Client, path: String, after: String) -> Result<Self, Failure> {
        let mut following = Self { client, path, last_id: after, body: None, parser: EventParser::default(), waiting: VecDeque::new() };
        following.body = Some(following.connect().await?);
        Ok(following)
    }

    async fn connect(&mut self) -> Result<Incoming, Failure> {
        let mut request = Request::builder().method(Method::GET).uri(&self.path).header(ACCEPT, "text/event-stream");
        if !self.last_id.is_empty() {
            request = request.header("last-event-id", &self.last_id);
        }
        let body = Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync();
        let request =
            request.body(body).map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the request to {}: {error}", self.path)))?;
        self.parser = EventParser::default();
        Ok(self.client.begin(request).await?.into_body())
    }

    /// The next event. Waits for a daemon to come back for as long as the caller waits.
    ///
    /// # Errors
    /// Where the daemon refuses the stream for good after it came back.
    pub async fn next(&mut self) -> Result<Followed, Failure> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                if !event.id.is_empty() {
                    self.last_id.clone_from(&event.id);
                }
                return Ok(Followed::Event(event));
            }
            match self.body.as_mut() {
                None => return self.reconnect().await.map(Followed::Reconnected),
                Some(body) => match tokio::time::timeout(IDLE_MAX, body.frame()).await {
                    Ok(Some(Ok(frame))) => match frame.data_ref().map(|bytes| self.parser.feed(bytes)) {
                        Some(Ok(events)) => self.waiting.extend(events),
                        Some(Err(_)) => self.body = None,
                        None => {}
                    },
                    Ok(Some(Err(_)) | None) | Err(_) => self.body = None,
                },
            }
        }
    }

    async fn reconnect(&mut self) -> Result<Duration, Failure> {
        let lost_at = tokio::time::Instant::now();
        let mut pause = PAUSE_FIRST;
        loop {
            tokio::time::sleep(pause).await;
            match self.connect().await {
                Ok(body) => {
                    self.body = Some(body);
                    return Ok(lost_at.elapsed());
                }
                Err(failure) if failure.status == 0 || failure.status >= 500 => pause = (pause * 2).min(PAUSE_MAX),
                Err(failure) => return Err(failure),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_across_any_division_of_the_bytes() {
        let text = ": hello\n\nid: 7\nevent: published\ndata: {\"a\":\ndata: 1}\n\nretry: 3000\n\ndata:x\r\n\r\n";
        let whole = EventParser::default().feed(text.as_bytes()).unwrap();
        let mut parser = EventParser::default();
        let single: Vec<ServerEvent> = text.bytes().flat_map(|byte| parser.feed(&[byte]).unwrap()).collect();

        assert_eq!(whole, single);
        assert_eq!(
            whole,
            [
                ServerEvent { id: "7".into(), event: "published".into(), data: "{\"a\":\n1}".into() },
                ServerEvent { id: String::new(), event: "message".into(), data: "x".into() },
            ]
        );
    }
}
