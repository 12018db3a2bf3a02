-- Format 2: what the event system adds to format 1 (0.1.0). One part for each group of tables; a part stands by itself.

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
