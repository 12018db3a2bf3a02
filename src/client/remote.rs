//! A daemon over the network: where it is, and TLS to it. A server whose certificate is not trusted gets nothing, not even the request.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::{HeaderValue, Uri};
use panotti_protocol::failure::{ErrorCode, Failure};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::connection::innermost;

/// The port where a URL names none.
const PORT: u16 = 7700;
/// Where systems keep the certificates that they trust, in one file.
const SYSTEM_CERTIFICATES: [&str; 4] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

/// A daemon over the network.
#[derive(Clone)]
pub struct Remote {
    url: String,
    host: String,
    port: u16,
    authority: HeaderValue,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.url)
    }
}

/// Which certificates are trusted.
#[derive(Debug, Clone)]
pub enum Trusted {
    /// Those of a file, and no others.
    File(PathBuf),
    /// Those that the system trusts; of this file, where its usual variable names one.
    System(Option<PathBuf>),
}

/// A connection to it.
#[derive(Debug)]
pub(super) enum Wire {
    /// Without TLS.
    Plain(TcpStream),
    /// With TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Remote {
    /// Reads a URL: `https://HOST:PORT`, or `http://` where there is no TLS.
    ///
    /// # Errors
    /// `usage` where it is no such URL; `input.unreadable` where the certificates to trust cannot be read.
    pub fn new(url: &str, trusted: &Trusted) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            // A URL may have a secret in it, so it is not repeated.
            Failure::new(ErrorCode::USAGE, format!("the URL of the daemon does not hold: {why}"))
                .why("It names the daemon and nothing else; keys never stand in it.")
                .next("write it like `https://panotti.example:7700`")
        };
        let uri: Uri = url.trim().parse().map_err(|_| wrong("it cannot be read"))?;
        let host = uri.host().ok_or_else(|| wrong("there is no host in it"))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong("it begins with neither `https://` nor `http://`")),
        };
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(wrong("there is a user in it"));
        }
        if uri.path_and_query().is_some_and(|path| !matches!(path.as_str(), "" | "/")) {
            return Err(wrong("there is a path in it"));
        }
        let port = uri.port_u16().unwrap_or(PORT);
        let authority = HeaderValue::try_from(format!("{host}:{port}")).map_err(|_| wrong("its host is none"))?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let tls = match tls {
            true => {
                let name = ServerName::try_from(bare.clone()).map_err(|_| wrong("its host is no name that a certificate can have"))?;
                Some((connector(trusted)?, name))
            }
            false => None,
        };
        let url = format!("{}://{host}:{port}", if tls.is_some() { "https" } else { "http" });
        Ok(Self { url, host: bare, port, authority, tls })
    }

    /// Its URL, complete.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What requests name as their host.
    pub(super) fn authority(&self) -> HeaderValue {
        self.authority.clone()
    }

    /// Whether what is sent can be read on the way: there is no TLS, and it leaves this machine.
    pub fn is_exposed(&self) -> bool {
        let own = self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
        self.tls.is_none() && !own
    }

    /// Connects.
    pub(super) async fn connect(&self) -> Result<Wire, Failure> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|error| self.unreachable(&error))?;
        // Where this is refused the connection is only slower.
        let _ = stream.set_nodelay(true);
        match &self.tls {
            None => Ok(Wire::Plain(stream)),
            Some((connector, name)) => {
                let stream = connector.connect(name.clone(), stream).await.map_err(|error| self.not_trusted(&error))?;
                Ok(Wire::Tls(Box::new(stream)))
            }
        }
    }

    /// The failure of a connection that came to nothing.
    fn unreachable(&self, error: &std::io::Error) -> Failure {
        let failure = Failure::new(ErrorCode::DAEMON_UNREACHABLE, format!("no panotti daemon at {}", self.url));
        match error.kind() {
            std::io::ErrorKind::ConnectionRefused => failure
                .why("Nothing listens there. A daemon listens on the network as long as it has a key.")
                .next("look at `panotti daemon status` on its machine: it says where it listens"),
            _ => failure.why(format!("Connecting failed: {error}.")).next("look at the name, the port, and what lies between"),
        }
    }

    /// The same where no connection was there in time.
    pub(super) fn silent(&self) -> Failure {
        self.unreachable(&std::io::Error::from(std::io::ErrorKind::TimedOut))
    }

    /// The failure of a connection that ended during a request.
    pub(super) fn lost(&self, detail: &str) -> Failure {
        Failure::new(ErrorCode::DAEMON_UNREACHABLE, detail).why("The daemon was stopped, or something between cut it off.").next(
            if self.tls.is_some() {
                "try again; look at `panotti daemon status` on its machine"
            } else {
                "try again; where the daemon speaks TLS, write `https://`"
            },
        )
    }

    fn not_trusted(&self, error: &std::io::Error) -> Failure {
        let failure =
            |why: String| Failure::new(ErrorCode::DAEMON_TLS, format!("TLS with {} came to nothing; nothing was sent", self.url)).why(why);
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
                failure("Whoever signed its certificate is not trusted here.".to_owned())
                    .next("name the file with the certificate of whoever signed it with `--ca-file` or `PANOTTI_CA_FILE`")
            }
            Some(Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. })) => {
                failure(format!("Its certificate is not for `{}`.", self.host)).next("use a name that stands in its certificate")
            }
            Some(Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => {
                failure("Its certificate has expired.".to_owned()).next("renew it on the daemon's machine, then `kill -HUP` the daemon")
            }
            Some(Error::InvalidMessage(_)) => {
                failure("What came back is not TLS.".to_owned()).next("where the daemon speaks no TLS, write `http://`")
            }
            _ => failure(format!("{}.", innermost(error))).next("look at the log of the daemon"),
        }
    }
}

/// TLS 1.3 with what is trusted.
fn connector(trusted: &Trusted) -> Result<TlsConnector, Failure> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("TLS cannot be set up: {error}")))?;
    let config = builder.with_root_certificates(roots(trusted)?).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(trusted: &Trusted) -> Result<RootCertStore, Failure> {
    let file = match trusted {
        Trusted::File(file) | Trusted::System(Some(file)) => file.clone(),
        Trusted::System(None) => {
            let found = SYSTEM_CERTIFICATES.iter().map(Path::new).find(|file| file.is_file());
            found.map(Path::to_owned).ok_or_else(|| {
                Failure::new(
                    ErrorCode::INPUT_UNREADABLE,
                    "this system has no file of certificates that it trusts, where such files usually are",
                )
                .next("install `ca-certificates`, or name a file with `--ca-file` or `PANOTTI_CA_FILE`")
            })?
        }
    };
    let unreadable = |why: String| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("{}: {why}", file.display()));
    let text = fs::read(&file).map_err(|error| unreadable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| unreadable(format!("it is no certificate in PEM: {error}")))?;
        match (roots.add(certificate), trusted) {
            (Ok(()), _) => {}
            // Systems have old certificates among theirs that cannot be used; one that was named must hold.
            (Err(_), Trusted::System(_)) => {}
            (Err(error), Trusted::File(_)) => return Err(unreadable(format!("a certificate in it does not hold: {error}"))),
        }
    }
    match roots.is_empty() {
        true => Err(unreadable("there is no certificate in it".to_owned())),
        false => Ok(roots),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(url: &str) -> Result<Remote, Failure> {
        Remote::new(url, &Trusted::System(None))
    }

    #[test]
    fn a_url_names_a_daemon_and_nothing_else() {
        let plain = |url: &str| remote(url).map(|remote| (remote.url().to_owned(), remote.is_exposed()));
        assert_eq!(plain("http://127.0.0.1:1234").unwrap(), ("http://127.0.0.1:1234".to_owned(), false));
        assert_eq!(plain("http://localhost/").unwrap(), ("http://localhost:7700".to_owned(), false));
        assert_eq!(plain("http://[::1]:80").unwrap(), ("http://[::1]:80".to_owned(), false));
        assert_eq!(plain("http://panotti.example").unwrap(), ("http://panotti.example:7700".to_owned(), true));
        for bad in ["", "localhost:7700", "ftp://a", "http://", "http://a/b", "http://a?key=pnt_x", "http://user:pnt_x@a", "http://a b"] {
            let failure = remote(bad).unwrap_err();
            assert!(failure.is(ErrorCode::USAGE) && !failure.to_string().contains("pnt_x"), "{bad}: {failure}");
        }
    }

    #[test]
    fn what_is_named_as_trusted_must_hold() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        for (text, why) in [("", "no certificate in it"), ("-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n", "PEM")] {
            fs::write(&file, text).unwrap();
            let failure = Remote::new("https://a", &Trusted::File(file.clone())).unwrap_err();
            assert!(failure.detail.contains(why), "{failure}");
        }
        assert!(Remote::new("https://a", &Trusted::File(folder.path().join("none"))).unwrap_err().is(ErrorCode::INPUT_UNREADABLE));
    }
}
