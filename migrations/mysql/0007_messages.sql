-- kind: 'text', 'emoji', 'image' or 'video'. rev: the room's revision at the last change.
-- A deleted message stays as a tombstone without words or media. TEXT holds 65,535 bytes, more than
-- 8,000 characters of four.
CREATE TABLE messages (
    room_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    sender_id BIGINT NOT NULL,
    client_id CHAR(32) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    body TEXT NOT NULL,
    media_id BIGINT NULL,
    reply_seq BIGINT NULL,
    created BIGINT NOT NULL,
    edited BIGINT NULL,
    deleted BIGINT NULL,
    PRIMARY KEY (room_id, seq),
    UNIQUE KEY messages_by_client_id (sender_id, client_id),
    KEY messages_by_rev (room_id, rev),
    KEY messages_by_media (media_id),
    CONSTRAINT messages_room FOREIGN KEY (room_id) REFERENCES rooms (id),
    CONSTRAINT messages_sender FOREIGN KEY (sender_id) REFERENCES users (id),
    CONSTRAINT messages_media FOREIGN KEY (media_id) REFERENCES media (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
