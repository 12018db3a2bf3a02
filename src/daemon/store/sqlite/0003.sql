-- Format 3: who may use the bus, and what guards its data. One part for each group of tables; a part stands by itself.

-- Audit: who, on whose behalf, from where, and how it was decided. What older versions wrote is chained right after this, in the same
-- transaction; from here on no record is ever changed or removed.
ALTER TABLE audit ADD COLUMN key TEXT;
ALTER TABLE audit ADD COLUMN peer TEXT;
ALTER TABLE audit ADD COLUMN decision TEXT NOT NULL DEFAULT 'allowed';
ALTER TABLE audit ADD COLUMN request TEXT;
CREATE INDEX audit_by_time ON audit (at_ms, entry);
