//! Checkpoints: "so many records, and this is the hash of the last", signed with Ed25519 and written as a signed note (C2SP), which other
//! tools read too. Whoever keeps one elsewhere can prove later that records up to it were changed or removed.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::{BASE64, HEXLOWER};
use panotti_protocol::id::StoreId;
use panotti_protocol::time::Timestamp;

use super::chain::{ChainHead, HASH_BYTES, sha256};

/// The kind of key in a note: Ed25519.
const KIND: u8 = 1;
/// How a line with a signature begins.
const SIGNATURE_LINE: &str = "\u{2014} ";
/// The line of a checkpoint that is the last of its daemon.
const CLOSED: &str = "closed\n";
/// Bytes that tell keys of one name apart.
const KEY_ID_BYTES: usize = 4;
/// Bytes of a seed, and of a public key.
pub const KEY_BYTES: usize = 32;

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose chain it is: [`origin`].
    pub origin: String,
    /// How far the chain went.
    pub head: ChainHead,
    /// When it was signed.
    pub at: Timestamp,
    /// It was the last of a daemon that stopped in order: what comes after it was written by a later one, or by somebody else.
    pub closed: bool,
}

/// The name of a store's audit: the first line of its checkpoints, and the name of its keys.
pub fn origin(store: StoreId) -> String {
    format!("panotti-audit/{store}")
}

impl Checkpoint {
    /// The text that is signed, its last line end included.
    fn text(&self) -> String {
        let closed = if self.closed { CLOSED } else { "" };
        format!("{}\n{}\n{}\n{}\n{closed}", self.origin, self.head.number, BASE64.encode(&self.head.hash), self.at)
    }

    fn parse(text: &str) -> Option<Self> {
        let (text, closed) = text.strip_suffix(CLOSED).map_or((text, false), |open| (open, true));
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next()?.to_owned();
        let number = lines.next()?.parse().ok()?;
        let hash: [u8; HASH_BYTES] = BASE64.decode(lines.next()?.as_bytes()).ok()?.try_into().ok()?;
        let at = lines.next()?.parse().ok()?;
        lines.next().is_none().then_some(Self { origin, head: ChainHead { number, hash }, at, closed })
    }
}

/// Signs checkpoints.
pub struct Signer {
    origin: String,
    keys: Ed25519KeyPair,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Signer {
    /// With the key that a seed stands for. `None` where there can be none.
    pub fn new(store: StoreId, seed: &[u8; KEY_BYTES]) -> Option<Self> {
        Some(Self { origin: origin(store), keys: Ed25519KeyPair::from_seed_unchecked(seed).ok()? })
    }

    /// The key that checks its signatures.
    pub fn public(&self) -> PublicKey {
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(self.keys.public_key().as_ref());
        PublicKey { name: self.origin.clone(), key }
    }

    /// A checkpoint of a chain that goes so far, as it is written to files: with an empty line after it.
    pub fn sign(&self, head: ChainHead, at: Timestamp, closed: bool) -> String {
        let text = Checkpoint { origin: self.origin.clone(), head, at, closed }.text();
        let mut signature = self.public().id().to_vec();
        signature.extend_from_slice(self.keys.sign(text.as_bytes()).as_ref());
        format!("{text}\n{SIGNATURE_LINE}{} {}\n\n", self.origin, BASE64.encode(&signature))
    }
}

/// Checks signatures. Written as `NAME+ID+KEY`, the verifier key of a signed note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: [u8; KEY_BYTES],
}

impl PublicKey {
    fn id(&self) -> [u8; KEY_ID_BYTES] {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[KIND], &self.key]);
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The name of the audit whose checkpoints it checks.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a line is a signature of a text by this key.
    fn has_signed(&self, text: &str, line: &str) -> bool {
        let signature = || {
            let (name, encoded) = line.strip_prefix(SIGNATURE_LINE)?.split_once(' ')?;
            let bytes = BASE64.decode(encoded.as_bytes()).ok()?;
            let (id, signature) = bytes.split_at_checked(KEY_ID_BYTES)?;
            (name == self.name && id == self.id()).then(|| signature.to_vec())
        };
        signature().is_some_and(|signature| UnparsedPublicKey::new(&ED25519, self.key).verify(text.as_bytes(), &signature).is_ok())
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut key = vec![KIND];
        key.extend_from_slice(&self.key);
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id()), BASE64.encode(&key))
    }
}

impl std::str::FromStr for PublicKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (name, rest) = text.trim().split_once('+')?;
            let (id, key) = rest.split_once('+')?;
            let bytes = BASE64.decode(key.as_bytes()).ok()?;
            let (kind, key) = bytes.split_first()?;
            let public = Self { name: name.to_owned(), key: key.try_into().ok()? };
            (*kind == KIND && HEXLOWER.encode(&public.id()) == id).then_some(public)
        };
        parse().ok_or("a public key looks like `panotti-audit/sto_...+1a2b3c4d+AQ...`; `panotti audit verify` shows it")
    }
}

/// A note of a file, whose signature was not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub checkpoint: Checkpoint,
    text: String,
    signatures: Vec<String>,
}

impl Note {
    /// Whether a key has signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.checkpoint.origin == key.name && self.signatures.iter().any(|line| key.has_signed(&self.text, line))
    }

    /// As it stands in a file.
    pub fn as_written(&self) -> String {
        format!("{}\n{}\n", self.text, self.signatures.join("\n"))
    }
}

/// The notes of a file of checkpoints, in its order. What is none is passed over: a crash may have torn the last one.
pub fn parse(file: &str) -> Vec<Note> {
    let (mut notes, mut text, mut signatures) = (Vec::new(), String::new(), Vec::new());
    let mut ended = false;
    for line in file.lines().chain([""]) {
        if line.starts_with(SIGNATURE_LINE) {
            signatures.push(line.to_owned());
            continue;
        }
        if !signatures.is_empty() {
            let (text, signatures) = (std::mem::take(&mut text), std::mem::take(&mut signatures));
            notes.extend(Checkpoint::parse(&text).map(|checkpoint| Note { checkpoint, text, signatures }));
        }
        if line.is_empty() {
            ended = true;
            continue;
        }
        if std::mem::take(&mut ended) {
            // What came before the empty line was not signed.
            text.clear();
        }
        text.push_str(line);
        text.push('\n');
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(seed: u8) -> Signer {
        Signer::new(StoreId::from_bytes([7; 16]), &[seed; KEY_BYTES]).unwrap()
    }

    fn head(number: u64) -> ChainHead {
        ChainHead { number, hash: [9; 32] }
    }

    #[test]
    fn rule_21_a_checkpoint_reads_back_and_its_key_has_signed_it() {
        let signer = signer(1);
        let file = [signer.sign(head(3), Timestamp::from_ms(1_000), false), signer.sign(head(4), Timestamp::from_ms(2_000), true)].concat();

        let notes = parse(&file);

        assert_eq!(notes.iter().map(|note| note.checkpoint.head.number).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(notes.iter().map(|note| note.checkpoint.closed).collect::<Vec<_>>(), [false, true]);
        assert!(notes.iter().all(|note| note.is_signed_by(&signer.public())));
        assert_eq!(notes[0].as_written() + "\n" + &notes[1].as_written() + "\n", file);
    }

    #[test]
    fn rule_21_a_changed_checkpoint_is_not_signed_and_a_torn_one_is_passed_over() {
        let signer = signer(1);
        let whole = signer.sign(head(3), Timestamp::from_ms(1_000), false);

        let forged = parse(&whole.replacen("\n3\n", "\n2\n", 1));
        assert_eq!(forged.len(), 1);
        assert!(!forged[0].is_signed_by(&signer.public()));
        assert!(!parse(&whole)[0].is_signed_by(&Signer::new(StoreId::from_bytes([7; 16]), &[2; KEY_BYTES]).unwrap().public()));
        for end in 0..whole.len() {
            let Some(part) = whole.get(..end) else { continue };
            assert!(parse(part).iter().all(|note| !note.is_signed_by(&signer.public()) || end + 2 >= whole.len()), "cut at {end}");
        }
    }

    #[test]
    fn a_public_key_reads_back_and_a_misspelt_one_does_not() {
        let key = signer(1).public();
        let written = key.to_string();

        assert_eq!(written.parse::<PublicKey>().as_ref(), Ok(&key));
        assert!(written.replacen("panotti-audit", "panotti-other", 1).parse::<PublicKey>().is_err());
    }
}
