//! The configuration, the environment, the user, limits of the process, plugins and the programs they are run with.

use std::ffi::OsString;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use panotti_protocol::api::Check;
use panotti_protocol::failure::FailurePart;
use panotti_protocol::limits::PLUGINS_MAX;
use panotti_protocol::manifest::{Manifest, Runtime, Start};
use rustix::process::{Resource, geteuid, getrlimit};

use super::Examined;
use crate::config::manifest::{FILE, is_plugin_name, validate_folder};
use crate::config::user::user_name;

/// Open files without which not even a start works.
const OPEN_FILES_LEAST: u64 = 128;
/// Open files that a daemon needs beside its connections: the store, the logs, the plugins.
const OPEN_FILES_BESIDE: u64 = 256;
/// States of a plugin in which it does not do what was asked of it.
const UNWELL: [&str; 4] = ["backoff", "failed", "incompatible", "stopped"];
/// Where programs are looked for when there is no PATH.
const PATH_OTHERWISE: &str = "/usr/local/bin:/usr/bin:/bin";

pub(super) fn configuration(examined: &Examined) -> Check {
    const NAME: &str = "configuration";
    let failure = match &examined.loaded {
        Ok(loaded) => return Check::ok(NAME, format!("{} settings hold", loaded.rows().len())),
        Err(failure) => failure,
    };
    let first = failure.errors.first().map_or_else(|| failure.detail.clone(), |part| format!("{} {}", part.pointer, part.detail));
    let more = failure.errors.len().saturating_sub(1);
    let detail = if more == 0 { first } else { format!("{first} (and {more} more)") };
    let next = failure.errors.first().map(|part| part.next.clone()).filter(|next| !next.is_empty());
    Check::failed(NAME, detail, next.unwrap_or_else(|| "`panotti config validate` shows every problem with its line".to_owned()))
}

pub(super) fn environment(examined: &Examined) -> Check {
    match examined.environment.unread().as_slice() {
        [] => Check::ok("environment", "no misspelt variable"),
        unread => Check::warning("environment", unread.join("; "), "unset it, or correct its name"),
    }
}

pub(super) fn service_user(examined: &Examined) -> Check {
    const NAME: &str = "service-user";
    let own = geteuid().as_raw();
    let owner = std::fs::symlink_metadata(&examined.places.data_dir.path).map_or(own, |folder| folder.uid());
    if own != owner && own != 0 {
        let detail = format!("this is user {}, the data folder belongs to {}", user_name(own), user_name(owner));
        return Check::failed(NAME, detail, format!("run it as {}", user_name(owner)));
    }
    if owner == 0 {
        let next = "give the daemon a user of its own; `panotti daemon install --print` shows a unit that does";
        return Check::warning(NAME, "the daemon runs as root, and so do its plugins", next);
    }
    Check::ok(NAME, user_name(owner))
}

pub(super) fn open_files(examined: &Examined) -> Check {
    const NAME: &str = "open-files";
    if examined.daemon.is_ok() {
        return examined.of_daemon(NAME);
    }
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let connections = examined.loaded.as_ref().map_or(0, |loaded| loaded.settings.connections_max as u64);
    let needed = connections.saturating_add(OPEN_FILES_BESIDE);
    let next = format!("`ulimit -n {needed}` before the start, or lower `limits.connections_max`");
    let detail = format!("a daemon started from here may open {limit} files; all connections and plugins together can need {needed}");
    match limit {
        limit if limit >= needed => Check::ok(NAME, format!("a daemon started from here may open {limit} files")),
        limit if limit < OPEN_FILES_LEAST => Check::failed(NAME, detail, next),
        _ => Check::warning(NAME, detail, next),
    }
}

/// A plugin's folder and what is in its manifest.
struct Found {
    name: String,
    folder: PathBuf,
    manifest: Result<Manifest, String>,
}

/// The plugins' folders, as the daemon looks for them: the first that has a name counts.
fn found(examined: &Examined) -> Vec<Found> {
    let folders = match &examined.loaded {
        Ok(loaded) => loaded.settings.plugin_dirs.clone(),
        Err(_) => examined.places.default_plugin_dirs(),
    };
    let mut plugins: Vec<Found> = Vec::new();
    for folder in folders {
        let mut inside: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        inside.sort();
        for folder in inside.into_iter().filter(|path| path.join(FILE).is_file()) {
            let Some(name) = folder.file_name().and_then(|name| name.to_str()).filter(|name| is_plugin_name(name)) else { continue };
            if plugins.len() < PLUGINS_MAX && !plugins.iter().any(|other| other.name == name) {
                let first = |parts: Vec<_>| {
                    parts.first().map_or_else(String::new, |part: &FailurePart| format!("{} {}", part.pointer, part.detail))
                };
                plugins.push(Found { name: name.to_owned(), manifest: validate_folder(&folder).map_err(first), folder });
            }
        }
    }
    plugins
}

pub(super) fn plugins(examined: &Examined) -> Check {
    const NAME: &str = "plugins";
    let found = found(examined);
    if let Some((name, why)) = found.iter().find_map(|plugin| Some((&plugin.name, plugin.manifest.as_ref().err()?))) {
        return Check::failed(
            NAME,
            format!("{name}: {why}"),
            format!("correct it; `panotti plugin validate` checks it, `panotti plugin show {name}` shows all"),
        );
    }
    let unwell = examined
        .daemon
        .as_ref()
        .ok()
        .and_then(|answers| answers.plugins.iter().find(|plugin| plugin.enabled && UNWELL.contains(&plugin.state.as_str())));
    if let Some(plugin) = unwell {
        let next = format!("`panotti plugin show {0}` says why, `panotti plugin logs {0}` what it printed", plugin.name);
        return Check::failed(NAME, format!("{} is {}", plugin.name, plugin.state), next);
    }
    match found.len() {
        0 => Check::skipped(NAME, "no plugin is there"),
        number => Check::ok(NAME, format!("{number} with a manifest that holds")),
    }
}

pub(super) fn interpreters(examined: &Examined) -> Check {
    const NAME: &str = "plugin-interpreters";
    let path = examined.environment.get("PATH").map_or_else(|| PATH_OTHERWISE.into(), OsString::from);
    let (mut programs, mut missing_for_disabled) = (Vec::new(), None);
    for plugin in found(examined) {
        let Ok(manifest) = &plugin.manifest else { continue };
        let (program, is_there) = program(manifest, &plugin.folder, &path);
        if is_there {
            programs.push(program);
            continue;
        }
        let (detail, next) = missing(&plugin, manifest, &program);
        if manifest.enabled {
            return Check::failed(NAME, detail, next);
        }
        missing_for_disabled.get_or_insert((detail, next));
    }
    if let Some((detail, next)) = missing_for_disabled {
        return Check::warning(NAME, detail, next);
    }
    programs.sort();
    programs.dedup();
    match programs.len() {
        0 => Check::skipped(NAME, "no plugin is there"),
        _ => Check::ok(NAME, programs.join(", ")),
    }
}

fn missing(plugin: &Found, manifest: &Manifest, program: &str) -> (String, String) {
    let detail = format!("{} is run with {program}, which is not there or not executable", plugin.name);
    let next = match manifest.runtime {
        Runtime::Python => "install Python 3, or make the plugin's own with `python3 -m venv .venv` in its folder".to_owned(),
        Runtime::Node => "install Node.js, and have it on the PATH of the daemon".to_owned(),
        Runtime::Native | Runtime::Exec => format!("chmod +x it, or correct {FILE} in {}", plugin.folder.display()),
    };
    (detail, next)
}

/// What a plugin is run with, and whether it is there.
fn program(manifest: &Manifest, folder: &Path, path: &OsString) -> (String, bool) {
    let on_path = |name: &str| {
        let found = std::env::split_paths(path).map(|place| place.join(name)).find(|place| is_executable(place));
        (found.as_ref().map_or_else(|| name.to_owned(), |place| place.display().to_string()), found.is_some())
    };
    let in_folder = |name: &str| (folder.join(name).display().to_string(), is_executable(&folder.join(name)));
    match (manifest.runtime, &manifest.start) {
        (_, Start::Command(words)) if words[0].contains('/') => in_folder(&words[0]),
        (_, Start::Command(words)) => on_path(&words[0]),
        (Runtime::Python, Start::Entry(_)) if is_executable(&folder.join(".venv/bin/python")) => in_folder(".venv/bin/python"),
        (Runtime::Python, Start::Entry(_)) => on_path("python3"),
        (Runtime::Node, Start::Entry(_)) => on_path("node"),
        (Runtime::Native | Runtime::Exec, Start::Entry(file)) => in_folder(file),
    }
}

fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

impl Examined {
    /// The user that the daemon runs as: the data folder's owner, or this one where there is no folder yet.
    pub(super) fn service_user(&self) -> u32 {
        let owner = std::fs::symlink_metadata(&self.places.data_dir.path).map(|folder| folder.uid());
        // Root may look at everybody's folder; for anybody else a foreign one is what is wrong.
        match owner {
            Ok(owner) if geteuid().is_root() => owner,
            _ => geteuid().as_raw(),
        }
    }
}
