//! The socket, the daemon behind it, and whether another one has the data folder.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};

use panotti_protocol::api::Check;
use panotti_protocol::failure::ErrorCode;

use super::Examined;

/// The file whose lock decides who has the data folder.
const LOCK: &str = "LOCK";
/// How often `/proc/locks` is read before nobody holds a lock: while others come and go, the kernel leaves lines out of it.
const LOCKS_READ: usize = 3;

pub(super) fn socket(examined: &Examined) -> Check {
    const NAME: &str = "socket";
    let Ok(socket) = examined.places.socket() else {
        return Check::skipped(NAME, "its place depends on the store's id, and there is no store yet");
    };
    let shown = socket.path.display();
    if let Some(folder) = socket.path.parent().and_then(|folder| fs::symlink_metadata(folder).ok()) {
        // Others may look into a folder such as /tmp; they must not be able to put something else in the socket's place.
        if folder.permissions().mode() & 0o022 != 0 && folder.mode() & 0o1000 == 0 {
            let folder = socket.path.parent().map_or_else(String::new, |path| path.display().to_string());
            return Check::failed(NAME, format!("others can write to {folder}, where the socket is"), format!("chmod 700 {folder}"));
        }
    }
    let Ok(metadata) = fs::symlink_metadata(&socket.path) else {
        return Check::skipped(NAME, format!("{shown} is not there: no daemon listens"));
    };
    if !metadata.file_type().is_socket() {
        return Check::failed(NAME, format!("{shown} is in the socket's place and is no socket"), format!("move {shown} away"));
    }
    if metadata.uid() != examined.service_user() && metadata.uid() != 0 {
        let detail = format!("{shown} belongs to user {}, whose server is not trusted", metadata.uid());
        return Check::failed(NAME, detail, "name the right socket with `--socket`, or the right folder with `--data`");
    }
    if metadata.permissions().mode() & 0o007 != 0 {
        return Check::failed(NAME, format!("{shown} is open to every user"), format!("chmod 600 {shown}"));
    }
    Check::ok(NAME, format!("{shown}, mode {:04o}", metadata.mode() & 0o7777))
}

pub(super) fn daemon(examined: &Examined) -> Check {
    const NAME: &str = "daemon";
    let answers = match &examined.daemon {
        Ok(answers) => answers,
        Err(failure) if failure.is(ErrorCode::DAEMON_UNREACHABLE) && holder(examined).is_none() => {
            return Check::skipped(NAME, "no daemon is running; what only it can tell is left out");
        }
        Err(failure) => return Check::failed(NAME, failure.detail.clone(), failure.next.clone()),
    };
    let (theirs, ours) = (&answers.status.data_dir, examined.places.data_dir.path.display().to_string());
    if *theirs != ours {
        let detail = format!("the daemon at this socket serves {theirs}, not {ours}");
        return Check::failed(NAME, detail, "name the folder with `--data`, or the socket with `--socket`");
    }
    if answers.status.version != examined.own_version {
        let detail = format!("the daemon is {}, this client is {}", answers.status.version, examined.own_version);
        return Check::warning(NAME, detail, "`panotti daemon restart` starts the installed version");
    }
    Check::ok(NAME, format!("{}, process {}, same version", answers.status.health, answers.status.pid))
}

pub(super) fn other_instance(examined: &Examined) -> Check {
    const NAME: &str = "other-instance";
    let data = examined.places.data_dir.path.display();
    match (holder(examined), &examined.daemon) {
        (None, _) => Check::ok(NAME, format!("nobody else has {data}")),
        (Some(pid), Ok(answers)) if u64::from(answers.status.pid) == pid => {
            Check::ok(NAME, format!("only the daemon that answers has {data}"))
        }
        (Some(pid), _) => {
            let detail = format!("process {pid} has {data}, and it is not the daemon that answers at this socket");
            Check::failed(NAME, detail, format!("look at it with `ps -p {pid}`; it is stopped with `kill {pid}`"))
        }
    }
}

/// The process that has the data folder's lock. Only looked up: taking the lock, be it for a moment, could refuse a daemon that starts.
fn holder(examined: &Examined) -> Option<u64> {
    let path = examined.places.data_dir.path.join(LOCK);
    let metadata = fs::metadata(&path).ok()?;
    let signed: Option<u64> = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
    (0..LOCKS_READ).find_map(|_| {
        let locks = fs::read_to_string("/proc/locks").ok()?;
        locks.lines().find_map(|line| held(line, metadata.dev(), metadata.ino(), signed))
    })
}

/// Reads a line of `/proc/locks`: `1: FLOCK  ADVISORY  WRITE 4121 08:01:131 0 EOF`. On some file systems the device is another than
/// the one that files show; then the process must be the one that signed the file.
fn held(line: &str, device: u64, inode: u64, signed: Option<u64>) -> Option<u64> {
    let mut words = line.split_whitespace().skip(1);
    let (kind, _, mode, pid, place) = (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let pid: u64 = pid.parse().ok()?;
    let mut place = place.split(':');
    let major = u64::from_str_radix(place.next()?, 16).ok()?;
    let minor = u64::from_str_radix(place.next()?, 16).ok()?;
    let same_file = place.next()?.parse::<u64>().ok()? == inode;
    let same_device = (u64::from(rustix::fs::major(device)), u64::from(rustix::fs::minor(device))) == (major, minor);
    (kind == "FLOCK" && mode == "WRITE" && same_file && (same_device || signed == Some(pid))).then_some(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_lock_is_read_from_the_kernels_list() {
        let device = rustix::fs::makedev(8, 1);
        let line = "3: FLOCK  ADVISORY  WRITE 4121 08:01:131 0 EOF";
        assert_eq!(held(line, device, 131, None), Some(4121));
        assert_eq!(held(line, device, 132, Some(4121)), None);
        assert_eq!(held(line, rustix::fs::makedev(0, 40), 131, None), None, "another device");
        assert_eq!(held(line, rustix::fs::makedev(0, 40), 131, Some(4121)), Some(4121), "it signed the file");
        assert_eq!(held("1: POSIX  ADVISORY  WRITE 7 08:01:131 0 EOF", device, 131, None), None);
        assert_eq!(held("nonsense", device, 131, None), None);
    }
}
