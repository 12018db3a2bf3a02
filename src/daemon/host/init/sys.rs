//! The few calls that no safe function offers: a given descriptor number in a child, and leaving the present namespaces.
//! Nothing else in the host is `unsafe`.

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::io::FdFlags;
use rustix::thread::UnshareFlags;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The descriptor on which a plugin finds the protocol, and a command of the exec runtime what it emits to.
pub const CHANNEL: RawFd = 3;

/// Makes `descriptor` number 3 in the process that the command starts. Everything else keeps being closed there.
#[allow(unsafe_code)]
pub fn give_channel(command: &mut Command, descriptor: OwnedFd) {
    let give = move || {
        if descriptor.as_raw_fd() == CHANNEL {
            return Ok(rustix::io::fcntl_setfd(&descriptor, FdFlags::empty())?);
        }
        // SAFETY: number 3 belongs to nobody in the child, which replaces itself right after this. `into_raw_fd` below gives the
        // ownership up again, so that it stays open.
        let mut channel = unsafe { OwnedFd::from_raw_fd(CHANNEL) };
        let result = rustix::io::dup2(&descriptor, &mut channel);
        let _ = channel.into_raw_fd();
        Ok(result?)
    };
    // SAFETY: the closure makes one system call, dup2 or fcntl; it allocates nothing and takes no lock.
    unsafe { command.pre_exec(give) };
}

/// A duplicate of descriptor 3 that children don't get.
///
/// # Errors
/// The system's, when there is no descriptor 3.
#[allow(unsafe_code)]
pub fn channel() -> rustix::io::Result<OwnedFd> {
    // SAFETY: if number 3 is open it stays open during this call: nothing in this process closes it. If it isn't, the call fails.
    let channel = unsafe { BorrowedFd::borrow_raw(CHANNEL) };
    rustix::io::fcntl_dupfd_cloexec(channel, 10)
}

/// Keeps a descriptor from children, or lets them have it.
///
/// # Errors
/// The system's, when it is not open.
#[allow(unsafe_code)]
pub fn set_inherited(descriptor: RawFd, inherited: bool) -> rustix::io::Result<()> {
    // SAFETY: only a flag changes; if the number is not open the call fails.
    let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
    rustix::io::fcntl_setfd(borrowed, if inherited { FdFlags::empty() } else { FdFlags::CLOEXEC })
}

/// Leaves the namespaces named. Children are born in new ones.
///
/// # Errors
/// The system's, when that is not allowed here.
#[allow(unsafe_code)]
pub fn unshare(flags: UnshareFlags) -> rustix::io::Result<()> {
    debug_assert!(!flags.contains(UnshareFlags::FILES));
    // SAFETY: what is unsafe about it is only a table of descriptors of one's own (`FILES`), which nobody asks for here.
    unsafe { rustix::thread::unshare_unsafe(flags) }
}

/// Watches a descriptor for hang-up: priority data, which is asked for, never comes on a socket or pipe of ours.
///
/// # Errors
/// The system's.
#[allow(unsafe_code)]
pub fn watch(descriptor: OwnedFd) -> std::io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: the descriptor is owned by what is returned, so it stays open and the same for as long as it is registered.
    Ok(unsafe { AsyncFd::register_with_interest(descriptor, Interest::PRIORITY) }?)
}
