//! The conversation with one instance: frames in lines over the socket, batched both ways. It refuses lines over the limit before
//! they are in memory, never waits for a plugin that does not read, and does not listen to one while it holds too much that is not done.

use std::sync::Arc;

use panotti_protocol::frame::{FrameInvalid, FromPlugin, ToPlugin};
use panotti_protocol::id::InstanceId;
use panotti_protocol::limits::{FRAME_BYTES_MAX, STATE_PAGE_BYTES_MAX, STATE_VALUE_BYTES_MAX};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufWriter};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::limits::{HEARD_BYTES_MAX, KILL_GRACE, OUTPUT_GRACE, WAITING_FRAMES_MAX, WRITTEN_AT_ONCE_BYTES};
use super::log::PluginLog;
use super::spawner::Spawned;

/// The room that a frame takes of what one plugin may have undone. Dropping it gives it back: when the frame took effect, or when the answer to
/// it was written.
#[derive(Debug)]
pub struct Weight(Option<OwnedSemaphorePermit>);

impl Weight {
    /// Gives back what is beyond so many bytes.
    fn shrink_to(&mut self, bytes: usize) {
        if let Some(held) = &mut self.0 {
            drop(held.split(held.num_permits().saturating_sub(bytes)));
        }
    }
}

/// What an instance says, or what becomes of it.
#[derive(Debug)]
pub enum Heard {
    /// A frame.
    Frame(Box<FromPlugin>, Weight),
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
    frames: mpsc::Sender<(Vec<u8>, Weight)>,
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
        self.answer(frame, Weight(None));
    }

    /// Sends what a frame asked for. It holds its room until it is written.
    pub fn answer(&self, frame: &ToPlugin, mut weight: Weight) {
        let Ok(mut line) = serde_json::to_vec(frame) else { return };
        line.push(b'\n');
        weight.shrink_to(line.len());
        if line.len() > FRAME_BYTES_MAX || self.frames.try_send((line, weight)).is_err() {
            self.kill.cancel();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn write(socket: OwnedWriteHalf, mut frames: mpsc::Receiver<(Vec<u8>, Weight)>, kill: CancellationToken) {
    let mut socket = BufWriter::with_capacity(WRITTEN_AT_ONCE_BYTES, socket);
    loop {
        let written = async {
            let mut next = frames.recv().await.ok_or(std::io::ErrorKind::BrokenPipe).map(Some)?;
            while let Some((line, _weight)) = next {
                socket.write_all(&line).await?;
                next = frames.try_recv().ok();
            }
            socket.flush().await
        };
        tokio::select! {
            () = kill.cancelled() => break,
            written = written => if written.is_err() { break },
        }
    }
    // The socket's other half is with the reader, which stays until the end: what was said last is still heard.
    if kill.is_cancelled() {
        // Not the writer around it, which would first wait for the plugin to read.
        let _ = socket.get_mut().shutdown().await;
    }
}

async fn read(socket: OwnedReadHalf, instance: InstanceId, ear: Ear, kill: CancellationToken) {
    let room = Arc::new(Semaphore::new(HEARD_BYTES_MAX));
    tokio::select! {
        () = kill.cancelled() => {}
        () = read_lines(socket, instance, &ear, &room) => {}
    }
}

/// What a frame may come to in memory, in bytes: its own text, or the answer that it asks for.
fn weight_of(frame: &FromPlugin, bytes: usize) -> u32 {
    let answer = match frame {
        FromPlugin::StateGet(_) => STATE_VALUE_BYTES_MAX,
        FromPlugin::StateList(_) => STATE_PAGE_BYTES_MAX,
        _ => 0,
    };
    u32::try_from(bytes.max(answer).min(HEARD_BYTES_MAX)).unwrap_or(u32::MAX)
}

async fn read_lines(mut socket: OwnedReadHalf, instance: InstanceId, ear: &Ear, room: &Arc<Semaphore>) {
    let mut buffer: Vec<u8> = Vec::with_capacity(16 * 1024);
    let mut looked_at = 0;
    loop {
        while let Some(place) = buffer[looked_at..].iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=looked_at + place).collect();
            looked_at = 0;
            let heard = match FromPlugin::read(&line[..line.len() - 1]) {
                Ok(frame) => {
                    let weight = Arc::clone(room).acquire_many_owned(weight_of(&frame, line.len())).await.ok();
                    Heard::Frame(Box::new(frame), Weight(weight))
                }
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use panotti_protocol::frame::{StatePage, StateValue};
    use panotti_protocol::id::uuid_v7;
    use tokio::net::UnixStream;

    use super::*;

    /// A plugin that says lines, and what is heard of it.
    struct Listening {
        plugin: UnixStream,
        heard: mpsc::Receiver<(InstanceId, Heard)>,
        room: Arc<Semaphore>,
    }

    fn listening() -> Listening {
        let (ours, plugin) = UnixStream::pair().unwrap();
        let (ear, heard) = mpsc::channel(4_096);
        let room = Arc::new(Semaphore::new(HEARD_BYTES_MAX));
        let (reading, instance) = (ours.into_split().0, InstanceId::from_bytes(uuid_v7(1, [0; 10])));
        let used = Arc::clone(&room);
        tokio::spawn(async move { read_lines(reading, instance, &ear, &used).await });
        Listening { plugin, heard, room }
    }

    async fn frame(listening_to: &mut Listening) -> Weight {
        match listening_to.heard.recv().await {
            Some((_, Heard::Frame(_, weight))) => weight,
            other => panic!("{other:?}"),
        }
    }

    /// An emit whose line has so many bytes, its end included.
    fn emit(bytes: usize) -> Vec<u8> {
        let line = |text: &str| format!("{{\"type\":\"emit\",\"request_id\":1,\"event\":{{\"topic\":\"a.b\",\"data\":\"{text}\"}}}}\n");
        line(&"x".repeat(bytes - line("").len())).into_bytes()
    }

    #[tokio::test]
    async fn a_plugin_is_listened_to_until_what_is_not_done_fills_its_room_and_again_when_something_is() {
        for (bytes, expected) in [(FRAME_BYTES_MAX - 1, 16), (FRAME_BYTES_MAX, 16), (FRAME_BYTES_MAX / 2 + 1, 31)] {
            let mut listening_to = listening();
            let (mut plugin, line) = (std::mem::replace(&mut listening_to.plugin, UnixStream::pair().unwrap().0), emit(bytes));
            let says = tokio::spawn(async move {
                for _ in 0..40 {
                    plugin.write_all(&line).await.unwrap();
                }
                plugin
            });
            let mut undone = Vec::new();
            for _ in 0..expected {
                undone.push(frame(&mut listening_to).await);
            }
            assert!(listening_to.room.available_permits() < bytes, "no more fits: {} bytes", listening_to.room.available_permits());
            assert!(listening_to.heard.recv().now_or_never().is_none());
            undone.remove(0);
            undone.push(frame(&mut listening_to).await);
            undone.clear();
            for _ in expected + 1..40 {
                drop(frame(&mut listening_to).await);
            }
            drop(says.await.unwrap());
            assert_eq!(listening_to.room.available_permits(), HEARD_BYTES_MAX);
        }
    }

    #[tokio::test]
    async fn a_question_holds_the_room_of_its_answer_until_that_is_read() {
        let mut listening_to = listening();
        let question = "{\"type\":\"state.list\",\"request_id\":1}\n{\"type\":\"state.get\",\"request_id\":2,\"key\":\"k\"}\n";
        listening_to.plugin.write_all(question.as_bytes()).await.unwrap();
        let (list, get) = (frame(&mut listening_to).await, frame(&mut listening_to).await);
        let taken = |listening_to: &Listening| HEARD_BYTES_MAX - listening_to.room.available_permits();
        assert_eq!(taken(&listening_to), STATE_PAGE_BYTES_MAX + STATE_VALUE_BYTES_MAX);

        let (frames, mut waiting) = mpsc::channel(8);
        let sender = FrameSender { frames, kill: CancellationToken::new() };
        sender.answer(&ToPlugin::StatePage(StatePage { request_id: 1, items: Vec::new(), next: None }), list);
        sender.answer(&ToPlugin::StateValue(StateValue { request_id: 2, found: false, value: serde_json::Value::Null }), get);

        let (first, second) = (waiting.recv().await.unwrap(), waiting.recv().await.unwrap());
        assert_eq!(taken(&listening_to), first.0.len() + second.0.len(), "what is known to be smaller holds less");
        drop((first, second));
        assert_eq!(taken(&listening_to), 0);
    }

    #[test]
    fn a_plugin_that_leaves_too_many_frames_unread_is_ended() {
        let beginning = || {
            let (frames, waiting) = mpsc::channel(WAITING_FRAMES_MAX);
            (FrameSender { frames, kill: CancellationToken::new() }, waiting)
        };
        let frame = |text: usize| ToPlugin::StateValue(StateValue { request_id: 1, found: true, value: "x".repeat(text).into() });
        let (sender, _waiting) = beginning();
        (0..WAITING_FRAMES_MAX).for_each(|_| sender.send(&frame(1)));
        assert!(!sender.kill.is_cancelled());
        sender.send(&frame(1));
        assert!(sender.kill.is_cancelled());

        let beside = serde_json::to_vec(&frame(0)).unwrap().len() + 1;
        for (bytes, ended) in [(FRAME_BYTES_MAX - 1, false), (FRAME_BYTES_MAX, false), (FRAME_BYTES_MAX + 1, true)] {
            let (sender, _waiting) = beginning();
            sender.send(&frame(bytes - beside));
            assert_eq!(sender.kill.is_cancelled(), ended, "a frame of {bytes} bytes");
        }
    }
}
