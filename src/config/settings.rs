//! Every setting in one place: key, form, default, description. The typed [`Settings`] are what the daemon works with.
//!
//! A setting is changed in `panotti.yaml` (`store: { bytes_max: 2GB }`) or by a variable (`PANOTTI_STORE__BYTES_MAX=2GB`).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use panotti_core::ages::Ages;
use panotti_protocol::limits::PAYLOAD_BYTES_MAX;
use panotti_protocol::topic::TopicPattern;
use serde_json::Value;

use super::ages::read_ages;
use super::http::{HttpSettings, read_names};
use super::local_users::{LocalRole, SocketSettings, read_group, read_roles};
use super::units;

/// The form a setting's value must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A size such as `16MiB`, within bounds in bytes.
    Bytes {
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// A duration such as `30s`, within bounds.
    Duration {
        /// Least.
        least: Duration,
        /// Most.
        most: Duration,
    },
    /// A whole number, within bounds.
    Integer {
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// Folders: a list in a file, with colons between them in a variable. Relative ones count from the file's folder.
    Folders,
    /// `true` or `false`.
    Switch,
    /// An address with its port: `127.0.0.1:7700`.
    Address,
    /// Names of hosts: a list in a file, with commas between them in a variable.
    Names,
    /// A group of this machine, by its name or id.
    Group,
    /// Roles of local users: a list in a file, with commas between them in a variable.
    LocalRoles,
    /// Topic patterns, each with a duration within bounds: keys with values in a file, `PATTERN=DURATION,...` in a variable.
    Ages {
        /// Least.
        least: Duration,
        /// Most.
        most: Duration,
    },
}

impl Form {
    /// The form in words, for messages and the reference.
    pub fn describe(self) -> String {
        match self {
            Form::Bytes { least, most } => {
                format!("a size such as \"16MiB\", from {} to {}", units::format_bytes(least), units::format_bytes(most))
            }
            Form::Duration { least, most } => {
                format!("a duration such as \"90s\", from {} to {}", units::format_duration(least), units::format_duration(most))
            }
            Form::Integer { least, most } => format!("a whole number from {least} to {most}"),
            Form::Word(words) => format!("one of {}", words.join(", ")),
            Form::Folders => "a list of folders".to_owned(),
            Form::Switch => "true or false".to_owned(),
            Form::Address => "an address such as \"127.0.0.1:7700\"".to_owned(),
            Form::Names => "a list of names of hosts".to_owned(),
            Form::Group => "a group's name or number, or none".to_owned(),
            Form::LocalRoles => "a list such as `[\"uid:1000=viewer\", \"group:ops=operator\"]`".to_owned(),
            Form::Ages { least, most } => format!(
                "topic patterns with durations such as `\"load.>\": 1d`, from {} to {}",
                units::format_duration(least),
                units::format_duration(most)
            ),
        }
    }
}

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

impl SettingRow {
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

/// A value that has the form of its setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// Bytes.
    Bytes(u64),
    /// A duration.
    Duration(Duration),
    /// A whole number.
    Integer(u64),
    /// A word.
    Word(&'static str),
    /// Absolute folders.
    Folders(Vec<PathBuf>),
    /// On or off.
    Switch(bool),
    /// An address with its port.
    Address(SocketAddr),
    /// Names of hosts, in lower case.
    Names(Vec<String>),
    /// A group, or none.
    Group(Option<String>),
    /// Roles of local users.
    LocalRoles(Vec<LocalRole>),
    /// Durations by topic pattern.
    Ages(BTreeMap<TopicPattern, Duration>),
}

impl SettingValue {
    /// As a file or an answer shows it: sizes and durations as text.
    pub fn to_json(&self) -> Value {
        match self {
            SettingValue::Bytes(bytes) => Value::String(units::format_bytes(*bytes)),
            SettingValue::Duration(duration) => Value::String(units::format_duration(*duration)),
            SettingValue::Integer(number) => Value::from(*number),
            SettingValue::Word(word) => Value::from(*word),
            SettingValue::Switch(on) => Value::from(*on),
            SettingValue::Address(address) => Value::from(address.to_string()),
            SettingValue::Names(names) => names.iter().map(String::as_str).collect(),
            SettingValue::Group(group) => Value::from(group.as_deref().unwrap_or("none")),
            SettingValue::LocalRoles(roles) => roles.iter().map(ToString::to_string).collect(),
            SettingValue::Ages(ages) => {
                ages.iter().map(|(pattern, age)| (pattern.to_string(), Value::String(units::format_duration(*age)))).collect()
            }
            SettingValue::Folders(folders) => folders.iter().map(|folder| Value::from(folder.to_string_lossy())).collect(),
        }
    }
}

/// Reads a value that is one text: a variable's, a default, or a scalar of a file. `base` is what relative folders count from.
///
/// # Errors
/// What was expected instead.
pub fn read_text(form: Form, text: &str, base: &Path) -> Result<SettingValue, String> {
    let value = match form {
        Form::Bytes { least, most } => units::parse_bytes(text).filter(|v| (least..=most).contains(v)).map(SettingValue::Bytes),
        Form::Duration { least, most } => units::parse_duration(text).filter(|v| (least..=most).contains(v)).map(SettingValue::Duration),
        Form::Integer { least, most } => text.parse().ok().filter(|v| (least..=most).contains(v)).map(SettingValue::Integer),
        Form::Word(words) => words.iter().find(|word| **word == text).copied().map(SettingValue::Word),
        Form::Switch => text.parse().ok().map(SettingValue::Switch),
        Form::Address => text.parse().ok().map(SettingValue::Address),
        Form::Names if text == "none" => Some(SettingValue::Names(Vec::new())),
        Form::Names => return read_names(text.split(',')),
        Form::Group => return read_group(text),
        Form::LocalRoles => return read_roles(text.split(',').filter(|part| *part != "none")),
        Form::Ages { .. } => {
            let named = text.split(',').filter(|part| !part.trim().is_empty() && *part != "none");
            let pair = |part: &'_ str| part.trim().rsplit_once('=').map(|(pattern, age)| (pattern.to_owned(), age.to_owned()));
            return read_ages(form, named.map(|part| pair(part).unwrap_or((part.to_owned(), String::new()))));
        }
        Form::Folders => Some(SettingValue::Folders(text.split(':').filter(|part| !part.is_empty()).map(|part| base.join(part)).collect())),
    };
    value.ok_or_else(|| format!("expected {}, got `{text}`", form.describe()))
}

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
    use super::*;

    #[test]
    fn the_table_is_sorted_and_each_default_has_the_form_of_its_setting() {
        assert!(TABLE.windows(2).all(|pair| pair[0].key < pair[1].key));
        for row in TABLE {
            let read = read_text(row.form, row.default, Path::new("/")).unwrap_or_else(|why| panic!("{}: {why}", row.key));
            if !matches!(row.form, Form::Folders | Form::Names | Form::LocalRoles | Form::Ages { .. }) {
                assert_eq!(read.to_json().to_string().trim_matches('"'), row.default, "{} is shown as it is written", row.key);
            }
            assert!(row.description.ends_with('.'), "{}", row.key);
        }
    }
}
