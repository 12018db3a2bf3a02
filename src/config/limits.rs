//! Bounds on what a configuration file, a manifest, a variable or a setting may say. Sizes of the files are in `panotti_protocol::limits`.

/// Deepest nesting of lists and tables in YAML.
pub const YAML_DEPTH_MAX: usize = 32;
/// Most keys and values of one YAML text.
pub const YAML_NODES_MAX: usize = 50_000;
/// Most problems that are told of one file; the rest is counted.
pub const PROBLEMS_MAX: usize = 100;
/// Longest path of a socket that every system takes, in bytes.
pub const SOCKET_PATH_BYTES_MAX: usize = 100;
/// Longest duration of a setting, ten years, in milliseconds: more is a typing error.
pub const DURATION_MAX_MS: u64 = 3_653 * 86_400_000;
/// Most entries of `socket.roles`.
pub const LOCAL_ROLES_MAX: usize = 64;
/// Longest name of a local user, group or role, in bytes.
pub const LOCAL_NAME_BYTES_MAX: usize = 64;
/// Most topic patterns of one setting.
pub const TOPICS_SET_MAX: usize = 100;
/// Most names of `http.hosts`.
pub const HOSTS_MAX: usize = 64;
/// Longest name of a host, in bytes (RFC 1035).
pub const HOST_BYTES_MAX: usize = 253;
/// Most schemas that one plugin brings.
pub const PLUGIN_SCHEMAS_MAX: usize = 100;
/// Most items of a manifest's `dependencies` and of its `emits`.
pub const MANIFEST_NAMES_MAX: usize = 100;
/// Most words of a manifest's `command`.
pub const COMMAND_WORDS_MAX: usize = 256;
