//! The daemon's log: JSON lines in files of a bounded size, and text on the terminal where `daemon run` has one. Never payloads, never
//! keys.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use super::redact;
use crate::config::settings::LogSettings;

/// Begins to log. Called once.
///
/// # Errors
/// Where the log file cannot be made.
pub fn begin(path: &Path, settings: &LogSettings) -> io::Result<()> {
    let level: LevelFilter = settings.level.parse().unwrap_or(LevelFilter::INFO);
    let file = RotatingFile::open(path.to_owned(), settings.file_bytes_max, settings.files_max)?;
    // A line that cannot be written is lost: complaining on stderr would panic where that is gone or full too.
    let to_file = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .log_internal_errors(false)
        .with_writer(Mutex::new(Redacting(file)))
        .with_filter(level);
    let to_terminal = io::stderr()
        .is_terminal()
        .then(|| fmt::layer().with_target(false).log_internal_errors(false).with_writer(|| Redacting(io::stderr())).with_filter(level));
    tracing_subscriber::registry().with(to_file).with(to_terminal).init();
    Ok(())
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
    bytes_max: u64,
    files_max: usize,
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
        Ok(Self { path, file, bytes, bytes_max, files_max: files_max.max(1), torn: false })
    }

    fn put_aside(&mut self) -> io::Result<()> {
        for number in (1..self.files_max).rev() {
            let from = if number == 1 { self.path.clone() } else { numbered(&self.path, number - 1) };
            if from.exists() {
                std::fs::rename(from, numbered(&self.path, number))?;
            }
        }
        if self.files_max == 1 {
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
        if self.bytes > 0 && self.bytes + line.len() as u64 > self.bytes_max {
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
}
