//! Seals values with AES-256-GCM. What is bound to a value, so that no sealed value can stand in for another: the store, the name, the key.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{Context, SHA256};
use panotti_core::secrets::SealedSecret;
use panotti_protocol::id::StoreId;
use zeroize::{Zeroize, Zeroizing};

use super::secret::Secret;
use crate::daemon::clock::random_bytes;

/// What the associated data begins with.
const DOMAIN: &[u8] = b"panotti secret 1";
/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// A key that seals secrets.
pub struct SealingKey {
    key: LessSafeKey,
    id: [u8; 8],
    store: StoreId,
}

impl SealingKey {
    /// The key of these bytes. `None` where the library refuses them, which it does not for this length.
    pub fn new(bytes: &[u8; KEY_BYTES], store: StoreId) -> Option<Self> {
        let mut context = Context::new(&SHA256);
        context.update(DOMAIN);
        context.update(bytes);
        let mut id = [0; 8];
        id.copy_from_slice(&context.finish().as_ref()[..8]);
        Some(Self { key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).ok()?), id, store })
    }

    /// Names it: from the key itself, which it does not give away.
    pub fn id(&self) -> [u8; 8] {
        self.id
    }

    fn bound(&self, name: &str) -> Vec<u8> {
        let mut bound = Vec::new();
        for part in [DOMAIN, self.store.as_bytes().as_slice(), name.as_bytes(), &self.id] {
            bound.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            bound.extend_from_slice(part);
        }
        bound
    }

    /// Seals a value. `None` where the library fails, which it does only for values far over the limit.
    pub fn seal(&self, name: &str, secret: &Secret) -> Option<SealedSecret> {
        let nonce = random_bytes::<NONCE_LEN>();
        let mut value = secret.reveal().as_bytes().to_vec();
        let sealed = self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(self.bound(name)), &mut value);
        if sealed.is_err() {
            value.zeroize();
            return None;
        }
        let sealed = [nonce.as_slice(), &value].concat();
        Some(SealedSecret { name: name.to_owned(), key_id: self.id, sealed })
    }

    /// Opens a value. `None` where it is not what was sealed under this name, in this store, with this key.
    pub fn open(&self, secret: &SealedSecret) -> Option<Secret> {
        let (nonce, sealed) = secret.sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut value = Zeroizing::new(sealed.to_vec());
        let opened = self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(self.bound(&secret.name)), &mut value).ok()?;
        Some(Secret::new(std::str::from_utf8(opened).ok()?.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_19_a_sealed_secret_opens_only_under_its_name_in_its_store_with_its_key_and_unchanged() {
        let store = StoreId::from_bytes([7; 16]);
        let key = SealingKey::new(&[1; KEY_BYTES], store).unwrap();
        let sealed = key.seal("TOKEN", &Secret::new("the value".to_owned())).unwrap();

        assert_eq!(key.open(&sealed).unwrap().reveal(), "the value");
        assert!(!sealed.sealed.windows(9).any(|bytes| bytes == b"the value"));
        assert!(key.open(&SealedSecret { name: "OTHER".to_owned(), ..sealed.clone() }).is_none());
        assert!(SealingKey::new(&[2; KEY_BYTES], store).unwrap().open(&sealed).is_none());
        assert!(SealingKey::new(&[1; KEY_BYTES], StoreId::from_bytes([8; 16])).unwrap().open(&sealed).is_none());
        for place in 0..sealed.sealed.len() {
            let mut changed = sealed.clone();
            changed.sealed[place] ^= 1;
            assert!(key.open(&changed).is_none(), "byte {place}");
        }
        assert_ne!(key.seal("TOKEN", &Secret::new("the value".to_owned())).unwrap().sealed, sealed.sealed, "each time another nonce");
    }
}
