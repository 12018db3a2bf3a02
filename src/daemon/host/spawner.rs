//! The one thread that starts plugins' processes. It lives as long as the daemon, because the parent-death signal of what it
//! starts follows the thread, not the process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;

use tokio::sync::oneshot;

use super::init::tree::{ProcessTree, sweep};
use super::init::{INIT, PROBE, sys};

/// What to start.
#[derive(Debug)]
pub struct Launch {
    /// Program and arguments.
    pub program: Vec<OsString>,
    /// The whole environment.
    pub environment: BTreeMap<OsString, OsString>,
    /// The working folder.
    pub folder: PathBuf,
}

/// A started tree.
#[derive(Debug)]
pub struct Spawned {
    /// Process id of its init.
    pub pid: u32,
    /// Our end of the protocol's socket.
    pub socket: UnixStream,
    /// What it prints.
    pub stdout: Option<ChildStdout>,
    /// What it complains.
    pub stderr: Option<ChildStderr>,
    /// Told once the whole tree is gone: how it ended.
    pub ended: oneshot::Receiver<String>,
}

type Request = (Launch, oneshot::Sender<std::io::Result<Spawned>>);

/// The way to the thread. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Spawner {
    requests: mpsc::Sender<Request>,
    /// What keeps the trees together.
    pub tree: ProcessTree,
}

impl Spawner {
    /// Starts the thread. `tree` is `None` where this system decides.
    ///
    /// # Errors
    /// The system's, when `panotti` cannot be run or no thread be made.
    pub fn start(panotti: PathBuf, tree: Option<ProcessTree>) -> std::io::Result<Self> {
        let tree = match tree {
            Some(tree) => tree,
            None => probe(&panotti)?,
        };
        let (requests, queue) = mpsc::channel::<Request>();
        std::thread::Builder::new().name("spawner".to_owned()).spawn(move || {
            for (launch, reply) in queue {
                // Whoever asked may be gone: then the socket is dropped and the tree ends.
                let _ = reply.send(spawn(&panotti, tree, launch));
            }
        })?;
        Ok(Self { requests, tree })
    }

    /// Starts one tree.
    ///
    /// # Errors
    /// The system's.
    pub async fn spawn(&self, launch: Launch) -> std::io::Result<Spawned> {
        let (reply, answer) = oneshot::channel();
        let gone = || std::io::Error::other("the spawner thread has ended");
        self.requests.send((launch, reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn probe(panotti: &PathBuf) -> std::io::Result<ProcessTree> {
    let output = Command::new(panotti).args([INIT, PROBE]).stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    let word = String::from_utf8_lossy(&output.stdout);
    Ok(ProcessTree::from_word(word.trim()).unwrap_or(ProcessTree::Subreaper))
}

fn spawn(panotti: &PathBuf, tree: ProcessTree, launch: Launch) -> std::io::Result<Spawned> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let token = launch.environment.get(&OsString::from("PANOTTI_INSTANCE")).cloned().unwrap_or_default();
    let mut command = Command::new(panotti);
    command
        .args([INIT, tree.as_str(), &std::process::id().to_string(), "--"])
        .args(&launch.program)
        .env_clear()
        .envs(&launch.environment)
        .current_dir(&launch.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    sys::give_channel(&mut command, theirs.into());
    let mut child = command.spawn()?;
    // The command holds their end until it is dropped, and we would never see it close.
    drop(command);
    let (tell, ended) = oneshot::channel();
    let (pid, stdout, stderr) = (child.id(), child.stdout.take(), child.stderr.take());
    std::thread::Builder::new().name(format!("wait-{pid}")).spawn(move || {
        let status = child.wait();
        if tree == ProcessTree::Subreaper && !token.is_empty() {
            // Should somebody have killed the subreaper itself.
            sweep(&format!("PANOTTI_INSTANCE={}", token.to_string_lossy()));
        }
        let _ = tell.send(status.map_or_else(|error| format!("its end was missed: {error}"), words));
    })?;
    Ok(Spawned { pid, socket: ours, stdout, stderr, ended })
}

/// How a tree ended. The init gives 128 and the signal's number for a plugin that was killed.
fn words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) if code > 128 => format!("ended by signal {}", code - 128),
        (Some(code), _) => format!("exited with code {code}"),
        (None, signal) => format!("its init was ended by signal {}", signal.unwrap_or_default()),
    }
}
