//! `panotti config secret set`

use std::io::{BufRead, IsTerminal, Read};

use panotti_protocol::api::SecretUpdate;
use panotti_protocol::failure::{ErrorCode, Failure, exit};
use panotti_protocol::limits::SECRET_BYTES_MAX;
use zeroize::Zeroizing;

use crate::cli::commands::event::discard::parse_reason;
use crate::cli::context::{Context, Outcome};

/// Set a secret: from standard input, or typed without being shown
///
/// There is no way to give the value as an argument or a variable, where other programs would see it. One line end at its end is left out.
/// Plugins that run with another value are restarted. Nothing shows the value again.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  panotti config secret set API_TOKEN\n  panotti config secret set API_TOKEN --reason 'the old one has leaked' < token.txt"
)]
pub struct SetArgs {
    /// Its name, to which configurations refer: `token: !secret API_TOKEN`
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Why; stored in the audit
    #[arg(long, value_name = "TEXT", value_parser = parse_reason)]
    pub reason: Option<String>,
}

/// Sets it.
///
/// # Errors
/// `secret.invalid`, or another failure of the daemon.
pub async fn run(args: SetArgs, context: &Context) -> Outcome {
    let value = read(&args.name, context)?;
    let update = SecretUpdate { value: value.to_string(), reason: args.reason };
    let answer = context.client()?.secret_set(&args.name, &update).await;
    drop(Zeroizing::new(update.value));
    let changed = answer?;
    context.output.action(&changed, &changed.name, || match (changed.changed, changed.restarted.as_slice()) {
        (false, _) => format!("unchanged: {} has this value", changed.name),
        (true, []) => format!("{} set", changed.name),
        (true, restarted) => format!("{} set   restarted with it: {}", changed.name, restarted.join(", ")),
    })?;
    Ok(exit::OK)
}

fn read(name: &str, context: &Context) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |error: std::io::Error| Failure::new(ErrorCode::INPUT_UNREADABLE, format!("standard input: {error}"));
    let mut value = Zeroizing::new(String::new());
    let standard_input = std::io::stdin();
    if standard_input.is_terminal() {
        if !context.interactive() {
            return Err(Failure::new(ErrorCode::USAGE, "the value is read from standard input, and nobody may be asked")
                .next(format!("`panotti config secret set {name} < FILE`")));
        }
        anstream::eprint!("Value of {name}, which is not shown: ");
        let hidden = Hidden::begin();
        let read = standard_input.lock().read_line(&mut value).map_err(unreadable);
        drop(hidden);
        anstream::eprintln!();
        read?;
    } else {
        // One byte more than allowed, and the line end, so that the daemon can say that it is too long.
        standard_input.lock().take(SECRET_BYTES_MAX as u64 + 3).read_to_string(&mut value).map_err(unreadable)?;
    }
    let line = value.strip_suffix('\n').unwrap_or(&value);
    Ok(Zeroizing::new(line.strip_suffix('\r').unwrap_or(line).to_owned()))
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden(Option<rustix::termios::Termios>);

impl Hidden {
    fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let Ok(before) = tcgetattr(std::io::stdin()) else { return Self(None) };
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        match tcsetattr(std::io::stdin(), OptionalActions::Flush, &hidden) {
            Ok(()) => Self(Some(before)),
            Err(_) => Self(None),
        }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // A terminal that is gone needs no mending.
            let _ = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, before);
        }
    }
}
