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
