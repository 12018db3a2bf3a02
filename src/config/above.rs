//! The folders above one of the daemon's: whether somebody else could put something in its place. A check of the folder itself is worth
//! nothing where the next moment another one has its name (safety.md T2).

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::user::primary_group;

const STICKY: u32 = 0o1000;
const GROUP_WRITES: u32 = 0o020;
const ANYBODY_WRITES: u32 = 0o002;

/// A folder above another in which somebody else can rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The folder.
    pub folder: PathBuf,
    /// Who can rename in it.
    pub who: String,
    /// What mends it.
    pub next: String,
}

/// The first folder above a path, as it is written and as links lead, in which somebody other than `user` and root can rename what is in it.
/// What is not there yet is passed over. Where a folder is sticky, as `/tmp` is, only the owner of what is in it can.
pub fn opening_above(path: &Path, user: u32) -> Option<Opening> {
    let written = std::path::absolute(path).ok()?;
    let nearest = written.ancestors().find(|above| above.exists())?;
    let led_to = nearest.canonicalize().ok()?;
    // Of what the path leads to, the last is the folder itself, where that is there: its caller looks at it.
    let own = usize::from(nearest == written);
    let mut above = written.ancestors().skip(1).chain(led_to.ancestors().skip(own));
    above.find_map(|folder| opening(folder, &fs::symlink_metadata(folder).ok()?, user))
}

fn opening(folder: &Path, metadata: &Metadata, user: u32) -> Option<Opening> {
    if !metadata.is_dir() {
        return None;
    }
    let (mode, owner, group) = (metadata.mode(), metadata.uid(), metadata.gid());
    let shown = folder.display();
    let found = |who: String, next: String| Some(Opening { folder: folder.to_owned(), who, next });
    if owner != user && owner != 0 {
        return found(format!("user {owner}, to whom it belongs"), format!("put it elsewhere; or run: chown {user} {shown}"));
    }
    if mode & STICKY != 0 {
        return None;
    }
    if mode & ANYBODY_WRITES != 0 {
        return found("everybody".to_owned(), format!("chmod o-w {shown}"));
    }
    // A group of one's own has nobody else in it; that of root has only who may do everything anyway.
    let is_own = group == 0 || primary_group(user) == Some(group);
    if mode & GROUP_WRITES != 0 && !is_own {
        return found(format!("group {group}"), format!("chmod g-w {shown}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_in_which_others_can_rename_is_an_opening_whether_the_path_names_it_or_a_link_leads_through_it() {
        let scratch = tempfile::tempdir().unwrap();
        let own = fs::metadata(scratch.path()).unwrap().uid();
        let root = scratch.path().canonicalize().unwrap();
        let open = root.join("open");
        let data = open.join("between/data");
        fs::create_dir_all(&data).unwrap();
        set_mode(&open, 0o777);
        symlink(&data, root.join("link")).unwrap();
        let found = |path: &Path| opening_above(path, own).map(|opening| (opening.folder, opening.who));

        assert_eq!(found(&data), Some((open.clone(), "everybody".to_owned())));
        assert_eq!(found(&open.join("not/there/yet")), Some((open.clone(), "everybody".to_owned())));
        assert_eq!(found(&root.join("link")), Some((open.clone(), "everybody".to_owned())));
        assert_eq!(found(&open), None, "the folder itself is for others to look at");

        set_mode(&open, 0o1777);
        assert_eq!(found(&data), None, "only owners rename in it");
        set_mode(&open, 0o755);
        assert_eq!(found(&data), None);
        let somebody_elses = opening_above(&data, own + 1).map(|opening| opening.next);
        assert_eq!(somebody_elses.is_some(), own != 0, "{somebody_elses:?}");
    }
}
