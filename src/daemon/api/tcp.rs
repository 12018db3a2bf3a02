//! The network: one address at which the API is served to whoever has a key. Listens when the settings say so, or as long as there is a
//! key, at an address of its own or on a socket that the service manager hands over; an address that other machines reach needs TLS, or a
//! setting that says otherwise.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use panotti_protocol::api::HttpStatus;
use panotti_protocol::failure::{ErrorCode, Failure};
use rustix::net::sockopt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

use super::http::connection::Service;
use super::http::gate::OwnAddress;
use super::http::limits::{ACCEPT_PAUSE, BUSY_RETRY_SECONDS, HEAD_TIME_MAX, IPV6_NETWORK_BITS, LISTEN_PAUSE};
use super::http::seats::{Seat, SeatLimits, Seats};
use super::principal::RemoteAddress;
use super::tls::Certificates;
use crate::config::http::{HttpSettings, HttpWhen};

/// A connection whose other end says nothing is asked after this long whether it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// The network listener.
#[derive(Debug)]
pub struct TcpDoor {
    settings: HttpSettings,
    seats: Seats<IpAddr>,
    /// Whether there is a key: whoever makes and removes keys sends it.
    keys: watch::Receiver<bool>,
    status: watch::Sender<HttpStatus>,
    /// Bound at the start, so that an address that is taken is told where somebody sees it.
    first: Option<TcpListener>,
    /// Handed over by the service manager: listened on instead of an address of one's own.
    inherited: Option<std::net::TcpListener>,
    certificates: Option<Arc<Certificates>>,
}

/// What the network listener is opened with beside its settings.
#[derive(Debug)]
pub struct Given {
    /// Whether there is a key, told whenever that changes.
    pub keys: watch::Receiver<bool>,
    /// The socket that the service manager hands over.
    pub inherited: Option<std::net::TcpListener>,
    /// Certificate and key, where there is TLS.
    pub certificates: Option<Arc<Certificates>>,
}

impl TcpDoor {
    /// Checks the settings, and listens where it is already time to.
    ///
    /// # Errors
    /// `http.public` where other machines would reach it without TLS; `http.cannot_listen`.
    pub async fn open(mut settings: HttpSettings, given: Given) -> Result<Self, Failure> {
        let Given { keys, inherited, certificates } = given;
        if let Some(address) = inherited.as_ref().and_then(|listener| listener.local_addr().ok()) {
            settings.listen = address;
        }
        let reachable = !settings.listen.ip().to_canonical().is_loopback();
        let clear = certificates.is_none();
        if settings.when != HttpWhen::Off && reachable && clear && !settings.insecure {
            let detail = format!("`http.listen` is {}, which other machines reach, and there is no TLS", settings.listen);
            return Err(Failure::new(ErrorCode::HTTP_PUBLIC, detail));
        }
        let limits = SeatLimits { all_max: settings.connections_max, per_holder_max: settings.connections_per_address_max };
        let status =
            HttpStatus { address: settings.listen.to_string(), tls: !clear, insecure: reachable && clear, ..HttpStatus::default() };
        let status = watch::Sender::new(status);
        let mut door = Self { settings, seats: Seats::new(limits), keys, status, first: None, inherited, certificates };
        if door.is_wanted() {
            let listener = door.bind().await;
            let cannot = |error| Failure::new(ErrorCode::HTTP_CANNOT_LISTEN, format!("listening at {}: {error}", door.settings.listen));
            door.first = Some(listener.map_err(cannot)?);
        }
        Ok(door)
    }

    async fn bind(&self) -> io::Result<TcpListener> {
        match &self.inherited {
            None => TcpListener::bind(self.settings.listen).await,
            Some(inherited) => {
                let listener = inherited.try_clone()?;
                listener.set_nonblocking(true)?;
                TcpListener::from_std(listener)
            }
        }
    }

    /// How it is doing, now and later.
    pub fn status(&self) -> watch::Receiver<HttpStatus> {
        self.status.subscribe()
    }

    fn is_wanted(&self) -> bool {
        match self.settings.when {
            HttpWhen::On => true,
            HttpWhen::Off => false,
            HttpWhen::Auto => *self.keys.borrow(),
        }
    }

    /// Serves whoever connects, each connection in a task of its own, until the daemon stops. Begins and ends to listen with the keys.
    pub async fn serve(mut self, service: Service, tasks: TaskTracker) {
        let stopping = service.stopping.clone();
        stopping.run_until_cancelled(self.listen_when_wanted(&service, &tasks)).await;
        self.status.send_modify(|status| status.listening = false);
    }

    async fn listen_when_wanted(&mut self, service: &Service, tasks: &TaskTracker) {
        loop {
            if !self.is_wanted() {
                // Without anybody to make keys, it stays as it is.
                if self.keys.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                continue;
            }
            let listener = match self.first.take() {
                Some(listener) => Ok(listener),
                None => self.bind().await,
            };
            match listener {
                Ok(listener) => self.listen(listener, service, tasks).await,
                Err(error) => {
                    tracing::error!(address = %self.settings.listen, %error, "cannot listen on the network; it is tried again");
                    self.status.send_modify(|status| status.problem = Some(format!("listening at {}: {error}", self.settings.listen)));
                    tokio::time::sleep(LISTEN_PAUSE).await;
                }
            }
        }
    }

    /// Accepts for as long as that is wanted.
    async fn listen(&mut self, listener: TcpListener, service: &Service, tasks: &TaskTracker) {
        let address = listener.local_addr().unwrap_or(self.settings.listen);
        tracing::info!(%address, insecure = self.status.borrow().insecure, "listening on the network");
        self.status.send_modify(|status| {
            status.listening = true;
            status.address = address.to_string();
            status.problem = None;
        });
        let mut keys = self.keys.clone();
        while self.is_wanted() {
            tokio::select! {
                Ok(()) = keys.changed() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, remote)) => self.admit(stream, remote, service, tasks),
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        self.status.send_modify(|status| status.listening = false);
        tracing::info!(%address, "no longer listening on the network: there is no key");
    }

    fn admit(&self, stream: TcpStream, remote: SocketAddr, service: &Service, tasks: &TaskTracker) {
        match self.seats.take(network(remote.ip())) {
            Ok(seat) => {
                let acceptor = self.certificates.as_ref().map(|certificates| certificates.acceptor());
                tasks.spawn(serve((stream, acceptor), remote, service.clone(), seat));
            }
            Err(full) => {
                if full.first {
                    tracing::warn!(%remote, "too many connections: those that come now are refused");
                }
                // Over TLS there is no telling before the handshake, which is what there is no room for.
                if self.certificates.is_none() {
                    refuse(&stream);
                }
            }
        }
    }
}

/// What connections of an address are counted under.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - IPV6_NETWORK_BITS)))),
        address @ IpAddr::V4(_) => address,
    }
}

/// Says that there is no room, to whoever listens, without waiting.
fn refuse(stream: &TcpStream) {
    let failure =
        Failure { retry_after: Some(BUSY_RETRY_SECONDS), ..Failure::new(ErrorCode::OVERLOADED, "there are too many connections") };
    let Ok(body) = serde_json::to_vec(&failure) else { return };
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: {BUSY_RETRY_SECONDS}\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    // Not to be told is no loss.
    let _ = stream.try_write(&[head.as_bytes(), &body].concat());
}

async fn serve((stream, acceptor): (TcpStream, Option<TlsAcceptor>), remote: SocketAddr, service: Service, seat: Seat<IpAddr>) {
    // A connection that cannot be set up so is closed already, which reading it tells.
    let _ = prepare(&stream);
    let mut about = Extensions::new();
    about.insert(ConnectInfo(RemoteAddress(remote)));
    about.insert(RemoteAddress(remote));
    if let Ok(own) = stream.local_addr() {
        about.insert(OwnAddress(own));
    }
    match acceptor {
        None => service.serve(stream, about).await,
        Some(acceptor) => {
            let shaken = tokio::time::timeout(HEAD_TIME_MAX, acceptor.accept(stream));
            match service.stopping.run_until_cancelled(shaken).await {
                Some(Ok(Ok(stream))) => service.serve(stream, about).await,
                Some(Ok(Err(error))) => tracing::debug!(%remote, %error, "no TLS came about"),
                Some(Err(_)) | None => {}
            }
        }
    }
    drop(seat);
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, KEEP_ALIVE)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::http::KeyRates;

    fn settings(listen: &str) -> HttpSettings {
        HttpSettings {
            when: HttpWhen::Auto,
            listen: listen.parse().unwrap(),
            hosts: Vec::new(),
            tls_certificate: None,
            tls_key: None,
            insecure: false,
            connections_max: 8,
            connections_per_address_max: 4,
            rates: KeyRates { requests: 1, events: 1 },
        }
    }

    async fn open(settings: HttpSettings) -> Result<TcpDoor, Failure> {
        TcpDoor::open(settings, Given { keys: watch::Sender::new(false).subscribe(), inherited: None, certificates: None }).await
    }

    #[tokio::test]
    async fn an_address_that_others_reach_is_refused_without_tls_unless_a_setting_says_so() {
        for public in ["0.0.0.0:0", "[::]:0", "192.0.2.1:7700", "[::ffff:192.0.2.1]:7700"] {
            assert!(open(settings(public)).await.unwrap_err().is(ErrorCode::HTTP_PUBLIC), "{public}");
            let insecure = open(HttpSettings { insecure: true, ..settings(public) }).await.unwrap();
            assert!(insecure.status().borrow().insecure, "and it is seen");
            assert!(open(HttpSettings { when: HttpWhen::Off, ..settings(public) }).await.is_ok(), "nobody reaches what is off");
        }
        for own in ["127.0.0.1:0", "127.9.9.9:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
            assert!(!open(settings(own)).await.unwrap().status().borrow().insecure, "{own}");
        }
    }

    #[tokio::test]
    async fn a_socket_that_was_handed_over_is_judged_by_its_own_address_and_listened_on() {
        let given = |address: &str| Given {
            keys: watch::Sender::new(true).subscribe(),
            inherited: Some(std::net::TcpListener::bind(address).unwrap()),
            certificates: None,
        };
        assert!(TcpDoor::open(settings("127.0.0.1:0"), given("0.0.0.0:0")).await.unwrap_err().is(ErrorCode::HTTP_PUBLIC));
        let own = given("127.0.0.1:0");
        let address = own.inherited.as_ref().unwrap().local_addr().unwrap();
        let door = TcpDoor::open(settings("0.0.0.0:0"), own).await.unwrap();
        assert_eq!(door.status().borrow().address, address.to_string());
        assert_eq!(door.first.unwrap().local_addr().unwrap(), address);
    }

    #[test]
    fn connections_are_counted_by_address_and_of_ipv6_by_network() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::1"), "::");
    }
}
