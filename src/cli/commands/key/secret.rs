//! A new key's secret on its way to whoever asked: shown once, or written into a file that only they can read.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use panotti_protocol::api::{ApiKey, KeyMade};
use panotti_protocol::failure::{ErrorCode, Failure};
use serde::Serialize;

use crate::cli::context::Context;

/// Where the secret goes.
#[derive(Debug, Clone, clap::Args)]
pub struct SecretFlags {
    /// Write the key into this new file of mode 0600 instead of showing it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What is printed where the secret is in a file.
#[derive(Debug, Serialize)]
struct Kept<'a> {
    file: String,
    #[serde(flatten)]
    made: &'a ApiKey,
}

/// A file that waits for its key. Made before the key is: a key whose file cannot be made would be lost.
#[derive(Debug)]
pub struct Place(Option<(PathBuf, std::fs::File)>);

impl SecretFlags {
    /// Makes the file, where one is named.
    ///
    /// # Errors
    /// `input.unreadable` where it is there already or cannot be made.
    pub fn prepare(&self) -> Result<Place, Failure> {
        let Some(path) = &self.out else { return Ok(Place(None)) };
        let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|error| unwritable(path, &error).next("name a file that is not there yet, in a folder of yours"))?;
        Ok(Place(Some((path.clone(), file))))
    }
}

impl Place {
    /// Nothing came of it: the file goes again.
    pub fn forget(self) {
        if let Place(Some((path, _))) = self {
            // An empty file that stays is only a file too many.
            let _ = std::fs::remove_file(path);
        }
    }

    /// Shows the key, or puts it into its file.
    ///
    /// # Errors
    /// `input.unreadable` where the file cannot be written: then the key is of no use, and the failure says how to end it.
    pub fn put(self, made: &KeyMade, context: &Context) -> Result<(), Failure> {
        let about = |made: &ApiKey| {
            format!("{}   {}   role {}   expires {}", made.name, made.id, made.role, context.output.time.show(made.expires_at))
        };
        match self.0 {
            None => {
                context.output.item(made, &made.key, || format!("{}\n", made.key))?;
                if context.output.for_people() {
                    context.output.remark(&format!("{}\nThis is the only time that the key is shown.", about(&made.made)));
                }
                Ok(())
            }
            Some((path, mut file)) => {
                let written = file.write_all(format!("{}\n", made.key).as_bytes()).and_then(|()| file.sync_all());
                written
                    .map_err(|error| unwritable(&path, &error).next(format!("`panotti key revoke {}`, then make another", made.made.id)))?;
                let kept = Kept { file: path.display().to_string(), made: &made.made };
                context.output.action(&kept, made.made.id.as_str(), || format!("{}   in {}", about(&made.made), path.display()))
            }
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(ErrorCode::INPUT_UNREADABLE, format!("{} cannot be written: {error}", path.display()))
        .why("The key goes into a new file, so that no other file is overwritten and nobody else can read it.")
}
