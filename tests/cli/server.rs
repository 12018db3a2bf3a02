//! A small server of the tests, over a local socket in a temporary folder. It ends with the value.

use std::path::PathBuf;
use std::process::{Command, Output};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use panotti::client::{Client, Target};
use panotti_protocol::failure::Failure;

pub struct Server {
    folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub fn start(router: Router) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let socket = folder.path().join("s");
        let listener = runtime.block_on(async { tokio::net::UnixListener::bind(socket).unwrap() });
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { folder, _runtime: runtime }
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    pub fn client(&self) -> Client {
        Client::new(self.target(vec![rustix::process::geteuid().as_raw()]))
    }

    pub fn target(&self, trusted_users: Vec<u32>) -> Target {
        Target { socket: self.socket(), trusted_users, private_folder: false, start_command: "panotti daemon start".into() }
    }

    /// Runs the program against this server, in an environment of its own.
    pub fn panotti(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = panotti(self.folder.path());
        command.arg("--socket").arg(self.socket()).args(arguments);
        command
    }
}

/// The program with nothing of this process's environment and `home` as its home folder.
pub fn panotti(home: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_panotti"));
    command.env_clear().env("HOME", home).env("USER", "ana").stdin(std::process::Stdio::null());
    command
}

/// A failure as the daemon answers it.
pub fn problem(failure: &Failure) -> Response {
    let status = StatusCode::from_u16(failure.status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/problem+json")], serde_json::to_string(failure).unwrap()).into_response()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
