//! A daemon as a child process on a folder: started and waited for, killed, stopped, asked. It never outlives its value.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use panotti::client::{Client, Target};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::http::{Answer, Connection};
use super::scratch::Scratch;
use super::{PATIENCE, until};

/// A running daemon.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    socket: PathBuf,
    output: PathBuf,
}

impl Daemon {
    /// Starts it on the folder's data folder and waits until it is ready.
    pub fn start(scratch: &Scratch) -> Self {
        Self::start_with(scratch, &[], &[])
    }

    /// The same with more arguments of `daemon run` and variables of the environment.
    pub fn start_with(scratch: &Scratch, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut daemon = Self::spawn(scratch, arguments, variables);
        daemon.wait_until_ready();
        daemon
    }

    /// Starts it and waits for nothing.
    pub fn spawn(scratch: &Scratch, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = scratch.panotti(&["daemon", "run"]);
        command.args(arguments).envs(variables.iter().copied());
        Self::spawn_command(scratch, command)
    }

    /// Starts it through a command of the caller's, `strace` for one.
    pub fn spawn_command(scratch: &Scratch, mut command: Command) -> Self {
        let output = scratch.path().join("daemon.output");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&output).unwrap();
        command.stdout(file.try_clone().unwrap()).stderr(file);
        Self { child: command.spawn().unwrap(), socket: scratch.socket(), output }
    }

    /// A start that is refused: the exit code, and what it said. Fails where it is not.
    pub fn refused(scratch: &Scratch) -> (Option<i32>, String) {
        let _ = std::fs::remove_file(scratch.path().join("daemon.output"));
        let mut daemon = Self::spawn(scratch, &[], &[]);
        let status = daemon.wait();
        (status.code(), daemon.output())
    }

    /// Where its socket is not in the usual place.
    pub fn at(mut self, socket: &Path) -> Self {
        socket.clone_into(&mut self.socket);
        self
    }

    /// Waits until `/readyz` says so; fails with what the daemon said where it ended instead.
    pub fn wait_until_ready(&mut self) {
        let ready = until("the daemon is ready or ends", || match self.child.try_wait().unwrap() {
            Some(status) => Some(Err(status)),
            None => self.is_ready().then_some(Ok(())),
        });
        assert_eq!(ready, Ok(()), "the daemon ended: {}", self.output());
    }

    pub fn is_ready(&self) -> bool {
        let asked = Connection::open(&self.socket).and_then(|mut connection| connection.get("/readyz"));
        asked.is_ok_and(|answer| answer.status == 200)
    }

    /// What it has printed.
    pub fn output(&self) -> String {
        std::fs::read_to_string(&self.output).unwrap_or_default()
    }

    /// The id of the process that was started.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(mut self) {
        kill(self.pid());
        self.child.wait().unwrap();
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(pid(self.pid()), signal).unwrap();
    }

    /// SIGTERM, and waits until it has ended.
    pub fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Waits until it has ended.
    pub fn wait(&mut self) -> ExitStatus {
        until("the daemon has ended", || self.child.try_wait().unwrap())
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// A connection of its own.
    pub fn connect(&self) -> Connection {
        Connection::open(&self.socket).unwrap()
    }

    /// Where it listens on the network.
    pub fn network(&self) -> SocketAddr {
        until("the daemon listens on the network", || {
            let http = self.get("/status").json()["http"].clone();
            (http["listening"] == true).then(|| http["address"].as_str().unwrap().parse().unwrap())
        })
    }

    /// One `GET` on a connection of its own.
    pub fn get(&self, path: &str) -> Answer {
        self.connect().get(path).unwrap()
    }

    /// One `POST` of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.connect().post(path, "application/json", body.to_string().as_bytes()).unwrap()
    }

    /// The typed client of it.
    pub fn client(&self) -> Client {
        Client::new(Target {
            socket: self.socket.clone(),
            trusted_users: vec![rustix::process::geteuid().as_raw()],
            private_folder: false,
            start_command: "panotti daemon start".to_owned(),
        })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            // It has ended by itself where this fails.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// `kill -9` by id. A process that is gone already is as good.
pub fn kill(process: u32) {
    let _ = kill_process(pid(process), Signal::KILL);
}

/// SIGTERM by id. A process that is gone already is as good.
pub fn terminate(process: u32) {
    let _ = kill_process(pid(process), Signal::TERM);
}

fn pid(process: u32) -> Pid {
    Pid::from_raw(i32::try_from(process).unwrap()).unwrap()
}

/// Runs something of the typed client to its end.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, work).await.expect("the daemon answers in time") })
}
