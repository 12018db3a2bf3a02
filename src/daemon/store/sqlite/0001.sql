-- Format 1. Times are milliseconds since 1970, ids the 16 bytes of their UUIDv7, states and causes the numbers of panotti-protocol.

CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

CREATE TABLE topics (topic_id INTEGER PRIMARY KEY, topic TEXT NOT NULL UNIQUE) STRICT;

-- Sequences have no holes. `matches` holds the matched subscriptions, four bytes each, little-endian; it is NULL until one of the
-- daemon's own events has been matched. `id` is NULL where the publisher gave none. `key_id` and `tag` are of a sealed payload.
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    eventid BLOB NOT NULL,
    topic_id INTEGER NOT NULL REFERENCES topics,
    source TEXT NOT NULL,
    id TEXT,
    subject TEXT,
    time_ms INTEGER,
    accepted_ms INTEGER NOT NULL,
    datacontenttype TEXT NOT NULL,
    dataschema TEXT,
    priority INTEGER NOT NULL,
    correlationid TEXT,
    causationid BLOB,
    orderingkey TEXT,
    traceparent TEXT,
    expires_ms INTEGER,
    extensions TEXT,
    actor TEXT NOT NULL,
    schema TEXT,
    rules INTEGER NOT NULL,
    matches BLOB,
    key_id INTEGER,
    tag BLOB,
    payload BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_eventid ON events (eventid);
CREATE UNIQUE INDEX events_by_source_and_id ON events (source, id) WHERE id IS NOT NULL;
CREATE INDEX events_by_topic ON events (topic_id, sequence);
CREATE INDEX events_by_time ON events (accepted_ms, sequence);
CREATE INDEX events_unmatched ON events (sequence) WHERE matches IS NULL;

-- What handed an attempt its code: kept apart because few builds serve many attempts.
CREATE TABLE builds (build_id INTEGER PRIMARY KEY, version TEXT NOT NULL, digest TEXT NOT NULL, UNIQUE (version, digest)) STRICT;

-- Written first at the first outcome. Attempt 1 is the columns from `started_ms` on; later attempts have rows of their own.
-- `replay_no` is 0 for the delivery that publishing made; `attempt_of` is the `replay_no` of the delivery that a replay repeats.
-- `open_failure` is 1 for a dead letter that stands for itself: not for one whose original is still dead.
CREATE TABLE deliveries (
    sequence INTEGER NOT NULL,
    subscription_id INTEGER NOT NULL,
    replay_no INTEGER NOT NULL,
    delivery_id BLOB NOT NULL,
    state INTEGER NOT NULL,
    cause INTEGER,
    attempts INTEGER NOT NULL,
    attempts_max INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    due_ms INTEGER,
    ended_ms INTEGER,
    fingerprint TEXT,
    attempt_of INTEGER,
    open_failure INTEGER NOT NULL DEFAULT 0,
    started_ms INTEGER,
    duration_ms INTEGER,
    outcome INTEGER,
    counted INTEGER,
    error_class TEXT,
    error_message TEXT,
    error_place TEXT,
    log_tail TEXT,
    build_id INTEGER,
    emitted BLOB,
    PRIMARY KEY (sequence, subscription_id, replay_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (subscription_id, due_ms, sequence, replay_no) WHERE state = 5;
CREATE INDEX deliveries_failed ON deliveries (sequence, subscription_id, replay_no) WHERE open_failure = 1;
CREATE INDEX deliveries_by_state ON deliveries (state, sequence) WHERE state <> 6;
CREATE INDEX deliveries_of_replay ON deliveries (replay_no, sequence, subscription_id) WHERE replay_no > 0;

CREATE TABLE attempts (
    sequence INTEGER NOT NULL,
    subscription_id INTEGER NOT NULL,
    replay_no INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    error_class TEXT,
    error_message TEXT,
    error_place TEXT,
    log_tail TEXT,
    build_id INTEGER NOT NULL,
    emitted BLOB,
    PRIMARY KEY (sequence, subscription_id, replay_no, attempt)
) STRICT, WITHOUT ROWID;

-- Every event up to `floor` is resolved for the subscription or has a row. The counts are kept with the writes they count.
CREATE TABLE subscriptions (
    subscription_id INTEGER PRIMARY KEY,
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    pattern TEXT NOT NULL,
    concurrency INTEGER NOT NULL,
    timeout_ms INTEGER NOT NULL,
    retry_max INTEGER NOT NULL,
    retry_first_ms INTEGER NOT NULL,
    retry_factor INTEGER NOT NULL,
    retry_cap_ms INTEGER NOT NULL,
    on_disabled TEXT NOT NULL,
    active INTEGER NOT NULL,
    floor INTEGER NOT NULL,
    owed INTEGER NOT NULL DEFAULT 0,
    waiting INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    dead INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    recovered INTEGER NOT NULL DEFAULT 0,
    UNIQUE (plugin, name)
) STRICT;

CREATE TABLE plugins (
    plugin TEXT PRIMARY KEY,
    enabled INTEGER NOT NULL,
    on_disabled TEXT,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    found_ms INTEGER NOT NULL,
    overlay TEXT NOT NULL DEFAULT '{}',
    overlay_revision INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE plugin_transitions (
    transition_id INTEGER PRIMARY KEY,
    plugin TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX plugin_transitions_by_plugin ON plugin_transitions (plugin, transition_id);

CREATE TABLE plugin_state (
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    written_ms INTEGER NOT NULL,
    PRIMARY KEY (plugin, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE replays (
    replay_no INTEGER PRIMARY KEY,
    replay_id BLOB NOT NULL UNIQUE,
    name TEXT,
    reason TEXT,
    state INTEGER NOT NULL,
    selection TEXT NOT NULL,
    rate INTEGER NOT NULL,
    selected INTEGER NOT NULL,
    until_sequence INTEGER NOT NULL,
    cursor_sequence INTEGER NOT NULL DEFAULT 0,
    cursor_subscription INTEGER NOT NULL DEFAULT 0,
    cursor_replay INTEGER NOT NULL DEFAULT 0,
    ok INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    actor TEXT NOT NULL
) STRICT;
CREATE INDEX replays_open ON replays (replay_no) WHERE ended_ms IS NULL;

-- Written in the transaction of the change. The two hashes are for the chain over it.
CREATE TABLE audit (
    entry INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_hash BLOB,
    hash BLOB
) STRICT;

CREATE TABLE uptime (minute INTEGER PRIMARY KEY) STRICT;
