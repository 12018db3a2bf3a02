//! The conversation with one instance: frames in lines over the socket, batched both ways. It refuses lines over the limit before
//! they are in memory, and never waits for a plugin that does not read.

use std::time::Duration;

use panotti_protocol::frame::{FrameInvalid, FromPlugin, ToPlugin};
use panotti_protocol::id::InstanceId;
use panotti_protocol::limits::FRAME_BYTES_MAX;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::log::PluginLog;
use super::spawner::Spawned;

/// Frames that may wait for a plugin to read; more, and it hangs.
pub const WAITING_FRAMES_MAX: usize = 4_096;
/// Frames written at once.
const BATCH_FRAMES_MAX: usize = 256;
/// After its socket is closed a tree has this long to be gone before its init is killed too.
const KILL_GRACE: Duration = Duration::from_secs(2);
/// After a process has ended, what it wrote is read at most this long.
const OUTPUT_GRACE: Duration = Duration::from_millis(500);

/// What an instance says, or what becomes of it.
#[derive(Debug)]
pub enum Heard {
    /// A frame.
    Frame(Box<FromPlugin>),
    /// A line that is no frame.
    Garbage(String),
    /// It cannot go on: nothing after this could be trusted.
    Broken(String),
    /// Its whole process tree is gone.
    Ended(String),
}

/// Where an instance's words go.
pub type Ear = mpsc::Sender<(InstanceId, Heard)>;

/// A started instance. Dropping it kills its tree.
#[derive(Debug)]
pub struct Session {
    /// Process id of its init.
    pub pid: u32,
    sender: FrameSender,
}

/// The way to an instance. Cheap to clone.
#[derive(Debug, Clone)]
pub struct FrameSender {
    frames: mpsc::Sender<Vec<u8>>,
    kill: CancellationToken,
}

impl Session {
    /// Begins to talk with what was started.
    ///
    /// # Errors
    /// The system's, when the socket cannot be used.
    pub fn begin(spawned: Spawned, instance: InstanceId, ear: Ear, log: &PluginLog) -> std::io::Result<Self> {
        let socket = tokio::net::UnixStream::from_std(spawned.socket)?;
        let (reading, writing) = socket.into_split();
        let (frames, waiting) = mpsc::channel(WAITING_FRAMES_MAX);
        let kill = CancellationToken::new();
        let mut output = tokio::task::JoinSet::new();
        if let Some(stdout) = spawned.stdout {
            output.spawn(log.clone().capture(tokio::process::ChildStdout::from_std(stdout)?, "stdout", "info"));
        }
        if let Some(stderr) = spawned.stderr {
            output.spawn(log.clone().capture(tokio::process::ChildStderr::from_std(stderr)?, "stderr", "warning"));
        }
        tokio::spawn(write(writing, waiting, kill.clone()));
        let reader = tokio::spawn(read(reading, instance, ear.clone(), kill.clone()));
        let (killed, pid, mut ended) = (kill.clone(), spawned.pid, spawned.ended);
        tokio::spawn(async move {
            let words = tokio::select! {
                words = &mut ended => words,
                () = async { killed.cancelled().await; tokio::time::sleep(KILL_GRACE).await } => {
                    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
                        let _ = kill_process(pid, Signal::KILL);
                    }
                    ended.await
                }
            };
            // What it said before it ended comes before its end.
            let _ = tokio::time::timeout(OUTPUT_GRACE, reader).await;
            let _ = tokio::time::timeout(OUTPUT_GRACE, async { while output.join_next().await.is_some() {} }).await;
            killed.cancel();
            let words = words.unwrap_or_else(|_| "its end was missed".to_owned());
            let _ = ear.send((instance, Heard::Ended(words))).await;
        });
        Ok(Self { pid, sender: FrameSender { frames, kill } })
    }

    /// Sends a frame.
    pub fn send(&self, frame: &ToPlugin) {
        self.sender.send(frame);
    }

    /// A way to send that outlives the borrow.
    pub fn sender(&self) -> FrameSender {
        self.sender.clone()
    }

    /// Kills its tree: closes the socket, which its init watches.
    pub fn kill(&self) {
        self.sender.kill.cancel();
    }
}

impl FrameSender {
    /// Sends a frame. A plugin that has not read thousands of them is ended.
    pub fn send(&self, frame: &ToPlugin) {
        let Ok(mut line) = serde_json::to_vec(frame) else { return };
        line.push(b'\n');
        if line.len() > FRAME_BYTES_MAX || self.frames.try_send(line).is_err() {
            self.kill.cancel();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn write(mut socket: OwnedWriteHalf, mut frames: mpsc::Receiver<Vec<u8>>, kill: CancellationToken) {
    let mut batch = Vec::with_capacity(BATCH_FRAMES_MAX);
    loop {
        batch.clear();
        let written = async {
            if frames.recv_many(&mut batch, BATCH_FRAMES_MAX).await == 0 {
                return Err(std::io::ErrorKind::BrokenPipe.into());
            }
            socket.write_all(&batch.concat()).await
        };
        tokio::select! {
            () = kill.cancelled() => break,
            written = written => if written.is_err() { break },
        }
    }
    // The socket's other half is with the reader, which stays until the end: what was said last is still heard.
    if kill.is_cancelled() {
        let _ = socket.shutdown().await;
    }
}

async fn read(socket: OwnedReadHalf, instance: InstanceId, ear: Ear, kill: CancellationToken) {
    tokio::select! {
        () = kill.cancelled() => {}
        () = read_lines(socket, instance, &ear) => {}
    }
}

async fn read_lines(mut socket: OwnedReadHalf, instance: InstanceId, ear: &Ear) {
    let mut buffer: Vec<u8> = Vec::with_capacity(16 * 1024);
    let mut looked_at = 0;
    loop {
        while let Some(place) = buffer[looked_at..].iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=looked_at + place).collect();
            looked_at = 0;
            let heard = match FromPlugin::read(&line[..line.len() - 1]) {
                Ok(frame) => Heard::Frame(Box::new(frame)),
                Err(error @ (FrameInvalid::Malformed(_) | FrameInvalid::Unknown(_))) => Heard::Garbage(error.to_string()),
            };
            if ear.send((instance, heard)).await.is_err() {
                return;
            }
        }
        looked_at = buffer.len();
        if buffer.len() >= FRAME_BYTES_MAX {
            let why = format!("it sent a line of more than {FRAME_BYTES_MAX} bytes");
            let _ = ear.send((instance, Heard::Broken(why))).await;
            return;
        }
        match socket.read_buf(&mut buffer).await {
            Ok(read) if read > 0 => {}
            _ => return,
        }
    }
}
