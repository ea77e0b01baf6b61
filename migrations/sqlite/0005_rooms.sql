-- kind: 'group' or 'direct'. visibility: 'default' (everyone who registers joins), 'public' or
-- 'private'. direct_key: the two user ids as 'low:high', so that a pair has one private room.
-- members: how many memberships there are, kept by the transactions that change them.
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    introduction TEXT NOT NULL DEFAULT '',
    creator_id BIGINT NULL REFERENCES users (id),
    created BIGINT NOT NULL,
    visibility TEXT NOT NULL,
    members BIGINT NOT NULL DEFAULT 0,
    last_seq BIGINT NOT NULL DEFAULT 0,
    last_rev BIGINT NOT NULL DEFAULT 0,
    direct_key TEXT NULL UNIQUE
);
CREATE INDEX rooms_by_visibility ON rooms (visibility);
