//! `panotti seal init`

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use age::secrecy::ExposeSecret;
use panotti_protocol::api::SealRecoveryRequest;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use zeroize::Zeroizing;

use super::rotate::wrapped;
use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};
use crate::cli::globals::parse_duration;
use crate::cli::output::human::{green, yellow};

/// Make the recovery identity, which opens sealed payloads when the daemon's keys are lost
///
/// Its file is written here and its secret never sent to the daemon, which gets the recipient alone. Keep the file offline: a printout, a USB
/// stick in a safe. With `--recipient` an identity is used that was made elsewhere, by `age-keygen`.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti seal init recovery.txt\n  panotti seal init --recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
)]
pub struct InitArgs {
    /// The file to write the identity to; it must not be there yet
    #[arg(value_name = "FILE", required_unless_present = "recipient", conflicts_with = "recipient")]
    pub file: Option<PathBuf>,
    /// The recipient of an identity that was made elsewhere
    #[arg(long, value_name = "RECIPIENT")]
    pub recipient: Option<String>,
    /// Replace the recovery recipient that there is: what it opens now it will not open any more
    #[arg(long)]
    pub replace: bool,
    /// How long to wait until every data key is wrapped to it
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = parse_duration)]
    pub wait: Duration,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Makes it.
///
/// # Errors
/// `daemon.cannot_create` where the file is there already or cannot be written; `seal.state` where there is a recovery recipient; or another
/// failure of the daemon.
pub async fn run(args: InitArgs, context: &Context) -> Outcome {
    let mut client = context.client()?;
    let (recipient, written) = match (args.recipient, args.file) {
        (Some(recipient), _) => (recipient, None),
        (None, file) => {
            let file = file.ok_or_else(|| Failure::new(ErrorCode::USAGE, "a file or a recipient is needed"))?;
            (write_identity(&file)?, Some(file))
        }
    };
    let request = SealRecoveryRequest { recipient: recipient.clone(), replace: args.replace, reason: args.reason };
    if let Err(failure) = client.seal_recovery(&request).await {
        // Removed only where it is sure that nothing is wrapped to it.
        let refused =
            [ErrorCode::SEAL_STATE, ErrorCode::REQUEST_INVALID, ErrorCode::PERMISSION_DENIED].into_iter().any(|code| failure.is(code));
        if let Some(file) = written.as_ref().filter(|_| refused) {
            drop(std::fs::remove_file(file));
        }
        return Err(failure);
    }
    let seal = wrapped(&mut client, args.wait).await?;
    context.output.action(&seal, &recipient, || match &written {
        Some(file) => format!("{} {recipient}\n  {}", green("✓"), yellow(&format!("keep {} offline, and nowhere else", file.display()))),
        None => format!("{} {recipient}", green("✓")),
    })?;
    Ok(exit::OK)
}

/// Writes a new identity, which only its owner can read. Gives its recipient.
fn write_identity(path: &Path) -> Result<String, Failure> {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let text = format!("# public key: {recipient}\n{}\n", identity.to_string().expose_secret());
    let written = write_new(path, &Zeroizing::new(text));
    written.map_err(|error| {
        let failure = Failure::new(ErrorCode::DAEMON_CANNOT_CREATE, format!("{}: {error}", path.display()));
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => failure.next(
                "name another file; or, where an earlier `seal init` was cut short, go on with the identity in it: \
                 `panotti seal init --recipient age1...`, as its first line names it",
            ),
            _ => failure,
        }
    })?;
    Ok(recipient)
}

/// On disk when it returns, name and all: what is wrapped to it must not outlive it.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
