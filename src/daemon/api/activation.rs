//! Sockets that the service manager has bound and hands over (systemd's socket activation): the daemon then listens on the network without
//! binding anything itself, so that a port below 1024 needs no privilege, and nobody is refused while it restarts.

use std::net::TcpListener;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

use panotti_protocol::failure::{ErrorCode, Failure};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketType, getsockname, sockopt};

/// The listener that was handed over, where one was. To be called once, at the start.
///
/// # Errors
/// `http.cannot_listen` where what was handed over is not one listening TCP socket.
pub fn inherited() -> Result<Option<TcpListener>, Failure> {
    let failed = |why: String| Failure::new(ErrorCode::HTTP_CANNOT_LISTEN, format!("what the service manager handed over: {why}"));
    let given: Vec<RawFd> = sd_notify::listen_fds().map_err(|error| failed(error.to_string()))?.collect();
    match given[..] {
        [] => Ok(None),
        [descriptor] => own(descriptor).map(Some).map_err(failed),
        _ => Err(failed(format!("{} sockets; the daemon takes one, for the network", given.len()))),
    }
}

/// Takes a descriptor that was handed over.
#[allow(unsafe_code)]
fn own(descriptor: RawFd) -> Result<TcpListener, String> {
    // SAFETY: `LISTEN_PID` says that the descriptor was opened for this process alone, and nothing has touched it since: this is called once.
    let socket = unsafe { OwnedFd::from_raw_fd(descriptor) };
    check(&socket).map(|()| TcpListener::from(socket))
}

fn check(socket: &OwnedFd) -> Result<(), String> {
    let told = |error: rustix::io::Errno| error.to_string();
    fcntl_setfd(socket, FdFlags::CLOEXEC).map_err(told)?;
    let family = getsockname(socket).map_err(|_| "it is no socket".to_owned())?.address_family();
    let listens = sockopt::socket_acceptconn(socket).map_err(told)?;
    let streams = sockopt::socket_type(socket).map_err(told)? == SocketType::STREAM;
    match [AddressFamily::INET, AddressFamily::INET6].contains(&family) && streams && listens {
        true => Ok(()),
        false => Err("it is no TCP socket that listens; the local socket is always the daemon's own".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn only_a_listening_tcp_socket_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let listener: OwnedFd = TcpListener::bind("127.0.0.1:0").unwrap().into();
        assert_eq!(check(&listener), Ok(()));
        let connected = std::net::TcpStream::connect(TcpListener::from(listener.try_clone().unwrap()).local_addr().unwrap()).unwrap();
        for other in [
            OwnedFd::from(connected),
            OwnedFd::from(UdpSocket::bind("127.0.0.1:0").unwrap()),
            OwnedFd::from(UnixListener::bind(folder.path().join("s")).unwrap()),
            OwnedFd::from(std::fs::File::open("/dev/null").unwrap()),
        ] {
            assert!(check(&other).is_err());
        }
    }
}
