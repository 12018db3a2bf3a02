//! The one binary: daemon, command line, and what keeps a plugin's processes together.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    if let Some(code) = panotti::daemon::host::init::run_if_asked(&arguments) {
        return code;
    }
    ExitCode::SUCCESS
}
