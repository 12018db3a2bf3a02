//! What is run for a plugin, and in which environment. Nothing of the daemon's own environment goes in but what is named here.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use panotti_protocol::id::InstanceId;
use panotti_protocol::manifest::{Manifest, Runtime, Start};

use super::init::EXEC;
use super::spawner::Launch;

/// Variables of the daemon's that plugins get.
const PASSED_ON: [&str; 7] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE"];
/// Where programs are looked for when the daemon has no PATH.
const PATH_OTHERWISE: &str = "/usr/local/bin:/usr/bin:/bin";

/// Folders that launching needs.
#[derive(Debug, Clone)]
pub struct Places {
    /// This program.
    pub panotti: PathBuf,
    /// The embedded SDK, for `PYTHONPATH`.
    pub sdk: PathBuf,
    /// A folder with a link `panotti` to this program, first on the PATH of the exec runtime.
    pub bin: PathBuf,
    /// Each plugin's own folder is in here.
    pub plugin_data: PathBuf,
}

/// Puts together what is run for one copy.
///
/// # Errors
/// The system's, when the plugin's data folder cannot be made.
pub fn launch(places: &Places, manifest: &Manifest, folder: &Path, instance: InstanceId, store: &str) -> std::io::Result<Launch> {
    let data = places.plugin_data.join(&manifest.name);
    std::fs::create_dir_all(&data)?;
    let mut environment: BTreeMap<OsString, OsString> =
        PASSED_ON.iter().filter_map(|name| std::env::var_os(name).map(|value| ((*name).into(), value))).collect();
    let path = environment.entry("PATH".into()).or_insert_with(|| PATH_OTHERWISE.into()).clone();
    let mut set = |name: &str, value: OsString| environment.insert(name.into(), value);
    set("PANOTTI_PLUGIN", manifest.name.clone().into());
    set("PANOTTI_INSTANCE", instance.to_string().into());
    set("PANOTTI_STORE", store.into());
    set("PANOTTI_DATA_DIR", data.into());
    set("PANOTTI_PROTOCOL_FD", "3".into());
    let entry = |entry: &str| -> OsString { folder.join(entry).into() };
    let program = match (manifest.runtime, &manifest.start) {
        (Runtime::Python, start) => {
            set("PYTHONPATH", places.sdk.clone().into());
            set("PYTHONUNBUFFERED", "1".into());
            match start {
                Start::Entry(file) => vec![python(folder, &path), entry(file)],
                Start::Command(words) => command(folder, words),
            }
        }
        (Runtime::Node, Start::Entry(file)) => vec![find("node", &path).into(), entry(file)],
        (Runtime::Native | Runtime::Exec, Start::Entry(file)) => vec![entry(file)],
        (_, Start::Command(words)) => command(folder, words),
    };
    let program = match manifest.runtime {
        Runtime::Exec => {
            let paths = std::iter::once(places.bin.clone()).chain(std::env::split_paths(&path));
            set("PATH", std::env::join_paths(paths).unwrap_or(path));
            [places.panotti.clone().into(), EXEC.into()].into_iter().chain(program).collect()
        }
        _ => program,
    };
    Ok(Launch { program, environment, folder: folder.to_owned() })
}

/// A command's program is one of the folder where it has a slash in it, else one of PATH.
fn command(folder: &Path, words: &[String]) -> Vec<OsString> {
    let first: OsString = if words[0].contains('/') { folder.join(&words[0]).into() } else { words[0].clone().into() };
    std::iter::once(first).chain(words[1..].iter().map(OsString::from)).collect()
}

/// The plugin's own environment, else `python3` of PATH. A pyenv shim is looked through where it says where it leads.
fn python(folder: &Path, path: &OsString) -> OsString {
    let own = folder.join(".venv/bin/python");
    if own.is_file() {
        return own.into();
    }
    let found = find("python3", path);
    if !found.components().any(|part| part.as_os_str() == "shims") {
        return found.into();
    }
    let beyond: Vec<PathBuf> =
        std::env::split_paths(path).filter(|folder| !folder.components().any(|part| part.as_os_str() == "shims")).collect();
    let asked = std::process::Command::new(&found).args(["-c", "import sys; print(sys.executable)"]).output().ok();
    let said = asked.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())).filter(|path| path.is_file());
    said.or_else(|| beyond.iter().map(|folder| folder.join("python3")).find(|path| path.is_file())).unwrap_or(found).into()
}

fn find(program: &str, path: &OsString) -> PathBuf {
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|path| path.is_file()).unwrap_or_else(|| program.into())
}
