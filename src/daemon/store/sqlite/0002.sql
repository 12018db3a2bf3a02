-- Format 2: what the event system adds to format 1 (0.1.0). One part for each group of tables; a part stands by itself.

-- Retention: since when a subscription is no longer named; how many events were removed, whether the warning of a store that fills up
-- was given, and how far the clock is believed (milliseconds behind, and until when).
ALTER TABLE subscriptions ADD COLUMN inactive_ms INTEGER;
INSERT INTO meta (name, value) VALUES ('trimmed', 0), ('watermark', 0), ('clock_behind_ms', 0), ('clock_believed_ms', 0);
UPDATE subscriptions SET inactive_ms = (SELECT max(accepted_ms) FROM events) WHERE NOT active;

-- Quarantine: when a delivery crashed its plugin, the last times, eight bytes each, little-endian milliseconds.
ALTER TABLE deliveries ADD COLUMN crashes BLOB;
