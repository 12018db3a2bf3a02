-- Format 3: who may use the bus, and what guards its data. One part for each group of tables; a part stands by itself.

-- Audit: who, on whose behalf, from where, and how it was decided. What older versions wrote is chained right after this, in the same
-- transaction; from here on no record is ever changed or removed.
ALTER TABLE audit ADD COLUMN key TEXT;
ALTER TABLE audit ADD COLUMN peer TEXT;
ALTER TABLE audit ADD COLUMN decision TEXT NOT NULL DEFAULT 'allowed';
ALTER TABLE audit ADD COLUMN request TEXT;
CREATE INDEX audit_by_time ON audit (at_ms, entry);
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
