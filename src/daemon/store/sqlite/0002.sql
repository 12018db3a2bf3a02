-- Format 2: what the event system adds to format 1 (0.1.0). One part for each group of tables; a part stands by itself.

-- Ordering keys (semantics rule 11). `events.keys` holds the key of each matched subscription that has one: four bytes of the
-- subscription, eight of the key, little-endian. `keyed` has an entry for each delivery of a key that is not resolved; `mark` is 0 for a
-- pending one, 1 for a pending one that was the first of its key when it was marked, 2 for one that waits or is dead and blocks.
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
    PRIMARY KEY (subscription_id, key, sequence, replay_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX keyed_first ON keyed (subscription_id, sequence) WHERE mark = 1;
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

-- Retention: since when a subscription is no longer named; how many events were removed, whether the warning of a store that fills up
-- was given, and how far the clock is believed (milliseconds behind, and until when).
ALTER TABLE subscriptions ADD COLUMN inactive_ms INTEGER;
INSERT INTO meta (name, value) VALUES ('trimmed', 0), ('watermark', 0), ('clock_behind_ms', 0), ('clock_believed_ms', 0);
UPDATE subscriptions SET inactive_ms = (SELECT max(accepted_ms) FROM events) WHERE NOT active;

-- Quarantine: when a delivery crashed its plugin, the last times, eight bytes each, little-endian milliseconds.
ALTER TABLE deliveries ADD COLUMN crashes BLOB;
