//! Ids: a prefix and 26 characters of lower-case Crockford base32 of a UUIDv7 (semantics section 2).
//!
//! Nothing here makes an id: time and randomness come from elsewhere. This is how one is written and read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_CHARACTERS: usize = 26;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdInvalid {
    /// What the id should have begun with, for example `evt_`.
    pub prefix: &'static str,
}

impl fmt::Display for IdInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id looks like `{}` and {TEXT_CHARACTERS} letters and digits", self.prefix)
    }
}

impl std::error::Error for IdInvalid {}

fn encode(bytes: [u8; 16]) -> [u8; TEXT_CHARACTERS] {
    let mut value = u128::from_be_bytes(bytes);
    let mut text = [b'0'; TEXT_CHARACTERS];
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    text
}

fn decode(text: &str) -> Option<[u8; 16]> {
    if text.len() != TEXT_CHARACTERS {
        return None;
    }
    let mut value: u128 = 0;
    for (index, character) in text.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|known| *known == character.to_ascii_lowercase())? as u128;
        // 26 characters hold 130 bits: the first may use only three of its five.
        if index == 0 && digit > 7 {
            return None;
        }
        value = (value << 5) | digit;
    }
    Some(value.to_be_bytes())
}

/// Builds the 16 bytes of a UUIDv7 from a time and 80 random bits, of which version and variant overwrite six (RFC 9562).
pub fn uuid_v7(milliseconds: u64, random: [u8; 10]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&random);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    bytes
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// What its text begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Takes the 16 bytes of a UUIDv7.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes of the UUIDv7.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// The last eight characters, which tables show.
            pub fn short(&self) -> String {
                let text = encode(self.0);
                String::from_utf8_lossy(&text[TEXT_CHARACTERS - 8..]).into_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = encode(self.0);
                f.write_str($prefix)?;
                f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdInvalid;

            fn from_str(text: &str) -> Result<Self, IdInvalid> {
                text.strip_prefix($prefix).and_then(decode).map(Self).ok_or(IdInvalid { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

id!(
    /// One event, for ever. Handlers that must not act twice key on it.
    EventId, "evt_"
);
id!(
    /// One event owed to one subscription, or owed again by a replay. Derived from both, so it needs no row to be known.
    DeliveryId, "dlv_"
);
impl DeliveryId {
    /// The publisher's id of the event that the delivery's handler emits at a place, counted from 0.
    pub fn emit_id(self, place: usize) -> String {
        format!("{self}/{place}")
    }
}

id!(
    /// One replay job.
    ReplayId, "rpl_"
);
id!(
    /// One running copy of a plugin.
    InstanceId, "ins_"
);
id!(
    /// One store: the database of one data folder.
    StoreId, "sto_"
);

/// Position of an event in the log: 1 for the first, without holes, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Sequence(pub u64);

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Grows with every lease; an outcome or emit with an old one is refused (semantics rule 5). The upper 21 bits are the
/// daemon's epoch, stored at every start, the lower 32 a counter, so that it stays exact as a JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FencingToken(pub u64);

impl fmt::Display for FencingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written_and_sorts_by_its_time() {
        let earlier = EventId::from_bytes(uuid_v7(1_700_000_000_000, [0xff; 10]));
        let later = EventId::from_bytes(uuid_v7(1_700_000_000_001, [0; 10]));

        assert_eq!(earlier.to_string().parse::<EventId>(), Ok(earlier));
        assert_eq!(earlier.to_string().len(), "evt_".len() + 26);
        assert!(earlier.to_string() < later.to_string());
    }

    #[test]
    fn a_text_of_another_prefix_length_or_alphabet_is_not_an_id() {
        for text in ["", "evt_", "dlv_01j9zk5t3v8q4m000000000000", "evt_01j9zk5t3v8q4m00000000000u", "evt_81j9zk5t3v8q4m000000000000"] {
            assert_eq!(text.parse::<EventId>(), Err(IdInvalid { prefix: "evt_" }), "{text}");
        }
    }
}
