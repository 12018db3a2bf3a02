//! Every setting in one place: key, form, default, description. The typed [`Settings`] are what the daemon works with.
//!
//! A setting is changed in `panotti.yaml` (`store: { bytes_max: 2GB }`) or by a variable (`PANOTTI_STORE__BYTES_MAX=2GB`).

use std::path::PathBuf;
use std::time::Duration;

use panotti_core::ages::Ages;
use panotti_protocol::limits::PAYLOAD_BYTES_MAX;
use panotti_protocol::topic::TopicPattern;

pub use super::form::{Form, SettingValue, read_ages, read_text};
use super::http::HttpSettings;
use super::local_users::SocketSettings;
use super::sealed;

/// One setting.
#[derive(Debug)]
pub struct SettingRow {
    /// `section.key`
    pub key: &'static str,
    /// The form of its value.
    pub form: Form,
    /// Its default, as written in a file. Empty for folders, whose default depends on the places.
    pub default: &'static str,
    /// What it is, in a sentence.
    pub description: &'static str,
}

/// Settings of which a change counts at once. Every other counts from the next start on.
pub const LIVE: [&str; 9] = [
    "daemon.drain",
    "events.payload_bytes_max",
    "log.file_bytes_max",
    "log.files_max",
    "log.level",
    "retention.days",
    "retention.topics",
    "store.bytes_max",
    "store.free_bytes_min",
];

impl SettingRow {
    /// Whether a change counts at once.
    pub fn is_live(&self) -> bool {
        LIVE.contains(&self.key)
    }

    /// Its section, and its key in it.
    pub fn parts(&self) -> (&'static str, &'static str) {
        self.key.split_once('.').unwrap_or((self.key, ""))
    }

    /// The variable that sets it.
    pub fn variable(&self) -> String {
        format!("PANOTTI_{}", self.key.replace('.', "__").to_uppercase())
    }
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const TB: u64 = 1_000_000_000_000;

/// All settings, sorted by key.
pub const TABLE: &[SettingRow] = &[
    SettingRow {
        key: "access_log.enabled",
        form: Form::Word(&["yes", "no"]),
        default: "yes",
        description: "Whether every request is a line in `access.log`, beside the daemon's log.",
    },
    SettingRow {
        key: "access_log.file_bytes_max",
        form: Form::Bytes { least: 64 * KIB, most: TB },
        default: "10MB",
        description: "Size at which an access log file is put aside and a new one begun.",
    },
    SettingRow {
        key: "access_log.files_max",
        form: Form::Integer { least: 1, most: 100 },
        default: "5",
        description: "How many access log files are kept, the present one included.",
    },
    SettingRow {
        key: "audit.checkpoint_dirs",
        form: Form::Folders,
        default: "",
        description: "Folders outside the data folder that signed checkpoints of the audit are copied to; by default the keys folder.",
    },
    SettingRow {
        key: "daemon.drain",
        form: Form::Duration { least: Duration::ZERO, most: Duration::from_secs(3_600) },
        default: "25s",
        description: "How long a stop waits for what is in flight.",
    },
    SettingRow {
        key: "events.payload_bytes_max",
        form: Form::Bytes { least: KIB, most: MIB },
        default: "256KiB",
        description: "Largest payload of one event.",
    },
    SettingRow {
        key: "http.enabled",
        form: Form::Word(&["auto", "on", "off"]),
        default: "auto",
        description: "Whether the API is served on the network too; `auto`: as long as there is a key.",
    },
    SettingRow {
        key: "http.hosts",
        form: Form::Names,
        default: "none",
        description: "Names by which clients on the network may call the daemon, besides `localhost` and its address.",
    },
    SettingRow {
        key: "http.insecure",
        form: Form::Switch,
        default: "false",
        description: "Listen without TLS also at an address that other machines reach.",
    },
    SettingRow {
        key: "http.listen",
        form: Form::Address,
        default: "127.0.0.1:7700",
        description: "The address at which the API is served on the network.",
    },
    SettingRow {
        key: "http.tls_certificate",
        form: Form::File,
        default: "none",
        description: "File with the certificate of the network listener and those that lead to who signed it, in PEM; with `http.tls_key` it speaks TLS.",
    },
    SettingRow {
        key: "http.tls_key",
        form: Form::File,
        default: "none",
        description: "File with the private key of `http.tls_certificate`, in PEM; only the daemon's user and its group may read it.",
    },
    SettingRow {
        key: "limits.connections_max",
        form: Form::Integer { least: 8, most: 65_536 },
        default: "1024",
        description: "Most connections at a time: to the local socket, and as many over the network.",
    },
    SettingRow {
        key: "limits.connections_per_address_max",
        form: Form::Integer { least: 4, most: 65_536 },
        default: "64",
        description: "Most connections of one address of the network at a time; of IPv6, of one /64 network.",
    },
    SettingRow {
        key: "limits.connections_per_user_max",
        form: Form::Integer { least: 4, most: 65_536 },
        default: "64",
        description: "Most connections of one local user at a time.",
    },
    SettingRow {
        key: "limits.key_events_per_second",
        form: Form::Integer { least: 1, most: 10_000_000 },
        default: "100000",
        description: "Events that one key may publish a second; bursts of twice as many.",
    },
    SettingRow {
        key: "limits.key_requests_per_second",
        form: Form::Integer { least: 1, most: 1_000_000 },
        default: "2000",
        description: "Requests that one key may make a second; bursts of twice as many.",
    },
    SettingRow {
        key: "log.file_bytes_max",
        form: Form::Bytes { least: 64 * KIB, most: TB },
        default: "10MB",
        description: "Size at which a log file is put aside and a new one begun.",
    },
    SettingRow {
        key: "log.files_max",
        form: Form::Integer { least: 1, most: 100 },
        default: "5",
        description: "How many log files are kept, the present one included.",
    },
    SettingRow {
        key: "log.level",
        form: Form::Word(&["error", "warn", "info", "debug", "trace"]),
        default: "info",
        description: "What is logged: this level and everything graver.",
    },
    SettingRow {
        key: "plugins.dirs",
        form: Form::Folders,
        default: "",
        description: "Folders in which plugins are looked for; the first that has a name counts.",
    },
    SettingRow {
        key: "plugins.process_tree",
        form: Form::Word(&["auto", "subreaper"]),
        default: "auto",
        description: "What keeps a plugin's processes together: a pid namespace where the system allows it, or always a subreaper.",
    },
    SettingRow {
        key: "retention.days",
        form: Form::Integer { least: 1, most: 3_650 },
        default: "30",
        description: "Days that an event is kept once all its deliveries are resolved.",
    },
    SettingRow {
        key: "retention.topics",
        form: Form::Ages { least: Duration::from_secs(60), most: Duration::from_secs(3_650 * 86_400) },
        default: "none",
        description: "Topic patterns whose events are kept for longer or shorter than `retention.days`; the most specific that fits counts.",
    },
    SettingRow {
        key: "seal.topics",
        form: Form::Topics,
        default: ">",
        description: "Topic patterns whose payloads are stored sealed; none for no topic. What is stored already stays as it is.",
    },
    SettingRow {
        key: "socket.group",
        form: Form::Group,
        default: "none",
        description: "A group whose members can reach the local socket; what they may do is in `socket.roles`.",
    },
    SettingRow {
        key: "socket.roles",
        form: Form::LocalRoles,
        default: "none",
        description: "Roles of local users and groups, such as `uid:1000=viewer`; whoever has none is cut off.",
    },
    SettingRow {
        key: "store.bytes_max",
        form: Form::Bytes { least: 8 * MIB, most: TB },
        default: "1GB",
        description: "Bytes the store may use; near it old events go early, at it publishing is refused.",
    },
    SettingRow {
        key: "store.free_bytes_min",
        form: Form::Bytes { least: 0, most: TB },
        default: "16MiB",
        description: "Free space on the disk below which publishing is refused.",
    },
    SettingRow {
        key: "store.wal_bytes_max",
        form: Form::Bytes { least: 4 * MIB, most: TB },
        default: "256MiB",
        description: "Size of the write-ahead log past which the writer itself makes it restart.",
    },
];

/// The settings in force, typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The access log.
    pub access_log: AccessLogSettings,
    /// Absolute folders that checkpoints of the audit are copied to.
    pub checkpoint_dirs: Vec<PathBuf>,
    /// How long a stop waits for what is in flight.
    pub drain: Duration,
    /// Largest payload of one event, in bytes.
    pub payload_bytes_max: usize,
    /// Most connections at a time.
    pub connections_max: usize,
    /// Most connections of one local user at a time.
    pub connections_per_user_max: usize,
    /// The network.
    pub http: HttpSettings,
    /// The daemon's log.
    pub log: LogSettings,
    /// Absolute folders in which plugins are looked for, the first counts.
    pub plugin_dirs: Vec<PathBuf>,
    /// `auto` or `subreaper`: what keeps a plugin's processes together.
    pub process_tree: &'static str,
    /// How long resolved events are kept.
    pub retention: Ages,
    /// The local socket.
    pub socket: SocketSettings,
    /// Patterns of the topics whose payloads are stored sealed.
    pub sealed_topics: Vec<TopicPattern>,
    /// The store.
    pub store: StoreSettings,
}

/// Settings of the daemon's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: &'static str,
    /// Size at which a file is put aside.
    pub file_bytes_max: u64,
    /// Files kept, the present one included.
    pub files_max: usize,
}

/// Settings of the access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessLogSettings {
    /// Whether there is one.
    pub enabled: bool,
    /// Size at which a file is put aside.
    pub file_bytes_max: u64,
    /// Files kept, the present one included.
    pub files_max: usize,
}

/// Settings of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreSettings {
    /// Bytes the database may use.
    pub bytes_max: u64,
    /// Free space below which publishing is refused.
    pub free_bytes_min: u64,
    /// Size of the write-ahead log past which the writer makes it restart.
    pub wal_bytes_max: u64,
}

impl Settings {
    /// Takes the values by key. A key whose value has another form keeps the least harmful value of its type; the loader never lets
    /// that happen, because it reads each value by the row's own form.
    pub(super) fn from_values(value: impl Fn(&str) -> Option<SettingValue>) -> Self {
        let bytes = |key: &str| match value(key) {
            Some(SettingValue::Bytes(bytes)) => bytes,
            _ => 0,
        };
        let integer = |key: &str| match value(key) {
            Some(SettingValue::Integer(number)) => usize::try_from(number).unwrap_or(usize::MAX),
            _ => 0,
        };
        let folders = |key: &str| match value(key) {
            Some(SettingValue::Folders(folders)) => folders,
            _ => Vec::new(),
        };
        Self {
            access_log: AccessLogSettings {
                enabled: value("access_log.enabled") != Some(SettingValue::Word("no")),
                file_bytes_max: bytes("access_log.file_bytes_max"),
                files_max: integer("access_log.files_max"),
            },
            checkpoint_dirs: folders("audit.checkpoint_dirs"),
            drain: match value("daemon.drain") {
                Some(SettingValue::Duration(duration)) => duration,
                _ => Duration::ZERO,
            },
            payload_bytes_max: usize::try_from(bytes("events.payload_bytes_max")).unwrap_or(PAYLOAD_BYTES_MAX),
            connections_max: integer("limits.connections_max"),
            connections_per_user_max: integer("limits.connections_per_user_max"),
            http: HttpSettings::from_values(&value, integer("limits.connections_max")),
            log: LogSettings {
                level: match value("log.level") {
                    Some(SettingValue::Word(word)) => word,
                    _ => "info",
                },
                file_bytes_max: bytes("log.file_bytes_max"),
                files_max: integer("log.files_max"),
            },
            plugin_dirs: folders("plugins.dirs"),
            process_tree: match value("plugins.process_tree") {
                Some(SettingValue::Word(word)) => word,
                _ => "auto",
            },
            retention: {
                let general = Ages::of_all(Duration::from_secs(integer("retention.days").max(1) as u64 * 86_400));
                match value("retention.topics") {
                    Some(SettingValue::Ages(ages)) => general.with(ages),
                    _ => general,
                }
            },
            sealed_topics: match value("seal.topics") {
                Some(SettingValue::Topics(patterns)) => patterns,
                _ => sealed::all(),
            },
            socket: SocketSettings::from_values(&value),
            store: StoreSettings {
                bytes_max: bytes("store.bytes_max"),
                free_bytes_min: bytes("store.free_bytes_min"),
                wal_bytes_max: bytes("store.wal_bytes_max"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_table_is_sorted_and_each_default_has_the_form_of_its_setting() {
        assert!(TABLE.windows(2).all(|pair| pair[0].key < pair[1].key));
        for row in TABLE {
            let read = read_text(row.form, row.default, Path::new("/")).unwrap_or_else(|why| panic!("{}: {why}", row.key));
            if !matches!(row.form, Form::Folders | Form::File | Form::Names | Form::Topics | Form::LocalRoles | Form::Ages { .. }) {
                assert_eq!(read.to_json().to_string().trim_matches('"'), row.default, "{} is shown as it is written", row.key);
            }
            assert!(row.description.ends_with('.'), "{}", row.key);
        }
        assert!(LIVE.iter().all(|key| TABLE.iter().any(|row| row.key == *key)), "what is live is a setting");
    }
}
