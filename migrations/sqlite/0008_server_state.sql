-- Numbers that all processes on this database share.
CREATE TABLE server_state (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
) WITHOUT ROWID;
