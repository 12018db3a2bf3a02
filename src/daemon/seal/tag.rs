//! Tags: HMAC-SHA-256 with a key of the store's own, kept outside the data folder. A tag has two halves: one over the row, which names the
//! payload's length and the other half; and one over the payload. So a list, which reads no payloads, checks all that it shows.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use panotti_protocol::id::{Sequence, StoreId};

use super::Unfit;
use super::envelope::Envelope;
use super::limits::{TAG_HALF_BYTES, TAG_KEY_BYTES};

/// What each use of the key begins with, so that no tag of one is one of another.
const OF_ROW: &[u8] = b"panotti row 1";
const OF_SEALED: &[u8] = b"panotti sealed row 1";
const OF_PAYLOAD: &[u8] = b"panotti payload 1";
const OF_UNTAGGED: &[u8] = b"panotti untagged 1";
const OF_NAME: &[u8] = b"panotti tag key 1";

/// A tag: the half over the row, then the half over the payload.
pub type Tag = [u8; TAG_BYTES];

const TAG_BYTES: usize = 2 * TAG_HALF_BYTES;

type Half = [u8; TAG_HALF_BYTES];

/// The key.
pub struct TagKey(Key);

impl std::fmt::Debug for TagKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TagKey({})", self.fingerprint())
    }
}

impl TagKey {
    /// Takes the key's bytes.
    pub fn new(bytes: &[u8; TAG_KEY_BYTES]) -> Self {
        Self(Key::new(HMAC_SHA256, bytes))
    }

    /// Names the key without telling anything of it: sixteen hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.mac(&[OF_NAME])[..8])
    }

    /// Proves up to which sequence a store's events may be without a tag.
    pub fn of_untagged(&self, store: StoreId, to: Sequence) -> Vec<u8> {
        self.mac(&[OF_UNTAGGED, store.as_bytes(), &to.0.to_be_bytes()]).to_vec()
    }

    pub(super) fn tag(&self, envelope: &Envelope, payload: &[u8]) -> Tag {
        let of_payload = self.mac(&[OF_PAYLOAD, payload]);
        let mut tag = [0; 2 * TAG_HALF_BYTES];
        tag[..TAG_HALF_BYTES].copy_from_slice(&self.of_row(envelope, &of_payload));
        tag[TAG_HALF_BYTES..].copy_from_slice(&of_payload);
        tag
    }

    pub(super) fn tag_of_sealed(&self, envelope: &Envelope) -> Half {
        self.of_row(envelope, &[])
    }

    pub(super) fn check(&self, envelope: &Envelope, payload: Option<&[u8]>, tag: &[u8]) -> Result<(), Unfit> {
        let (of_row, of_payload) = match tag.len() {
            TAG_HALF_BYTES => (tag, &[] as &[u8]),
            TAG_BYTES => tag.split_at(TAG_HALF_BYTES),
            _ => return Err(Unfit::Row),
        };
        verify_slices_are_equal(of_row, &self.of_row(envelope, of_payload)).map_err(|_| Unfit::Row)?;
        match payload {
            // Sealed: the row names its data key.
            Some(_) if of_payload.is_empty() => Ok(()),
            Some(payload) => verify_slices_are_equal(of_payload, &self.mac(&[OF_PAYLOAD, payload])).map_err(|_| Unfit::Payload),
            None => Ok(()),
        }
    }

    fn of_row(&self, envelope: &Envelope, of_payload: &[u8]) -> Half {
        let use_of = if of_payload.is_empty() { OF_SEALED } else { OF_ROW };
        self.mac(&[use_of, of_payload, envelope.as_bytes()])
    }

    fn mac(&self, parts: &[&[u8]]) -> Half {
        let mut context = Context::with_key(&self.0);
        parts.iter().for_each(|part| context.update(part));
        let mut half = [0; TAG_HALF_BYTES];
        half.copy_from_slice(&context.sign().as_ref()[..TAG_HALF_BYTES]);
        half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(source: &str) -> Envelope {
        let mut envelope = Envelope::begin(StoreId::from_bytes([7; 16]));
        envelope.number(17);
        envelope.text(source.as_bytes());
        envelope.nothing();
        envelope
    }

    #[test]
    fn rule_19_a_tag_fits_its_own_row_and_payload_and_no_other() {
        let key = TagKey::new(&[1; 32]);
        let tag = key.tag(&envelope("/cli"), b"{}");

        assert_eq!(key.check(&envelope("/cli"), Some(b"{}"), &tag), Ok(()));
        assert_eq!(key.check(&envelope("/cli"), None, &tag), Ok(()), "without the payload the row is checked");
        assert_eq!(key.check(&envelope("/clj"), Some(b"{}"), &tag), Err(Unfit::Row));
        assert_eq!(key.check(&envelope("/cli"), Some(b"[]"), &tag), Err(Unfit::Payload));
        assert_eq!(TagKey::new(&[2; 32]).check(&envelope("/cli"), None, &tag), Err(Unfit::Row));
    }

    #[test]
    fn rule_19_a_tag_with_any_bit_changed_does_not_fit() {
        let key = TagKey::new(&[1; 32]);
        let tag = key.tag(&envelope("/cli"), b"{}");

        for bit in 0..tag.len() * 8 {
            let mut changed = tag;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(key.check(&envelope("/cli"), None, &changed).is_err(), "bit {bit}");
        }
        assert!(key.check(&envelope("/cli"), None, &tag[..31]).is_err());
        assert!(key.check(&envelope("/cli"), None, &[]).is_err());
    }

    #[test]
    fn a_payload_and_its_half_do_not_fit_the_row_of_another() {
        let key = TagKey::new(&[1; 32]);
        let (one, other) = (key.tag(&envelope("/cli"), b"1"), key.tag(&envelope("/cli"), b"2"));
        let mut mixed = one;
        mixed[TAG_HALF_BYTES..].copy_from_slice(&other[TAG_HALF_BYTES..]);

        assert_eq!(key.check(&envelope("/cli"), Some(b"2"), &mixed), Err(Unfit::Row));
    }
}
