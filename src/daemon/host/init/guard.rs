//! Starts one process and looks after it until it has ended: hands SIGTERM on, reaps whatever comes, and kills the tree as soon as
//! the daemon is gone. It never waits for a process that was told to die and does not.

use std::os::fd::OwnedFd;
use std::process::Command;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::signal::unix::{SignalKind, signal};

use super::{sys, tree};

/// What to start, and what killing its tree means.
pub struct Guard {
    /// The process to start.
    pub command: Command,
    /// How its tree is killed.
    pub kill: Kill,
    /// Descriptors that hang up when there is nobody left to work for, beside the protocol's socket.
    pub life: Vec<OwnedFd>,
}

/// How a tree is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kill {
    /// The child is process 1 of a namespace: killing it is enough.
    Child,
    /// This is process 1 of a namespace: ending is enough.
    MyselfAsFirst,
    /// Orphans come back here: every descendant is killed.
    Descendants,
}

impl Kill {
    fn tree(self, child: Pid) {
        match self {
            Self::Child => {
                let _ = rustix::process::kill_process(child, Signal::KILL);
            }
            Self::MyselfAsFirst => std::process::exit(128 + Signal::KILL.as_raw()),
            Self::Descendants => tree::kill_descendants(),
        }
    }
}

/// Starts the process and stays until it and its tree have ended. Gives its exit code, or 128 and the signal that ended it.
///
/// # Errors
/// A sentence when it could not be started.
pub fn run(mut guard: Guard) -> Result<u8, String> {
    let channel = sys::channel().map_err(|error| format!("descriptor 3 is not open: {error}"))?;
    guard.life.push(channel);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(|error| format!("signals cannot be received: {error}"))?;
    runtime.block_on(look_after(guard))
}

async fn look_after(mut guard: Guard) -> Result<u8, String> {
    let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be received: {error}"));
    // Before the child exists, so that none of its signals is missed.
    let (mut children, mut terminate, mut hangup) =
        (listen(SignalKind::child())?, listen(SignalKind::terminate())?, listen(SignalKind::hangup())?);
    let program = guard.command.get_program().to_string_lossy().into_owned();
    let started = guard.command.spawn().map_err(|error| format!("`{program}` cannot be run: {error}"))?;
    let child = i32::try_from(started.id()).ok().and_then(Pid::from_raw).ok_or("the system gave a process id of 0")?;
    let watched = guard.life.into_iter().map(sys::watch);
    let life: Vec<AsyncFd<OwnedFd>> =
        watched.collect::<Result<_, _>>().map_err(|error| format!("its life line cannot be watched: {error}"))?;
    let kill = guard.kill;
    let mut alone = false;
    loop {
        if let Some(status) = reap(child) {
            if kill == Kill::Descendants {
                tree::kill_descendants();
            }
            return Ok(exit_code(status));
        }
        tokio::select! {
            _ = children.recv() => {}
            _ = terminate.recv() => {
                let _ = rustix::process::kill_process(child, Signal::TERM);
            }
            _ = hangup.recv() => kill.tree(child),
            () = any_hangs_up(&life), if !alone => {
                alone = true;
                kill.tree(child);
            }
        }
    }
}

/// Returns when one of the descriptors has nobody at its other end. Only what is told without being asked for is waited for:
/// hang-up and error. Data that comes for the plugin wakes nobody here.
async fn any_hangs_up(life: &[AsyncFd<OwnedFd>]) {
    let hangs_up = life.iter().map(|descriptor| Box::pin(async move { while !hung_up(descriptor).await {} }));
    futures_util::future::select_all(hangs_up).await;
}

async fn hung_up(descriptor: &AsyncFd<OwnedFd>) -> bool {
    let Ok(mut ready) = descriptor.ready(Interest::PRIORITY).await else { return true };
    let mut asked = [PollFd::new(descriptor.get_ref(), PollFlags::empty())];
    // With a time of nothing: what is the case now.
    let gone = poll(&mut asked, Some(&rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 })).is_err() || !asked[0].revents().is_empty();
    ready.clear_ready();
    gone
}

/// Takes in every child that has ended; gives the status of `child` if it is among them.
fn reap(child: Pid) -> Option<WaitStatus> {
    let mut ended = None;
    while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
        if pid == child {
            ended = Some(status);
        }
    }
    ended
}

fn exit_code(status: WaitStatus) -> u8 {
    let code = match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(code).unwrap_or(1)
}
