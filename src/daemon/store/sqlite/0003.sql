-- Format 3: who may use the bus, and what guards its data. One part for each group of tables; a part stands by itself.

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
