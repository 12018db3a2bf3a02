//! The API as `curl` would use it, over the local socket or the network: HTTP/1.1 by hand, so that a test sees what is on the wire and can break off anywhere.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::Value;

use super::PATIENCE;

/// A whole answer. Names of headers are in lower case.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What a connection goes over.
#[derive(Debug)]
pub enum Wire {
    Local(UnixStream),
    Network(TcpStream),
}

impl Wire {
    fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Wire::Local(stream) => Wire::Local(stream.try_clone()?),
            Wire::Network(stream) => Wire::Network(stream.try_clone()?),
        })
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Local(stream) => stream.read(buffer),
            Wire::Network(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Wire::Local(stream) => stream.write(bytes),
            Wire::Network(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Wire::Local(stream) => stream.flush(),
            Wire::Network(stream) => stream.flush(),
        }
    }
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    stream: Wire,
    reader: BufReader<Wire>,
}

impl Connection {
    pub fn open(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Self::on(Wire::Local(stream))
    }

    /// Over the network.
    pub fn to(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Self::on(Wire::Network(stream))
    }

    fn on(stream: Wire) -> io::Result<Self> {
        let reader = BufReader::new(stream.try_clone()?);
        Ok(Self { stream, reader })
    }

    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.request("GET", path, &[], b"")
    }

    pub fn post(&mut self, path: &str, media_type: &str, body: &[u8]) -> io::Result<Answer> {
        self.request("POST", path, &[("content-type", media_type)], body)
    }

    pub fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let length = body.len().to_string();
        let mut all = headers.to_vec();
        if !body.is_empty() || method != "GET" {
            all.push(("content-length", &length));
        }
        self.send_head(method, path, &all)?;
        // A body that is too long is answered before its end: then the answer counts, not the write.
        let sent = self.stream.write_all(body);
        self.read_answer().map_err(|error| sent.err().unwrap_or(error))
    }

    /// Sends the head of a request alone.
    pub fn send_head(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) -> io::Result<()> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.stream.write_all(head.as_bytes())
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Begins a `POST /events` of lines whose end is not known yet.
    pub fn begin_lines(&mut self, path: &str) -> io::Result<()> {
        self.send_head("POST", path, &[("content-type", "application/x-ndjson"), ("transfer-encoding", "chunked")])
    }

    /// Sends one chunk of a body; an empty one ends it.
    pub fn send_chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        self.stream.write_all(&chunk)
    }

    pub fn read_answer(&mut self) -> io::Result<Answer> {
        let (status, headers) = self.read_head()?;
        let mut body = Vec::new();
        if headers.get("transfer-encoding").is_some_and(|value| value == "chunked") {
            Chunks::new(&mut self.reader).read_to_end(&mut body)?;
        } else {
            let length = headers.get("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
            body.resize(length, 0);
            self.reader.read_exact(&mut body)?;
        }
        Ok(Answer { status, headers, body })
    }

    /// Reads status and headers of an answer.
    pub fn read_head(&mut self) -> io::Result<(u16, BTreeMap<String, String>)> {
        let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let status_line = read_line(&mut self.reader)?;
        let status = status_line.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(broken)?;
        let mut headers = BTreeMap::new();
        loop {
            let line = read_line(&mut self.reader)?;
            let Some((name, value)) = line.split_once(':') else { return Ok((status, headers)) };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }

    /// The lines of a chunked body that may go on for ever. Call after [`Self::read_head`].
    pub fn body_lines(self) -> (Wire, Lines) {
        (self.stream, Lines { reader: BufReader::new(Chunks::new(self.reader)) })
    }

    /// Reads what comes until the other side ends the connection, in order or not.
    pub fn read_until_closed(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // What had come before an error is in there.
        let _ = self.reader.read_to_end(&mut rest);
        rest
    }

    /// Reads what is left until the other side ends the connection.
    pub fn read_to_end(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.reader.read_to_end(&mut rest)?;
        Ok(rest)
    }
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// Lines of a streamed body.
pub struct Lines {
    reader: BufReader<Chunks<BufReader<Wire>>>,
}

impl Lines {
    /// The next line; `None` at the body's end.
    ///
    /// # Errors
    /// The connection broke off, also in the middle of a line.
    pub fn next_line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        match self.reader.read_line(&mut line)? {
            0 => Ok(None),
            _ if line.ends_with('\n') => Ok(Some(line.trim_end().to_owned())),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// A chunked body, put together.
struct Chunks<R> {
    reader: R,
    left: usize,
    ended: bool,
}

impl<R: BufRead> Chunks<R> {
    fn new(reader: R) -> Self {
        Self { reader, left: 0, ended: false }
    }
}

impl<R: BufRead> Read for Chunks<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        if self.ended {
            return Ok(0);
        }
        if self.left == 0 {
            let size = read_line(&mut self.reader)?;
            self.left = usize::from_str_radix(&size, 16).map_err(|_| invalid())?;
            if self.left == 0 {
                read_line(&mut self.reader)?;
                self.ended = true;
                return Ok(0);
            }
        }
        let most = self.left.min(buffer.len());
        let read = self.reader.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read;
        if self.left == 0 {
            read_line(&mut self.reader)?;
        }
        Ok(read)
    }
}
