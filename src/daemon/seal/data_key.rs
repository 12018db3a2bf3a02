//! Data keys: each seals the payloads of one topic and one day. AES-256-GCM with a random nonce; what is sealed is bound to the whole envelope
//! of its event, so that it opens in no other row.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};

use super::Unfit;
use super::envelope::Envelope;
use super::limits::DATA_KEY_BYTES;
use crate::daemon::clock::random_bytes;

/// What the associated data begins with.
const OF_ENVELOPE: &[u8] = b"panotti sealed 1";
/// Bytes of the code that AES-GCM adds.
const CODE_BYTES: usize = 16;
/// Bytes that a sealed payload has more than the payload.
pub const SEALED_BYTES_MORE: usize = NONCE_LEN + CODE_BYTES;

/// A data key, ready to use.
#[derive(Debug)]
pub struct DataKey {
    /// Its number in the store.
    pub id: i64,
    key: LessSafeKey,
}

impl DataKey {
    /// Takes the key's bytes.
    pub fn new(id: i64, bytes: &[u8; DATA_KEY_BYTES]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, bytes).expect("the key has the length that the algorithm wants");
        Self { id, key: LessSafeKey::new(key) }
    }

    /// Seals a payload into the envelope of its event: nonce, ciphertext, code.
    pub fn seal(&self, envelope: &Envelope, payload: &[u8]) -> Vec<u8> {
        let nonce = random_bytes::<NONCE_LEN>();
        let mut sealed = Vec::with_capacity(payload.len() + SEALED_BYTES_MORE);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(payload);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let code = self.key.seal_in_place_separate_tag(nonce, Aad::from(bound_to(envelope)), &mut sealed[NONCE_LEN..]);
        sealed.extend_from_slice(code.expect("a payload is far shorter than what the algorithm can seal").as_ref());
        sealed
    }

    /// Opens what was sealed into this envelope.
    ///
    /// # Errors
    /// It was not, or it was changed.
    pub fn open(&self, envelope: &Envelope, sealed: &[u8]) -> Result<Vec<u8>, Unfit> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(Unfit::Payload)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unfit::Payload)?;
        let mut opened = rest.to_vec();
        let bytes = self.key.open_in_place(nonce, Aad::from(bound_to(envelope)), &mut opened).map_err(|_| Unfit::Payload)?.len();
        opened.truncate(bytes);
        Ok(opened)
    }
}

fn bound_to(envelope: &Envelope) -> [u8; 32] {
    let mut bound = [0; 32];
    bound.copy_from_slice(digest(&SHA256, &[OF_ENVELOPE, envelope.as_bytes()].concat()).as_ref());
    bound
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use panotti_protocol::id::StoreId;

    use super::*;

    fn envelope(number: i64) -> Envelope {
        let mut envelope = Envelope::begin(StoreId::from_bytes([7; 16]));
        envelope.number(number);
        envelope
    }

    #[test]
    fn s3_what_is_sealed_opens_in_its_own_envelope_and_in_no_other() {
        let key = DataKey::new(1, &[3; 32]);
        let (one, other) = (key.seal(&envelope(1), b"one"), key.seal(&envelope(2), b"other"));

        assert_eq!(key.open(&envelope(1), &one).unwrap(), b"one");
        assert_eq!(one.len(), 3 + SEALED_BYTES_MORE);
        assert_eq!(key.open(&envelope(1), &other), Err(Unfit::Payload), "two payloads were exchanged");
        assert_eq!(DataKey::new(1, &[4; 32]).open(&envelope(1), &one), Err(Unfit::Payload));
        for place in 0..one.len() {
            let mut changed = one.clone();
            changed[place] ^= 1;
            assert_eq!(key.open(&envelope(1), &changed), Err(Unfit::Payload), "byte {place}");
        }
        for short in [0, NONCE_LEN - 1, NONCE_LEN, SEALED_BYTES_MORE - 1] {
            assert_eq!(key.open(&envelope(1), &one[..short]), Err(Unfit::Payload));
        }
    }

    #[test]
    fn s3_no_nonce_comes_twice() {
        let key = DataKey::new(1, &[3; 32]);
        let envelope = envelope(1);
        let nonces: HashSet<Vec<u8>> = (0..20_000).map(|_| key.seal(&envelope, b"")[..NONCE_LEN].to_vec()).collect();

        assert_eq!(nonces.len(), 20_000);
    }
}
