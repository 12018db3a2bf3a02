//! A folder that goes with its value, with a home folder, runtime folder and data folder of its own, and the program run in it. Never
//! touches the home folder of whoever runs the tests.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The folder. Its path is short enough for sockets.
#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    pub fn new() -> Self {
        let place = std::env::temp_dir();
        let place = if place.as_os_str().len() > 40 { PathBuf::from("/tmp") } else { place };
        let folder = tempfile::Builder::new().prefix("pt").permissions(std::fs::Permissions::from_mode(0o700)).tempdir_in(place).unwrap();
        for name in ["home", "runtime"] {
            std::fs::DirBuilder::new().mode(0o700).create(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder of the daemon that runs here.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn socket(&self) -> PathBuf {
        self.data().join("run/panotti.sock")
    }

    /// A file of the data folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.data().join(name)
    }

    /// Another program, in the environment of this folder.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("USER", "ana");
        command.env("HOME", self.path().join("home")).env("XDG_RUNTIME_DIR", self.path().join("runtime"));
        command.current_dir(self.path()).stdin(Stdio::null());
        command
    }

    /// `panotti --data DIR ...`
    pub fn panotti(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_panotti"));
        command.arg("--data").arg(self.data()).args(arguments);
        command
    }

    /// Runs `panotti --data DIR ...` to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.panotti(arguments).output().unwrap()
    }

    /// Runs it with something on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Output {
        use std::io::Write;
        let mut child = self.panotti(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }
}

/// What a program printed, for people.
pub fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
