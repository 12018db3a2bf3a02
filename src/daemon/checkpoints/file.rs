//! A file of checkpoints, one after the other. When it has grown to its size it is put aside once, so that it never takes more than twice
//! that: the newest checkpoint alone stands for the whole history.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::audit::note::{Note, PublicKey, parse};

/// Bytes of a file, past which it is put aside.
const BYTES_MAX: u64 = 1024 * 1024;
/// What a file that was put aside is called, after its name.
const ASIDE: &str = ".1";

/// A file of checkpoints.
#[derive(Debug, Clone)]
pub struct CheckpointFile {
    path: PathBuf,
}

impl CheckpointFile {
    /// The one in the data folder.
    pub fn own(data: &Path) -> Self {
        Self { path: data.join("audit.checkpoints") }
    }

    /// A copy in another folder, named by the store, so that several can share it.
    pub fn in_folder(folder: &Path, key: &PublicKey) -> Self {
        Self { path: folder.join(format!("{}.checkpoints", key.name().replace('/', "-"))) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn aside(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(ASIDE);
        name.into()
    }

    /// Adds a note and puts it on the disk; without one, only looks whether that would work. The folder is not made: where it is missing,
    /// a disk may not be mounted.
    ///
    /// # Errors
    /// Why not.
    pub fn add(&self, note: Option<&str>) -> io::Result<()> {
        let Some(note) = note else {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            return std::fs::metadata(folder).map(drop);
        };
        if std::fs::metadata(&self.path).is_ok_and(|found| found.len() >= BYTES_MAX) {
            std::fs::rename(&self.path, self.aside())?;
        }
        // A symbolic link in its place is not followed.
        let no_link = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).custom_flags(no_link).open(&self.path)?;
        let whole = if ends_whole(&mut file)? { "" } else { "\n\n" };
        file.write_all(format!("{whole}{note}").as_bytes())?;
        file.sync_data()
    }

    /// What is in it, the oldest first. What cannot be read has none.
    pub fn notes(&self) -> Vec<Note> {
        [self.aside(), self.path.clone()].iter().flat_map(|path| parse(&read(path))).collect()
    }
}

/// Whether the last note was written to its end: a crash or a full disk may have torn it.
fn ends_whole(file: &mut File) -> io::Result<bool> {
    const END: &[u8] = b"\n\n";
    let length = file.metadata()?.len();
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(END.len() as u64)))?;
    file.read_to_end(&mut end)?;
    Ok(length == 0 || end == END)
}

fn read(path: &Path) -> String {
    let mut bytes = Vec::new();
    // Twice the size, because a file may have been put here by hand.
    let read = File::open(path).and_then(|file| file.take(2 * BYTES_MAX).read_to_end(&mut bytes));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use panotti_protocol::id::StoreId;
    use panotti_protocol::time::Timestamp;

    use super::*;
    use crate::audit::chain::ChainHead;
    use crate::audit::note::{KEY_BYTES, Signer};

    #[test]
    fn a_torn_checkpoint_takes_none_of_the_next_ones_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::new(StoreId::from_bytes([7; 16]), &[1; KEY_BYTES]).unwrap();
        let file = CheckpointFile::own(folder.path());
        let note = |number| signer.sign(ChainHead { number, hash: [3; 32] }, Timestamp::from_ms(5), false);
        let torn = note(1);
        for end in (0..torn.len()).filter(|end| torn.is_char_boundary(*end)) {
            std::fs::write(file.path(), &torn[..end]).unwrap();

            file.add(Some(&note(2))).unwrap();

            let newest = file.notes().pop().unwrap();
            assert!(newest.checkpoint.head.number == 2 && newest.is_signed_by(&signer.public()), "cut at {end}");
        }
    }

    #[test]
    fn a_file_of_checkpoints_does_not_grow_for_ever_and_keeps_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::new(StoreId::from_bytes([7; 16]), &[1; KEY_BYTES]).unwrap();
        let file = CheckpointFile::own(folder.path());
        let note = |number| signer.sign(ChainHead { number, hash: [3; 32] }, Timestamp::from_ms(5), false);
        let filled = BYTES_MAX / note(1).len() as u64 * 3;
        std::fs::write(file.path(), (1..filled).map(note).collect::<String>()).unwrap();

        file.add(Some(&note(filled))).unwrap();
        file.add(Some(&note(filled + 1))).unwrap();

        assert!(std::fs::metadata(file.path()).unwrap().len() < BYTES_MAX);
        assert_eq!(file.notes().last().unwrap().checkpoint.head.number, filled + 1);
        assert!(CheckpointFile::own(&folder.path().join("gone")).add(None).is_err());
    }
}
