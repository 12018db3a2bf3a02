//! Connecting, the check of the server, one request and its answer. Refuses to send anything to a server of another user, or to one over
//! the network whose certificate is not trusted.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use interprocess::local_socket::tokio::Stream;
use interprocess::local_socket::tokio::prelude::*;
use interprocess::local_socket::{GenericFilePath, ToFsName, traits::StreamCommon};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::key::ApiKeyText;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};

use super::remote::{Remote, Wire};

/// How long connecting may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long one request that is no stream may take; `--timeout` is for the whole command.
const REQUEST_MAX: Duration = Duration::from_secs(60);
/// Largest answer that is no stream, in bytes: a page of 1,000 events with their deliveries.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The body of a request.
pub type RequestBody = UnsyncBoxBody<Bytes, io::Error>;

/// Which daemon of this machine to talk to.
#[derive(Debug, Clone)]
pub struct Target {
    /// The socket.
    pub socket: PathBuf,
    /// Users whose server is trusted.
    pub trusted_users: Vec<u32>,
    /// Whether the socket's folder must be private too, because it stands in a shared one.
    pub private_folder: bool,
    /// What starts a daemon there, for messages: `panotti daemon start`.
    pub start_command: String,
}

/// One finished exchange, for whoever wants to watch (`-vv`).
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Status of the answer.
    pub status: u16,
    /// Names the request in the daemon's log.
    pub request_id: String,
    /// How long until the answer's head came.
    pub took: Duration,
}

/// How a daemon is reached.
#[derive(Debug, Clone)]
enum Door {
    Local(Target),
    Network(Remote),
}

/// The client. It keeps its connection for the next request.
pub struct Client {
    door: Door,
    /// The key that every request carries.
    authorization: Option<HeaderValue>,
    sender: Option<SendRequest<RequestBody>>,
    observer: Option<fn(&Exchange)>,
}

impl Client {
    /// Makes one for a daemon of this machine; nothing is connected yet.
    pub fn new(target: Target) -> Self {
        Self { door: Door::Local(target), authorization: None, sender: None, observer: None }
    }

    /// Makes one for a daemon over the network; nothing is connected yet.
    pub fn remote(remote: Remote) -> Self {
        Self { door: Door::Network(remote), authorization: None, sender: None, observer: None }
    }

    /// Has every request carry a key.
    ///
    /// # Errors
    /// `internal` where it cannot stand in a header, which no key is.
    pub fn with_key(mut self, key: &ApiKeyText) -> Result<Self, Failure> {
        let value = HeaderValue::try_from(format!("Bearer {}", key.reveal()));
        let mut value = value.map_err(|_| Failure::new(ErrorCode::INTERNAL, "the key cannot stand in a header"))?;
        value.set_sensitive(true);
        self.authorization = Some(value);
        Ok(self)
    }

    /// Has every exchange shown to `observer`.
    pub fn observe(&mut self, observer: fn(&Exchange)) {
        self.observer = Some(observer);
    }

    /// Whether the daemon is one over the network.
    pub fn is_remote(&self) -> bool {
        matches!(self.door, Door::Network(_))
    }

    /// A second client of the same daemon, with a connection of its own.
    pub fn another(&self) -> Self {
        Self { door: self.door.clone(), authorization: self.authorization.clone(), sender: None, observer: self.observer }
    }

    /// Sends a request without a body and reads its JSON answer.
    ///
    /// # Errors
    /// What the daemon answered, or why it could not be asked.
    pub async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Failure> {
        let response = self.exchange(Method::GET, path, None, None).await?;
        read_json(response).await
    }

    /// Sends a JSON body and reads the JSON answer.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn send<T: DeserializeOwned>(&mut self, method: Method, path: &str, body: &impl Serialize) -> Result<T, Failure> {
        let body =
            serde_json::to_vec(body).map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the request to {path}: {error}")))?;
        let response = self.exchange(method, path, Some(body), None).await?;
        read_json(response).await
    }

    /// Sends a JSON body under a key: the daemon publishes it once, however often it is sent.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn send_once<T: DeserializeOwned>(&mut self, path: &str, body: &impl Serialize, key: &str) -> Result<T, Failure> {
        let body =
            serde_json::to_vec(body).map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the request to {path}: {error}")))?;
        let response = self.exchange(Method::POST, path, Some(body), Some(("idempotency-key", key))).await?;
        read_json(response).await
    }

    /// Sends a request without a body and returns the answer's bytes with its media type.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn get_bytes(&mut self, path: &str) -> Result<(Bytes, String), Failure> {
        let response = self.exchange(Method::GET, path, None, None).await?;
        let media_type = header(response.headers(), CONTENT_TYPE.as_str());
        Ok((read_all(response.into_body()).await?, media_type))
    }

    /// Sends a JSON body that was made on a revision: where another change came first, the daemon refuses it.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn send_if_match<T: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: &impl Serialize,
        revision: u64,
    ) -> Result<T, Failure> {
        let body =
            serde_json::to_vec(body).map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the request to {path}: {error}")))?;
        let response = self.exchange(method, path, Some(body), Some(("if-match", &format!("\"{revision}\"")))).await?;
        read_json(response).await
    }

    async fn exchange(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        condition: Option<(&'static str, &str)>,
    ) -> Result<Response<Incoming>, Failure> {
        let mut request = Request::builder().method(method).uri(path).header(ACCEPT, "application/json");
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some((name, value)) = condition {
            request = request.header(name, value);
        }
        let body = Full::new(Bytes::from(body.unwrap_or_default())).map_err(|never| match never {}).boxed_unsync();
        let request = request.body(body).map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("the request to {path}: {error}")))?;
        match tokio::time::timeout(REQUEST_MAX, self.begin(request)).await {
            Ok(answer) => answer,
            Err(_) => {
                self.sender = None;
                Err(Failure::new(ErrorCode::TIMEOUT, format!("no answer to {path} within {} s", REQUEST_MAX.as_secs()))
                    .next("look at `panotti daemon logs`; the request may still take effect"))
            }
        }
    }

    /// Sends a request and returns when the answer's head is there and says that it worked. The body may be a stream.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn begin(&mut self, mut request: Request<RequestBody>) -> Result<Response<Incoming>, Failure> {
        let host = match &self.door {
            // HTTP/1.1 wants a host; on a local socket it means nothing.
            Door::Local(_) => HeaderValue::from_static("localhost"),
            Door::Network(remote) => remote.authority(),
        };
        request.headers_mut().insert(HOST, host);
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        let (method, path) = (request.method().clone(), request.uri().to_string());
        let started = Instant::now();
        let (sender, response) = self.send_once_more(request, &method, &path).await?;
        self.sender = Some(sender);
        let request_id = header(response.headers(), "x-request-id");
        if let Some(observer) = self.observer {
            let status = response.status().as_u16();
            observer(&Exchange { method, path: path.clone(), status, request_id: request_id.clone(), took: started.elapsed() });
        }
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.with_advice(read_failure(response, &path, request_id).await))
    }

    /// Sends; where the kept connection turns out to be closed before anything went out, once more on a new one.
    async fn send_once_more(
        &mut self,
        mut request: Request<RequestBody>,
        method: &Method,
        path: &str,
    ) -> Result<(SendRequest<RequestBody>, Response<Incoming>), Failure> {
        let kept = self.sender.is_some();
        let mut sender = self.sender().await?;
        let mut error = match sender.try_send_request(request).await {
            Ok(response) => return Ok((sender, response)),
            Err(error) => error,
        };
        if let (true, Some(unsent)) = (kept, error.take_message()) {
            request = unsent;
            sender = self.connect().await?;
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((sender, response)),
                Err(again) => error = again,
            }
        }
        Err(self.lost(&format!("the connection to the daemon ended during {method} {path}: {}", innermost(error.error()))))
    }

    /// A failure about keys, with what to do about it on this side.
    fn with_advice(&self, failure: Failure) -> Failure {
        if failure.is(ErrorCode::KEY_MISSING) {
            return failure.next("set `PANOTTI_API_KEY`, or name the file with the key with `--key-file`; `panotti key create` on the daemon's machine makes one");
        }
        if failure.is(ErrorCode::KEY_INVALID) {
            return failure.next(
                "look at where the key comes from (`--key-file`, `PANOTTI_API_KEY`), and at `panotti key list` on the daemon's machine",
            );
        }
        failure
    }

    /// A failure for a connection that was lost on the way.
    pub(crate) fn lost(&self, detail: &str) -> Failure {
        match &self.door {
            Door::Local(target) => Failure::new(ErrorCode::DAEMON_UNREACHABLE, detail)
                .why("The daemon was stopped or ended meanwhile.")
                .next(format!("`{}`, then look at `panotti daemon logs`", target.start_command)),
            Door::Network(remote) => remote.lost(detail),
        }
    }

    async fn sender(&mut self) -> Result<SendRequest<RequestBody>, Failure> {
        if let Some(mut sender) = self.sender.take()
            && sender.ready().await.is_ok()
        {
            return Ok(sender);
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<SendRequest<RequestBody>, Failure> {
        match &self.door {
            Door::Local(target) => self.speak_on(target.connect().await?).await,
            Door::Network(remote) => match tokio::time::timeout(CONNECT_MAX, remote.connect()).await {
                Ok(wire) => match wire? {
                    Wire::Plain(stream) => self.speak_on(stream).await,
                    Wire::Tls(stream) => self.speak_on(*stream).await,
                },
                Err(_) => Err(remote.silent()),
            },
        }
    }

    async fn speak_on<S>(&self, stream: S) -> Result<SendRequest<RequestBody>, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| self.lost(&innermost(&error)))?;
        // Ends with the sender; what goes wrong in it is told by the request that is under way.
        tokio::spawn(connection);
        Ok(sender)
    }
}

impl Target {
    async fn connect(&self) -> Result<Stream, Failure> {
        if self.private_folder {
            self.check_folder()?;
        }
        let name = self.socket.as_path().to_fs_name::<GenericFilePath>().map_err(|error| self.unreachable(&error))?;
        let stream = match tokio::time::timeout(CONNECT_MAX, Stream::connect(name)).await {
            Ok(connected) => connected.map_err(|error| self.unreachable(&error))?,
            Err(_) => return Err(self.unreachable(&io::Error::from(io::ErrorKind::TimedOut))),
        };
        self.check_server(&stream)?;
        Ok(stream)
    }

    fn check_server(&self, stream: &Stream) -> Result<(), Failure> {
        let user = stream.peer_creds().ok().and_then(|credentials| credentials.euid());
        match user {
            Some(user) if self.trusted_users.contains(&user) => Ok(()),
            _ => {
                let who = user.map_or("an unknown user".to_owned(), |user| format!("user {user}"));
                let detail = format!("the server at {} is run by {who}, so nothing was sent to it", self.socket.display());
                Err(Failure::new(ErrorCode::PERMISSION_DENIED, detail)
                    .why("Only a daemon of this user, of root, or of the data folder's owner is trusted.")
                    .next("name the right daemon with `--socket` or `--data`"))
            }
        }
    }

    fn check_folder(&self) -> Result<(), Failure> {
        let folder = self.socket.parent().unwrap_or(Path::new("/"));
        let found = match folder.symlink_metadata() {
            Ok(found) => found,
            Err(error) => return Err(self.unreachable(&error)),
        };
        let private = found.is_dir() && found.mode() & 0o077 == 0 && self.trusted_users.contains(&found.uid());
        if private {
            return Ok(());
        }
        let detail = format!("{} is not a folder that only its trusted owner can enter, so nothing was sent", folder.display());
        Err(Failure::new(ErrorCode::DAEMON_FILES_UNSAFE, detail)
            .next(format!("`chmod 700 {}` if it is yours, else remove it", folder.display())))
    }

    fn unreachable(&self, error: &io::Error) -> Failure {
        let socket = self.socket.display();
        if error.kind() == io::ErrorKind::PermissionDenied {
            return Failure::new(ErrorCode::PERMISSION_DENIED, format!("the socket {socket} is not open to this user"))
                .why("A daemon takes requests from its own user and from root.")
                .next("run it as the user the daemon runs as");
        }
        let why = match error.kind() {
            io::ErrorKind::NotFound => "No daemon is running there.".to_owned(),
            io::ErrorKind::ConnectionRefused => "The socket is left over from a daemon that has ended.".to_owned(),
            io::ErrorKind::TimedOut => "It takes no connection.".to_owned(),
            _ => format!("Connecting failed: {error}."),
        };
        Failure::new(ErrorCode::DAEMON_UNREACHABLE, format!("no panotti daemon at {socket}"))
            .why(why)
            .next(format!("`{}`", self.start_command))
    }
}

/// The text of a header; empty where it is missing.
fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// The error at the end of the chain: hyper's own say little.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

async fn read_all(body: Incoming) -> Result<Bytes, Failure> {
    let read = tokio::time::timeout(REQUEST_MAX, Limited::new(body, ANSWER_BYTES_MAX).collect()).await;
    match read {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) => Err(Failure::new(ErrorCode::DAEMON_UNREACHABLE, format!("the answer ended early: {error}"))),
        Err(_) => Err(Failure::new(ErrorCode::TIMEOUT, "the answer did not end in time")),
    }
}

async fn read_json<T: DeserializeOwned>(response: Response<Incoming>) -> Result<T, Failure> {
    let bytes = read_all(response.into_body()).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Failure::new(ErrorCode::DAEMON_VERSION_MISMATCH, format!("the daemon's answer is not understood: {error}")))
}

async fn read_failure(response: Response<Incoming>, path: &str, request_id: String) -> Failure {
    let status = response.status().as_u16();
    let bytes = read_all(response.into_body()).await.unwrap_or_default();
    parse_failure(&bytes, status, path, request_id)
}

pub(crate) fn parse_failure(bytes: &[u8], status: u16, path: &str, request_id: String) -> Failure {
    match serde_json::from_slice::<Failure>(bytes) {
        Ok(mut failure) => {
            if failure.request_id.is_empty() {
                failure.request_id = request_id;
            }
            failure
        }
        Err(_) => {
            let mut failure = Failure::new(
                ErrorCode::DAEMON_VERSION_MISMATCH,
                format!("{path} was answered with status {status} and no problem that is understood"),
            );
            failure.request_id = request_id;
            failure
        }
    }
}
