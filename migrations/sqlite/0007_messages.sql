-- kind: 'text', 'emoji', 'image' or 'video'. rev: the room's revision at the last change.
-- A deleted message stays as a tombstone without words or media.
CREATE TABLE messages (
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    seq BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    sender_id BIGINT NOT NULL REFERENCES users (id),
    client_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    media_id BIGINT NULL REFERENCES media (id),
    reply_seq BIGINT NULL,
    created BIGINT NOT NULL,
    edited BIGINT NULL,
    deleted BIGINT NULL,
    PRIMARY KEY (room_id, seq),
    UNIQUE (sender_id, client_id)
);
CREATE INDEX messages_by_rev ON messages (room_id, rev);
CREATE INDEX messages_by_media ON messages (media_id);
