-- Format 3: who may use the bus, and what guards its data. One part for each group of tables; a part stands by itself.

-- Audit: who, on whose behalf, from where, and how it was decided. What older versions wrote is chained right after this, in the same
-- transaction; from here on no record is ever changed or removed.
ALTER TABLE audit ADD COLUMN key TEXT;
ALTER TABLE audit ADD COLUMN peer TEXT;
ALTER TABLE audit ADD COLUMN decision TEXT NOT NULL DEFAULT 'allowed';
ALTER TABLE audit ADD COLUMN request TEXT;
CREATE INDEX audit_by_time ON audit (at_ms, entry);

-- Sealed payloads (semantics rule 19). A data key is of a topic and a day since 1970, and wrapped with age to the recipients of a generation;
-- `events.key_id` names it, and is NULL where a payload is stored as it is. `kind` of a recipient is 1 for the daemon, 2 for recovery, 3 for
-- the daemon's last one until every key is wrapped to the next.
CREATE TABLE data_keys (
    key_id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic_id INTEGER NOT NULL REFERENCES topics,
    day INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    generation INTEGER NOT NULL
) STRICT;
CREATE INDEX data_keys_by_day ON data_keys (day);
CREATE INDEX data_keys_by_generation ON data_keys (generation, key_id);
CREATE TABLE seal_recipients (
    recipient TEXT PRIMARY KEY,
    kind INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    actor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('seal_generation', 0), ('seal_finished', 0);

-- API keys and roles (rule 20). Of a secret only its keyed digest is here; what it is keyed with is not in the data folder.
CREATE TABLE api_keys (
    key_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Permissions, separated by spaces.
    scope TEXT NOT NULL,
    -- Networks, separated by spaces.
    networks TEXT NOT NULL,
    label TEXT NOT NULL,
    verifier BLOB NOT NULL CHECK (length(verifier) = 32),
    created_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    revoked_ms INTEGER,
    last_used_ms INTEGER,
    -- The key whose place it has taken.
    replaces TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE roles (
    name TEXT PRIMARY KEY,
    allow TEXT NOT NULL,
    deny TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Secrets of the configuration, sealed with the key that `key_id` names (semantics rule 19).
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    key_id BLOB NOT NULL,
    sealed BLOB NOT NULL,
    set_ms INTEGER NOT NULL,
    set_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is set over the configuration: every revision with everything that was set from then on.
CREATE TABLE configuration (
    revision INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    overlay TEXT NOT NULL
) STRICT;
