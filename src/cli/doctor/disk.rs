//! The disk under the store, and the clock by which it writes.

use std::time::{Duration, SystemTime};

use panotti_protocol::api::Check;

use super::Examined;
use crate::cli::output::human::{bytes, count};
use crate::config::file_system::{self, Trust, refusal};

/// Free files below which a start or a plugin's log can fail.
const FREE_FILES_MIN: u64 = 1_000;
/// How far a file may seem to be ahead of the clock: file systems and machines round and drift.
const AHEAD_MAX: Duration = Duration::from_secs(60);
/// Panotti is younger than this; a clock that says less was never set. 2026-01-01, in seconds.
const YOUNGEST_S: u64 = 1_767_225_600;
/// What tells of a clock that was set back.
const WRITTEN: [&str; 3] = ["panotti.db", "panotti.db-wal", "seal"];

pub(super) fn file_system(examined: &Examined) -> Check {
    const NAME: &str = "file-system";
    let data = &examined.places.data_dir.path;
    let found = match file_system::look(data) {
        Ok(found) => found,
        Err(error) => return Check::failed(NAME, format!("{}: {error}", data.display()), "name another folder with `--data`"),
    };
    if let Some(why) = refusal(data, &found) {
        return Check::failed(NAME, why, "name a folder on a local disk with `--data`");
    }
    let kind = found.name;
    match found.trust {
        Trust::Memory => {
            let detail = format!("{} is in memory ({kind}): all of it is gone when the machine restarts", data.display());
            Check::warning(NAME, detail, "name a folder on a disk with `--data`")
        }
        Trust::Unknown => {
            let detail = format!("{} is on a file system ({kind}) of which it is not known whether its syncs reach a disk", data.display());
            Check::warning(NAME, detail, "prefer ext4, XFS, btrfs or ZFS for the data folder")
        }
        Trust::Local | Trust::Network => Check::ok(NAME, format!("{} is on {kind}", data.display())),
    }
}

pub(super) fn disk_room(examined: &Examined) -> Check {
    const NAME: &str = "disk-room";
    let data = &examined.places.data_dir.path;
    let found = match file_system::look(data) {
        Ok(found) => found,
        Err(error) => return Check::failed(NAME, format!("{}: {error}", data.display()), "name another folder with `--data`"),
    };
    if let Some(files) = found.free_files.filter(|files| *files < FREE_FILES_MIN) {
        let detail = format!("only {} more files can be made on the disk of {}", count(files), data.display());
        return Check::failed(NAME, detail, "remove files from that disk");
    }
    let free = found.free_bytes;
    let Ok(loaded) = &examined.loaded else { return Check::ok(NAME, format!("{} free", bytes(free))) };
    let store = loaded.settings.store;
    if free < store.free_bytes_min {
        let detail = format!("{} free; below {} publishing is refused", bytes(free), bytes(store.free_bytes_min));
        return Check::failed(NAME, detail, "make room on the disk, or lower `store.free_bytes_min`");
    }
    let used = std::fs::metadata(examined.places.database_file()).map_or(0, |file| file.len());
    let wanted = store.bytes_max.saturating_sub(used).saturating_add(store.free_bytes_min);
    if free < wanted {
        let detail = format!("{} free; the store may still grow by {}", bytes(free), bytes(store.bytes_max.saturating_sub(used)));
        return Check::warning(NAME, detail, "make room on the disk, or lower `store.bytes_max`");
    }
    Check::ok(NAME, format!("{} free", bytes(free)))
}

pub(super) fn clock(examined: &Examined) -> Check {
    const NAME: &str = "clock";
    const NEXT: &str = "set the clock, and have it kept by chrony or systemd-timesyncd";
    let now = SystemTime::now();
    let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    if since_1970.as_secs() < YOUNGEST_S {
        return Check::failed(NAME, "the clock says a time before this program was made", NEXT);
    }
    let data = &examined.places.data_dir.path;
    for name in WRITTEN {
        let written = std::fs::metadata(data.join(name)).and_then(|file| file.modified());
        let ahead = written.ok().and_then(|written| written.duration_since(now).ok()).unwrap_or_default();
        if ahead > AHEAD_MAX {
            let detail = format!(
                "{} was written {} s after what the clock says now: the clock was set back",
                data.join(name).display(),
                ahead.as_secs()
            );
            return Check::failed(NAME, detail, NEXT);
        }
    }
    Check::ok(NAME, "not behind what was written")
}
