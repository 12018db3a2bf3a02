//! TLS for the network listener: version 1.3 and nothing older. Certificate and key come from files that are checked before anybody is
//! listened to; reading them again changes what the next connections get, and leaves those that are there alone.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use panotti_protocol::api::{Check, TlsStatus};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::time::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{Error, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::certificate::Validity;
use super::limits::TLS_FILE_BYTES_MAX;
use crate::config::http::{HttpSettings, TlsFiles};

/// How long before its end a certificate is warned about.
pub const EXPIRY_WARNING: Duration = Duration::from_secs(21 * 86_400);
/// The protocol that is spoken over TLS.
const ALPN: &[u8] = b"http/1.1";

/// Certificate and key in force.
#[derive(Debug)]
pub struct Certificates {
    files: TlsFiles,
    current: ArcSwap<Current>,
}

struct Current {
    config: Arc<ServerConfig>,
    validity: Validity,
}

/// Certificate and key that hold, and are not in force yet.
#[derive(Debug)]
pub struct NextCertificate(Current);

impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.validity.fmt(f)
    }
}

impl Certificates {
    /// Reads what the settings name and says until when it holds; `None` where there is no TLS.
    ///
    /// # Errors
    /// `http.tls` where only one of the two files is named, or as [`Self::open`].
    pub fn of_settings(settings: &HttpSettings, now: Timestamp) -> Result<Option<Arc<Self>>, Failure> {
        let (certificate, key) = match (&settings.tls_certificate, &settings.tls_key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
            _ => {
                let detail = "of `http.tls_certificate` and `http.tls_key` only one is set";
                return Err(Failure::new(ErrorCode::HTTP_TLS, detail).next("set both, or neither"));
            }
        };
        let certificates = Self::open(TlsFiles { certificate, key })?;
        certificates.tell(now);
        Ok(Some(Arc::new(certificates)))
    }

    /// Reads and checks both files.
    ///
    /// # Errors
    /// `http.tls` where a file cannot be read, others can read the key, or the two are no pair.
    pub fn open(files: TlsFiles) -> Result<Self, Failure> {
        let current = ArcSwap::from_pointee(read(&files)?);
        Ok(Self { files, current })
    }

    /// Reads both files again, to be [taken](Self::take).
    ///
    /// # Errors
    /// As [`Self::open`]. Those in force stay.
    pub fn read_again(&self) -> Result<NextCertificate, Failure> {
        read(&self.files).map(NextCertificate).inspect_err(|failure| {
            tracing::error!(code = failure.code, detail = failure.detail, "the certificate is not replaced: the new one does not hold");
        })
    }

    /// New connections get this one. Whether it is another than before, as far as its validity tells.
    pub fn take(&self, NextCertificate(next): NextCertificate, now: Timestamp) -> bool {
        let validity = next.validity;
        let before = self.current.swap(Arc::new(next));
        self.tell(now);
        before.validity != validity
    }

    /// Says in the log until when the certificate holds.
    pub fn tell(&self, now: Timestamp) {
        let (file, until) = (self.files.certificate.display(), self.current.load().validity.until);
        match left(until, now) {
            None => tracing::error!(%file, %until, "the certificate has expired: clients will refuse it"),
            Some(left) if left < EXPIRY_WARNING => tracing::warn!(%file, %until, "the certificate expires soon"),
            Some(_) => tracing::info!(%file, %until, "TLS with this certificate"),
        }
    }

    /// What the next connection is to be accepted with.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.load().config))
    }

    /// How it is shown.
    pub fn status(&self) -> TlsStatus {
        let Validity { from, until } = self.current.load().validity;
        TlsStatus { certificate: self.files.certificate.display().to_string(), valid_from: from, valid_until: until }
    }

    /// What `panotti doctor` says of it.
    pub fn check(&self, name: &str, now: Timestamp) -> Check {
        let (file, validity) = (self.files.certificate.display(), self.current.load().validity);
        let renew = format!("renew {file}, then `kill -HUP` the daemon: connections stay");
        match left(validity.until, now) {
            None => Check::failed(name, format!("{file} has expired at {}", validity.until), renew),
            Some(_) if now < validity.from => {
                Check::failed(name, format!("{file} is not valid before {}", validity.from), "look at this machine's clock")
            }
            Some(left) if left < EXPIRY_WARNING => {
                Check::warning(name, format!("{file} expires in {} days, at {}", left.as_secs() / 86_400, validity.until), renew)
            }
            Some(_) => Check::ok(name, format!("{file}, until {}", validity.until)),
        }
    }
}

fn left(until: Timestamp, now: Timestamp) -> Option<Duration> {
    (now < until).then(|| until.since(now))
}

fn read(files: &TlsFiles) -> Result<Current, Failure> {
    let chain = read_chain(&files.certificate)?;
    let first = chain.first().ok_or_else(|| fault(&files.certificate, "there is no certificate in it"))?;
    let validity =
        Validity::of(first).ok_or_else(|| fault(&files.certificate, "its first certificate does not say how long it is valid"))?;
    let key = read_key(&files.key)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| Failure::new(ErrorCode::INTERNAL, format!("TLS cannot be set up: {error}")))?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key).map_err(|error| match error {
        Error::InconsistentKeys(_) => {
            fault(&files.key, &format!("it is not the key of the certificate in {}", files.certificate.display()))
                .next("name the key that the certificate was made for")
        }
        other => fault(&files.certificate, &format!("it cannot be used: {other}")),
    })?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(Current { config: Arc::new(config), validity })
}

fn read_chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let text = read_file(file)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    chain.map_err(|error| fault(file, &format!("it is no certificate in PEM: {error}")))
}

fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, Failure> {
    let found = fs::metadata(file).map_err(|error| fault(file, &error.to_string()))?;
    let own = rustix::process::geteuid().as_raw();
    if found.uid() != own && found.uid() != 0 {
        return Err(fault(file, &format!("it belongs to user {}", found.uid()))
            .next(format!("give it to the daemon's user: chown {own} {}", file.display())));
    }
    if found.permissions().mode() & 0o037 != 0 {
        let detail = format!("others can read or change it (mode {:04o})", found.mode() & 0o7777);
        return Err(fault(file, &detail).next(format!("chmod 600 {}", file.display())));
    }
    let text = zeroize::Zeroizing::new(read_file(file)?);
    // What the key is made of stands in no message.
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| fault(file, "there is no private key in PEM in it"))
}

fn read_file(file: &Path) -> Result<Vec<u8>, Failure> {
    let found = fs::metadata(file).map_err(|error| fault(file, &error.to_string()))?;
    if !found.is_file() || found.len() > TLS_FILE_BYTES_MAX {
        return Err(fault(file, "it is no file of a certificate or a key"));
    }
    fs::read(file).map_err(|error| fault(file, &error.to_string()))
}

fn fault(file: &Path, why: &str) -> Failure {
    Failure::new(ErrorCode::HTTP_TLS, format!("{}: {why}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn file(&self, name: &str, text: &str, mode: u32) -> PathBuf {
            let file = self.0.path().join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            file
        }
    }

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn a_certificate_and_its_key_are_read_and_what_is_no_pair_is_refused_by_name() {
        let folder = Folder::new();
        let ((certificate, key), (_, other_key)) = (pair(), pair());
        let certificate = folder.file("tls.crt", &certificate, 0o644);
        let good = folder.file("tls.key", &key, 0o640);
        let open =
            |certificate: &Path, key: &Path| Certificates::open(TlsFiles { certificate: certificate.to_owned(), key: key.to_owned() });

        let read = open(&certificate, &good).unwrap();
        assert!(read.status().valid_from < read.status().valid_until);
        for (certificate, key, why) in [
            (&certificate, &folder.file("other.key", &other_key, 0o600), "not the key of the certificate"),
            (&certificate, &folder.file("open.key", &key, 0o644), "mode 0644"),
            (&certificate, &folder.file("no.key", "nothing", 0o600), "no private key"),
            (&certificate, &certificate, "mode 0644"),
            (&folder.file("no.crt", "nothing", 0o644), &good, "no certificate"),
            (&folder.0.path().join("none"), &good, "No such file"),
            (&folder.0.path().to_owned(), &good, "no file"),
        ] {
            let failure = open(certificate, key).unwrap_err();
            assert!(failure.is(ErrorCode::HTTP_TLS) && failure.detail.contains(why), "{why}: {failure}");
            assert!(!failure.detail.contains("PRIVATE KEY"), "{failure}");
        }
    }

    #[test]
    fn a_certificate_that_ends_soon_is_a_warning_and_one_that_has_ended_a_failure() {
        let folder = Folder::new();
        let (certificate, key) = pair();
        let files = TlsFiles { certificate: folder.file("tls.crt", &certificate, 0o644), key: folder.file("tls.key", &key, 0o600) };
        let read = Certificates::open(files).unwrap();
        let TlsStatus { valid_from, valid_until, .. } = read.status();
        let status = |now: Timestamp| read.check("tls", now).status;

        assert_eq!(status(valid_from), Check::ok("", "").status);
        assert_eq!(status(valid_until - EXPIRY_WARNING), Check::ok("", "").status);
        assert_eq!(status(valid_until - EXPIRY_WARNING + Duration::from_secs(1)), Check::warning("", "", "").status);
        assert_eq!(status(valid_until), Check::failed("", "", "").status);
        assert_eq!(status(valid_from - Duration::from_secs(1)), Check::failed("", "", "").status);
    }
}
