//! API keys as they are written: `pnt_<12 characters id>_<43 characters secret>_<6 characters checksum>`, all of it base62. The checksum
//! tells a key that was mistyped or cut from one that is wrong, without a look-up; it is no secret.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// What every key begins with.
pub const KEY_PREFIX: &str = "pnt_";
/// Characters of a key's id.
pub const KEY_ID_CHARACTERS: usize = 12;
/// Characters of a key's secret: 32 random bytes.
pub const KEY_SECRET_CHARACTERS: usize = 43;
const CHECKSUM_CHARACTERS: usize = 6;
/// Characters of a whole key.
pub const KEY_CHARACTERS: usize = KEY_PREFIX.len() + KEY_ID_CHARACTERS + 1 + KEY_SECRET_CHARACTERS + 1 + CHECKSUM_CHARACTERS;

/// Which key: the part of it that is no secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; KEY_ID_CHARACTERS]);

impl KeyId {
    /// Makes one of random bytes.
    pub fn from_random(random: [u8; 12]) -> Self {
        Self(base62(random.as_slice()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyId {
    type Err = KeyInvalid;

    fn from_str(text: &str) -> Result<Self, KeyInvalid> {
        let bytes: [u8; KEY_ID_CHARACTERS] = text.as_bytes().try_into().map_err(|_| KeyInvalid::Form)?;
        if bytes.iter().all(u8::is_ascii_alphanumeric) { Ok(Self(bytes)) } else { Err(KeyInvalid::Form) }
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyInvalid {
    /// It does not look like one.
    Form,
    /// It looks like one, but a character is wrong or missing.
    Checksum,
}

impl fmt::Display for KeyInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => write!(f, "a key is {KEY_CHARACTERS} characters and begins with `{KEY_PREFIX}`"),
            Self::Checksum => f.write_str("the key's checksum is wrong: it was mistyped or cut"),
        }
    }
}

impl std::error::Error for KeyInvalid {}

/// A whole key. It is shown once, to whoever makes it, and never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyText(String);

impl ApiKeyText {
    /// Puts a key together.
    pub fn new(id: KeyId, secret: [u8; 32]) -> Self {
        let secret: [u8; KEY_SECRET_CHARACTERS] = base62(secret.as_slice());
        let mut text = format!("{KEY_PREFIX}{id}_{}", String::from_utf8_lossy(&secret));
        let checksum = checksum(&text);
        text.push('_');
        text.push_str(&String::from_utf8_lossy(&checksum));
        Self(text)
    }

    /// Which key it is.
    pub fn id(&self) -> KeyId {
        let start = KEY_PREFIX.len();
        // Checked when it was made.
        self.0[start..start + KEY_ID_CHARACTERS].parse().unwrap_or(KeyId([b'0'; KEY_ID_CHARACTERS]))
    }

    /// The secret part.
    pub fn secret(&self) -> &str {
        let start = KEY_PREFIX.len() + KEY_ID_CHARACTERS + 1;
        &self.0[start..start + KEY_SECRET_CHARACTERS]
    }

    /// All of it: for a header, for a file of mode 0600, for the terminal once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether a text has a whole key in it anywhere, whatever its checksum: for finding keys where none may be.
    pub fn is_within(text: &str) -> bool {
        text.match_indices(KEY_PREFIX).any(|(at, _)| text.get(at..at + KEY_CHARACTERS).is_some_and(has_form))
    }
}

impl fmt::Debug for ApiKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{KEY_PREFIX}{}_...", self.id())
    }
}

impl FromStr for ApiKeyText {
    type Err = KeyInvalid;

    fn from_str(text: &str) -> Result<Self, KeyInvalid> {
        if !has_form(text) {
            return Err(KeyInvalid::Form);
        }
        let (body, given) = text.split_at(KEY_CHARACTERS - CHECKSUM_CHARACTERS);
        if checksum(body.trim_end_matches('_')).as_slice() != given.as_bytes() {
            return Err(KeyInvalid::Checksum);
        }
        Ok(Self(text.to_owned()))
    }
}

fn has_form(text: &str) -> bool {
    let separators = [KEY_PREFIX.len() - 1, KEY_PREFIX.len() + KEY_ID_CHARACTERS, KEY_CHARACTERS - CHECKSUM_CHARACTERS - 1];
    let fits = |(place, byte): (usize, u8)| if separators.contains(&place) { byte == b'_' } else { byte.is_ascii_alphanumeric() };
    text.len() == KEY_CHARACTERS && text.starts_with(KEY_PREFIX) && text.bytes().enumerate().all(fits)
}

/// The last `N` digits of a number, most significant first.
fn base62<const N: usize>(number: &[u8]) -> [u8; N] {
    let mut number = number.to_vec();
    let mut text = [b'0'; N];
    for digit in text.iter_mut().rev() {
        let mut rest = 0_usize;
        for byte in &mut number {
            let value = rest * 256 + usize::from(*byte);
            // Less than 256, because the rest is less than 62.
            *byte = (value / 62) as u8;
            rest = value % 62;
        }
        *digit = ALPHABET[rest];
    }
    text
}

/// CRC-32 as in zip files and Ethernet.
fn checksum(text: &str) -> [u8; CHECKSUM_CHARACTERS] {
    let mut sum = u32::MAX;
    for byte in text.bytes() {
        sum ^= u32::from(byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
        }
    }
    base62((!sum).to_be_bytes().as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_made_and_its_parts_have_their_lengths() {
        for byte in [0, 1, 0x7f, 0xff] {
            let id = KeyId::from_random([byte; 12]);
            let key = ApiKeyText::new(id, [byte; 32]);
            let text = key.reveal();
            assert_eq!(text.len(), KEY_CHARACTERS);
            assert_eq!(text.split('_').map(str::len).collect::<Vec<_>>(), [3, 12, 43, 6]);
            let read: ApiKeyText = text.parse().unwrap();
            assert_eq!((read.id(), read.secret()), (id, key.secret()));
            assert!(!format!("{read:?}").contains(read.secret()), "a key is not printed by accident");
        }
        assert_ne!(ApiKeyText::new(KeyId::from_random([0; 12]), [1; 32]), ApiKeyText::new(KeyId::from_random([0; 12]), [2; 32]));
    }

    #[test]
    fn every_character_that_is_changed_is_noticed() {
        let key = ApiKeyText::new(KeyId::from_random([7; 12]), [9; 32]);
        for place in 0..KEY_CHARACTERS {
            let mut text = key.reveal().to_owned().into_bytes();
            text[place] = if text[place] == b'x' { b'y' } else { b'x' };
            assert!(String::from_utf8(text).unwrap().parse::<ApiKeyText>().is_err(), "at {place}");
        }
        assert_eq!(key.reveal()[..60].parse::<ApiKeyText>(), Err(KeyInvalid::Form));
    }

    #[test]
    fn a_key_is_found_within_a_longer_text() {
        let key = ApiKeyText::new(KeyId::from_random([7; 12]), [9; 32]);
        assert!(ApiKeyText::is_within(&format!("/events?key={}&x=1", key.reveal())));
        assert!(!ApiKeyText::is_within("/events?key=pnt_short"));
        assert!(!ApiKeyText::is_within(&format!("pnt_{}", "é".repeat(60))));
    }

    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(checksum("123456789"), base62::<6>(0xcbf4_3926_u32.to_be_bytes().as_slice()));
    }
}
