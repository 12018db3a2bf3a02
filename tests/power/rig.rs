//! A small disk of our own, and a daemon on it. The disk is a file with ext4 in it on a loop device; cutting its power is an ioctl that
//! drops everything that was not synced. Its blocks are smaller than a page of memory, which SQLite's care for its mapped index does not
//! reckon with. Where that cannot be had (no root, no loop device) it says so and nothing is tested.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use panotti::client::{Client, Target};
use panotti_protocol::failure::Failure;
use rustix::ioctl::{Setter, ioctl, opcode};
use rustix::process::{Pid, Signal, kill_process};

/// How long anything may take that must happen at all.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The disk. Mounted while it lives, but for the moment between a cut and what follows it.
pub struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// Makes and mounts it; or prints why this machine cannot.
    pub fn make(mebibytes: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let image = File::create(folder.path().join("image")).unwrap();
        image.set_len(mebibytes << 20).unwrap();
        std::fs::create_dir(folder.path().join("disk")).unwrap();
        let disk = Self { folder };
        let made = run("mkfs.ext4", &["-q", "-m", "0", "-b", "1024", disk.image().to_str().unwrap()]).and_then(|()| disk.try_mount());
        match made {
            Ok(()) => Some(disk),
            Err(why) => {
                eprintln!("SKIPPED: no disk for power cuts on this machine (needs root, a loop device and mkfs.ext4): {why}");
                None
            }
        }
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Bytes that can still be written.
    pub fn free_bytes(&self) -> u64 {
        let disk = rustix::fs::statvfs(self.path()).unwrap();
        disk.f_bavail * disk.f_frsize
    }

    /// Takes room away until only `left` bytes are free. Giving it back is [`Disk::make_room`].
    pub fn fill(&self, left: u64) {
        const BLOCK: u64 = 4096;
        let ballast = File::create(self.path().join("ballast")).unwrap();
        let (mut taken, mut step) = (0, 1 << 20);
        while step >= BLOCK && self.free_bytes() >= left + BLOCK {
            let bytes = step.min(self.free_bytes().saturating_sub(left)).max(BLOCK);
            match rustix::fs::fallocate(&ballast, rustix::fs::FallocateFlags::empty(), taken, bytes) {
                Ok(()) => taken += bytes,
                // The file system keeps a little for itself.
                Err(_) => step /= 2,
            }
        }
    }

    /// Takes every block there is, then gives `left` bytes back. Unlike [`Disk::fill`] it also takes what the file system keeps from
    /// `fallocate`, so that exactly so much can be written.
    pub fn fill_but(&self, left: u64) {
        let mut ballast = File::create(self.path().join("ballast")).unwrap();
        let mut taken = 0;
        for chunk in [vec![7; 1 << 20], vec![7; 1 << 10]] {
            while let Ok(bytes) = ballast.write(&chunk) {
                taken += bytes as u64;
            }
        }
        ballast.sync_all().unwrap();
        ballast.set_len(taken.saturating_sub(left)).unwrap();
        rustix::fs::syncfs(&ballast).unwrap();
    }

    /// Gives the room back.
    pub fn make_room(&self) {
        std::fs::remove_file(self.path().join("ballast")).unwrap();
    }

    /// Cuts the power: what is not on the disk now never will be. Every later access fails.
    #[allow(unsafe_code)]
    pub fn cut_power(&self) {
        // EXT4_IOC_SHUTDOWN = _IOR('X', 125, u32); 2 = EXT4_GOING_FLAGS_NOLOGFLUSH.
        const SHUTDOWN: rustix::ioctl::Opcode = opcode::read::<u32>(b'X', 125);
        let disk = File::open(self.path()).unwrap();
        // SAFETY: this request reads one u32 through the pointer that it is given, which `Setter` keeps alive during the call.
        unsafe { ioctl(&disk, Setter::<SHUTDOWN, u32>::new(2)) }.unwrap();
    }

    /// Takes the disk off and on again, as a restart of the machine does. Nothing of it may be in use.
    pub fn remount(&self) {
        let point = self.path();
        let started = Instant::now();
        while let Err(why) = run("umount", &[point.to_str().unwrap()]) {
            assert!(started.elapsed() < PATIENCE, "{why}");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.try_mount().unwrap();
    }

    fn try_mount(&self) -> Result<(), String> {
        run("mount", &["-t", "ext4", "-o", "loop", self.image().to_str().unwrap(), self.path().to_str().unwrap()])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a failed test may still hold it. The loop device goes with the last user.
        let _ = run("umount", &["-l", self.path().to_str().unwrap()]);
    }
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}

/// The program with nothing of this process's environment.
fn panotti(data: &Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_panotti"));
    command.env_clear();
    // The ledger looks into the database itself, so payloads are stored as they are.
    command.env("PANOTTI_SEAL__TOPICS", "none");
    command.envs(environment.iter().copied()).env("HOME", "/nonexistent").env("USER", "ana").current_dir("/");
    command.arg("--data").arg(data).stdin(Stdio::null());
    command
}

/// A daemon on a data folder. Killed with the value.
pub struct Daemon {
    child: Child,
    data: PathBuf,
    stderr: File,
}

impl Daemon {
    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// How it ended, and what it said, where it ended instead.
    pub async fn start(data: &Path, environment: &[(&str, &str)]) -> Result<Self, (ExitStatus, String)> {
        Self::start_with(data, environment, &[]).await
    }

    /// The same with flags of `daemon run`.
    pub async fn start_with(data: &Path, environment: &[(&str, &str)], flags: &[&str]) -> Result<Self, (ExitStatus, String)> {
        let mut command = panotti(data, environment);
        command.args(["daemon", "run", "--output", "json"]).args(flags).stdout(Stdio::null());
        let stderr = tempfile::tempfile().unwrap();
        command.stderr(stderr.try_clone().unwrap());
        let mut daemon = Self { child: command.spawn().unwrap(), data: data.to_owned(), stderr };
        let mut client = daemon.client();
        let started = Instant::now();
        while client.live().await.is_err() {
            if let Some(status) = daemon.child.try_wait().unwrap() {
                return Err((status, daemon.said()));
            }
            assert!(started.elapsed() < PATIENCE, "the daemon does not answer");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(daemon)
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::new(Target {
            socket: self.data.join("run/panotti.sock"),
            trusted_users: vec![rustix::process::geteuid().as_raw()],
            private_folder: false,
            start_command: "panotti daemon start".into(),
        })
    }

    /// Runs a command against it.
    pub fn command(&self, arguments: &[&str]) -> Output {
        panotti(&self.data, &[]).args(arguments).output().unwrap()
    }

    /// What it said on stderr.
    fn said(&mut self) -> String {
        let mut said = String::new();
        self.stderr.rewind().unwrap();
        self.stderr.read_to_string(&mut said).unwrap();
        said
    }

    /// Whether it lives.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self, at_most: Duration) -> Option<ExitStatus> {
        let started = Instant::now();
        loop {
            match self.child.try_wait().unwrap() {
                None if started.elapsed() < at_most => std::thread::sleep(Duration::from_millis(1)),
                ended => return ended,
            }
        }
    }

    /// Tells it to stop and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.wait(PATIENCE).expect("the daemon stops when it is told to")
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("the daemon said: {}", self.said());
        }
    }
}

/// What a program that ended early said, where it is one of our failures.
pub fn failure(said: &str) -> Option<Failure> {
    said.lines().rev().find_map(|line| serde_json::from_str(line).ok())
}
