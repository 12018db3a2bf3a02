//! The daemon's log: JSON lines in files of a bounded size, and text on the terminal where `daemon run` has one. Never payloads, never
//! keys.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, reload};

use super::redact;
use crate::config::settings::LogSettings;

/// What of a log can be changed while it is written.
#[derive(Debug)]
struct Bounds {
    bytes_max: AtomicU64,
    files_max: AtomicUsize,
    /// The file is opened anew before the next line.
    reopen: AtomicBool,
}

/// Changes the log while it is written.
#[derive(Debug, Clone)]
pub struct LogHandle {
    level: reload::Handle<LevelFilter, Registry>,
    bounds: Arc<Bounds>,
}

impl LogHandle {
    /// Other settings count from the next line on.
    pub fn change(&self, settings: &LogSettings) {
        if let Err(error) = self.level.reload(level(settings)) {
            tracing::warn!(%error, "the log's level could not be changed");
        }
        self.bounds.bytes_max.store(settings.file_bytes_max, Ordering::Relaxed);
        self.bounds.files_max.store(settings.files_max, Ordering::Relaxed);
    }

    /// The next line goes into a file that is opened anew: somebody may have moved the present one away.
    pub fn reopen(&self) {
        self.bounds.reopen.store(true, Ordering::Relaxed);
    }
}

/// Begins to log. Called once.
///
/// # Errors
/// Where the log file cannot be made.
pub fn begin(path: &Path, settings: &LogSettings) -> io::Result<LogHandle> {
    let file = RotatingFile::open(path.to_owned(), settings.file_bytes_max, settings.files_max)?;
    let bounds = Arc::clone(&file.bounds);
    let (filter, level) = reload::Layer::new(level(settings));
    // A line that cannot be written is lost: complaining on stderr would panic where that is gone or full too.
    let to_file = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .log_internal_errors(false)
        .with_writer(Mutex::new(Redacting(file)));
    let to_terminal = io::stderr()
        .is_terminal()
        .then(|| fmt::layer().with_target(false).log_internal_errors(false).with_writer(|| Redacting(io::stderr())));
    tracing_subscriber::registry().with(filter).with(to_file).with(to_terminal).init();
    Ok(LogHandle { level, bounds })
}

fn level(settings: &LogSettings) -> LevelFilter {
    settings.level.parse().unwrap_or(LevelFilter::INFO)
}

/// Takes secrets out of the lines that are written.
struct Redacting<W>(W);

impl<W: Write> Write for Redacting<W> {
    /// Takes a line whole, as the layers write it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(redact::values(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A file that is put aside as `NAME.1` when it has reached its size; `NAME.1` becomes `NAME.2`, and the oldest goes.
#[derive(Debug)]
pub struct RotatingFile {
    path: PathBuf,
    file: File,
    bytes: u64,
    bounds: Arc<Bounds>,
    /// A full disk took only a part of the last line.
    torn: bool,
}

impl RotatingFile {
    /// Opens or makes it, mode 0600.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn open(path: PathBuf, bytes_max: u64, files_max: usize) -> io::Result<Self> {
        let file = open(&path)?;
        let bytes = file.metadata()?.len();
        let bounds = Arc::new(Bounds { bytes_max: bytes_max.into(), files_max: files_max.max(1).into(), reopen: AtomicBool::new(false) });
        Ok(Self { path, file, bytes, bounds, torn: false })
    }

    fn put_aside(&mut self) -> io::Result<()> {
        let files_max = self.bounds.files_max.load(Ordering::Relaxed);
        for number in (1..files_max).rev() {
            let from = if number == 1 { self.path.clone() } else { numbered(&self.path, number - 1) };
            if from.exists() {
                std::fs::rename(from, numbered(&self.path, number))?;
            }
        }
        if files_max == 1 {
            std::fs::remove_file(&self.path)?;
        }
        self.file = open(&self.path)?;
        (self.bytes, self.torn) = (0, false);
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<File> {
    // A link in its place would have us write to whatever it leads to.
    let no_link = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_link).open(path)
}

fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

impl Write for RotatingFile {
    /// Takes a line whole or not at all. What a full disk has torn off is closed by a line end before the next line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.bounds.reopen.swap(false, Ordering::Relaxed) {
            self.file = open(&self.path)?;
            (self.bytes, self.torn) = (self.file.metadata()?.len(), false);
        }
        if self.bytes > 0 && self.bytes + line.len() as u64 > self.bounds.bytes_max.load(Ordering::Relaxed) {
            self.put_aside()?;
        }
        if self.torn {
            self.file.write_all(b"\n")?;
            self.torn = false;
            self.bytes += 1;
        }
        if let Err(error) = self.file.write_all(line) {
            self.torn = true;
            return Err(error);
        }
        self.bytes += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_keeps_to_its_size_and_number_of_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.log");
        let mut log = RotatingFile::open(path.clone(), 100, 3).unwrap();
        for number in 0..100 {
            log.write_all(format!("line {number:04} of the log\n").as_bytes()).unwrap();
        }

        let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["x.log", "x.log.1", "x.log.2"]);
        assert!(std::fs::read_to_string(&path).unwrap().ends_with("line 0099 of the log\n"));
        assert!(std::fs::metadata(&path).unwrap().len() <= 100);
    }

    #[test]
    fn a_log_that_was_moved_away_is_written_anew_after_it_was_told_and_takes_other_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.log");
        let mut log = RotatingFile::open(path.clone(), 1_000, 3).unwrap();
        log.write_all(b"first\n").unwrap();
        std::fs::rename(&path, folder.path().join("moved")).unwrap();
        log.write_all(b"second\n").unwrap();
        assert!(!path.exists(), "it goes on in the file that was moved");

        log.bounds.reopen.store(true, Ordering::Relaxed);
        log.bounds.bytes_max.store(10, Ordering::Relaxed);
        log.write_all(b"third\n").unwrap();
        log.write_all(b"fourth\n").unwrap();

        assert_eq!(std::fs::read_to_string(folder.path().join("moved")).unwrap(), "first\nsecond\n");
        assert_eq!(std::fs::read_to_string(folder.path().join("x.log.1")).unwrap(), "third\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "fourth\n");
    }
}
