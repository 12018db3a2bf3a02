//! What one plugin says: its standard output and error, its `log` frames, and the host's remarks. Kept as JSON lines in a file of
//! limited size and, the newest of it, in memory. It never slows the plugin or the bus: what is too much is counted and dropped.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use panotti_protocol::api::LogLine;
use panotti_protocol::id::EventId;
use panotti_protocol::limits::LOG_TAIL_BYTES_MAX;
use panotti_protocol::time::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::limits::{
    LOG_BYTES_PER_SECOND_MAX, LOG_FILE_BYTES_MAX, LOG_FILES_KEPT, LOG_FOLLOWED_BYTES_MAX, LOG_LINE_BYTES_MAX, LOG_READ_AGAIN_BYTES_MAX,
    LOG_RING_BYTES_MAX,
};
use crate::daemon::clock::Clock;
use crate::daemon::redact;
use crate::daemon::ring::{Reader, Ring};

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct PluginLog(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    clock: Clock,
    followed: Ring<LogLine>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<LogLine>,
    bytes: usize,
    file: Option<(File, u64)>,
    second: u64,
    second_bytes: usize,
    dropped: u64,
}

/// Lines at the end of a file. What is no line of a log, the first one cut in two for example, is left out.
fn read_end(path: &Path) -> std::io::Result<VecDeque<LogLine>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_READ_AGAIN_BYTES_MAX)))?;
    let mut end = Vec::new();
    file.take(LOG_READ_AGAIN_BYTES_MAX).read_to_end(&mut end)?;
    Ok(end.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

impl PluginLog {
    /// A log that goes on in `path`; the newest lines there are read.
    pub fn new(path: PathBuf, clock: Clock) -> Self {
        let lines = read_end(&path).unwrap_or_default();
        let bytes = lines.iter().map(|line| line.message.len()).sum();
        let kept = Mutex::new(Kept { lines, bytes, ..Kept::default() });
        Self(Arc::new(Shared { path, clock, followed: Ring::new(LOG_FOLLOWED_BYTES_MAX), kept }))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the host says about the plugin. Never dropped.
    pub fn remark(&self, level: &str, message: impl Into<String>) {
        let line = self.line("host", level, message.into(), None);
        self.keep(&mut self.kept(), line);
    }

    /// A line of the plugin's.
    pub fn write(&self, stream: &str, level: &str, message: String, eventid: Option<EventId>) {
        let line = self.line(stream, level, message, eventid);
        let mut kept = self.kept();
        let second = line.at.as_ms() / 1_000;
        if second != kept.second {
            (kept.second, kept.second_bytes) = (second, 0);
            let dropped = std::mem::take(&mut kept.dropped);
            if dropped > 0 {
                let said = format!("{dropped} lines were dropped: more than {LOG_BYTES_PER_SECOND_MAX} bytes in a second");
                let remark = self.line("host", "warning", said, None);
                self.keep(&mut kept, remark);
            }
        }
        kept.second_bytes += line.message.len() + 1;
        if kept.second_bytes > LOG_BYTES_PER_SECOND_MAX {
            kept.dropped += 1;
            return;
        }
        self.keep(&mut kept, line);
    }

    fn line(&self, stream: &str, level: &str, mut message: String, eventid: Option<EventId>) -> LogLine {
        // Before it is cut: half a secret would not be known.
        redact::owned(&mut message);
        if message.len() > LOG_LINE_BYTES_MAX {
            message.truncate(message.floor_char_boundary(LOG_LINE_BYTES_MAX));
        }
        LogLine { at: self.0.clock.now(), level: level.to_owned(), stream: stream.to_owned(), message, eventid }
    }

    fn keep(&self, kept: &mut Kept, line: LogLine) {
        self.append(kept, &line);
        kept.bytes += line.message.len();
        if self.0.followed.is_read() {
            self.0.followed.say(line.clone(), size_of::<LogLine>() + line.message.len());
        }
        kept.lines.push_back(line);
        while kept.bytes > LOG_RING_BYTES_MAX {
            kept.bytes -= kept.lines.pop_front().map_or(kept.bytes, |oldest| oldest.message.len());
        }
    }

    /// Writes to the file. A log that cannot be written is no reason to stop a plugin; the memory still has it.
    fn append(&self, kept: &mut Kept, line: &LogLine) {
        if kept.file.as_ref().is_some_and(|(_, bytes)| *bytes >= LOG_FILE_BYTES_MAX) {
            kept.file = None;
            let name = |number: u32| self.0.path.with_extension(format!("jsonl.{number}"));
            for number in (1..LOG_FILES_KEPT).rev() {
                let _ = std::fs::rename(name(number), name(number + 1));
            }
            let _ = std::fs::rename(&self.0.path, name(1));
        }
        if kept.file.is_none() {
            let opened = File::options().create(true).append(true).mode(0o600).open(&self.0.path);
            kept.file = opened.ok().map(|file| {
                let bytes = file.metadata().map_or(0, |metadata| metadata.len());
                (file, bytes)
            });
        }
        if let (Some((file, bytes)), Ok(mut json)) = (&mut kept.file, serde_json::to_vec(line)) {
            json.push(b'\n');
            if file.write_all(&json).is_ok() {
                *bytes += json.len() as u64;
            }
        }
    }

    /// The newest lines, oldest first.
    pub fn newest(&self, lines: usize, event: Option<EventId>) -> Vec<LogLine> {
        let kept = self.kept();
        let fitting = kept.lines.iter().rev().filter(|line| event.is_none() || line.eventid == event);
        let mut found: Vec<LogLine> = fitting.take(lines).cloned().collect();
        found.reverse();
        found
    }

    /// The end of what was said since a time, for an attempt's record: lines of this event, and those of no event.
    pub fn tail(&self, since: Timestamp, event: Option<EventId>) -> String {
        let kept = self.kept();
        let mut found: Vec<&str> = Vec::new();
        let mut bytes = 0;
        for line in kept.lines.iter().rev().take_while(|line| line.at >= since) {
            let foreign = event.is_some() && line.eventid.is_some() && line.eventid != event;
            if foreign || line.stream == "host" {
                continue;
            }
            bytes += line.message.len() + 1;
            if bytes > LOG_TAIL_BYTES_MAX {
                break;
            }
            found.push(&line.message);
        }
        found.reverse();
        found.join("\n")
    }

    /// New lines as they come.
    pub fn follow(&self) -> Reader<LogLine> {
        self.0.followed.read()
    }

    /// Reads a plugin's output until its end, line by line.
    pub async fn capture(self, mut from: impl AsyncRead + Unpin, stream: &'static str, level: &'static str) {
        let (mut line, mut buffer) = (Vec::new(), vec![0; LOG_LINE_BYTES_MAX]);
        while let Ok(read) = from.read(&mut buffer).await {
            if read == 0 {
                break;
            }
            for part in buffer[..read].split_inclusive(|byte| *byte == b'\n') {
                let room = LOG_LINE_BYTES_MAX.saturating_sub(line.len());
                line.extend_from_slice(&part[..part.len().min(room + 1)]);
                if part.ends_with(b"\n") {
                    self.write(stream, level, String::from_utf8_lossy(&line).trim_end().to_owned(), None);
                    line.clear();
                }
            }
        }
        if !line.is_empty() {
            self.write(stream, level, String::from_utf8_lossy(&line).into_owned(), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[tokio::test]
    async fn output_becomes_lines_and_too_much_of_it_in_a_second_is_dropped_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let shown_ms: &'static AtomicU64 = Box::leak(Box::new(AtomicU64::new(1_000)));
        let log = PluginLog::new(folder.path().join("p.jsonl"), Clock::by_hand(shown_ms));

        log.clone().capture(&b"one\ntwo\nlast without end"[..], "stdout", "info").await;
        log.clone().capture("xxxxxxxx\n".repeat(LOG_BYTES_PER_SECOND_MAX / 8).as_bytes(), "stderr", "warning").await;
        let in_the_second = log.newest(usize::MAX, None);
        shown_ms.store(2_000, Ordering::SeqCst);
        log.write("stdout", "info", "in the next".to_owned(), None);

        let messages: Vec<String> = log.newest(usize::MAX, None).into_iter().map(|line| line.message).collect();
        let kept = in_the_second.len() - 3;
        assert_eq!(messages[..3], ["one", "two", "last without end"]);
        assert_eq!(kept, (LOG_BYTES_PER_SECOND_MAX - "one two last without end ".len()) / 9, "as many as a second has room for");
        let dropped = LOG_BYTES_PER_SECOND_MAX / 8 - kept;
        let said = format!("{dropped} lines were dropped: more than {LOG_BYTES_PER_SECOND_MAX} bytes in a second");
        assert_eq!(messages[messages.len() - 2..], [said, "in the next".to_owned()]);
        assert_eq!(std::fs::read_to_string(folder.path().join("p.jsonl")).unwrap().lines().count(), messages.len());
        let mode = std::fs::metadata(folder.path().join("p.jsonl")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600, "whatever the umask is");
    }

    #[tokio::test]
    async fn a_log_goes_on_where_the_one_before_the_restart_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.jsonl");
        std::fs::write(&path, "cut in two\"}\n").unwrap();

        PluginLog::new(path.clone(), Clock::new()).remark("info", "before");
        let log = PluginLog::new(path, Clock::new());
        log.remark("info", "after");

        let messages: Vec<String> = log.newest(usize::MAX, None).into_iter().map(|line| line.message).collect();
        assert_eq!(messages, ["before", "after"]);
    }

    #[test]
    fn a_line_of_a_log_is_cut_at_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let log = PluginLog::new(folder.path().join("p.jsonl"), Clock::new());
        for bytes in [LOG_LINE_BYTES_MAX - 1, LOG_LINE_BYTES_MAX, LOG_LINE_BYTES_MAX + 1] {
            log.remark("info", "x".repeat(bytes));
        }
        let kept: Vec<usize> = log.newest(usize::MAX, None).iter().map(|line| line.message.len()).collect();
        assert_eq!(kept, [LOG_LINE_BYTES_MAX - 1, LOG_LINE_BYTES_MAX, LOG_LINE_BYTES_MAX]);
    }
}
