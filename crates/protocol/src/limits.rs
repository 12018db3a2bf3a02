//! Bounds on everything that comes from outside. Each has its unit in its name; the figures are safety.md 4.9's defaults.

use std::time::Duration;

/// Longest topic or topic pattern, in bytes.
pub const TOPIC_BYTES_MAX: usize = 255;
/// Most dotted words in a topic or pattern.
pub const TOPIC_WORDS_MAX: usize = 16;
/// Largest payload of one event, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 256 * 1024;
/// Longest `id`, `source`, `subject`, `correlationid`, `orderingkey` and the like, in bytes.
pub const ATTRIBUTE_BYTES_MAX: usize = 1024;
/// Longest key under which something is published once, in bytes.
pub const PUBLISHER_KEY_BYTES_MAX: usize = 255;
/// Most extension attributes (unknown to Panotti, kept) of one event.
pub const EXTENSIONS_MAX: usize = 32;
/// Longest value of one extension attribute, in bytes.
pub const EXTENSION_BYTES_MAX: usize = 256;
/// Longest name of an extension attribute, in bytes (CloudEvents recommends 20).
pub const EXTENSION_NAME_BYTES_MAX: usize = 20;
/// Most objects and lists of JSON from outside that are open at once.
pub const JSON_DEPTH_MAX: usize = 64;
/// Most keys of one event, in all its objects together.
pub const EVENT_KEYS_MAX: usize = 1_000;
/// Most keys of a body that is no event, in all its objects together.
pub const BODY_KEYS_MAX: usize = 10_000;
/// Most events in one batch body.
pub const BATCH_EVENTS_MAX: usize = 500;
/// Largest batch body, in bytes.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest line of NDJSON publishing, in bytes: a payload in base64 with its envelope.
pub const LINE_BYTES_MAX: usize = 1024 * 1024;
/// Receipts a client may leave unread before the server stops reading its lines.
pub const RECEIPTS_UNREAD_MAX: usize = 1_000;
/// Largest frame between daemon and plugin, in bytes, newline included.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;
/// Most events one outcome may emit.
pub const EMITS_PER_OUTCOME_MAX: usize = 500;
/// Most state writes one outcome may carry.
pub const STATE_WRITES_PER_OUTCOME_MAX: usize = 500;
/// Longest key of a plugin's state, in bytes.
pub const STATE_KEY_BYTES_MAX: usize = 256;
/// Largest value of a plugin's state as JSON, in bytes.
pub const STATE_VALUE_BYTES_MAX: usize = 256 * 1024;
/// Most keys of one plugin's state.
pub const STATE_KEYS_MAX: u64 = 1_000_000;
/// Most bytes of one plugin's state: its keys and its values as JSON.
pub const STATE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Values that one page of a plugin's state holds, in bytes; one key always fits.
pub const STATE_PAGE_BYTES_MAX: usize = 512 * 1024;
/// Largest `plugin.yaml`, in bytes.
pub const MANIFEST_BYTES_MAX: usize = 64 * 1024;
/// Largest configuration file, in bytes.
pub const CONFIGURATION_BYTES_MAX: usize = 256 * 1024;
/// Most installed plugins.
pub const PLUGINS_MAX: usize = 200;
/// Most subscriptions of one plugin.
pub const SUBSCRIPTIONS_PER_PLUGIN_MAX: usize = 100;
/// Rows of one page when the caller does not say.
pub const PAGE_DEFAULT: u32 = 100;
/// Most rows of one page.
pub const PAGE_MAX: u32 = 1_000;
/// Most retries a subscription may ask for (semantics rule 7).
pub const RETRIES_MAX: u32 = 25;
/// Most calls of its handler at once a subscription may ask for.
pub const CONCURRENCY_MAX: u32 = 256;
/// Most deliveries in one call of a handler that takes batches.
pub const BATCH_DELIVERIES_MAX: u32 = 100;
/// Most deliveries in flight at once of a subscription that takes batches: its calls at once times the deliveries in each.
pub const BATCHED_IN_FLIGHT_MAX: u32 = 400;
/// Payloads of one batch, in bytes; what goes beyond comes in the next. One delivery always fits.
pub const BATCH_PAYLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest error class, in bytes; longer ones are cut.
pub const ERROR_CLASS_BYTES_MAX: usize = 200;
/// Longest error message kept with an attempt, in bytes; longer ones are cut.
pub const ERROR_MESSAGE_BYTES_MAX: usize = 2_000;
/// Longest tail of the plugin's log kept with an attempt, in bytes.
pub const LOG_TAIL_BYTES_MAX: usize = 4_096;
/// Longest name of a plugin, in bytes.
pub const PLUGIN_NAME_BYTES_MAX: usize = 64;
/// Longest name of a stored filter, in bytes.
pub const FILTER_NAME_BYTES_MAX: usize = 64;
/// Longest key or value of a tag, in bytes.
pub const TAG_BYTES_MAX: usize = 128;
/// Longest reason or name given by a person, in bytes.
pub const REASON_BYTES_MAX: usize = 500;
/// Longest text of a record of the audit, in bytes; longer ones are cut.
pub const AUDIT_TEXT_BYTES_MAX: usize = 4 * 1024;
/// Longest name of a key or a role, in bytes.
pub const ACCESS_NAME_BYTES_MAX: usize = 64;
/// Longest label of a key, in bytes.
pub const KEY_LABEL_BYTES_MAX: usize = 256;
/// Most permissions that narrow one key.
pub const KEY_SCOPE_MAX: usize = 16;
/// Most networks that one key is bound to.
pub const KEY_NETWORKS_MAX: usize = 16;
/// Most permissions that a role allows, and most that it denies.
pub const ROLE_PERMISSIONS_MAX: usize = 32;
/// How long a key lasts where nothing else is said.
pub const KEY_LIFE_DEFAULT: Duration = Duration::from_secs(90 * 86_400);
/// How long a key lasts at most.
pub const KEY_LIFE_MAX: Duration = Duration::from_secs(366 * 86_400);
/// How long the old secret of a key that is rotated stays in force where nothing else is said.
pub const KEY_OVERLAP_DEFAULT: Duration = Duration::from_secs(86_400);
/// How long it stays in force at most.
pub const KEY_OVERLAP_MAX: Duration = Duration::from_secs(7 * 86_400);
/// Most secrets.
pub const SECRETS_MAX: usize = 200;
/// Shortest value of a secret, in bytes: a shorter one could be guessed, and could not be kept out of logs without spoiling them.
pub const SECRET_BYTES_MIN: usize = 8;
/// Longest value of a secret, in bytes.
pub const SECRET_BYTES_MAX: usize = 16 * 1024;
/// Longest name of a secret, in bytes.
pub const SECRET_NAME_BYTES_MAX: usize = 64;
