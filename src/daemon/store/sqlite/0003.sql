-- Format 3: who may use the bus, and what guards its data. One part for each group of tables; a part stands by itself.

-- Audit: who, on whose behalf, from where, and how it was decided. What older versions wrote is chained right after this, in the same
-- transaction; from here on no record is ever changed or removed.
ALTER TABLE audit ADD COLUMN key TEXT;
ALTER TABLE audit ADD COLUMN peer TEXT;
ALTER TABLE audit ADD COLUMN decision TEXT NOT NULL DEFAULT 'allowed';
ALTER TABLE audit ADD COLUMN request TEXT;
CREATE INDEX audit_by_time ON audit (at_ms, entry);

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
