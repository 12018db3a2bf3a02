//! Verifies a chain, record after record, and against checkpoints. Says which record is the first that is not what was written.

use std::collections::BTreeMap;

use panotti_protocol::api::{AuditProblem, AuditRecord};

use super::chain::{self, ChainHead, Hash};
use super::note::{Note, PublicKey};

/// What a chain says of itself cannot prove this, and neither can checkpoints.
pub const NOT_PROVEN: [&str; 3] = [
    "anything about records newer than the newest checkpoint, up to 60 seconds or 1,000 of them: they may have been cut off or added",
    "anything against whoever had both the signing key and every copy of the checkpoints: keep one copy where the daemon's user cannot write",
    "that what a record says was true, or that everything that should have been recorded was: only that it was not changed afterwards",
];

/// Checkpoints to compare a chain with, all of them signed by one key.
#[derive(Debug, Clone, Default)]
pub struct Checkpoints {
    /// The hashes that were signed for each number of records. More than one means that the history was replaced between them.
    by_number: BTreeMap<u64, Vec<Hash>>,
    /// Notes that another key has signed, or nobody.
    pub foreign: u64,
}

impl Checkpoints {
    /// Takes the notes that a key has signed.
    pub fn new<'n>(notes: impl IntoIterator<Item = &'n Note>, key: &PublicKey) -> Self {
        let mut taken = Self::default();
        for note in notes {
            let head = note.checkpoint.head;
            let known = taken.by_number.get(&head.number).is_some_and(|hashes| hashes.contains(&head.hash));
            if known {
                continue;
            }
            if note.is_signed_by(key) {
                taken.by_number.entry(head.number).or_default().push(head.hash);
            } else {
                taken.foreign += 1;
            }
        }
        taken
    }

    /// The newest stands for this many records.
    pub fn signed_to(&self) -> u64 {
        self.by_number.last_key_value().map_or(0, |(number, _)| *number)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_number.is_empty()
    }

    /// The newest that stands for at most so many records: those before it cannot be the first bad one.
    fn before(&self, number: u64) -> u64 {
        self.by_number.range(..number).next_back().map_or(0, |(number, _)| *number)
    }
}

/// The verifier. Takes records in the order of their numbers.
#[derive(Debug, Clone)]
pub struct Verifier {
    head: ChainHead,
    checkpoints: Checkpoints,
    /// Records that were taken.
    pub records: u64,
    /// Checkpoints that spoke of one of them.
    pub compared: u64,
}

impl Verifier {
    /// Goes on after a record whose hash is known: that of the record before, or [`ChainHead::empty`].
    pub fn new(head: ChainHead, checkpoints: Checkpoints) -> Self {
        Self { head, checkpoints, records: 0, compared: 0 }
    }

    /// How far the chain was verified.
    pub fn head(&self) -> ChainHead {
        self.head
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// The first record that is not what was written.
    pub fn take(&mut self, record: &AuditRecord) -> Result<(), AuditProblem> {
        let expected = self.head.number + 1;
        if record.number != expected {
            let detail = match record.number > expected {
                true => format!("it is missing; record {} comes next", record.number),
                false => format!("record {} stands in its place", record.number),
            };
            return Err(AuditProblem { number: expected, detail });
        }
        let problem = |detail: &str| Err(AuditProblem { number: expected, detail: detail.to_owned() });
        if record.previous_hash != chain::hexadecimal(&self.head.hash) {
            return problem("it does not follow the record before it: one of the two was replaced, or one between them removed");
        }
        let hash = chain::hash(&self.head.hash, record);
        if record.hash != chain::hexadecimal(&hash) {
            return problem("it was changed: its hash is another one");
        }
        if let Some(signed) = self.checkpoints.by_number.get(&expected) {
            if signed.iter().any(|signed| *signed != hash) {
                let first = self.checkpoints.before(expected) + 1;
                let detail = match first == expected {
                    true => "it is not the one that a checkpoint was signed for".to_owned(),
                    false => format!("this or a later one up to {expected} is not the one that a checkpoint was signed for"),
                };
                return Err(AuditProblem { number: first, detail });
            }
            self.compared += 1;
        }
        self.head = ChainHead { number: expected, hash };
        self.records += 1;
        Ok(())
    }

    /// Says that no more records come.
    ///
    /// # Errors
    /// Where a checkpoint stands for more of them.
    pub fn finish(&self) -> Result<(), AuditProblem> {
        let signed_to = self.checkpoints.signed_to();
        if signed_to <= self.head.number {
            return Ok(());
        }
        let number = self.head.number + 1;
        Err(AuditProblem { number, detail: format!("it is missing: the newest checkpoint stands for {signed_to} records") })
    }

    /// The newest checkpoint stands for this many records.
    pub fn signed_to(&self) -> u64 {
        self.checkpoints.signed_to()
    }
}

#[cfg(test)]
mod tests {
    use panotti_protocol::id::StoreId;
    use panotti_protocol::time::Timestamp;

    use super::super::chain::tests::record;
    use super::super::note::{KEY_BYTES, Signer, parse};
    use super::*;

    fn store() -> StoreId {
        StoreId::from_bytes([7; 16])
    }

    fn chain(length: u64) -> Vec<AuditRecord> {
        let mut head = ChainHead::empty(store());
        let one = |number: u64| {
            let mut record = AuditRecord { object: format!("plugin-{number}"), ..record() };
            head.append(&mut record);
            record
        };
        (1..=length).map(one).collect()
    }

    fn checkpoints(records: &[AuditRecord], at: &[usize]) -> Checkpoints {
        let signer = Signer::new(store(), &[1; KEY_BYTES]).unwrap();
        let head = |index: usize| match index {
            0 => ChainHead::empty(store()),
            index => ChainHead { number: index as u64, hash: chain::from_hexadecimal(&records[index - 1].hash).unwrap() },
        };
        let file: String = at.iter().map(|index| signer.sign(head(*index), Timestamp::from_ms(5), false)).collect();
        Checkpoints::new(&parse(&file), &signer.public())
    }

    fn verified(records: &[AuditRecord], checkpoints: Checkpoints) -> Result<u64, AuditProblem> {
        let mut verifier = Verifier::new(ChainHead::empty(store()), checkpoints);
        for record in records {
            verifier.take(record)?;
        }
        verifier.finish().map(|()| verifier.records)
    }

    #[test]
    fn rule_21_a_chain_verifies_and_the_first_bad_record_is_named() {
        let whole = chain(9);
        assert_eq!(verified(&whole, checkpoints(&whole, &[4, 9])), Ok(9));

        let mut edited = whole.clone();
        edited[4].reason = "another".to_owned();
        assert_eq!(verified(&edited, Checkpoints::default()).unwrap_err().number, 5);
        let mut removed = whole.clone();
        removed.remove(4);
        assert_eq!(verified(&removed, Checkpoints::default()).unwrap_err().number, 5);
        let mut swapped = whole.clone();
        swapped.swap(4, 5);
        assert_eq!(verified(&swapped, Checkpoints::default()).unwrap_err().number, 5);
    }

    #[test]
    fn rule_21_what_a_chain_alone_cannot_show_its_checkpoints_do() {
        let whole = chain(9);
        assert_eq!(verified(&whole[..7], Checkpoints::default()), Ok(7), "a chain that was cut off is still a chain");
        assert_eq!(verified(&whole[..7], checkpoints(&whole, &[4, 9])).unwrap_err().number, 8);

        let mut rewritten = whole.clone();
        let mut head = ChainHead::empty(store());
        rewritten[5].actor = "nobody".to_owned();
        rewritten.iter_mut().for_each(|record| head.append(record));
        assert_eq!(verified(&rewritten, Checkpoints::default()), Ok(9), "whoever can write everything can hash anew");
        assert_eq!(verified(&rewritten, checkpoints(&whole, &[4, 9])).unwrap_err().number, 5, "the first that can be bad");
    }

    #[test]
    fn rule_21_a_checkpoint_of_another_key_counts_for_nothing() {
        let whole = chain(3);
        let stranger = Signer::new(store(), &[2; KEY_BYTES]).unwrap();
        let file = stranger.sign(ChainHead { number: 99, hash: [0; 32] }, Timestamp::from_ms(5), false);
        let own = Signer::new(store(), &[1; KEY_BYTES]).unwrap().public();

        let taken = Checkpoints::new(&parse(&file), &own);

        assert_eq!((taken.signed_to(), taken.foreign), (0, 1));
        assert_eq!(verified(&whole, taken), Ok(3));
    }
}
