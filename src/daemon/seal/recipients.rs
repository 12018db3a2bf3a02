//! Who can open data keys: recipients of `age` (X25519). The daemon's own identity is in the keys folder; that of the recovery recipient is
//! somewhere offline.

use std::io::{Read, Write};

use age::secrecy::ExposeSecret;
use age::x25519;
use zeroize::Zeroizing;

use super::Unfit;
use super::limits::{DATA_KEY_BYTES, IDENTITY_BYTES_MAX};

/// Who can open keys, as it is written: `age1...`. It tells nothing of the identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(String);

impl std::str::FromStr for Recipient {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<x25519::Recipient>() {
            Ok(recipient) => Ok(Self(recipient.to_string())),
            Err(why) => Err(format!("`{text}` is no recipient of age, which looks like `age1...`: {why}")),
        }
    }
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// An identity, which opens what is wrapped to its recipient.
pub struct Identity(x25519::Identity);

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.recipient())
    }
}

impl Identity {
    /// A new one.
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads the file of one, as `age-keygen` writes it too: comments and one line `AGE-SECRET-KEY-1...`.
    pub fn read(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text.get(..text.len().min(IDENTITY_BYTES_MAX))?).ok()?;
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
        line.parse().ok().map(Self)
    }

    /// The file of it.
    pub fn to_file(&self) -> Zeroizing<Vec<u8>> {
        let secret = self.0.to_string();
        Zeroizing::new(format!("# public key: {}\n{}\n", self.recipient(), secret.expose_secret()).into_bytes())
    }

    /// Its recipient.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public().to_string())
    }
}

/// Wraps a key to recipients.
///
/// # Errors
/// There is none, or one cannot be read.
pub fn wrap(key: &[u8], recipients: &[Recipient]) -> Result<Vec<u8>, Unfit> {
    let parsed: Vec<x25519::Recipient> =
        recipients.iter().map(|recipient| recipient.0.parse()).collect::<Result<_, _>>().map_err(|_| Unfit::Key)?;
    let encryptor =
        age::Encryptor::with_recipients(parsed.iter().map(|recipient| recipient as &dyn age::Recipient)).map_err(|_| Unfit::Key)?;
    let mut wrapped = Vec::new();
    let mut writer = encryptor.wrap_output(&mut wrapped).map_err(|_| Unfit::Key)?;
    writer.write_all(key).and_then(|()| writer.finish().map(drop)).map_err(|_| Unfit::Key)?;
    Ok(wrapped)
}

/// Opens a wrapped key with whichever identity can.
///
/// # Errors
/// None can, or it was changed.
pub fn unwrap(wrapped: &[u8], identities: &[Identity]) -> Result<Zeroizing<[u8; DATA_KEY_BYTES]>, Unfit> {
    let decryptor = age::Decryptor::new_buffered(wrapped).map_err(|_| Unfit::Key)?;
    let mut reader = decryptor.decrypt(identities.iter().map(|identity| &identity.0 as &dyn age::Identity)).map_err(|_| Unfit::Key)?;
    let mut key = Zeroizing::new([0; DATA_KEY_BYTES]);
    reader.read_exact(key.as_mut_slice()).map_err(|_| Unfit::Key)?;
    // The end tells that nothing was cut off.
    match reader.read(&mut [0]) {
        Ok(0) => Ok(key),
        _ => Err(Unfit::Key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_each_recipient_opens_what_is_wrapped_to_it_and_nobody_else_does() {
        let (daemon, recovery, stranger) = (Identity::generate(), Identity::generate(), Identity::generate());
        let wrapped = wrap(&[9; DATA_KEY_BYTES], &[daemon.recipient(), recovery.recipient()]).unwrap();

        for identity in [daemon, recovery] {
            assert_eq!(*unwrap(&wrapped, &[identity]).unwrap(), [9; DATA_KEY_BYTES]);
        }
        assert_eq!(unwrap(&wrapped, &[stranger]).unwrap_err(), Unfit::Key);
        assert_eq!(unwrap(&wrapped[..wrapped.len() - 1], &[]).unwrap_err(), Unfit::Key);
    }

    #[test]
    fn an_identity_reads_back_from_its_file_and_the_file_names_its_recipient() {
        let identity = Identity::generate();
        let file = identity.to_file();

        assert_eq!(Identity::read(&file).unwrap().recipient(), identity.recipient());
        assert!(std::str::from_utf8(&file).unwrap().contains(&identity.recipient().to_string()));
        assert!(Identity::read(b"# nothing in it\n").is_none());
        assert!("age1nonsense".parse::<Recipient>().is_err());
    }
}
