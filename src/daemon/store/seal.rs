//! The seal: a small file outside the write-ahead log that holds the newest sequence, the number of transactions and a hash over everything
//! committed, appended after each commit and synced at most a second later and at each checkpoint. The database holds the same. A log whose
//! tail was lost or swapped is noticed at the next start, because SQLite alone would open it as if nothing had happened (semantics rule 22).

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use panotti_protocol::id::EventId;

use super::failure::{StoreError, StoreResult, is_full};

/// What is said of how far the log went: sequence, number of transactions, chain hash.
const BODY_BYTES: usize = 8 + 8 + 32;
/// One entry: that, and a check sum over it. Entries are appended; the last whole one counts.
const ENTRY_BYTES: usize = BODY_BYTES + 8;
/// An entry of version 0.1.0: sequence, chain hash, check sum.
const OLD_BODY_BYTES: usize = 8 + 32;
/// The file is begun anew when it has grown to this.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// What check sums begin with, so that an entry of one version is none of another.
const FORM: &[u8] = b"panotti seal 2";
const OLD_FORM: &[u8] = b"panotti seal 1";

/// How far the log went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HighWater {
    /// The newest sequence that was committed.
    pub sequence: u64,
    /// Transactions that were committed.
    pub commits: u64,
    /// Hash over the place and the id of every event up to it.
    pub chain: [u8; 32],
}

impl HighWater {
    /// Adds an event to the chain.
    #[must_use]
    pub fn with(self, sequence: u64, eventid: &EventId) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&self.chain);
        context.update(&sequence.to_be_bytes());
        context.update(eventid.as_bytes());
        let mut chain = [0; 32];
        chain.copy_from_slice(context.finish().as_ref());
        Self { sequence, chain, ..self }
    }

    /// As the database holds it.
    pub fn to_bytes(self) -> [u8; BODY_BYTES] {
        let mut body = [0; BODY_BYTES];
        body[..8].copy_from_slice(&self.sequence.to_be_bytes());
        body[8..16].copy_from_slice(&self.commits.to_be_bytes());
        body[16..].copy_from_slice(&self.chain);
        body
    }

    /// Reads what the database holds.
    pub fn from_bytes(body: &[u8]) -> Option<Self> {
        let (sequence, rest) = body.split_first_chunk()?;
        let (commits, chain) = rest.split_first_chunk()?;
        Some(Self { sequence: u64::from_be_bytes(*sequence), commits: u64::from_be_bytes(*commits), chain: chain.try_into().ok()? })
    }

    fn to_entry(self) -> [u8; ENTRY_BYTES] {
        let mut entry = [0; ENTRY_BYTES];
        entry[..BODY_BYTES].copy_from_slice(&self.to_bytes());
        let check = check(FORM, &entry[..BODY_BYTES]);
        entry[BODY_BYTES..].copy_from_slice(&check);
        entry
    }

    fn from_entry(entry: &[u8]) -> Option<Self> {
        let (body, written) = entry.split_at_checked(BODY_BYTES)?;
        if check(FORM, body) == written { Self::from_bytes(body) } else { None }
    }

    fn from_old_entry(entry: &[u8]) -> Option<Self> {
        let (body, written) = entry.split_at_checked(OLD_BODY_BYTES)?;
        let (sequence, chain) = body.split_first_chunk()?;
        let fits = check(OLD_FORM, body) == written;
        fits.then_some(Self { sequence: u64::from_be_bytes(*sequence), commits: 0, chain: chain.try_into().ok()? })
    }
}

fn check(form: &[u8], body: &[u8]) -> [u8; 8] {
    let mut context = Context::new(&SHA256);
    context.update(form);
    context.update(body);
    let mut check = [0; 8];
    check.copy_from_slice(&context.finish().as_ref()[..8]);
    check
}

/// The open seal file.
#[derive(Debug)]
pub struct Seal {
    path: PathBuf,
    file: File,
    bytes: u64,
    last: HighWater,
    /// The disk had no room for the newest entry.
    owed: bool,
    unsynced: bool,
}

impl Seal {
    /// Opens or makes it, and reads how far the log went. Torn or foreign entries are passed over: the last whole one counts.
    pub fn open(path: &Path) -> StoreResult<Self> {
        super::folder::private_file(path)?;
        let file_error = |source| StoreError::File { path: path.to_owned(), source };
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(file_error)?;
        let mut text = Vec::new();
        Read::by_ref(&mut file).take(2 * FILE_BYTES_MAX).read_to_end(&mut text).map_err(file_error)?;
        // The last one counts, not the highest: after an accepted loss the log goes on from where it ends now.
        let mut entries = text.chunks_exact(ENTRY_BYTES).filter_map(HighWater::from_entry);
        if let Some(last) = entries.next_back() {
            let bytes = (text.len() - text.len() % ENTRY_BYTES) as u64;
            return Ok(Self { path: path.to_owned(), file, bytes, last, owed: false, unsynced: false });
        }
        // Where an earlier version wrote it, the first entry of this one begins it anew.
        let old = text.chunks_exact(OLD_BODY_BYTES + 8).filter_map(HighWater::from_old_entry).next_back();
        let bytes = if old.is_some() { FILE_BYTES_MAX } else { 0 };
        Ok(Self { path: path.to_owned(), file, bytes, last: old.unwrap_or_default(), owed: false, unsynced: false })
    }

    /// How far the log went by a seal file that is left as it is; nothing where no whole entry is in it.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> std::io::Result<Option<HighWater>> {
        let mut text = Vec::new();
        File::open(path)?.take(2 * FILE_BYTES_MAX).read_to_end(&mut text)?;
        let last = text.chunks_exact(ENTRY_BYTES).filter_map(HighWater::from_entry).next_back();
        Ok(last)
    }

    /// How far the log went.
    pub fn last(&self) -> HighWater {
        self.last
    }

    /// Appends how far the log goes now. The database is already synced, so a full disk is no reason to take anything back: the entry is
    /// then owed, and whoever publishes waits until [`Seal::write_owed`] could write it.
    pub fn append(&mut self, high_water: HighWater) -> StoreResult<()> {
        self.last = high_water;
        self.owed = true;
        self.write_owed().map(drop)
    }

    /// Writes the newest entry where the disk had no room for it. Whether nothing is owed any more.
    pub fn write_owed(&mut self) -> StoreResult<bool> {
        if !self.owed {
            return Ok(true);
        }
        let begin_anew = self.bytes >= FILE_BYTES_MAX;
        let written = if begin_anew { self.replace(self.last) } else { self.write_at_end(self.last) };
        match written {
            Ok(()) => {
                (self.owed, self.unsynced) = (false, true);
                Ok(true)
            }
            Err(error) if is_full(&error) => Ok(false),
            Err(source) => Err(StoreError::File { path: self.path.clone(), source }),
        }
    }

    fn write_at_end(&mut self, high_water: HighWater) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(self.bytes))?;
        self.file.write_all(&high_water.to_entry())?;
        self.bytes += ENTRY_BYTES as u64;
        Ok(())
    }

    /// Writes a new file and puts it in the old one's place, so that there is always a whole one.
    fn replace(&mut self, high_water: HighWater) -> std::io::Result<()> {
        let new_path = self.path.with_extension("new");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(&new_path)?;
        file.write_all(&high_water.to_entry())?;
        file.sync_data()?;
        std::fs::rename(&new_path, &self.path)?;
        self.file = file;
        self.bytes = ENTRY_BYTES as u64;
        Ok(())
    }

    /// Whether something is owed or not on the disk yet.
    pub fn is_behind(&self) -> bool {
        self.owed || self.unsynced
    }

    /// Puts what was appended on the disk.
    pub fn sync(&mut self) -> StoreResult<()> {
        if std::mem::take(&mut self.unsynced) {
            self.file.sync_data().map_err(|source| StoreError::File { path: self.path.clone(), source })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn high_water(sequence: u64) -> HighWater {
        HighWater { sequence, commits: 2 * sequence, chain: [u8::try_from(sequence % 251).unwrap(); 32] }
    }

    #[test]
    fn the_last_whole_entry_counts_and_a_torn_one_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal");
        let mut seal = Seal::open(&path).unwrap();
        for sequence in 1..=3 {
            seal.append(high_water(sequence)).unwrap();
        }
        seal.sync().unwrap();
        drop(seal);

        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(3 * ENTRY_BYTES as u64 - 5).unwrap();

        let mut seal = Seal::open(&path).unwrap();
        assert_eq!(seal.last(), high_water(2));
        seal.append(high_water(9)).unwrap();
        assert_eq!(Seal::open(&path).unwrap().last(), high_water(9));
    }

    #[test]
    fn a_file_of_version_0_1_0_is_read_and_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal");
        let mut text = Vec::new();
        for sequence in [5_u64, 6] {
            let body = [sequence.to_be_bytes().as_slice(), &[9; 32]].concat();
            text.extend_from_slice(&body);
            text.extend_from_slice(&check(OLD_FORM, &body));
        }
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();

        let mut seal = Seal::open(&path).unwrap();
        assert_eq!(seal.last(), HighWater { sequence: 6, commits: 0, chain: [9; 32] });
        seal.append(high_water(7)).unwrap();
        assert_eq!(Seal::open(&path).unwrap().last(), high_water(7));
        assert_eq!(std::fs::metadata(&path).unwrap().len(), ENTRY_BYTES as u64);
    }

    #[test]
    fn a_tail_that_was_given_up_is_not_missed_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal");
        let mut seal = Seal::open(&path).unwrap();
        seal.append(high_water(9)).unwrap();
        seal.append(high_water(4)).unwrap();

        assert_eq!(Seal::open(&path).unwrap().last(), high_water(4));
    }

    #[test]
    fn an_entry_that_finds_no_room_is_owed_and_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal");
        let mut seal = Seal::open(&path).unwrap();
        seal.append(high_water(1)).unwrap();
        let file = std::mem::replace(&mut seal.file, OpenOptions::new().write(true).open("/dev/full").unwrap());

        seal.append(high_water(2)).unwrap();
        assert!(!seal.write_owed().unwrap());
        seal.file = file;

        assert!(seal.write_owed().unwrap());
        assert_eq!(Seal::open(&path).unwrap().last(), high_water(2));
    }

    #[test]
    fn the_file_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal");
        let mut seal = Seal::open(&path).unwrap();
        let entries = FILE_BYTES_MAX / ENTRY_BYTES as u64 + 10;
        for sequence in 1..=entries {
            seal.append(high_water(sequence)).unwrap();
        }

        assert!(std::fs::metadata(&path).unwrap().len() < FILE_BYTES_MAX);
        assert_eq!(Seal::open(&path).unwrap().last(), high_water(entries));
    }
}
