-- Format 2: what the event system adds to format 1 (0.1.0). One part for each group of tables; a part stands by itself.

-- Filters of subscriptions: `where:` of the manifest, or that of a stored filter that routes; and events that they could not be asked of.
ALTER TABLE subscriptions ADD COLUMN filter TEXT;
ALTER TABLE subscriptions ADD COLUMN filter_missing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscriptions ADD COLUMN filter_gave_up INTEGER NOT NULL DEFAULT 0;
