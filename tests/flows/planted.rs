//! Things that somebody else has put in the place of a daemon's own: it does not start, or leaves them alone, and touches nothing that a link
//! leads to.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::folder::picture;
use super::strangers::python_of_others;
use crate::support::daemon::Daemon;
use crate::support::scratch::{Scratch, told};

/// What is put somewhere.
#[derive(Debug, Clone, Copy)]
enum Planted {
    /// A link to a file of somebody else's.
    LinkToFile,
    /// A link to a folder of somebody else's.
    LinkToFolder,
    /// A file with these words in it.
    File,
    /// A folder that everybody can write to.
    OpenFolder,
}

use Planted::{File, LinkToFile, LinkToFolder, OpenFolder};

const WORDS: &[u8] = b"somebody else's, and to stay as it is\n";

/// What is planted where: places are of the folder that holds the data folder and the keys folder.
const CASES: [(&str, Planted); 18] = [
    ("data", LinkToFolder),
    ("data", OpenFolder),
    ("data/LOCK", LinkToFile),
    ("data/panotti.db", LinkToFile),
    ("data/panotti.db-wal", LinkToFile),
    ("data/panotti.db-shm", LinkToFile),
    ("data/seal", LinkToFile),
    ("data/store-id", LinkToFile),
    ("data/audit.checkpoints", LinkToFile),
    ("data/run", LinkToFolder),
    ("data/run", OpenFolder),
    ("data/run/panotti.sock", LinkToFile),
    ("data/run/panotti.sock", File),
    ("data/logs", LinkToFolder),
    ("data/logs/panotti.log", LinkToFile),
    ("data/logs/access.log", LinkToFile),
    ("data.keys", LinkToFolder),
    ("data.keys/pepper", LinkToFile),
];

/// Somebody else's file and folder.
struct Foreign {
    file: PathBuf,
    folder: PathBuf,
}

impl Foreign {
    fn new(scratch: &Scratch) -> Self {
        let foreign = Self { file: scratch.path().join("foreign"), folder: scratch.path().join("foreign.folder") };
        std::fs::write(&foreign.file, WORDS).unwrap();
        std::fs::set_permissions(&foreign.file, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::fs::create_dir(&foreign.folder).unwrap();
        std::fs::set_permissions(&foreign.folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        foreign
    }

    fn plant(&self, place: &Path, what: Planted) {
        if std::fs::symlink_metadata(place).is_ok_and(|found| found.is_dir()) {
            std::fs::rename(place, place.with_extension("aside")).unwrap();
        } else {
            let _ = std::fs::remove_file(place);
        }
        match what {
            LinkToFile => symlink(&self.file, place).unwrap(),
            LinkToFolder => symlink(&self.folder, place).unwrap(),
            File => std::fs::write(place, WORDS).unwrap(),
            OpenFolder => {
                std::fs::create_dir(place).unwrap();
                std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o777)).unwrap();
            }
        }
    }

    /// Whether nobody has touched them.
    fn is_as_it_was(&self) -> bool {
        let found = std::fs::metadata(&self.file).unwrap();
        let inside = std::fs::read_dir(&self.folder).unwrap().count();
        std::fs::read(&self.file).unwrap() == WORDS && found.mode() & 0o7777 == 0o644 && found.nlink() == 1 && inside == 0
    }
}

#[test]
fn of_what_others_plant_in_the_places_of_a_daemon_nothing_is_followed_or_touched() {
    let mut refused = 0;
    for (place, what) in CASES {
        let scratch = Scratch::new();
        assert!(Daemon::start(&scratch).stop().success());
        let foreign = Foreign::new(&scratch);
        let path = scratch.path().join(place);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        foreign.plant(&path, what);

        let mut daemon = Daemon::spawn(&scratch, &[], &[]);
        let ended = crate::support::until("it is ready or ends", || match daemon.ended() {
            Some(status) => Some(Some(status)),
            None => daemon.is_ready().then_some(None),
        });

        match ended {
            Some(status) => {
                refused += 1;
                assert!(matches!(status.code(), Some(65 | 73 | 74 | 77 | 78)), "{place} {what:?}: {status} {}", daemon.output());
            }
            None => assert!(daemon.stop().success(), "{place} {what:?}"),
        }
        assert!(foreign.is_as_it_was(), "{place} {what:?}: what it leads to was touched");
        if let File = what {
            assert_eq!(std::fs::read(&path).unwrap(), WORDS, "{place} {what:?}");
        }
    }
    println!("{} planted things: {refused} refused, {} put aside, 0 followed", CASES.len(), CASES.len() - refused);
}

#[test]
fn a_folder_of_somebody_elses_is_refused() {
    let scratch = Scratch::new();
    assert!(Daemon::start(&scratch).stop().success());
    if std::os::unix::fs::chown(scratch.data(), Some(65_534), None).is_err() {
        println!("skipped: only root may give a folder away");
        return;
    }
    let output = scratch.run(&["daemon", "run"]);
    std::os::unix::fs::chown(scratch.data(), Some(rustix::process::geteuid().as_raw()), None).unwrap();

    assert_eq!(output.status.code(), Some(77), "{}", told(&output));
}

/// Puts a link in a folder's place and takes it away again, until its input has ended and it has renamed and linked 10,000 times at least,
/// or tried to. Says how often it could.
const RACE: &str = r#"
import os, select, sys
place, to = sys.argv[1:]
steps = [lambda: os.rename(place, place + ".aside"), lambda: os.symlink(to, place), lambda: os.unlink(place), lambda: os.rename(place + ".aside", place)]
rounds = could = 0
while rounds < 2500 or not select.select([sys.stdin], [], [], 0)[0]:
    rounds += 1
    for step in steps:
        try:
            step()
            could += 1
        except OSError:
            pass
print(could)
"#;

#[test]
fn t2_another_user_who_puts_links_in_the_place_of_the_data_folder_as_fast_as_it_can_has_nothing_written_to_what_they_lead_to() {
    const STARTS: usize = 20;
    let Some(python) = python_of_others() else { return };
    for mode in [0o777, 0o1777] {
        let scratch = Scratch::new();
        let (open, other) = (scratch.path().join("open"), scratch.path().join("other"));
        for (folder, mode) in [(scratch.path(), 0o755), (&open, mode), (&other, 0o700)] {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        for name in ["LOCK", "panotti.db", "store-id", "seal"] {
            std::fs::write(other.join(name), WORDS).unwrap();
            std::fs::set_permissions(other.join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let before = picture(&other);
        let data = open.join("data");
        let mut racer = scratch.program("setpriv");
        racer.args(["--reuid=65534", "--regid=65534", "--clear-groups", python, "-c", RACE]).arg(&data).arg(&other);
        let mut racer = racer.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();

        let mut ran = 0;
        for _ in 0..STARTS {
            let mut daemon = Daemon::spawn_command(&scratch, {
                let mut command = scratch.program(env!("CARGO_BIN_EXE_panotti"));
                command.arg("--data").arg(&data).args(["daemon", "run"]);
                command
            })
            .at(&data.join("run/panotti.sock"));
            let ended = crate::support::until("it is ready or ends", || match daemon.ended() {
                Some(status) => Some(Some(status)),
                None => daemon.is_ready().then_some(None),
            });
            match ended {
                Some(status) => assert!(matches!(status.code(), Some(73 | 74 | 77 | 78)), "{status} {}", daemon.output()),
                None => {
                    ran += 1;
                    assert!(daemon.stop().success());
                    std::fs::remove_dir_all(&data).unwrap();
                }
            }
        }
        drop(racer.stdin.take());
        let could = told(&racer.wait_with_output().unwrap());

        assert_eq!(picture(&other), before, "what the links lead to was touched, in a folder of mode {mode:o}");
        assert!(mode == 0o1777 || ran == 0, "it ran {ran} times where everybody can rename its folder");
        println!("mode {mode:o}: {STARTS} starts beside {} renames and links of another user: {ran} ran, the others refused", could.trim());
    }
}
