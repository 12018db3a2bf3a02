//! What kind of file system a folder is on, and whether a store can be trusted to it: SQLite's locks and syncs mean nothing on most
//! network file systems, and memory is gone after a restart.

use std::path::{Path, PathBuf};

/// How far a kind of file system can be trusted with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Syncs reach a disk of this machine.
    Local,
    /// Everything is gone when the machine restarts.
    Memory,
    /// What a sync means is another program's matter, or not known here.
    Unknown,
    /// Another machine has the disk: locks and syncs cannot be relied on.
    Network,
}

/// A file system that a folder is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystem {
    /// Its kind in a word: `ext4`, `nfs`; a number where it is not known.
    pub name: String,
    /// How far it can be trusted.
    pub trust: Trust,
    /// Whether it is mounted to read only.
    pub read_only: bool,
    /// Bytes that are free for this user.
    pub free_bytes: u64,
    /// Files that can still be made; none where the file system does not count them.
    pub free_files: Option<u64>,
}

/// Numbers of the kernel (`linux/magic.h`, statfs(2)), with their names.
const KINDS: [(u64, &str, Trust); 22] = [
    (0xef53, "ext4", Trust::Local),
    (0x5846_5342, "xfs", Trust::Local),
    (0x9123_683e, "btrfs", Trust::Local),
    (0x2fc1_2fc1, "zfs", Trust::Local),
    (0xca45_1a4e, "bcachefs", Trust::Local),
    (0xf2f5_2010, "f2fs", Trust::Local),
    (0x3153_464a, "jfs", Trust::Local),
    (0x5265_4973, "reiserfs", Trust::Local),
    (0x794c_7630, "overlay", Trust::Local),
    (0x0102_1994, "tmpfs", Trust::Memory),
    (0x8584_58f6, "ramfs", Trust::Memory),
    (0x6573_5546, "fuse", Trust::Unknown),
    (0x0102_1997, "9p", Trust::Unknown),
    (0x4d44, "fat", Trust::Unknown),
    (0x5346_544e, "ntfs", Trust::Unknown),
    (0x6969, "nfs", Trust::Network),
    (0x517b, "smb", Trust::Network),
    (0xfe53_4d42, "smb2", Trust::Network),
    (0xff53_4d42, "cifs", Trust::Network),
    (0x5346_414f, "afs", Trust::Network),
    (0x00c3_6400, "ceph", Trust::Network),
    (0x7375_7245, "coda", Trust::Network),
];

/// The name and the trust that go with the kernel's number.
pub fn kind(number: u64) -> (String, Trust) {
    match KINDS.iter().find(|(known, _, _)| *known == number) {
        Some((_, name, trust)) => ((*name).to_owned(), *trust),
        None => (format!("{number:#x}"), Trust::Unknown),
    }
}

/// Looks at the file system that a folder is on, or will be on when it is made.
///
/// # Errors
/// What the system said.
pub fn look(folder: &Path) -> std::io::Result<FileSystem> {
    let existing = nearest(folder);
    let (found, disk) = (rustix::fs::statfs(&existing)?, rustix::fs::statvfs(&existing)?);
    // The number's type differs between processors, and only its lower half counts.
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "the type of the number is the processor's")]
    let (name, trust) = kind(found.f_type as u64 & 0xffff_ffff);
    Ok(FileSystem {
        name,
        trust,
        read_only: disk.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
        free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
        free_files: (disk.f_files > 0).then_some(disk.f_favail),
    })
}

/// The folder itself, or the nearest one above it that is there.
fn nearest(folder: &Path) -> PathBuf {
    folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/")).to_owned()
}

/// Why a store must not be kept there, where it must not.
pub fn refusal(folder: &Path, found: &FileSystem) -> Option<String> {
    let shown = folder.display();
    match found.trust {
        _ if found.read_only => Some(format!("{shown} is on a file system that is mounted to read only")),
        Trust::Network => Some(format!("{shown} is on a network file system ({}), whose locks and syncs cannot be relied on", found.name)),
        Trust::Local | Trust::Memory | Trust::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_system(number: u64, read_only: bool) -> FileSystem {
        let (name, trust) = kind(number);
        FileSystem { name, trust, read_only, free_bytes: 1, free_files: None }
    }

    #[test]
    fn network_and_read_only_file_systems_are_refused_and_memory_is_not() {
        let refused = |number, read_only| refusal(Path::new("/data"), &file_system(number, read_only));
        for network in [0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x5346_414f, 0x00c3_6400, 0x7375_7245] {
            assert!(refused(network, false).is_some_and(|why| why.contains("network")), "{network:#x}");
        }
        for other in [0xef53, 0x5846_5342, 0x0102_1994, 0x6573_5546, 0x1234] {
            assert_eq!(refused(other, false), None, "{other:#x}");
            assert!(refused(other, true).is_some_and(|why| why.contains("read only")), "{other:#x}");
        }
        assert_eq!(kind(0x1234), ("0x1234".to_owned(), Trust::Unknown));
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let there = look(folder.path()).unwrap();
        assert_eq!(look(&folder.path().join("a/b")).unwrap().name, there.name);
        assert!(there.free_bytes > 0 && !there.read_only);
    }
}
