//! Where things are on disk: data, configuration, logs, keys, the socket. Decided from flags and the environment alone, the same way by
//! daemon and client. Reads nothing but `<data>/store-id`, and makes nothing.

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::id::StoreId;

use super::environment::Environment;
use super::limits::SOCKET_PATH_BYTES_MAX;

/// Name of the socket in its folder.
pub const SOCKET_NAME: &str = "panotti.sock";
/// Name of the configuration file in its folder.
pub const CONFIGURATION_NAME: &str = "panotti.yaml";
/// Name of the file in the data folder that holds what `config set` has set.
pub const OVERLAY_NAME: &str = "overlay.yaml";
/// Name of the daemon's log in its folder; older ones are `panotti.log.1` and so on.
pub const LOG_NAME: &str = "panotti.log";
/// Name of the access log in the same folder.
pub const ACCESS_LOG_NAME: &str = "access.log";
/// The configuration of the whole machine.
pub const SYSTEM_FILE: &str = "/etc/panotti/panotti.yaml";
/// Where a socket goes whose own path would be too long and no runtime folder is set. Fixed, because daemon and client may have been
/// started with different `TMPDIR`.
const TEMPORARY_FOLDER: &str = "/tmp";

/// What the command line says about places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaceFlags {
    /// `--data DIR`
    pub data: Option<PathBuf>,
    /// `--socket PATH`
    pub socket: Option<PathBuf>,
    /// `--config FILE`
    pub config: Option<PathBuf>,
}

/// A path and why it is that one: `default`, a flag, a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The path.
    pub path: PathBuf,
    /// `default`, `--data`, `PANOTTI_DATA`, ...
    pub origin: String,
}

/// All places of one daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Database, seal, plugin data. Everything that must be kept.
    pub data_dir: Located,
    /// `panotti.yaml` and `plugins/` of the user. The data folder itself where one was given.
    pub config_dir: Located,
    /// The daemon's and the plugins' logs.
    pub log_dir: Located,
    /// Keys; never inside the data folder.
    pub keys_dir: Located,
    /// The configuration file that counts before the machine's own; whether it must exist is in [`Self::config_named`].
    pub config_file: Located,
    /// Whether the configuration file was named with `--config` or `PANOTTI_CONFIG`, so that its absence is an error.
    pub config_named: bool,
    socket: SocketRule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum SocketRule {
    /// `--socket` or `PANOTTI_SOCKET`.
    Named(Located),
    /// By the rule; the folder is where it goes when its path is too long.
    Ruled { wanted: PathBuf, overflow: PathBuf },
}

impl Places {
    /// Finds all places.
    ///
    /// # Errors
    /// `config.unreadable` where neither a folder is given nor `HOME` is set, or the present folder is needed and gone.
    pub fn find(flags: &PlaceFlags, environment: &Environment) -> Result<Self, Failure> {
        let data_given = given(flags.data.as_deref(), "--data", environment, "PANOTTI_DATA")?;
        let socket_given = given(flags.socket.as_deref(), "--socket", environment, "PANOTTI_SOCKET")?;
        let config_given = given(flags.config.as_deref(), "--config", environment, "PANOTTI_CONFIG")?;
        let keys_given = given(None, "", environment, "PANOTTI_KEYS")?;
        let runtime = environment.folder("XDG_RUNTIME_DIR");
        let config_named = config_given.is_some();
        let (data_dir, config_dir, log_dir, keys_dir, wanted) = match data_given {
            Some(data) => {
                let beside = |name: &str| Located { path: data.path.join(name), origin: data.origin.clone() };
                let mut keys = data.path.clone().into_os_string();
                keys.push(".keys");
                let keys_dir = Located { path: keys.into(), origin: data.origin.clone() };
                (data.clone(), data.clone(), beside("logs"), keys_dir, data.path.join("run").join(SOCKET_NAME))
            }
            None => {
                let data = user_folder(environment, "STATE_DIRECTORY", "XDG_DATA_HOME", ".local/share")?;
                let config = user_folder(environment, "CONFIGURATION_DIRECTORY", "XDG_CONFIG_HOME", ".config")?;
                let logs = user_folder(environment, "LOGS_DIRECTORY", "XDG_STATE_HOME", ".local/state")?;
                let keys = Located { path: config.path.join("keys"), origin: config.origin.clone() };
                let wanted = match (environment.folder("RUNTIME_DIRECTORY"), &runtime) {
                    (Some(folder), _) => folder.join(SOCKET_NAME),
                    (None, Some(folder)) => folder.join("panotti").join(SOCKET_NAME),
                    (None, None) => data.path.join("run").join(SOCKET_NAME),
                };
                (data, config, logs, keys, wanted)
            }
        };
        let config_file =
            config_given.unwrap_or_else(|| Located { path: config_dir.path.join(CONFIGURATION_NAME), origin: config_dir.origin.clone() });
        let keys_dir = keys_given.unwrap_or(keys_dir);
        let overflow = runtime.unwrap_or_else(|| PathBuf::from(TEMPORARY_FOLDER));
        let socket = socket_given.map_or(SocketRule::Ruled { wanted, overflow }, SocketRule::Named);
        Ok(Self { data_dir, config_dir, log_dir, keys_dir, config_file, config_named, socket })
    }

    /// The file that holds the store's id as text.
    pub fn store_id_file(&self) -> PathBuf {
        self.data_dir.path.join("store-id")
    }

    /// The database.
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.path.join("panotti.db")
    }

    /// What is set while the daemon runs (`config set`), as a file that is read at a start.
    pub fn overlay_file(&self) -> PathBuf {
        self.data_dir.path.join(OVERLAY_NAME)
    }

    /// The daemon's log that is being written.
    pub fn log_file(&self) -> PathBuf {
        self.log_dir.path.join(LOG_NAME)
    }

    /// The access log that is being written.
    pub fn access_log_file(&self) -> PathBuf {
        self.log_dir.path.join(ACCESS_LOG_NAME)
    }

    /// Where plugins are looked for when `plugins.dirs` says nothing: the user's first.
    pub fn default_plugin_dirs(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.config_dir.path.join("plugins"), self.data_dir.path.join("plugins")];
        folders.dedup();
        folders
    }

    /// The local socket. Where the rule's path is too long it depends on the store's id, so the daemon asks after its store is open.
    ///
    /// # Errors
    /// `daemon.unreachable` where the path is too long and no store has been made yet.
    pub fn socket(&self) -> Result<Located, Failure> {
        match &self.socket {
            SocketRule::Named(located) => Ok(located.clone()),
            SocketRule::Ruled { wanted, .. } if wanted.as_os_str().len() <= SOCKET_PATH_BYTES_MAX => {
                Ok(Located { path: wanted.clone(), origin: self.data_dir.origin.clone() })
            }
            SocketRule::Ruled { overflow, .. } => {
                let store = self.read_store_id().ok_or_else(|| {
                    let detail = format!("no panotti daemon has used {} yet", self.data_dir.path.display());
                    Failure::new(ErrorCode::DAEMON_UNREACHABLE, detail).next("`panotti daemon start`")
                })?;
                let path = overflow.join(format!("panotti-{store}")).join(SOCKET_NAME);
                Ok(Located { path, origin: "store-id".to_owned() })
            }
        }
    }

    /// Whether the socket stands in a shared folder, so that its own folder's owner and mode must be checked before it is used.
    pub fn socket_overflows(&self) -> bool {
        matches!(&self.socket, SocketRule::Ruled { wanted, .. } if wanted.as_os_str().len() > SOCKET_PATH_BYTES_MAX)
    }

    /// Users whose server may be trusted on the socket: this one, root, the owner of the data folder; where the socket was named, also the
    /// owner of its folder, if nobody else can put one there.
    pub fn trusted_users(&self) -> Vec<u32> {
        let mut users = vec![rustix::process::geteuid().as_raw(), 0];
        users.extend(fs::metadata(&self.data_dir.path).map(|folder| folder.uid()));
        if let SocketRule::Named(located) = &self.socket
            && let Some(Ok(folder)) = located.path.parent().map(fs::metadata)
            && folder.mode() & 0o022 == 0
        {
            users.push(folder.uid());
        }
        users
    }

    fn read_store_id(&self) -> Option<StoreId> {
        const ID_BYTES_MAX: u64 = 64;
        let mut text = String::new();
        fs::File::open(self.store_id_file()).ok()?.take(ID_BYTES_MAX).read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }
}

fn given(flag: Option<&Path>, flag_name: &str, environment: &Environment, variable: &str) -> Result<Option<Located>, Failure> {
    let (path, origin) = match (flag, environment.get(variable)) {
        (Some(path), _) => (path, flag_name),
        (None, Some(path)) => (Path::new(path), variable),
        (None, None) => return Ok(None),
    };
    let path = std::path::absolute(path).map_err(|error| {
        let detail = format!("{origin} is `{}`, which cannot be made an absolute path: {error}", path.display());
        Failure::new(ErrorCode::CONFIG_UNREADABLE, detail).next(format!("give {origin} an absolute path"))
    })?;
    Ok(Some(Located { path, origin: origin.to_owned() }))
}

/// A folder of the user: systemd's when it runs us, else the XDG one, else under the home folder.
fn user_folder(environment: &Environment, systemd: &str, xdg: &str, home: &str) -> Result<Located, Failure> {
    if let Some(path) = environment.folder(systemd) {
        return Ok(Located { path, origin: systemd.to_owned() });
    }
    if let Some(path) = environment.folder(xdg) {
        return Ok(Located { path: path.join("panotti"), origin: xdg.to_owned() });
    }
    match environment.folder("HOME") {
        Some(path) => Ok(Located { path: path.join(home).join("panotti"), origin: "default".to_owned() }),
        None => Err(Failure::new(ErrorCode::CONFIG_UNREADABLE, "HOME is not set, so there is no place for Panotti's files")
            .why("Without a home folder and without the XDG variables no default holds.")
            .next("name a folder with `--data DIR` or `PANOTTI_DATA`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(data: Option<&str>, environment: Environment) -> Places {
        Places::find(&PlaceFlags { data: data.map(PathBuf::from), ..PlaceFlags::default() }, &environment).unwrap()
    }

    #[test]
    fn a_given_data_folder_holds_everything_but_the_keys_which_stand_beside_it() {
        let places = find(Some("/srv/p"), Environment::from([("HOME", "/home/ana"), ("XDG_RUNTIME_DIR", "/run/user/1")]));
        assert_eq!(places.socket().unwrap(), Located { path: "/srv/p/run/panotti.sock".into(), origin: "--data".into() });
        assert_eq!(places.keys_dir.path, PathBuf::from("/srv/p.keys"));
        assert_eq!(places.config_file.path, PathBuf::from("/srv/p/panotti.yaml"));
        assert_eq!(places.default_plugin_dirs(), [PathBuf::from("/srv/p/plugins")]);
        assert_eq!(places.log_file(), PathBuf::from("/srv/p/logs/panotti.log"));
    }

    #[test]
    fn without_one_the_xdg_folders_count_and_before_them_systemds() {
        let places = find(None, Environment::from([("HOME", "/home/ana")]));
        assert_eq!(places.data_dir.path, PathBuf::from("/home/ana/.local/share/panotti"));
        assert_eq!(places.socket().unwrap().path, PathBuf::from("/home/ana/.local/share/panotti/run/panotti.sock"));
        assert_eq!(places.log_file(), PathBuf::from("/home/ana/.local/state/panotti/panotti.log"));

        let places = find(None, Environment::from([("HOME", "/h"), ("XDG_RUNTIME_DIR", "/run/user/7"), ("XDG_DATA_HOME", "relative")]));
        assert_eq!(places.socket().unwrap().path, PathBuf::from("/run/user/7/panotti/panotti.sock"));
        assert_eq!(places.data_dir.path, PathBuf::from("/h/.local/share/panotti"), "a relative XDG folder is ignored");

        let places = find(
            None,
            Environment::from([
                ("STATE_DIRECTORY", "/var/lib/panotti:/var/lib/other"),
                ("CONFIGURATION_DIRECTORY", "/etc/panotti"),
                ("LOGS_DIRECTORY", "/var/log/panotti"),
                ("RUNTIME_DIRECTORY", "/run/panotti"),
            ]),
        );
        assert_eq!(places.data_dir, Located { path: "/var/lib/panotti".into(), origin: "STATE_DIRECTORY".into() });
        assert_eq!(places.socket().unwrap().path, PathBuf::from("/run/panotti/panotti.sock"));
    }

    #[test]
    fn keys_can_stand_elsewhere() {
        let places = find(Some("/srv/p"), Environment::from([("PANOTTI_KEYS", "/var/lib/panotti-keys")]));
        assert_eq!(places.keys_dir, Located { path: "/var/lib/panotti-keys".into(), origin: "PANOTTI_KEYS".into() });
    }

    #[test]
    fn a_socket_whose_path_is_too_long_goes_into_a_folder_named_by_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("d".repeat(100));
        fs::create_dir(&deep).unwrap();
        let places = find(deep.to_str(), Environment::from([("XDG_RUNTIME_DIR", "/run/user/7")]));
        assert!(places.socket().unwrap_err().is(ErrorCode::DAEMON_UNREACHABLE));

        let store = StoreId::from_bytes([7; 16]);
        fs::write(places.store_id_file(), format!("{store}\n")).unwrap();
        assert_eq!(places.socket().unwrap().path, PathBuf::from(format!("/run/user/7/panotti-{store}/panotti.sock")));
        assert!(places.socket_overflows());
    }

    #[test]
    fn a_flag_counts_before_its_variable_and_no_home_is_a_clear_error() {
        let environment = Environment::from([("PANOTTI_SOCKET", "/tmp/variable.sock"), ("HOME", "/h")]);
        let flags = PlaceFlags { socket: Some("/tmp/flag.sock".into()), ..PlaceFlags::default() };
        assert_eq!(Places::find(&flags, &environment).unwrap().socket().unwrap().origin, "--socket");
        assert_eq!(Places::find(&PlaceFlags::default(), &environment).unwrap().socket().unwrap().origin, "PANOTTI_SOCKET");
        assert!(Places::find(&PlaceFlags::default(), &Environment::default()).unwrap_err().detail.contains("HOME is not set"));
    }
}
