-- Which messages name an upload: who may see it, and whether it is needed still. What pages show of
-- it is in messages.attachments. A deleted message names none.
CREATE TABLE message_media (
    media_id BIGINT NOT NULL,
    room_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (media_id, room_id, seq),
    KEY message_media_by_message (room_id, seq),
    CONSTRAINT message_media_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT message_media_message FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
