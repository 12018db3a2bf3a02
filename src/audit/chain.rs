//! The canonical form of a record and its hash: SHA-256 of the hash before it and of the form. Every field stands with its length in
//! front, so that no two records have the same form.

use aws_lc_rs::digest::{Context, SHA256};
use panotti_protocol::api::AuditRecord;
use panotti_protocol::id::StoreId;

/// What a hash of the chain begins with, so that it cannot be taken for any other hash.
const DOMAIN: &[u8] = b"panotti audit 1";
/// The length that stands for a field that is not there.
const ABSENT: u32 = u32::MAX;
/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// A hash of the chain.
pub type Hash = [u8; HASH_BYTES];

/// How far a chain goes: the number of its last record and that record's hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The last record; 0 before the first.
    pub number: u64,
    /// Its hash; before the first record [`genesis`].
    pub hash: Hash,
}

impl ChainHead {
    /// The head of a chain without records.
    pub fn empty(store: StoreId) -> Self {
        Self { number: 0, hash: genesis(store) }
    }

    /// Gives a record its number and its hashes, and becomes its head.
    pub fn append(&mut self, record: &mut AuditRecord) {
        record.number = self.number + 1;
        record.previous_hash = hexadecimal(&self.hash);
        let hash = hash(&self.hash, record);
        record.hash = hexadecimal(&hash);
        *self = Self { number: record.number, hash };
    }
}

/// What the first record of a store has in the place of a hash before it, so that the chains of two stores differ from the beginning.
pub fn genesis(store: StoreId) -> Hash {
    sha256(&[DOMAIN, store.as_bytes().as_slice()])
}

/// The hash of a record after the hash before it. What the record itself says about hashes does not count.
pub fn hash(previous: &Hash, record: &AuditRecord) -> Hash {
    sha256(&[previous, &canonical(record)])
}

/// A record as it is hashed: the domain, then the fields in this order, each with its length as four bytes in front, big-endian; numbers
/// are eight bytes, big-endian; a field that is not there is the length `ffffffff` alone.
pub fn canonical(record: &AuditRecord) -> Vec<u8> {
    let mut form = Vec::with_capacity(256);
    for field in [
        Some(DOMAIN),
        Some(record.number.to_be_bytes().as_slice()),
        Some(record.at.as_ms().to_be_bytes().as_slice()),
        Some(record.actor.as_bytes()),
        record.key.as_deref().map(str::as_bytes),
        record.peer.as_deref().map(str::as_bytes),
        Some(record.action.as_bytes()),
        Some(record.object.as_bytes()),
        Some(record.decision.as_bytes()),
        Some(record.reason.as_bytes()),
        Some(record.detail.as_bytes()),
        record.request_id.as_deref().map(str::as_bytes),
    ] {
        // A text of 4 GiB does not fit into a request, so its length always fits into the four bytes.
        let length = field.map_or(ABSENT, |field| u32::try_from(field.len()).unwrap_or(ABSENT - 1));
        form.extend_from_slice(&length.to_be_bytes());
        form.extend_from_slice(field.unwrap_or_default());
    }
    form
}

/// A hash as records show it.
pub fn hexadecimal(hash: &Hash) -> String {
    data_encoding::HEXLOWER.encode(hash)
}

/// Reads a hash as records show it.
pub fn from_hexadecimal(text: &str) -> Option<Hash> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// SHA-256 of some bytes after one another.
pub(super) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
pub(super) mod tests {
    use panotti_protocol::time::Timestamp;

    use super::*;

    pub fn record() -> AuditRecord {
        AuditRecord {
            number: 0,
            at: Timestamp::from_ms(1_795_000_000_000),
            actor: "user:ana".to_owned(),
            key: None,
            peer: Some("uid 1000".to_owned()),
            action: "plugin.enable".to_owned(),
            object: "word-count".to_owned(),
            decision: "allowed".to_owned(),
            reason: "it is wanted".to_owned(),
            detail: String::new(),
            request_id: Some("0123456789abcdef".to_owned()),
            previous_hash: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn rule_21_the_canonical_form_is_the_one_of_the_documentation() {
        let mut head = ChainHead::empty(StoreId::from_bytes([7; 16]));
        let mut record = record();
        head.append(&mut record);

        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/audit.md")).unwrap();
        for shown in [hexadecimal(&genesis(StoreId::from_bytes([7; 16]))), data_encoding::HEXLOWER.encode(&canonical(&record)), record.hash]
        {
            assert!(page.contains(&shown), "the example in docs/audit.md does not have {shown}");
        }
    }

    #[test]
    fn rule_21_every_field_is_in_the_hash_and_none_can_be_moved_into_the_next() {
        let base = record();
        let mut changed = vec![base.clone(); 12];
        changed[0].number += 1;
        changed[1].at = Timestamp::from_ms(base.at.as_ms() + 1);
        changed[2].actor.push('x');
        changed[3].key = Some(String::new());
        changed[4].peer = None;
        changed[5].action.push('x');
        changed[6].object.push('x');
        changed[7].decision = "denied".to_owned();
        changed[8].reason.clear();
        changed[9].detail.push('x');
        changed[10].request_id = None;
        (changed[11].action, changed[11].object) = ("plugin.enableword".to_owned(), "-count".to_owned());
        let hashes: std::collections::BTreeSet<Hash> = changed.iter().chain([&base]).map(|record| hash(&[0; 32], record)).collect();
        assert_eq!(hashes.len(), 13);
    }
}
