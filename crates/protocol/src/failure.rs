//! Every error code with its HTTP status and its exit code: the one table. Codes are words, `noun.what`; they are never renamed
//! or reused. `docs/errors/` has a page for each, generated from here.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Exit codes of the command line (`panotti help exit-codes`).
pub mod exit {
    /// Done, or already so.
    pub const OK: u8 = 0;
    /// The operation ran and failed.
    pub const FAILED: u8 = 1;
    /// Bad flag, field, or missing selector.
    pub const USAGE: u8 = 2;
    /// Some items of many failed.
    pub const PARTIAL: u8 = 3;
    /// No such plugin, event or job.
    pub const NOT_FOUND: u8 = 4;
    /// Illegal state transition, unmet dependency, stale revision.
    pub const CONFLICT: u8 = 5;
    /// Configuration, manifest or payload does not hold.
    pub const INVALID: u8 = 6;
    /// Refused because nobody could be asked.
    pub const NEEDS_CONFIRMATION: u8 = 7;
    /// No permission.
    pub const DENIED: u8 = 8;
    /// No daemon answers.
    pub const UNREACHABLE: u8 = 9;
    /// Client and daemon have no protocol in common.
    pub const VERSION_MISMATCH: u8 = 10;
    /// Store or queue full: try later.
    pub const OVERLOADED: u8 = 11;
    /// `daemon run`: the data is from a newer version, or not ours.
    pub const DATA_FORMAT: u8 = 65;
    /// `daemon run`: a file or folder cannot be made.
    pub const CANNOT_CREATE: u8 = 73;
    /// `daemon run`: the disk refused.
    pub const DISK: u8 = 74;
    /// `daemon run`: another daemon has the data folder.
    pub const ALREADY_RUNNING: u8 = 75;
    /// `daemon run`: owner or mode of a file is wrong.
    pub const PERMISSIONS: u8 = 77;
    /// `daemon run`: configuration or keys.
    pub const CONFIGURATION: u8 = 78;
    /// `--timeout` or `--wait` expired.
    pub const TIMEOUT: u8 = 124;
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $exit:ident, $title:literal, $why:literal, $next:literal;)+) => {
        /// A stable code made of words, with everything that goes by it.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct ErrorCode(usize);

        /// One row of the table.
        #[derive(Debug)]
        pub struct ErrorRow {
            /// The code.
            pub code: &'static str,
            /// HTTP status; 0 where it never crosses HTTP.
            pub status: u16,
            /// Exit code of the command line.
            pub exit: u8,
            /// What happened, in general.
            pub title: &'static str,
            /// Why that happens.
            pub why: &'static str,
            /// What to do.
            pub next: &'static str,
        }

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($name,)+ }

        impl ErrorCode {
            $($(#[$doc])* #[doc = $title] pub const $name: ErrorCode = ErrorCode(Index::$name as usize);)+

            /// The whole table, sorted by code.
            pub const TABLE: &'static [ErrorRow] = &[$(ErrorRow { code: $code, status: $status, exit: exit::$exit, title: $title, why: $why, next: $next },)+];
        }
    };
}

codes! {
    AUDIT_BROKEN = "audit.broken", 0, FAILED, "The audit is not what was written",
        "Somebody has changed the store or an export outside Panotti, or the disk has.", "Keep everything as it is for whoever looks into it; compare with an export or a copy of the checkpoints from before.";
    CONFIG_CHANGED = "config.changed", 412, CONFLICT, "The configuration has changed meanwhile",
        "Another change came between reading it and this one.", "Look at it with `panotti config history`, and try again.";
    CONFIG_INVALID = "config.invalid", 422, INVALID, "The configuration does not hold",
        "A key is unknown or a value has the wrong form.", "Correct what is listed; `panotti config validate` checks without a daemon.";
    CONFIG_KEY_UNKNOWN = "config.key_unknown", 404, NOT_FOUND, "There is no such configuration key",
        "Keys are a fixed list, so that a typing error cannot pass unnoticed.", "`panotti config list` shows all keys.";
    CONFIG_PINNED = "config.pinned", 409, CONFLICT, "A variable pins this setting",
        "Variables count before everything that is set, so the change would have no effect.", "Change or unset the variable where the daemon is started.";
    CONFIG_REVISION_MISSING = "config.revision_missing", 428, USAGE, "The change does not say what it was made on",
        "Without the revision that was read, one person's change could undo another's unseen.", "Send `If-Match` with the `ETag` of `GET /config/overlay`.";
    CONFIG_REVISION_NOT_FOUND = "config.revision_not_found", 404, NOT_FOUND, "There is no such revision of the configuration",
        "The number is wrong, or the revision is too old to be kept.", "`panotti config history` shows all.";
    CONFIG_UNREADABLE = "config.unreadable", 422, CONFIGURATION, "A configuration file cannot be read",
        "It is missing where it was named, or its owner or mode forbids reading.", "Check the path and the file's mode.";
    DAEMON_ALREADY_RUNNING = "daemon.already_running", 0, ALREADY_RUNNING, "Another daemon has this data folder",
        "One data folder belongs to one daemon at a time.", "Use the running one, stop it with `panotti daemon stop`, or name another folder with `--data`.";
    DAEMON_CANNOT_CREATE = "daemon.cannot_create", 500, CANNOT_CREATE, "A file or folder cannot be made",
        "The disk or the folder's mode refuses.", "Check that the folder exists, is yours and has room.";
    DAEMON_DID_NOT_START = "daemon.did_not_start", 0, FAILED, "The daemon did not become ready",
        "It ended or took longer than the time given.", "Read `panotti daemon logs`, or run `panotti daemon run` to see it start.";
    DAEMON_FILES_UNSAFE = "daemon.files_unsafe", 500, PERMISSIONS, "A file or folder of the daemon is open to others",
        "Its owner is someone else, its mode lets others in, it is a symbolic link, or others can rename in a folder above it.", "Mend owner and mode as the message says, or put it elsewhere.";
    DAEMON_STOPPING = "daemon.stopping", 503, OVERLOADED, "The daemon is stopping",
        "It was told to stop and takes nothing new.", "Try again when it runs again; nothing that was accepted is lost.";
    DAEMON_TLS = "daemon.tls", 0, UNREACHABLE, "The daemon is not trusted over the network",
        "Its certificate is not one that is trusted here, so nothing was sent to it.", "Name the certificate of whoever signed it with `--ca-file`.";
    DAEMON_UNREACHABLE = "daemon.unreachable", 0, UNREACHABLE, "No daemon answers",
        "It is not running, or its socket is somewhere else.", "`panotti daemon start`, or name its folder with `--data`.";
    DAEMON_VERSION_MISMATCH = "daemon.version_mismatch", 0, VERSION_MISMATCH, "Client and daemon do not understand each other",
        "They come from versions without a common protocol.", "Restart the daemon with this version: `panotti daemon restart`.";
    DELIVERY_NOT_FOUND = "delivery.not_found", 404, NOT_FOUND, "There is no such delivery",
        "The event has no delivery that fits.", "`panotti event show EVT` lists an event's deliveries.";
    DELIVERY_STALE = "delivery.stale", 409, CONFLICT, "The lease of this delivery is over",
        "It ran out, or the delivery was taken back; another attempt may be under way.", "Drop the work; heartbeats keep a lease, up to the handler's timeout.";
    DELIVERY_STATE = "delivery.state", 409, CONFLICT, "The delivery is not in a state for that",
        "For example: discarding needs a dead letter, retrying needs one that is waiting or dead.", "`panotti event show EVT` shows where its deliveries stand.";
    EVENT_ATTRIBUTE_INVALID = "event.attribute_invalid", 400, INVALID, "An attribute of the event does not hold",
        "A name, a length or a value is outside what is allowed, or only the daemon may set it.", "Correct the attribute that is named.";
    EVENT_CORRUPT = "event.corrupt", 500, FAILED, "A stored event does not read back as it was written",
        "The disk, or somebody with access to the data folder, has changed its row; it is shown to nobody and never delivered.", "`panotti seal check` names all such events; restore the data folder from a copy, or remove the event with `panotti event purge`.";
    EVENT_EXPIRED = "event.expired", 422, INVALID, "The event has expired already",
        "Its `expires` has passed: no plugin would be given it.", "Publish it with a later `expires`, or without one.";
    EVENT_ID_TAKEN = "event.id_taken", 409, CONFLICT, "Another event has this source and id",
        "A source and an id stand for one event, so that it can be sent again; an event of another topic under them would be lost.", "Give each event an id of its own, or leave `source` out: then it is yours.";
    EVENT_KEY_REUSED = "event.key_reused", 409, CONFLICT, "The idempotency key was used for something else",
        "For 24 hours a key stands for the body it was first sent with; another body under it would be lost or published twice.", "Send the first body again for its receipt, or take a new key for a new event.";
    EVENT_NOT_FOUND = "event.not_found", 404, NOT_FOUND, "There is no such event",
        "The id is wrong, or retention has removed the event.", "`panotti event list` shows what is stored.";
    EVENT_PAYLOAD_INVALID = "event.payload_invalid", 422, INVALID, "The payload is not what its content type says",
        "It says JSON (the default) and is not, or `data` and `data_base64` are both there.", "Mend the payload, or say what it is with `--content-type`.";
    EVENT_PAYLOAD_TOO_LARGE = "event.payload_too_large", 413, INVALID, "The payload is over the limit",
        "Large payloads make every later replay slow.", "Store the content in a file and publish its path, or raise `events.payload_bytes_max`.";
    EVENT_SOURCE_RESERVED = "event.source_reserved", 403, DENIED, "Sources below `/plugins`, `/panotti` and `/key` are others' own",
        "They say that a plugin, the daemon or a key published it; ids of what those publish could be taken in their name before they do.", "Choose another `source`, or publish as somebody who may do everything, as when an export is imported.";
    EVENT_TOPIC_INVALID = "event.topic_invalid", 400, INVALID, "That is not a topic",
        "A topic is dotted words of letters, digits, `_` and `-`.", "Write it like `recording.ended`.";
    EVENT_TOPIC_RESERVED = "event.topic_reserved", 403, DENIED, "Topics that begin with `panotti.` are the daemon's own",
        "Whoever reads them relies on the daemon having said so.", "Choose another first word.";
    FILTER_EXISTS = "filter.exists", 409, CONFLICT, "Another filter has this name",
        "A name stands for one filter, so that the audit and the deliveries it made can be understood later.", "Choose another name, or remove the other one with `panotti filter remove NAME`.";
    FILTER_INVALID = "filter.invalid", 400, USAGE, "The filter does not hold",
        "Filters are a subset of CEL over an event, with limits, so that none can fail or cost too much while events are published.", "Correct the place that is named; `panotti help filters` shows what can be written.";
    FILTER_NOT_FOUND = "filter.not_found", 404, NOT_FOUND, "There is no such filter",
        "The name is wrong, or the filter was removed.", "`panotti filter list` shows all.";
    HTTP_CANNOT_LISTEN = "http.cannot_listen", 0, CANNOT_CREATE, "The daemon cannot listen on the network",
        "Another program has the address, or this machine has no such address.", "Choose another `http.listen`, or end what listens there.";
    HTTP_PUBLIC = "http.public", 0, CONFIGURATION, "The network would read along",
        "`http.listen` is an address that other machines reach, and without TLS whoever is between sees keys and events.", "Give it TLS with `http.tls_certificate` and `http.tls_key`, or listen on 127.0.0.1 behind a proxy that has it; `http.insecure: true` does it nevertheless.";
    HTTP_TLS = "http.tls", 500, CONFIGURATION, "Certificate and key of the network listener do not hold",
        "They are checked before anybody is listened to, so that no client meets half of it.", "Mend the file that is named; `http.tls_certificate` and `http.tls_key` say which they are.";
    INPUT_UNREADABLE = "input.unreadable", 0, USAGE, "An input cannot be read",
        "The file named with `@` is missing or not readable.", "Check the path.";
    INTERNAL = "internal", 500, FAILED, "Something in Panotti is wrong",
        "This is a defect; the daemon's log has more under the request id.", "Please report it with the request id and the log.";
    ITEMS_FAILED = "items.failed", 0, PARTIAL, "Some of several items failed",
        "What is wrong with each is listed; the others were done.", "Mend those that are listed and run it again for them.";
    KEY_EXISTS = "key.exists", 409, CONFLICT, "There is a key in force with this name",
        "A name stands for one key, and for the one that replaces it.", "Choose another name, or `panotti key rotate NAME` for a new secret.";
    KEY_IN_URL = "key.in_url", 400, USAGE, "A key stands in the URL",
        "URLs end up in logs and histories, so a key that was sent in one is no secret any more.", "Send it as `Authorization: Bearer KEY`, and give this one up: `panotti key rotate NAME --overlap 0s`.";
    KEY_INVALID = "key.invalid", 401, DENIED, "The key does not let in",
        "It is unknown, mistyped, expired, revoked, or used from where it may not be used.", "Ask whoever gave it to you; `panotti key list` on the daemon's machine shows all.";
    KEY_MISSING = "key.missing", 401, DENIED, "A key is needed",
        "Over the network only keys tell who calls; without one only the probes and the description of the API answer.", "Send `Authorization: Bearer KEY`, or use the local socket; `panotti key create NAME --role ROLE` makes one.";
    KEY_NOT_FOUND = "key.not_found", 404, NOT_FOUND, "There is no such key",
        "The name or id is wrong, or the key was over for long and has made room.", "`panotti key list` shows all.";
    KEY_OVER = "key.over", 409, CONFLICT, "The key is over or has been replaced",
        "Only a key that is in force and was not replaced can get another secret.", "Make a new one with `panotti key create`, or rotate the one that replaced it.";
    KEY_RATE_EXCEEDED = "key.rate_exceeded", 429, OVERLOADED, "The key asks for too much at a time",
        "Each key has its share, so that one program cannot take everybody's.", "Wait as `Retry-After` says; publish many events as a batch or as lines; or raise `limits.key_requests_per_second` or `limits.key_events_per_second`.";
    KEY_THROTTLED = "key.throttled", 429, DENIED, "Too many wrong keys from here",
        "Whoever sends wrong keys waits, each time twice as long, up to 15 minutes.", "Mend the key, and try again after the time that `Retry-After` names.";
    OVERLOADED = "overloaded", 503, OVERLOADED, "Too much at once",
        "The queue in front of the writer or the number of connections is at its limit.", "Try again after a moment.";
    PERMISSION_DENIED = "permission.denied", 403, DENIED, "Not allowed",
        "What is not allowed is denied: the role of the caller does not have this permission.", "`panotti key whoami` shows what you may do; ask for a role or a key that has it.";
    PERMISSION_EXCEEDED = "permission.exceeded", 403, DENIED, "You cannot give away what you do not hold",
        "Otherwise whoever may make keys could do everything.", "Ask somebody who holds it, or leave the permission that is named out.";
    PLUGIN_CONFIG_INVALID = "plugin.config_invalid", 422, INVALID, "The plugin's configuration does not hold",
        "A key or value is not what the plugin takes.", "`panotti plugin config get NAME` shows what is set.";
    PLUGIN_CONFIG_KEY_UNKNOWN = "plugin.config_key_unknown", 404, NOT_FOUND, "The plugin has no such configuration key",
        "Keys are those of the manifest's `config`.", "`panotti plugin config get NAME` shows all of them.";
    PLUGIN_DEPENDENCY = "plugin.dependency", 409, CONFLICT, "A dependency stands in the way",
        "The plugin needs another one that is missing, disabled or of another version.", "Enable what it needs first.";
    PLUGIN_MANIFEST_INVALID = "plugin.manifest_invalid", 422, INVALID, "The manifest does not hold",
        "`plugin.yaml` is read strictly, so that a misspelt key cannot pass unnoticed.", "Correct the lines that are named; `panotti plugin validate` checks without a daemon.";
    PLUGIN_NOT_FOUND = "plugin.not_found", 404, NOT_FOUND, "There is no such plugin",
        "No folder of that name with a `plugin.yaml` is in the plugin folders.", "`panotti plugin list` shows what was found.";
    PLUGIN_NOT_RUNNING = "plugin.not_running", 409, FAILED, "The plugin did not come up",
        "It ended, said that it cannot, or was not ready in time.", "`panotti plugin logs NAME` shows what it said.";
    PLUGIN_PROTOCOL = "plugin.protocol", 400, INVALID, "A frame is not what the plugin protocol says",
        "It is not JSON, too long, of an unknown type, or out of place.", "See docs/plugin-protocol.md.";
    PLUGIN_STATE = "plugin.state", 409, CONFLICT, "The plugin is not in a state for that",
        "Only some changes of state are legal.", "`panotti plugin show NAME` shows its state; the message names what is legal.";
    PLUGIN_STATE_FULL = "plugin.state_full", 422, INVALID, "The plugin's state is at its limit",
        "Keys, bytes of a key, bytes of a value, and both for the plugin as a whole are bounded, so that one plugin cannot fill the store.", "Delete keys that are no longer needed, or keep large data in the plugin's data folder.";
    PLUGIN_STATE_KEY_NOT_FOUND = "plugin.state_key_not_found", 404, NOT_FOUND, "The plugin's state has no such key",
        "The key was never written, or deleted.", "`panotti plugin state list NAME` shows the keys.";
    PURGE_CONFIRMATION = "purge.confirmation", 0, NEEDS_CONFIRMATION, "A purge is not run unasked",
        "What it removes is gone for good, and nobody is there to confirm it.", "Look at the plan with `--dry-run`, then add `--yes`.";
    PURGE_SELECTOR_MISSING = "purge.selector_missing", 400, USAGE, "A purge needs a selection",
        "No selector never means everything.", "Give `--before`, `--topic` or `--status`.";
    REPLAY_CONFIRMATION = "replay.confirmation", 409, NEEDS_CONFIRMATION, "The replay is larger than what runs unasked",
        "Nobody is there to confirm it.", "Look at the plan with `--dry-run`, then add `--yes` or raise `--confirm-above`.";
    REPLAY_NOT_FOUND = "replay.not_found", 404, NOT_FOUND, "There is no such replay",
        "The id is wrong.", "`panotti replay list` shows all.";
    REPLAY_SELECTOR_MISSING = "replay.selector_missing", 400, USAGE, "A replay needs a selection",
        "No selector never means everything.", "Give events, `--failed`, `--topic`, `--plugin`, `--status`, `--since`, or `--all`.";
    REPLAY_STATE = "replay.state", 409, CONFLICT, "The replay is not in a state for that",
        "It has ended.", "`panotti replay show RPL` shows where it stands.";
    REQUEST_HOST = "request.host", 421, DENIED, "The request is meant for another host",
        "A name that leads here without being one of this daemon's is how a web page reaches a service of this machine.", "Ask for `localhost` or the daemon's address, or add the name to `http.hosts`.";
    REQUEST_INVALID = "request.invalid", 400, USAGE, "The request does not hold",
        "A parameter or the body has the wrong form.", "See docs/api.md for what the route takes.";
    REQUEST_MEDIA_TYPE = "request.media_type", 415, INVALID, "The body's media type is not understood",
        "Routes name what they take.", "Send `Content-Type: application/json`; see docs/api.md.";
    REQUEST_METHOD = "request.method", 405, USAGE, "The route does not take this method",
        "The path is right, the method is not.", "See docs/api.md.";
    REQUEST_ORIGIN = "request.origin", 403, DENIED, "Web pages of others may not use the API",
        "The browser says that another page makes it send this.", "Use a program; no page but the daemon's own is served.";
    REQUEST_TOO_LARGE = "request.too_large", 413, INVALID, "The body is over the limit",
        "Everything that comes from outside has a limit.", "Send fewer events at once, or use NDJSON.";
    REQUEST_TOO_SLOW = "request.too_slow", 408, TIMEOUT, "The request did not come in time",
        "A connection that brings nothing takes the place of one that would.", "Send it again, in one go.";
    REQUEST_URI_TOO_LONG = "request.uri_too_long", 414, USAGE, "The path is over the limit",
        "Everything that comes from outside has a limit.", "Ask for less in one request.";
    ROLE_BUILT_IN = "role.built_in", 409, CONFLICT, "The role comes with Panotti and cannot be changed",
        "What `viewer` or `admin` may do is the same everywhere.", "Make your own: `panotti role create NAME --from ROLE --allow PERMISSION`.";
    ROLE_EXISTS = "role.exists", 409, CONFLICT, "There is a role with this name",
        "A name stands for one role.", "Choose another name, or change the role with `panotti role set NAME`.";
    ROLE_IN_USE = "role.in_use", 409, CONFLICT, "Keys in force have the role",
        "Without their role they would let nobody in.", "Revoke those keys first; `panotti key list` shows them.";
    ROLE_NOT_FOUND = "role.not_found", 404, NOT_FOUND, "There is no such role",
        "The name is wrong, or the role was removed.", "`panotti role list` shows all.";
    ROUTE_NOT_FOUND = "route.not_found", 404, NOT_FOUND, "There is no such route",
        "The path is wrong.", "See docs/api.md.";
    SCHEMA_CHANGED = "schema.changed", 409, CONFLICT, "The topic's schema has changed meanwhile",
        "Another version came into force between the comparison and this one.", "Look at it with `panotti schema show TOPIC`, and try again.";
    SCHEMA_INCOMPATIBLE = "schema.incompatible", 422, INVALID, "The schema is not compatible with the one in force",
        "What was valid must stay valid, so that publishers and stored events do not break; what cannot be compared counts as broken.", "Mend what is named, or ask for less with `--compat none`.";
    SCHEMA_INVALID = "schema.invalid", 422, INVALID, "That is not a schema",
        "Schemas are JSON Schema 2020-12 without remote or recursive `$ref`, within limits, so that checking a payload is never slow.", "Correct the place that is named; docs/schemas.md shows what can be written.";
    SCHEMA_NOT_FOUND = "schema.not_found", 404, NOT_FOUND, "There is no such schema",
        "The topic has none, or not in this version.", "`panotti schema list` shows all.";
    SCHEMA_VIOLATED = "schema.violated", 422, INVALID, "The payload does not fit the schema of its topic",
        "The topic's schema is enforced: events that do not fit it are refused.", "Mend the places that are named; `panotti schema show TOPIC` shows the schema.";
    SEAL_KEY = "seal.key", 0, CONFIGURATION, "A key of the store is missing or another one",
        "Stored events are checked with one key, and their payloads opened with an identity; without them nothing that is stored can be believed or read.", "Put the file that is named back into the keys folder, or the recovery identity in its place; `panotti config path` shows the folder.";
    SEAL_STATE = "seal.state", 409, CONFLICT, "Sealing is not in a state for that",
        "There is a recovery recipient already, or data keys are still being wrapped after the last change.", "`panotti seal show` tells how it stands.";
    SECRET_INVALID = "secret.invalid", 422, INVALID, "The secret cannot be set",
        "Its name or its length is not allowed.", "Correct what is named.";
    SECRET_KEY_WRONG = "secret.key_wrong", 0, CONFIGURATION, "Stored secrets cannot be opened",
        "The key in the keys folder is not the one that they were sealed with, or it is gone.", "Put `secrets.key` from the same time back into the keys folder; `panotti config path` names it.";
    SECRET_NOT_FOUND = "secret.not_found", 404, NOT_FOUND, "There is no such secret",
        "It was never set, or removed.", "`panotti config secret list` shows all.";
    SELECTION_INVALID = "selection.invalid", 400, USAGE, "The selection does not hold",
        "A status, a time or a pattern in it is not one.", "Correct the part that is named.";
    STORE_CORRUPT = "store.corrupt", 500, DISK, "The store does not read back as it was written",
        "The disk or someone else changed its files.", "Stop using this disk; restore the data folder from a copy.";
    STORE_FOREIGN = "store.foreign", 0, DATA_FORMAT, "The database is not Panotti's",
        "Its application id is another program's.", "Name another folder with `--data`.";
    STORE_FULL = "store.full", 507, OVERLOADED, "The store is full",
        "The disk has no room left, or the store has reached `store.bytes_max`.", "Make room on the disk or raise `store.bytes_max`; then publish again.";
    STORE_NEWER = "store.newer", 0, DATA_FORMAT, "The data folder is from a newer version",
        "A newer Panotti has changed its form; this one would damage it.", "Use that version, or name another folder with `--data`.";
    STORE_TAIL_LOST = "store.tail_lost", 0, CONFIGURATION, "Accepted events are missing at the end of the log",
        "The seal file proves that more was committed than the database holds: its files were damaged or swapped.", "Restore the data folder; or give the named events up with `panotti daemon start --accept-loss`.";
    STORE_UNAVAILABLE = "store.unavailable", 503, DISK, "The store could not be read or written",
        "The disk refused.", "Look at `panotti daemon logs` and the disk; then publish again with the same id.";
    SUBSCRIPTION_NOT_FOUND = "subscription.not_found", 404, NOT_FOUND, "There is no such subscription",
        "No plugin names it, or its name is written otherwise.", "`panotti subscription list` shows all; a name is `PLUGIN/NAME`.";
    TIMEOUT = "timeout", 504, TIMEOUT, "The time given ran out",
        "What was waited for did not happen in time; it may still happen.", "Give more time with `--timeout`.";
    TOPIC_NOT_FOUND = "topic.not_found", 404, NOT_FOUND, "There is no such topic",
        "No event was ever published to it.", "`panotti topic list` shows all; `panotti topic route TOPIC` tells who would get an event of any.";
    USAGE = "usage", 400, USAGE, "The command line does not hold",
        "A flag or an argument is wrong.", "`panotti help` shows what there is.";
}

impl ErrorCode {
    /// Its row of the table.
    pub fn row(self) -> &'static ErrorRow {
        &Self::TABLE[self.0]
    }

    /// The code's words.
    pub fn as_str(self) -> &'static str {
        self.row().code
    }

    /// Finds a code by its words.
    pub fn find(code: &str) -> Option<Self> {
        Self::TABLE.iter().position(|row| row.code == code).map(Self)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One part of a failure that has several: a line of a file, a key of a configuration, an item of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailurePart {
    /// Where: `plugin.yaml:3:1`, `line 17`, `/data/amount`.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
    /// What to do there. Empty where the detail says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next: String,
}

/// A failure as it crosses the wire: an RFC 9457 problem that the CLI prints too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failure {
    /// `docs/errors/<code>.md`, relative to the project.
    #[serde(rename = "type")]
    pub kind: String,
    /// The stable code.
    pub code: String,
    /// What happened, in general.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened here, with the real names.
    pub detail: String,
    /// Why. Empty where the detail says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// One concrete thing to do.
    pub next: String,
    /// The parts, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FailurePart>,
    /// Exit code of the command line.
    pub exit: u8,
    /// Names this request in the daemon's log. Empty where no request was made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// Seconds after which trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Failure {
    /// Makes one from a code and what happened here; why and what to do come from the table until replaced.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        let row = code.row();
        Self {
            kind: format!("docs/errors/{}.md", row.code),
            code: row.code.to_owned(),
            title: row.title.to_owned(),
            status: row.status,
            detail: detail.into(),
            why: row.why.to_owned(),
            next: row.next.to_owned(),
            errors: Vec::new(),
            exit: row.exit,
            request_id: String::new(),
            retry_after: None,
        }
    }

    /// Replaces what to do.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = next.into();
        self
    }

    /// Replaces why.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// Adds the parts.
    #[must_use]
    pub fn errors(mut self, errors: Vec<FailurePart>) -> Self {
        self.errors = errors;
        self
    }

    /// Whether it is of this code.
    pub fn is(&self, code: ErrorCode) -> bool {
        self.code == code.as_str()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.detail, self.code)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_has_no_code_twice_and_says_what_why_and_what_to_do() {
        for pair in ErrorCode::TABLE.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
        }
        for row in ErrorCode::TABLE {
            assert!(!row.title.is_empty() && !row.why.is_empty() && !row.next.is_empty(), "{}", row.code);
            assert_eq!(ErrorCode::find(row.code).map(ErrorCode::as_str), Some(row.code));
        }
    }
}
