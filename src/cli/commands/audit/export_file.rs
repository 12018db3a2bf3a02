//! Verifies an export without a daemon: a file of records, and a copy of the checkpoints where there is one.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use panotti_protocol::api::AuditRecord;
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::StoreId;

use super::verify::{Verified, not_proven};
use crate::audit::chain::{ChainHead, from_hexadecimal};
use crate::audit::note::{PublicKey, parse};
use crate::audit::verify::{Checkpoints, Verifier};

/// Longest line of an export, in bytes.
const LINE_BYTES_MAX: u64 = 1024 * 1024;
/// Largest file of checkpoints, in bytes.
const CHECKPOINTS_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Verifies the records of a file up to the first that is bad.
///
/// # Errors
/// Where a file cannot be read, or holds something else.
pub fn verify(path: &Path, checkpoints: Option<&Path>, key: Option<PublicKey>) -> Result<Verified, Failure> {
    let signed = match (checkpoints, &key) {
        (Some(path), Some(key)) => read_checkpoints(path, key)?,
        _ => Checkpoints::default(),
    };
    let store = key.as_ref().and_then(|key| key.name().rsplit_once('/')?.1.parse::<StoreId>().ok());
    let mut records = Records { path, lines: open(path)?, number: 0 };
    let first = records.next()?;
    let from = first.as_ref().map_or(1, |record| record.number);
    let head = match &first {
        Some(first) => beginning(first, store, path)?,
        None => store.map_or(ChainHead { number: 0, hash: [0; 32] }, ChainHead::empty),
    };
    let mut verifier = Verifier::new(head, signed);
    let mut problem = None;
    let mut next = first;
    while let Some(record) = next {
        problem = verifier.take(&record).err();
        next = if problem.is_none() { records.next()? } else { None };
    }
    let problem = problem.or_else(|| verifier.finish().err());
    Ok(Verified {
        ok: problem.is_none(),
        records: verifier.records,
        checkpoints: verifier.compared,
        signed_to: verifier.signed_to(),
        public_key: key.filter(|_| checkpoints.is_some()).map(|key| key.to_string()),
        from,
        problem,
        not_proven: not_proven(from),
    })
}

struct Records<'p> {
    path: &'p Path,
    lines: Box<dyn BufRead>,
    number: u64,
}

impl Records<'_> {
    fn next(&mut self) -> Result<Option<AuditRecord>, Failure> {
        let mut line = Vec::new();
        self.number += 1;
        let read = (&mut self.lines).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        match read.map_err(|error| unreadable(self.path, &error.to_string()))? {
            0 => Ok(None),
            _ => serde_json::from_slice(&line)
                .map(Some)
                .map_err(|error| unreadable(self.path, &format!("line {} is no record: {error}", self.number))),
        }
    }
}

/// What the first record of a file follows: the beginning of the store's chain where that is known and it is the first, else what it says.
fn beginning(first: &AuditRecord, store: Option<StoreId>, path: &Path) -> Result<ChainHead, Failure> {
    if let (1, Some(store)) = (first.number, store) {
        return Ok(ChainHead::empty(store));
    }
    let hash = from_hexadecimal(&first.previous_hash).ok_or_else(|| unreadable(path, "its first record has no hash before it"))?;
    Ok(ChainHead { number: first.number.saturating_sub(1), hash })
}

fn read_checkpoints(path: &Path, key: &PublicKey) -> Result<Checkpoints, Failure> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(CHECKPOINTS_BYTES_MAX).read_to_string(&mut text));
    read.map_err(|error| unreadable(path, &error.to_string()))?;
    let signed = Checkpoints::new(&parse(&text), key);
    if signed.is_empty() { Err(unreadable(path, "no checkpoint in it is signed with this key")) } else { Ok(signed) }
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = File::open(path).map_err(|error| unreadable(path, &error.to_string()))?;
    Ok(Box::new(BufReader::new(file)))
}

fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::new(ErrorCode::INPUT_UNREADABLE, format!("{}: {why}", path.display()))
}
