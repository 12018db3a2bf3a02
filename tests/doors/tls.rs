//! TLS: what is spoken, who is trusted, what is refused at the start, and a certificate that changes while connections are open.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use panotti::client::Client;
use panotti::client::remote::{Remote, Trusted};
use panotti_protocol::failure::{ErrorCode, Failure};
use rustix::process::Signal;
use serde_json::json;

use super::ON;
use crate::flows::keys::make_key;
use crate::support::daemon::{Daemon, block_on};
use crate::support::scratch::{Scratch, told};
use crate::support::{PATIENCE, until};

/// Whoever signs certificates, with the file that names it as trusted.
struct Authority {
    signer: rcgen::CertifiedIssuer<'static, rcgen::KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(scratch: &Scratch, name: &str) -> Self {
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
        let signer = rcgen::CertifiedIssuer::self_signed(parameters, rcgen::KeyPair::generate().unwrap()).unwrap();
        let file = write(&scratch.path().join(format!("{name}.pem")), &signer.pem(), 0o644);
        Self { signer, file }
    }

    /// Makes certificate and key for this machine in the daemon's files; ends after so many days.
    fn sign(&self, files: &Files, days: u64) {
        let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        parameters.not_after = rcgen::date_time_ymd(1970, 1, 1) + since_1970 + Duration::from_secs(days * 86_400);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.signer).unwrap();
        write(&files.certificate, &certificate.pem(), 0o644);
        write(&files.key, &key.serialize_pem(), 0o600);
    }
}

/// The daemon's certificate and key.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn of(scratch: &Scratch) -> Self {
        Self { certificate: scratch.path().join("tls.crt"), key: scratch.path().join("tls.key") }
    }

    /// The variables that name them.
    fn variables(&self) -> [(&str, &str); 2] {
        [("PANOTTI_HTTP__TLS_CERTIFICATE", self.certificate.to_str().unwrap()), ("PANOTTI_HTTP__TLS_KEY", self.key.to_str().unwrap())]
    }
}

fn write(file: &Path, text: &str, mode: u32) -> PathBuf {
    // In one step, as those do that renew certificates.
    let new = file.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(mode)).unwrap();
    fs::rename(new, file).unwrap();
    file.to_owned()
}

fn client(address: SocketAddr, trusted: &Authority) -> Client {
    Client::remote(Remote::new(&format!("https://localhost:{}", address.port()), &Trusted::File(trusted.file.clone())).unwrap())
}

fn live(client: &mut Client) -> Result<(), Failure> {
    block_on(client.live()).map(|_| ())
}

/// A daemon that listens with TLS.
fn secured(scratch: &Scratch, files: &Files) -> (Daemon, SocketAddr) {
    let daemon = Daemon::start_with(scratch, &[], &[&ON[..], &files.variables()[..]].concat());
    let address = daemon.network();
    (daemon, address)
}

#[test]
fn the_command_line_trusts_a_daemon_by_its_certificate_and_sends_nothing_to_another() {
    let scratch = Scratch::new();
    let (own, other, files) = (Authority::new(&scratch, "own"), Authority::new(&scratch, "other"), Files::of(&scratch));
    own.sign(&files, 90);
    let (daemon, address) = secured(&scratch, &files);
    let key = make_key(&daemon, &json!({"name": "far", "role": "viewer"}));
    let list = |url: String, trusted: &Authority| {
        let mut command = scratch.program(env!("CARGO_BIN_EXE_panotti"));
        command.env("PANOTTI_API_KEY", &key).env("PANOTTI_CA_FILE", &trusted.file).args(["--url", &url, "topic", "list"]);
        command.output().unwrap()
    };
    let port = address.port();

    let good = list(format!("https://localhost:{port}"), &own);
    assert!(good.status.success(), "{}", told(&good));
    for (url, trusted, words) in [
        (format!("https://localhost:{port}"), &other, "--ca-file"),
        (format!("https://127.0.0.1:{port}"), &own, "is not for `127.0.0.1`"),
        (format!("http://localhost:{port}"), &own, "`https://`"),
    ] {
        let refused = list(url, trusted);
        assert_eq!(refused.status.code(), Some(9), "{}", told(&refused));
        assert!(told(&refused).contains(words), "{words}: {}", told(&refused));
    }
    let http = daemon.get("/status").json()["http"].clone();
    assert_eq!((&http["tls"], &http["insecure"]), (&json!(true), &json!(false)));
    assert_eq!(http["certificate"]["certificate"], files.certificate.to_str().unwrap());
    let shown = scratch.run(&["daemon", "status"]);
    assert!(told(&shown).contains(&format!("https://{address}   certificate until 20")), "{}", told(&shown));
}

#[test]
fn nothing_older_than_tls_1_3_is_spoken() {
    let scratch = Scratch::new();
    let (own, files) = (Authority::new(&scratch, "own"), Files::of(&scratch));
    own.sign(&files, 90);
    let (_daemon, address) = secured(&scratch, &files);
    // A greeting of TLS 1.2: one of its suites, two curves, two ways to sign, and no word of a later version.
    let extensions = [&[0, 10, 0, 6, 0, 4, 0, 0x1d, 0, 0x17][..], &[0, 13, 0, 6, 0, 4, 4, 3, 8, 4], &[0, 11, 0, 2, 1, 0]].concat();
    let mut greeting = vec![3, 3];
    greeting.extend([7; 32]);
    greeting.extend([0, 0, 2, 0xc0, 0x2b, 1, 0, 0, u8::try_from(extensions.len()).unwrap()]);
    greeting.extend(&extensions);
    let mut record = vec![22, 3, 1, 0, u8::try_from(greeting.len() + 4).unwrap(), 1, 0, 0, u8::try_from(greeting.len()).unwrap()];
    record.extend(&greeting);

    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(&record).unwrap();
    let mut answer = Vec::new();
    // What came before the connection ended is in there.
    let _ = stream.read_to_end(&mut answer);

    const ALERT: u8 = 21;
    const FATAL: u8 = 2;
    const PROTOCOL_VERSION: u8 = 70;
    assert_eq!((answer.first(), answer.get(5..7)), (Some(&ALERT), Some(&[FATAL, PROTOCOL_VERSION][..])), "{answer:?}");
    let mut plain = TcpStream::connect(address).unwrap();
    plain.set_read_timeout(Some(PATIENCE)).unwrap();
    plain.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "without TLS nothing is answered: {answer:?}");
}

#[test]
fn a_new_certificate_is_taken_on_sighup_and_open_connections_stay() {
    let scratch = Scratch::new();
    let (before, after, files) = (Authority::new(&scratch, "before"), Authority::new(&scratch, "after"), Files::of(&scratch));
    before.sign(&files, 90);
    let (daemon, address) = secured(&scratch, &files);
    // A connection lives as long as the runtime that drives it.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ask = |client: &mut Client| runtime.block_on(async { tokio::time::timeout(PATIENCE, client.live()).await.unwrap() });
    let mut open = client(address, &before);
    ask(&mut open).unwrap();

    write(&files.key, "nothing", 0o600);
    daemon.signal(Signal::HUP);
    until("the log says that the new key does not hold", || {
        fs::read_to_string(scratch.data().join("logs/panotti.log")).unwrap().contains("does not hold").then_some(())
    });
    live(&mut client(address, &before)).unwrap();

    after.sign(&files, 5);
    daemon.signal(Signal::HUP);
    until("new connections get the new certificate", || live(&mut client(address, &after)).is_ok().then_some(()));
    assert!(live(&mut client(address, &before)).unwrap_err().is(ErrorCode::DAEMON_TLS), "the old one is gone");
    // A connection anew would not be trusted: so this is the one that was open before.
    ask(&mut open).unwrap();

    let checks = daemon.get("/daemon/checks").json();
    let check = checks["items"].as_array().unwrap().iter().find(|check| check["name"] == "certificate").unwrap();
    assert_eq!(check["status"], "warning", "it ends within three weeks: {check}");
    assert!(check["next"].as_str().unwrap().contains("kill -HUP"));
    assert!(daemon.stop().success());
}

#[test]
fn certificate_and_key_are_checked_before_anybody_is_listened_to_and_with_them_others_may_reach_it() {
    let scratch = Scratch::new();
    let (own, files) = (Authority::new(&scratch, "own"), Files::of(&scratch));
    own.sign(&files, 90);
    let [certificate, key] = files.variables();
    let refused = |variables: &[(&str, &str)], words: &str| {
        let mut daemon = Daemon::spawn(&scratch, &[], &[&ON[..], variables].concat());
        assert_eq!(daemon.wait().code(), Some(78), "{}", daemon.output());
        assert!(daemon.output().contains("http.tls") && daemon.output().contains(words), "{words}: {}", daemon.output());
    };
    refused(&[certificate], "only one");
    refused(&[certificate, (key.0, certificate.1)], "mode 0644");
    fs::set_permissions(&files.key, fs::Permissions::from_mode(0o644)).unwrap();
    refused(&[certificate, key], "chmod 600");
    let other = write(&scratch.path().join("other.key"), &rcgen::KeyPair::generate().unwrap().serialize_pem(), 0o600);
    refused(&[certificate, (key.0, other.to_str().unwrap())], "not the key of the certificate");

    fs::set_permissions(&files.key, fs::Permissions::from_mode(0o600)).unwrap();
    let public = [("PANOTTI_HTTP__ENABLED", "on"), ("PANOTTI_HTTP__LISTEN", "0.0.0.0:0"), certificate, key];
    let daemon = Daemon::start_with(&scratch, &[], &public);
    live(&mut client(daemon.network(), &own)).unwrap();
}

#[test]
fn a_socket_of_the_service_manager_is_listened_on_and_is_there_over_a_restart() {
    let scratch = Scratch::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handed_over = || {
        // As systemd does it: descriptor 3, and the id of the process that it is for.
        const HAND_OVER: &str = "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"";
        let mut command = scratch.program("sh");
        command.args(["-c", HAND_OVER, "sh", env!("CARGO_BIN_EXE_panotti"), "--data"]).arg(scratch.data()).args(["daemon", "run"]);
        command.env("PANOTTI_HTTP__ENABLED", "on").stdin(Stdio::from(OwnedFd::from(listener.try_clone().unwrap())));
        let mut daemon = Daemon::spawn_command(&scratch, command);
        daemon.wait_until_ready();
        daemon
    };
    let daemon = handed_over();
    assert_eq!(daemon.network(), address);
    let live = |client: &mut Client| live(client).is_ok();
    let far = || Client::remote(Remote::new(&format!("http://{address}"), &Trusted::System(None)).unwrap());
    assert!(live(&mut far()));
    assert!(daemon.stop().success());

    // Nobody is refused while no daemon runs: whoever connects waits for the next.
    let mut early = TcpStream::connect(address).unwrap();
    early.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let _daemon = handed_over();
    let mut answer = String::new();
    early.set_read_timeout(Some(PATIENCE)).unwrap();
    early.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
