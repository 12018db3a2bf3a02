-- Format 2 (0.2.0): what the event system adds to format 1 (0.1.0). One part for each group of tables; a part stands by itself.

-- Filters of subscriptions: `where:` of the manifest, or that of a stored filter that routes; and events that they could not be asked of.
ALTER TABLE subscriptions ADD COLUMN filter TEXT;
ALTER TABLE subscriptions ADD COLUMN filter_missing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscriptions ADD COLUMN filter_gave_up INTEGER NOT NULL DEFAULT 0;

-- Filters that people keep in the daemon, and what they tagged events with. Tags go with their event, however that is removed.
CREATE TABLE filters (
    name TEXT PRIMARY KEY,
    filter TEXT NOT NULL,
    pattern TEXT NOT NULL,
    plugins TEXT NOT NULL,
    tag_key TEXT,
    tag_value TEXT,
    created_ms INTEGER NOT NULL,
    actor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE event_tags (
    sequence INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (sequence, key, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_tags_by_tag ON event_tags (key, value, sequence);
CREATE TRIGGER event_tags_go_with_their_event AFTER DELETE ON events BEGIN
    DELETE FROM event_tags WHERE sequence = old.sequence;
END;

-- Ordering keys (semantics rule 11). `events.keys` holds the key of each matched subscription that has one: four bytes of the
-- subscription, eight of the key, little-endian. `keyed` has an entry for each delivery of a key that is not resolved; `mark` is 0 for a
-- pending one, 1 for a pending one that was the first of its key when it was marked, 2 for one that waits or is dead and blocks. Where it
-- is 1, `rank_priority` and `rank_sequence` are the highest priority in the key and the first event that has it (rule 12).
ALTER TABLE events ADD COLUMN keys BLOB;
ALTER TABLE subscriptions ADD COLUMN key TEXT;
ALTER TABLE subscriptions ADD COLUMN on_dead TEXT NOT NULL DEFAULT 'continue';
ALTER TABLE subscriptions ADD COLUMN without_key INTEGER NOT NULL DEFAULT 0;
CREATE TABLE keyed (
    subscription_id INTEGER NOT NULL,
    key INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    replay_no INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    rank_priority INTEGER,
    rank_sequence INTEGER,
    PRIMARY KEY (subscription_id, key, sequence, replay_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX keyed_first ON keyed (subscription_id, sequence) WHERE mark = 1;
CREATE INDEX keyed_lanes ON keyed (subscription_id, rank_priority, rank_sequence) WHERE mark = 1;
CREATE INDEX keyed_by_priority ON keyed (subscription_id, key, priority DESC, sequence);
CREATE INDEX keyed_held ON keyed (subscription_id, key) WHERE mark = 2;

-- Publishers' keys (rule 13), kept a day: what was published under each, as JSON receipts in the order of the events.
CREATE TABLE publisher_keys (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    receipts TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX publisher_keys_by_time ON publisher_keys (at_ms);

-- How much each plugin's state holds, kept by the triggers, so that its limits cost one look-up.
CREATE TABLE plugin_state_sizes (
    plugin TEXT PRIMARY KEY,
    keys INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO plugin_state_sizes (plugin, keys, bytes)
    SELECT plugin, count(*), sum(octet_length(key) + octet_length(value)) FROM plugin_state GROUP BY plugin;
CREATE TRIGGER plugin_state_inserted AFTER INSERT ON plugin_state BEGIN
    INSERT INTO plugin_state_sizes (plugin, keys, bytes) VALUES (new.plugin, 1, octet_length(new.key) + octet_length(new.value))
        ON CONFLICT DO UPDATE SET keys = keys + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER plugin_state_updated AFTER UPDATE OF value ON plugin_state BEGIN
    UPDATE plugin_state_sizes SET bytes = bytes + octet_length(new.value) - octet_length(old.value) WHERE plugin = new.plugin;
END;
CREATE TRIGGER plugin_state_deleted AFTER DELETE ON plugin_state BEGIN
    UPDATE plugin_state_sizes SET keys = keys - 1, bytes = bytes - octet_length(old.key) - octet_length(old.value)
        WHERE plugin = old.plugin;
END;

-- Stories: the events of one correlation id. The first of a story has none written: its own id is the story's.
CREATE INDEX events_by_correlation ON events (correlationid, sequence) WHERE correlationid IS NOT NULL;

-- Numbers kept with the writes that they count. `span` is 0 for minutes and 1 for hours since 1970, which `slot` counts. `topic_id` 0 is
-- every topic beyond the bound of an hour, an empty producer every one beyond the bound of a topic.
CREATE TABLE topic_numbers (
    span INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    topic_id INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (span, slot, topic_id, priority)
) STRICT, WITHOUT ROWID;
CREATE TABLE subscription_numbers (
    span INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    subscription_id INTEGER NOT NULL,
    done INTEGER NOT NULL,
    dead INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    recovered INTEGER NOT NULL,
    mended INTEGER NOT NULL,
    given_up INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    busy_ms INTEGER NOT NULL,
    PRIMARY KEY (span, slot, subscription_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE plugin_numbers (
    span INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    starts INTEGER NOT NULL,
    loaded INTEGER NOT NULL,
    load_ms INTEGER NOT NULL,
    load_ms_max INTEGER NOT NULL,
    PRIMARY KEY (span, slot, plugin)
) STRICT, WITHOUT ROWID;
CREATE TABLE latency_numbers (
    span INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (span, slot, bucket)
) STRICT, WITHOUT ROWID;
CREATE TABLE topic_totals (
    topic_id INTEGER PRIMARY KEY REFERENCES topics,
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    last_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE topic_producers (
    topic_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    actor TEXT NOT NULL,
    events INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (topic_id, source, actor)
) STRICT, WITHOUT ROWID;
INSERT INTO topic_totals SELECT topic_id, count(*), sum(length(payload)), max(sequence), max(accepted_ms) FROM events GROUP BY topic_id;
INSERT INTO topic_producers
    SELECT topic_id, iif(place <= 50, source, ''), iif(place <= 50, actor, ''), sum(events), max(last_ms) FROM (
        SELECT topic_id, source, actor, count(*) AS events, max(accepted_ms) AS last_ms,
            row_number() OVER (PARTITION BY topic_id ORDER BY min(sequence)) AS place
        FROM events GROUP BY topic_id, source, actor)
    GROUP BY 1, 2, 3;

-- Subscriptions that stand still.
CREATE TABLE stalls (subscription_id INTEGER PRIMARY KEY, since_ms INTEGER NOT NULL) STRICT;

-- What each subscription was, by version of the rules: from one version (with it) to another (without it; NULL while it is in force).
CREATE TABLE rule_history (
    subscription_id INTEGER NOT NULL,
    from_rules INTEGER NOT NULL,
    to_rules INTEGER,
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    pattern TEXT NOT NULL,
    filter TEXT,
    PRIMARY KEY (subscription_id, from_rules)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_history_by_end ON rule_history (to_rules) WHERE to_rules IS NOT NULL;
INSERT INTO rule_history SELECT subscription_id, (SELECT value FROM meta WHERE name = 'rules'), NULL, plugin, name, pattern, NULL
    FROM subscriptions WHERE active = 1;
INSERT INTO meta SELECT 'rules_known_from', value FROM meta WHERE name = 'rules';

-- Retention: since when a subscription is no longer named; how many events were removed, whether the warning of a store that fills up
-- was given, and how far the clock is believed (milliseconds behind, and until when).
ALTER TABLE subscriptions ADD COLUMN inactive_ms INTEGER;
INSERT INTO meta (name, value) VALUES ('trimmed', 0), ('watermark', 0), ('clock_behind_ms', 0), ('clock_believed_ms', 0);
UPDATE subscriptions SET inactive_ms = (SELECT max(accepted_ms) FROM events) WHERE NOT active;

-- Quarantine: when a delivery crashed its plugin, the last times, eight bytes each, little-endian milliseconds.
ALTER TABLE deliveries ADD COLUMN crashes BLOB;

-- Schemas of topics: every version, which stays readable for the events that are stamped with it (`events.schema`); and what is in force.
CREATE TABLE schemas (
    topic TEXT NOT NULL,
    version INTEGER NOT NULL,
    schema TEXT NOT NULL,
    compatibility INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (topic, version)
) STRICT;
CREATE TABLE schema_topics (
    schema_id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL UNIQUE,
    in_force INTEGER,
    mode INTEGER NOT NULL,
    last INTEGER NOT NULL,
    warned INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Batches: most deliveries in one call of a subscription's handler.
ALTER TABLE subscriptions ADD COLUMN batch INTEGER NOT NULL DEFAULT 1;

-- Ordering keys of deliveries that a replay made for a subscription that their event never matched: `events.keys` has none for it.
ALTER TABLE deliveries ADD COLUMN order_key INTEGER;

-- Priorities (semantics rule 12): lanes are read one by one. Most events are normal (2) and are found by their sequence.
CREATE INDEX events_urgent ON events (priority, sequence) WHERE priority <> 2;
ALTER TABLE deliveries ADD COLUMN priority INTEGER NOT NULL DEFAULT 2;
UPDATE deliveries SET priority = (SELECT events.priority FROM events WHERE events.sequence = deliveries.sequence) WHERE state = 5;
DROP INDEX deliveries_waiting;
CREATE INDEX deliveries_waiting ON deliveries (subscription_id, priority, due_ms, sequence, replay_no) WHERE state = 5;
ALTER TABLE subscriptions ADD COLUMN turns TEXT NOT NULL DEFAULT 'weighted';
