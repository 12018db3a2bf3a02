//! The access log: a JSON line for every request, in files of a bounded size. Whoever answers a request never waits for it: lines go through a
//! bounded queue to a thread of their own, and what finds no room in it is counted.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use panotti_protocol::time::Timestamp;
use serde::Serialize;

use super::log::RotatingFile;
use crate::config::settings::AccessLogSettings;

/// Lines that wait to be written.
const WAITING_MAX: usize = 4_096;
/// Between two looks for lines: under load the thread is woken for many at once and not for each.
const PAUSE: Duration = Duration::from_millis(2);

/// One request.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccessLine {
    /// When it came.
    pub timestamp: Timestamp,
    /// Its id, as the answer and the audit name it. Absent where the client went away before there was an answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// The principal; absent where nobody was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The id of the API key that was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// The method; `other` where it is none that is defined.
    pub method: String,
    /// The route as the router writes it, `/events/{id}`: what stands in the path itself is nobody's business here.
    pub route: String,
    /// The status of the answer; absent where the client went away before there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Bytes of the answer's body that were sent.
    pub bytes: u64,
    /// From the request's head to the end of the answer.
    pub duration_ms: u64,
    /// Lines before this one that found no room.
    #[serde(skip_serializing_if = "is_zero")]
    pub lost: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The way to the access log. Cheap to clone; one that is switched off takes lines and writes none.
#[derive(Debug, Clone, Default)]
pub struct AccessLog {
    queue: Option<SyncSender<AccessLine>>,
    lost: Arc<AtomicU64>,
}

impl AccessLog {
    /// Opens the file and starts the thread. It ends when nobody has this any more.
    ///
    /// # Errors
    /// Where the file or the thread cannot be made.
    pub fn begin(path: &Path, settings: &AccessLogSettings) -> std::io::Result<Self> {
        if !settings.enabled {
            return Ok(Self::default());
        }
        let file = RotatingFile::open(path.to_owned(), settings.file_bytes_max, settings.files_max)?;
        let (queue, lines) = sync_channel(WAITING_MAX);
        let lost = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&lost);
        std::thread::Builder::new().name("panotti-access".to_owned()).spawn(move || write(lines, file, &counter))?;
        Ok(Self { queue: Some(queue), lost })
    }

    /// Takes a line, or counts it as lost.
    pub fn write(&self, line: AccessLine) {
        if self.queue.as_ref().is_some_and(|queue| queue.try_send(line).is_err()) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write(lines: Receiver<AccessLine>, mut file: RotatingFile, lost: &AtomicU64) {
    while let Ok(line) = lines.recv() {
        std::iter::once(line).chain(lines.try_iter()).for_each(|line| write_line(line, &mut file, lost));
        std::thread::sleep(PAUSE);
    }
}

fn write_line(mut line: AccessLine, file: &mut RotatingFile, lost: &AtomicU64) {
    let before = lost.swap(0, Ordering::Relaxed);
    line.lost = before;
    let Ok(mut text) = serde_json::to_vec(&line) else { return };
    text.push(b'\n');
    // On a full disk the line is lost, and counted like one that found no room.
    if file.write_all(&text).is_err() {
        lost.fetch_add(before + 1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u64) -> AccessLine {
        AccessLine {
            timestamp: Timestamp::from_ms(number),
            request_id: format!("{number:016x}"),
            actor: None,
            key: None,
            peer: None,
            method: "GET".to_owned(),
            route: "/livez".to_owned(),
            status: Some(200),
            bytes: 1,
            duration_ms: 1,
            lost: 0,
        }
    }

    #[test]
    fn rule_21_a_line_that_finds_no_room_is_counted_and_the_next_one_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.log");
        let (queue, lines) = sync_channel(2);
        let log = AccessLog { queue: Some(queue), lost: Arc::default() };
        (0..5).for_each(|number| log.write(line(number)));
        let lost = Arc::clone(&log.lost);
        drop(log);

        write(lines, RotatingFile::open(path.clone(), 1_000_000, 2).unwrap(), &lost);

        let written = std::fs::read_to_string(&path).unwrap();
        let lost: Vec<u64> =
            written.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["lost"].as_u64().unwrap_or(0)).collect();
        assert_eq!(lost, [3, 0]);
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}
